"""Tells a new way of printing from news: many rows of one look that are only spelt anew. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz

from state.model import FieldChange, Reason
from state.names import bare_number, tight_key, words
from watcher.look.compare.change import Line, respelling

NAMES = frozenset({"holder", "subject", "name_en", "other_names", "trade_names"})
MARKS = frozenset({"ref", "version", "issuer"})
ALIKE = 70  # of 100 letters
MANY, SHARE = 5, 0.02
"""From how many rows on operators hear that a register prints anew."""
MANY_NAMES, SHARE_OF_NAMES = 10, 0.05
"""From how many names on, and of all rows of a label, a new spelling is the register's and nobody's own."""


def respelt(pairs: Iterable[Line], rows: Mapping[str, int]) -> frozenset[int]:
    """The rows whose names are spelt anew with many others of their label, which has so many `rows`."""
    by_label: dict[str, list[Line]] = defaultdict(list)
    for pair in pairs:
        if pair.changed and all(_alike(name, change) for name, change in pair.changed.items()):
            by_label[pair.latest.label].append(pair)
    found: set[int] = set()
    for label, alike in by_label.items():
        names = {
            (name, pair.row if name in MARKS else change.before)
            for pair in alike
            for name, change in pair.changed.items()
        }
        if len(names) >= max(MANY_NAMES, SHARE_OF_NAMES * rows[label]):
            found.update(pair.row for pair in alike)
    return frozenset(found)


def _alike(field: str, change: FieldChange) -> bool:
    """Whether two prints are one name spelt in two ways: no figure of theirs differs.

    A number or a version with a part of it left out is the same mark, where all are printed so.
    """
    old, new = change.before, change.after
    if not isinstance(old, str) or not isinstance(new, str) or not old or not new:
        return False
    if field in MARKS:
        one, other = (tight_key(bare_number(text)) for text in (old, new))
        return one in other or other in one
    if field not in NAMES or re.findall(r"\d+", old) != re.findall(r"\d+", new):
        return False
    a, b = set(words(old)), set(words(new))
    if a <= b or b <= a or fuzz.ratio(tight_key(old), tight_key(new)) >= ALIKE:
        return True
    return _damaged(old, new) or _damaged(new, old)


def _damaged(sound: str, damaged: str) -> bool:
    """Whether a print is a name in which letters became question marks."""
    pattern = ".{1,2}".join(map(re.escape, tight_key(damaged).split("?")))
    return "?" in damaged and re.fullmatch(pattern, tight_key(sound)) is not None


def remark(pairs: Sequence[Line], silenced: frozenset[int], rows: Mapping[str, int]) -> tuple[Reason, ...]:
    """The word to operators about rows that are only printed anew; none about a few."""
    prints = [found for pair in pairs if (found := _print(pair, silenced)) is not None]
    if len(prints) < max(MANY, SHARE * Counter(rows).total()):
        return ()
    before, after = prints[0]
    return (Reason(code="new_print", values={"rows": len(prints), "before": before, "after": after}),)


def _print(pair: Line, silenced: frozenset[int]) -> tuple[str, str] | None:
    if pair.row in silenced:
        change = next(iter(pair.changed.values()))
        return str(change.before), str(change.after)
    if pair.changed or pair.before is None or pair.after is None:
        return None
    return respelling(pair.before, pair.after)
