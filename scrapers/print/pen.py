"""Reads the drawn objects of one page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from ctypes import addressof, c_int, c_void_p, create_string_buffer
from functools import partial
from itertools import repeat
from typing import NamedTuple

from scrapers.print.drawn import Link, Run, Shape, Sheet
from scrapers.print.pdfium import Address, Places, Pointer, calls, decoded, pointer, room
from scrapers.source import Effort, NotReadable
from state.model import Reason

TEXT, PATH, FORM = 1, 2, 5  # kinds of objects, as PDFium numbers them
NOT_FILLED = 0
MAX_OBJECTS = 50_000  # drawn objects on one page; the fullest real page has under 600
MAX_DEPTH = 8  # forms within forms; programs that stamp pages make two or three
LONGEST = 2048  # bytes of the address of a link
SEARCHED = 256  # characters that PDFium passes over in the time of one step of ours
LINE = re.compile(r"[^\r\n]+")

# As `_make` does it, without a call of Python each: a page has hundreds.
RUN, SHAPE = partial(tuple.__new__, Run), partial(tuple.__new__, Shape)
LINK = partial(tuple.__new__, Link)
Edges = tuple[float, float, float, float]
Part = Callable[[Pointer, int], Address]


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


class Paper:
    """An open document, and room for the numbers of its pages."""

    def __init__(self, pdf: Address, work: Effort) -> None:
        self.pdf, self.work = pointer(pdf), work
        self.edges, self.colours, self.modes = Places("f"), Places("I"), Places("i")


class Pen:
    """Reads one open page; the caller holds the lock.

    An edition has 45,000 drawn objects, and most of the time goes into calls from Python to PDFium: what it
    gives in one go is taken so, and what it writes has room for all objects of a page.
    """

    def __init__(self, paper: Paper, page: Address, text: Address, number: int) -> None:
        self.call = calls()
        self.paper, self.work, self.number = paper, paper.work, number
        self.page, self.text = pointer(page), pointer(text)
        self.size = self.call.text_size(text)
        self.count = 0
        self.objects: dict[int, list[Address]] = {TEXT: [], PATH: []}
        self.matrices: dict[Address, Matrix] = {}
        self.work.spend(self.size)
        self.found = self.parted()
        self.gather(self.call.page_object, self.page, self.call.page_size(self.page), None)

    def sheet(self) -> Sheet:
        return Sheet(number=self.number, runs=self.runs(), shapes=self.shapes(), links=tuple(self.links()))

    def gather(self, part: Part, whole: Pointer, count: int, matrix: Matrix | None, depth: int = 0) -> None:
        """Takes up objects by their kind, those inside forms too: programs that print or stamp a PDF again
        put a whole page into one. `matrix` places them on the page."""
        # Counted before they are walked: a form can hold itself in others, and few bytes draw millions of
        # objects.
        self.count += count
        if self.count > MAX_OBJECTS:
            many = Reason.of("pdf_too_full", objects=self.count, page=self.number, most=MAX_OBJECTS)
            raise NotReadable(many)
        if depth > MAX_DEPTH:
            raise NotReadable(Reason.of("pdf_too_deep", depth=depth, page=self.number, most=MAX_DEPTH))
        self.work.spend(count)
        kind_of, found, texts = self.call.kind, self.found, self.objects[TEXT]
        for item in map(part, repeat(whole), range(count)):
            kind = TEXT if item in found else kind_of(item)
            if kind == TEXT and matrix is None:
                texts.append(item)
            elif kind == FORM:
                inner = self.call.form_size(item)
                self.gather(self.call.form_object, pointer(item), inner, self.placed(item, matrix), depth + 1)
            elif kind in self.objects:
                self.objects[kind].append(item)
                if matrix is not None:
                    self.matrices[item] = matrix

    def placed(self, form: Address, outer: Matrix | None) -> Matrix:
        """The matrix by which what is inside a form stands on the page."""
        found, at = room("f", 6)
        self.call.matrix(form, at)
        own = Matrix(*found)
        return own if outer is None else own.then(outer)

    def runs(self) -> tuple[Run, ...]:
        """The text objects that have a text to show, in drawing order."""
        texts = self.texts()
        # A text that is not empty, and not all space.
        items = [item for item in self.objects[TEXT] if texts[item].strip()]
        return tuple(map(RUN, zip(*self.edges(items), [texts[item] for item in items], strict=True)))

    def texts(self) -> dict[Address, str]:
        """The text of each text object.

        To give that of one, PDFium passes over all characters of the page: this alone took a quarter of the
        reading of an edition. So all are taken at once, and parted where their owners change.
        """
        items, found = self.objects[TEXT], self.found
        # Most of these have none: PDFium drops what is printed twice to look bold.
        rest = self.asked([item for item in items if item not in found])
        if found and any(rest.values()):  # these lie within others
            return self.asked(items)
        return found | rest

    def asked(self, items: Sequence[Address]) -> dict[Address, str]:
        """The text of objects, each asked for by itself."""
        self.work.spend(len(items) * self.size // SEARCHED)
        return {item: self.text_of(item) for item in items}

    def text_of(self, item: Address) -> str:
        size = self.call.object_text(item, self.text, None, 0)
        units, at = room("H", size // 2)
        self.call.object_text(item, self.text, at, size)
        return decoded(units).replace("\x02", "-")

    def parted(self) -> dict[Address, str]:
        """The text of each text object that owns characters; nothing where it must be asked for.

        It ends with a space where one follows it, as PDFium has it when asked.
        """
        units, at = room("H", self.size + 1)
        self.call.page_text(self.text, 0, self.size, at)
        text = units[: self.size].tobytes().decode("utf-16-le", "replace")
        # Signs outside the first plane are two units, and some control characters are in no text: then the
        # places of characters are not those of the text.
        if len(text) != self.size or "\0" in text:
            return {}
        found, pieces = self.owned(text.replace("\ufffe", "-"))
        # PDFium makes a rectangle wherever the owner changes, none of some pieces that are all space. Pieces
        # within pieces, as writing from right to left makes, would be more.
        blank = sum(map(str.isspace, found.values()))
        whole = len(found) == pieces
        return found if whole and pieces - blank <= self.call.rectangles(self.text, 0, -1) <= pieces else {}

    def owned(self, text: str) -> tuple[dict[Address, str], int]:
        """The text of each owner, and how many pieces that took. It asks little, for asking is most of the
        work: one line of text is mostly of one object, or of one a cell."""
        owner_at, page = self.call.owner, self.text
        found: dict[Address, str] = {}
        pieces = 0
        for line in LINE.finditer(text):
            start, last = line.start(), line.end() - 1
            # What PDFium adds, spaces and ends of lines, is nobody's.
            while (owner_of_last := owner_at(page, last)) is None and last > start:
                last -= 1
            while start <= last:
                owner = owner_at(page, start)
                if owner is None:
                    start += 1
                    continue
                end = after = last + 1
                if owner != owner_of_last:
                    end, after = self.end(text, owner, start, last)
                pieces += 1
                found[owner] = text[start : end + text.startswith(" ", end)]
                start = after
        return found, pieces

    def end(self, text: str, owner: Address, low: int, high: int) -> tuple[int, int]:
        """Where the characters of an owner end, of which `low` is one and `high` none, and where the next
        stands that may be somebody's."""
        owner_at, page = self.call.owner, self.text
        # Mostly at a space; else it is searched for by halves.
        space = text.find(" ", low + 1, high)
        while space >= 0 and (other := owner_at(page, space)) == owner:
            low, space = space, text.find(" ", space + 1, high)
        if space >= 0:
            high = space
            if high - low == 1 or owner_at(page, high - 1) == owner:
                return high, high + (other is None)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if owner_at(page, middle) == owner else (low, middle)
        return high, high

    def shapes(self) -> tuple[Shape, ...]:
        items = self.objects[PATH]
        modes = self.paper.modes.filled(self.call.draw_mode, items)
        items = [item for item, mode in zip(items, modes[::4], strict=True) if mode != NOT_FILLED]
        return tuple(map(SHAPE, zip(*self.edges(items), self.colours(items), strict=True)))

    def colours(self, items: Sequence[Address]) -> list[int]:
        """The fill colours of paths as 0xRRGGBB."""
        parts = self.paper.colours.filled(self.call.fill_colour, items)
        reds, greens, blues = parts[::4], parts[1::4], parts[2::4]
        return [red << 16 | green << 8 | blue for red, green, blue in zip(reds, greens, blues, strict=True)]

    def edges(self, items: Sequence[Address]) -> tuple[Sequence[float], ...]:
        """The lefts, bottoms, rights, tops and middles of objects on the page."""
        edges, matrices = self.paper.edges.filled(self.call.bounds, items), self.matrices
        for index, item in enumerate(items) if matrices else ():
            if item in matrices:
                own = slice(4 * index, 4 * index + 4)
                edges[own] = matrices[item].around(*edges[own])
        lefts, bottoms, rights, tops = (edges[side::4] for side in range(4))
        middles = [(bottom + top) / 2 for bottom, top in zip(bottoms, tops, strict=True)]
        return lefts, bottoms, rights, tops, middles

    def links(self) -> Iterator[Link]:
        position, link, uri = c_int(), c_void_p(), create_string_buffer(LONGEST)
        area, start = room("f", 4)
        at, link_at, uri_at, area_at = map(
            pointer, (addressof(position), addressof(link), addressof(uri), start)
        )
        next_link, action_of = self.call.next_link, self.call.link_action
        uri_of, area_of = self.call.action_uri, self.call.link_area
        page, pdf, spend = self.page, self.paper.pdf, self.work.spend
        letters = memoryview(uri)  # `raw` would copy all that an address may be, for each of 9,000
        while next_link(page, at, link_at):
            spend(1)
            action = action_of(link)
            size = uri_of(pdf, action, uri_at, LONGEST) if action else 0
            if 1 < size <= LONGEST and area_of(link, area_at):
                left, top, right, bottom = area
                words = str(letters[: size - 1], "utf-8", "replace")
                yield LINK((left, bottom, right, top, (bottom + top) / 2, words))
