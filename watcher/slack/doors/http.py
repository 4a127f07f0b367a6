"""The HTTP door: `/slack/commands`, `/slack/interactions`, `/slack/events`, for requests that Slack signed.

The signature covers the raw body and a timestamp (https://docs.slack.dev/authentication/verifying-requests-from-slack).
What is forged, older than five minutes, or was here before is refused before anything of it is believed.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from watcher.slack.doors.door import Door
from watcher.slack.reply import Answer

if TYPE_CHECKING:
    from watcher.app import App

logger = logging.getLogger(__name__)

MOST_BYTES, MOST_CHECK = 1_000_000, 1_000
# Slack's own advice against replayed requests.
FRESH = timedelta(minutes=5)
MOST_SEEN = 20_000
THREADS = 64
"""Requests that wait for their answer at once, in threads of their own: pages and commands leave them alone.
A thread that waits costs little, and one that is lacking costs Slack's three seconds."""
Take = Callable[[Door, bytes], Answer]
Clock = Callable[[], datetime]


class Signatures:
    """Tells requests that Slack signed, just now and for the first time, from all others."""

    def __init__(self, secret: str, clock: Clock) -> None:
        if not secret.strip():
            raise ValueError("SLACK_SIGNING_SECRET is empty: any request could pass for Slack's")
        self._secret, self._clock = secret.encode(), clock
        self._seen: OrderedDict[str, datetime] = OrderedDict()
        self._lock = Lock()

    def trouble(self, body: bytes, timestamp: str, signature: str) -> str:
        """Why a request is refused: unsigned, stale, forged or replayed; "" when it is Slack's."""
        if not timestamp or not signature:
            return "unsigned"
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
            return "forged"
        now = self._clock()
        if abs(now.timestamp() - int(timestamp)) > FRESH.total_seconds():
            return "stale"
        made = hmac.new(self._secret, b"v0:" + timestamp.encode() + b":" + body, sha256).hexdigest()
        if not hmac.compare_digest(f"v0={made}".encode(), signature.encode("utf-8", "replace")):
            return "forged"
        return "" if self._first(signature, now) else "replayed"

    def _first(self, signature: str, now: datetime) -> bool:
        with self._lock:
            while self._seen and next(iter(self._seen.values())) < now - 2 * FRESH:
                self._seen.popitem(last=False)
            if signature in self._seen or len(self._seen) >= MOST_SEEN:
                return False
            self._seen[signature] = now
            return True


class HttpDoor:
    """The door of requests that come to the pages' server, which opens its `routes`."""

    def __init__(self, door: Door, secret: str) -> None:
        self._door, self.routes = door, routes_of(door, secret)

    def start(self) -> None:
        """Nothing: it is open where the server is."""

    def stop(self) -> None:
        """Finishes what is under way."""
        self._door.close()


def http_doors(app: App) -> tuple[HttpDoor, ...]:
    """The HTTP door; none when SLACK_SIGNING_SECRET is not set, or Socket Mode is used."""
    secret = app.settings.slack_signing_secret
    if secret is None or app.settings.slack_app_token is not None:
        return ()
    return (HttpDoor(Door(app), secret.reveal()),)


def routes_of(door: Door, secret: str) -> list[Route]:
    signatures, threads = Signatures(secret, door.desk.app.clock), CapacityLimiter(THREADS)
    takes: tuple[tuple[str, Take], ...] = (
        ("/slack/commands", take_command),
        ("/slack/interactions", take_interaction),
        ("/slack/events", take_event),
    )
    return [Route(path, _endpoint(door, signatures, take, threads), methods=["POST"]) for path, take in takes]


def _endpoint(
    door: Door, signatures: Signatures, take: Take, threads: CapacityLimiter
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse("too large", 413)
        if take is take_command and _checks_tls(body):
            return Response(status_code=200)
        headers = request.headers
        trouble = signatures.trouble(
            body, headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
        )
        if trouble:
            logger.warning(f"slack: refused a request: {trouble}")  # each sort is a line of its own
            return PlainTextResponse(trouble, 401)
        try:
            answer = await run_sync(take, door, body, limiter=threads)
        except (ValueError, KeyError, TypeError, AttributeError):
            logger.exception("slack: a signed request that cannot be read")
            return PlainTextResponse("unreadable", 400)
        return JSONResponse(answer) if answer else Response(status_code=200)

    return endpoint


def _checks_tls(body: bytes) -> bool:
    """Whether Slack only looks at our certificate: from time to time, unsigned, for an empty 200
    (https://docs.slack.dev/interactivity/implementing-slash-commands). Whoever else asks gets no more."""
    return len(body) <= MOST_CHECK and ("ssl_check", "1") in parse_qsl(body.decode("utf-8", "replace"))


async def _body(request: Request) -> bytes | None:
    """The raw body, None when it is larger than any of Slack's."""
    read = bytearray()
    async for piece in request.stream():
        read += piece
        if len(read) > MOST_BYTES:
            return None
    return bytes(read)


def take_command(door: Door, body: bytes) -> Answer:
    return door.command(dict(parse_qsl(body.decode(), keep_blank_values=True)))


def take_interaction(door: Door, body: bytes) -> Answer:
    """The answer to a click or a dialogue."""
    return door.interact(json.loads(dict(parse_qsl(body.decode()))["payload"]))


def take_event(door: Door, body: bytes) -> Answer:
    """The acknowledgement of an event, and the word that Slack wants back when the address is set up."""
    said = json.loads(body)
    if said.get("type") == "url_verification":
        return {"challenge": said["challenge"]}
    door.event(said)
    return None
