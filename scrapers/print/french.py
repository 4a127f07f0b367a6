"""French print: its dates, and words that a narrow cell has broken."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from state.names import bare, fold, tight_key

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("janvier", "janv", "jan"),
            ("fevrier", "fevr", "fev"),
            ("mars", "mar"),
            ("avril", "avr"),
            ("mai",),
            ("juin",),
            ("juillet", "juil"),
            ("aout",),
            ("septembre", "sept", "sep"),
            ("octobre", "oct"),
            ("novembre", "nov"),
            ("decembre", "dec"),
        ),
        start=1,
    )
    for name in names
}
NUMERIC = re.compile(r"(?P<day>\d{1,2})([/.-])(?P<month>\d{1,2})\2(?P<year>\d{4})")
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")
WRITTEN = re.compile(r"(?P<day>\d{1,2})(?:er)?(?P<month>[a-z]+)\.?(?P<year>\d{4})")
WORD = re.compile(r"\w+")
STOPS = ",;:.()»"
CUT = 1.65  # letters that would still have fitted after a word cut in two, at most


def french_date(text: str) -> date | None:
    """The day that a whole text prints: 17/12/2025, 17.12.2025, 2025-12-17, 1er janvier 2027, 3 sept. 2026.

    White space never counts: narrow cells break dates anywhere. None for all else, above all for a month
    without its day: a day is never invented.
    """
    bare = text if NUMERIC.fullmatch(text) else tight_key(text)  # as nearly all are printed
    for pattern in (NUMERIC, ISO, WRITTEN):
        if found := pattern.fullmatch(bare):
            month = MONTHS.get(found["month"]) if pattern is WRITTEN else int(found["month"])
            return day_or_none(int(found["year"]), month, int(found["day"]))
    return None


def day_or_none(year: int, month: int | None, day: int) -> date | None:
    """The date, or None where the calendar has no such day."""
    try:
        return date(year, month or 0, day)
    except ValueError:
        return None


class Line(NamedTuple):
    """One printed line of a cell: its text, a final space kept, and its width in points."""

    text: str
    width: float


TEXT = itemgetter(0)


def unwrap(lines: Sequence[Line], room: float, words: Collection[str] = ()) -> str:
    """The text of a cell as a person reads it, its lines joined.

    `room` is the width that a line may take. `words` are words seen whole elsewhere, folded: they settle the
    joins that geometry leaves open.
    """
    if len(lines) < 2:
        return " ".join(lines[0].text.split()) if lines else ""
    lines = [line for line in lines if line.text.strip()]  # a line of spaces says nothing
    texts = [line.text for line in lines[:1]]
    for before, line in pairwise(lines):
        texts.append(line.text if runs_on(before, line, room, words) else f" {line.text}")
    return " ".join("".join(texts).split())


def runs_on(line: Line, after: Line, room: float, words: Collection[str]) -> bool:
    """Whether the next line goes on without a space.

    A space at the end of the line was printed: no. Print breaks after a hyphen or a slash without adding a
    space. A word is cut in two only when it is alone on its line and its next letter did not fit.
    """
    text = line.text
    if text != text.rstrip() or after.text != after.text.lstrip():
        return False
    # "A - B" breaks after its hyphen at a space, "Saint-Denis" does not.
    if text[-1] in "-/":
        return text[-2:-1] not in ("", " ")
    if len(text.split()) > 1:
        return False
    letter = after.width / max(len(after.text.strip()), 1)
    # In letters of the next line: fonts are narrow or wide, and bold in heads.
    spare = (room - line.width) / letter
    if spare > 2:  # two more letters would have fitted: the line ended at a space
        return False
    said = joined(text, after.text, words)
    return spare < CUT if said is None else said


def joined(text: str, after: str, words: Collection[str]) -> bool | None:
    """Whether two pieces are one word, by the words seen whole elsewhere and by their letters; None where
    neither says."""
    first = after.split()[0]
    head, tail = WORD.findall(fold(text)), WORD.findall(fold(first))
    if head and tail and text[-1].isalnum() and first[0].isalnum():
        if head[-1] + tail[0] in words:
            return True
        if len(head[-1]) >= 5 and head[-1] in words:
            return False
    if text[-1] in STOPS or (text[-1].islower() and first[0].isupper()):
        return False
    piece = fold(first).strip(STOPS)
    long = 2 if first[0].islower() and not text[-1].islower() else 3
    return False if len(piece) >= long and not piece.isdigit() and piece in words else None


def whole_words(cells: Iterable[Sequence[Line]]) -> frozenset[str]:
    """The words that cells print whole, folded. Where a line ends without a space, the words on both sides of
    the break may be pieces of one."""
    # All in one go, for an edition has 18,000 lines: "\0" stands where one ends, and stays in a piece.
    printed = "\n".join(["\0".join(map(TEXT, lines)) for lines in cells]).replace(" \0", " ")
    pieces = {piece for piece in printed.split() if "\0" not in piece}
    # At once: 7,000 pieces folded one by one take longer than the columns of an edition to find.
    folded = {" ".join(piece.split()) for piece in bare("\n".join(pieces)).split("\n")}
    return frozenset({piece.strip(STOPS) for piece in folded} | set(WORD.findall(" ".join(folded))))
