"""The one thing that can be asked for: a look at a register now, by who has a token."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from scrapers.source import Source
from state.seen import runs
from watcher.ask.shapes import look_json
from watcher.errors import Trouble, Wait
from watcher.schedule import check_source
from watcher.web.asked.site import Site

LONGEST = 4_096
PAUSE = timedelta(minutes=10)
"""Between two looks at one source, however asked for: a register must never feel us."""


class Scrapes:
    """The endpoint `POST /api/v1/scrapes`."""

    def __init__(self, site: Site) -> None:
        self._app = site.app

    async def look(self, request: Request) -> Response:
        """Looks at one source and answers with what was seen; awaits nothing but the body."""
        if not self.allowed(request):
            raise Trouble("no_token", headers={"WWW-Authenticate": "Bearer"})
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > LONGEST:
                raise Trouble("too_long", most=LONGEST)
        return await run_in_threadpool(self._answer, bytes(body))

    def allowed(self, request: Request) -> bool:
        """Whether the request carries a token whose hash is set; all are compared, each in constant time."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")  # absent: not allowed
        given = hashlib.sha256(token.strip().encode("utf-8", "surrogateescape")).hexdigest()
        matches = [hmac.compare_digest(given, known) for known in self._app.settings.api_tokens]
        return scheme.lower() == "bearer" and any(matches)

    def _answer(self, body: bytes) -> Response:
        name = source_named(body)
        if name is None:
            raise Trouble("bad_wish")
        if name not in self._app.sources:
            raise Trouble("no_source", name=name[:80], known=", ".join(self._app.sources))
        return self._look(self._app.sources[name])

    def _look(self, source: Source) -> Response:
        turn = self._app.turn(source.name)
        if turn.locked():
            raise Trouble("under_way", name=source.name)
        wait = self._wait(source)
        if wait:
            raise Wait("too_early", wait, name=source.name)
        checked = check_source(self._app, source)
        if checked is None:
            raise Trouble("overtaken")
        return JSONResponse(look_json(checked))

    def _wait(self, source: Source) -> int:
        """Seconds until the next look may be asked for."""
        with self._app.open_store() as store:
            last = runs.state_of(store, source.name).last_look
        left = PAUSE - (self._app.clock() - last) if last else timedelta(0)
        return max(int(left.total_seconds()), 0)


def source_named(body: bytes) -> str | None:
    """The source that a body asks for, None when it is not of the shape `{"source": NAME}`."""
    try:
        asked: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict) or set(asked) != {"source"} or not isinstance(asked["source"], str):
        return None
    return asked["source"]
