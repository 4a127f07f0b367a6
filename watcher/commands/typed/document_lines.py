"""What a CSV of documents says, line by line: attestations of the past, or everything that is wrong with it.

All mistakes are found at once: whoever types two hundred old decisions from paper is not sent back for each.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from state.names import nameless
from state.words.documented import Documented
from state.words.labels import LABELS, meant, numbered
from state.words.meant import YEARS, alike

if TYPE_CHECKING:
    from state.model import Provider

NEEDED = ("label", "provider", "issuer", "document")
DATES = ("valid_from", "valid_until", "withdrawn_on", "document_date")
DAYS = {"document_date": "dated"}
"""The columns that we call otherwise."""
COLUMNS = (
    "label",
    "provider",
    "service",
    "reference",
    "activities",
    *DATES,
    "issuer",
    "document",
    "page",
    "note",
)
"""The columns of the file, in any order; all but `NEEDED` may be left out or empty."""
LONGEST, LONGEST_NOTE = 300, 2_000
"""Characters of a cell; no printed name or number comes near, and a note may be a paragraph."""
MOST_LINES = 5_000
MOST_PAGES = 99_999
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
FRENCH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BETWEEN = re.compile(r"[\s,;/+]+")
SPAN = re.compile(r"(\d)\s*[-–]\s*(\d)", re.ASCII)
Whose = Callable[[str, str], "Provider"]
"""Whom a printed name means, under a label."""
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is wrong with a cell: where, why as a code, and what the words for it say. `column` is "" where it
    is the line as a whole."""

    line: int
    column: str
    code: str
    said: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a file says, all its mistakes, and the documents that its lines name. Where there are mistakes,
    nothing of it is to be taken. The hashes of the documents are not known yet."""

    says: Sequence[Documented] = ()
    mistakes: Sequence[Mistake] = ()
    files: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell cannot be taken."""

    code: str
    said: Mapping[str, object]


def _fault(code: str, **said: object) -> Fault:
    return Fault(code, said)


def read_lines(data: bytes, by: str, today: date, whose: Whose) -> Read:
    """What a file says, `by` whom."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Read(mistakes=[Mistake(line=line, column="", code="encoding")])
    says: list[Documented] = []
    mistakes: list[Mistake] = []
    files: dict[int, str] = {}
    for number, cells, wrong in _rows(text):
        mistakes += wrong
        if not wrong:
            found, wrong = _cells(number, cells)
            if not any(one.column in DATES for one in wrong):
                wrong += _days_of(number, found, today)
            mistakes += wrong
            files |= {number: found["file"]} if found["file"] else {}
            says += [] if wrong else [_says(found, by, whose)]
    return Read(says=says, mistakes=mistakes, files=files)


def _rows(text: str) -> Iterator[tuple[int, Cells, list[Mistake]]]:
    """The lines below the head with their numbers; a line of the file, where a cell runs over several."""
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names, number = _next(rows)
    names = [name.strip().lower() for name in names]
    if wrong := list(_in_head(names)):
        yield 1, {}, wrong
        return
    while True:
        begun = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:  # what follows cannot be told apart any more
            yield begun, {}, [Mistake(line=begun, column="", code="csv", said={"why": str(error)})]
            return
        number += 1
        if number > MOST_LINES:
            yield begun, {}, [Mistake(line=begun, column="", code="lines", said={"most": MOST_LINES})]
            return
        cells = [cell.strip() for cell in row]
        if any(cells):
            yield begun, dict(zip(names, cells, strict=False)), _counted(begun, names, cells)


def _next(rows: Iterator[list[str]]) -> tuple[list[str], int]:
    try:
        return next(rows), 0
    except (StopIteration, csv.Error):
        return [], 0


def _in_head(names: Sequence[str]) -> Iterator[Mistake]:
    for name in NEEDED:
        if name not in names:
            yield Mistake(line=1, column=name, code="head_missing", said={"known": ", ".join(COLUMNS)})
    for name in dict.fromkeys(names):
        if name not in COLUMNS:
            close = ", ".join(alike(name, COLUMNS)) or ", ".join(COLUMNS)
            yield Mistake(line=1, column=name, code="head_unknown", said={"close": close})
        elif names.count(name) > 1:
            yield Mistake(line=1, column=name, code="head_twice")


def _counted(line: int, names: Sequence[str], cells: Sequence[str]) -> list[Mistake]:
    """A name with a comma that nobody put in quotes moves all cells after it: none of them is believed."""
    if len(cells) <= len(names):
        return []
    said = {"expected": len(names), "found": len(cells)}
    return [Mistake(line=line, column="", code="cells", said=said)]


def _cells(number: int, cells: Cells) -> tuple[dict[str, Any], list[Mistake]]:
    """What the cells of a line say, under our names, None for one that is wrong; and what is wrong."""
    wrong: list[Mistake] = []

    def cell(column: str, read: Callable[[str], object] = str) -> Any:
        text = cells.get(column, "")
        found = _unfit(column, text) or read(text)
        if isinstance(found, Fault):
            wrong.append(Mistake(line=number, column=column, code=found.code, said=found.said))
            return None
        return found

    label = cell("label", _label)
    return {
        "label": label,
        "holder": cell("provider", _name),
        "service": cell("service"),
        "ref": cell("reference"),
        "scope": cell("activities", lambda text: _scope(text, label)),
        **{DAYS.get(name, name): cell(name, _day) for name in DATES},
        "issuer": cell("issuer"),
        "file": cell("document", _file),
        "page": cell("page", _page),
        "note": cell("note"),
    }, wrong


def _says(found: Mapping[str, Any], by: str, whose: Whose) -> Documented:
    return Documented(provider=whose(found["holder"], found["label"]), sha256="", by=by, **found)


def _unfit(column: str, text: str) -> Fault | None:
    """Why no cell of a column can be this one, whatever it means."""
    most = LONGEST_NOTE if column == "note" else LONGEST
    if not text and column in NEEDED:
        return _fault("empty")
    if len(text) > most:
        return _fault("long", most=most, found=len(text))
    control = CONTROL.search(text)
    return _fault("control", found=f"U+{ord(control[0]):04X}") if control else None


def _label(text: str) -> str | Fault:
    found = meant(text)
    if len(found) == 1 and found[0] in LABELS:
        return found[0]
    close = [label for label in (*found, *alike(text, LABELS)) if label in LABELS] or [*LABELS]
    return _fault("label", found=text, close=", ".join(close))


def _name(text: str) -> str | Fault:
    if nameless(text):
        return _fault("name", found=text)
    return text


def _file(text: str) -> str | Fault:
    """A file beside the CSV: by a path, whoever wrote the line could have any file of this machine shown."""
    if "/" in text or "\\" in text or text in (".", ".."):
        return _fault("file", found=text)
    return text


def _page(text: str) -> int | Fault | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= MOST_PAGES):
        return _fault("page", found=text)
    return int(text)


def _scope(text: str, label: str | None) -> tuple[str, ...] | Fault:
    """Activities by their numbers: "1 2 5", "1-6", "1, 3"."""
    if not text or not label:
        return ()
    order = numbered(label)
    if not order:
        return _fault("no_activities", label=label)
    text = SPAN.sub(lambda two: " ".join(map(str, range(int(two[1]), int(two[2]) + 1))), text)
    numbers = [one for one in BETWEEN.split(text) if one]
    if not numbers or not all(one in map(str, range(1, len(order) + 1)) for one in numbers):
        return _fault("activities", found=text, most=len(order))
    return tuple(entry for n, entry in enumerate(order, 1) if str(n) in numbers)


def _day(text: str) -> date | Fault | None:
    if not text:
        return None
    if found := ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := FRENCH.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        return _fault("date", found=text)
    try:
        read = date(year, month, day)
    except ValueError:
        return _fault("date", found=text)
    if read.year not in YEARS:
        return _fault("years", found=text, first=str(YEARS[0]), last=str(YEARS[-1]))
    return read


def _days_of(line: int, found: Mapping[str, Any], today: date) -> Iterator[Mistake]:
    days = {name: day for name in DATES if (day := found[DAYS.get(name, name)])}
    begun = days.get("valid_from")
    for name, day in days.items():
        if name != "valid_until" and day > today:
            yield Mistake(line=line, column=name, code="to_come", said={"found": day, "today": today})
        elif name in ("valid_until", "withdrawn_on") and begun and day < begun:
            yield Mistake(line=line, column=name, code="order", said={"found": day, "begun": begun})
    end, made = days.get("valid_until"), days.get("document_date")
    if not days.keys() - {"valid_until"}:
        yield Mistake(line=line, column="valid_from", code="no_day")
    elif end and made and made > end and not begun and "withdrawn_on" not in days:
        yield Mistake(line=line, column="document_date", code="no_days")
