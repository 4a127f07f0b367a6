"""How an answer is printed: a table for people, JSON and CSV for programs.

Everything printed by a register is data. On a terminal it is drawn as text that nothing interprets; in JSON
what could act on a screen is escaped; in CSV no cell is a formula.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TextIO

from notifiers.said.voice import Line, Span, clean, encodable, line_text, room_of, words_of
from watcher.said.drawn.indented import indented
from watcher.said.told import Told, grouped

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Drawn

FOREIGN = re.compile(r"[^\n -~\u00a0-\u00ac\u00ae-\u024f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]")
"""What may act on a screen: neither Latin letters nor the signs of French print. An answer has a million
letters: to search them takes a tenth of the time of asking for each what it is."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
GAP = "  "
PICTURES = {"⚠️": "!", "✅ ": "", "⚪ ": ""}
"""What stands for pictures where there is only text: in a pipe, a log, a mail from cron."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns and rows for people; without columns no head. `empty` is said when there are no rows."""

    columns: tuple[str, ...] = ()
    rows: Sequence[Sequence[str]] = ()
    empty: str = "nothing"


def json_text(records: Sequence[Mapping[str, Any]]) -> str:
    """One array; control and direction characters are escaped as JSON allows."""
    return FOREIGN.sub(_escaped, indented(list(records)))


@lru_cache(maxsize=1000)
def _character(character: str) -> str:
    if unicodedata.category(character) not in ("Cc", "Cf", "Cs"):
        return character
    return json.dumps(character)[1:-1]


def _escaped(found: re.Match[str]) -> str:
    return _character(found[0])


def csv_text(records: Iterable[Mapping[str, Any]], fields: Sequence[str]) -> str:
    """A header and one line per record; fields are dotted paths ("provider.slug" is column provider_slug).

    Lists are joined with "; ", other structures are JSON texts, absent values empty.
    """
    import csv  # for who asks for it alone

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
    if not table.rows:
        return table.empty + "\n"
    rows = [[clean(one) for one in row] for row in table.rows]
    rows[:0] = [list(table.columns)] if table.columns else []
    widths = [max(room_of(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = (
        GAP.join(one + " " * (width - room_of(one)) for one, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "".join(line.rstrip() + "\n" for line in lines)


def told_text(told: Told, *, addresses: bool = False) -> str:
    """An answer as plain text: each item begins at the margin, its other lines below are indented."""
    lines = [clean(told.head), *(_line_text(line, addresses) for line in told.intro)]
    for first, *others in grouped(told.items):
        lines += [_line_text(first, addresses), *(f"  {_line_text(line, addresses)}" for line in others)]
    return without_pictures("".join(f"{line.rstrip()}\n" for line in lines if line.strip()))


def without_pictures(text: str) -> str:
    for picture, word in PICTURES.items():
        text = text.replace(picture, word)
    return text


def _line_text(line: Line, addresses: bool) -> str:
    return clean((line_text if addresses else words_of)(line))


def draw(answer: Told | Table, stream: TextIO, *, addresses: bool = False) -> None:
    """Prints an answer: drawn and wrapped on a terminal, plain elsewhere; with `addresses`, where its words
    lead is printed beside them."""
    if isinstance(answer, Told):
        _draw_told(answer, stream, addresses)
    elif not stream.isatty() or not answer.rows:
        stream.write(encodable(table_text(answer), stream.encoding))
    else:
        _draw_table(answer, stream)


def _draw_told(told: Told, stream: TextIO, addresses: bool) -> None:
    if not stream.isatty():
        stream.write(encodable(told_text(told, addresses=addresses), stream.encoding))
        return
    from rich.padding import Padding
    from rich.text import Text

    def drawn(line: Line) -> Text:
        text = Text()
        for span in line:
            text.append(_harmless(span.text), style="bold" if span.bold else "")
            text.append(f" <{span.url}>" if span.url and addresses else "")
        return text

    with _screen(stream) as screen:
        for line in ((Span(text=told.head, bold=True),), *told.intro):
            if any(span.text for span in line):
                screen.print(drawn(line))
        for first, *others in grouped(told.items):
            screen.print(drawn(first))
            for line in others:
                screen.print(Padding(drawn(line), (0, 0, 0, 2)))


def _harmless(text: str) -> str:
    """A stretch of a line as text that nothing interprets, with the spaces at its edges."""
    from watcher.said.drawn.flow import held_together

    # Between two signs, for `clean` takes the spaces at the edges away.
    return held_together(clean(f"·{text}·")[1:-1])


@contextmanager
def _screen(stream: TextIO) -> Iterator[Console]:
    """A screen as wide and as coloured as the stream; what was held together is spaces again at the end."""
    from rich.console import Console

    from watcher.said.drawn.flow import set_free

    like = Console(file=stream, highlight=False, markup=False, emoji=False)
    with like.capture() as drawn:
        yield like
    stream.write(encodable(set_free(drawn.get()), stream.encoding))


def _draw_table(table: Table, stream: TextIO) -> None:
    with _screen(stream) as screen:
        cells = [[_harmless(one) for one in row] for row in table.rows]
        widths = _widths([*([table.columns] if table.columns else []), *cells], screen.width)
        if widths:
            screen.print(_drawn_table(table.columns, cells, widths))
        else:
            _stack(table.columns, cells, screen)


def _widths(rows: Sequence[Sequence[str]], room: int) -> Sequence[int]:
    """How wide each column is drawn; none where one has no room for its longest word: a day that is cut in
    two is no day. What is left over goes to the columns by how much more they would need: rich itself takes
    it from the widest, and cuts letters off where that one cannot give."""
    columns = list(zip(*rows, strict=True))
    least = [max(room_of(word) for cell in own for word in cell.split() or [""]) for own in columns]
    wanted = [max(map(room_of, own)) - narrow for own, narrow in zip(columns, least, strict=True)]
    left = room - sum(least) - 3 * len(columns)
    if left < 0:
        return ()
    share = min(1, left / (sum(wanted) or 1))
    return [narrow + int(more * share) for narrow, more in zip(least, wanted, strict=True)]


def _drawn_table(columns: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Drawn:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = Drawn(box=SIMPLE_HEAD, pad_edge=False, show_header=bool(columns))
    for column, wide in zip(columns or [""] * len(rows[0]), widths, strict=True):
        drawn.add_column(Text(column), overflow="fold", width=wide)
    for row in rows:
        drawn.add_row(*(Text(one) for one in row))
    return drawn


def _stack(columns: Sequence[str], rows: Sequence[Sequence[str]], screen: Console) -> None:
    """Each row on lines of its own: its first two cells, then the others behind their heads."""
    from rich.padding import Padding
    from rich.text import Text

    from watcher.said.drawn.flow import GLUE

    heads = columns or [""] * len(rows[0])
    for row in rows:
        others = [
            f"{head}{GLUE}{cell}".strip(GLUE) for head, cell in zip(heads[2:], row[2:], strict=True) if cell
        ]
        screen.print(Text("  ".join(filter(None, row[:2])), style="bold"))
        if others:
            screen.print(Padding(Text(" · ".join(others)), (0, 0, 0, 2)))
