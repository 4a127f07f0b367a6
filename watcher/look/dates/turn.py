"""Turns rows on the day that they print: a status to come is in force from its day on, whoever looks. Pure.

An end printed ahead is an end, told when it is printed and again on its day. Looks only give the occasion: a
new page, the same page, or none at all make no difference. A row that a new page prints otherwise has been
revised before it comes here, so what was corrected or taken back in time never happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from state.model import PARIS, Attestation, Cause, Known, Listing, day_of
from state.words.course import ahead, as_of, due_on, statuses
from watcher.look.compare.diff import Diff, Look, diff
from watcher.look.compare.judge import Verdict
from watcher.look.compare.nameless import Seen
from watcher.look.compare.pair import Pairing

if TYPE_CHECKING:
    from state.words.kept import Snapshot, SourceState, Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """What began on one day: its events, how the listing changes, the rows after it, since when it is so."""

    diff: Diff
    known: tuple[Known, ...]
    since: datetime | None


def day_spoken_for(cause: Cause, seen: Listing, state: SourceState, sure_at: datetime) -> date:
    """The day as of which the rows of a page are compared with what is known: that of the look.

    `sure_at` is the time as of which the calendar may speak. Old pages that are read again speak for the day
    of the last look, so that nothing which begins today goes untold; no page speaks for a day before its own.
    """
    day = day_of(sure_at)
    if cause is Cause.REREADING and state.last_look is not None:
        day = min(day, day_of(state.last_look))
    return max(day, day_of(seen.edition_at)) if seen.edition_at else day


def stated_on(day: date, known: Sequence[Known]) -> Callable[[Attestation], Attestation]:
    """How a row of a page is to be compared with what is known: as it stands on a day.

    What was announced before, and is printed still, is left for the calendar to tell; what has begun does not
    begin again, whatever day a wrong clock says.
    """
    before: dict[tuple[str, str | None, str | None], Attestation] = {}

    def stated(row: Attestation) -> Attestation:
        if not ahead(row):  # most registers print no other day: nothing is looked up for their rows
            return row
        if not before:
            before.update((_row(one.attestation), one.attestation) for one in known)
        old = before.get(_row(row))
        announced = due_on(old) if old else None
        if announced is not None and announced <= day and _prints(row, announced):
            return as_of(row, announced - timedelta(days=1))
        begun = old.valid_from if old and old.status != "announced" else None
        return as_of(row, max(day, begun) if begun and _prints(row, begun) else day)

    return stated


def _row(row: Attestation) -> tuple[str, str | None, str | None]:
    return (row.label, row.ref.casefold() if row.ref else None, None if row.ref else row.subject)


def _prints(row: Attestation, day: date) -> bool:
    """Whether a row prints a status that begins on a day."""
    return due_on(row) == day or any(began == day for began, _ in statuses(row))


def turns(
    known: Sequence[Known],
    state: SourceState,
    snapshot: Snapshot,
    *,
    sure_at: datetime,
    now: datetime,
    next_event: int,
) -> Iterator[Turned]:
    """What has begun by the time as of which the calendar may speak, day by day.

    Events are numbered from `next_event` on.
    """
    rows, today = tuple(known), day_of(sure_at)
    while True:
        day = min((due for row in rows if (due := due_on(row.attestation)) is not None), default=None)
        if day is None or day > today:
            return
        turned = _on(day, rows, state, snapshot, now, next_event)
        yield turned
        rows, next_event = turned.known, next_event + len(turned.diff.events)


def _on(
    day: date, known: Sequence[Known], state: SourceState, snapshot: Snapshot, now: datetime, next_event: int
) -> Turned:
    pairs, left = [], []
    for row in known:
        if due_on(row.attestation) == day:
            pairs.append((row, Seen(attestation=as_of(row.attestation, day), provider=row.provider)))
        else:
            left.append(row)
    pairing = Pairing(pairs=tuple(pairs), arrived=(), left=tuple(left))
    look = Look(
        snapshot=snapshot,
        seen_at=now,
        cause=Cause.CALENDAR,
        covered=state.covers,
        next_row=0,
        next_event=next_event,
    )
    printed = Listing(source=state.source, attestations=(), covers=state.covers, edition_at=state.edition_at)
    made = diff(pairing, Verdict(), printed, look)
    return Turned(diff=made, known=applied(known, made.transition), since=_since(day, state.edition_at))


def _since(day: date, edition_at: datetime | None) -> datetime | None:
    """Since when it is so on the clock of editions: from the day itself, never before the edition that
    prints it."""
    if edition_at is None:
        return None
    return max(edition_at, datetime.combine(day, time.min, PARIS).astimezone(UTC))


def applied(known: Sequence[Known], transition: Transition) -> tuple[Known, ...]:
    """The known rows after a transition, in order."""
    gone = set(transition.removed)
    rows = {row.row: row for row in known if row.row not in gone}
    for row in (*transition.added, *transition.revised, *transition.touched):
        rows[row.row] = row
    return tuple(rows[row] for row in sorted(rows))
