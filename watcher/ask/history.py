"""What happened: the events of the log that fit a question, and by day for people.

A first look at a register records hundreds of rows: what happened on that day would drown in them, so they
never stand above news.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from state.model import Cause, Event, day_of
from state.names import name_key, print_key, spoken
from state.seen.events import log
from state.seen.who.spellings import Concern
from state.words.labels import TOGETHER, single
from watcher.ask.past.was import first_moment, last_moment

if TYPE_CHECKING:
    from state.file.store import Store
    from state.seen.who.providers import Providers
    from watcher.ask.archive import Archive

TOLD = tuple(cause for cause in Cause if cause.told)
"""The causes that are shown unless others are asked for: what happened, not what was there or was misread."""


def history(
    archive: Archive,
    *,
    names: Sequence[str] = (),
    labels: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
    sources: Collection[str] | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int | None = None,
) -> tuple[Event, ...]:
    """The events that fit, newest first, at most `limit`: no others are opened. `names` match as those of a
    subscription do; days are Paris days; labels together stand for the events by which they met or parted."""
    found: list[Event] = []
    numbers, labels = _joints(archive, labels)
    before: int | None = None
    while True:
        # The memory gives a few events too many for a name: it is asked on until enough of them fit.
        events = log.events(
            archive.store,
            concerning=concerns(archive, names),
            numbers=numbers,
            labels=labels,
            kinds=kinds,
            sources=sources,
            since=first_moment(since),
            until=last_moment(until),
            before=before,
            limit=limit,
            newest_first=True,
        )
        found += _about(names, events, archive.providers) if names else events
        if limit is None or len(found) >= limit or len(events) < limit:
            return tuple(found[:limit])
        before = events[-1].id


def _about(names: Sequence[str], events: Iterable[Event], providers: Providers) -> Iterator[Event]:
    """The events that are about one of these names, as a subscription would have it."""
    from watcher.tell.want import about  # most questions are about a provider, and load nothing of channels

    return (event for event in events if any(about(name, event, providers) for name in names))


def _joints(
    archive: Archive, labels: Collection[str] | None
) -> tuple[Collection[int] | None, Collection[str] | None]:
    """The numbers of the events that labels together alone ask for; else the labels, each by itself."""
    if not labels or not TOGETHER.keys() >= set(labels):
        return None, single(labels) if labels else labels
    from watcher.tell.turned import joint_events  # few ask for both

    return joint_events(archive.store, labels), None


def concerns(archive: Archive, names: Sequence[str]) -> Sequence[Concern] | None:
    """What the memory is asked for where events are to be about one of some names; None for no names."""
    return [_concern(archive, name) for name in names] or None


def _concern(archive: Archive, name: str) -> Concern:
    """What an event that is about a name has in the memory; more has it, so `about` is asked of each."""
    named = archive.providers.named(name)
    slugs = {print_key(name), *([named.slug] if named else []), *archive.names.abroad(name)}
    spelt = (each for slug in slugs for each in (slug, *archive.providers.aliases(slug)))
    return Concern(slugs=frozenset(slugs), keys=frozenset(map(name_key, spelt)), words=spoken(name))


def by_day(events: Sequence[Event]) -> list[tuple[date, list[Event]]]:
    """The events by the day in Paris on which they were seen: the days in the order given, and in each day
    news, then what a better reader found, then what was there at a first reading."""
    days = groupby(events, key=lambda event: day_of(event.seen_at))
    return [(day, sorted(own, key=_standing)) for day, own in days]


def news_first(events: Sequence[Event]) -> list[Event]:
    """The events in the same order, one after the other."""
    return [event for _, own in by_day(events) for event in own]


def _standing(event: Event) -> int:
    return (Cause.REREADING, Cause.BASELINE).index(event.cause) + 1 if not event.cause.told else 0


def newest(
    store: Store,
    most: int,
    *,
    who: str | None = None,
    labels: Collection[str] | None = None,
    sources: Collection[str] | None = None,
) -> tuple[Event, ...]:
    """The last things that happened, newest first."""
    asked: log.Asked = {"who": who, "labels": labels, "sources": sources, "causes": TOLD}
    return log.events(store, limit=most, newest_first=True, **asked)
