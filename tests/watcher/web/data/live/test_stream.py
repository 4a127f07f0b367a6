"""The live stream: what is written is told once and in order, whoever writes and however often one is cut."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
from listening import Heard, Listener
from processes import soon

from state.seen.events import log
from state.seen.looks import runs
from watcher.app import App
from watcher.look.forget import forget
from watcher.settings import Settings
from watcher.tell.recall import retract
from watcher.web.data.live import newest, stream, told
from watcher.web.edge.connections import Terms
from watcher.web.edge.guards import Limit
from watcher.web.serve import Pages

Read = Callable[[str, str], None]
Serve = Callable[..., int]
Come = Callable[..., Listener]
Listen = Callable[..., Listener]
MOST_AT_ONCE = 4
WRITER = Path(__file__).parents[4] / "stream_writer.py"


@pytest.fixture
def serve(watched: App) -> Iterator[Serve]:
    """Serves the pages on the loopback; the port."""
    with ExitStack() as all:

        def serve(terms: Terms | None = None) -> int:
            given = Settings(state=watched.settings.state, port=0)
            pages = Pages(App(given, watched.clock), limit=Limit(watched.clock, burst=1e9), terms=terms)
            pages.start()
            all.callback(pages.stop)
            return pages.port

        yield serve


@pytest.fixture
def come() -> Iterator[Come]:
    """Listens at a port, and is gone when the test is over."""
    with ExitStack() as all:

        def come(port: int, query: str = "", **given: Any) -> Listener:
            one = Listener(port, query, **given)
            all.callback(one.close)
            return one

        yield come


@pytest.fixture
def listen(serve: Serve, come: Come) -> Listen:
    """Listens to a stream with nothing special about it."""
    return partial(come, serve())


def heard(listener: Listener, count: int) -> list[Heard]:
    """The next messages."""
    return list(islice(listener, count))


def last_event(app: App) -> int:
    with app.open_store() as store:
        return log.next_event(store) - 1


def test_a_stream_begins_now_and_tells_what_is_written_as_the_api_has_it(
    listen: Listen, read: Read, watched: App, get: Callable[..., httpx.Response]
) -> None:
    listener, before = listen(), last_event(watched)
    assert listener.headers["content-type"].startswith("text/event-stream")
    assert (listener.first.id, listener.retry) == (str(before), stream.RETRY)
    read("2027-02-01", "2028-02-01")
    [message] = heard(listener, 1)

    assert (message.id, message.type) == (str(before + 1), "event")
    assert message.data == get(f"/api/v1/events/{before + 1}").json()
    assert message.data["kind"] == "renewed"


def test_who_comes_back_is_told_what_was_written_meanwhile_by_header_or_by_address(
    listen: Listen, read: Read, watched: App
) -> None:
    first = listen()
    first.close()
    read("2027-02-01", "2028-02-01")
    read("2028-12-17", "2029-12-17")
    number = int(first.id)
    for query, id in (("", first.id), (f"?after={first.id}", ""), ("?after=0", first.id)):
        assert [one.id for one in heard(listen(query, id=id), 2)] == [str(number + 1), str(number + 2)]


def test_all_from_the_beginning_is_all_that_the_list_has_oldest_first(
    listen: Listen, get: Callable[..., httpx.Response]
) -> None:
    for query in ("all=1", "all=1&label=secnumcloud", "provider=S3NS", "q=cloud&all=1", "since=2026-03-01"):
        events = get(f"/api/v1/events?{query}").json()["events"]
        assert events
        told = heard(listen(f"?{query}&after=0"), len(events))
        assert [one.data for one in told] == events[::-1]


def test_a_filter_lets_through_what_the_list_of_events_would(listen: Listen, read: Read) -> None:
    passi, s3ns, joint = listen("?label=passi"), listen("?provider=s3ns"), listen("?label=secnumcloud%2Bhds")
    read("2027-02-01", "2028-02-01")
    read("2028-12-17", "2029-12-17")
    read("cc | Thales DIS", "hds | S3NS | - | 9 | 2026-01-01 | 2029-01-01\ncc | Thales DIS")

    assert [one.data["label"] for one in heard(passi, 1)] == ["passi"]
    assert [(one.data["kind"], one.data["label"]) for one in heard(s3ns, 2)] == [
        ("renewed", "secnumcloud"),
        ("gained", "hds"),
    ]
    assert [one.data["label"] for one in heard(joint, 1)] == ["hds"]


@pytest.mark.parametrize(
    ("query", "status", "said", "meant"),
    [
        ("?kind=gaind", 400, "kind", ["gained"]),
        ("?labl=hds", 400, "labl", ["label"]),
        ("?provider=s3nss", 404, "s3nss", ["S3NS"]),
        ("?label=", 400, "label", []),
        ("?after=yesterday", 400, "yesterday", []),
        ("?before=7", 400, "before", []),
    ],
)
def test_what_cannot_be_meant_is_refused_as_by_the_list(
    listen: Listen, query: str, status: int, said: str, meant: list[str]
) -> None:
    refused = listen(query)
    problem = refused.body()
    assert (refused.status, refused.headers["content-type"]) == (status, "application/problem+json")
    assert said in problem["detail"]
    assert problem.get("did_you_mean", [])[: len(meant)] == meant


def test_a_header_that_is_not_understood_is_not_said_to_be_in_the_address(listen: Listen) -> None:
    said = listen("?lang=fr", id="garbage").body()["detail"]
    assert said.startswith("«\u00a0Last-Event-ID\u00a0» vaut «\u00a0garbage\u00a0»")


def test_what_is_taken_back_is_a_message_of_its_own_with_its_reason(
    listen: Listen, read: Read, watched: App
) -> None:
    listener, other = listen(), listen("?label=secnumcloud")
    read("2027-02-01", "2028-02-01")
    number = last_event(watched)
    with watched.open_store() as store:
        retract(store, number, "an error of print", "op", watched.clock())
    event, gone = heard(listener, 2)
    assert (event.type, gone.type) == ("event", "retracted")
    assert (gone.data["id"], gone.data["retracted"]["reason"]) == (number, "an error of print")

    read("2028-12-17", "2029-12-17")
    assert [one.data["label"] for one in heard(other, 1)] == ["secnumcloud"]
    assert [one.id for one in heard(listen(id=gone.id), 1)] == [str(number + 1)]
    assert [one.id for one in heard(listen(id=event.id), 2)] == [gone.id, str(number + 1)]


def test_who_left_after_something_was_taken_back_is_not_told_again(
    listen: Listen, read: Read, watched: App
) -> None:
    with watched.open_store() as store:
        retract(store, last_event(watched), "an error of print", "op", watched.clock())
    first = listen()
    read("2027-02-01", "2028-02-01")
    assert [one.type for one in heard(listen(id=first.id), 1)] == ["event"]


def test_of_a_forgotten_look_every_event_is_taken_back_once(listen: Listen, read: Read, watched: App) -> None:
    listener = listen()
    read("scope=IaaS+PaaS", "scope=IaaS+PaaS+SaaS")
    [event] = heard(listener, 1)
    with watched.open_store() as store:
        run = runs.runs(store, newest_first=True, limit=1)[0]
        forget(store, None, run, "imported by mistake", watched.clock())
    [gone] = heard(listener, 1)
    assert (gone.type, gone.data["id"]) == ("retracted", event.data["id"])
    assert gone.data["retracted"]["reason"] == "imported by mistake"

    everything = heard(listen("?after=0&all=1"), int(event.id))
    assert everything[-1].id == gone.id
    assert event.id not in [one.id for one in everything]  # nobody shall take it for true


@pytest.mark.parametrize("id", ["99999", "99999-1", "1-1"])
def test_an_id_of_another_memory_begins_now(listen: Listen, read: Read, watched: App, id: str) -> None:
    listener, before = listen(id=id), last_event(watched)
    assert listener.first.id == str(before)
    read("2027-02-01", "2028-02-01")
    assert [one.id for one in heard(listener, 1)] == [str(before + 1)]


def test_when_an_older_copy_takes_the_place_of_the_memory_all_come_back_to_it(
    serve: Serve, come: Come, read: Read, watched: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest, "ANEW", 1)
    state = Path(watched.settings.state)
    with watched.open_store() as store:
        store.q("pragma wal_checkpoint(truncate)")
    shutil.copy(state, state.with_name("older.db"))
    listener = come(serve())
    read("2027-02-01", "2028-02-01")
    assert len(heard(listener, 1)) == 1
    state.with_name("older.db").replace(state)
    for suffix in ("-wal", "-shm"):
        Path(f"{state}{suffix}").unlink(missing_ok=True)
    assert list(listener) == []


def test_one_too_many_is_told_when_to_come_back_and_has_the_place_of_who_goes(
    serve: Serve, come: Come
) -> None:
    port = serve(Terms(most=4, streams=6))
    there = [come(port) for _ in range(6)]
    late = come(port)
    assert (late.status, late.headers["retry-after"]) == (503, str(stream.AGAIN))
    assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200  # they take no place of others
    there.pop().close()
    soon(lambda: come(port).status == 200)


def test_one_client_has_no_more_than_his_share(serve: Serve, come: Come) -> None:
    port = serve()
    assert {come(port).status for _ in range(stream.SHARE)} == {200}
    assert come(port).status == 503
    assert come(port, host="127.0.0.2").status == 200


def test_signs_of_life_come_while_nothing_happens(
    serve: Serve, come: Come, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BEAT", 0.02)
    listener = come(serve())
    threading.Timer(0.3, read, ("2027-02-01", "2028-02-01")).start()
    heard(listener, 1)
    assert listener.beats > 1


def test_the_log_is_looked_at_once_for_all_and_by_nobody_when_nobody_listens(
    serve: Serve, come: Come
) -> None:
    port, filters = serve(), ("", "", "?all=1", "?label=passi", "?provider=s3ns")
    there = [come(port, query) for query in filters]
    assert [one.name for one in threading.enumerate()].count("live") == 1
    for one in there:
        one.close()
    soon(lambda: "live" not in [one.name for one in threading.enumerate()])


def test_streams_end_cleanly_when_the_watch_does(watched: App, come: Come) -> None:
    pages = Pages(App(Settings(state=watched.settings.state, port=0), watched.clock))
    pages.start()
    there = [come(pages.port) for _ in range(3)]
    pages.stop()
    assert [list(one) for one in there] == [[], [], []]


def test_a_crowd_that_comes_back_from_long_ago_is_told_all_in_parts(
    listen: Listen, watched: App, monkeypatch: pytest.MonkeyPatch, read: Read
) -> None:
    monkeypatch.setattr(told, "AT_ONCE", 2)
    monkeypatch.setattr(told, "IN_ALL", 2)
    monkeypatch.setattr(newest, "MOST_BYTES", 1)
    there = [listen("?all=1&after=0") for _ in range(5)]
    for year in range(2027, 2030):
        read(f"{year}-02-01", f"{year + 1}-02-01")
    with watched.open_store() as store:
        written = [str(event.id) for event in log.events(store)]
    for one in there:
        assert [each.id for each in heard(one, len(written))] == written


def test_who_was_told_all_from_long_ago_holds_no_more_than_one_message_afterwards(
    listen: Listen, watched: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds who came back once and stayed held half a MiB each, for as long as nothing happened."""
    made: list[weakref.ref[told.Message]] = []
    message = told._message

    def making(*given: Any) -> told.Message:
        one = message(*given)
        made.append(weakref.ref(one))
        return one

    monkeypatch.setattr(told, "_message", making)
    listener, count = listen("?all=1&after=0"), last_event(watched)
    assert len(heard(listener, count)) == count
    soon(lambda: sum(one() is not None for one in made) <= 1)
    assert len(made) == count


@pytest.mark.parametrize(("writings", "least"), [(12, 20), pytest.param(50, 100, marks=pytest.mark.soak)])
def test_one_who_is_cut_again_and_again_hears_all_that_three_write_once_and_in_order(
    serve: Serve, watched: App, read: Read, writings: int, least: int
) -> None:
    port, rng, done = serve(), random.Random(14), threading.Event()
    first = Listener(port, "?all=1")
    first.close()

    def write() -> None:
        writers = [
            subprocess.Popen([sys.executable, str(WRITER), watched.settings.state, source, str(writings)])
            for source in ("ans-hds", "tl-fr")
        ]
        assert [one.wait() for one in writers] == [0, 0]
        for year in range(2027, 2027 + MOST_AT_ONCE):
            read(f"{year}-02-01", f"{year + 1}-02-01")
        done.set()

    writing = threading.Thread(target=write)
    writing.start()
    told, cuts, id = list[Heard](), 0, first.id
    while not (done.is_set() and int(id) == last_event(watched)):
        count = rng.choice((0, 0, 1, 1, 2, MOST_AT_ONCE))
        if done.is_set():  # until then so many will still be written
            count = min(count, last_event(watched) - int(id))
        listener = Listener(port, "?all=1", id=id)
        told += islice(listener, count)
        id, cuts = listener.id, cuts + 1
        listener.close()
    writing.join()
    with watched.open_store() as store:
        written = [str(event.id) for event in log.events(store, after=int(first.id))]
    assert [one.id for one in told] == written
    assert cuts >= least, len(written)
