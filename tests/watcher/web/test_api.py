"""The API says what the command line says, and what its document says that it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings

from watcher.app import App
from watcher.cli import vigilabel
from watcher.settings import Settings
from watcher.web.data.openapi import document
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
    schema = schemathesis.openapi.from_url(f"{served}/api/v1/openapi.json")
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
