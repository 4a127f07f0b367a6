"""Carries records from one memory into another that is being rebuilt from it, run by run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from state.codec import instant_text
from state.file import bodies
from state.file.store import Store, inserting
from state.seen.looks import chain, runs
from state.seen.rows.listings import EVER
from state.seen.taken_back.forgotten import restore_missing

if TYPE_CHECKING:
    from state.seen.looks.chain import Link

ENDED = """select id, until_at as at, until_edition as edition from attestation
        where until_run = :run and since_run < :run
    union select version, at, edition from forgotten_ending where run = :run"""
ALIASES = """select * from alias where added_at <= :at and (removed_at is null or removed_at > :at)
    order by id"""


def carry_snapshot(old: Store, new: Store, id: int) -> None:
    """Takes a snapshot over under its own number, bytes and all; once."""
    if new.q("select id from snapshot where id = :id", id=id):
        return
    with new.transaction():
        _insert(new, "snapshot", old.q("select * from snapshot where id = :id", id=id))
        pages = old.q("select * from snapshot_page where snapshot = :id order by position", id=id)
        for sha256 in {page["sha256"] for page in pages}:
            bodies.carry(old, new, sha256)
        _insert(new, "snapshot_page", pages)


def carry_aliases(old: Store, new: Store, at: datetime) -> frozenset[int]:
    """Makes the operators' aliases those that were in force at that instant; returns their numbers."""
    rows = old.q(ALIASES, at=instant_text(at))
    with new.transaction():
        new.q("delete from alias")
        _insert(new, "alias", [{**row, "removed_at": None, "removed_reason": None} for row in rows])
    return frozenset(row["id"] for row in rows)


def carry_run(old: Store, new: Store, link: Link) -> None:
    """Takes a run over as it was recorded: itself, its events, what it did to the listing, and its link."""
    run, facts = link.record, link.facts
    with new.transaction():
        runs.record(new, runs.run(old, run))
        _insert(new, "event", old.q("select * from event where run = :run order by id", run=run))
        lines = "select r.* from event_row r join event e on e.id = r.event where e.run = :run"
        _insert(new, "event_row", old.q(lines, run=run))
        _carry_rows(old, new, run)
        _insert(new, "absence", old.q("select * from absence where run = :run", run=run))
        restore_missing(new, facts["run"]["source"], facts["missing"])
        chain.carry(new, link)


def _carry_rows(old: Store, new: Store, run: int) -> None:
    for ended in old.q(ENDED, run=run):
        new.q(
            """update attestation set until_run = :run, until_at = :at, until_edition = :edition
                where id = :id""",
            run=run,
            **ended,
        )
    opened = old.q(f"select * from ({EVER}) v where since_run = :run order by id", run=run)  # noqa: S608 -- ours
    _insert(new, "attestation", [_as_opened(row, run) for row in opened])


def _as_opened(row: Mapping[str, Any], run: int) -> Mapping[str, Any]:
    """A version without what later runs did to it."""
    fresh = {**row, "missing_since": None, "missing_looks": 0, "shown_as": ""}
    if row["until_run"] == run:
        return fresh
    return {**fresh, "until_run": None, "until_at": None, "until_edition": None}


def _insert(store: Store, table: str, rows: list[dict[str, Any]] | list[Mapping[str, Any]]) -> None:
    """Writes rows as another memory of the same shape has them; names come from its columns."""
    if rows:
        store.many(inserting(table, *rows[0]), rows)
