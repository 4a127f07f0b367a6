"""The repeated rows of JSON data, found by their meaning: lists of objects, and tables of arrays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

from scrapers.page.data import nested_in
from scrapers.page.html import INVISIBLE, Cell, Document, cell_of, lines_of
from scrapers.page.records import Group, Record
from scrapers.page.tree import grown
from scrapers.source import effort
from state.model import Reason

if TYPE_CHECKING:
    from scrapers.page.vocabulary import Vocabulary

NAMES = ("name", "nom", "label", "libelle", "title", "value", "valeur", "v", "text")
COLUMN = (
    "title", "label", "libelle", "header", "headerName", "text", "name", "nom", "value", "data", "key",
    "field", "id",
)  # fmt: skip
"""Keys under which an object tells which column it describes."""
WRAPPERS = ("attributes", "fields", "properties", "_source", "record")
MOST_COLUMNS = 60
ENOUGH = 4
"""Heads that mean something: of tables with so many, the one with most rows is the list."""
MANY = 10
"""Rows of objects that say enough: arrays are then not looked for."""
# Longer texts in data are descriptions, not names of columns.
LONGEST_NAME = 120
MARKED = re.compile(r"<[a-zA-Z][^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of JSON data: pairs of head and value; `wide` is how many each row should have, 0 for any."""

    rows: Sequence[Sequence[tuple[str, object]]]
    wide: int = 0

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads of all rows, in the order of print."""
        return tuple(dict.fromkeys(head for row in self.rows for head, _ in row))


def json_group(
    document: Document, data: object, vocabulary: Vocabulary, heads: Sequence[tuple[str, ...]] = ()
) -> Group | None:
    """The records of JSON data: the rows whose heads mean most, then the most of them; None without any.

    `heads` are those of tables on the same page, whose rows the data may hold.
    """
    scored = [rated(table, vocabulary) for table in object_tables(data, vocabulary)]
    if not any(known >= ENOUGH and rows >= MANY for (known, rows), _ in scored):
        arrays = (*array_tables(data, vocabulary, heads), *column_tables(data, vocabulary))
        scored += [rated(table, vocabulary) for table in arrays]
    (known, _), table = max(scored, key=lambda one: one[0], default=((0, 0), Table(rows=())))
    if known < 2:
        return None
    records = tuple(
        Record(
            heads=tuple(head for head, _ in row),
            cells=tuple(json_cell(value, document.address) for _, value in row),
            page=document.index,
            spot=f"n° {number}",
            dress="json",
            odd=uneven(row, table.wide),
        )
        for number, row in enumerate(table.rows, start=1)
    )
    return Group(heads=table.heads, records=records, context="", dress="json")


def rated(table: Table, vocabulary: Vocabulary) -> tuple[tuple[int, int], Table]:
    """A table with how many of its heads mean something, enough being enough, and how many rows it has."""
    return (min(len(vocabulary.known(table.heads)), ENOUGH), len(table.rows)), table


def uneven(row: Sequence[object], wide: int) -> Reason | None:
    """Why a row of so many values cannot be trusted, None when it can."""
    if not wide or len(row) == wide:
        return None
    return Reason.of("values_under_columns", values=len(row), columns=wide)


def object_tables(data: object, vocabulary: Vocabulary) -> Iterator[Table]:
    """The lists of objects inside JSON data, a row for each object or each certificate in it.

    Raises `TooMuch` where these rows would be far more than the data: each has all that its object says.
    """
    work = effort()
    for rows in lists_of(data):
        for row in rows:
            within = max((len(value) for value in row.values() if isinstance(value, list)), default=0)
            work.spend(len(row) * (1 + within))
        parts = [part for row in rows for part in certificates_in(row, vocabulary)]
        yield Table(rows=[[(head_of(key), value) for key, value in part.items()] for part in parts])


def lists_of(data: object) -> Iterator[list[Mapping[str, object]]]:
    """Every list of objects inside JSON, outermost first; lists side by side (one a letter) also as one."""
    if isinstance(data, list | tuple) and data and all(isinstance(d, dict) for d in data):
        yield list(data)
    if isinstance(data, dict):
        values = list(data.values())
        if len(values) > 1 and all(isinstance(v, dict) for v in values):
            yield values  # objects by their identifier
        together = [item for value in values if isinstance(value, list) for item in value]
        if len(values) > 1 and together and all(isinstance(item, dict) for item in together):
            yield together
    for value in nested_in(data):
        yield from lists_of(value)


def array_tables(
    data: object, vocabulary: Vocabulary, heads: Sequence[tuple[str, ...]] = ()
) -> Iterator[Table]:
    """The lists of arrays inside JSON data whose columns are named beside them, or by their first row."""
    columns = [n for n in (*columns_in(data, vocabulary), *heads) if len(vocabulary.known(n)) >= 2]
    for rows in arrays_of(data):
        width = Counter(len(row) for row in rows).most_common(1)[0][0]
        first = named(rows[0], vocabulary)
        headed = bool(first) and len(first) == width and len(vocabulary.known(first)) >= 2
        fitting = [one for one in ((first, *columns) if headed else columns) if len(one) == width]
        if not fitting or width < 3:
            continue
        known = [(len(vocabulary.known(one)), one) for one in fitting]
        names = vocabulary.with_sets(max(known)[1])
        said = rows[1:] if headed else rows
        yield Table(rows=[list(zip(names, row, strict=False)) for row in said], wide=width)


def arrays_of(data: object) -> Iterator[list[list[object]]]:
    """Every list of arrays inside JSON; lists side by side (one a letter) also as one."""
    if rows := rows_in(data):
        yield rows
        return
    nested = nested_in(data)
    parts = [rows for value in nested if (rows := rows_in(value))]
    if len(parts) > 1 and len({len(part[0]) for part in parts}) == 1:
        yield [row for part in parts for row in part]
    for value in nested:
        yield from arrays_of(value)


def rows_in(data: object) -> list[list[object]]:
    """The arrays that a list is made of, [] when it is made of anything else."""
    rows = [array_in(item) for item in data] if isinstance(data, list) else []
    nested = any(
        isinstance(value, list) and any(isinstance(v, list) for v in value) for row in rows for value in row
    )
    return rows if rows and all(rows) and not nested else []


def array_in(item: object) -> list[object]:
    """The array that an item is, or that an object holds as its only list; [] for none."""
    if isinstance(item, list):
        return item
    held = [value for value in item.values() if isinstance(value, list)] if isinstance(item, dict) else []
    return held[0] if len(held) == 1 and isinstance(item, dict) and len(item) <= 3 else []


def columns_in(data: object, vocabulary: Vocabulary) -> Iterator[tuple[str, ...]]:
    """What may name columns inside JSON data: lists of words, or of objects with one; words by place."""
    if isinstance(data, list | tuple) and (names := named(data, vocabulary)):
        yield names
    if isinstance(data, dict):
        values = list(data.values())
        if len(values) > 2 and sorted(map(str, values)) == sorted(map(str, range(len(values)))):
            yield tuple(said(key) for key in sorted(data, key=lambda key: int(str(data[key]))))
        elif len(values) > 2 and all(key.isdigit() for key in data) and (names := named(values, vocabulary)):
            yield names
    for value in nested_in(data):
        yield from columns_in(value, vocabulary)


def named(items: Sequence[object], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The names that a list gives to columns, () when it is no list of names."""
    names = [name_in(item, vocabulary) for item in items] if 2 < len(items) <= MOST_COLUMNS else []
    return tuple(names) if names and all(name is not None for name in names) else ()  # type: ignore[arg-type]


def name_in(item: object, vocabulary: Vocabulary) -> str | None:
    """The name of one column: a word, or the surest word of an object that describes it; None for neither."""
    if isinstance(item, str):
        return said(item) if len(item) < LONGEST_NAME else None
    words = [item[key] for key in COLUMN if isinstance(item.get(key), str)] if isinstance(item, dict) else []
    names = [said(word) for word in words]
    return next((name for name in names if vocabulary.field_of(name)), names[0] if names else None)


def said(word: str) -> str:
    """A column's name as words: markup and machine spelling undone."""
    text = " ".join(lines_of(grown(word))) if "<" in word else word
    return text if " " in text or not text.isascii() else head_of(text)


def column_tables(data: object, vocabulary: Vocabulary) -> Iterator[Table]:
    """Objects inside JSON data that hold each column as a list of its own."""
    if isinstance(data, dict):
        columns = {head_of(key): value for key, value in data.items() if isinstance(value, list)}
        sizes = Counter(len(value) for value in columns.values())
        size = sizes.most_common(1)[0][0] if sizes else 0
        columns = {head: value for head, value in columns.items() if len(value) == size}
        if size > 1 and len(vocabulary.known([*columns])) >= 3:
            yield Table(rows=[[(head, value[at]) for head, value in columns.items()] for at in range(size)])
    for value in nested_in(data):
        yield from column_tables(value, vocabulary)


def flat(row: Mapping[str, object], vocabulary: Vocabulary) -> dict[str, object]:
    """The values of a JSON record by key, objects inside it that only gather fields of the record opened."""
    found: dict[str, object] = {}
    for key, value in row.items():
        if isinstance(value, dict) and (key in WRAPPERS or gathers(key, value, vocabulary)):
            inner = flat(value, vocabulary)
            found.update({f"{key} {k}" if k in found or k in row else k: v for k, v in inner.items()})
        else:
            found[key] = value
    return found


def gathers(key: str, value: Mapping[str, object], vocabulary: Vocabulary) -> bool:
    """Whether an object holds fields of the record ("certificat": number and end), not the parts of one.

    What describes the certification body has a number and a date of its own.
    """
    own = vocabulary.field_of(head_of(key))
    fields = set(vocabulary.known([head_of(k) for k in value]))
    return own != "body" and (len(fields) > 1 or own in fields)


def certificates_in(row: Mapping[str, object], vocabulary: Vocabulary) -> Iterator[dict[str, object]]:
    """A JSON record, or one per object of a list inside it when that list is what carries the fields."""
    outer = flat(row, vocabulary)
    for key, value in outer.items():
        inner = [flat(v, vocabulary) for v in value if isinstance(v, dict)] if isinstance(value, list) else []
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


def json_cell(value: object, base: str = "") -> Cell:
    """A JSON value as a cell; lists are lines, ticked objects give the names of what is ticked."""
    if isinstance(value, str) and MARKED.search(value):
        return cell_of(grown(f"<div>{value}</div>"), base)
    lines = [unescape(" ".join(INVISIBLE.sub("", line).split())) for line in json_lines(value)]
    link = next((line for line in lines if line.startswith(("http://", "https://"))), "")
    return Cell.of(*lines, link=link)


def json_lines(value: object) -> Iterator[str]:
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
