"""Who takes a file slowly gives way to who waits for one; nobody closes the door to others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import anyio
import httpx
import pytest
from anyio.abc import TaskGroup
from starlette.types import Message

from watcher.app import App
from watcher.errors import Wait
from watcher.prove.event.proof import prove
from watcher.settings import Settings
from watcher.web.asked.site import Site
from watcher.web.data import evidence
from watcher.web.data.evidence import Evidence
from watcher.web.edge.connections import Terms
from watcher.web.serve import Pages


@dataclass
class Counter:
    """Clients that ask for evidence, and what each got."""

    door: Evidence
    numbers: list[int]
    got: dict[str, list[str]] = field(default_factory=dict)

    async def ask(self, client: str, *, event: int = 0, after: int = 1000) -> None:
        """One download; the client stops taking after so many pieces."""
        scope: dict[str, Any] = {
            "type": "http", "method": "GET", "path": "/", "headers": [], "scheme": "http",
            "query_string": b"", "client": (client, 1), "server": ("pages.test", 80),
            "path_params": {"number": str(self.numbers[event])},
            "state": {"cut": lambda: self.got[client].append("cut")},
        }  # fmt: skip
        got = self.got.setdefault(client, [])

        async def receive() -> Message:
            if "cut" not in got:
                await anyio.sleep_forever()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body":
                if len(got) >= after:
                    await anyio.sleep_forever()
                got.append("piece" if message.get("more_body") else "end")

        await self.door(scope, receive, send)

    async def waits(self, group: TaskGroup, client: str, **given: int) -> None:
        """Begins a download that is not taken to its end."""
        group.start_soon(partial(self.ask, client, **given))
        while client not in self.door._takers or not self.door._takers[client].data:
            await anyio.sleep(0.001)


@pytest.fixture
def counter(watched: App, events: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Counter]:
    monkeypatch.setattr(evidence, "PIECE", 512)
    return lambda **given: Counter(Evidence(Site(watched), **given), sorted(events.values()))


@asynccontextmanager
async def hall() -> AsyncIterator[TaskGroup]:
    async with anyio.create_task_group() as group:
        with anyio.fail_after(60):
            yield group
        group.cancel_scope.cancel()


def test_where_all_places_are_taken_the_slowest_goes_for_who_comes(
    counter: Callable[..., Counter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "AT_ONCE", 3)

    async def story() -> None:
        people = counter(patience=0)
        async with hall() as group:
            await people.waits(group, "slow", after=2)
            await people.waits(group, "slowest", after=0)
            await people.waits(group, "slow too", after=2)
            await people.ask("quick")
            while "cut" not in people.got["slowest"]:
                await anyio.sleep(0.001)
        assert people.got["quick"][-1] == "end"
        assert [name for name, got in people.got.items() if "cut" in got] == ["slowest"]

    anyio.run(story)


def test_who_came_just_now_is_not_sent_away(
    counter: Callable[..., Counter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "AT_ONCE", 1)

    async def story() -> None:
        people = counter(patience=600)
        async with hall() as group:
            await people.waits(group, "first", after=0)
            with pytest.raises(Wait):
                await people.ask("second")
            assert people.got["first"] == []

    anyio.run(story)


def test_files_of_more_bytes_than_may_be_held_go_one_by_one(
    counter: Callable[..., Counter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MOST_BYTES", 10)

    async def story() -> None:
        people = counter(patience=0)
        async with hall() as group:
            await people.waits(group, "slow", after=0)
            await people.ask("other", event=1)
            while not people.got["slow"]:
                await anyio.sleep(0.001)
        assert (people.got["slow"], people.got["other"][-1]) == (["cut"], "end")

    anyio.run(story)


def test_takers_of_one_file_share_it_and_it_is_made_once(
    counter: Callable[..., Counter], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def counted(store: Any, event: int, **given: Any) -> bytes:
        made.append(event)
        return prove(store, event, **given)

    monkeypatch.setattr(evidence, "prove", counted)
    monkeypatch.setattr(evidence, "MOST_BYTES", 10)

    async def story() -> None:
        people = counter()
        async with hall() as group:
            for number in range(20):
                await people.waits(group, str(number), after=0)
            assert len({id(taker.data) for taker in people.door._takers.values()}) == 1

    anyio.run(story)
    assert len(made) == 1


@pytest.fixture
def pages(watched: App) -> Iterator[Pages]:
    served = Pages(App(Settings(state=watched.settings.state, port=0), watched.clock), terms=Terms(taking=60))
    served.start()
    yield served
    served.stop()


def test_a_download_that_takes_too_long_ends_and_the_log_calls_it_no_fault(
    pages: Pages, events: dict[str, int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def slowly(data: bytes) -> AsyncIterator[bytes]:
        yield data[:10]
        await anyio.sleep_forever()

    monkeypatch.setattr(evidence, "_pieces", slowly)
    [door] = [
        route.app
        for route in pages._server.config.app.routes  # type: ignore[union-attr]
        if getattr(route, "path", "") == "/api/v1/events/{number}/evidence"
    ]
    door._longest = 0.2
    address = f"http://127.0.0.1:{pages.port}/api/v1/events/{min(events.values())}/evidence"
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(address, timeout=60)
    assert [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == [
        "pages: closed a download, it took too long or kept others waiting"
    ]
