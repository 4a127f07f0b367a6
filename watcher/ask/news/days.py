"""What happened by day: events for people, where a first reading never stands above news; holders in number.

A first look at a register records hundreds of rows: what happened on that day would drown in them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from state.model import Cause, Event, day_of
from state.seen.events import log

if TYPE_CHECKING:
    from state.file.store import Store

TOLD = tuple(cause for cause in Cause if cause.told)
"""The causes that are shown unless others are asked for: what happened, not what was there or was misread."""


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
