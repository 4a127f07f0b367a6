"""The proof of an event or an answer as one file, for whoever asks: what `vigilabel evidence` writes."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from anyio import CancelScope, CapacityLimiter, current_time
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from state.seen.looks.chain import head
from state.seen.rows import overview
from watcher.ask.day import past
from watcher.errors import NotFound, Wait
from watcher.prove.answer.proof import prove_answer
from watcher.prove.answer.verify import verify_answer
from watcher.prove.event.proof import prove
from watcher.prove.event.verify import verify
from watcher.prove.evidence_file import unpack
from watcher.prove.signature import Signer, signer_of
from watcher.web.asked.parts import Parts
from watcher.web.asked.site import Site, Visit
from watcher.web.edge.guards import client_of, etag, unchanged

logger = logging.getLogger(__name__)

AT_ONCE = 64
"""Files that are made or taken at one time, one for a client."""
MOST_BYTES = 16 * 2**20
"""Bytes held until they are taken; takers of one file share it, and one that is larger is held alone."""
MAKERS = 2
"""Files that are made at one time, in threads of their own: each needs some four times its size meanwhile."""
LONGEST = 180
"""Seconds that a client has to take its file."""
PATIENCE = 10
"""Seconds that a client has whoever waits; then the slowest goes for the next."""
PIECE = 2**16


@dataclass(eq=False, slots=True, kw_only=True)
class Taker:
    """A client that is given a file: what, since when, and how much of it was taken."""

    scope: CancelScope
    since: float
    tag: str = ""
    data: bytes = b""
    taken: int = 0

    def pace(self, now: float) -> float:
        """Bytes a second."""
        return self.taken / max(now - self.since, 0.001)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file that a request asks for: its name, what tells it from any other, and how it is made.

    `make` raises `LookupError` where there is nothing to prove.
    """

    name: str
    parts: tuple[str, ...]
    make: Callable[[Signer | None, str], bytes]


def of_event(visit: Visit) -> Wanted:
    """The proof of the event in the address, checked as a stranger will."""
    event = visit.event().id

    def make(signer: Signer | None, top: str) -> bytes:
        data = prove(visit.store, event, head=top, signer=signer, sources=visit.archive.sources)
        verify(data)
        return data

    return Wanted(name=f"event-{event}", parts=(str(event),), make=make)


def of_day(visit: Visit) -> Wanted:
    """The same of the answer about a day: yes, no or unknown."""
    who, label, day = visit.provider(), visit.label(), visit.day()

    def make(signer: Signer | None, top: str) -> bytes:
        data = prove_answer(visit.archive, past(visit.archive, who, label, day), head=top, signer=signer)
        verify_answer(unpack(data), head=None, key=None)
        return data

    # The minute of the question stands in the file, and what documents say moves no head of the chain.
    asked = (f"{visit.archive.now:%Y-%m-%dT%H:%M}", *map(str, overview.edge(visit.store)))
    return Wanted(name=f"{who.slug}-{label}-{day}", parts=(who.slug, label, str(day), *asked), make=make)


class Evidence:
    """The endpoints that give evidence files: of events, and of answers, which share places and threads."""

    def __init__(self, site: Site, *, longest: float = LONGEST, patience: float = PATIENCE) -> None:
        self._site, self._longest, self._patience = site, longest, patience
        self._makers = CapacityLimiter(MAKERS)
        # No lock: they are changed on the loop alone, and nothing is awaited between the look and the entry.
        self._takers: dict[str, Taker] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Makes the file and sends it, or says when to come back."""
        request = Request(scope, receive)
        client = client_of(request)
        if client in self._takers:
            raise Wait("busy", 10)
        self._make_room(lambda: len(self._takers) >= AT_ONCE)
        taker = self._takers[client] = Taker(scope=CancelScope(), since=current_time())
        try:
            answer, data = await run_sync(self._made, request, limiter=self._makers)
            self._make_room(lambda: self._too_much(data))
            taker.tag, taker.data, taker.since = answer.headers["ETag"], data, current_time()
            await self._give(taker, answer, scope, receive, send)
        finally:
            if self._takers.get(client) is taker:
                del self._takers[client]

    async def _give(self, taker: Taker, answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            await send(message)
            taker.taken += len(message.get("body", b""))

        taker.scope.deadline = taker.since + self._longest
        with taker.scope:
            await answer(scope, receive, counted)
        cut = scope.get("state", {}).get("cut")
        if taker.scope.cancelled_caught and cut is not None:
            logger.warning("pages: closed a download, it took too long or kept others waiting")
            cut()
            # That it is closed: else the server would take us for a program that forgot to end.
            await receive()

    def _too_much(self, data: bytes) -> bool:
        sizes = {id(one): len(one) for one in (data, *(taker.data for taker in self._takers.values())) if one}
        return len(sizes) > 1 and sum(sizes.values()) > MOST_BYTES

    def _make_room(self, full: Callable[[], bool]) -> None:
        """Lets the slowest takers go until it is not full; raises `Wait` where all came just now.

        Slow takers never close this door to others for longer than `patience`.
        """
        now = current_time()
        while full():
            giving = [(one, client) for client, one in self._takers.items() if one.data]
            old = [found for found in giving if now - found[0].since >= self._patience]
            if not old:
                raise Wait("busy", 10)
            slowest, client = min(old, key=lambda found: found[0].pace(now))
            slowest.scope.cancel()
            del self._takers[client]

    def _made(self, request: Request) -> tuple[Response, bytes]:
        """The answer, and what is held for it."""
        Parts(request.query_params).require()
        with self._site.visit(request) as visit:
            signer = signer_of(visit.site.app.settings.signing_secret)
            wanted = of_event(visit) if "number" in request.path_params else of_day(visit)
            top = head(visit.store)
            # It follows from what the file is of, the head of the chain and who signs.
            tag = etag(" ".join((*wanted.parts, top, signer.public if signer else "")).encode())
            if unchanged(request, tag):
                return Response(status_code=304, headers={"ETag": tag}), b""
            # A copy of the list: the loop goes on changing it.
            held = next((one.data for one in list(self._takers.values()) if one.tag == tag and one.data), b"")
            try:
                data = held or wanted.make(signer, top)
            except LookupError as error:
                raise NotFound(wanted.name) from error
        headers = {"ETag": tag, "Content-Length": str(len(data))}
        headers["Content-Disposition"] = f'attachment; filename="vigilabel-{wanted.name}.zip"'
        return StreamingResponse(_pieces(data), media_type="application/zip", headers=headers), data


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    """Piece by piece, each once the client took the one before: nothing piles up for one that does not."""
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE]
