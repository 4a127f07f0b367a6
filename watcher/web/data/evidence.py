"""The proof of an event as one file, for whoever asks: what `vigilabel evidence` writes."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

from anyio import move_on_after
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from state.seen.chain import head
from watcher.errors import NotFound, Wait
from watcher.prove.proof import prove
from watcher.prove.signature import signer_of
from watcher.prove.verify import verify
from watcher.web.asked.named import event_asked
from watcher.web.asked.parts import require_known
from watcher.web.asked.site import Site, Visit
from watcher.web.edge.guards import client_of
from watcher.web.edge.protection import unchanged

AT_ONCE = 4
"""Files that are made or sent at one time, one for a client: each is held in memory until it is taken."""
LONGEST = 180
"""Seconds that a client has to take its file; a slower one keeps the place from others."""
PIECE = 2**16


class Evidence:
    """The endpoint `GET /api/v1/events/{number}/evidence`."""

    def __init__(self, site: Site, *, longest: float = LONGEST) -> None:
        self._site, self._longest = site, longest
        self._clients: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Makes the file and sends it, or says when to come back."""
        request = Request(scope, receive)
        client = client_of(request)
        # No lock: this runs on the loop alone, and nothing is awaited between the look and the entry.
        if client in self._clients or len(self._clients) >= AT_ONCE:
            raise Wait("busy", 10)
        self._clients.add(client)
        try:
            answer = await run_in_threadpool(self._answer, request)
            with move_on_after(self._longest):
                await answer(scope, receive, send)
        finally:
            self._clients.remove(client)

    def _answer(self, request: Request) -> Response:
        require_known(request.query_params, ())
        with self._site.visit(request) as visit:
            return _file(visit)


def _file(visit: Visit) -> Response:
    """The file, checked as a stranger will before it is given away; raises `NotFound` and `BadFile`."""
    event, signer = event_asked(visit), signer_of(visit.site.app.settings.signing_secret)
    top = head(visit.store)
    parts = (str(event.id), top, signer.public if signer else "")
    headers = {
        "Content-Disposition": f'attachment; filename="vigilabel-event-{event.id}.zip"',
        "ETag": f'"{hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]}"',
    }
    if unchanged(visit.request, headers["ETag"]):
        return Response(status_code=304, headers={"ETag": headers["ETag"]})
    try:
        data = prove(visit.store, event.id, head=top, signer=signer)
    except LookupError as error:
        raise NotFound(str(event.id)) from error
    verify(data)
    headers["Content-Length"] = str(len(data))
    return StreamingResponse(_pieces(data), media_type="application/zip", headers=headers)


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    """Piece by piece, each once the client took the one before: nothing piles up for one that does not."""
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE]
