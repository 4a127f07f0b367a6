"""The bytes of one answer, whole and bounded: in size while they are inflated, and in time."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable

from scrapers.source import Unfit
from state.model import Reason

GZIP = 31  # zlib's window bits for "gzip only"
MAGIC = b"\x1f\x8b"
COMPRESSED = frozenset({"br", "zstd", "deflate", "compress", "x-compress", "dcb", "dcz"})
"""Encodings that were not asked for. A word that names none ("utf-8", "none") is a server's slip: browsers
take the bytes as they are."""


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
