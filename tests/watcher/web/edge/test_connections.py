"""Thousands of connections that owe us something: who was there first goes, who comes is answered."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial

import httpx
import pytest
from processes import soon
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from watcher.app import App
from watcher.settings import Settings
from watcher.web.edge.connections import LUMP, MOST, STREAMS, Gate, Terms, Waits, terms_of
from watcher.web.serve import Pages

HALF = b"GET / HTTP/1.1\r\nHost: x\r\n"
WHOLE = HALF + b"\r\n"


@dataclass(eq=False)
class Line:
    """A connection that stands as a test says."""

    host: str = "a"
    waits: Waits = Waits.HEAD
    trusted: bool = False
    requests: int = 0
    heap: int = 0
    took: int = 0
    open: bool = True

    def standing(self) -> tuple[Waits, int]:
        return self.waits, self.requests

    def untaken(self) -> int:
        return self.heap

    def taken(self) -> int:
        return self.took

    def cut(self) -> None:
        self.open = False


@dataclass
class Hall:
    """A gate, its clock, and the lines that came to it."""

    terms: Terms = field(default_factory=lambda: Terms(most=4, share=3, bytes=100))
    now: float = 0.0
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = Gate(self.terms, lambda: self.now)

    def comes(self, line: Line) -> Line:
        self.now += 0.001
        line.open = self.gate.admit(line)
        self.lines.append(line)
        return line

    def after(self, seconds: float) -> None:
        self.now += seconds
        self.gate.sweep()

    @property
    def open(self) -> list[Line]:
        return [line for line in self.lines if line.open]


@pytest.mark.parametrize(
    ("files", "most"), [(20_000, MOST), (1024, MOST), (512, 256), (256, 128), (64, 32), (-1, MOST)]
)
def test_connections_leave_files_to_the_memory_and_to_looks(files: int, most: int) -> None:
    assert terms_of(files).most == most


def test_who_comes_is_let_in_before_who_never_said_what_he_wants() -> None:
    hall = Hall()
    first, *_ = [hall.comes(Line(host=str(n))) for n in range(4)]
    assert hall.comes(Line(host="new")).open
    assert not first.open
    assert len(hall.gate) == 4


def test_of_those_that_wait_the_client_with_most_goes_first() -> None:
    hall = Hall()
    alone = hall.comes(Line(host="a"))
    crowd = [hall.comes(Line(host="b")) for _ in range(3)]
    hall.comes(Line(host="c"))
    assert alone.open
    assert [line.open for line in crowd] == [False, True, True]


def test_nobody_who_waits_for_us_is_closed_and_one_more_is_refused() -> None:
    hall = Hall()
    kept = [hall.comes(Line(host=str(n), waits=Waits.US)) for n in range(4)]
    assert not hall.comes(Line(host="new")).open
    assert all(line.open for line in kept)


def test_a_client_with_its_share_gives_up_its_own() -> None:
    hall = Hall(Terms(most=100, share=3))
    own = [hall.comes(Line(host="a", waits=Waits.NEXT)) for _ in range(3)]
    other = hall.comes(Line(host="b"))
    assert hall.comes(Line(host="a")).open
    assert [line.open for line in (*own, other)] == [False, True, True, True]


def test_who_listens_takes_no_place_of_others_and_gives_it_back_with_the_next_request() -> None:
    hall = Hall(Terms(most=2, share=2))
    listening = [hall.comes(Line(waits=Waits.US)) for _ in range(2)]
    for line in listening:
        hall.gate.stay(line)
    assert all(hall.comes(Line(waits=Waits.US)).open for _ in range(2))
    assert not hall.comes(Line()).open
    hall.gate.leave(hall.lines[2])
    hall.gate.back(listening[0])
    assert not hall.comes(Line()).open
    hall.gate.close()
    assert hall.open == [hall.lines[2]]


def test_who_listens_and_does_not_take_what_he_is_told_is_closed_like_any_other() -> None:
    hall = Hall(Terms(most=9, taking=20))
    slow, heavy = (hall.comes(Line(waits=Waits.US)) for _ in range(2))
    for line in (slow, heavy):
        hall.gate.stay(line)
    slow.waits, slow.heap = Waits.TAKING, 10
    hall.after(1)
    hall.after(21)
    assert (slow.open, heavy.open) == (False, True)
    heavy.waits, heavy.heap = Waits.TAKING, 10**9
    hall.after(1)
    assert not heavy.open


def test_streams_have_the_files_that_are_left_over() -> None:
    assert [terms_of(files).streams for files in (20_000, 1768, 1024, 512, 64, -1)] == [
        STREAMS, STREAMS, 256, 8, 8, STREAMS,
    ]  # fmt: skip


def test_a_proxy_that_is_trusted_has_no_share() -> None:
    hall = Hall(Terms(most=100, share=3))
    for _ in range(50):
        hall.comes(Line(host="router", trusted=True))
    assert len(hall.open) == 50


def test_an_address_that_left_is_forgotten() -> None:
    hall = Hall(Terms(most=100, share=3))
    for n in range(50):
        line = hall.comes(Line(host=str(n)))
        hall.gate.leave(line)
        hall.gate.leave(line)
    assert (len(hall.gate), hall.gate._hosts) == (0, {})


@pytest.mark.parametrize(("waits", "seconds"), [(Waits.HEAD, 10), (Waits.BODY, 20), (Waits.TAKING, 20)])
def test_what_a_client_owes_has_a_deadline(waits: Waits, seconds: float) -> None:
    hall = Hall(Terms())
    line = hall.comes(Line(waits=waits))
    hall.after(seconds)
    assert line.open
    hall.after(0.1)
    assert not line.open


@pytest.mark.parametrize("waits", [Waits.US, Waits.NEXT])
def test_what_we_owe_has_none_here(waits: Waits) -> None:
    hall = Hall(Terms())
    line = hall.comes(Line(waits=waits))
    hall.after(3600)
    assert line.open


def test_each_request_has_its_own_deadline() -> None:
    hall = Hall(Terms())
    line = hall.comes(Line())
    for _ in range(10):
        line.requests += 1
        hall.after(9)
    assert line.open


def test_whoever_takes_goes_on_and_a_byte_a_second_is_not_taking() -> None:
    hall = Hall(Terms())
    taker, trickler = (hall.comes(Line(waits=Waits.TAKING)) for _ in range(2))
    for _ in range(60):
        taker.took += LUMP // 10
        trickler.took += 1
        hall.after(1)
    assert (taker.open, trickler.open) == (True, False)


def test_answers_that_pile_up_go_from_the_slowest_on() -> None:
    hall = Hall()
    lines = [hall.comes(Line(host=str(n), waits=Waits.TAKING, heap=60)) for n in range(3)]
    hall.after(1)
    assert [line.open for line in lines] == [False, False, True]


@pytest.fixture
def served(watched: App) -> Iterator[Callable[..., Pages]]:
    with ExitStack() as stack:

        def serve(terms: Terms, *routes: Route, **given: str) -> Pages:
            settings = Settings(state=watched.settings.state, port=0, **given)  # type: ignore[arg-type]
            pages = Pages(App(settings, watched.clock), routes, terms=terms)
            pages.start()
            stack.callback(pages.stop)
            return pages

        yield serve


def alive(pages: Pages) -> bool:
    return httpx.get(f"http://127.0.0.1:{pages.port}/healthz", timeout=60).status_code == 200


@contextmanager
def open_to(pages: Pages, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        address = ("127.0.0.1", pages.port)
        lines = [stack.enter_context(socket.create_connection(address, timeout=60)) for _ in range(count)]
        for line in lines:
            line.sendall(said)
        yield lines


def ended(line: socket.socket) -> bool:
    """Whether the other side ended a connection; waits until it does, a minute at most."""
    try:
        while line.recv(2**16):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


@pytest.mark.parametrize("share", [8, 1000])
def test_half_open_connections_keep_nobody_out(served: Callable[..., Pages], share: int) -> None:
    pages = served(Terms(most=20, share=share))
    with open_to(pages, 60, HALF) as lines:
        assert alive(pages)
        assert sum(ended(line) for line in lines[:30]) == 30


def test_a_head_that_does_not_come_ends(served: Callable[..., Pages]) -> None:
    pages = served(Terms(head=0.1))
    with open_to(pages, 1, HALF) as [line]:
        assert ended(line)


def test_the_head_of_a_later_request_has_the_same_deadline(served: Callable[..., Pages]) -> None:
    pages = served(Terms(head=1))  # the first head comes in time on a slow machine, too
    with open_to(pages, 1, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") as [line]:
        answer = b""
        while b'"ok"' not in answer:
            taken = line.recv(2**16)
            assert taken, "the first head came too late"
            answer += taken
        line.sendall(HALF)
        assert ended(line)


@pytest.mark.parametrize("path", ["/slack/commands", "/nothing"])
def test_a_body_that_does_not_come_ends(served: Callable[..., Pages], path: str) -> None:
    async def taken(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    pages = served(Terms(head=0.3, body=0.1), Route("/slack/commands", taken, methods=["POST"]))
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx".encode()
    with open_to(pages, 1, head) as [line]:
        assert ended(line)


def test_an_answer_that_is_not_taken_ends_and_its_memory_with_it(served: Callable[..., Pages]) -> None:
    async def long(request: Request) -> Response:
        return Response(b"x" * 2**24)

    pages = served(Terms(taking=0.5), Route("/long", long))
    with open_to(pages, 3, WHOLE.replace(b"GET /", b"GET /long")) as _:
        soon(lambda: len(pages._server._gate) == 0)


def test_a_router_that_is_trusted_keeps_its_connections_longer_than_others(
    served: Callable[..., Pages],
) -> None:
    for proxies, kept in (("127.0.0.0/8", 95), ("", 5)):
        pages = served(Terms(), proxies=proxies)
        with open_to(pages, 1, b""):
            gate = pages._server._gate
            soon(partial(len, gate))
            lines = list(gate._lines)
            assert [line.timeout_keep_alive for line in lines] == [kept]  # type: ignore[attr-defined]


def test_the_address_that_a_client_claims_is_not_believed(served: Callable[..., Pages]) -> None:
    def who(request: Request) -> Response:
        assert request.client is not None
        return PlainTextResponse(request.client.host)

    forged = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    for proxies, seen in (("", "127.0.0.1"), ("127.0.0.0/8", "203.0.113.9")):
        pages = served(Terms(), Route("/who", who), proxies=proxies)
        assert httpx.get(f"http://127.0.0.1:{pages.port}/who", headers=forged, timeout=60).text == seen


def test_the_end_waits_for_nobody_who_sends_or_takes_a_byte_a_second(
    served: Callable[..., Pages], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("watcher.web.serve.GRACE", 0.2)

    async def long(request: Request) -> Response:
        return Response(b"x" * 2**24)

    async def taken(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    pages = served(Terms(), Route("/long", long), Route("/body", taken, methods=["POST"]))
    body = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"
    alive = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with (
        open_to(pages, 5, WHOLE.replace(b"GET /", b"GET /long")),
        open_to(pages, 5, body),
        open_to(pages, 5, HALF),
        open_to(pages, 20, alive) as idle,
    ):
        for line in idle:
            line.recv(2**16)
        pages.stop()
        assert pages._thread is not None
        assert not pages._thread.is_alive()
        assert len(pages._server._gate) == 0
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
