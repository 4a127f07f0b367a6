"""A proxy on the loopback that stands before a service and lets some requests go wrong, by its own plan.

What the service itself says of a refusal is the plan's to give; what a network does is the proxy's: no
answer, or an answer that is lost after the service has done its work.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What becomes of one request: it is refused with this answer; or `silent`: never answered; or `lost`:
    taken, and the answer never arrives."""

    status: int = 500
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    lost: bool = False


class Faulty:
    """`with Faulty(url) as proxy:` stands at `proxy.root`. `plan` has the troubles that come one after the
    other once so many requests were taken; only those that `counts` are counted and troubled."""

    def __init__(self, root: str, counts: Callable[[str, str], bool] = lambda method, path: True) -> None:
        self.target = urlsplit(root)
        self.counts = counts
        self.plan: dict[int, list[Trouble]] = {}
        self.taken = 0
        self.asked = 0
        self.lost = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.root = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Faulty:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def trouble(self, method: str, path: str) -> Trouble | None:
        with self._lock:
            if not self.counts(method, path):
                return None
            self.asked += 1
            waiting = self.plan.get(self.taken)
            return waiting.pop(0) if waiting else None

    def wait(self) -> None:
        """As long as nobody answers."""
        self._closing.wait(10)

    def passed(self, method: str, path: str, status: int, *, lost: bool) -> None:
        with self._lock:
            if self.counts(method, path) and 200 <= status < 300:
                self.taken += 1
                self.lost += lost


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: Faulty


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.close_connection = True
        trouble = self.server.proxy.trouble(self.command, self.path)
        if trouble is not None and trouble.silent:
            self.server.proxy.wait()
        elif trouble is not None and not trouble.lost:
            self._answer(trouble.status, trouble.headers, trouble.body)
        else:
            self._pass_on(body, lost=trouble is not None)

    def _pass_on(self, body: bytes, *, lost: bool) -> None:
        line = http.client.HTTPConnection(
            self.server.proxy.target.hostname or "", self.server.proxy.target.port, timeout=20
        )
        line.request(self.command, self.path, body or None, dict(self.headers.items()))
        reply = line.getresponse()
        said = reply.read()
        line.close()
        self.server.proxy.passed(self.command, self.path, reply.status, lost=lost)
        if not lost:
            self._answer(reply.status, {"Content-Type": reply.headers["Content-Type"] or ""}, said)

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _serve  # noqa: N815 - the standard library's names

    def log_message(self, *_: object) -> None:
        pass
