"""The tables of the catalogue with their rows.

Grey bands mark every second row, and none in the annexes: rows are anchored where every row has something,
its start date and the link to its decision. Text is centred in the height of its row, which gives the edges
in between. A row cut by a page break goes on under the header of the next page, where its pieces are put
together again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

from scrapers.anssi_catalogue.grid import PADDING, Block, Column, Grid, grids, lines_of
from scrapers.anssi_catalogue.words import NAME, tick_colour
from scrapers.print.french import Line, french_date, unwrap, whole_words
from scrapers.source import Effort, LayoutChanged
from scrapers.wire.address import file_of
from state.model import Reason

if TYPE_CHECKING:
    from scrapers.anssi_catalogue.sections import Section, Sections
    from scrapers.print.drawn import Drawing, Link

HALF_LINE = 4.2  # points between the middles of a date and a link of one row, at most
TOUCH = 2.0  # points between the lines of one link, at most


class Cell(NamedTuple):
    """What stands in one cell: its text, the addresses it links to, and the names of its ticks' colours."""

    text: str = ""
    addresses: tuple[str, ...] = ()
    ticks: tuple[str, ...] = ()


CELL = partial(tuple.__new__, Cell)  # without a call of Python each


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, `cells` parallel to the columns; `fault` says what is odd in how it is drawn, if anything."""

    page: int
    cells: tuple[Cell, ...]
    fault: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What one page shows of a table, with the section it stands in; a cut row belongs to where it starts."""

    section: Section | None
    page: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def place(self) -> str:
        return f"p. {self.page}" + (f", {self.section.title!r}" if self.section else "")


@dataclass(slots=True)
class Strip:
    """A row while it is put together: per column its lines from top to bottom, its links and its ticks."""

    page: int
    lines: dict[int, list[Line]] = field(default_factory=dict)
    addresses: dict[int, list[str]] = field(default_factory=dict)
    ticks: dict[int, list[str]] = field(default_factory=dict)
    fault: Reason | None = None


def read_tables(drawing: Drawing, sections: Sections, work: Effort) -> tuple[Table, ...]:
    """All tables in reading order, one for each header drawn."""
    found: list[tuple[Section | None, Grid, list[Strip]]] = []
    for sheet in drawing.sheets:
        for grid in grids(sheet, sections, work):
            section = sections.at(grid.page, grid.top)
            before = found[-1] if found else None
            goes_on = before is not None and before[0] is section and is_next(before[1], grid)
            cut = before[2][-1] if before and before[2] and goes_on else None
            found.append((section, grid, strips(grid, cut, work)))
    cells = (lines for _, _, body in found for strip in body for lines in strip.lines.values())
    words = whole_words(cells)
    return tuple(
        Table(section=section, page=grid.page, columns=grid.columns, rows=finished(body, grid.columns, words))
        for section, grid, body in found
    )


def is_next(one: Grid, other: Grid) -> bool:
    """Whether a header begins a further page of the same table."""
    return one.page < other.page and [c.key for c in one.columns] == [c.key for c in other.columns]


def strips(grid: Grid, cut: Strip | None, work: Effort) -> list[Strip]:
    """The rows below one header. What goes on from the page before is added to `cut`, the last row there."""
    if grid.where("valid_from") < 0 or grid.where("link") < 0:
        return []
    middles = anchors(grid, cut, work)
    work.spend(len(grid.blocks) + len(middles) * (len(grid.bands) + len(grid.ticks)))
    top = grid.top
    if cut is not None and (rest := left_over(grid, middles)):
        top = end_of_rest(grid, rest, middles)
        # PDFium ends a text with a space when the next cell goes on at the same height; only inside a cell
        # does such a space mean a break between words.
        for lines in cut.lines.values():
            lines[-1] = lines[-1]._replace(text=lines[-1].text.rstrip())
        fill(cut, grid, grid.top, top, last=False)
    found: list[Strip] = []
    for middle, below in zip(middles, [*middles[1:], None], strict=False):
        bottom = edge(grid, top, middle, below)
        strip = Strip(grid.page)
        if bottom >= middle or (below is not None and bottom <= below):
            strip.fault = Reason.of("not_centred")
            bottom = middle - HALF_LINE if below is None else (middle + below) / 2
        fill(strip, grid, top, bottom, last=below is None)
        found.append(strip)
        top = bottom
    check_ticks(grid, top if found else grid.top)
    return found


def anchors(grid: Grid, cut: Strip | None, work: Effort) -> list[float]:
    """The middles of the rows from top to bottom: one for each decision link and for each start date.

    A link at the top of a page without a date beside it may be the rest of a link of the page before.
    """
    start, link = grid.where("valid_from"), grid.where("link")
    dates = [
        block.middle
        for block in grid.blocks
        if block.column == start and french_date("".join(line.text for line in lines_of(block.runs)))
    ]
    middles = list(dates)
    printed = clusters([each for at, each in grid.links if at == link])
    work.spend(len(dates) * len(printed))
    for index, (address, bottom, top) in enumerate(printed):
        beside = [date for date in dates if bottom - 1 <= date <= top + 1]
        if beside:
            middles.remove(beside[0])
            dates.remove(beside[0])
        elif index == 0 and cut is not None and address in cut.addresses.get(link, []):
            continue
        middles.append((bottom + top) / 2)  # the box of a link is full lines: truer than letters
    return sorted(middles, reverse=True)


def clusters(links: Sequence[Link]) -> list[tuple[str, float, float]]:
    """Each printed link to a document once, with bottom and top: its lines touch and lead to one address."""
    groups: list[list[Link]] = []
    for link in links:
        if not is_document(link.address):
            continue
        last = groups[-1][-1] if groups else None
        # A link that runs over two lines is two annotations with one address.
        if last is not None and last.address == link.address and last.bottom - link.top <= TOUCH:
            groups[-1].append(link)
        else:
            groups.append([link])
    return [(group[0].address, group[-1].bottom, group[0].top) for group in groups]


@lru_cache(maxsize=1 << 13)  # of each of 4,000 addresses it is asked five times
def is_document(address: str) -> bool:
    """Whether a link leads to a decision, certificate, report or target, and not to a law or a web site."""
    # Holders, laws and notes are linked too; a decision is always a file, and its name is the ref.
    return file_of(address).casefold().endswith(".pdf")


def left_over(grid: Grid, middles: Sequence[float]) -> list[Block]:
    """The blocks above the first row of a page: the rest of a row that a page break has cut."""
    if middles:
        return [block for block in grid.blocks if block.bottom > middles[0] + 1]
    return [block for block in grid.blocks if block.top > grid.top - 3 * HALF_LINE]


def end_of_rest(grid: Grid, rest: Sequence[Block], middles: Sequence[float]) -> float:
    """Where the rest of a cut row ends: its tallest text is centred in it, and a band may show the edge."""
    tallest = max(rest, key=lambda block: block.top - block.bottom)
    guess = 2 * tallest.middle - grid.top
    lowest = min(block.bottom for block in rest)
    drawn = [band for band in grid.bands if (middles[0] if middles else 0) < band <= lowest + 1]
    return min(drawn, key=lambda band: abs(band - guess)) if drawn else min(guess, lowest)


def edge(grid: Grid, top: float, middle: float, below: float | None) -> float:
    """The lower edge of a row: the band drawn between its middle and the next, else as far below the middle
    as the upper edge is above it."""
    guess = 2 * middle - top
    if below is None:
        drawn = [band for band in grid.bands if abs(band - guess) <= HALF_LINE]
    else:
        drawn = [band for band in grid.bands if below < band < middle]
    return min(drawn, key=lambda band: abs(band - guess)) if drawn else guess


def fill(strip: Strip, grid: Grid, top: float, bottom: float, *, last: bool) -> None:
    """Adds what is drawn between two edges to a row. The last row of a page takes all lines of a text that
    starts in it: a page break may have cut it."""
    first, end = bisect_left(grid.depths, -top), bisect_right(grid.depths, -bottom)
    cut = [block for block in grid.blocks[end:] if bottom + 1 < block.top <= top + 1] if last else []
    for block in [*grid.blocks[first:end], *cut]:
        if grid.columns[block.column].printed:
            strip.lines.setdefault(block.column, []).extend(lines_of(block.runs))
        if block.top > top + TOUCH or (not last and block.bottom < bottom - TOUCH):
            strip.fault = strip.fault or Reason.of("across_edge")
    first, end = bisect_left(grid.link_depths, -top), bisect_right(grid.link_depths, -bottom)
    for index, link in grid.links[first:end]:
        if link.address not in strip.addresses.setdefault(index, []):
            strip.addresses[index].append(link.address)
    for index, tick in grid.ticks:
        if bottom <= tick.middle < top:
            strip.ticks.setdefault(index, []).append(tick_colour(tick.colour))


def check_ticks(grid: Grid, bottom: float) -> None:
    """Raises `LayoutChanged` for a tick below the last row: a row stands there that was not found."""
    stray = [tick for _, tick in grid.ticks if tick.middle < bottom]
    if stray:
        raise LayoutChanged(NAME, Reason.of("stray_ticks", ticks=len(stray)), f"p. {grid.page}")


def finished(body: Sequence[Strip], columns: Sequence[Column], words: Collection[str]) -> tuple[Row, ...]:
    """The rows with their cells unwrapped."""
    rooms = [(index, column.right - column.left - PADDING) for index, column in enumerate(columns)]
    cells = (tuple([cell(strip, index, room, words) for index, room in rooms]) for strip in body)
    return tuple(
        Row(page=strip.page, cells=each, fault=strip.fault) for strip, each in zip(body, cells, strict=True)
    )


def cell(strip: Strip, index: int, room: float, words: Collection[str]) -> Cell:
    # An edition has 14,000 cells: a fifth of them print nothing, three quarters lead nowhere.
    lines, addresses, ticks = strip.lines.get(index), strip.addresses.get(index), strip.ticks.get(index)
    text = unwrap(lines, room, words) if lines else ""
    return CELL((text, tuple(addresses) if addresses else (), tuple(ticks) if ticks else ()))
