"""What an address names is understood everywhere as on the command line, or refused; nothing is left out."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.routing import Route

from benchmarks import walk
from state.seen.who.providers import load_providers
from watcher.app import App
from watcher.ask.archive import Archive
from watcher.cli import vigilabel
from watcher.slack.command import parse
from watcher.slack.desk import Asked
from watcher.slack.dispatch import answer
from watcher.web.app import make_app
from watcher.web.edge.guards import Limit

Get = Callable[..., httpx.Response]
FOR_MACHINES = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/static/{name}",
    "/api/v1/scrapes",
    "/favicon.ico",
    "/robots.txt",
)
"""Probes and static files, which people's machines ask with parts of their own; and what asks for a token."""
GIVEN = {
    "slug": "s3ns",
    "label": "secnumcloud",
    "number": "1",
    "day": "2026-01-15",
    "source": "anssi-catalogue",
    "which": "2026-03-04",
    "sha256": "0" * 64,
}
NAMES = ("S3NS", "s3ns", "thales cloud securise", "THALES CLOUD SÉCURISÉ", "Cloud de confiance S3NS")
"""How people write one provider: its slug, a holder in other letters, a whole subject."""
LABELS = ("SecNumCloud", "SECNUMCLOUD", "secnumcloud", "sécnumcloud")


def filled(path: str, **given: str) -> str:
    return re.sub(r"{(\w+)}", lambda found: {**GIVEN, **given}[found[1]], path)


@pytest.fixture
def web(watched: App) -> Starlette:
    """The pages, for somebody who asks a lot."""
    return make_app(watched, limit=Limit(watched.clock, burst=1e9))


@pytest.fixture
def addresses(web: Starlette) -> list[str]:
    paths = [route.path for route in web.routes if isinstance(route, Route)]
    return [path for path in paths if path not in FOR_MACHINES]


def test_the_walk_of_the_figures_leaves_no_address_out(web: Starlette) -> None:
    served = {route.path for route in web.routes if isinstance(route, Route)}
    assert {*walk.ADDRESSES, *walk.NOT_ASKED} == served
    for path, asked in walk.ADDRESSES.items():
        spelt = re.compile(re.sub(r"{\w+}", "[^/]+", path))
        assert asked
        assert all(spelt.fullmatch(one.partition("?")[0]) for one in asked), path


def test_what_mail_and_other_sites_add_to_a_shared_link_changes_nothing(get: Get) -> None:
    for path in ("/", "/providers/s3ns", "/history?label=secnumcloud", "/was/s3ns/secnumcloud/2026-01-15"):
        marked = path + ("&" if "?" in path else "?") + "utm_source=lettre&utm_medium=mail&fbclid=IwAR0"
        answer = get(marked)
        assert (answer.status_code, answer.headers["location"]) == (302, path)


def test_every_address_refuses_a_part_that_it_does_not_know(get: Get, addresses: list[str]) -> None:
    assert len(addresses) > 30
    for path in addresses:
        there = filled(path)
        answer = get(f"{there}?colour=blue", headers={"Accept-Language": "en"})
        assert answer.status_code == 400, there
        assert "“colour”" in said(answer), there
        how = "HEAD" if path.endswith("/stream") else "GET"  # to listen has no end
        assert get(f"{there}?lang=en", how, follow_redirects=True).status_code < 405, there
        assert get(f"{there}?lang=zz").status_code == 400, there


def said(answer: httpx.Response) -> str:
    return str(answer.json()["detail"]) if "json" in answer.headers["content-type"] else answer.text


def test_a_look_that_is_asked_for_refuses_it_too(get: Get) -> None:
    assert get("/api/v1/scrapes?colour=blue", "POST").status_code == 401  # a stranger learns nothing


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/api/v1/events?labl=hds", "label"),
        ("/api/v1/attestations?providers=s3ns", "provider"),
        ("/api/v1/labels/hds?onn=2026-01-01", "on"),
        ("/history?knd=lost", "kind"),
        ("/history.csv?sinc=2026-01-01", "since"),
        ("/history.json?labels=hds", "label"),
        ("/history.atom?untill=2026-01-01", "until"),
        ("/expiries?labell=hds", "label"),
        ("/api/v1/events?label=secnumcluod", "secnumcloud"),
        ("/api/v1/events?label=HDX", "hds"),
        ("/api/v1/attestations?label=eida", "eidas"),
        ("/api/v1/events?kind=gaind", "gained"),
        ("/api/v1/events?source=anssi-catalog", "anssi-catalogue"),
    ],
)
def test_what_may_have_been_meant_is_named(get: Get, path: str, meant: str) -> None:
    answer = get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    if answer.headers["content-type"] == "application/problem+json":
        assert meant in answer.json()["did_you_mean"]
    else:
        assert path.startswith(("/history?", "/expiries?"))
        assert f"<code>{meant}</code>" in answer.text


BY_PART = (
    "/api/v1/events?provider={}", "/api/v1/attestations?provider={}", "/api/v1/race?provider={}",
    "/history?provider={}", "/history.csv?provider={}", "/history.json?provider={}",
    "/history.atom?provider={}",
)  # fmt: skip
BY_PATH = (
    "/api/v1/providers/{}", "/api/v1/was/{}/secnumcloud/2026-01-15", "/providers/{}",
    "/providers/{}/feed.atom", "/providers/{}/expiries.ics", "/was/{}/secnumcloud/2026-01-15",
)  # fmt: skip


@pytest.mark.parametrize("path", [*BY_PART, *BY_PATH])
def test_a_provider_is_known_by_any_spelling_and_any_other_name_is_404(get: Get, path: str) -> None:
    by_slug = get(path.format("s3ns"))
    assert by_slug.status_code == 200
    for name in NAMES:
        answer = get(path.format(name), follow_redirects=True)  # pages are at one address
        assert (answer.status_code, plain(answer)) == (200, plain(by_slug)), name
    for name in ("s3nss", "nobody at all"):
        answer = get(path.format(name), headers={"Accept-Language": "en"})
        assert answer.status_code == 404, name
        if path.startswith("/api/") or path.partition("?")[0].endswith((".csv", ".json", ".atom", ".ics")):
            assert ("S3NS" in answer.json().get("did_you_mean", ())) == (name == "s3nss")


def plain(answer: httpx.Response) -> str:
    """The answer without the address that was asked, which pages and feeds name."""
    text = answer.text
    for given in (answer.request.url.path, answer.request.url.raw_path.decode(), str(answer.request.url)):
        text = text.replace(given, "…").replace(given.replace("&", "&amp;"), "…")
    return re.sub(r'(href|content)="[^"]*"', "", text)


LABELLED: Mapping[str, int] = {
    "/api/v1/events?label={}": 400, "/api/v1/attestations?label={}": 400, "/history?label={}": 400,
    "/history.csv?label={}": 400, "/history.json?label={}": 400, "/history.atom?label={}": 400,
    "/expiries?label={}": 400, "/was?label={}": 400, "/api/v1/labels/{}": 404,
    "/api/v1/was/s3ns/{}/2026-01-15": 404, "/labels/{}": 404, "/labels/{}/feed.atom": 404,
    "/labels/{}/expiries.ics": 404, "/was/s3ns/{}/2026-01-15": 404,
}  # fmt: skip
"""Addresses that name a label, and how an unknown one is refused there."""


@pytest.mark.parametrize("path", LABELLED)
def test_a_label_is_known_however_it_is_written_and_any_other_word_refused(get: Get, path: str) -> None:
    by_slug = get(path.format("secnumcloud"))
    assert by_slug.status_code == 200
    for word in LABELS:
        answer = get(path.format(word), follow_redirects=True)
        assert (answer.status_code, plain(answer)) == (200, plain(by_slug)), word
    answer = get(path.format("secnumcluod"))
    assert answer.status_code == LABELLED[path]
    assert "secnumcloud" in answer.text


@pytest.mark.parametrize("path", [path for path, status in LABELLED.items() if status == 404])
def test_where_one_label_is_meant_a_family_is_refused_with_its_labels(get: Get, path: str) -> None:
    answer = get(path.format("eidas"))
    assert answer.status_code == 404
    assert "eidas-timestamp" in answer.text


@pytest.mark.parametrize("word", ["gained", "GAINED", "Gained"])
def test_a_kind_of_event_is_known_however_it_is_written(get: Get, watched: App, word: str) -> None:
    typed = ("--state", watched.settings.state, "history", "--kind", word, "--format", "json")
    assert CliRunner().invoke(vigilabel, typed).exit_code == 0
    assert {one["kind"] for one in get(f"/api/v1/events?kind={word}").json()["events"]} == {"gained"}
    assert get("/api/v1/events?kind=service-added").status_code == 200


DAYS = ("2099-01-01", "2199-12-31")
Json = dict[str, Any]


def typed(app: App, *words: str) -> Any:
    told = ("--state", app.settings.state, "--now", app.clock().isoformat(), *words, "--format", "json")
    return json.loads(CliRunner().invoke(vigilabel, told).stdout)


def asked_on_slack(app: App, text: str) -> str:
    with app.open_store() as store:
        archive = Archive(store=store, providers=load_providers(store), sources=app.sources, now=app.clock())
        reply = answer(Asked(archive=archive, channel="C1", user="U1", lang="en"), parse(text))
    lines = (line for item in reply.items for line in item)
    return "".join(span.text for line in (*reply.intro, *lines) for span in line)


@pytest.mark.parametrize("day", DAYS)
def test_a_day_to_come_has_one_answer_in_every_door(get: Get, watched: App, day: str) -> None:
    [was] = typed(watched, "was", "s3ns", "secnumcloud", day)
    listed = typed(watched, "listing", "secnumcloud", "--on", day)

    assert (was["answer"], was["basis"]) == ("unknown", "printed_end")
    assert get(f"/api/v1/was/s3ns/secnumcloud/{day}").json() == was
    said = "That day has not come yet. The printed end, 17 Dec 2028, lies before it; a renewal may still"
    assert said.replace("17 Dec 2028", "2028-12-17") in was["sentence"]
    assert said in asked_on_slack(watched, f"was s3ns secnumcloud {day}")
    assert said in html.unescape(get(f"/was/s3ns/secnumcloud/{day}?lang=en").text).replace("\u00a0", " ")
    assert get(f"/api/v1/labels/secnumcloud?on={day}").json()["attestations"] == listed
    assert get(f"/labels/secnumcloud?on={day}").status_code == 200


@pytest.mark.parametrize("day", DAYS)
def test_events_of_days_to_come_are_none_in_every_door(get: Get, watched: App, day: str) -> None:
    assert typed(watched, "history", "--since", day) == []
    assert get(f"/api/v1/events?since={day}").json() == {"events": [], "next": None}
    assert get(f"/history.json?since={day}").json() == []
    assert get(f"/history.csv?since={day}").text.count("\n") == 1
    assert "<entry" not in get(f"/history.atom?since={day}").text
    assert get(f"/history?since={day}").status_code == 200
    until = typed(watched, "history", "--until", day)
    assert get(f"/history.json?all=1&until={day}").json() == until


@pytest.mark.parametrize(
    ("day", "known"), [("1899-12-31", False), ("1900-01-01", True), ("2200-01-01", False)]
)
def test_the_days_that_can_be_asked_about_are_the_same_in_every_door(
    get: Get, watched: App, day: str, known: bool
) -> None:
    words = ("--state", watched.settings.state, "was", "s3ns", "secnumcloud", day)
    assert CliRunner().invoke(vigilabel, words).exit_code == (0 if known else 2)
    for path in (f"/api/v1/was/s3ns/secnumcloud/{day}", f"/was/s3ns/secnumcloud/{day}"):
        assert get(path).status_code == (200 if known else 400)
    refused = "is no date" in asked_on_slack(watched, f"was s3ns secnumcloud {day}")
    assert refused != known


def test_a_day_is_written_in_one_way_in_an_address(get: Get) -> None:
    for text in ("20260304", "2026-W10-3", "2026-3-4", "٢٠٢٦-03-04"):
        assert get(f"/api/v1/was/s3ns/secnumcloud/{text}").status_code == 400, text
