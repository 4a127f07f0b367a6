"""Says which rows near or pass their printed end: the part of the watch that the calendar moves. Pure.

An edition lives for weeks while ends pass, so `expired` is computed from the date and does not wait for the
row to go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from state.model import Cause, Event, Kind, Known, day_of
from watcher.look.compare.diff import evidence

if TYPE_CHECKING:
    from state.words.kept import Snapshot, SourceState

STEPS = (180, 90, 30, 7)
"""Days before the printed end at which an `expiring` is announced, once each."""
PAST = 0
"""The step of `expired` in the log."""


def ends(
    known: Sequence[Known],
    announced: Collection[tuple[int, date, int]],
    state: SourceState,
    snapshot: Snapshot,
    *,
    now: datetime,
    next_event: int,
    silent: Collection[int] = (),
) -> tuple[Event, ...]:
    """The `expiring` and `expired` events due now, by the accepted snapshot of a source.

    `announced` are the (row, end, step) already in the log. A step that had passed when the end date was
    first seen is not announced: that message printed the date. Rows in `silent` (a baseline, or one that a
    doubted clock saw) get the step they stand in recorded, told to nobody. `expired` is said only of a row
    that a look after its end showed.
    """
    if state.last_good is None:
        return ()
    today, last_seen = day_of(now), day_of(state.last_good)
    events: list[Event] = []
    for row in sorted(known, key=lambda row: row.row):
        step = _step(row, today, last_seen)
        if step is None or _said(row, step, announced):
            continue
        if row.row in silent or _crossed(row, step, today):
            cause = Cause.BASELINE if row.row in silent else Cause.CALENDAR
            events.append(_event(row, step, cause, state, snapshot, now, next_event + len(events)))
    return tuple(events)


def _step(row: Known, today: date, last_seen: date) -> int | None:
    """The tightest step that a held row stands in today, None when its end is far or unprinted."""
    end = row.attestation.valid_until
    if end is None or not row.attestation.stands:
        return None
    days = (end - today).days
    if days < 0:
        announced = row.attestation.last_day != end  # it turns on its day, and is never listed past it
        listed = end < last_seen <= today and row.missing_since is None
        return PAST if listed and not announced else None
    return min((step for step in STEPS if days <= step), default=None) if days <= STEPS[0] else None


def _said(row: Known, step: int, announced: Collection[tuple[int, date, int]]) -> bool:
    end = row.attestation.valid_until
    return any((row.row, end, tighter) in announced for tighter in (PAST, *STEPS) if tighter <= step)


def _crossed(row: Known, step: int, today: date) -> bool:
    """Whether the end date was known before the step was reached; so is one seen on a day yet to come, by a
    clock that was wrong."""
    end = row.attestation.valid_until
    assert end is not None  # noqa: S101 -- a row in a step has an end
    first_seen = day_of(row.end_seen_at)
    if first_seen > today:
        return True
    return first_seen <= end if step == PAST else first_seen < end - timedelta(days=step)


def _event(
    row: Known, step: int, cause: Cause, state: SourceState, snapshot: Snapshot, now: datetime, number: int
) -> Event:
    kind = Kind.EXPIRED if step == PAST else Kind.EXPIRING
    return Event(
        id=number,
        kind=kind,
        weight=kind.weight,
        provider=row.provider,
        label=row.attestation.label,
        source=state.source,
        attestations=(row.attestation,),
        rows=(row.row,),
        seen_at=now,
        edition_at=state.edition_at,
        cause=cause,
        evidence=evidence(snapshot, row.attestation),
        step=step,
    )


def ending_within(known: Iterable[Known], days: int, today: date) -> tuple[Known, ...]:
    """The held rows whose printed end lies within so many days from today, soonest first."""
    rows = [
        row
        for row in known
        if row.attestation.stands
        and row.attestation.valid_until
        and timedelta(0) <= row.attestation.valid_until - today <= timedelta(days=days)
    ]
    return tuple(sorted(rows, key=lambda row: (row.attestation.valid_until, row.provider.slug, row.row)))
