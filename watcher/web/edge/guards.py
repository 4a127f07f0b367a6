"""What stands before every endpoint: a limit for each client, headers that protect readers, and ETags."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watcher.errors import Wait

if TYPE_CHECKING:
    from watcher.app import Clock

Refuse = Callable[[Request, Exception], Response]
"""What answers a request that is not let through."""
BURST = 120
"""Requests that a client may make at once."""
PER_SECOND = 2.0
"""Requests that it may make every second in the long run: a person never meets it, a crawler does."""
# Bounded: an attacker with a network of addresses must not fill the memory.
MOST_CLIENTS = 10_000
ALLOWED = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, Last-Event-ID",
    "Access-Control-Max-Age": "86400",
}
COSTLY = ("/latest.zip", "/evidence", "/proof", "/history.csv", "/history.json")
"""What an address ends with whose answer is a file of megabytes; it counts as `COST` requests."""
COST = 20.0
# Asked by a platform every few seconds, by Slack for all of its members, by every page: never refused.
UNLIMITED = ("/static/", "/healthz", "/readyz", "/slack/commands", "/slack/interactions", "/slack/events")


@dataclass(slots=True)
class Bucket:
    """What a client has left, and since when."""

    left: float
    at: datetime


class Limit:
    """How many requests each client may make; remembers the last `MOST_CLIENTS` of them."""

    def __init__(self, clock: Clock, *, burst: float = BURST, per_second: float = PER_SECOND) -> None:
        self._clock, self._burst, self._per_second = clock, burst, per_second
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = Lock()

    def wait(self, client: str, cost: float = 1.0) -> float:
        """Seconds that this client must wait, 0 when its request is taken, which counts as `cost` of them."""
        now = self._clock()
        with self._lock:
            # Taken out and put back at the end: what is forgotten first is whoever was silent longest.
            bucket = self._buckets.pop(client, None) or Bucket(self._burst, now)
            # Not below 0: a clock that is set back must not shut clients out until it has caught up.
            passed = max((now - bucket.at).total_seconds(), 0.0)
            bucket.left = min(self._burst, bucket.left + passed * self._per_second)
            bucket.at = now
            self._buckets[client] = bucket
            if len(self._buckets) > MOST_CLIENTS:
                self._buckets.popitem(last=False)
            cost = min(cost, self._burst)
            if bucket.left < cost:
                return (cost - bucket.left) / self._per_second
            bucket.left -= cost
            return 0.0


def client_of(request: Request) -> str:
    """Who asks: the address of the other side, or the one that a trusted proxy names."""
    return request.client.host if request.client else "unknown"


def limited(path: str) -> bool:
    return not path.startswith(UNLIMITED)


def asks_beforehand(request: Request) -> bool:
    """Whether a browser asks if a program of another origin may read what is at this path (CORS)."""
    return (
        request.method == "OPTIONS"
        and "access-control-request-method" in request.headers
        and shared(request.url.path)
    )


class Guarded:
    """The program behind it, for clients that ask in measure, with protecting headers on every answer."""

    def __init__(self, app: ASGIApp, limit: Limit, refuse: Refuse) -> None:
        self._app, self._limit, self._refuse = app, limit, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        path = request.url.path

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                protect(path, MutableHeaders(scope=message))
            await send(message)

        cost = COST if path.endswith(COSTLY) else 1.0
        wait = self._limit.wait(client_of(request), cost) if limited(path) else 0.0
        inner: ASGIApp = self._refuse(request, Wait("too_many", wait)) if wait else self._app
        if not wait and asks_beforehand(request):
            inner = Response(status_code=204, headers=ALLOWED)
        await inner(scope, receive, send_protected)


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


def etag(body: bytes | memoryview) -> str:
    """The ETag of a body, or of all that one is made of."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def unchanged(request: Request, tag: str) -> bool:
    """Whether the client says that it has this already."""
    asked = request.headers.get("if-none-match", "")  # absent: the client has nothing
    # "W/": a proxy that packs an answer makes its tag a weak one.
    return not {tag, "*"}.isdisjoint(one.strip().removeprefix("W/") for one in asked.split(","))


def tagged(request: Request, response: Response) -> Response:
    """The answer with an ETag, or 304 where the client has it already; one that is made while it is sent has
    brought its own, or has none."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200:
        return response
    if not isinstance(response, StreamingResponse):
        response.headers["ETag"] = etag(response.body)
    if "ETag" not in response.headers or not unchanged(request, response.headers["ETag"]):
        return response
    # What a cache renews with a 304 (RFC 9110, section 15.4.5), and nothing that speaks of a body.
    kept = ("etag", "cache-control", "vary", "content-language")
    return Response(
        status_code=304, headers={name: value for name, value in response.headers.items() if name in kept}
    )
