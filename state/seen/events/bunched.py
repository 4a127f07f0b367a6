"""The log without opening an event: how many of each kind looks brought, about whom, for which label; counts;
events as points in time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.codec import from_row, text
from state.file.store import Conditions
from state.seen.events.log import ALL, OF_PROVIDER, newest
from state.seen.looks.runs import STANDS

if TYPE_CHECKING:
    from datetime import datetime

    from state.file.store import Store
    from state.model import Cause, Kind, Weight

PARTS = "kind, weight, cause, provider, label"
COUNTED = f"""select {PARTS}, min(id) as first, max(id) as last, count(*) as events,
    case when id in (select cast(value as bigint) from json_each(:apart)) then id else 0 end as alone
    from event"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Bunch:
    """The events of one kind, weight and cause that a look brought about one provider and label: how many,
    and the numbers of the first and the last. The log has them side by side. `alone`: one that is not to be
    told with others."""

    kind: Kind
    weight: Weight
    cause: Cause
    provider: str
    label: str
    first: int
    last: int
    events: int
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """All that one look brought of what was asked for."""

    run: int
    bunches: tuple[Bunch, ...]

    @property
    def first(self) -> int:
        """The lowest number of its events."""
        return min(one.first for one in self.bunches)


def brought(
    store: Store,
    wanted: Conditions,
    *,
    apart: Collection[int] = (),
    before: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    least: int = 1,
) -> Iterator[Brought]:
    """What each look brought of the events that meet conditions (`log.required`, for a few), the newest look
    first, and no look in part. Events numbered in `apart` are bunches of their own; none is below `least`."""
    while before is None or before > least:
        newest_one = newest(store, "select id, run from event", wanted.copy(), 1, before, since, until)
        if not newest_one:
            return
        [one] = newest_one
        found = Brought(run=one["run"], bunches=_bunches(store, wanted.copy(), one["run"], one["id"], apart))
        yield found
        before = found.first


def _bunches(
    store: Store, wanted: Conditions, run: int, last: int, apart: Collection[int]
) -> tuple[Bunch, ...]:
    """What one look brought up to an event, counted in the memory: it may be a hundred thousand events."""
    # The numbers of the look bound it as well: any index by label or kind goes on by number.
    low = {"low": beginning(store, run) - 1}
    wanted.add("id > :low and id <= :high and run = :of_run", of_run=run)
    sql = wanted.after(COUNTED, f"{PARTS}, alone").replace("order by", "group by")
    bounds = {**low, "high": last, "apart": text(sorted(apart))}
    return tuple(from_row(Bunch, row) for row in store.q(sql, **{**wanted.params, **bounds}))


def beginning(store: Store, run: int) -> int:
    """The number of the first event of a look that brought some."""
    return int(store.value("select min(id) as first from event where run = :run", run=run))


def first_of(
    store: Store,
    wanted: Conditions,
    least: int,
    before: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """The number that the looks begin with which brought the newest `least` events that meet conditions
    (`log.required`, for a few); 1 where there are no more."""
    found = newest(store, "select id, run from event", wanted, least, before, since, until)
    return beginning(store, found[-1]["run"]) if len(found) == least else 1


def rows_recorded(store: Store, run: int, first: int, last: int) -> int:
    """How many rows a first reading recorded as there already, by its events of these numbers."""
    sql = """select count(*) as counted from event e join event_row r on r.event = e.id
        where e.run = :run and e.id between :first and :last and e.cause = 'baseline'
        and e.kind not in ('expiring', 'expired')"""
    return int(store.value(sql, run=run, first=first, last=last))


def counted(store: Store, wanted: Conditions) -> int:
    """How many events meet conditions (`log.required`)."""
    sql = wanted.after("select count(*) as counted from event", "1")
    return int(store.value(sql, **ALL, **wanted.params))


def span(store: Store, wanted: Conditions) -> tuple[int, int]:
    """The numbers of the first and the last event that meet conditions; (1, 0) where none does."""
    select = "select coalesce(min(id), 1) as first, coalesce(max(id), 0) as last from event"
    [row] = store.q(wanted.after(select, "1"), **ALL, **wanted.params)
    return row["first"], row["last"]


EVENT_STANDS = STANDS.format(run="event.run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An event as one point in time."""

    event: int
    kind: Kind
    label: str
    seen_at: datetime


def marks(store: Store, slug: str, causes: Collection[str], limit: int) -> tuple[Mark, ...]:
    """The newest events about a provider's rows as points in time."""
    wanted = Conditions()
    wanted.add(EVENT_STANDS)
    wanted.among("+cause", list(causes))
    wanted.add(OF_PROVIDER, slug=slug)
    rows = newest(store, "select id as event, kind, label, seen_at from event", wanted, limit)
    return tuple(from_row(Mark, row) for row in rows)


def events_counted(store: Store) -> Mapping[tuple[str, str], int]:
    """How many events the log has, by kind and cause."""
    rows = store.q("select kind, cause, counted from event_count where counted > 0")
    return {(row["kind"], row["cause"]): row["counted"] for row in rows}
