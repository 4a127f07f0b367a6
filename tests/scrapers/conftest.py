"""Fetchers, on a loopback register or on a function that stands for the network."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from loopback import Clock, Register, on_the_wire

from scrapers.wire.fetch import Fetcher, make_client


@pytest.fixture(autouse=True)
def _really_read(really_read: None) -> None:
    """What is tested here is reading."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def register(clock: Clock) -> Iterator[Register]:
    register = Register(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):  # some tests stop reading
                register.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    register.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield register
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def trust() -> ssl.SSLContext:
    """Made once: reading all authorities takes longer than most tests."""
    return ssl.create_default_context()


@pytest.fixture
def fetcher_on(clock: Clock, trust: ssl.SSLContext) -> Iterator[Callable[..., Fetcher]]:
    """Makes fetchers on the fake clock; by a real socket unless a handler stands for the network."""
    clients = []

    def make(
        handler: Callable[[httpx.Request], httpx.Response] | None = None, limit: int = 20 << 20
    ) -> Fetcher:
        transport = (
            httpx.MockTransport(on_the_wire(handler)) if handler else httpx.HTTPTransport(verify=trust)
        )
        client = make_client("https://watch.example/contact", transport=transport)
        clients.append(client)
        return Fetcher(client, now=clock.now, sleep=clock.sleep, monotonic=clock.monotonic, limit=limit)

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def fetcher(fetcher_on: Callable[..., Fetcher]) -> Fetcher:
    return fetcher_on()
