"""A program on the loopback that receives webhooks: what it was sent, and what it answers by turns."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

from standardwebhooks import Webhook


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One request as it arrived, and when."""

    headers: Mapping[str, str]
    body: bytes
    at: float = field(default_factory=monotonic)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def checked(self, secret: str) -> Any:
        """The event in it; raises as the reference verifier does where the signature is not by `secret`."""
        return Webhook(secret).verify(self.body, dict(self.headers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How one request is answered; with `lost`, it is taken and the connection closed without a word."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False


@dataclass(slots=True)
class Receiver:
    """`with Receiver() as program:` listens at `program.url`; `turns` are used up, then all is taken."""

    turns: list[Turn] = field(default_factory=list)
    got: list[Taken] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Receiver:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}/hunter2"

    def ids(self) -> list[str]:
        return [one.id for one in self.got]

    def once(self) -> list[Taken]:
        """What a receiver that remembers ids takes."""
        return [*{one.id: one for one in reversed(self.got)}.values()][::-1]


def _handler(program: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            turn = program.turns.pop(0) if program.turns else Turn()
            if turn.lost or 200 <= turn.status < 300:
                program.got.append(Taken(headers=headers, body=body))
            self.close_connection = True
            if turn.lost:
                return
            self.send_response(turn.status)
            for name, value in turn.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def lost(count: int) -> Sequence[Turn]:
    return [Turn(lost=True)] * count
