"""One call over HTTP, for every notifier that has no library of its own, and what its answer means for a
delivery: bounded, verified, never repeated.

What breaks is a `DeliveryError` whose text holds no address: addresses of webhooks are secrets.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import lru_cache, partial
from threading import Timer
from typing import IO, Any
from urllib.error import URLError

from notifiers.notifier import DeliveryError
from state.model import Reason

TIMEOUT = 15.0
MOST = 64 * 1024
"""Bytes of an answer that are read, where nobody asks for more: a service says in a line what it thinks of a
message."""
NEVER_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
BROKEN = (OSError, http.client.HTTPException, ValueError, LookupError)
"""What `urllib` lets through when the exchange breaks: sockets, TLS, half replies, replies in no charset."""
GONE = frozenset({401, 403, 404, 405, 410})
UNFIT = frozenset({400, 413, 414, 415, 422})
Allowed = Callable[[str], bool]
"""Whether a call may go to an IP address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service answered, whatever its status; `body` is the beginning of a long one."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def call(
    url: str,
    body: bytes | None,
    *,
    headers: Mapping[str, str],
    proxy: str | None,
    method: str = "POST",
    timeout: float = TIMEOUT,
    most: int = MOST,
    allowed: Allowed | None = None,
) -> Answer:
    """What is answered within `timeout` seconds; raises `DeliveryError` where nothing is.

    A redirect is an answer, and not followed. With `allowed`, the connection is made to an address that it
    lets through, and to the very one it was asked about: a name that means another address a moment later
    reaches nothing.
    """
    trouble: DeliveryError
    line = _Line(allowed)
    deadline = time.monotonic() + timeout
    # The timeout of a socket begins anew with every byte: a server that drips would hold its thread for ever.
    last = Timer(timeout, line.cut)
    last.daemon = True
    last.start()
    try:
        asked = urllib.request.Request(url, body, dict(headers), method=method)  # noqa: S310 - kinds check it
        with line.opener(proxy).open(asked, timeout=timeout) as reply:
            body_read = _body_of(reply, deadline, most)
            return Answer(status=reply.status, headers=dict(reply.headers), body=body_read)
    except BROKEN as broken:
        trouble = breakage(TimeoutError() if time.monotonic() >= deadline else broken)
    finally:
        last.cancel()
    # Outside the exception: that one may hold the request with all its headers.
    raise trouble


def _body_of(reply: IO[bytes], deadline: float, most: int) -> bytes:
    """The beginning of a body: what a server drips after its status holds nobody."""
    parts: list[bytes] = []
    left = most
    read: Callable[[int], bytes] = getattr(reply, "read1", reply.read)
    try:
        while left > 0 and time.monotonic() < deadline and (part := read(left)):
            parts.append(part)
            left -= len(part)
    except (OSError, http.client.HTTPException, ValueError):
        pass  # the status was read: what else there was to say is not missed
    return b"".join(parts)


class _Line(urllib.request.HTTPHandler, urllib.request.HTTPSHandler, urllib.request.HTTPErrorProcessor):
    """The connections of one call, in place of the handlers that `urllib` has: made to allowed addresses
    alone, over TLS that is verified, and cut on demand."""

    def __init__(self, allowed: Allowed | None) -> None:
        super().__init__(context=tls())
        self._allowed = allowed
        self._made: list[http.client.HTTPConnection] = []

    def opener(self, proxy: str | None) -> urllib.request.OpenerDirector:
        """Opens by this proxy, and by none of the environment's."""
        by = {} if proxy is None else {"http": proxy, "https": proxy}
        return urllib.request.build_opener(urllib.request.ProxyHandler(by), self)

    def http_response(self, request: urllib.request.Request, response: Any) -> Any:
        """Whatever the status, an answer: `urllib` would raise an error of its own, or follow a redirect with
        GET and without a body."""
        return response

    https_response = http_response

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(self._connection, http.client.HTTPConnection), req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(self._connection, http.client.HTTPSConnection, context=tls()), req)

    def cut(self) -> None:
        """Ends what is still waited for."""
        for connection in self._made:
            with suppress(OSError, AttributeError):  # not connected yet, or closed meanwhile
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _connection(self, kind: type[http.client.HTTPConnection], host: str, **more: Any) -> Any:
        connection = kind(host, **more)
        if self._allowed:
            # The one way in which the standard library lets a name be resolved by somebody else.
            connection._create_connection = self._connected  # type: ignore[attr-defined]
        self._made.append(connection)
        return connection

    def _connected(self, address: tuple[str, int], timeout: float, source: Any = None) -> socket.socket:
        """A connection to the first address of a name that is allowed and answers."""
        host, port = address
        found = dict.fromkeys(str(place[4][0]) for place in socket.getaddrinfo(host, port))
        fits = [place for place in found if self._allowed is None or self._allowed(place)]
        if not fits:
            raise DeliveryError(Reason.of("call_barred"), permanent=True)
        for place in fits[:-1]:
            with suppress(OSError):
                return socket.create_connection((place, port), timeout, source)
        return socket.create_connection((fits[-1], port), timeout, source)


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """Verifies names and chains by the system's certificates, or those at SSL_CERT_FILE.

    Made once: reading them takes longer than a post.
    """
    return ssl.create_default_context()


def breakage(error: BaseException, code: Callable[[str], str] = lambda how: f"call_{how}") -> DeliveryError:
    """The error for an exchange that broke: ambiguous unless nothing can have been sent.

    `code` names its reason. The exception's own text is left out: it can hold the address.
    """
    cause = error.reason if isinstance(error, URLError) else error
    kind = type(cause if isinstance(cause, BaseException) else error).__name__
    # A plain ValueError is urllib's for an address that it cannot read; its subclasses come from half
    # replies.
    if isinstance(cause, http.client.InvalidURL) or type(cause) is ValueError:
        return DeliveryError(Reason.of(code("address")), permanent=True)
    if isinstance(cause, NEVER_SENT):
        return DeliveryError(Reason.of(code("unreached"), fault=kind))
    # The request may have arrived; only its reply did not.
    if isinstance(cause, TimeoutError):
        return DeliveryError(Reason.of(code("silent")), ambiguous=True)
    return DeliveryError(Reason.of(code("broken"), fault=kind), ambiguous=True)


def refusal(answer: Answer) -> DeliveryError:
    """The error for a status that is no success, where the service documents nothing finer.

    After an error of the server's own, part of the work may have been done.
    """
    status, again = answer.status, wait(answer.headers)
    if status == 429 or (status == 503 and again is not None):
        return DeliveryError(Reason.of("call_busy"), retry_after=again)
    if status in GONE or 300 <= status < 400:
        return DeliveryError(Reason.of("call_gone", status=status), permanent=True)
    if status in UNFIT:
        return DeliveryError(Reason.of("call_unfit", status=status), unfit=True)
    return DeliveryError(Reason.of("call_error", status=status), ambiguous=status >= 500, retry_after=again)


def wait(headers: Mapping[str, Any]) -> float | None:
    """The seconds that `Retry-After` asks for; None when it is missing, or neither a number nor a date.

    A date counts from that of the answer: a clock that differs from ours must not make it longer or shorter.
    """
    said = header(headers, "retry-after").strip()
    if re.fullmatch(r"\d{1,6}(\.\d+)?", said):
        return float(said)
    try:
        pause = (parsedate_to_datetime(said) - parsedate_to_datetime(header(headers, "date"))).total_seconds()
    except (ValueError, TypeError):
        return None
    return pause if 0 <= pause < 1_000_000 else None


def header(headers: Mapping[str, Any], name: str) -> str:
    """A header, however its name is written, "" for none; of several, as Slack's SDK has them, the first."""
    found = next((value for key, value in headers.items() if key.lower() == name), "")
    return str(found[0] if isinstance(found, list) and found else found)


# What the codes of a service mean, and its JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The codes of one service; of those in no table, the status says what to do.

    `permanent`: until a person acts, with the code of the reason that says how. `unfit`: this message alone.
    `passing`: nothing was done, and later it may be. `waits`: too much at once, with the seconds after which
    more is taken where the answer names none.
    """

    permanent: Mapping[str, str]
    unfit: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    waits: Mapping[str, float] = field(default_factory=dict)

    def meaning(self, code: str, answer: Answer, after: float | None = None) -> DeliveryError:
        """The error for an answer that is no success; `after` is what it asks to wait, beside its headers."""
        if code in self.waits:
            again = after or wait(answer.headers) or self.waits[code]
            return DeliveryError(Reason.of("call_busy"), retry_after=again)
        if code in self.permanent:
            return DeliveryError(Reason.of(self.permanent[code], name=code), permanent=True)
        if code in self.unfit:
            return DeliveryError(Reason.of("call_unfit_named", name=code), unfit=True)
        if code in self.passing:
            return DeliveryError(Reason.of("call_not_now", name=code))
        return refusal(answer)


def told(answer: Answer) -> Mapping[str, Any]:
    """The JSON object that was answered; empty for anything else, such as the page of a proxy."""
    try:
        read = json.loads(answer.body)
    except ValueError:  # no JSON, or no text at all
        return {}
    return read if isinstance(read, dict) else {}


def encoded(body: Mapping[str, Any]) -> bytes:
    """The bytes of a JSON object, its letters as they are: one that is escaped takes six."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
