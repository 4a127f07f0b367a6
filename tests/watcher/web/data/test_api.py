"""The API says what the command line says, and what its document says that it does."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import schemathesis
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings

from watcher.app import App
from watcher.cli import vigilabel
from watcher.settings import Settings
from watcher.web.data import api
from watcher.web.data.openapi import ADDRESSES, document
from watcher.web.edge.guards import Limit
from watcher.web.serve import Pages

Get = Callable[..., httpx.Response]
QUIETLY: Any = {
    "max_examples": 8,
    "deadline": None,
    "derandomize": True,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


def command(app: App, *words: str) -> object:
    state = ["--state", app.settings.state, "--now", app.clock().isoformat()]
    return json.loads(CliRunner().invoke(vigilabel, [*state, *words, "--format", "json"]).stdout)


@pytest.mark.parametrize(
    ("path", "name", "words"),
    [
        ("/events?all=1&label=secnumcloud", "events", ("history", "--label", "secnumcloud")),
        ("/labels/secnumcloud", "attestations", ("listing", "secnumcloud")),
        ("/labels/passi?on=2026-01-15", "attestations", ("listing", "passi", "--on", "2026-01-15")),
        ("/race", "standings", ("race",)),
        ("/race?provider=s3ns", "standings", ("race", "s3ns")),
        ("/sources", "sources", ("sources",)),
        ("/search?q=s3ns", "hits", ("find", "s3ns")),
        ("/search?q=card&in=services", "hits", ("find", "card", "--in", "services")),
    ],
)
def test_the_api_says_what_the_command_line_says(
    watched: App, get: Get, path: str, name: str, words: tuple[str, ...]
) -> None:
    assert get(f"/api/v1{path}").json()[name] == command(watched, *words)


def test_the_answer_about_a_day_is_that_of_the_command_line(watched: App, get: Get) -> None:
    said = command(watched, "was", "s3ns", "secnumcloud", "2026-01-15")
    assert [get("/api/v1/was/s3ns/secnumcloud/2026-01-15").json()] == said


def test_pages_of_events_follow_one_another_without_gap_or_repeat(get: Get) -> None:
    whole = [event["id"] for event in get("/api/v1/events?all=1").json()["events"]]
    found: list[int] = []
    path: str | None = "/api/v1/events?all=1&limit=3"
    while path:
        page = get(path).json()
        found += [event["id"] for event in page["events"]]
        path = page["next"]
    assert found == whole == sorted(whole, reverse=True)


def test_pages_of_attestations_follow_one_another(get: Get) -> None:
    first = get("/api/v1/attestations?limit=3").json()
    second = get(first["next"]).json()
    assert [len(first["attestations"]), len(second["attestations"]), second["next"]] == [3, 2, None]


Read = Callable[[str, str], None]


def followed(get: Get, path: str | None, name: str, between: Callable[[int], None]) -> list[Any]:
    """What an address and all that it leads to give, with something done after each page."""
    found: list[Any] = []
    for count in itertools.count(1):
        if not path:
            return found
        answer = get(path).json()
        found += answer[name]
        path = answer["next"]
        between(count)
    raise AssertionError


def test_pages_of_attestations_stay_whole_while_rows_come_change_and_go(get: Get, read: Read) -> None:
    """A row that stands all the time is met once, whatever becomes of its name between two pages."""
    writes = {
        1: ("passi | <", "passi | AAA | First by name | 2026_1 | 2026-01-01 | 2029-01-01\npassi | <"),
        2: ("secnumcloud | Outscale | IaaS", "secnumcloud | 3DS Outscale | IaaS"),
        3: ("secnumcloud | OVH | Bare", "secnumcloud | ZZZ | Bare"),
    }

    def write(page: int) -> None:
        if page in writes:
            read(*writes[page])

    before = {row["ref"] for row in get("/api/v1/attestations").json()["attestations"]}
    found = followed(get, "/api/v1/attestations?limit=1", "attestations", write)
    refs = [row["ref"] for row in found]

    assert len(before) == 5
    assert sorted(refs) == sorted(before)


def test_pages_of_events_stay_whole_while_events_come(get: Get, read: Read) -> None:
    before = [event["id"] for event in get("/api/v1/events?all=1").json()["events"]]
    new = "passi | New | Audit | 2026_1 | 2026-01-01 | 2029-01-01\npassi | <"
    found = followed(
        get,
        "/api/v1/events?all=1&limit=2",
        "events",
        lambda page: read("passi | <", new) if page == 2 else None,
    )
    assert [event["id"] for event in found] == before


def test_attestations_are_paged_by_the_parameters_and_fields_of_events(get: Get) -> None:
    asked = {one.path: set(one.parts) for one in ADDRESSES}
    rows, events = (get(f"/api/v1/{name}?limit=1").json() for name in ("attestations", "events"))

    assert {"before", "limit", "label", "provider"} <= asked["/attestations"] & asked["/events"]
    assert (set(rows), set(events)) == ({"attestations", "next"}, {"events", "next"})
    assert {*parse_qs(urlsplit(rows["next"]).query)} == {*parse_qs(urlsplit(events["next"]).query)}


def test_an_address_of_before_that_somebody_kept_is_still_read_on(get: Get) -> None:
    """By name, so many rows left out, and on from there."""
    whole = get("/api/v1/attestations?cursor=1&limit=500").json()
    found = followed(get, "/api/v1/attestations?cursor=1&limit=2", "attestations", lambda page: None)
    names = [row["provider"]["name"].lower() for row in found]

    assert found == whole["attestations"]
    assert len(found) == 4
    assert names == sorted(names)


def test_a_filter_is_kept_from_page_to_page(get: Get) -> None:
    path = "/api/v1/attestations?limit=1&label=SecNumCloud&provider=ovh"
    first = get(path).json()
    assert first["next"] is None
    path = "/api/v1/attestations?limit=1&label=SecNumCloud"
    assert {row["label"] for row in followed(get, path, "attestations", lambda page: None)} == {"secnumcloud"}


def test_a_provider_with_more_than_its_address_gives_says_where_the_rest_is(
    get: Get, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    read("Cloud on Demand | 2023_2118", "Cloud on Demand | 2026_1")
    read("2026-11-30", "2027-11-30")
    whole = get("/api/v1/providers/outscale").json()
    assert {"all_attestations", "more_events"}.isdisjoint(whole)
    monkeypatch.setattr(api, "MOST_ROWS", 0)
    monkeypatch.setattr(api, "EVENTS", 1)
    cut = get("/api/v1/providers/outscale").json()

    assert (cut["attestations"], len(whole["attestations"])) == ([], 1)
    assert get(cut["all_attestations"]).json()["attestations"] == whole["attestations"]
    assert (len(cut["events"]), len(whole["events"])) == (1, 2)
    assert get(cut["more_events"]).json()["events"] == whole["events"][1:]


def test_what_is_wrong_is_problem_json(get: Get) -> None:
    answer = get("/api/v1/events?kind=exploded", headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith("kind: “exploded” is not understood.")


def test_an_etag_spares_programs_what_they_have(get: Get) -> None:
    first = get("/api/v1/events")
    assert get("/api/v1/events", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_every_address_of_the_document_is_served(get: Get) -> None:
    assert get("/api/v1/openapi.json").json() == document()


@pytest.fixture
def served(watched: App) -> Iterator[str]:
    """The address of the pages, served on the loopback."""
    given = Settings(state=watched.settings.state, port=0)
    pages = Pages(App(given, watched.clock), limit=Limit(watched.clock, burst=1e9))
    pages.start()
    yield f"http://127.0.0.1:{pages.port}"
    pages.stop()


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_the_document_is_true(served: str, mode: schemathesis.GenerationMode) -> None:
    """Generated requests, good and bad: every answer is one that the document names, in the shape it says."""
    whole = schemathesis.openapi.from_url(f"{served}/api/v1/openapi.json")
    schema = whole.exclude(operation_id="stream")  # it has no end: tests of its own listen to it
    asked = 0
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr] # our document is valid
        if mode is schemathesis.GenerationMode.NEGATIVE and not list(operation.iter_parameters()):
            continue

        @settings(**QUIETLY)
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            case.call_and_validate()

        ask()
        asked += 1
    assert asked > 5


def test_every_operation_of_the_document_has_a_name_of_its_own_and_says_who_may_ask() -> None:
    operations = [one for path in document()["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]

    assert document()["security"] == []
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)
    assert [one["operationId"] for one in operations if one.get("security")] == ["look"]


def test_no_two_lists_of_values_would_have_one_name_in_a_generated_client() -> None:
    """Generators name a list after its operation or its shape, and its field; they drop one of two."""
    of_fields = {
        f"{shape}.{field}".lower(): said["enum"]
        for shape, one in document()["components"]["schemas"].items()
        for field, said in one.get("properties", {}).items()
        if "enum" in said
    }
    of_parameters = {
        f"{one['operationId']}.{said['name']}".lower(): said["schema"]["enum"]
        for path in document()["paths"].values()
        for one in path.values()
        for said in one.get("parameters", [])
        if "enum" in said.get("schema", {})
    }
    alike = of_fields.keys() & of_parameters.keys()
    assert {name for name in alike if of_fields[name] != of_parameters[name]} == set()
    assert len(of_fields) > 5
    assert len(of_parameters) > 5


def test_a_source_that_is_off_is_no_mistake_and_has_no_events(get: Get) -> None:
    answer = get("/api/v1/events?source=tl-fi")
    assert (answer.status_code, answer.json()["events"]) == (200, [])
    assert get("/api/v1/events?source=nowhere").status_code == 400
