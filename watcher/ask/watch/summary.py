"""A week of the watch, for operators: coverage, blind time, events, messages, ends to come, head of log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from notifiers.said.reasons import all_said
from notifiers.said.voice import clean
from state.model import PARIS, Cause, Reason, Run
from state.owed import counted, outbox
from state.seen.events import log
from state.seen.looks import chain, runs
from state.seen.rows import overview
from state.words.post import Notice
from watcher.ask.watch.blindness import Blind, blind, share, within

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store
    from watcher.ask.archive import Archive

WEEK = timedelta(days=7)
HOUR = 9
"""The summary of a week goes out on Monday from this hour of Paris on."""
AHEAD = timedelta(days=90)
MOST = 5
TOPIC = "summary"


def owe(archive: Archive, channel: str) -> bool:
    """Owes the summary of last week to operators; False when it is too early, or was done."""
    here = archive.now.astimezone(PARIS)
    monday = here.date() - timedelta(days=here.weekday())
    begun = datetime.combine(monday, time(HOUR), PARIS)
    store = archive.store
    with store.transaction():
        first = runs.runs(store, limit=1)
        if archive.now < begun or not first or first[0].at >= begun:
            return False
        if not runs.remarked(store, TOPIC, [f"week:{monday}"], archive.now):
            return False
        told = summary(archive)
        text = all_said(told, "en", "\n")
        notice = Notice(id=0, kind=TOPIC, subject=str(monday), text=text, at=archive.now, said=told)
        outbox.owe_notice(store, notice, channel)
        return True


def summary(archive: Archive) -> tuple[Reason, ...]:
    """The last seven days, a line a subject."""
    since = archive.now - WEEK
    looks = {name: _looks(archive, source, since) for name, source in archive.sources.items()}
    spans = {name: within(blind(archive, name, looks[name]), since) for name in looks}
    today = archive.now.astimezone(PARIS).date()
    return (
        Reason.of(
            "week_coverage",
            sources=tuple(_covered(archive, name, looks[name], spans[name]) for name in looks),
        ),
        Reason.of("week_blind", spans=_blind_spans([one for name in spans for one in spans[name]])),
        Reason.of("week_events", counts=_events(archive.store, since)),
        Reason.of("week_messages", counts=_messages(archive.store, since)),
        Reason.of("week_ends", rows=_ends(archive.store, today)),
        Reason.of("week_head", head=chain.head(archive.store)),
    )


def _looks(archive: Archive, source: Source, since: datetime) -> tuple[Run, ...]:
    """The looks of the week, and the one before it: it says what the week began with."""
    before = runs.runs(archive.store, source=source.name, until=since, limit=1, newest_first=True)
    return (
        *before,
        *(run for run in runs.runs(archive.store, source=source.name, since=since) if run not in before),
    )


def _covered(archive: Archive, name: str, looks: Sequence[Run], spans: Sequence[Blind]) -> Reason:
    """The share of the week, or of the time since a first look in it, that was not blind."""
    if not looks:
        return Reason.of("never_covered", source=name)
    seen = share(archive.now, archive.now - WEEK, looks, spans)
    return Reason.of("covered", source=name, share=100.0 if seen is None else seen)


def _blind_spans(spans: Sequence[Blind]) -> tuple[Reason, ...]:
    told = [
        Reason.of("blind_until", source=one.source, since=_minute(one.since), until=_minute(one.until))
        if one.until
        else Reason.of("blind_still", source=one.source, since=_minute(one.since))
        for one in spans
    ]
    return _some(told) or (Reason.of("never"),)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}Z"  # said as Paris time, kept as it is


def _events(store: Store, since: datetime) -> tuple[Reason, ...]:
    told = [cause for cause in Cause if cause.told]
    kinds = Counter(event.kind for event in log.events(store, since=since, causes=told))
    counted = [Reason.of("count_kind", times=times, kind=str(kind)) for kind, times in kinds.most_common()]
    return tuple(counted) or (Reason.of("none"),)


def _messages(store: Store, since: datetime) -> tuple[Reason, ...]:
    found = counted.counted(store, since).items()
    return tuple(Reason.of(f"count_{state}", times=times) for state, times in found) or (Reason.of("none"),)


def _ends(store: Store, today: date) -> tuple[Reason, ...]:
    rows = overview.standing(store, ends=(today, today + AHEAD), order="end")
    told = [
        Reason.of(
            "row_ends",
            name=clean(row.known.provider.name),
            mark=row.known.attestation.label,
            day=str(row.known.attestation.valid_until),
        )
        for row in rows
    ]
    return _some(told) or (Reason.of("none"),)


def _some(told: Sequence[Reason]) -> tuple[Reason, ...]:
    more = [Reason.of("and_more", more=len(told) - MOST)] if len(told) > MOST else []
    return (*told[:MOST], *more)
