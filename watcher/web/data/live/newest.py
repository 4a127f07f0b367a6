"""The newest messages of the log, read and written once for all who listen, in a thread of its own.

Who listens to the same filter is of one audience; what that no longer holds each reads from the memory.
"""

from __future__ import annotations

import logging
from asyncio import AbstractEventLoop, Future, Task, get_running_loop, sleep
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from state.file.errors import StoreError
from state.seen.taken_back import order
from watcher.web.data.live.told import Message, Part, news

if TYPE_CHECKING:
    from state.file.store import Ears, Store
    from state.seen.taken_back.order import Point
    from watcher.web.asked.filter import Filter

logger = logging.getLogger(__name__)

PAUSE = 0.25
"""Most seconds between two looks at the numbers of the last link and the last event, 5 µs each: whichever
process wrote, it is told well within a second, and at once where the engine says so."""
ANEW = 40
"""After so many looks the memory is opened again: a copy may have been put in its place, and an open file
stays the old one."""
MOST_BYTES = 2**20
"""What an audience keeps of its newest messages, for who takes a little longer."""
AT_A_TIME = 32
"""Clients that are woken before the loop turns to others: all at once would keep the health check waiting."""


class Audience:
    """Those who listen to one filter, and the newest that it lets through: all between `start` and `end`."""

    def __init__(self, point: Point) -> None:
        self.start = self.end = point
        self.over = False
        self.clients = 0
        self._messages: deque[Message] = deque()
        self._bytes = 0
        self._waiting: list[Future[None]] = []

    def behind(self, point: Point) -> Sequence[Message]:
        """The messages behind a point that is not before `start`."""
        found: list[Message] = []
        for one in reversed(self._messages):  # from the end: a thousand ask, and mostly one is new
            if one.point <= point:
                break
            found.insert(0, one)
        return found

    def add(self, found: Part | None, since: Point, point: Point) -> bool:
        """Goes on to a point; whether those who wait have something to do. What was not `found`, or does not
        follow, is for each to read by himself."""
        follows = found is not None and self.end == since and found.point == point
        self.end = point
        if not follows or found is None:
            self.start = point
            self._messages.clear()
            self._bytes = 0
            return True
        self._messages += found.messages
        self._bytes += sum(len(one.body) for one in found.messages)
        while self._bytes > MOST_BYTES:
            first = self._messages.popleft()
            self._bytes -= len(first.body)
            self.start = first.point
        return bool(found.messages)

    async def news(self) -> None:
        """Waits until something may be there to tell."""
        waits: Future[None] = get_running_loop().create_future()
        self._waiting.append(waits)
        await waits

    def woken(self) -> list[Future[None]]:
        waiting, self._waiting = self._waiting, []
        return [one for one in waiting if not one.done()]


class Newest:
    """The audiences of one process; all but the thread's own work is done on the loop, and nothing locked."""

    def __init__(self, open_store: Callable[[], Store], *, pause: float = PAUSE) -> None:
        self._open_store, self._pause = open_store, pause
        self._audiences: dict[Filter, Audience] = {}
        self._point: Point | None = None
        self._stop = Event()
        self._waking: set[Task[None]] = set()

    def join(self, wanted: Filter, point: Point) -> Audience:
        """The audience of a filter; `point` is the end of the log as the client saw it."""
        if not self._audiences:
            self._point, self._stop = point, Event()
            watching = (get_running_loop(), point, self._stop)
            # A daemon: where the memory hangs it must not keep the process from ending.
            Thread(target=self._watch, args=watching, name="live", daemon=True).start()
        assert self._point is not None  # noqa: S101 -- there is one where there is an audience
        audience = self._audiences.setdefault(wanted, Audience(self._point))
        audience.clients += 1
        return audience

    def leave(self, wanted: Filter, audience: Audience) -> None:
        """Forgets a client; with the last one of all, nobody looks at the log any more."""
        audience.clients -= 1
        if not audience.clients and self._audiences.get(wanted) is audience:
            del self._audiences[wanted]
            if not self._audiences:
                self._stop.set()

    def end(self) -> None:
        self._stop.set()
        for audience in self._audiences.values():
            audience.over = True
            for one in audience.woken():
                one.set_result(None)
        self._audiences = {}

    def _watch(self, loop: AbstractEventLoop, point: Point, stop: Event) -> None:
        try:
            while not stop.is_set():
                try:
                    with self._open_store() as store, closing(store.ears()) as ears:
                        point = self._looked(store, ears, loop, point, stop)
                except StoreError as error:
                    logger.warning("live stream: the memory does not answer: %s", error)
                    stop.wait(self._pause * ANEW)
        finally:
            # Whatever broke: who is let go comes back, and says where he was.
            if not stop.is_set():
                _on(loop, self.end)

    def _looked(self, store: Store, ears: Ears, loop: AbstractEventLoop, point: Point, stop: Event) -> Point:
        """Looks at the log for a while; the point up to which all was told."""
        for _ in range(ANEW):
            link, event = order.edge(store)
            if link + 1 < point.link or event < point.event:
                # A copy took the place of the memory: its numbers are given anew, to other events.
                stop.set()
                _on(loop, self.end)
            elif (link + 1, event) != (point.link, point.event):
                top, found = news(store, list(self._audiences), point)
                _on(loop, self._tell, found, point, top, stop)
                point = top
            ears.heard(self._pause, stop)  # at once where the engine says so
            if stop.is_set():
                break
        return point

    def _tell(self, found: Mapping[Filter, Part], since: Point, point: Point, stop: Event) -> None:
        if stop.is_set():
            return
        self._point = point
        waiting = [
            one
            for wanted, audience in self._audiences.items()
            if audience.add(found.get(wanted), since, point)
            for one in audience.woken()
        ]
        waking = get_running_loop().create_task(_wake(waiting))
        self._waking.add(waking)  # the loop itself forgets a task that nobody names
        waking.add_done_callback(self._waking.discard)


def _on(loop: AbstractEventLoop, work: Callable[..., None], *args: object) -> None:
    with suppress(RuntimeError):  # the loop ended before this thread heard of it
        loop.call_soon_threadsafe(work, *args)


async def _wake(waiting: Sequence[Future[None]]) -> None:
    for nth, one in enumerate(waiting):
        if not one.done():
            one.set_result(None)
        if nth % AT_A_TIME == AT_A_TIME - 1:
            await sleep(0)
