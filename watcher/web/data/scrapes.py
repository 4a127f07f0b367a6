"""The one thing that can be asked for: a look at a register now, by who has a token."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import timedelta

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from watcher.ask.views.bodies import Wish
from watcher.ask.views.events import look_view
from watcher.ask.views.form import json_of, view_of
from watcher.errors import LeftAlone, Trouble, UnderWay, Wait
from watcher.planned.looks import ask
from watcher.web.asked.parts import Parts
from watcher.web.asked.site import Site

LONGEST = 4_096
THREADS = 4
"""Looks take minutes: their threads are their own, and pages keep theirs."""
PAUSE = timedelta(minutes=10)
"""Between two looks at one source, however asked for: a register must never feel us."""


class Scrapes:
    """The endpoint `POST /api/v1/scrapes`."""

    def __init__(self, site: Site) -> None:
        self._app, self._threads = site.app, CapacityLimiter(THREADS)

    async def look(self, request: Request) -> Response:
        """Looks at one source and answers with what was seen; awaits nothing but the body."""
        require_token(request, self._app.settings.api_tokens)
        Parts(request.query_params).require()
        body = bytearray()
        async for piece in request.stream():  # what a client says of the length of its body is not believed
            body += piece
            if len(body) > LONGEST:
                raise Trouble("too_long", most=LONGEST)
        return await run_sync(self._answer, bytes(body), limiter=self._threads)

    def _answer(self, body: bytes) -> Response:
        """Looks, unless the source was read lately or somebody is reading it."""
        try:
            name = view_of(Wish, body).source
        except ValidationError as error:
            raise Trouble("bad_wish") from error
        if name not in self._app.sources:
            raise Trouble("no_source", name=name[:80], known=", ".join(self._app.sources))
        try:
            look = ask(self._app, self._app.sources[name], rest=PAUSE)
        except UnderWay:
            raise Trouble("under_way", name=name) from None
        except LeftAlone as early:
            raise Wait("too_early", early.wait.total_seconds(), name=name) from None
        if look.shared:
            raise Trouble("under_way", name=name)
        checked = look.outcome.result()
        if checked is None:
            raise Trouble("overtaken")
        return JSONResponse(json_of(look_view(checked)))


def require_token(request: Request, tokens: Collection[str]) -> None:
    """Refuses a request without a token whose hash is set; all are compared, each in constant time."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")  # absent: not allowed
    given = hashlib.sha256(token.strip().encode("utf-8", "surrogateescape")).hexdigest()
    matches = [hmac.compare_digest(given, known) for known in tokens]
    if scheme.lower() != "bearer" or not any(matches):
        raise Trouble("no_token", headers={"WWW-Authenticate": "Bearer"})
