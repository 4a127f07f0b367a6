"""Many at once: what is asked of the watch itself, and Slack, never wait for those who read pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from threading import Event
from urllib.parse import urlencode

import anyio
import httpx
import pytest
from anyio.to_thread import current_default_thread_limiter
from fake_people import SECRET, signed
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from watcher.app import App
from watcher.slack.doors.door import Door
from watcher.slack.doors.http import routes_of
from watcher.slack.reply import Answer
from watcher.web import app as module
from watcher.web.app import make_app, threaded
from watcher.web.edge.guards import Limit


class Crowd:
    """Forty people at pages that are slow until `release`."""

    def __init__(self, watched: App) -> None:
        self.released, self.door = Event(), Door(watched, soon=60)
        self.app = make_app(
            watched,
            [Route("/slow", threaded(self._show)), *routes_of(self.door, SECRET)],
            limit=Limit(watched.clock, burst=10_000),
        )
        self.now = int(watched.clock().timestamp())
        self.shown: list[int] = []

    def _show(self, request: Request) -> Response:
        self.released.wait(120)
        return PlainTextResponse("slow")

    @asynccontextmanager
    async def waiting(self, count: int) -> AsyncIterator[httpx.AsyncClient]:
        """While so many wait for a slow page."""
        transport = httpx.ASGITransport(app=self.app)
        async with (
            self.app.router.lifespan_context(self.app),
            httpx.AsyncClient(transport=transport, base_url="http://app") as client,
            anyio.create_task_group() as group,
        ):
            for _ in range(count):
                group.start_soon(self._look, client)
            while current_default_thread_limiter().statistics().tasks_waiting < count - module.THREADS:
                await anyio.sleep(0.001)
            try:
                with anyio.fail_after(60):
                    yield client
            finally:
                self.released.set()
        self.door.close()

    async def _look(self, client: httpx.AsyncClient) -> None:
        self.shown.append((await client.get("/slow")).status_code)

    async def ask(self, client: httpx.AsyncClient, said: list[str], number: int) -> None:
        """Adds to what is said the answer to a slash command."""
        said.append((await self.command(client, number)).text)

    async def command(self, client: httpx.AsyncClient, number: int) -> httpx.Response:
        """A slash command as Slack sends it."""
        form = {"channel_id": "C1", "user_id": "U1", "text": "race", "trigger_id": f"T{number}"}
        body = urlencode(form)
        return await client.post("/slack/commands", content=body, headers=signed(body, self.now))


@pytest.fixture
def crowd(watched: App) -> Crowd:
    return Crowd(watched)


def test_the_health_check_files_and_refusals_wait_for_no_page(crowd: Crowd) -> None:
    async def story() -> dict[str, int]:
        async with crowd.waiting(40) as client:
            paths = ("/healthz", "/static/mark.svg", "/nothing", "/api/v1/nothing")
            return {path: (await client.get(path)).status_code for path in paths}

    found = anyio.run(story)
    assert found == {"/healthz": 200, "/static/mark.svg": 200, "/nothing": 404, "/api/v1/nothing": 404}
    assert crowd.shown == [200] * 40


def test_slack_is_answered_while_forty_pages_are_slow(crowd: Crowd) -> None:
    async def story() -> list[str]:
        said: list[str] = []

        async with crowd.waiting(40) as client, anyio.create_task_group() as group:
            for number in range(30):
                group.start_soon(crowd.ask, client, said, number)
        return said

    said = anyio.run(story)
    assert len(said) == 30
    assert all("La course" in text for text in said)


def test_whoever_asks_when_too_many_wait_is_told_at_once(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUEUE", 5)

    async def story() -> httpx.Response:
        async with crowd.waiting(9) as client:
            return await client.get("/api/v1/labels")

    refused = anyio.run(story)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert refused.json()["title"] == "Too many requests at once"
    assert crowd.shown == [200] * 9


def test_thirty_commands_wait_for_their_answers_together(crowd: Crowd) -> None:
    """Eight are worked at; those who wait for them do not wait for a place to wait in."""
    running, begun = Event(), []
    begin = crowd.door.once.begin

    def slow(key: str, work: Callable[[], Answer]) -> tuple[Future[Answer], bool]:
        begun.append(key)
        return begin(key, lambda: work() if running.wait(60) else None)

    crowd.door.once.begin = slow  # type: ignore[method-assign]

    async def story() -> list[str]:
        said: list[str] = []

        async with crowd.waiting(0) as client, anyio.create_task_group() as group:
            for number in range(30):
                group.start_soon(crowd.ask, client, said, number)
            while len(begun) < 30:
                await anyio.sleep(0.001)
            assert said == []
            running.set()
        return said

    assert sum("La course" in text for text in anyio.run(story)) == 30


def test_a_dialogue_that_takes_long_says_so_and_is_done_once(watched: App) -> None:
    door = Door(watched, soon=0.01)
    running, done = Event(), []
    begin = door.once.begin

    def slow() -> dict[str, str]:
        running.wait(60)
        done.append(1)
        return {"response_action": "update"}

    door.once.begin = lambda key, work: begin(key, slow)  # type: ignore[method-assign]
    payload = {"type": "view_submission", "view": {"id": "V1", "hash": "h"}}
    assert "validez de nouveau" in str(door.interact(payload))
    running.set()
    door.soon = 60
    assert door.interact(payload) == {"response_action": "update"}
    door.close()
    assert done == [1]
