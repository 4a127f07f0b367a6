"""What is said when a request cannot be answered."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from math import ceil

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from state.file.errors import StoreError
from watcher.errors import BadFile, BadQuestion, Busy, NotFound, TooMany
from watcher.web.edge.language import language_of
from watcher.web.edge.protection import protect
from watcher.web.pages.drawing import TABLES, draw_alone

logger = logging.getLogger(__name__)

Handler = Callable[[Request, Exception], Response]


def handlers() -> dict[int | type[Exception], Handler]:
    """What is said when something is wrong, by kind of trouble."""
    return {
        NotFound: not_found,
        BadQuestion: bad_question,
        HTTPException: refused,
        StoreError: no_memory,
        sqlite3.Error: no_memory,
        BadFile: no_proof,
        Busy: too_many,
        500: fault,
    }


def not_found(request: Request, error: Exception) -> Response:
    """404: no such provider, label or event."""
    assert isinstance(error, NotFound)  # noqa: S101 -- registered for this class only
    said = _words(request)["not_found_text"].format(what=error.what)
    return refusal(request, 404, "not_found", said, error.close)


def bad_question(request: Request, error: Exception) -> Response:
    """400: a part of the address that nobody can understand."""
    assert isinstance(error, BadQuestion)  # noqa: S101 -- registered for this class only
    said = _words(request)["bad_question_text"].format(
        field=error.field, found=_words(request)["quote"].format(text=error.found), expected=error.expected
    )
    return refusal(request, 400, "bad_question", said)


def refused(request: Request, error: Exception) -> Response:
    """What Starlette refuses by itself: no such address, or not by this method."""
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for this class only
    what = "method" if error.status_code == 405 else "not_found"
    said = "" if what == "method" else _words(request)["no_page_text"].format(path=request.url.path[:120])
    answer = refusal(request, error.status_code, what, said)
    answer.headers.update(error.headers or {})
    return answer


def no_memory(request: Request, error: Exception) -> Response:
    """503: nothing was read yet, or the memory does not answer."""
    logger.warning("%s: the memory does not answer: %s", request.url.path, error)
    answer = refusal(request, 503, "no_memory", _words(request)["no_memory_text"])
    answer.headers["Retry-After"] = "60"
    return answer


def no_proof(request: Request, error: Exception) -> Response:
    """503: what is kept does not agree with the chain, so that nothing can be proven until it is restored."""
    logger.error("%s: the memory and its chain disagree: %s", request.url.path, error)
    return refusal(request, 503, "no_proof", _words(request)["no_proof_text"])


def fault(request: Request, error: Exception) -> Response:
    """500: a bug; the traceback is in the log."""
    answer = refusal(request, 500, "fault", _words(request)["fault_text"])
    protect(request.url.path, answer.headers)  # it is written outside of everything that guards
    return answer


def too_many(request: Request, error: Exception) -> Response:
    """429 or, where others are at it, 503, and when to come back."""
    assert isinstance(error, Busy)  # noqa: S101 -- registered for this class only
    status, what = (429, "too_many") if isinstance(error, TooMany) else (503, "busy")
    wait = ceil(error.seconds)
    answer = refusal(request, status, what, _words(request)["too_many_text"].format(seconds=wait))
    answer.headers["Retry-After"] = str(wait)
    return answer


def refusal(request: Request, status: int, key: str, said: str, close: Sequence[str] = ()) -> Response:
    """What is wrong: a page for people, problem+json (RFC 9457) for programs."""
    heading = _words(request)[key]
    if request.url.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": heading, "status": status, "detail": said}
        if close:
            problem["did_you_mean"] = list(close)
        return JSONResponse(problem, status, media_type="application/problem+json")
    return draw_alone(request, status, heading, said, close)


def _words(request: Request) -> dict[str, str]:
    return TABLES[language_of(request)[0]]
