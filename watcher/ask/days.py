"""Events by the day on which they were seen, for people: what a first reading found never stands above news.

A first look at a register records hundreds of rows: what happened on that day would drown in them. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from state.model import Cause, Event, day_of


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
