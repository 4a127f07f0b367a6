"""What a word means, whoever writes it and at whichever door: a kind of event, a day. Pure.

Labels are read by `labels.meant`, names by `watcher.ask.naming`; likeness only suggests, it never decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from state.model import Kind
from state.names import print_key

YEARS = range(1900, 2200)
"""The years of the days that can be asked about: the edges of the calendar have no day before or after."""
SUGGESTIONS = 3
LIKENESS = 65


def kind_meant(word: str) -> Kind | None:
    """The kind of event that a word names: "Service-Added" is `service_added`."""
    plain = print_key(word).replace("-", "_")
    return Kind(plain) if plain in list(Kind) else None


def day_meant(text: str) -> date:
    """The day of an ISO date, of a year that can be asked about; raises `ValueError`."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return day


def alike(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """The few of the known words that a mistyped one may have meant, the likest first."""
    from rapidfuzz import fuzz, process  # only for who mistyped

    likest = process.extract(
        print_key(text), list(known), scorer=fuzz.ratio, limit=SUGGESTIONS, score_cutoff=LIKENESS
    )
    return tuple(name for name, _, _ in likest)
