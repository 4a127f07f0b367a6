"""How an answer is printed: a table for people, JSON and CSV for programs.

Everything printed by a register is data. On a terminal it is drawn as text that nothing interprets; in JSON
what could act on a screen is escaped; in CSV no cell is a formula.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from notifiers.said.printed import clean, encodable

FORMULA = ("=", "+", "-", "@", "\t", "\r")
GAP = "  "


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns and rows for people; without columns no head. `empty` is said when there are no rows."""

    columns: tuple[str, ...] = ()
    rows: Sequence[Sequence[str]] = ()
    empty: str = "nothing"


def json_text(records: Sequence[Mapping[str, Any]]) -> str:
    """One array; control and direction characters are escaped as JSON allows."""
    plain = json.dumps(list(records), ensure_ascii=False, indent=2)
    return plain.translate({ord(character): _escaped(character) for character in set(plain)})


def _escaped(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Cs"):
        return character
    return json.dumps(character)[1:-1]


def csv_text(records: Iterable[Mapping[str, Any]], fields: Sequence[str]) -> str:
    """A header and one line per record; fields are dotted paths ("provider.slug" is column provider_slug).

    Lists are joined with "; ", other structures are JSON texts, absent values empty.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(field.replace(".", "_") for field in fields)
    writer.writerows([cell(_reach(record, field)) for field in fields] for record in records)
    return written.getvalue()


def _reach(record: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None where a step of it is null or does not apply to this record."""
    value: Any = record
    for step in path.split("."):
        if value is None or step not in value:
            return None
        value = value[step]
    return value


def cell(value: Any) -> str:
    """A value as one CSV cell that no spreadsheet takes for a formula."""
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = "; ".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = clean(text)
    return "'" + shown if text.startswith(FORMULA) or shown.startswith(FORMULA) else shown


def table_text(table: Table) -> str:
    """The table as aligned plain text."""
    if not table.rows:
        return table.empty + "\n"
    rows = [[clean(one) for one in row] for row in table.rows]
    rows[:0] = [list(table.columns)] if table.columns else []
    widths = [max(_width(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = (
        GAP.join(one + " " * (width - _width(one)) for one, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "".join(line.rstrip() + "\n" for line in lines)


def _width(text: str) -> int:
    """Columns on a screen: wide characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def draw(table: Table, stream: TextIO) -> None:
    """Prints the table: drawn with lines and wrapped on a terminal, plain elsewhere."""
    if not stream.isatty() or not table.rows:
        stream.write(encodable(table_text(table), stream.encoding))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = Drawn(box=SIMPLE_HEAD, pad_edge=False, show_header=bool(table.columns))
    for column in table.columns or [""] * len(table.rows[0]):
        drawn.add_column(Text(column), overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(clean(one)) for one in row))
    Console(file=stream, highlight=False, markup=False, emoji=False).print(drawn)
