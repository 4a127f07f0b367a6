"""What rows that print all their statuses say of a day, even one on which nobody looked. Pure.

The trusted list prints the history of every service and keeps those that ended: its last word on a line of
life speaks for every day up to the last look that found it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from state.model import Version, day_of
from state.words.course import as_of, statuses

NEAREST = 3
"""How many rows a no names: those whose statuses stand closest to the day."""


def printed_lines(versions: Iterable[Version], unsaid: Iterable[int]) -> Mapping[str, tuple[Version, ...]]:
    """By the slug of their provider, the last version of each line of life that prints its statuses.

    Versions come in order of time. Lines in `unsaid` were never there: our own reader was wrong.
    """
    last = {one.known.row: one for one in versions}
    own: defaultdict[str, list[Version]] = defaultdict(list)
    for line, version in last.items():
        if line not in set(unsaid) and statuses(version.known.attestation):
            own[version.known.provider.slug].append(version)
    return {slug: tuple(rows) for slug, rows in own.items()}


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
