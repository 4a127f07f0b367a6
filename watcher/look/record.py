"""Writes what a run brought: the run, its events, the listing, what is owed to whom, the source's health.

All of it in the caller's transaction, so that an event and what is owed for it exist together or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from state.model import Cause, Clock, Event, Known, Listing, Outcome, Reason, Run, day_of
from state.owed import outbox, subscriptions
from state.seen.events import log
from state.seen.looks import chain, evidence, runs
from state.seen.rows import listings
from state.words.course import due_on
from state.words.labels import TOGETHER
from watcher.look import health
from watcher.look.dates import clock, expiry
from watcher.look.dates.turn import Turned, turns
from watcher.look.remarks import news
from watcher.tell.joints import joints
from watcher.tell.want import joined, wants

if TYPE_CHECKING:
    from state.file.store import Store
    from state.seen.who.providers import Providers
    from state.words.kept import Snapshot, SourceState
    from state.words.post import Notice
    from watcher.look.compare.diff import Diff
    from watcher.look.compare.judge import Verdict

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a check works with: the memory, who is who, where operators listen ("" for nowhere), and what is
    known of the clock before it is judged."""

    store: Store
    providers: Providers
    operators: str = ""
    clock: Clock = field(default_factory=Clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An operator's word on a run: which one, why, and whether it is its `reading` that is to be believed, or
    its clock alone."""

    run: int
    reason: str
    reading: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The outcome of a check: its run, and the events it recorded.

    `missing` are the rows that the last believed reading does not show, and that still count as listed.
    `trust` is what operators were told of whom lists are believed by.
    """

    run: Run
    events: tuple[Event, ...] = ()
    missing: tuple[Known, ...] = ()
    trust: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A listing with the snapshot it was read from, and who moved if it differs from what is known.

    `accepted` is what the accepted pages state, where these are others under the same stamp, or editions are
    counted. `imprint` is what the pages show, "" where that cannot be told.
    """

    listing: Listing
    snapshot: Snapshot
    cause: Cause
    accepted: Listing | None = None
    imprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """A reading that is believed: what it changed, and the listing after it."""

    reading: Reading
    verdict: Verdict
    diff: Diff
    known: tuple[Known, ...]


def past_of(store: Store, source: str) -> clock.Past:
    """What the runs kept say of clocks, for judging the next look at a source."""
    trusted = {run.source: run for run in runs.latest_trusted(store)}
    own = trusted.get(source)
    return clock.Past(
        latest={run.source: run for run in runs.latest(store)},
        trusted=trusted,
        doubted=runs.doubted(store, own.id if own else 0),
    )


def sure_time(watch: Watch, run: Run, state: SourceState) -> datetime:
    """The time as of which the calendar may speak in a run that is not recorded yet."""
    past, edition_at = past_of(watch.store, run.source), _newest(state, run)
    return clock.sure_time(past, _judged(past, watch, run, edition_at), run.at, edition_at)


def _judged(past: clock.Past, watch: Watch, run: Run, edition_at: datetime | None) -> Clock:
    read = run.snapshot is not None
    return clock.judge(past, run.source, run.at, watch.clock, read=read, edition_at=edition_at)


def _newest(state: SourceState, run: Run) -> datetime | None:
    return max(filter(None, (state.edition_at, run.edition_at)), default=None)


def conclude(
    watch: Watch,
    run: Run,
    state: SourceState,
    known: Sequence[Known] | None = None,
    believed: Sequence[Believed] = (),
    *,
    approval: Approval | None = None,
) -> Checked:
    """Writes a run and all it brought: events, listing, deliveries, health, words to operators, its link.

    To be called inside the transaction that read `state` and `known`; the `approval` that it is made on is
    written with it. `known` is None where the look changes nothing: then only the rows that the calendar may
    speak of are read, for most looks see what the one before saw, and a listing may be long.
    """
    store, past, edition_at = watch.store, past_of(watch.store, run.source), _newest(state, run)
    run = replace(run, clock=_judged(past, watch, run, edition_at))
    before = past.latest.get(run.source)
    known = _at_hand(store, before, state, run) if known is None else known
    if approval is not None:
        runs.record_approval(store, approval.run, approval.reason, run.at)
    runs.record(store, run)
    events = [*_read(store, run, believed)]
    turned = _turned(store, run, state, known, clock.sure_time(past, run.clock, run.at, edition_at))
    for each in turned:
        events += _written(store, run, each.diff, each.since)
    known = turned[-1].known if turned else known
    # After the listing, since what is told depends on what is held by now.
    state, notices = health.after_run(state, run)
    runs.save_state(store, state)
    events += _endings(store, run, state, known, _without_a_day(past, run.source, events, known))
    _owe(watch, run, events)
    doubted = clock.notice(past, run, edition_at)
    fresh = _news(store, run, believed)
    tell(watch, (*notices, *([doubted] if doubted else []), *fresh))
    _seal(store, run, before, changed=bool(believed or turned))  # last: it seals all that is written above
    missing = tuple(row for row in known if row.missing_since is not None)
    trust = tuple(line for one in fresh if one.kind == "trust" for line in one.said)
    return Checked(run=run, events=tuple(events), missing=missing, trust=trust)


def _read(store: Store, run: Run, believed: Sequence[Believed]) -> Iterator[Event]:
    """Writes what the readings changed, each as of its edition."""
    for one in believed:
        yield from _written(store, run, one.diff, one.reading.listing.edition_at)


def _news(store: Store, run: Run, believed: Sequence[Believed]) -> Sequence[Notice]:
    """What operators hear of the pages of this look; those that were read again spoke when they came."""
    if not believed:
        return ()
    last, made = believed[-1].reading, believed[-1].diff
    return news(store, run, last.listing, last.accepted, last.snapshot, made)


def _seal(store: Store, run: Run, before: Run | None, *, changed: bool) -> None:
    """Adds the link of a run to the chain."""
    if before is None or changed:
        chain.extend(store, run.id)
    else:
        chain.extend_unchanged(store, run.id, before.id)


def _at_hand(store: Store, before: Run | None, state: SourceState, run: Run) -> Sequence[Known]:
    """The rows of a listing that stays as it is of which there may be something to say: those that are not
    shown, and those whose end or next status is near; all of them on a day on which one turns."""
    if before is not None and _calendar_told(before, state, run):
        return listings.near(store, run.source)
    by = max(run.at, before.at if before else run.at)
    rows = listings.near(store, run.source, day_of(by) + timedelta(days=max(expiry.STEPS)))
    # Whether a row that turns is its provider's last of a label is told by all the others.
    due = [day for row in rows if (day := due_on(row.attestation)) is not None]
    return listings.listing(store, run.source) if min(due, default=date.max) <= day_of(by) else rows


def _calendar_told(before: Run, state: SourceState, run: Run) -> bool:
    """Whether the look before said all that the calendar has to say of this very listing on this day."""
    if state.last_good is None or not (before.clock.trusted and run.clock.trusted):
        return False
    # `expired` is said once a good look is later than the end: a new day of good looks has more to say.
    good = run.at if run.outcome is Outcome.OK else state.last_good
    return day_of(good) == day_of(state.last_good) and day_of(before.at) == day_of(run.at)


def _written(store: Store, run: Run, made: Diff, since: datetime | None) -> tuple[Event, ...]:
    """Writes what changed, in the log and in the listing, which is so since an edition."""
    log.append(store, run.id, made.events)
    listings.accept(store, run.source, run.id, run.at, since, made.transition)
    return made.events


def _turned(
    store: Store, run: Run, state: SourceState, known: Sequence[Known], sure_at: datetime
) -> tuple[Turned, ...]:
    """What began by now of all that the rows, as they now stand, print ahead."""
    if state.snapshot is None:
        return ()
    kept, first = evidence.snapshot(store, state.snapshot), log.next_event(store)
    return tuple(turns(known, state, kept, sure_at=sure_at, now=run.at, next_event=first))


def _without_a_day(
    past: clock.Past, source: str, events: Sequence[Event], known: Sequence[Known]
) -> frozenset[int]:
    """The rows whose ends nobody is to hear of now: those of a baseline, and those whose end was first seen
    by a clock that is doubted since it was last trusted."""
    unsure = {run.at for run in past.doubted if run.source == source}
    first = {row for event in events if event.cause is Cause.BASELINE for row in event.rows}
    return frozenset(first | {row.row for row in known if row.end_seen_at in unsure})


def _endings(
    store: Store, run: Run, state: SourceState, known: Sequence[Known], silent: frozenset[int]
) -> tuple[Event, ...]:
    """Writes what the calendar moved, by the listing as it now stands."""
    if state.snapshot is None or not run.clock.trusted:
        return ()
    soon = day_of(run.at) + timedelta(days=max(expiry.STEPS))
    ending = [row.row for row in known if (end := row.attestation.valid_until) and end <= soon]
    made = expiry.ends(
        known,
        log.announced_steps(store, run.source, run.at, ending),
        state,
        evidence.snapshot(store, state.snapshot),
        now=run.at,
        next_event=log.next_event(store),
        silent=silent,
    )
    log.append(store, run.id, made)
    return made


def _owe(watch: Watch, run: Run, events: Sequence[Event]) -> None:
    """One delivery per event and channel, in the transaction that records the events."""
    wishes = subscriptions.subscriptions(watch.store)
    watched = any(label in TOGETHER for wish in wishes for label in wish.labels)
    turned = joints(watch.store, events) if watched else {}
    # What many follow alike is judged once for all: ten thousand channels follow a few hundred things,
    # and whoever else wants to write waits for this.
    meanings: dict[tuple[object, ...], int] = {}
    meant = [meanings.setdefault(one.meaning, len(meanings)) for one in wishes]
    alike = dict(zip(meant, wishes, strict=True))  # any one speaks for all that mean the same
    owed, because = [], dict[tuple[int, str], tuple[Reason, ...]]()
    for event in events:
        matched: dict[str, list[int]] = {}
        own = turned.get(event.id, ())
        wanted = {
            number: [one.reason for one in joined(wish, event, watch.providers, own)]
            for number, wish in alike.items()
            if wants(wish, event, watch.providers, own)
        }
        for wish, number in zip(wishes, meant, strict=True):
            if number in wanted:
                matched.setdefault(wish.channel, []).append(wish.id)
                key = (event.id, wish.channel)
                # Two subscriptions of a channel that watch the same are told once.
                because[key] = tuple(dict.fromkeys((*because.get(key, ()), *wanted[number])))
        owed += [(event.id, channel, tuple(ids)) for channel, ids in matched.items()]
    outbox.owe_events(watch.store, run.id, owed, run.at, because)


def tell(watch: Watch, notices: Sequence[Notice]) -> None:
    """Owes words to operators; in the log as well, since nobody may be listening."""
    for notice in notices:
        # Up to 32 states move at once, with six fingerprints each: of that nobody reads a single line.
        for line in notice.text.splitlines() if notice.kind == "trust" else (notice.text,):
            logger.warning("%s: %s: %s", notice.kind, notice.subject, line)
        if watch.operators:
            outbox.owe_notice(watch.store, notice, watch.operators)
