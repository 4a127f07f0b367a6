"""What is said when a request cannot be answered: a page to people, problem+json (RFC 9457) to programs."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match

from notifiers.said.voice import voice
from state.file.errors import Away, NoFiles, StoreError
from state.words.labels import LABELS, TOGETHER
from watcher.ask.views.bodies import Problem
from watcher.ask.views.form import json_of
from watcher.errors import BadFile, NotFound, Trouble, Wait
from watcher.web.asked.parts import mistaken
from watcher.web.drawing import draw_for
from watcher.web.edge.guards import protect, shared
from watcher.web.edge.language import language_of

logger = logging.getLogger(__name__)

STATUS = {
    "bad_question": 400,
    "bad_wish": 400,
    "no_parameter": 400,
    "names_too_long": 414,
    "no_token": 401,
    "not_found": 404,
    "no_event": 404,
    "no_label": 404,
    "not_together": 404,
    "no_page": 404,
    "no_source": 404,
    "no_bundle": 404,
    "method": 405,
    "under_way": 409,
    "overtaken": 409,
    "too_long": 413,
    "too_many": 429,
    "too_early": 429,
    "fault": 500,
    "away": 503,
    "busy": 503,
    "crowded": 503,
    "listening": 503,
    "no_files": 503,
    "no_memory": 503,
    "no_proof": 503,
}
"""What can be wrong, and the status by which it is answered."""

Handler = Callable[[Request, Exception], Response]


def handlers() -> dict[int | type[Exception], Callable[[Request, Exception], Awaitable[Response]]]:
    """What is said when something is wrong, by kind of trouble; nothing waits for a thread."""
    known: dict[int | type[Exception], Handler] = {
        Trouble: refused,
        HTTPException: unrouted,
        # The memory is whole, and answers when there are some.
        NoFiles: _for_now("no_files", 5, "pages: no answer for want of open files: %s"),
        Away: _for_now("away", 10, "pages: the memory is away: %s"),
        StoreError: _for_now("no_memory", 60, "pages: the memory does not answer: %s"),
        BadFile: no_proof,
        ClientDisconnect: gone,
        500: fault,
    }
    return {kind: _at_once(handler) for kind, handler in known.items()}


def _at_once(handler: Handler) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        return handler(request, error)

    return handle


def refused(request: Request, error: Exception) -> Response:
    """What is wrong, in the language of the request."""
    assert isinstance(error, Trouble)  # noqa: S101 -- registered for this class only
    lang, status = language_of(request)[0], STATUS[error.code]
    heading, said = voice(lang).each("trouble", f"{error.code}.title"), mistaken(error, lang)
    if not (shared(request.url.path) or request.url.path == "/mcp"):
        # What a part of an address may have meant leads nowhere by itself.
        close = [(name, _where(name) if isinstance(error, NotFound) else None) for name in error.close]
        page = draw_for(request, "trouble.html", status, heading=heading, said=said, close=close)
        page.headers.update(error.headers)
        return page
    problem = Problem(
        type="about:blank", title=heading, status=status, detail=said, did_you_mean=tuple(error.close)
    )
    return JSONResponse(json_of(problem), status, error.headers, media_type="application/problem+json")


def _where(name: str) -> tuple[str, Mapping[str, str]]:
    """Where a name leads that may have been meant, by path and query: a label to its page, any other to what
    it finds."""
    return (f"/labels/{name}", {}) if name in LABELS or name in TOGETHER else ("/search", {"q": name})


def unrouted(request: Request, error: Exception) -> Response:
    """What Starlette refuses by itself: no such address, or not by this method; one slash too many is taken
    off."""
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for this class only
    headers, plain = error.headers or {}, "/" + request.url.path.strip("/")
    if plain != request.url.path and _served(request, plain):
        query = request.url.query
        return RedirectResponse(f"{quote(plain)}?{query}" if query else quote(plain))
    if error.status_code == 405:
        return refused(request, Trouble("method", headers=headers, method=request.method))
    return refused(request, Trouble("no_page", headers=headers, path=request.url.path[:120]))


def _served(request: Request, path: str) -> bool:
    """Whether something answers at a path."""
    scope = {**request.scope, "path": path}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def _for_now(code: str, seconds: int, text: str) -> Handler:
    """503: the memory gives nothing now. Each has a text of its own in the log, by which `Seldom` counts."""

    def handle(request: Request, error: Exception) -> Response:
        logger.warning(text, error)
        return refused(request, Wait(code, seconds))

    return handle


def gone(request: Request, error: Exception) -> Response:
    """Nothing that anybody hears: the client left before its request was whole, which is no fault of ours."""
    return Response(status_code=400)


def no_proof(request: Request, error: Exception) -> Response:
    """503: what is kept does not agree with the chain, so that nothing can be proven until it is restored."""
    logger.error("%s: the memory and its chain disagree: %s", request.url.path, error)
    return refused(request, Trouble("no_proof"))


def fault(request: Request, error: Exception) -> Response:
    """500: a bug; the traceback is in the log."""
    answer = refused(request, Trouble("fault"))
    protect(request.url.path, answer.headers)  # it is written outside of everything that guards
    return answer
