"""What differs between two editions of one source, whatever lies between them. Pure.

Each row is followed by its line of life: who continues whom was judged step by step, with every edition in
between at hand, and two far editions alone could not tell it. What has no line in common is paired as the
watch pairs: a service that was gone for an edition and came back is the same service. The difference is what
is left: a service that was gained and lost in between is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.model import Cause, Event, Listing
from state.words.labels import coverage_of
from watcher.look.compare.diff import Look, diff
from watcher.look.compare.judge import Verdict
from watcher.look.compare.nameless import Seen
from watcher.look.compare.pair import Pairing, pair

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from state.model import Known
    from state.words.kept import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two editions: its rows as they were listed, when it was read, and what it says of its date."""

    source: str
    rows: Sequence[Known]
    at: datetime
    edition_at: datetime | None
    covers: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A difference, told as an event of the later edition that no log has, and the lines of life of its rows
    on both sides."""

    event: Event
    lines: tuple[int, ...]


def differences(before: Side, after: Side, snapshot: Snapshot) -> tuple[Difference, ...]:
    """What the later edition states otherwise; `snapshot` is the one that it was read from."""
    by_line = {row.row: row for row in after.rows}
    seen = {line: Seen(attestation=row.attestation, provider=row.provider) for line, row in by_line.items()}
    pairing = _paired(before.rows, seen)
    lines = {id(row.attestation): line for line, row in by_line.items()}  # by identity: some print the same
    made = diff(
        pairing,
        Verdict(removed=frozenset(row.row for row in pairing.left)),
        Listing(source=after.source, attestations=(), covers=frozenset(), edition_at=after.edition_at),
        Look(
            snapshot=snapshot,
            seen_at=after.at,
            cause=Cause.REGISTER,
            covered=frozenset({*before.covers, *(coverage_of(row.attestation) for row in before.rows)}),
            next_row=max((row.row for row in (*before.rows, *after.rows)), default=0) + 1,
            next_event=1,
        ),
    )
    heirs = {old.row: lines[id(new.attestation)] for old, new in pairing.pairs}
    new = {known.row: lines[id(known.attestation)] for known in made.transition.added}
    return tuple(
        Difference(event=event, lines=tuple(sorted(_both(event.rows, heirs, new)))) for event in made.events
    )


def _paired(before: Sequence[Known], seen: Mapping[int, Seen]) -> Pairing:
    """The rows of both sides: by their lines of life, and what has none in common as the watch pairs."""
    same = tuple((row, seen[row.row]) for row in before if row.row in seen)
    lines = {row.row for row, _ in same}
    left = [row for row in before if row.row not in lines]
    others = pair(left, [row for line, row in seen.items() if line not in lines])
    return Pairing(pairs=(*same, *others.pairs), arrived=others.arrived, left=others.left)


def _both(rows: Sequence[int], heirs: Mapping[int, int], new: Mapping[int, int]) -> Iterator[int]:
    """The lines of life of rows, on both sides; rows that came were numbered for this comparison alone."""
    for row in rows:
        if row in new:
            yield new[row]
        else:
            yield from {row, heirs.get(row, row)}
