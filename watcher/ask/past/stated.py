"""What rows that print all their statuses say of a day, even one on which nobody looked. Pure.

The trusted list prints the history of every service and keeps those that ended: its last word on a line of
life speaks for every day up to the last look that found it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from state.model import Version, day_of
from state.words.course import as_of

NEAREST = 3
"""How many rows a no names: those whose statuses stand closest to the day."""


def still_listed(version: Version, day: date) -> bool:
    """Whether the line of life was on the register on a day, as far as it ever left."""
    gone = version.until_edition or version.until
    return gone is None or day < day_of(gone)


def on_day(printed: Iterable[Version], day: date) -> tuple[Version, ...]:
    """The rows as they stood on a day by their printed statuses; lines that had left are not among them."""
    return tuple(_then(version, day) for version in printed if still_listed(version, day))


def _then(version: Version, day: date) -> Version:
    """The row as it stood on a day; one that stands otherwise now no longer stands so."""
    known = version.known
    stood = as_of(known.attestation, day)
    if stood == known.attestation:
        return version
    known = replace(known, attestation=stood)
    return replace(version, known=known, until=version.until or version.since)


def nearest(rows: Sequence[Version], day: date) -> tuple[Version, ...]:
    """Of rows that were not held on a day, the few whose statuses began closest to it."""

    def distance(row: Version) -> int:
        began = row.known.attestation.valid_from
        return abs((began - day).days) if began else 0

    return tuple(sorted(rows, key=lambda row: (distance(row), row.known.row))[:NEAREST])
