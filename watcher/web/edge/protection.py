"""Headers that protect readers, and ETags."""

from __future__ import annotations

import hashlib

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SHARED = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
"""What other origins may read: the API, feeds, calendars, lists and badges. They hold nothing private."""


FILES = (".atom", ".ics", ".csv", ".json")


def shared(path: str) -> bool:
    """Whether programs of other origins may read what is at this path."""
    return path.startswith(("/api/", "/badges/", "/data/")) or path.endswith(FILES)


def protect(path: str, headers: MutableHeaders) -> None:
    """Adds what protects readers to the headers of an answer."""
    for name, value in HEADERS.items():
        headers[name] = value
    if shared(path):
        headers.update(SHARED)
    # Kept, but asked about each time: an answer of yesterday is a wrong answer, and the ETag makes asking
    # cheap.
    headers.setdefault("Cache-Control", "no-cache")


def unchanged(request: Request, etag: str) -> bool:
    """Whether the client says that it has this already."""
    asked = request.headers.get("if-none-match", "")  # absent: the client has nothing
    return not {etag, "*"}.isdisjoint(one.strip().removeprefix("W/") for one in asked.split(","))


def tagged(request: Request, response: Response) -> Response:
    """The answer with an ETag, or 304 where the client has it already; one that is made while it is sent has
    brought its own, or has none."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200:
        return response
    if not isinstance(response, StreamingResponse):
        response.headers["ETag"] = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    etag = response.headers.get("ETag")
    if etag is None or not unchanged(request, etag):
        return response
    kept = ("etag", "cache-control", "vary", "content-language")
    return Response(
        status_code=304, headers={name: value for name, value in response.headers.items() if name in kept}
    )
