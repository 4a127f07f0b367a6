"""The log seen as a whole: its weightiest events, first looks in a line each, counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from state.codec import events_of, instant, instant_text, maybe_instant_text, text
from state.file.conditions import Conditions
from state.model import Event, Kind
from state.seen.log import LATEST, OF_PROVIDER, newest
from state.seen.runs import STANDS
from state.words.labels import Family, in_family

if TYPE_CHECKING:
    from state.file.store import Store

EVENT_STANDS = STANDS.format(run="event.run")

WEIGHTIEST = """case weight when 'high' then 0 when 'normal' then 1 else 2 end,
    case cause when 'calendar' then 1 else 0 end, case when kind in ('gained', 'lost') then 0 else 1 end,
    case when label in (select value from json_each(:cloud)) then 0
        when label in (select value from json_each(:products)) then 2 else 1 end, id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An event as one point in time."""

    event: int
    kind: Kind
    label: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """The events that a first look at a source, or at something that it newly covers, recorded: from number
    `first` to `last`."""

    source: str
    seen_at: datetime
    first: int
    last: int
    events: int


def marks(store: Store, slug: str, causes: Collection[str], limit: int) -> tuple[Mark, ...]:
    """The newest events about a provider's rows as points in time."""
    wanted = Conditions()
    wanted.add(EVENT_STANDS)
    wanted.among("+cause", list(causes))
    wanted.add(OF_PROVIDER, slug=slug)
    rows = newest(store, "select id, kind, label, seen_at from event", wanted, limit)
    return tuple(
        Mark(event=r["id"], kind=Kind(r["kind"]), label=r["label"], seen_at=instant(r["seen_at"]))
        for r in rows
    )


def weightiest(
    store: Store, start: datetime, end: datetime, causes: Collection[str], limit: int
) -> tuple[tuple[Event, ...], int]:
    """The events seen from `start` until before `end` that matter most, and how many there are: by weight,
    what registers did before what the calendar did, labels gained and lost before the rest, services before
    certificates of products."""
    wanted = Conditions()
    wanted.add(EVENT_STANDS)
    wanted.among("cause", list(causes))
    wanted.compare("seen_at", ">=", instant_text(start))
    wanted.compare("seen_at", "<", instant_text(end))
    total = store.q(wanted.after("select count(*) as total from event", "1"), **wanted.params)[0]["total"]
    wanted.params |= {"cloud": text(in_family(Family.CLOUD)), "products": text(in_family(Family.PRODUCTS))}
    rows = store.q(wanted.after("select body from event", WEIGHTIEST, limit), **wanted.params)
    return tuple(events_of([row["body"] for row in rows])), total


def first_looks(
    store: Store,
    *,
    sources: Collection[str] | None,
    since: datetime | None,
    until: datetime | None,
    after: int,
    before: int | None,
) -> tuple[FirstLook, ...]:
    """The first looks that meet every condition given, newest first; their newest event is after `after` and
    before `before`."""
    wanted = Conditions()
    wanted.add("cause = 'baseline'")  # as the index has it
    wanted.among("source", sources)
    wanted.compare("seen_at", ">=", maybe_instant_text(since))
    wanted.compare("seen_at", "<=", maybe_instant_text(until))
    looks = wanted.after(
        "select source, seen_at, min(id) as first, max(id) as last, count(*) as events from event",
        "source, seen_at",
    ).replace("order by", "group by")
    rows = store.q(
        f"select * from ({looks}) looks where last > :after and last < :before order by last desc",  # noqa: S608 -- ours
        **wanted.params,
        after=after,
        before=before or LATEST,
    )
    return tuple(
        FirstLook(
            source=row["source"],
            seen_at=instant(row["seen_at"]),
            first=row["first"],
            last=row["last"],
            events=row["events"],
        )
        for row in rows
    )


def events_counted(store: Store) -> Mapping[tuple[str, str], int]:
    """How many events the log has, by kind and cause."""
    rows = store.q("select kind, cause, counted from event_count where counted > 0")
    return {(row["kind"], row["cause"]): row["counted"] for row in rows}
