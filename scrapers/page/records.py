"""A printed row, its cells sorted by field, and the rows of the tables of a page.

Labelled blocks are in `labelled`, rows of JSON in `json_rows`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scrapers.page.heads import DATE_LIKE, head_rows, is_head, joined_heads, label_on, lone, without_label
from scrapers.page.html import UNSEEN, Cell, Document, cell_of, text_of
from scrapers.page.vocabulary import UNDER, Vocabulary, senses
from scrapers.source import LayoutChanged, UnreadableRow
from state.model import Reason
from state.names import fold

if TYPE_CHECKING:
    from scrapers.page.tree import Element

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# HTML allows `colspan` 1,000 and `rowspan` 65,534; a list of hosts has some hundred rows.
LONGEST_SPAN = 2000
PLACES, PLACES_EACH = 10_000, 20
"""Places that the cells of a table may cover: so many, and so many more for each. A heading between rows
covers a dozen, or a hundred where it says that it spans all there may be."""
LETTERED = re.compile(
    r"(?:lettre |de )?(?:[a-zà-ÿœæ]|0\s?[-–a]\s?9|#|autres?)"
    r"(?:\s?(?:[-–/]|à|,)\s?[a-zà-ÿœæ])*(?:\s?\(\d+\))?",
    re.IGNORECASE,
)
"""A heading of the alphabet: "A", "Lettre B", "0-9", "C – E"."""
STAMP = re.compile(r"\bmis\w* a jour|\bactualise")
EMPTY = Cell(text="")
TABLE_ROLES = ("table", "grid", "treegrid")
CELL_ROLES = ("cell", "gridcell", "columnheader", "rowheader")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row as printed, whatever its dress: parallel heads and cells.

    `title` is what names the row without a label (the heading of a card). `context` is what stands over the
    group of rows. `odd` says why the row cannot be trusted as a row at all.
    """

    heads: tuple[str, ...]
    cells: tuple[Cell, ...]
    page: int
    spot: str
    dress: str
    context: str = ""
    title: Cell | None = None
    odd: Reason | None = None

    def said(self) -> str:
        """All that the row prints, on one line."""
        cells = (self.title, *self.cells) if self.title else self.cells
        return " | ".join([c.text for c in cells if c.text])


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows of one dress on one page; `heads` in the order of print, () for a table without any."""

    heads: tuple[str, ...]
    records: tuple[Record, ...]
    context: str
    dress: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record with its cells sorted by field; `spare` are printed heads without a field of ours."""

    record: Record
    cells: Mapping[str, Sequence[tuple[str, Cell]]]
    spare: Mapping[str, str] = field(default_factory=dict)

    def one(self, name: str) -> Cell:
        """The cell of a field, an empty one when the row has none."""
        found = self.cells.get(name)
        return found[0][1] if found else EMPTY


def sorted_row(record: Record, vocabulary: Vocabulary) -> Row:
    """The record by fields. The surest head wins a field; losers are kept under their printed head."""
    claims: dict[str, list[tuple[int, str, Cell]]] = {}
    spare: dict[str, str] = {}
    meant = senses(vocabulary, record.heads)
    for (name, rank), head, cell in zip(meant, record.heads, record.cells, strict=False):
        if name:
            claims.setdefault(name, []).append((rank, head, cell))
        elif cell.text and (name is None or not head):
            spare[head or "(sans titre)"] = cell.text
    cells: dict[str, list[tuple[str, Cell]]] = {}
    for name, claimed in claims.items():
        if len(claimed) > 1 and name not in vocabulary.several:
            claimed = won(name, claimed, spare)
        cells[name] = [(head, cell) for _, head, cell in claimed]
    if "holder" not in cells and record.title is not None:
        cells["holder"] = [("", record.title)]
    if "holder" not in cells and (head := vocabulary.holder_in(spare)):
        cells["holder"] = [(head, Cell(text=spare.pop(head)))]
    return Row(record=record, cells=cells, spare=spare)


def won(
    name: str, claimed: list[tuple[int, str, Cell]], spare: dict[str, str]
) -> list[tuple[int, str, Cell]]:
    """The one claim that a field keeps; two claims as sure as each other must say the same."""
    claimed = sorted(claimed, key=lambda claim: (claim[0], not claim[2].text))
    best = claimed[0]
    for rank, head, cell in claimed[1:]:
        first, second = best[2].text, cell.text
        if second in ("", first):
            continue
        if rank == best[0]:
            two = Reason.of("two_values", field=name, first=first, second=second, head=best[1], other=head)
            raise UnreadableRow(two)
        spare[head] = second
    return [best]


def table_groups(document: Document, vocabulary: Vocabulary) -> tuple[Group, ...]:
    """The tables of a page as groups of rows; tables of two columns that label their rows are left out."""
    if document.main is None:
        return ()
    found = []
    for table, context in tables_in(document.main):
        rows = own_rows(table)
        if hidden(table) or sideways(rows):
            continue
        group = table_group(document, table, rows, context, vocabulary)
        # A table that only lays out others is none.
        if group.heads or not any(map(is_table, table.inside)):
            found.append(group)
    return tuple(found)


def hidden(tag: Element) -> bool:
    """Whether an element lies in furniture or in something never shown."""
    return tag.aside or any(p.aside or p.name in UNSEEN for p in tag.parents)


def sideways(rows: Sequence[Element]) -> bool:
    """Whether a table labels its rows instead of its columns: a head and a value on every line."""
    return bool(rows) and all([cell.name for cell in cells_of(row)] == ["th", "td"] for row in rows)


def is_table(tag: Element) -> bool:
    """Whether an element is a table, by its name or by its role."""
    return tag.name == "table" or ("role" in tag.attrs and tag.attrs["role"] in TABLE_ROLES)


def own_rows(table: Element) -> list[Element]:
    """The rows of a table, without those of tables inside it."""
    if table.name == "table":
        rows = table.every("tr")
    else:
        rows = [tag for tag in table.inside if tag.get("role") == "row"]
    named = [tag for tag in table.inside if tag.name == "table" or "role" in tag.attrs]
    if not any(map(is_table, named)):
        return rows
    return [row for row in rows if table_around(row) is table]


def table_around(tag: Element) -> Element | None:
    return next((p for p in tag.parents if is_table(p)), None)


def cells_of(row: Element) -> list[Element]:
    if row.name == "tr":
        return [cell for cell in row.elements if cell.name in ("td", "th")]
    return [tag for tag in row.inside if tag.get("role") in CELL_ROLES]


def table_group(
    document: Document, table: Element, rows: Sequence[Element], context: str, vocabulary: Vocabulary
) -> Group:
    """One table as a group: spans spread, heads found, rows that do not fit marked odd."""
    grid = grid_of([cells_of(r) for r in rows])
    # A row without a cell says nothing, wherever templates leave one; only cells that span rows count it.
    rows, grid = [r for r, line in zip(rows, grid, strict=True) if line], [line for line in grid if line]
    top = head_rows(rows, grid, vocabulary)
    heads = joined_heads(grid[:top], vocabulary)
    words = {text_of(cell) for line in grid[:top] for cell in line}
    titles = [text_of(line[0]) for line in grid[:top] if lone(line) and len(line) > 1]  # over all heads
    over = context = next((text for text in titles if len(text) > 3), context)
    # Each once, though it spans many rows.
    apart = {id(cell): cell for line in grid[top:] for cell in line}
    read = {place: cell_of(cell, document.address) for place, cell in apart.items()}
    records = []
    for number, line in enumerate(grid[top:], start=1):
        cells = tuple([read[id(cell)] for cell in line])
        own = row_heads(line, heads, vocabulary)
        cells = tuple(map(without_head, own, line, cells)) if len(own) == len(cells) != 1 else cells
        if repeats_heads(line, cells, own, words):
            continue
        if len(own) > 1 and separates(line, cells):
            over = context if LETTERED.fullmatch(cells[0].text) else cells[0].text
            continue
        odd = oddity(own, cells, len({id(c) for c in line}))
        records.append(record_of(document, number, own, cells, over, odd))
    records += strays_in(document, table, rows, heads, context)
    said = heads or tuple(dict.fromkeys(head for record in records for head in record.heads))
    return Group(heads=said, records=tuple(records), context=context, dress="table")


def row_heads(line: Sequence[Element], heads: tuple[str, ...], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The heads of one row: those of the table, else those that its cells carry for narrow screens."""
    if heads and len(line) == len(heads):
        return heads
    labels = [label_on(cell) for cell in line]
    return vocabulary.with_sets(labels) if len(labels) > 1 and all(labels) else heads


def repeats_heads(
    line: Sequence[Element], cells: Sequence[Cell], heads: tuple[str, ...], words: Container[str]
) -> bool:
    """Whether a row says the heads of the table once more."""
    again = len(line) > 1 and all(is_head(cell) and text_of(cell) in words for cell in line)
    if again or not heads or not cells or cells[0].text != heads[0]:
        return again
    return tuple(c.text for c in cells) == heads


def separates(line: Sequence[Element], cells: Sequence[Cell]) -> bool:
    """Whether a row is a heading between rows: one cell without a date, or a letter and little else."""
    if lone(line):
        return not DATE_LIKE.search(cells[0].text) or bool(STAMP.search(fold(cells[0].text)))
    said = {id(cell): text for cell, text in zip(line, (c.text for c in cells), strict=True) if text}
    if len(said) > 2 or not LETTERED.fullmatch(cells[0].text):
        return False
    return not any(re.search(r"\d{3}", text) for text in said.values())


def strays_in(
    document: Document, table: Element, rows: Sequence[Element], heads: tuple[str, ...], context: str
) -> list[Record]:
    """The cells of a table that lie in none of its rows, as one record that cannot be trusted.

    A damaged page must not lose a row in silence.
    """
    own = {id(row) for row in rows}
    cells = table.every("td", "th") if table.name == "table" else []
    strays = [cell for cell in cells if id(cell.parent) not in own and table_around(cell) is table]
    read = tuple(cell_of(cell, document.address) for cell in strays)
    return [record_of(document, 0, heads, read, context, Reason.of("stray_cells"))] if strays else []


def without_head(head: str, tag: Element, cell: Cell) -> Cell:
    """A cell without the label that it repeats for narrow screens ("Hébergeur : Alpha")."""
    if UNDER not in head and not cell.text.startswith(head):  # as nearly all
        return cell
    own = head.rpartition(UNDER)[2].strip()
    if own and cell.text.startswith(own) and cell.text != own and tag.elements:
        cell = without_label(tag, own, cell)
    if not (head and cell.text.startswith(head) and cell.text != head):
        return cell
    first = cell.lines[0].removeprefix(head).strip()
    if first and not first.startswith(":"):  # a name may begin as its head does: "Hébergeur de France"
        return cell
    first = first.removeprefix(":").strip()
    bare = Cell.of(first, *cell.lines[1:], link=cell.link)
    return bare if bare.lines else cell


def span(cell: Element, name: str) -> int:
    """A span as printed, bounded: pages are not trusted with memory."""
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), LONGEST_SPAN) if value.isdigit() else 1


def grid_of(rows: list[list[Element]]) -> list[list[Element]]:
    """The grid of a table: each place holds the element that covers it."""
    spanned = any("rowspan" in cell.attrs or "colspan" in cell.attrs for row in rows for cell in row)
    return spread(rows) if spanned else rows  # mostly none is


def spread(rows: Sequence[Sequence[Element]]) -> list[list[Element]]:
    """The grid of a table with spans. Raises `LayoutChanged` where they make far more places than there are
    cells: each span is small enough, and rows of them are not."""
    hanging: dict[int, tuple[Element, int]] = {}
    grid: list[list[Element]] = []
    places, most = 0, PLACES + PLACES_EACH * sum(map(len, rows))
    for row in rows:
        line: list[Element] = []
        waiting = deque(row)
        while waiting or len(line) in hanging:
            if places + len(line) > most:
                raise LayoutChanged("", Reason.of("too_much_spread", most=most))
            column = len(line)
            if column in hanging:
                cell, left = hanging.pop(column)
                if left > 1:
                    hanging[column] = (cell, left - 1)
                line.append(cell)
                continue
            cell = waiting.popleft()
            down, across = span(cell, "rowspan"), span(cell, "colspan")
            for offset in range(min(across, 100)):
                if down > 1:
                    hanging[column + offset] = (cell, down - 1)
                line.append(cell)
        grid.append(line)
        places += len(line)
    return grid


def oddity(heads: tuple[str, ...], cells: tuple[Cell, ...], distinct: int) -> Reason | None:
    """Why a line of a table cannot be trusted as a row of it, None where it can."""
    if heads and ((distinct == 1 and len(heads) > 1) or len(cells) != len(heads)):
        return Reason.of("cells_under_heads", cells=distinct, heads=len(heads))
    return None if any(c.text for c in cells) else Reason.of("empty_row")


def record_of(
    document: Document,
    number: int,
    heads: tuple[str, ...],
    cells: tuple[Cell, ...],
    context: str,
    odd: Reason | None,
) -> Record:
    return Record(
        heads=heads,
        cells=cells,
        page=document.index,
        spot=f"ligne {number}",
        dress="table",
        context=context,
        odd=odd,
    )


def tables_in(main: Element) -> Iterator[tuple[Element, str]]:
    """The tables of a page, each with what stands over it: its caption or name, else the last heading before.

    Headings of one letter are passed over.
    """
    heading = ""
    for tag in main.inside:
        if tag.name in HEADINGS:
            said = text_of(tag)
            heading = said if len(said) > 3 else heading
        elif is_table(tag):
            caption = next((child for child in tag.elements if child.name == "caption"), None)
            own = (text_of(caption), tag.get("aria-label"))
            yield tag, next((said for said in own if len(said) > 3), heading)
