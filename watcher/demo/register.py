"""A register played by a small server on the loopback: it shows one saved document after another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Replay:
    """What the server shows now, and where."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.body = b""
        self.content_type = "application/octet-stream"

    def show(self, body: bytes, content_type: str) -> None:
        """Shows this document from now on."""
        self.body, self.content_type = body, content_type


@contextmanager
def replaying(path: str) -> Iterator[Replay]:
    """A running register with one document at `path`; it has no robots.txt, and ends with the block."""
    shown: list[Replay] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == path
            body = shown[0].body if found else b"not here"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", shown[0].content_type if found else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: the demo tells its own story."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        shown.append(Replay(f"http://127.0.0.1:{server.server_port}{path}"))
        # It is asked to end between two polls, which are half a second apart by default.
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="replay", daemon=True)
        thread.start()
        try:
            yield shown[0]
        finally:
            server.shutdown()
            thread.join()
