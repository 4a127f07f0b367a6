"""The Python client against the real pages: typed as the API's document says, and no surer than the watch."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any, get_type_hints

import anyio
import httpx
import pytest
from every_event import build_event
from starlette.applications import Starlette

from state.model import Kind
from state.seen.events import log
from vigilabel_client import Busy, NotFound, Refused, Vigilabel, WrongShape, client, read, shapes
from watcher.app import App
from watcher.ask.views.events import event_view
from watcher.ask.views.form import json_of
from watcher.settings import Settings
from watcher.tell.recall import retract
from watcher.web.app import make_app
from watcher.web.data.openapi import ADDRESSES, document
from watcher.web.serve import Pages

HOME = "https://labels.example.org"


class Inside(httpx.BaseTransport):
    """Asks the pages without a network, as a client that waits for each answer; `asked` are the addresses."""

    def __init__(self, pages: Starlette) -> None:
        self.asked: list[str] = []
        self._pages = httpx.ASGITransport(pages)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return anyio.run(self._answer, request)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._pages.handle_async_request(request)
        raw = b"".join([part async for part in answer.aiter_raw()])
        return httpx.Response(answer.status_code, headers=answer.headers, content=raw)


@pytest.fixture
def inside(watched: App) -> Inside:
    return Inside(make_app(watched))


@pytest.fixture
def labels(inside: Inside) -> Vigilabel:
    return Vigilabel(HOME, http=httpx.Client(transport=inside))


def test_it_has_a_method_for_every_address() -> None:
    asked = {one.ask.__name__.removeprefix("show_") for one in ADDRESSES} | {"evidence", "look"}
    assert asked <= {name for name in vars(Vigilabel) if not name.startswith("_")}


def test_events_come_page_after_page_newest_first(labels: Vigilabel, watched: App) -> None:
    with watched.open_store() as store:
        numbers = [event.id for event in log.events(store)]
    assert len(numbers) > 3
    pages = [page.events for page in labels._pages(shapes.Events, "/events", {"all": "1", "limit": 2})]
    assert {len(page) for page in pages} <= {1, 2}
    assert [event.id for page in pages for event in page] == sorted(numbers, reverse=True)
    assert [event.id for event in labels.events(all_causes=True)] == sorted(numbers, reverse=True)


def test_a_page_is_asked_for_when_the_one_before_is_used_up(labels: Vigilabel, inside: Inside) -> None:
    told = labels._pages(shapes.Events, "/events", {"all": "1", "limit": 1})
    next(told)
    assert len(inside.asked) == 1
    next(told)
    assert len(inside.asked) == 2


def test_a_filter_goes_on_through_all_pages(labels: Vigilabel) -> None:
    found = list(labels.events(label="secnumcloud", kind="gained", since=date(2026, 3, 4)))
    assert {(event.label, event.kind, event.provider.slug) for event in found} == {
        ("secnumcloud", "gained", "s3ns")
    }
    assert found[0].valid_until == date(2028, 12, 17)
    assert found[0].seen_at == datetime(2026, 3, 4, 18, tzinfo=UTC)


def test_a_poller_gets_what_is_new_oldest_first(labels: Vigilabel) -> None:
    every = [event.id for event in labels.events()][::-1]
    assert [event.id for event in labels.events_after(every[0])] == every[1:]
    assert labels.events_after(every[-1]) == []


def test_events_are_heard_as_they_are_written_and_a_listener_goes_on_where_he_was(watched: App) -> None:
    pages = Pages(App(Settings(state=watched.settings.state, port=0), watched.clock))
    pages.start()
    with watched.open_store() as store:
        numbers = [event.id for event in log.events(store, causes=["register"])]
    with Vigilabel(f"http://127.0.0.1:{pages.port}") as here:
        told = here.follow(after=str(numbers[0] - 1))
        first = [next(told), next(told)]
        told.close()
        again = here.follow(after=first[0].id)
        assert next(again) == first[1]
        again.close()
        assert [one.event.id for one in first] == numbers[:2]
        assert first[0].event == here.event(numbers[0])
        with watched.open_store() as store:
            place = here.follow(after=str(numbers[-1]))
            retract(store, numbers[0], "misread", "me", watched.clock())
        back = next(place)
        place.close()
        assert (back.event.id, back.retracted) == (numbers[0], True)
        assert back.event.retracted is not None
    pages.stop()


def test_who_is_cut_off_comes_back_with_the_last_id(monkeypatch: pytest.MonkeyPatch) -> None:
    event = json.dumps(json_of(event_view(build_event(Kind.GAINED))))
    asked: list[str | None] = []
    waited: list[float] = []
    monkeypatch.setattr(client, "sleep", waited.append)

    def stream(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("Last-Event-ID"))
        if len(asked) == 2:
            raise httpx.ReadError("cut off")
        if len(asked) == 3:
            problem = {"type": "about:blank", "title": "Full", "status": 429, "detail": "Later."}
            return httpx.Response(429, json=problem, headers={"Retry-After": "30"})
        head = "id: 11\nretry: 2000\n\n" if len(asked) == 1 else ": alive\n\n"
        return httpx.Response(200, text=f"{head}id: {11 + len(asked)}\nevent: event\ndata: {event}\n\n")

    told = answering(stream).follow(label="secnumcloud")
    assert [next(told).id, next(told).id] == ["12", "15"]
    assert (asked, waited) == ([None, "12", "12", "12"], [2.0, 2.0, 30.0])


def test_every_field_of_every_answer_is_read(labels: Vigilabel, watched: App) -> None:
    with watched.open_store() as store:
        retract(store, log.events(store)[-1].id, "misread", "me", watched.clock())
        told = [json_of(event_view(event)) for event in log.events(store)]
    for event in told:
        assert _as_json(read(shapes.Event, event)) == event


def _as_json(value: Any) -> Any:
    if is_dataclass(value):
        given = {one.name: getattr(value, one.name) for one in fields(value)}
        hints = get_type_hints(type(value))
        return {
            name: _as_json(one)
            for name, one in given.items()
            if not (one in (None, ()) and _left_out(type(value), name, hints))
        }
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_as_json(one) for one in value]
    return {name: _as_json(one) for name, one in value.items()} if isinstance(value, dict) else value


def _left_out(kind: type, name: str, hints: object) -> bool:
    return name not in document()["components"]["schemas"][kind.__name__]["required"]


def test_every_address_is_answered_in_its_shape(labels: Vigilabel) -> None:
    assert labels.event(1).id == 1
    assert {one.label for one in labels.labels().labels} >= {"secnumcloud", "hds"}
    assert "s3ns" in {one.provider.slug for one in labels.label("secnumcloud").attestations}
    found = labels.label("secnumcloud", on=date(2025, 12, 5)).attestations
    past = [one for one in found if isinstance(one, shapes.Holding)]
    assert {one.provider.slug for one in past if one.answer == "yes"} == {"ovhcloud", "outscale"}
    assert len(past) == len(found)
    assert labels.curve("secnumcloud").counted
    assert "ovhcloud" in {one.slug for one in labels.providers().providers}
    assert labels.provider("s3ns").provider.name == "S3NS"
    assert {one.label for one in labels.race("s3ns").standings} >= {"secnumcloud", "hds"}
    assert {one.provider.slug for one in labels.attestations(label="passi")}
    assert labels.search("s3ns").hits[0].provider == shapes.Provider(slug="s3ns", name="S3NS")
    assert [hit.group for hit in labels.search_all("secnumcloud", "labels")]
    assert labels.sources().sources[0].source
    assert labels.evidence(1).startswith(b"PK")


def test_an_answer_may_be_unknown_and_is_not_taken_for_no(labels: Vigilabel) -> None:
    yes = labels.was("s3ns", "secnumcloud", date(2026, 3, 5))
    no = labels.was("s3ns", "secnumcloud", date(2025, 12, 5))
    unknown = labels.was("s3ns", "hds", date(2026, 3, 5))
    assert [one.answer for one in (yes, no, unknown)] == ["yes", "no", "unknown"]
    assert (unknown.basis, unknown.evidence) == ("not_watched", ())
    assert unknown.sentence
    with pytest.raises(TypeError, match="yes, no or unknown"):
        assert unknown
    assert {one.state for one in labels.race("s3ns").standings if one.label == "hds"} == {"unknown"}


def test_what_is_not_there_is_said_with_what_may_be_meant(labels: Vigilabel) -> None:
    with pytest.raises(NotFound) as refused:
        labels.label("secnumclod")
    assert (refused.value.status, refused.value.did_you_mean[0]) == (404, "secnumcloud")
    with pytest.raises(NotFound):
        labels.event(999)
    with pytest.raises(Refused, match="token"):
        labels.look("anssi-catalogue")


def test_sentences_are_in_the_language_asked_for(inside: Inside) -> None:
    french = Vigilabel(HOME, lang="fr", http=httpx.Client(transport=inside))
    assert "S3NS" in french.was("s3ns", "secnumcloud", date(2026, 3, 5)).sentence
    with pytest.raises(NotFound, match="Aucun événement"):
        french.event(999)


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> Vigilabel:
    return Vigilabel(HOME, http=httpx.Client(transport=httpx.MockTransport(answer)))


def test_what_no_watch_answered_is_said_so() -> None:
    proxy = answering(lambda request: httpx.Response(502, text="<h1>Bad gateway</h1>"))
    with pytest.raises(Refused, match="Bad Gateway"):
        proxy.labels()
    login = answering(lambda request: httpx.Response(200, text="<h1>Login</h1>"))
    with pytest.raises(WrongShape, match="expected JSON"):
        login.labels()
    other = answering(lambda request: httpx.Response(200, json={"labels": [{"label": 5}], "together": []}))
    with pytest.raises(WrongShape, match="labels: label: expected str, found 5"):
        other.labels()


def test_it_says_when_to_come_back() -> None:
    problem = {"type": "about:blank", "title": "Too many", "status": 429, "detail": "Later."}
    busy = answering(lambda request: httpx.Response(429, json=problem, headers={"Retry-After": "7"}))
    with pytest.raises(Busy) as refused:
        busy.sources()
    assert refused.value.retry_after == 7.0


def test_what_a_newer_watch_adds_breaks_nothing() -> None:
    answer = {
        "providers": [{"slug": "a", "name": "A", "labels": ["new"], "attestations": 1, "new": {}}],
        "more": 1,
    }
    newer = answering(lambda request: httpx.Response(200, json=answer))
    assert newer.providers().providers[0].labels == ("new",)


def test_tokens_are_shown_nowhere() -> None:
    assert "hunter2" not in repr(Vigilabel(HOME, token="hunter2"))
    assert client.TIMEOUT
