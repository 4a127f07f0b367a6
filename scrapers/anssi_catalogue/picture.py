"""A picture of one row of the catalogue, under the heads of its columns, for people who want to see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scrapers.anssi_catalogue.grid import grids, heads
from scrapers.anssi_catalogue.sections import Sections
from scrapers.anssi_catalogue.tables import anchors, edge, end_of_rest, left_over
from scrapers.print.cut import Piece, cut
from scrapers.print.pdf import opened, sheet
from scrapers.print.pdfium import calls
from scrapers.print.pen import Paper
from scrapers.source import Effort, NotReadable, effort
from scrapers.wire.address import file_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapers.anssi_catalogue.grid import Grid
    from scrapers.print.drawn import Sheet
    from state.model import Attestation, Page

PLACE = re.compile(r"p\. (\d{1,4})")
ANYWHERE = Sections(entries=())
"""Which section a table stands in is of no matter to its edges."""


def picture_of(page: Page, row: Attestation) -> bytes | None:
    """The row as its sheet shows it, as a PNG; None where it is not found there by its link."""
    found = PLACE.match(row.place)
    if found is None or row.url is None:
        return None
    number, work = int(found[1]), effort()
    try:
        with opened(page.body) as pdf:
            pieces = _pieces(sheet(pdf, number, Paper(pdf, work)), file_of(row.url), work)
            drawn = calls().open_page(pdf, number - 1) if pieces else None
            if drawn is None:
                return None
            try:
                return cut(drawn, pieces)
            finally:
                calls().close_page(drawn)
    except NotReadable:  # no picture is no fault: the document is there
        return None


def _pieces(shown: Sheet, file: str, work: Effort) -> list[Piece]:
    """The heads of the row's table, and the row that links to a file."""
    for head, grid in zip(heads(shown, ANYWHERE, work), grids(shown, ANYWHERE, work), strict=True):
        left, right = grid.columns[0].left, grid.columns[-1].right
        for top, bottom in _edges(grid, work):
            linked = (one.address for _, one in grid.links if bottom <= one.middle < top)
            if file in map(file_of, linked):
                return [Piece(left, head.bottom, right, head.top), Piece(left, bottom, right, top)]
    return []


def _edges(grid: Grid, work: Effort) -> Iterator[tuple[float, float]]:
    """The upper and lower edge of each row."""
    if grid.where("valid_from") < 0 or grid.where("link") < 0:
        return
    middles = anchors(grid, None, work)
    rest = left_over(grid, middles)
    top = end_of_rest(grid, rest, middles) if rest else grid.top
    for middle, below in zip(middles, [*middles[1:], None], strict=False):
        bottom = edge(grid, top, middle, below)
        if bottom >= middle or (below is not None and bottom <= below):
            bottom = 2 * middle - top if below is None else (middle + below) / 2
        yield top, max(bottom, grid.floor)
        top = bottom
