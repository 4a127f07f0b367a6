"""Runs: every look at every source, what became of it, and where each source stands."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from state.codec import (
    instant,
    instant_text,
    maybe_instant,
    maybe_instant_text,
    reasons_of,
    reasons_text,
    text,
)
from state.file.store import Conditions, Store
from state.model import Clock, ClockDoubt, Outcome, Run
from state.words.kept import SourceState

STANDS = "not exists (select 1 from forgotten f where f.run = {run})"
"""The condition that a run, named by a column, was not forgotten."""


def next_run(store: Store) -> int:
    """The first number that no run has yet; call it inside the transaction that will use it."""
    return store.next_id("run")


def record(store: Store, run: Run) -> None:
    """Writes a run down; once, under a number of its own."""
    store.insert(
        "run",
        id=run.id,
        source=run.source,
        at=instant_text(run.at),
        outcome=run.outcome.value,
        message=run.message,
        snapshot=run.snapshot,
        revision=run.revision,
        edition_at=maybe_instant_text(run.edition_at),
        counts=text(dict(run.rows)),
        unread=text(dict(run.unread)),
        held=text(run.held),
        believed=int(run.believed),
        reasons=reasons_text(run.reasons),
        stated=int(run.clock.stated),
        served_at=maybe_instant_text(run.clock.served_at),
        clock=run.clock.doubt.value if run.clock.doubt else "",
        clock_confirmed=int(run.clock.confirmed),
    )


def run(store: Store, id: int) -> Run:
    """The run with this number; raises `LookupError` when there is none."""
    found = store.one("select * from run where id = :id", id=id)
    if not found:
        raise LookupError(f"there is no run {id}")
    return _run(found)


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
    return Run(
        id=row["id"],
        source=row["source"],
        at=instant(row["at"]),
        outcome=Outcome(row["outcome"]),
        message=row["message"],
        snapshot=row["snapshot"],
        revision=row["revision"],
        edition_at=maybe_instant(row["edition_at"]),
        rows=_counts(row["counts"]),
        unread=_counts(row["unread"]),
        held=tuple(json.loads(row["held"])) if row["held"] != "[]" else (),
        believed=row["believed"] == 1,
        reasons=reasons_of(row["reasons"]) if row["reasons"] != "[]" else (),
        clock=Clock(
            stated=row["stated"] == 1,
            served_at=maybe_instant(row["served_at"]),
            doubt=ClockDoubt(row["clock"]) if row["clock"] else None,
            confirmed=row["clock_confirmed"] == 1,
        ),
    )


@lru_cache(maxsize=256)
def _counts(body: str) -> Mapping[str, int]:
    """Rows by label; the looks of months read the same numbers."""
    return MappingProxyType(json.loads(body))


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
    store.save(
        "source",
        "name",
        name=state.source,
        revision=state.revision,
        snapshot=state.snapshot,
        imprint=state.imprint,
        edition_at=maybe_instant_text(state.edition_at),
        next_update=maybe_instant_text(state.next_update),
        covers=text(sorted(state.covers)),
        last_look=maybe_instant_text(state.last_look),
        last_good=maybe_instant_text(state.last_good),
        outcome=None if state.outcome is None else state.outcome.value,
        message=state.message,
        failures=state.failures,
        failing_since=maybe_instant_text(state.failing_since),
        told=state.told,
    )


def _state(row: dict[str, Any]) -> SourceState:
    return SourceState(
        source=row["name"],
        revision=row["revision"],
        snapshot=row["snapshot"],
        imprint=row["imprint"],
        edition_at=maybe_instant(row["edition_at"]),
        next_update=maybe_instant(row["next_update"]),
        covers=frozenset(json.loads(row["covers"])),
        last_look=maybe_instant(row["last_look"]),
        last_good=maybe_instant(row["last_good"]),
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        message=row["message"],
        failures=row["failures"],
        failing_since=maybe_instant(row["failing_since"]),
        told=row["told"],
    )


def record_approval(store: Store, run: int, reason: str, now: datetime) -> None:
    """Remembers that an operator believes this run, and why; raises `LookupError` when there is no such run.

    A second approval of the same run replaces the reason.
    """
    with store.transaction():
        if not store.q("select id from run where id = :id", id=run):
            raise LookupError(f"there is no run {run}")
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
