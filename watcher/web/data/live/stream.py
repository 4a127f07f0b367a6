"""The live stream: events as they are written, to whoever listens, for as long as he likes (Server-Sent
Events)."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from state.seen.taken_back import order
from watcher.errors import Wait
from watcher.web.asked.filter import CONDITIONS, Filter, filter_asked
from watcher.web.asked.parts import Parts
from watcher.web.data.live.newest import Newest
from watcher.web.data.live.told import Message, Part, head_id, point_named, told_after
from watcher.web.edge.connections import STREAMS
from watcher.web.edge.guards import client_of

if TYPE_CHECKING:
    from state.seen.taken_back.order import Point
    from watcher.web.asked.site import Site
    from watcher.web.data.live.newest import Audience

OWN = "after"
HEADER = "Last-Event-ID"
TAKEN = (*(name for name in CONDITIONS if name not in ("before", "look")), OWN)
"""The filter of a list of events, without what pages it."""
SHARE = 32
"""Streams of one client: half of the connections that it may have, so that it can still open pages."""
BEAT = 15
"""Seconds between two signs of life: routers close what is silent for 55."""
RETRY = 3_000
"""Milliseconds until a client that was cut off comes back."""
READERS = 2
"""Clients that are read for at one time, when they come and while they are behind: pages keep their threads,
also when a thousand come back at once."""
AGAIN = 30


class Stream:
    """The endpoint `/api/v1/events/stream`."""

    def __init__(self, site: Site, *, most: int = STREAMS, share: int = SHARE) -> None:
        self._site, self._most, self._share = site, most, share
        self._clients: Counter[str] = Counter()
        self._readers = CapacityLimiter(READERS)
        self.newest = Newest(lambda: site.app.open_store(create=False))
        self._ended = False

    def end(self) -> None:
        """Ends all streams: their clients come back to whoever serves then."""
        self._ended = True
        self.newest.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Says what is wrong with a request, or tells on and on."""
        request = Request(scope, receive)
        client = client_of(request)
        if self._ended or self._clients.total() >= self._most or self._clients[client] >= self._share:
            raise Wait("listening", AGAIN)
        self._clients[client] += 1  # before anything is awaited, or a crowd would pass
        # It waits for us as long as it lives: what is never closed must not count among what may be.
        if stay := scope.get("state", {}).get("stay"):
            stay()
        try:
            wanted, point, top, id = await run_sync(self._asked, request, limiter=self._readers)
            head = ServerSentEvent(id=id, retry=RETRY, sep="\n").encode()
            beat = ServerSentEvent(comment="", sep="\n")
            answer = EventSourceResponse(
                self._messages(wanted, point, top, head),
                ping=BEAT,
                ping_message_factory=lambda: beat,
                headers={"Cache-Control": "no-store"},
            )
            await answer(scope, receive, send)
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    def _asked(self, request: Request) -> tuple[Filter, Point, Point, str]:
        """The filter, where the client stands, the end of the log, and the `id` of where it stands."""
        given = Parts(request.query_params).unmarked()
        given.require(*TAKEN)
        given.require_said()
        with self._site.visit(request) as visit:
            wanted = replace(filter_asked(visit), look=None, before=None)
            top = order.head(visit.store)
            # Who comes back names his last message in the header, with the address that he came with first.
            text, name = (request.headers.get(HEADER, ""), HEADER) if HEADER in request.headers else ("", OWN)
            text = text or given.get(OWN, "")
            point = point_named(visit.store, name, text) if text else None
            if point is None:  # what comes from now on
                return wanted, top, top, head_id(visit.store, top)
            return wanted, point, top, text.strip()

    async def _messages(self, wanted: Filter, point: Point, top: Point, head: bytes) -> AsyncIterator[bytes]:
        if self._ended:
            return
        audience = self.newest.join(wanted, top)
        try:
            yield head
            while not audience.over:
                if point < audience.start:
                    found, point = await self._behind(audience, wanted, point)
                else:
                    found, point = audience.behind(point), max(point, audience.end)
                    if not found:
                        await audience.news()
                for one in found:
                    # One by one: the bytes are those of all who listen, and what was sent last is held until
                    # something else happens. Of a hundred at once each client held half a MiB for hours.
                    yield one.body
        finally:
            self.newest.leave(wanted, audience)

    async def _behind(
        self, audience: Audience, wanted: Filter, point: Point
    ) -> tuple[Sequence[Message], Point]:
        """What an audience holds no more, in parts."""
        part = await run_sync(self._read, wanted, point, limiter=self._readers)
        if part.point <= point:  # another memory, whose end is before: all are about to be let go
            await audience.news()
        return part.messages, part.point

    def _read(self, wanted: Filter, point: Point) -> Part:
        with self._site.app.open_store(create=False) as store:
            return told_after(store, wanted, point)
