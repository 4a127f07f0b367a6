"""One answer of a server: its bytes, whole and bounded, and what its status and headers mean for us."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapers.source import Blocked, SourceError, Unfit, Unreachable
from scrapers.wire.address import host_of, plain
from scrapers.wire.challenge import looks_blocked
from state.model import Reason

PASSING = frozenset({429, 500, 502, 503, 504})
REFUSED = frozenset({401, 403, 451})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
WALLS = ("cf-mitigated", "x-amzn-waf-action")
"""Headers by which Cloudflare and AWS say themselves that a challenge stands in place of the document."""
GZIP = 31  # zlib's window bits for "gzip only"
MAGIC = b"\x1f\x8b"
COMPRESSED = frozenset({"br", "zstd", "deflate", "compress", "x-compress", "dcb", "dcz"})
"""Encodings that were not asked for. A word that names none ("utf-8", "none") is a server's slip: browsers
take the bytes as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One response: header names in lower case; the body decoded and whole, empty where it has no use."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def redirects(self) -> bool:
        return self.status in REDIRECTS

    def retry_after(self, now: datetime) -> float | None:
        """Seconds the host asks us to stay away, by a number or a date; None when it does not ask."""
        text = self.headers.get("retry-after", "").strip() if self.status in PASSING else ""
        if text.isascii() and text.isdigit():
            # Nine digits are thirty years; a longer number would be no time that a date can hold.
            return float(text[:9])
        try:
            when = parsedate_to_datetime(text)
        except (TypeError, ValueError, OverflowError):
            return None
        # An offset of -0000 is UTC of an unknown place (RFC 5322): Python gives it without a zone.
        aware = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (aware - now).total_seconds())


def has_body(status: int) -> bool:
    """Whether the body of such an answer is of any use to us."""
    return status not in REDIRECTS | REFUSED | {304}


def judge(answer: Answer, walled: Callable[[bytes], Reason | None] = looks_blocked) -> None:
    """Raises unless the answer is a document, a redirect, or "not modified"; `walled` knows walls."""
    where = plain(answer.url)
    refusal = Reason.of("a_status", status=answer.status) if answer.status in REFUSED else None
    if header := next((name for name in WALLS if name in answer.headers), None):
        refusal = refusal or Reason.of("wall_by_header", name=header, value=answer.headers[header][:40])
    if refusal is not None:
        raise Blocked(Reason.of("refused", address=where, refusal=refusal))
    if answer.status in (200, 304) or answer.redirects:
        return
    if wall := walled(answer.body):
        raise Blocked(Reason.of("walled_with_status", address=where, wall=wall, status=answer.status))
    raise _trouble(where, answer.status)


def judge_robots(answer: Answer) -> None:
    """Raises unless robots.txt could be had: 4xx says that there is none, 429 and 5xx say nothing.

    RFC 9309 §2.3.1.3 and §2.3.1.4; 429 is about us and not about the file, so it counts with 5xx.
    """
    where, status = plain(answer.url), answer.status
    if status in PASSING:
        raise _trouble(where, status)
    if status != 200 and not answer.redirects and not 400 <= status < 500:
        raise Unreachable(Reason.of("robots_status", address=where, status=status))


def shut(url: str, until: datetime, status: int | None = None) -> Unreachable:
    """The error for a host that asked us to stay away until then, now with a status or before."""
    when, where, host = f"{until.astimezone(UTC):%Y-%m-%dT%H:%M}Z", plain(url), host_of(url)
    if status is None:
        return Unreachable(Reason.of("shut_before", address=where, host=host, until=when))
    return Unreachable(Reason.of("shut_now", address=where, host=host, until=when, status=status))


def _trouble(address: str, status: int) -> SourceError:
    if status == 429:
        return Blocked(Reason.of("too_many_requests", address=address), passing=True)
    if status in PASSING:
        return Unreachable(Reason.of("status_each_time", address=address, status=status), passing=True)
    if status in (404, 410):
        return Unreachable(Reason.of("page_gone", address=address, status=status))
    return Unreachable(Reason.of("bad_status", address=address, status=status))


def whole(
    chunks: Iterable[bytes], *, encoding: str, announced: str, limit: int, in_time: Callable[[], bool]
) -> bytes:
    """The decoded body; `Unfit` when it is too large, too slow, cut short, or in an encoding not asked for.

    `chunks` are raw bytes off the wire: an HTTP library inflates a whole chunk before anybody can count, and
    one megabyte of gzip can be a gigabyte of zeros. `announced` is Content-Length or "".
    """
    if encoding in COMPRESSED or "," in encoding:
        raise Unfit(Reason.of("other_encoding", encoding=encoding[:40]))
    length = int(announced) if announced.isascii() and announced.isdigit() and len(announced) < 16 else None
    if length is not None and length > limit:
        raise Unfit(Reason.of("announced_too_large", limit=limit, size=length))
    taker = _Inflated(limit) if encoding in ("gzip", "x-gzip") else _AsIs()
    received = 0
    for raw in chunks:
        received += len(raw)
        taker.take(raw)
        if max(received, len(taker.out)) > limit:
            raise Unfit(Reason.of("too_large", limit=limit))
        if not in_time():
            raise Unfit(Reason.of("too_slow", size=received))
    # A body cut short by a proxy can still be a whole page to a lenient parser: with rows missing.
    if length is not None and received != length:
        raise Unfit(Reason.of("other_size", announced=length, size=received), passing=True)
    if not taker.ended:
        raise Unfit(Reason.of("gzip_cut"), passing=True)
    return bytes(taker.out)


class _AsIs:
    ended = True

    def __init__(self) -> None:
        self.out = bytearray()

    def take(self, raw: bytes) -> None:
        self.out += raw


class _Inflated:
    """Inflates gzip members, never more than one byte beyond the limit. Bytes behind a member that begin none
    are padding, which every reader passes over."""

    def __init__(self, limit: int) -> None:
        self.out = bytearray()
        self._limit = limit
        self._unzip = zlib.decompressobj(GZIP)
        self._behind, self._padded = b"", False

    @property
    def ended(self) -> bool:
        return self._unzip.eof and not self._behind

    def take(self, raw: bytes) -> None:
        try:
            while raw and not self._padded and len(self.out) <= self._limit:
                if self._unzip.eof:  # several members in a row are one body (RFC 1952 §2.2)
                    raw, self._behind = self._behind + raw, b""
                    self._padded = not MAGIC.startswith(raw[: len(MAGIC)])
                    if len(raw) < len(MAGIC) and not self._padded:
                        self._behind, raw = raw, b""
                    if self._padded or not raw:
                        return
                    self._unzip = zlib.decompressobj(GZIP)
                # One byte beyond the limit is enough to know, and all that a bomb gets.
                self.out += self._unzip.decompress(raw, self._limit - len(self.out) + 1)
                raw = self._unzip.unconsumed_tail or self._unzip.unused_data
        except zlib.error as error:
            raise Unfit(Reason.of("gzip_damaged", error=str(error)), passing=True) from error
