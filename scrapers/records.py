"""The repeated rows of a page, found by their meaning: tables and JSON; labelled blocks are in `labelled`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from scrapers.html import INVISIBLE, UNSEEN, Cell, Document, cell_of, text_of
from scrapers.tree import Element
from scrapers.vocabulary import Vocabulary

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
DATE_LIKE = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d\d-\d\d|\d{1,2}(?:er)?\s+[a-zéû]{3,9}\.?\s+\d{4}", re.I
)
LONGEST_SPAN = 2000
CELL_ROLES = ("cell", "gridcell", "columnheader", "rowheader")
NAMES = ("name", "nom", "label", "libelle", "title", "value", "valeur")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row as printed, whatever its dress: parallel heads and cells.

    `title` is what names the row without a label (the heading of a card). `context` is what stands over the
    group of rows. `odd` says why the row cannot be trusted as a row at all ("5 cells under 7 heads").
    """

    heads: tuple[str, ...]
    cells: tuple[Cell, ...]
    page: int
    spot: str
    dress: str
    context: str = ""
    title: Cell | None = None
    odd: str = ""

    def said(self) -> str:
        """All that the row prints, on one line."""
        cells = (self.title, *self.cells) if self.title else self.cells
        return " | ".join(c.text for c in cells if c.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows of one dress on one page; `heads` in the order of print, () for a table without any."""

    heads: tuple[str, ...]
    records: tuple[Record, ...]
    context: str
    dress: str


def table_groups(document: Document, vocabulary: Vocabulary) -> tuple[Group, ...]:
    """The tables of a page as groups of rows; tables of two columns that label their rows are left out."""
    if document.main is None:
        return ()
    found = []
    for table, context in tables_in(document.main):
        if hidden(table) or sideways(table):
            continue
        group = table_group(document, table, context, vocabulary)
        if group.heads or not any(
            is_table(tag) for tag in table.inside
        ):  # a table that only lays out others is no table
            found.append(group)
    return tuple(found)


def hidden(tag: Element) -> bool:
    """Whether an element lies in furniture or in something never shown."""
    return tag.aside or any(p.aside or p.name in UNSEEN for p in tag.parents)


def sideways(table: Element) -> bool:
    """Whether the table labels its rows instead of its columns: a head and a value on every line."""
    rows = [cells_of(row) for row in own_rows(table)]
    return bool(rows) and all(
        len(cells) == 2 and cells[0].name == "th" and cells[1].name == "td" for cells in rows
    )


def is_table(tag: Element) -> bool:
    """Whether an element is a table, by its name or by its role."""
    return tag.name == "table" or tag.get("role") in ("table", "grid", "treegrid")


def own_rows(table: Element) -> list[Element]:
    """The rows of a table, without those of tables inside it."""
    if table.name == "table":
        rows = table.every("tr")
    else:
        rows = [tag for tag in table.inside if tag.get("role") == "row"]
    if not any(is_table(tag) for tag in table.inside):
        return rows
    return [row for row in rows if table_around(row) is table]


def table_around(tag: Element) -> Element | None:
    """The table that an element belongs to."""
    return next((p for p in tag.parents if is_table(p)), None)


def cells_of(row: Element) -> list[Element]:
    """The cells of one row."""
    if row.name == "tr":
        return [cell for cell in row.elements if cell.name in ("td", "th")]
    return [tag for tag in row.inside if tag.get("role") in CELL_ROLES]


def is_head(cell: Element) -> bool:
    """Whether a cell is a head by its name or its role."""
    return cell.name == "th" or cell.get("role") == "columnheader"


def table_group(document: Document, table: Element, context: str, vocabulary: Vocabulary) -> Group:
    """One table as a group: spans spread, heads found, rows that do not fit marked odd."""
    rows = own_rows(table)
    grid = spread(
        [[(cell, span(cell, "rowspan"), span(cell, "colspan")) for cell in cells_of(r)] for r in rows]
    )
    top = head_rows(rows, grid, vocabulary)
    heads = joined_heads(grid[:top], vocabulary)
    read: dict[int, Cell] = {}
    records = []
    for number, line in enumerate(grid[top:], start=1):
        cells = tuple(remembered(read, cell, document.address) for cell in line)
        cells = tuple(map(without_head, heads, cells)) if len(heads) == len(cells) != 1 else cells
        record = row_record(document, number, heads, cells, context, len({id(c) for c in line}))
        if record is not None:
            records.append(record)
    strays = stray_cells(table, rows)
    if strays:
        cells = tuple(cell_of(cell, document.address) for cell in strays)
        stray = row_record(document, 0, heads, cells, context, len(heads) + 1)
        records += [replace(stray, odd="cells outside any row")] if stray is not None else []
    return Group(heads=heads, records=tuple(records), context=context, dress="table")


def stray_cells(table: Element, rows: Sequence[Element]) -> list[Element]:
    """Cells of a table that lie in none of its rows: a damaged page must not lose a row in silence."""
    if table.name != "table":
        return []
    own = {id(row) for row in rows}
    return [
        cell for cell in table.every("td", "th") if id(cell.parent) not in own and table_around(cell) is table
    ]


def remembered(read: dict[int, Cell], tag: Element, base: str) -> Cell:
    """The cell of an element, read once even when it spans many rows."""
    if id(tag) not in read:
        read[id(tag)] = cell_of(tag, base)
    return read[id(tag)]


def without_head(head: str, cell: Cell) -> Cell:
    """A cell without the label that it repeats for narrow screens ("Hébergeur : Alpha")."""
    if not (head and cell.text.startswith(head) and cell.text != head):
        return cell
    first = cell.lines[0].removeprefix(head).strip()
    if first and not first.startswith(":"):  # a name may begin as its head does: "Hébergeur de France"
        return cell
    first = first.removeprefix(":").strip()
    lines = (first, *cell.lines[1:]) if first else cell.lines[1:]
    return replace(cell, text=" ".join(lines), lines=lines) if lines else cell


def span(cell: Element, name: str) -> int:
    """A span as printed, bounded: pages are not trusted with memory."""
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), LONGEST_SPAN) if value.isdigit() else 1


def spread(rows: Sequence[Sequence[tuple[Element, int, int]]]) -> list[list[Element]]:
    """The grid of a table: each place holds the element that covers it."""
    hanging: dict[int, tuple[Element, int]] = {}
    grid: list[list[Element]] = []
    for row in rows:
        line: list[Element] = []
        waiting = list(row)
        while waiting or len(line) in hanging:
            column = len(line)
            if column in hanging:
                cell, left = hanging.pop(column)
                if left > 1:
                    hanging[column] = (cell, left - 1)
                line.append(cell)
                continue
            cell, down, across = waiting.pop(0)
            for offset in range(min(across, 100)):
                if down > 1:
                    hanging[column + offset] = (cell, down - 1)
                line.append(cell)
        grid.append(line)
    return grid


def head_rows(rows: Sequence[Element], grid: Sequence[Sequence[Element]], vocabulary: Vocabulary) -> int:
    """How many rows at the top are heads: those of `thead`, else rows of `th`, else one that reads so."""
    top = 0
    for row, line in zip(rows, grid, strict=True):
        parent = row.parent
        in_head = parent is not None and parent.name == "thead"
        if not line or not (in_head or all(is_head(cell) for cell in line)) or tells_dates(line):
            break
        top += 1
    if top == 0 and grid and len(vocabulary.known([text_of(c) for c in grid[0]])) >= 2:
        return 1
    return top


def tells_dates(line: Sequence[Element]) -> bool:
    """Whether a row of heads is a row of data after all: several cells, one of them a date."""
    return len({id(cell) for cell in line}) > 1 and any(DATE_LIKE.search(text_of(cell)) for cell in line)


def joined_heads(lines: Sequence[Sequence[Element]], vocabulary: Vocabulary) -> tuple[str, ...]:
    """One head per column; under a head that spans several, the words that mean something are taken."""
    if not lines:
        return ()
    heads = []
    for column in range(max(len(line) for line in lines)):
        parts: list[str] = []
        for line in lines:
            text = text_of(line[column]) if column < len(line) else ""
            if text and text not in parts:
                parts.append(text)
        choices = [" ".join(parts), *parts[::-1][:1], *parts[:1]]
        heads.append(next((c for c in choices if vocabulary.field_of(c) is not None), choices[0]))
    return tuple(heads)


def row_record(
    document: Document,
    number: int,
    heads: tuple[str, ...],
    cells: tuple[Cell, ...],
    context: str,
    distinct: int,
) -> Record | None:
    """One line of a table as a record; None for a repeated head and for a line that only separates."""
    texts = tuple(c.text for c in cells)
    if not cells or (heads and texts == heads):
        return None
    separates = distinct == 1 and len(heads) > 1
    if separates and not DATE_LIKE.search(texts[0]):
        return None
    odd = ""
    if heads and (separates or len(cells) != len(heads)):
        odd = f"{distinct} cells under {len(heads)} heads"
    elif not any(texts):
        odd = "an empty row"
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


def json_group(document: Document, data: object, vocabulary: Vocabulary) -> Group | None:
    """The records of JSON data: the list of objects whose keys mean most; None when there is none."""
    best: tuple[int, int, list[Mapping[str, object]]] | None = None
    for rows in lists_of(data):
        keys = dict.fromkeys(k for row in rows for parts in certificates_in(row, vocabulary) for k in parts)
        known = vocabulary.known([head_of(k) for k in keys])
        score = (len(known), len(rows))
        if len(known) >= 2 and (best is None or score > best[:2]):
            best = (*score, rows)
    if best is None:
        return None
    records: list[Record] = []
    for number, row in enumerate(best[2], start=1):
        for parts in certificates_in(row, vocabulary):
            heads = tuple(head_of(k) for k in parts)
            cells = tuple(json_cell(v) for v in parts.values())
            records.append(
                Record(heads=heads, cells=cells, page=document.index, spot=f"n° {number}", dress="json")
            )
    heads = tuple(dict.fromkeys(h for r in records for h in r.heads))
    return Group(heads=heads, records=tuple(records), context="", dress="json")


def lists_of(data: object) -> Iterator[list[Mapping[str, object]]]:
    """Every list of objects inside JSON, outermost first."""
    if isinstance(data, list | tuple):
        if data and all(isinstance(d, dict) for d in data):
            yield list(data)
        for value in data:
            yield from lists_of(value)
    elif isinstance(data, dict):
        values = list(data.values())
        if len(values) > 1 and all(isinstance(v, dict) for v in values):
            yield values  # objects by their identifier
        for value in values:
            yield from lists_of(value)


def flat(row: Mapping[str, object]) -> dict[str, object]:
    """The values of a JSON record by key, `attributes` and `fields` opened."""
    found: dict[str, object] = {}
    for key, value in row.items():
        if key in ("attributes", "fields", "properties", "_source", "record") and isinstance(value, dict):
            found.update(flat(value))
        else:
            found[key] = value
    return found


def certificates_in(row: Mapping[str, object], vocabulary: Vocabulary) -> Iterator[dict[str, object]]:
    """A JSON record, or one per object of a list inside it when that list is what carries the fields."""
    outer = flat(row)
    for key, value in outer.items():
        inner = [flat(v) for v in value if isinstance(v, dict)] if isinstance(value, list) else []
        if inner and len(vocabulary.known([head_of(k) for v in inner for k in v])) >= 2:
            rest = {k: v for k, v in outer.items() if k != key}
            for item in inner:
                yield {**rest, **item}
            return
    yield outer


@lru_cache(maxsize=4096)
def head_of(key: str) -> str:
    """A JSON key as words: `field_numeroCertificat` is "numero certificat"."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key)
    return re.sub(r"^field\s+", "", re.sub(r"[_\-.]+", " ", spaced)).strip()


def json_cell(value: object) -> Cell:
    """A JSON value as a cell; lists are lines, ticked objects give the names of what is ticked."""
    lines = tuple(" ".join(INVISIBLE.sub("", line).split()) for line in json_lines(value))
    lines = tuple(line for line in lines if line)
    link = next((line for line in lines if line.startswith(("http://", "https://"))), "")
    return Cell(text=" ".join(lines), lines=lines, link=link)


def json_lines(value: object) -> Iterator[str]:
    """The printed lines of a JSON value."""
    if isinstance(value, bool):
        yield "Oui" if value else "Non"
    elif isinstance(value, dict):
        yield from object_lines(value)
    elif isinstance(value, list):
        for inner in value:
            yield from json_lines(inner)
    elif value is not None:
        yield str(value)


def object_lines(value: Mapping[str, object]) -> Iterator[str]:
    """The printed lines of a JSON object: the names of what is ticked, or its name, or all it holds."""
    if any(inner is True for inner in value.values()) or all(isinstance(v, bool) for v in value.values()):
        yield from (head_of(key) for key, inner in value.items() if inner is True)
        return
    named = next((value[key] for key in NAMES if key in value), None)
    for inner in value.values() if named is None else (named,):
        yield from json_lines(inner)
