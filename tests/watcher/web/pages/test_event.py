"""The page of an event gives its proof away, and says first when the event was taken back."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import anyio
import feedparser
import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from notifiers.given import Secret
from watcher.app import App
from watcher.errors import Wait
from watcher.prove.event.proof import prove
from watcher.prove.event.verify import verify
from watcher.prove.signature import Signer
from watcher.settings import Settings
from watcher.tell.recall import retract
from watcher.web.app import make_app
from watcher.web.asked.site import Site
from watcher.web.data.evidence import Evidence
from watcher.web.edge.guards import Limit

Get = Callable[..., httpx.Response]
RETRACTED = datetime(2026, 3, 5, 8, tzinfo=UTC)
REASON = "The <b>row</b> was another provider’s."
SECRET = "1f" * 32


@pytest.fixture
def wrong(watched: App, events: dict[str, int]) -> int:
    """The number of an event that was taken back."""
    number = events["gained s3ns"]
    with watched.open_store() as store:
        retract(store, number, REASON, "U0OPERATOR", RETRACTED)
    return number


def test_an_event_page_offers_the_evidence_and_says_how_to_check_it(get: Get, events: dict[str, int]) -> None:
    number = events["gained s3ns"]
    text = get(f"/events/{number}").text
    assert f'href="/api/v1/events/{number}/evidence"' in text
    assert f"vigilabel evidence {number} --out" in text
    assert "vigilabel verify" in text


def test_the_evidence_given_away_is_what_the_command_writes(
    get: Get, watched: App, events: dict[str, int]
) -> None:
    number = events["gained s3ns"]
    answer = get(f"/api/v1/events/{number}/evidence")
    with watched.open_store() as store:
        assert answer.content == prove(store, number)
    assert verify(answer.content).event.id == number
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="vigilabel-event-{number}.zip"'
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_evidence_is_signed_where_there_is_a_key(
    watched: App, get_of: Callable[[Starlette], Get], events: dict[str, int]
) -> None:
    keyed = App(Settings(state=watched.settings.state, signing_key=Secret(SECRET)), watched.clock)
    get = get_of(make_app(keyed))
    answer = get(f"/api/v1/events/{events['gained s3ns']}/evidence")
    assert verify(answer.content, key=Signer(SECRET).public).key == Signer(SECRET).public


def test_the_sources_page_shows_the_key_its_fingerprint_and_how_to_check(
    watched: App, get_of: Callable[[Starlette], Get]
) -> None:
    keyed = App(Settings(state=watched.settings.state, signing_key=Secret(SECRET)), watched.clock)
    get, signer = get_of(make_app(keyed)), Signer(SECRET)
    text = get("/sources").text
    assert signer.fingerprint == hashlib.sha256(b64decode(signer.public)).hexdigest()
    assert signer.public.replace("+", "&#43;") in text.replace("+", "&#43;")
    assert signer.fingerprint in text
    assert "--key" in text
    assert get("/public-key.pem").content == signer.pem
    assert SECRET not in text


def test_without_a_key_the_sources_page_says_that_nothing_is_signed(get: Get) -> None:
    assert "ne sont pas signés" in get("/sources").text
    assert get("/public-key.pem").status_code == 404


def test_evidence_that_a_client_has_is_not_made_again(get: Get, events: dict[str, int]) -> None:
    path = f"/api/v1/events/{events['gained s3ns']}/evidence"
    etag = get(path).headers["etag"]
    assert get(path, headers={"If-None-Match": f'"other", W/{etag}'}).status_code == 304


@pytest.mark.parametrize("number", ["0", "999999", "-1", "1e3", "\u0663", "9" * 19, "9" * 5000])
def test_there_is_no_evidence_of_an_event_that_never_was(get: Get, number: str) -> None:
    answer = get(f"/api/v1/events/{number}/evidence")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_evidence_costs_a_client_more_than_a_page(
    watched: App, get_of: Callable[[Starlette], Get], events: dict[str, int]
) -> None:
    get = get_of(make_app(watched, limit=Limit(watched.clock, burst=25, per_second=1)))
    path = f"/api/v1/events/{events['gained s3ns']}/evidence"
    assert [get(path).status_code for _ in range(2)] == [200, 429]
    assert get("/was").status_code == 200


def test_a_client_that_does_not_take_its_evidence_holds_one_place_only_and_not_for_ever(
    watched: App, events: dict[str, int]
) -> None:
    answered: list[tuple[str, int]] = []

    async def ask(door: Evidence, client: str, *, takes: bool) -> None:
        scope = {
            "type": "http", "method": "GET", "path": "/api/v1/events/1/evidence", "headers": [],
            "scheme": "http", "query_string": b"", "client": (client, 1), "server": ("pages.test", 80),
            "path_params": {"number": str(events["gained s3ns"])},
        }  # fmt: skip

        async def receive() -> Message:
            await anyio.sleep_forever()
            raise AssertionError

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.append((client, message["status"]))
            elif not takes:
                await anyio.sleep_forever()

        await door(scope, receive, send)

    async def all_of_them() -> None:
        door = Evidence(Site(watched), longest=1)
        async with anyio.create_task_group() as group:
            group.start_soon(partial(ask, door, "slow", takes=False))
            while not answered:
                await anyio.sleep(0.01)
            with pytest.raises(Wait):
                await ask(door, "slow", takes=True)
            await ask(door, "quick", takes=True)
        await ask(door, "slow", takes=True)

    anyio.run(all_of_them)
    assert answered == [("slow", 200), ("quick", 200), ("slow", 200)]


def test_where_too_many_files_are_made_a_client_is_told_when_to_come_back(
    get: Get, events: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.web.data.evidence.AT_ONCE", 0)
    answer = get(f"/api/v1/events/{events['gained s3ns']}/evidence")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")


def test_a_damaged_memory_gives_no_proof(get: Get, watched: App, events: dict[str, int]) -> None:
    with watched.open_store() as store, store.transaction():
        store.q("update attestation set facts = replace(facts, 'OVH', 'OHV')")
    answer = get(f"/api/v1/events/{events['gained s3ns']}/evidence", headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert "chain" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("lang", "word"), [("fr", "Rétracté le 05/03/2026"), ("en", "Retracted on 5 Mar 2026")]
)
def test_a_retracted_event_says_so_first_with_the_reason(get: Get, wrong: int, lang: str, word: str) -> None:
    text = get(f"/events/{wrong}?lang={lang}").text.replace("\u00a0", " ")
    assert text.index(word) < text.index("<h1>")
    assert "The &lt;b&gt;row&lt;/b&gt; was another provider’s." in text
    assert "U0OPERATOR" not in text


@pytest.mark.parametrize(("lang", "word"), [("fr", "rétracté"), ("en", "retracted")])
@pytest.mark.parametrize("path", ["/", "/history", "/providers/s3ns", "/labels/secnumcloud"])
def test_a_retracted_event_is_marked_wherever_it_is_listed(
    get: Get, wrong: int, path: str, lang: str, word: str
) -> None:
    text = get(path, params={"lang": lang}).text
    line = text[text.index(f'/events/{wrong}?lang={lang}"') - 400 :][:800]
    assert f">{word}<" in line


def test_no_event_is_marked_that_stands(get: Get) -> None:
    assert ">rétracté<" not in get("/history?all=1").text


def test_the_api_says_when_and_why_an_event_was_retracted(get: Get, wrong: int) -> None:
    taken_back = {"at": "2026-03-05T08:00:00Z", "reason": REASON}
    listed = {event["id"]: event for event in get("/api/v1/events").json()["events"]}
    assert listed[wrong]["retracted"] == get(f"/api/v1/events/{wrong}").json()["retracted"] == taken_back
    assert [number for number, event in listed.items() if "retracted" in event] == [wrong]
    assert get("/history.csv").text.count(REASON) == 1
    assert get("/api/v1/providers/s3ns").json()["events"][0]["retracted"] == taken_back


def test_a_feed_brings_a_retraction_as_news(get: Get, wrong: int) -> None:
    feed = feedparser.parse(get("/feed.atom").content)
    entry = next(one for one in feed.entries if one.link.endswith(f"/events/{wrong}"))
    assert entry.title.startswith("Rétracté")
    assert "another provider’s" in entry.summary
    assert entry.updated == feed.feed.updated == "2026-03-05T08:00:00Z"
    assert entry.published == "2026-03-04T18:00:00Z"
