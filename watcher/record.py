"""Writes what a run brought: the run, its events, the listing, what is owed to whom, the source's health.

All of it in the caller's transaction, so that an event and what is owed for it exist together or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from scrapers.source import Source
from state import chain, evidence, listings, log, outbox, runs, subscriptions
from state.model import (
    Cause,
    Event,
    Known,
    Listing,
    Notice,
    Run,
    Snapshot,
    SourceState,
)
from state.providers import Providers
from state.store import Store
from watcher import expiry, health
from watcher.diff import Diff
from watcher.judge import Verdict
from watcher.want import wants

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a check works with: the memory, who is who, and where operators listen ("" for nowhere)."""

    store: Store
    providers: Providers
    operators: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The outcome of a check: its run, and the events it recorded."""

    run: Run
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A listing with the snapshot it was read from, and who moved if it differs from what is known."""

    listing: Listing
    snapshot: Snapshot
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One believed reading: what it changed, and the listing after it."""

    reading: Reading
    verdict: Verdict
    diff: Diff
    known: tuple[Known, ...]


def conclude(
    source: Source,
    watch: Watch,
    run: Run,
    state: SourceState,
    known: Sequence[Known],
    steps: Sequence[Step] = (),
) -> Checked:
    """Writes a run and all it brought: events, listing, deliveries, health, words to operators, its link.

    To be called inside the transaction that read `state` and `known`.
    """
    store = watch.store
    runs.record(store, run)
    events: list[Event] = []
    for step in steps:
        log.append(store, run.id, step.diff.events)
        listings.accept(
            store, source.name, run.id, run.at, step.reading.listing.edition_at, step.diff.transition
        )
        events += step.diff.events
    state, notices = health.after_run(state, run)
    runs.save_state(store, state)
    endings = _endings(watch, run, state, known, events)
    log.append(store, run.id, endings)
    events += endings
    _owe(watch, run, events)
    tell(watch, (*notices, *_news(source, watch, run, steps)))
    chain.extend(store, run.id)
    return Checked(run=run, events=tuple(events))


def _endings(
    watch: Watch, run: Run, state: SourceState, known: Sequence[Known], events: Sequence[Event]
) -> tuple[Event, ...]:
    """What the calendar moved, by the listing as it now stands."""
    if state.snapshot is None or state.last_good is None:
        return ()
    fresh = {row for event in events if event.cause is Cause.BASELINE for row in event.rows}
    return expiry.ends(
        known,
        log.announced_steps(watch.store, run.source),
        source=run.source,
        snapshot=evidence.snapshot(watch.store, state.snapshot),
        edition_at=state.edition_at,
        last_good=state.last_good,
        now=run.at,
        next_event=log.next_event(watch.store),
        silent=fresh,
    )


def _owe(watch: Watch, run: Run, events: Sequence[Event]) -> None:
    """One delivery per event and channel, in the transaction that records the events."""
    wishes = subscriptions.subscriptions(watch.store)
    owed = []
    for event in events:
        matched: dict[str, list[int]] = {}
        for wish in wishes:
            if wants(wish, event, watch.providers):
                matched.setdefault(wish.channel, []).append(wish.id)
        owed += [(event.id, channel, tuple(ids)) for channel, ids in matched.items()]
    outbox.owe_events(watch.store, run.id, owed, run.at)


def _news(source: Source, watch: Watch, run: Run, steps: Sequence[Step]) -> tuple[Notice, ...]:
    """What was new or odd in the pages and was believed all the same, each topic once."""
    if not steps:
        return ()
    seen = steps[-1].reading.listing
    topics = {remark.topic: remark.text for remark in seen.remarks}
    for odd in seen.unreadable:
        name = odd.ref or odd.holder or odd.place
        topics[f"unreadable:{odd.label}:{name}"] = (
            f"{odd.label}, {odd.place}: {odd.why}; its last state is kept"
        )
    fresh = runs.remarked(watch.store, source.name, list(topics), run.at)
    if not fresh:
        return ()
    text = "\n".join(topics[topic] for topic in topics if topic in fresh)
    return (Notice(id=0, kind="news", subject=source.name, text=text, at=run.at),)


def tell(watch: Watch, notices: Sequence[Notice]) -> None:
    """Owes words to operators; in the log as well, since nobody may be listening."""
    for notice in notices:
        logger.warning("%s: %s: %s", notice.kind, notice.subject, notice.text)
        if watch.operators:
            outbox.owe_notice(watch.store, notice, watch.operators)
