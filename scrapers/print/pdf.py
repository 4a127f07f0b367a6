"""What is drawn on the pages of a PDF: runs of text, filled shapes, links, and the outline.

Nothing here knows what a table is. PDFium does the reading; it is not thread-safe, so one lock guards every
use of it, and nothing of PDFium outlives a call. Lengths are points; the origin is the bottom left corner.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from scrapers.source import NotReadable
from scrapers.wire.content import has_pdf_end, pdf_start
from state.model import Reason

MAX_PAGES = 1000  # the catalogue has grown from 68 to 130 pages in a year; a thousand is no catalogue
MAX_OBJECTS = 50_000  # drawn objects on one page; the fullest real page has under 600
MAX_DEPTH = 8  # forms within forms; programs that stamp pages make two or three

ROOM = 2048  # bytes for the text of one object; more is asked for when needed
UNITS = ctypes.POINTER(ctypes.c_ushort)

PDFIUM = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a page."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2

    @property
    def centre(self) -> float:
        """The distance of its centre from the left edge of the page."""
        return (self.left + self.right) / 2

    def holds(self, other: Box, slack: float = 0.5) -> bool:
        return (
            self.left - slack <= other.left
            and other.right <= self.right + slack
            and self.bottom - slack <= other.bottom
            and other.top <= self.top + slack
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Box):
    """Text set in one go: in a table, one line of one cell. A space that ends it is kept: it tells a line
    broken at a space from a word cut in two."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Box):
    """A filled shape; `colour` is 0xRRGGBB. Lines and frames that are only stroked are not shapes."""

    colour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Box):
    """The area of a link and the address it leads to. One printed link has an area per line of text."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """One entry of the outline: its depth from 0, its title, and the page (from 1) and height it leads to."""

    level: int
    title: str
    page: int
    top: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page, `number` counting from 1, with what is drawn on it in drawing order."""

    number: int
    runs: tuple[Run, ...]
    shapes: tuple[Shape, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A whole PDF as drawn."""

    sheets: tuple[Sheet, ...]
    outline: tuple[Bookmark, ...]


def read_pdf(body: bytes) -> Drawing:
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
            return draw(pdf)
        except pypdfium2.PdfiumError as error:
            raise NotReadable(Reason.of("pdf_damaged", error=str(error))) from error
        finally:
            pdf.close()


def draw(pdf: Any) -> Drawing:
    """The drawing of an open document; the caller holds the lock."""
    if len(pdf) > MAX_PAGES:
        raise NotReadable(Reason.of("pdf_too_long", pages=len(pdf), most=MAX_PAGES))
    outline = tuple(bookmarks(pdf))
    return Drawing(sheets=tuple(sheet(pdf, number) for number in range(1, len(pdf) + 1)), outline=outline)


def bookmarks(pdf: Any) -> Iterator[Bookmark]:
    """The outline in reading order; entries that lead nowhere have page 0."""
    for entry in pdf.get_toc():
        target = entry.get_dest()
        index = target.get_index() if target else None
        view = target.get_view()[1] if target else []
        yield Bookmark(
            level=entry.level,
            title=" ".join(entry.get_title().split()),
            page=0 if index is None else index + 1,
            top=view[1] if len(view) > 1 else 10_000.0,
        )


def sheet(pdf: Any, number: int) -> Sheet:
    page = pdf[number - 1]
    text = page.get_textpage()
    try:
        pen = Pen(page.raw, text.raw, number)
        return Sheet(
            number=number, runs=pen.runs(), shapes=pen.shapes(), links=tuple(links(pdf.raw, page.raw))
        )
    finally:
        # In this order: PDFium's text page points into its page.
        text.close()
        page.close()


Edges = tuple[float, float, float, float]


class Matrix(NamedTuple):
    """How a form is placed: x' = a x + c y + e, y' = b x + d y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def then(self, outer: Matrix) -> Matrix:
        """This matrix, and the outer one after it."""
        (a, b, c, d, e, f), (p, q, r, s, t, u) = self, outer
        return Matrix(
            a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u
        )

    def around(self, left: float, bottom: float, right: float, top: float) -> Edges:
        """The edges of the box around a box that is placed so."""
        corners = [(x, y) for x in (left, right) for y in (bottom, top)]
        xs = [self.a * x + self.c * y + self.e for x, y in corners]
        ys = [self.b * x + self.d * y + self.f for x, y in corners]
        return min(xs), min(ys), max(xs), max(ys)


class Pen:
    """Reads the drawn objects of one page.

    There are 45,000 objects in a catalogue, and most of the time goes into calls from Python to PDFium: the
    arguments of those calls are made once per page and used again.
    """

    def __init__(self, page: Any, text: Any, number: int) -> None:
        from pypdfium2 import raw

        self.raw, self.text = raw, text
        self.number, self.count = number, 0
        self.objects: dict[int, list[tuple[Any, Matrix | None]]] = {}
        count = raw.FPDFPage_CountObjects(page)
        self.gather((raw.FPDFPage_GetObject(page, index) for index in range(count)), count, None)
        self.edges = [ctypes.c_float() for _ in range(4)]
        self.edge_pointers = [ctypes.byref(edge) for edge in self.edges]
        self.room = ctypes.create_string_buffer(ROOM)
        self.units = ctypes.cast(self.room, UNITS)

    def gather(self, items: Iterator[Any], count: int, matrix: Matrix | None, depth: int = 0) -> None:
        """Takes up objects by their type, those inside forms too: programs that print or stamp a PDF again
        put a whole page into one. `matrix` places them on the page."""
        raw = self.raw
        # Counted before they are walked: a form can hold itself in others, and few bytes draw millions of
        # objects.
        self.count += count
        if self.count > MAX_OBJECTS:
            many = Reason.of("pdf_too_full", objects=self.count, page=self.number, most=MAX_OBJECTS)
            raise NotReadable(many)
        if depth > MAX_DEPTH:
            raise NotReadable(Reason.of("pdf_too_deep", depth=depth, page=self.number, most=MAX_DEPTH))
        for item in items:
            kind = raw.FPDFPageObj_GetType(item)
            if kind != raw.FPDF_PAGEOBJ_FORM:
                self.objects.setdefault(kind, []).append((item, matrix))
                continue
            inner = raw.FPDFFormObj_CountObjects(item)
            parts = (raw.FPDFFormObj_GetObject(item, index) for index in range(inner))
            self.gather(parts, inner, self.placed(item, matrix), depth + 1)

    def placed(self, form: Any, outer: Matrix | None) -> Matrix:
        """The matrix by which what is inside a form stands on the page."""
        found = self.raw.FS_MATRIX()
        self.raw.FPDFPageObj_GetMatrix(form, found)
        own = Matrix(found.a, found.b, found.c, found.d, found.e, found.f)
        return own if outer is None else own.then(outer)

    def runs(self) -> tuple[Run, ...]:
        """The text objects that have a text to show."""
        read, text, units, room = self.raw.FPDFTextObj_GetText, self.text, self.units, self.room
        found = []
        for item, matrix in self.objects.get(self.raw.FPDF_PAGEOBJ_TEXT, []):
            size = read(item, text, units, ROOM)
            words = decoded(room, size) if size <= ROOM else self.long_words(item, size)
            if words and not words.isspace():
                found.append(Run(text=words, **self.box(item, matrix)))
        return tuple(found)

    def long_words(self, item: Any, size: int) -> str:
        """The text of a text object that needs more room than others."""
        room = ctypes.create_string_buffer(size)
        self.raw.FPDFTextObj_GetText(item, self.text, ctypes.cast(room, UNITS), size)
        return decoded(room, size)

    def shapes(self) -> tuple[Shape, ...]:
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        found = []
        for item, matrix in self.objects.get(self.raw.FPDF_PAGEOBJ_PATH, []):
            self.raw.FPDFPath_GetDrawMode(item, mode, stroke)
            if mode.value != self.raw.FPDF_FILLMODE_NONE:
                found.append(Shape(colour=self.colour(item), **self.box(item, matrix)))
        return tuple(found)

    def colour(self, item: Any) -> int:
        """The fill colour of a path as 0xRRGGBB."""
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        self.raw.FPDFPageObj_GetFillColor(item, red, green, blue, alpha)
        return int(red.value << 16 | green.value << 8 | blue.value)

    def box(self, item: Any, matrix: Matrix | None) -> dict[str, float]:
        self.raw.FPDFPageObj_GetBounds(item, *self.edge_pointers)
        left, bottom, right, top = (edge.value for edge in self.edges)
        if matrix is not None:
            left, bottom, right, top = matrix.around(left, bottom, right, top)
        return {"left": left, "bottom": bottom, "right": right, "top": top}


def decoded(room: ctypes.Array[ctypes.c_char], size: int) -> str:
    """The text that PDFium wrote, without the zero that ends it. A hyphen that ends a line comes as a control
    character."""
    return ctypes.string_at(room, max(size - 2, 0)).decode("utf-16-le", "replace").replace("\x02", "-")


def links(pdf: Any, page: Any) -> Iterator[Link]:
    from pypdfium2 import raw

    position, link, area = ctypes.c_int(0), raw.FPDF_LINK(), raw.FS_RECTF()
    room = ctypes.create_string_buffer(ROOM)
    while raw.FPDFLink_Enumerate(page, position, link):
        action = raw.FPDFLink_GetAction(link)
        size = raw.FPDFAction_GetURIPath(pdf, action, room, ROOM) if action else 0
        if not 1 < size <= ROOM or not raw.FPDFLink_GetAnnotRect(link, area):
            continue
        address = ctypes.string_at(room, size - 1).decode("utf-8", errors="replace")
        yield Link(address=address, left=area.left, bottom=area.bottom, right=area.right, top=area.top)
