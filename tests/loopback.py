"""A register on the loopback, and a clock that moves only when somebody sleeps or takes his time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import httpx


class Clock:
    """Wall and monotonic time in one, moved by `sleep`; shared by threads."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []
        self._guard = threading.Lock()

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 9, 0, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        with self._guard:
            self.slept.append(seconds)
            self.seconds += seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer of the fake register; `chunks` go over the wire as they are, `cut` closes before the end."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    chunks: Sequence[bytes] = (b"",)
    cut: int = 0


class Register:
    """What the fake register answers by path, and what it was asked: (seconds, host, path, headers)."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.replies: dict[str, list[Reply]] = {"/robots.txt": [Reply(status=404, chunks=(b"none",))]}
        self.asked: list[tuple[float, str, str, dict[str, str]]] = []
        self.port = 0

    def says(self, path: str, *replies: Reply) -> str:
        """Sets the answers of a path, the last one for good; returns its address."""
        self.replies[path] = list(replies)
        return f"http://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for _, _, path, _ in self.asked]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append((self.clock.seconds, headers["host"], handler.path, headers))
        queue = self.replies[handler.path]
        reply = queue.pop(0) if len(queue) > 1 else queue[0]
        handler.send_response(reply.status)
        if "content-length" not in {name.lower() for name in reply.headers}:
            handler.send_header("Content-Length", str(sum(map(len, reply.chunks)) + reply.cut))
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        for chunk in reply.chunks:
            handler.wfile.write(chunk)
        handler.close_connection = True


class Wire(httpx.SyncByteStream):
    """A body that arrives in one piece; httpx gives ready-made ones no raw bytes."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self.body


def on_the_wire(
    handler: Callable[[httpx.Request], httpx.Response],
) -> Callable[[httpx.Request], httpx.Response]:
    def handle(request: httpx.Request) -> httpx.Response:
        made = handler(request)
        if not made.is_stream_consumed:
            return made
        return httpx.Response(made.status_code, headers=made.headers, stream=Wire(made.content))

    return handle
