"""The rows of a reading that state and stand as the memory has them: counted, and not compared one by one.

Most rows of a look are such. Nothing is to be said of them, and all that hangs on them is how many there are,
and of whom. Pure, but that it fills as the memory is gone through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING

from state.names import nameless
from state.words.course import ahead, due_on

if TYPE_CHECKING:
    from state.model import Attestation, Known, Listing

MARKS = attrgetter("ref", "subject", "holder")
"""A part of what `pair` tells rows apart by: two that differ in it are never taken for each other."""
TAKEN = -1


class Unmoved:
    """`rows` as they were read, and how many there are of each label, status and slug (`tally`)."""

    __slots__ = ("_by", "_doubtful", "_times", "rows", "tally")

    def __init__(
        self,
        seen: Sequence[Attestation] = (),
        by: date = date.min,
        doubtful: Collection[tuple[str, str]] = (),
    ) -> None:
        """Of the rows `seen` all may be taken but those that end by a day, those whose label and holder are
        `doubtful`, and those that could be taken for another one."""
        self._times, self._by, self._doubtful = Counter(map(MARKS, seen)), by, doubtful
        self.rows: list[Attestation] = []
        self.tally: Counter[tuple[str, str, str]] = Counter()

    def take(self, row: Attestation, slug: str) -> bool:
        """Whether a row that the memory has as this provider's is one of them; then it is counted."""
        marks = MARKS(row)
        if self._times[marks] != 1 or (row.label, row.holder) in self._doubtful:
            return False
        if row.valid_until is not None and row.valid_until <= self._by and row.stands:
            return False
        self._times[marks] = TAKEN
        self.rows.append(row)
        self.tally[row.label, row.status, slug] += 1
        return True

    def others(self, seen: Iterable[Attestation]) -> list[Attestation]:
        """The rows seen that were not taken."""
        taken = {id(row) for row in self.rows}
        return [row for row in seen if id(row) not in taken]

    def alone(self, known: Iterable[Known]) -> bool:
        """Whether nothing of the other known rows hangs on those taken: none has the same marks, or turns on
        a day that it printed, which is told by all that its provider has."""
        rows = (row.attestation for row in known)
        return not any(self._times[MARKS(row)] == TAKEN or due_on(row) is not None for row in rows)


def countable(seen: Listing) -> bool:
    """Whether the rows of a reading may be counted: of one that could not be read, that names nobody or that
    prints another day, what is said hangs on where the others stand, and on their refs."""
    return not (
        seen.unreadable
        or any(map(ahead, seen.attestations))
        or any(map(nameless, {row.holder for row in seen.attestations}))
    )
