"""Runs: every look at every source, what became of it, and where each source stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from state.codec import (
    from_row,
    instant_text,
    maybe_instant,
    maybe_instant_text,
    row_of,
    text,
)
from state.file.store import Conditions, Store
from state.model import Clock, ClockDoubt, Run
from state.words.kept import SourceState

STANDS = "not exists (select 1 from forgotten f where f.run = {run})"
"""The condition that a run, named by a column, was not forgotten."""


def next_run(store: Store) -> int:
    """The first number that no run has yet; call it inside the transaction that will use it."""
    return store.next_id("run")


def record(store: Store, run: Run) -> None:
    """Writes a run down; once, under a number of its own."""
    clock = run.clock
    store.insert(
        "run",
        **row_of(run, "rows", "clock"),
        counts=text(dict(run.rows)),
        stated=int(clock.stated),
        served_at=maybe_instant_text(clock.served_at),
        clock=clock.doubt.value if clock.doubt else "",
        clock_confirmed=int(clock.confirmed),
    )


def run(store: Store, id: int) -> Run:
    """The run with this number; raises `LookupError` when there is none."""
    return _run(store.row("run", id))


def runs(
    store: Store,
    *,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    good: bool | None = None,
    limit: int | None = None,
    newest_first: bool = False,
) -> tuple[Run, ...]:
    """The runs that meet every condition given, in order of time; `since` and `until` are both included.

    A good run ended `ok` and was believed. Forgotten ones are left out. The newest of one source is the one
    recorded last, whatever its clock said.
    """
    wanted = Conditions(source=source)
    wanted.add(STANDS.format(run="run.id"))
    wanted.compare("at", ">=", maybe_instant_text(since))
    wanted.compare("at", "<=", maybe_instant_text(until))
    if good is not None:
        wanted.add("outcome = 'ok' and believed = 1" if good else "(outcome <> 'ok' or believed = 0)")
    newest = "at desc, id desc" if source is None else "id desc"
    order = newest if newest_first else "at, id"
    return tuple(map(_run, wanted.rows(store, "select * from run", order, limit)))


def last_good(store: Store, source: str) -> Run | None:
    """The good run of a source that was recorded last; None when there is none."""
    return next(iter(runs(store, source=source, good=True, limit=1, newest_first=True)), None)


def _run(row: dict[str, Any]) -> Run:
    clock = Clock(
        stated=row["stated"] == 1,
        served_at=maybe_instant(row["served_at"]),
        doubt=ClockDoubt(row["clock"]) if row["clock"] else None,
        confirmed=row["clock_confirmed"] == 1,
    )
    return from_row(Run, {**row, "rows": row["counts"]}, clock=clock)


LATEST = """select r.* from run r where r.id in (select (select max(l.id) from run l
    where l.source = s.name and not exists (select 1 from forgotten f where f.run = l.id)) from source s)
    order by r.id"""
LATEST_TRUSTED = """select r.* from run r where r.id in (select (select max(l.id) from run l
    where l.source = s.name and not exists (select 1 from forgotten f where f.run = l.id)
    and (l.clock = '' or l.clock_confirmed = 1)) from source s) order by r.id"""
DOUBTED = """select min(id) as id, source, at from run where clock <> '' and clock_confirmed = 0
    and id > :after and not exists (select 1 from forgotten f where f.run = run.id)
    group by source, at order by 1"""


def latest(store: Store) -> tuple[Run, ...]:
    """The last run recorded of each source, whatever its clock said."""
    return tuple(map(_run, store.q(LATEST)))


def latest_trusted(store: Store) -> tuple[Run, ...]:
    """The last run recorded of each source whose clock was trusted."""
    return tuple(map(_run, store.q(LATEST_TRUSTED)))


def doubted(store: Store, after: int) -> tuple[Run, ...]:
    """The runs after that one whose clock is doubted to this day, the first of each source and time."""
    return tuple(run(store, id) for id in store.values(DOUBTED, after=after))


def state_of(store: Store, source: str) -> SourceState:
    """Where a source stands; a blank state when it was never looked at."""
    found = store.one("select * from source where name = :source", source=source)
    return _state(found) if found else SourceState(source=source)


def states(store: Store) -> tuple[SourceState, ...]:
    """Where every source stands that was ever looked at, ordered by name."""
    return tuple(map(_state, store.q("select * from source order by name")))


def save_state(store: Store, state: SourceState) -> None:
    """Remembers where a source stands."""
    store.save("source", "name", name=state.source, **row_of(state, "source"))


def _state(row: dict[str, Any]) -> SourceState:
    return from_row(SourceState, row, source=row["name"])


def record_approval(store: Store, run: int, reason: str, now: datetime) -> None:
    """Remembers that an operator believes this run, and why; raises `LookupError` when there is no such run.

    A second approval of the same run replaces the reason.
    """
    with store.transaction():
        store.row("run", run)  # raises where there is none
        store.save("approval", "run", run=run, reason=reason, at=instant_text(now))


def approved(store: Store, run: int) -> str | None:
    """The reason why an operator approved this run; None when nobody did."""
    reason: str | None = store.value("select reason from approval where run = :run", run=run)
    return reason


def remarked(store: Store, source: str, topics: Collection[str], now: datetime) -> frozenset[str]:
    """The topics that are new for this source, remembered from now on: each is told to operators once."""
    with store.transaction():
        when = {"source": source, "at": instant_text(now)}
        return frozenset(topic for topic in sorted(topics) if store.insert_new("remark", topic=topic, **when))
