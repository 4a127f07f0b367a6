"""One call over HTTP: what a server may do to it, and what is made of that."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from notifiers.notifier import DeliveryError
from notifiers.wire.call import MOST, Answer, call, refusal

SECRET = "hunter2"
NOON = "Wed, 04 Mar 2026 12:00:00 GMT"


@contextmanager
def answering(act: Callable[[socket.socket], None], asked: list[bytes] | None = None) -> Iterator[str]:
    """A server on the loopback that does this with each connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    with server.accept()[0] as one:
                        one.settimeout(5)
                        got = one.recv(65_536)
                        if asked is not None:
                            asked.append(got)
                        act(one)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/{SECRET}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def said(head: str, body: bytes = b"") -> Callable[[socket.socket], None]:
    text = f"HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return lambda one: one.sendall(text + body)


def tried(url: str, timeout: float = 5.0) -> Answer:
    return call(url, b"{}", headers={"Content-Type": "application/json"}, proxy=None, timeout=timeout)


def test_an_answer_of_any_status_is_an_answer() -> None:
    for status, body in ((200, b"ok"), (204, b""), (404, b"no such"), (500, b"oh")):
        with answering(said(f"{status} X\r\nX-Own: 1", body)) as url:
            answer = tried(url)
            assert (answer.status, answer.headers["X-Own"], answer.body) == (status, "1", body)


def test_a_redirect_is_not_followed() -> None:
    asked: list[bytes] = []
    with answering(said("302 Found\r\nLocation: /elsewhere"), asked) as url:
        answer = tried(url)
    assert (answer.status, len(asked)) == (302, 1)
    assert refusal(answer).permanent


def test_a_long_answer_is_read_no_further_than_anybody_needs() -> None:
    with answering(said("200 OK", b"x" * (MOST * 20))) as url:
        assert len(tried(url).body) == MOST


def _dripping(head: bytes) -> Callable[[socket.socket], None]:
    """Never ends: each byte would begin the timeout of a socket anew."""

    def drip(one: socket.socket) -> None:
        one.sendall(head)
        for _ in range(2_000):
            one.sendall(b"1")
            time.sleep(0.01)

    return drip


def test_a_server_that_drips_is_left_at_the_deadline_and_may_have_taken_it() -> None:
    begun = time.monotonic()
    with answering(_dripping(b"HTTP/1.")) as url, pytest.raises(DeliveryError) as lost:
        tried(url, timeout=0.3)
    assert (lost.value.reason.code, lost.value.ambiguous) == ("call_silent", True)
    with answering(_dripping(b"HTTP/1.1 200 OK\r\nX: ")) as url:
        assert tried(url, timeout=2).status == 200  # it said that it was taken, and it had time to
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("reply", [b"", b"rubbish\r\n\r\n", b"HTTP/1.1 2"])
def test_a_lost_answer_is_ambiguous_and_says_no_address(reply: bytes) -> None:
    with answering(lambda one: one.sendall(reply)) as url, pytest.raises(DeliveryError) as lost:
        tried(url)
    assert (lost.value.reason.code, lost.value.ambiguous) == ("call_broken", True)
    assert SECRET not in str(lost.value) + repr(lost.value.__cause__) + repr(lost.value.__context__)


def test_what_was_never_sent_is_not_ambiguous() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(DeliveryError) as refused:
        tried(f"http://127.0.0.1:{port}/{SECRET}")
    error = refused.value
    assert (error.reason.code, error.ambiguous, error.permanent) == ("call_unreached", False, False)
    with pytest.raises(DeliveryError) as unknown:
        tried("http://name.invalid/")
    assert unknown.value.reason.code == "call_unreached"


def test_an_address_that_is_not_allowed_is_never_connected_to() -> None:
    asked: list[bytes] = []
    with answering(said("200 OK"), asked) as url:
        with pytest.raises(DeliveryError) as barred:
            call(url, b"{}", headers={}, proxy=None, allowed=lambda place: place != "127.0.0.1")
        named = url.replace("127.0.0.1", "localhost")
        with pytest.raises(DeliveryError):
            call(named, b"{}", headers={}, proxy=None, allowed=lambda place: place == "localhost")
        assert (
            call(named, b"{}", headers={}, proxy=None, allowed=lambda place: place == "127.0.0.1").status
            == 200
        )
    assert barred.value.permanent
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "headers", "how"),
    [
        (429, {"Retry-After": "30"}, {"retry_after": 30.0}),
        (429, {}, {}),
        (503, {"retry-after": "5"}, {"retry_after": 5.0}),
        (503, {"Retry-After": "Wed, 04 Mar 2026 12:00:30 GMT", "Date": NOON}, {"retry_after": 30.0}),
        (429, {"Retry-After": "Wed, 04 Mar 2026 11:59:30 GMT", "Date": NOON}, {}),
        (429, {"Retry-After": "Wed, 04 Mar 2026 12:00:30 GMT"}, {}),
        (429, {"Retry-After": "soon", "Date": NOON}, {}),
        (500, {}, {"ambiguous": True}),
        (401, {}, {"permanent": True}),
        (404, {}, {"permanent": True}),
        (410, {}, {"permanent": True}),
        (413, {}, {"unfit": True}),
        (400, {}, {"unfit": True}),
        (409, {}, {}),
    ],
)
def test_what_a_status_means_for_a_delivery(
    status: int, headers: dict[str, str], how: dict[str, object]
) -> None:
    error = refusal(Answer(status=status, headers=headers, body=b""))
    found = {name: getattr(error, name) for name in ("permanent", "unfit", "ambiguous", "retry_after")}
    assert {name: one for name, one in found.items() if one} == how
