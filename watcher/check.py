"""One look at one source: fetch, keep the evidence, read, judge, record what changed, owe who is to be told.

The order matters. Evidence is kept before anybody interprets it, even of a bad page. The listing, the events
and the deliveries are written in one transaction, so that a crash at any instant loses nothing and doubles
nothing.
"""

from __future__ import annotations

import gc
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from scrapers.source import Blocked, Doubtful, Get, LayoutChanged, Source, SourceError, Unreachable
from state import evidence, forgotten, listings, log, runs
from state.model import (
    Attestation,
    Cause,
    Known,
    Outcome,
    Page,
    Provider,
    Run,
    Snapshot,
    SourceState,
)
from state.store import Store, StoreError
from watcher.clock import served
from watcher.diff import Look, diff
from watcher.judge import Verdict, judge
from watcher.pair import Pairing, Seen, pair
from watcher.record import Checked, Reading, Step, Watch, conclude, sure_time
from watcher.turn import applied, day_spoken_for, stated_on

logger = logging.getLogger(__name__)

_OUTCOMES: tuple[tuple[type[SourceError], Outcome], ...] = (
    (Unreachable, Outcome.UNREACHABLE),
    (Blocked, Outcome.BLOCKED),
    (LayoutChanged, Outcome.LAYOUT_CHANGED),
    (Doubtful, Outcome.DOUBTFUL),
)


LONGEST_LOOK = timedelta(hours=1)
"""No look takes longer: one recorded further ahead of this one's beginning was made by a wrong clock."""


def outcome_of(error: SourceError) -> Outcome:
    """The outcome of a look that ended with this error; a fault of our own is `CRASHED`."""
    return next((kind for cls, kind in _OUTCOMES if isinstance(error, cls)), Outcome.CRASHED)


class Stopped(Exception):
    """The program was asked to end while a look was waiting: nothing is recorded, nothing was concluded."""


class Overtaken(Exception):
    """A newer look at the same source was recorded first: this one is void, and its order would be wrong."""


def check(source: Source, get: Get, watch: Watch, clock: Callable[[], datetime]) -> Checked:
    """Looks at the live register once; a failure of the look is an outcome, never an exception.

    Raises `Overtaken` when another process finished a newer look meanwhile, and `sqlite3.Error` or
    `StoreError` when the memory is broken.
    """
    return _bounded(source, lambda: source.fetch(get), watch, clock, live=True)


def look(
    source: Source,
    pages: Sequence[Page],
    watch: Watch,
    now: datetime,
    *,
    approved: bool = False,
    latest: bool = False,
) -> Checked:
    """Reads pages as one look at `now`: saved ones, and held ones that an operator approved.

    `latest`: it is known to follow every look recorded, whatever their clocks said.
    """
    return _bounded(source, lambda: pages, watch, lambda: now, approved=approved, latest=latest)


def _bounded(
    source: Source,
    fetch: Callable[[], Sequence[Page]],
    watch: Watch,
    clock: Callable[[], datetime],
    *,
    approved: bool = False,
    live: bool = False,
    latest: bool = False,
) -> Checked:
    """The one boundary of a run: whatever goes wrong with one source is recorded, and others go on."""
    since, snapshot = clock(), None
    latest = latest or (live and _was_ahead(source, watch, since))
    try:
        pages = fetch()
        if live and not watch.clock.stated:
            watch = replace(watch, clock=replace(watch.clock, served_at=served(pages)))
        snapshot = evidence.keep(watch.store, source.name, pages, clock())
        if not approved and (same := _unmoved(source, snapshot, watch, clock())) is not None:
            return same
        with _uncollected():
            return _read_and_consider(
                source, pages, snapshot, watch, None if latest else since, clock(), approved
            )
    except SourceError as error:
        return _failed(source, watch, clock(), error, snapshot)
    except (sqlite3.Error, StoreError, Overtaken, Stopped):
        raise
    except Exception as error:
        logger.exception("%s: the look failed", source.name)
        fault = SourceError(f"{source.name}: our reader failed with {type(error).__name__}: {error}")
        return _failed(source, watch, clock(), fault, snapshot)


def _was_ahead(source: Source, watch: Watch, now: datetime) -> bool:
    """Whether the last look was made by a clock that was wrong: no look lasts as long as it lies ahead."""
    last = runs.state_of(watch.store, source.name).last_look
    return last is not None and last - now > LONGEST_LOOK


@contextmanager
def _uncollected() -> Iterator[None]:
    """Reads and compares without the search for cycles among rows that all live until the look ends.

    It took a third of the time of a long listing; what a look leaves is freed by counting, or afterwards.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _unmoved(source: Source, snapshot: Snapshot, watch: Watch, now: datetime) -> Checked | None:
    """The check of bytes already read and believed: one small row; None when there is more to do."""
    with watch.store.transaction():
        state = runs.state_of(watch.store, source.name)
        if state.snapshot != snapshot.id or state.revision != source.revision:
            return None
        known = listings.listing(watch.store, source.name)
        if any(row.missing_since for row in known):
            return None
        [last] = runs.runs(watch.store, source=source.name, good=True, limit=1, newest_first=True)
        run = replace(last, id=runs.next_run(watch.store), at=now, message="")
        return conclude(source, watch, run, state, known)


def _read_and_consider(
    source: Source,
    pages: Sequence[Page],
    snapshot: Snapshot,
    watch: Watch,
    since: datetime | None,
    now: datetime,
    approved: bool,
) -> Checked:
    """`since`: when the look began; None when it is known to follow every look recorded."""
    state = runs.state_of(watch.store, source.name)
    seen = source.read(pages)
    readings = [Reading(listing=seen, snapshot=snapshot, cause=Cause.REGISTER)]
    if state.snapshot is not None and state.revision != source.revision:
        readings = _reread(source, watch.store, state.snapshot, readings, approved)
    with watch.store.transaction():
        current = runs.state_of(watch.store, source.name)
        accepted = (current.snapshot, current.revision) == (state.snapshot, state.revision)
        if not accepted or (since and current.last_look and current.last_look > since):
            raise Overtaken(
                f"{source.name}: a look of {current.last_look:%Y-%m-%d %H:%M:%S} UTC is already recorded, "
                f"and this one began at {since or now:%Y-%m-%d %H:%M:%S} UTC: looks go in the order they "
                "were made"
            )
        return _consider(source, readings, watch, current, now, approved)


def _reread(
    source: Source, store: Store, accepted: int, readings: list[Reading], approved: bool
) -> list[Reading]:
    """The accepted snapshot read by today's code, before the new one: what differs there is our doing."""
    try:
        old = source.read(evidence.pages(store, accepted))
    except SourceError as error:
        if approved:  # nobody can tell what is ours and what is theirs: recorded, told to nobody
            return [replace(reading, cause=Cause.REREADING) for reading in readings]
        raise Doubtful(
            f"{source.name}: revision {source.revision} of the reader cannot read the snapshot that the "
            f"revision before it accepted: {error}"
        ) from error
    first = Reading(listing=old, snapshot=evidence.snapshot(store, accepted), cause=Cause.REREADING)
    return [first, *readings]


def _consider(
    source: Source,
    readings: Sequence[Reading],
    watch: Watch,
    state: SourceState,
    now: datetime,
    approved: bool,
) -> Checked:
    """Judges and applies the readings in order: inside the caller's transaction, all or nothing."""
    store = watch.store
    whose = _whose(source, watch)
    known = _known(source, watch, whose)
    run = _run(source, runs.next_run(store), now, readings[-1])
    sure_at = sure_time(source, watch, run, state)
    steps: list[Step] = []
    for reading in readings:
        stated = stated_on(day_spoken_for(reading.cause, reading.listing, state, sure_at), known)
        rows = [Seen(attestation=stated(row), provider=whose(row)) for row in reading.listing.attestations]
        pairing = pair(known, rows)
        step = _step(source, reading, watch, state, known, pairing, steps, now, sure_at, approved)
        if isinstance(step, str):
            run = replace(run, outcome=Outcome.DOUBTFUL, message=step, believed=False)
            return conclude(source, watch, run, state, known, steps)
        steps.append(step)
        known = step.known
        state = _accepted(state, source, reading)
        run = replace(run, held=tuple(hold.why for hold in step.verdict.alarming))
    return conclude(source, watch, run, state, known, steps)


def _step(
    source: Source,
    reading: Reading,
    watch: Watch,
    state: SourceState,
    known: tuple[Known, ...],
    pairing: Pairing,
    before: Sequence[Step],
    now: datetime,
    sure_at: datetime,
    approved: bool,
) -> Step | str:
    """The step that a reading makes, or why it is doubted."""
    seen = reading.listing
    if reading.cause is Cause.REREADING:  # rows already missing stay so: the old snapshot does not show them
        pairing = replace(pairing, left=tuple(row for row in pairing.left if row.missing_since is None))
    order = replace(state, edition_at=None) if reading.cause is Cause.REREADING else state
    verdict = judge(pairing, seen, order, source.bounds, sure_at, approved=approved)
    if verdict.doubt:
        return verdict.doubt
    if reading.cause is Cause.REREADING and verdict.alarming:
        return "our own reader changed: " + "; ".join(hold.why for hold in verdict.alarming)
    if reading.cause is Cause.REREADING:  # the same pages: nothing to wait for
        gone = frozenset(row.row for row in pairing.left) - verdict.kept
        verdict = Verdict(removed=gone, kept=verdict.kept)
    taken = [step.diff for step in before]
    made = diff(
        pairing,
        verdict,
        seen,
        Look(
            snapshot=reading.snapshot,
            seen_at=now,
            sure_at=sure_at,
            cause=reading.cause,
            covered=state.covers,
            next_row=listings.next_row(watch.store) + sum(len(d.transition.added) for d in taken),
            next_event=log.next_event(watch.store) + sum(len(d.events) for d in taken),
        ),
    )
    return Step(reading=reading, verdict=verdict, diff=made, known=applied(known, made.transition))


def _known(source: Source, watch: Watch, whose: Callable[[Attestation], Provider]) -> tuple[Known, ...]:
    """The known listing with today's providers; an alias reviewed since the last look moves its rows."""
    known = listings.listing(watch.store, source.name)
    moved = {row.row: who for row in known if (who := whose(row.attestation)) != row.provider}
    if not moved:
        return known
    listings.restamp(watch.store, watch.providers.resolve)
    return tuple(replace(row, provider=moved.get(row.row, row.provider)) for row in known)


def _whose(source: Source, watch: Watch) -> Callable[[Attestation], Provider]:
    """The provider that a row's holder is, by today's reviewed aliases; each printed name is asked once."""
    resolve = lru_cache(maxsize=None)(watch.providers.resolve)
    return lambda row: resolve(row.holder, source.name, row.label)


def _run(source: Source, id: int, now: datetime, reading: Reading) -> Run:
    return Run(
        id=id,
        source=source.name,
        at=now,
        outcome=Outcome.OK,
        snapshot=reading.snapshot.id,
        revision=source.revision,
        edition_at=reading.listing.edition_at,
        rows=dict(sorted(Counter(row.label for row in reading.listing.attestations).items())),
        unread=dict(sorted(Counter(odd.label for odd in reading.listing.unreadable).items())),
        believed=True,
    )


def _accepted(state: SourceState, source: Source, reading: Reading) -> SourceState:
    return replace(
        state,
        revision=source.revision,
        snapshot=reading.snapshot.id,
        edition_at=reading.listing.edition_at or state.edition_at,
        next_update=reading.listing.next_update,
        covers=state.covers | reading.listing.covers,
    )


def _failed(
    source: Source, watch: Watch, now: datetime, error: SourceError, snapshot: Snapshot | None = None
) -> Checked:
    """Records a look that yields no listing. The known listing stands; only the calendar may move."""
    outcome = outcome_of(error)
    with watch.store.transaction():
        run = Run(
            id=runs.next_run(watch.store),
            source=source.name,
            at=now,
            outcome=outcome,
            message=str(error),
            snapshot=snapshot.id if snapshot else None,
            revision=source.revision,
        )
        state = runs.state_of(watch.store, source.name)
        return conclude(source, watch, run, state, listings.listing(watch.store, source.name))


class NothingToApprove(Exception):
    """The run has nothing that waits for a person's word; the text says why."""


def approve(source: Source, run: Run, watch: Watch, reason: str, now: datetime) -> Checked:
    """Believes a doubted or held reading, on an operator's word: its own snapshot, and nothing newer.

    Raises `NothingToApprove` when the run was believed in full, read nothing, or was followed by another
    reading.
    """
    state = runs.state_of(watch.store, run.source)
    if (why := forgotten.reason_of(watch.store, run.id)) is not None:
        raise NothingToApprove(f"run {run.id} was forgotten: {why}")
    if run.snapshot is None:
        raise NothingToApprove(f"run {run.id} fetched no page: there is nothing to believe")
    if run.believed and not run.held and run.clock.trusted:
        raise NothingToApprove(f"run {run.id} was believed in full")
    later = [
        other
        for other in runs.runs(watch.store, source=run.source, since=run.at)
        if other.id > run.id and other.snapshot not in (None, run.snapshot)
    ]
    if later:
        raise NothingToApprove(
            f"run {run.id} was followed by another reading, run {later[-1].id}: look at that one"
        )
    runs.approve(watch.store, run.id, reason, now)
    logger.info(
        "run %s of %s approved: %s (accepted snapshot %s)", run.id, run.source, reason, state.snapshot
    )
    return on_word(source, run, run.snapshot, watch, now)


def on_word(source: Source, run: Run, snapshot: int, watch: Watch, now: datetime) -> Checked:
    """The look that an operator's word makes: the run's reading believed, or its clock, or both."""
    if not run.clock.trusted:
        watch = replace(watch, clock=replace(watch.clock, confirmed=True))
    pages = evidence.pages(watch.store, snapshot)
    return look(source, pages, watch, now, approved=not run.believed or bool(run.held), latest=True)
