"""Opens a PDF and reads what is drawn in it. Nothing here knows what a table is.

PDFium does the reading; it is not thread-safe, so one lock guards every use of it, and nothing of PDFium
outlives a call.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scrapers.print.drawn import Bookmark, Drawing, Sheet
from scrapers.print.pdfium import calls, decoded, room
from scrapers.print.pen import Paper, Pen
from scrapers.source import Effort, NotReadable, effort
from scrapers.wire.content import has_pdf_end, pdf_start
from state.model import Reason

if TYPE_CHECKING:
    from scrapers.print.pdfium import Address

MAX_PAGES = 1000  # the catalogue has grown from 68 to 130 pages in a year; a thousand is no catalogue
MAX_LEVELS = 15  # of the outline; the catalogue has five
BOOKMARK = 50  # steps: a title is compared with all those known
LOCKED = 4
ERRORS = {2: "FPDF_ERR_FILE", 3: "FPDF_ERR_FORMAT", 5: "FPDF_ERR_SECURITY", 6: "FPDF_ERR_PAGE"}
"""PDFium's own names of why it opens no document; a sentence of ours would be English to every reader."""

PDFIUM = threading.Lock()


def read_pdf(body: bytes, work: Effort | None = None) -> Drawing:
    """Everything drawn in a PDF. Raises `NotReadable` for HTML, cut, locked, oversized or damaged files."""
    with opened(body) as pdf:
        return draw(pdf, calls().page_count(pdf), work or effort())


@contextmanager
def opened(body: bytes) -> Iterator[Address]:
    """A PDF while it is open, under the lock. Raises `NotReadable` for what is none, or has no page."""
    # Looked at before PDFium is, which repairs what it can: half a file would be a shorter catalogue.
    if pdf_start(body) < 0:
        raise NotReadable(Reason.of("no_pdf", start=repr(body[:60])[2:-1]))
    if not has_pdf_end(body):
        raise NotReadable(Reason.of("pdf_truncated", size=len(body)))
    with PDFIUM:
        call = calls()
        pdf = call.open(body, len(body), None)
        try:
            if pdf is None or call.page_count(pdf) < 1:
                raise NotReadable(shut(call.last_error()))
            yield pdf
        finally:
            if pdf is not None:
                call.close(pdf)


def shut(error: int) -> Reason:
    """Why PDFium does not open a document, by the number of its error."""
    if error == LOCKED:
        return Reason.of("pdf_locked")
    return Reason.of("pdf_shut", error=ERRORS.get(error, "FPDF_ERR_UNKNOWN"))


def draw(pdf: Address, pages: int, work: Effort) -> Drawing:
    """The drawing of an open document; the caller holds the lock."""
    if pages > MAX_PAGES:
        raise NotReadable(Reason.of("pdf_too_long", pages=pages, most=MAX_PAGES))
    outline = tuple(bookmarks(pdf, work, None, 0, set()))
    paper = Paper(pdf, work)
    return Drawing(sheets=tuple(sheet(pdf, number, paper) for number in range(1, pages + 1)), outline=outline)


def bookmarks(
    pdf: Address, work: Effort, parent: Address | None, level: int, seen: set[Address]
) -> Iterator[Bookmark]:
    """The outline below an entry, in reading order. One that leads back into itself ends there."""
    call = calls()
    entry = call.first_bookmark(pdf, parent)
    while entry is not None and entry not in seen:
        seen.add(entry)
        yield bookmark(pdf, entry, level, work)
        if level + 1 < MAX_LEVELS:
            yield from bookmarks(pdf, work, entry, level + 1, seen)
        entry = call.next_bookmark(pdf, entry)


def bookmark(pdf: Address, entry: Address, level: int, work: Effort) -> Bookmark:
    """One entry of the outline; one that leads nowhere has page 0."""
    call = calls()
    size = call.bookmark_title(entry, None, 0)
    work.spend(BOOKMARK + size)
    units, at = room("H", size // 2)
    call.bookmark_title(entry, at, size)
    target = call.bookmark_target(pdf, entry)
    (count, count_at), (places, places_at) = room("L", 1), room("f", 4)
    if target is not None:
        call.target_view(target, count_at, places_at)
    return Bookmark(
        level=level,
        title=" ".join(decoded(units).split()),
        page=0 if target is None else call.target_page(pdf, target) + 1,
        top=places[1] if count[0] > 1 else 10_000.0,
    )


def sheet(pdf: Address, number: int, paper: Paper) -> Sheet:
    """One page; raises `NotReadable` where PDFium finds none."""
    call = calls()
    page = call.open_page(pdf, number - 1)
    if page is None:
        raise NotReadable(Reason.of("pdf_damaged", page=number, error="FPDF_LoadPage"))
    text = call.open_text(page)
    try:
        if text is None:
            raise NotReadable(Reason.of("pdf_damaged", page=number, error="FPDFText_LoadPage"))
        return Pen(paper, page, text, number).sheet()
    finally:
        # In this order: PDFium's text page points into its page.
        if text is not None:
            call.close_text(text)
        call.close_page(page)
