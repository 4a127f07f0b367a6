"""The proof of an event as one file, for whoever asks: what `vigilabel evidence` writes."""

from __future__ import annotations

import hashlib

from anyio import move_on_after
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from state.chain import head
from watcher.proof import prove
from watcher.signature import signer_of
from watcher.verify import verify
from watcher.web.event import event_asked
from watcher.web.protection import unchanged
from watcher.web.refusals import busy
from watcher.web.site import Site, Visit
from watcher.web.trouble import NotFound

AT_ONCE = 4
"""Files that are made or sent at one time: each is held in memory until it is sent, large as a register."""
LONGEST = 300
"""Seconds that a client has to take its file; a slower one keeps the place from others."""


class Evidence:
    """The endpoint `GET /api/v1/events/{number}/evidence`."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Makes the file and sends it, or says when to come back."""
        request = Request(scope, receive)
        if self._under_way >= AT_ONCE:
            await busy(request, seconds=10)(scope, receive, send)
            return
        self._under_way += 1
        try:
            answer = await run_in_threadpool(self._answer, request)
            with move_on_after(LONGEST):
                await answer(scope, receive, send)
        finally:
            self._under_way -= 1

    def _answer(self, request: Request) -> Response:
        with self._site.visit(request) as visit:
            return _file(visit)


def _file(visit: Visit) -> Response:
    """The file, checked as a stranger will before it is given away; raises `NotFound` and `BadFile`."""
    event, signer = event_asked(visit), signer_of(visit.site.app.settings.signing_key)
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
    return Response(data, media_type="application/zip", headers=headers)
