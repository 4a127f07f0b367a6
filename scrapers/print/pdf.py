"""Opens a PDF and reads what is drawn in it. Nothing here knows what a table is.

PDFium does the reading; it is not thread-safe, so one lock guards every use of it, and nothing of PDFium
outlives a call.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scrapers.effort import effort
from scrapers.print.drawn import Bookmark, Drawing, Sheet
from scrapers.source import NotReadable
from scrapers.wire.content import has_pdf_end, pdf_start
from state.model import Reason

if TYPE_CHECKING:
    from scrapers.effort import Effort

MAX_PAGES = 1000  # the catalogue has grown from 68 to 130 pages in a year; a thousand is no catalogue

PDFIUM = threading.Lock()


def read_pdf(body: bytes, work: Effort | None = None) -> Drawing:
    """Everything drawn in a PDF. Raises `NotReadable` for HTML, cut, locked, oversized or damaged files."""
    # Looked at before PDFium is, which repairs what it can: half a file would be a shorter catalogue.
    if pdf_start(body) < 0:
        raise NotReadable(Reason.of("no_pdf", start=repr(body[:60])[2:-1]))
    if not has_pdf_end(body):
        raise NotReadable(Reason.of("pdf_truncated", size=len(body)))
    import pypdfium2  # loaded here because most commands never read a PDF, and loading it takes 55 ms

    with PDFIUM:
        try:
            pdf = pypdfium2.PdfDocument(body)
        except pypdfium2.PdfiumError as error:
            raise NotReadable(Reason.of("pdf_shut", error=str(error))) from error
        try:
            return draw(pdf, work or effort())
        except pypdfium2.PdfiumError as error:
            raise NotReadable(Reason.of("pdf_damaged", error=str(error))) from error
        finally:
            pdf.close()


def draw(pdf: Any, work: Effort) -> Drawing:
    """The drawing of an open document; the caller holds the lock."""
    if len(pdf) > MAX_PAGES:
        raise NotReadable(Reason.of("pdf_too_long", pages=len(pdf), most=MAX_PAGES))
    outline = tuple(bookmarks(pdf, work))
    sheets = tuple(sheet(pdf, number, work) for number in range(1, len(pdf) + 1))
    return Drawing(sheets=sheets, outline=outline)


def bookmarks(pdf: Any, work: Effort) -> Iterator[Bookmark]:
    """The outline in reading order; entries that lead nowhere have page 0."""
    for entry in pdf.get_toc():
        target = entry.get_dest()
        index = target.get_index() if target else None
        view = target.get_view()[1] if target else []
        title = " ".join(entry.get_title().split())
        work.spend(BOOKMARK + len(title))
        yield Bookmark(
            level=entry.level,
            title=title,
            page=0 if index is None else index + 1,
            top=view[1] if len(view) > 1 else 10_000.0,
        )


BOOKMARK = 50  # steps: a title is compared with all those known


def sheet(pdf: Any, number: int, work: Effort) -> Sheet:
    from scrapers.print.pen import Pen

    page = pdf[number - 1]
    text = page.get_textpage()
    try:
        return Pen(pdf, page, text, number, work).sheet()
    finally:
        # In this order: PDFium's text page points into its page.
        text.close()
        page.close()
