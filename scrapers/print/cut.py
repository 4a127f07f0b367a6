"""Pictures cut from a sheet of a PDF, as PNG files.

PDFium draws only what is cut. A picture is for the eye: what it shows is proven by the document alone.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from scrapers.print.pdfium import calls, room
from scrapers.source import NotReadable
from state.model import Reason

if TYPE_CHECKING:
    from scrapers.print.pdfium import Address

SCALE = 2.0
"""Dots to a point: seven points of small print can be read on a screen that enlarges nothing."""
MOST_WIDE, MOST_HIGH = 2400, 1600
"""Dots of one piece; a page that calls itself a mile wide gets no mile of memory."""
WHITE = 0xFFFFFFFF
ANNOTATIONS = 1
BGRX = 3
MAGIC = b"\x89PNG\r\n\x1a\n"


class Piece(NamedTuple):
    """A rectangle of a sheet, in points from its bottom left corner."""

    left: float
    bottom: float
    right: float
    top: float


def cut(page: Address, pieces: Sequence[Piece]) -> bytes:
    """The pieces of an open page, one below the other, as a PNG; the caller holds the lock.

    All are as wide as the first. Raises `NotReadable` for what is too small or too large to be a row.
    """
    width = _dots(pieces[0].right - pieces[0].left, MOST_WIDE)
    rows: list[bytes] = []
    for piece in pieces:
        rows += _drawn(page, piece, width, _dots(piece.top - piece.bottom, MOST_HIGH))
    return png(width, rows)


def _dots(points: float, most: int) -> int:
    dots = round(points * SCALE)
    if not 1 <= dots <= most:
        raise NotReadable(Reason.of("no_picture", found=dots, most=most))
    return dots


def _drawn(page: Address, piece: Piece, width: int, height: int) -> list[bytes]:
    """The rows of dots of one piece, three bytes a dot, from top to bottom."""
    call = calls()
    dots, at = room("B", width * height * 4)
    bitmap = call.bitmap(width, height, BGRX, at, width * 4)
    if bitmap is None:
        raise NotReadable(Reason.of("no_picture", found=width * height, most=MOST_WIDE * MOST_HIGH))
    try:
        call.fill(bitmap, 0, 0, width, height, WHITE)
        wide, high = call.page_width(page), call.page_height(page)
        # The whole page is drawn, so placed that only the piece falls on the picture.
        left, top = round(-piece.left * SCALE), round((piece.top - high) * SCALE)
        whole = (left, top, round(wide * SCALE), round(high * SCALE))
        call.render(bitmap, page, *whole, 0, ANNOTATIONS)
    finally:
        call.drop_bitmap(bitmap)
    rows, size = [], width * 4
    for row in (dots[start : start + size] for start in range(0, len(dots), size)):
        colours = bytearray(width * 3)
        colours[0::3], colours[1::3], colours[2::3] = row[2::4], row[1::4], row[0::4]
        rows.append(bytes(colours))
    return rows


def png(width: int, rows: Sequence[bytes]) -> bytes:
    """A picture of rows of dots, three bytes each."""
    head = struct.pack(">IIBBBBB", width, len(rows), 8, 2, 0, 0, 0)
    # Filter 0 in front of each row: print is white, and packs well as it is.
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return MAGIC + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
