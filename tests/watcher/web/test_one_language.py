"""A reader of one language meets no sentence of the other: not on a page, not in a refusal, not of a trouble.

What a register prints, what the network said and what is typed into a terminal is quoted: in a `q`, in
guillemets, in `code`, or in an element with a `lang` of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from one_language import strange
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from toy_register import ToyRegister, page

from notifiers.said.voice import voice
from scrapers.source import Blocked, Bounds, Unreachable
from state.model import Page, Reason
from state.owed import subscriptions
from state.words.post import Subscription
from watcher.app import App
from watcher.errors import BadQuestion, Trouble
from watcher.look.check import check, look
from watcher.settings import Settings
from watcher.tell.recall import retract
from watcher.web.app import make_app
from watcher.web.asked.parts import mistaken
from watcher.web.edge.guards import Limit
from watcher.web.refusals import STATUS

Get = Callable[..., httpx.Response]
NOW = datetime(2026, 3, 9, 9, tzinfo=UTC)
SAID = ("title", "aria-label", "placeholder", "alt", "content", "data-head", "summary")
"""Attributes that are read to people."""
ROWS = """edition 2026-03-0{day}
secnumcloud | OVH | Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS
secnumcloud | Thales Cloud Sécurisé | S3NS | 2025_2057 | 2025-12-17 | 2028-12-17
"""
HELD = "".join(
    f"passi | Holder {n} | - | 2024_{n} | 2024-01-01 | 2026-0{n % 6 + 2}-01\n" for n in range(1, 12)
)
GONE = "cc | Thales DIS | Puce | 2020_12 | 2020-01-01 | 2030-01-01\n"
UNREADABLE = "? secnumcloud | 2025_559 | OVH\n"
CATALOGUE = ToyRegister(bounds={"passi": Bounds(floor=10)})
HOSTS = ToyRegister(name="ans-hds", labels=("hds",), covers=frozenset({"hds"}), expect=None)
HOST = """edition -
hds | OVH SAS | - | 40512-3 | 2024-03-01 | 2026-04-28
hds | Outscale SAS | - | 36741-6 | - | -
"""
STAMPS = "eidas-timestamp | Certinomis | - | - | 2020-01-01 | 2027-01-01\n"
TRUSTED = ToyRegister(name="tl-fr", labels=("eidas-timestamp",), covers=frozenset({"eidas-timestamp"}))
PENDING = ToyRegister(name="anssi-pending", labels=("secnumcloud",), covers=frozenset({"secnumcloud"}))
PENDING_ROW = "secnumcloud | Numspot | Cloud | - | - | - | status=candidate\n"
TROUBLES = (
    (
        HOSTS,
        Unreachable(Reason.of("no_answer", address="https://register.test/list", fault="ConnectTimeout")),
    ),
    (PENDING, Blocked(Reason.of("wall_by_title", title="Just a moment, this is the wall"))),
)


class Read(HTMLParser):
    """The text of a page that is in its own language, attributes that are read aloud included."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.lang, self.texts, self._inside = lang, list[str](), list[bool]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        foreign = tag in ("code", "q", "script", "style") or given.get("lang", self.lang) != self.lang
        if not foreign and not any(self._inside):
            self.texts += [given[name] for name in SAID if name in given]
        if tag not in ("meta", "link", "input", "img", "br", "hr"):
            self._inside.append(foreign)

    def handle_endtag(self, tag: str) -> None:
        self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._inside):
            self.texts.append(data)


def foreign(html: str, lang: str) -> list[str]:
    """What is said in another language on a page, with the words around it."""
    reader = Read(lang)
    reader.feed(html.removeprefix("<!doctype html>"))
    return strange(" ".join(reader.texts), lang)


def fails(error: Exception) -> Callable[[str], Page]:
    """What a register does that is in trouble."""

    def get(url: str, **more: Any) -> Page:
        raise error

    return get


class Clock:
    """The time that the test sets."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The memory of a watch in which nothing is well: one register holds removals and has rows that nobody
    can read, one is not reached, one refuses, one shows an older edition; an event was taken back."""
    clock = Clock()
    app = App(Settings(state=str(tmp_path_factory.mktemp("trouble") / "troubled.db")), clock)
    with app.open_store() as store:
        subscriptions.subscribe(store, Subscription(id=0, channel="console", words=("all",), created_at=NOW))
        for day, text in (
            (2, ROWS + GONE + HELD),
            (4, ROWS.replace("IaaS", "IaaS+PaaS")),
            (5, ROWS + UNREADABLE),
        ):
            at = datetime(2026, 3, day, 18, tzinfo=UTC)
            look(CATALOGUE, [page(text.format(day=day), at)], app.watch(store), at)
        at = datetime(2026, 3, 2, 6, tzinfo=UTC)
        look(HOSTS, [page(HOST, at)], app.watch(store), at)
        look(PENDING, [page(f"edition -\n{PENDING_ROW}", at)], app.watch(store), at)
        for edition in ("2026-03-02", "2026-02-02"):  # an older one is not believed
            look(TRUSTED, [page(f"edition {edition}\n{STAMPS}", at)], app.watch(store), at)
            at += timedelta(hours=1)
        for source, error in TROUBLES:
            for hours in range(4):
                clock.now = at + timedelta(days=3, hours=6 * hours)
                check(source, fails(error), app.watch(store), clock)
        clock.now = NOW
        retract(store, 1, "Une ligne d’autrui.", "console", NOW)
    return Path(app.settings.state)


@pytest.fixture
def troubled(trouble: Path, tmp_path: Path, clock: Any) -> App:
    """A watch with a copy of that memory."""
    clock.now = NOW
    return App(Settings(state=str(shutil.copy(trouble, tmp_path))), clock)


PAGES = (
    "/", "/expiries", "/expiries?label=secnumcloud", "/providers", "/providers/s3ns", "/providers/ovhcloud",
    "/providers/outscale", "/labels", "/labels/secnumcloud", "/labels/hds", "/labels/passi",
    "/labels/secnumcloud+hds", "/was/outscale/secnumcloud+hds/2026-03-03",
    "/history?label=secnumcloud%2Bhds",
    "/labels/passi?on=2026-03-03", "/labels/hds?on=2027-03-03", "/labels/eidas-timestamp",
    "/labels/secnumcloud?on=2020-01-01", "/history", "/history?q=zzz", "/history?all=1", "/sources", "/was",
    "/search", "/search?q=s3ns", "/search?q=outscal", "/search?q=hds", "/search?q=zzz",
    "/was/s3ns/secnumcloud/2026-01-15",
    "/was/outscale/hds/2026-03-08", "/was/ovhcloud/hds/2027-03-03", "/was/numspot/passi/2026-03-04",
    "/was/numspot/eidas-timestamp/2026-03-04",
)  # fmt: skip
REFUSED = (
    ("/nowhere", 404), ("/was?provider=zzz&label=hds&on=2026-03-03", 404),
    ("/providers/zzz", 404), ("/providers/s3nss", 404), ("/labels/secnumcluod", 404),
    ("/events/99999", 404), ("/events/x", 404), ("/static/zzz", 404), ("/was/s3ns/zzz/2026-03-03", 404),
    ("/public-key.pem", 404), ("/history?since=yesterday", 400), ("/history?kind=zzz", 400),
    ("/history?label=zzz", 400), ("/history?source=zzz", 400), ("/history?before=-1", 400),
    ("/history?all=7", 400), (f"/history?q={'x' * 500}", 400), ("/labels/hds?from=zzz", 400),
    ("/labels/hds?on=zzz", 400), ("/expiries?label=zzz", 400), ("/was?on=zzz", 400),
    ("/was/s3ns/secnumcloud/20260115", 400),
)  # fmt: skip


@pytest.fixture
def ask(troubled: App, get_of: Callable[[Starlette], Get]) -> Get:
    return get_of(make_app(troubled))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_page_of_a_troubled_watch_speaks_one_language(ask: Get, lang: str) -> None:
    numbers = [event["id"] for event in ask("/api/v1/events?all=1").json()["events"]]
    assert len(numbers) > 15
    found: dict[str, list[str]] = {}
    assert "lost" in {event["kind"] for event in ask("/api/v1/events?all=1").json()["events"]}
    for path in (*PAGES, *(f"/events/{number}" for number in numbers)):
        answer = ask(path, params={**httpx.URL(path).params, "lang": lang})
        assert answer.status_code == 200, path
        found[path] = foreign(answer.text, lang)
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(("path", "status"), REFUSED)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_refusal_speaks_one_language(ask: Get, path: str, status: int, lang: str) -> None:
    answer = ask(path, params={**httpx.URL(path).params, "lang": lang})
    assert answer.status_code == status
    assert f'<html lang="{lang}">' in answer.text
    assert foreign(answer.text, lang) == []


def problems(watched: App, clock: Any, get_of: Callable[[Starlette], Get]) -> list[tuple[Get, str, str, int]]:
    """What goes wrong on our side, or is not allowed: who is asked, how, and what the answer should be."""

    def broken(request: Request) -> Response:
        raise ZeroDivisionError

    empty = App(Settings(state=watched.settings.state + ".none"), clock)
    small = get_of(make_app(watched, limit=Limit(clock, burst=1, per_second=0.01)))
    assert small("/was").status_code == 200
    usual = get_of(make_app(watched, [Route("/broken", broken), Route("/api/v1/broken", broken)]))
    unread = get_of(make_app(empty))
    return [
        (usual, "GET", "/broken", 500),
        (usual, "POST", "/history", 405),
        (small, "GET", "/sources", 429),
        (unread, "GET", "/", 503),
        (usual, "GET", "/api/v1/broken", 500),
        (usual, "GET", "/api/v1/labels/zzz", 404),
        (usual, "GET", "/api/v1/events?since=", 400),
        (usual, "GET", "/history.csv?kind=zzz", 400),
        (usual, "GET", f"/api/v1/race?{'&'.join(['provider=s3ns'] * 30)}", 400),
        (usual, "POST", "/api/v1/labels", 405),
        (usual, "POST", "/api/v1/scrapes", 401),
        (small, "GET", "/api/v1/labels", 429),
        (unread, "GET", "/api/v1/labels", 503),
    ]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_goes_wrong_on_our_side_is_said_in_one_language(
    watched: App, clock: Any, get_of: Callable[[Starlette], Get], lang: str
) -> None:
    for get, method, path, status in problems(watched, clock, get_of):
        answer = get(path + ("&" if "?" in path else "?") + f"lang={lang}", method)
        assert answer.status_code == status, path
        if path.startswith(("/api/", "/history.csv")):  # what programs read
            assert strange(answer.json()["title"] + " " + answer.json()["detail"], lang) == []
        else:
            assert foreign(answer.text, lang) == [], path


EXPECTED = ("text", "one_of", "day", "number", "value", "providers", "month")


@pytest.mark.parametrize("code", STATUS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_whatever_can_be_wrong_is_said_in_one_language(code: str, lang: str) -> None:
    limits: Any = {"most": 200, "known": "hds, passi"}
    values: Any = {"what": "zzz", "path": "/zzz", "name": "tl-fr", "method": "PUT", "seconds": 3, **limits}
    values |= {"names": 201, "longest": 6_000}
    usual = [Trouble(code, **values)]
    wrong = [BadQuestion("since", "zzz", expected, **limits) for expected in EXPECTED]
    for error in wrong if code == "bad_question" else usual:
        title = voice(lang).each("trouble", f"{code}.title")
        assert strange(f"{title}. {mistaken(error, lang)}", lang) == []


def test_programs_are_told_in_english_what_is_wrong_unless_they_ask_for_french(ask: Get) -> None:
    path, french = "/api/v1/labels/zzz", {"Accept-Language": "fr"}
    assert ask(path, headers=french).json()["title"] == "Nothing at this address"
    assert ask(f"{path}?lang=fr").json()["title"] == "Rien à cette adresse"


def test_programs_read_an_answer_in_english_unless_they_ask_for_french(ask: Get) -> None:
    path, french = "/api/v1/was/s3ns/secnumcloud/2026-03-02", {"Accept-Language": "fr"}
    exact = "S3NS, SecNumCloud, 2026-03-02: yes. Listed in the edition of 2026-03-02"
    assert ask(path, headers=french).json()["sentence"].startswith(exact)
    assert ask(f"{path}?lang=en").json()["sentence"].startswith(exact)
    told = ask(f"{path}?lang=fr").json()["sentence"]
    assert told.startswith("S3NS, SecNumCloud, 02/03/2026\u00a0: oui. Listé dans l’édition du 02/03/2026")
    assert strange(told, "fr") == []


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_this_test_would_see_a_sentence_of_the_other_language(ask: Get, lang: str) -> None:
    other = "en" if lang == "fr" else "fr"
    for path in ("/", "/sources", "/providers/zzz"):
        text = ask(path, params={"lang": other}).text
        assert foreign(text.replace(f'<html lang="{other}"', f'<html lang="{lang}"'), lang)
