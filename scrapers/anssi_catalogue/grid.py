"""What is drawn under one header of a table: its columns, and in them blocks of text, links, ticks and bands.

A header is one filled rectangle per column, drawn anew on each page (seen in both known editions); the edges
of the rectangles are the edges of the columns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from scrapers.anssi_catalogue.words import FIELDS, head_key, is_band, is_header, tick_colour
from scrapers.print.drawn import Link, Run, Shape, Sheet, holds
from scrapers.print.french import Line, unwrap

if TYPE_CHECKING:
    from scrapers.anssi_catalogue.sections import Sections
    from scrapers.source import Effort

SLACK = 1.5  # points by which drawn edges of one thing may differ
PADDING = 6.3  # points of a cell's width that letters leave free, left and right together (measured)
PITCH = 8.4  # points from line to line in both known editions; measured anew where a page has links
SMALL = 20.0  # points: a tick is smaller than this

T = TypeVar("T", Run, Shape, Link)
MIDDLE = attrgetter("middle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its head as a person reads it, the key of the head, and its edges.

    `field` is the field of an attestation that it states, "" when the head is not one of those known.
    `printed` says whether the text of its cells is read.
    """

    head: str
    key: str
    left: float
    right: float
    field: str
    printed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The header of a table on one page, and the height that the table cannot go below."""

    bottom: float
    top: float
    bars: tuple[Shape, ...]
    floor: float


class Block(NamedTuple):
    """Lines of one column that follow each other closely: the text of one cell, or a paragraph of it."""

    bottom: float
    top: float
    middle: float
    column: int
    runs: Sequence[Run]


# As `_make` does it, without a call of Python each: an edition has 18,000 lines.
LINE, BLOCK = partial(tuple.__new__, Line), partial(tuple.__new__, Block)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """All that is drawn below one header, from top to bottom; links and ticks with their column.

    `depths` and `link_depths` grow as blocks and links go down: they are searched by halves.
    """

    page: int
    top: float
    floor: float
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]
    links: tuple[tuple[int, Link], ...]
    ticks: tuple[tuple[int, Shape], ...]
    bands: tuple[float, ...]
    depths: tuple[float, ...]
    link_depths: tuple[float, ...]

    def where(self, field: str) -> int:
        """The column of a field, -1 when there is none."""
        return next((index for index, column in enumerate(self.columns) if column.field == field), -1)


def grids(sheet: Sheet, sections: Sections, work: Effort) -> Iterator[Grid]:
    """The tables on one page from top to bottom."""
    for head in heads(sheet, sections, work):
        # Each header looks at all that the page shows, and each of its columns at all that the header shows.
        work.spend(len(sheet.runs) + len(sheet.shapes) + len(sheet.links))
        printed = words_of(head, sheet.runs)
        work.spend(len(head.bars) * len(printed))
        columns = tuple(column(bar, printed) for bar in head.bars)
        yield grid(sheet, head, columns)


def heads(sheet: Sheet, sections: Sections, work: Effort) -> Iterator[Head]:
    """The headers on a page from top to bottom. A single rectangle is an ornament, not a header."""
    bars = [shape for shape in sheet.shapes if is_header(shape.colour)]
    work.spend(len(bars) ** 2)
    # One lies inside a larger one in a PVID table.
    bars = [bar for bar in bars if not any(holds(one, bar) and not holds(bar, one) for one in bars)]
    groups: list[list[Shape]] = []
    for bar in sorted(bars, key=lambda bar: -bar.top):
        if groups and groups[-1][0].top - bar.top <= SLACK:
            groups[-1].append(bar)
        else:
            groups.append([bar])
    groups = [group for group in groups if len(group) > 1]
    ends = [mark.top for mark in sections.entries if mark.page == sheet.number]
    ends += [group[0].top for group in groups]
    work.spend(len(groups) * len(ends))
    for group in groups:
        bottom = min(bar.bottom for bar in group)
        yield Head(
            bottom=bottom,
            top=max(bar.top for bar in group),
            bars=tuple(sorted(group, key=lambda bar: bar.left)),
            floor=max([0.0, *(end for end in ends if end < bottom)]),
        )


def words_of(head: Head, runs: Sequence[Run]) -> list[tuple[float, Run]]:
    """What is printed in a header from top to bottom, with how far right its centre is; footnote marks are
    no part of it."""
    bottom, top = head.bottom - SLACK, head.top + SLACK
    words = [run for run in runs if bottom <= run.middle <= top and not run.text.strip().isdigit()]
    words.sort(key=MIDDLE, reverse=True)
    return [((run.left + run.right) / 2, run) for run in words]


def column(bar: Shape, printed: Sequence[tuple[float, Run]]) -> Column:
    """The column under one rectangle of a header."""
    left, right = bar.left, bar.right
    runs = [run for centre, run in printed if left <= centre < right]
    head = unwrap(lines_of(runs), bar.right - bar.left - PADDING)
    key = head_key(head)
    field = FIELDS.get(key, "")
    # Links to reports and targets all print the same words, and they are a third of all text.
    printed_too = field not in ("report_url", "target_url")
    return Column(head=head, key=key, left=bar.left, right=bar.right, field=field, printed=printed_too)


def grid(sheet: Sheet, head: Head, columns: tuple[Column, ...]) -> Grid:
    """Everything below one header that lies in one of its columns."""
    links = tuple(placed(sheet.links, head, columns))
    shapes = placed(sheet.shapes, head, columns)
    pitch = median([link.top - link.bottom for _, link in links]) if links else PITCH
    texts: list[list[Run]] = [[] for _ in columns]
    for index, run in placed(sheet.runs, head, columns):
        texts[index].append(run)
    blocks = [block for index, runs in enumerate(texts) for block in blocks_of(runs, index, pitch)]
    blocks.sort(key=MIDDLE, reverse=True)
    edges = (
        edge
        for _, shape in shapes
        if is_band(shape.colour) and shape.top - shape.bottom > pitch
        for edge in (shape.bottom, shape.top)
    )
    return Grid(
        page=sheet.number,
        top=head.bottom,
        floor=head.floor,
        columns=columns,
        blocks=tuple(blocks),
        links=links,
        ticks=tuple(
            one for one in shapes if tick_colour(one[1].colour) and one[1].top - one[1].bottom < SMALL
        ),
        bands=tuple(sorted(set(edges), reverse=True)),
        depths=tuple(-block.middle for block in blocks),
        link_depths=tuple(-link.middle for _, link in links),
    )


def median(numbers: Sequence[float]) -> float:
    """As `statistics` has it, which takes longer to load than a page to read."""
    ordered, half = sorted(numbers), len(numbers) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def placed(things: Sequence[T], head: Head, columns: Sequence[Column]) -> list[tuple[int, T]]:
    """The things below a header with the column they lie in, from top to bottom. What is wider than a
    column lies in none."""
    floor, top = head.floor, head.bottom
    below = [thing for thing in things if floor < thing.middle < top]
    below.sort(key=MIDDLE, reverse=True)  # what is at one height stays in drawing order
    lefts = [column.left for column in columns]
    widths = [column.right - column.left + SLACK for column in columns]
    found = []
    for thing in below:
        left, _, right, _, _, _ = thing
        index = bisect_right(lefts, (left + right) / 2) - 1
        if index >= 0 and right - left <= widths[index]:
            found.append((index, thing))
    return found


def blocks_of(runs: Sequence[Run], index: int, pitch: float) -> Iterator[Block]:
    """The blocks that the runs of one column make: lines further apart than in one cell part them."""
    near = 1.35 * pitch
    part: list[Run] = []
    lowest = highest = before = 0.0
    for run in runs:
        _, bottom, _, top, middle, _ = run
        if part and before - middle < near:
            part.append(run)
            # Not `min` and `max`: each would be a call, for each of 28,000 runs.
            lowest = bottom if bottom < lowest else lowest
            highest = top if top > highest else highest
        else:
            if part:
                yield BLOCK((lowest, highest, (lowest + highest) / 2, index, part))
            part, lowest, highest = [run], bottom, top
        before = middle
    if part:
        yield BLOCK((lowest, highest, (lowest + highest) / 2, index, part))


def lines_of(runs: Sequence[Run]) -> list[Line]:
    """The lines that runs of one cell make, given from top to bottom; runs side by side are one line."""
    lines: list[Line] = []
    shared: dict[int, list[Run]] = {}
    lowest, first = inf, None  # of the line before: what is all below it is not beside it, the usual case
    for run in runs:
        left, bottom, right, top, _, text = run
        if top > lowest and first is not None and beside(first, run):
            shared.setdefault(len(lines) - 1, [first]).append(run)
        else:
            lowest, first = bottom, run
            lines.append(LINE((text, right - left)))
    for at, group in shared.items():
        lines[at] = line_of(group)
    return lines


def beside(one: Run, other: Run) -> bool:
    """Whether two runs stand on one line: they overlap in height by more than half of the lower one."""
    overlap = min(one.top, other.top) - max(one.bottom, other.bottom)
    return overlap > 0 and overlap > min(one.top - one.bottom, other.top - other.bottom) / 2


def line_of(runs: Sequence[Run]) -> Line:
    """One line from runs side by side, a gap between two of them read as a space."""
    runs = sorted(runs, key=lambda run: run.left)
    parts = [runs[0].text]
    for before, run in pairwise(runs):
        gap = run.left - before.right > 1.0 and not before.text[-1].isspace()
        parts.append(f" {run.text}" if gap else run.text)
    return Line("".join(parts), runs[-1].right - runs[0].left)
