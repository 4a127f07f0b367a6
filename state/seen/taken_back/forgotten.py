"""Looks that an operator took back: what they did to the listing is undone, and stays on record.

The run, its events and its link in the chain remain as they were written. The rows it began move beside the
listing, those it ended stand again, and a link of its own seals that it was forgotten, and why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from state.codec import from_row, instant, instant_text, reasons_text
from state.file.errors import StoreError
from state.file.store import Conditions, Store
from state.model import Reason, Run
from state.seen.looks import chain, runs
from state.seen.rows.listings import BEGUN

if TYPE_CHECKING:
    from state.words.post import Retraction

KIND = "forgotten"
"""The kind of the link that seals a forgotten look; its record is the number of the run."""

UNDO = (
    f"insert into forgotten_version ({BEGUN}) select {BEGUN} from attestation where since_run = :run",  # noqa: S608
    """insert into forgotten_ending (version, run, at, edition)
        select id, until_run, until_at, until_edition from attestation where until_run = :run""",
    "delete from attestation where since_run = :run",
    """update attestation set until_run = null, until_at = null, until_edition = null
        where until_run = :run""",
)
UNSENT = """message is null and withdrawn is null and (
    event in (select id from event where run = :run)
    or notice in (select id from notice where subject = :source and at = :at))"""


def forget(store: Store, run: Run, reason: str, at: datetime) -> None:
    """Undoes what the newest look of a source did; inside the transaction that puts the source's state back.

    What it owed and nobody was sent yet is withdrawn. Raises `StoreError` when a later look of the source
    stands, or the run is forgotten already.
    """
    with store.transaction():
        newest = runs.runs(store, source=run.source, limit=1, newest_first=True)
        if [one.id for one in newest] != [run.id]:
            raise StoreError(f"run {run.id}: expected the newest look of {run.source}, found {newest}")
        # The last run is kept too: up to there the listing was sealed with what this look did.
        facts = {"reason": reason, "at": instant_text(at), "last_run": runs.next_run(store) - 1}
        store.insert("forgotten", run=run.id, **facts)
        hold(store, "event in (select id from event where run = :run)", run=run.id)
        store.q("delete from absence where run = :run", run=run.id)
        for statement in UNDO:
            store.q(statement, run=run.id)
        _undo_words(store, run, reason)
        chain.add(store, KIND, run.id, facts)


def hold(store: Store, of: str, **params: int) -> None:
    """Lets nobody plan, claim or settle what carries events that are taken back, until that is written:
    whoever settles it later sees that they were, and what was settled before is seen here."""
    if not store.held:  # nobody writes beside us
        return
    deliveries = f"select id from delivery where {of} order by id"  # noqa: S608 -- ours, as below
    messages = f"""select key from message where state in ('due', 'sending')
        and key in (select message from delivery where {of}) order by key"""  # noqa: S608
    for sql in (deliveries, messages):
        store.q(f"{sql} {store.held}", **params)


def _undo_words(store: Store, run: Run, reason: str) -> None:
    """What the look said once, approved, or owed: unsaid, withdrawn, and to be said again when it is so."""
    when = {"source": run.source, "at": instant_text(run.at)}
    store.q("delete from remark where source = :source and at = :at", **when)
    store.q(
        """delete from approval where at = :at and run in (
            select id from run where source = :source and snapshot = :snapshot)""",
        snapshot=run.snapshot,
        **when,
    )
    store.q(
        f"update delivery set withdrawn = :why, reasons = :reasons where {UNSENT}",  # noqa: S608 -- a constant
        why=f"run {run.id} was forgotten: {reason}",
        reasons=reasons_text([Reason.of("was_forgotten", run=run.id, text=reason)]),
        run=run.id,
        **when,
    )


def restore_missing(store: Store, source: str, missing: Collection[Mapping[str, Any]]) -> None:
    """Gives the rows of a source the looks without them that a link states (`row`, `since`, `looks`)."""
    store.q(
        """update attestation set missing_since = null, missing_looks = 0, shown_as = ''
            where source = :source and until_at is null""",
        source=source,
    )
    store.many(
        """update attestation set missing_since = :since, missing_looks = :looks
            where line = :row and until_at is null""",
        missing,
    )


def reason_of(store: Store, run: int) -> str | None:
    """Why a run was forgotten; None when it stands."""
    reason: str | None = store.value("select reason from forgotten where run = :run", run=run)
    return reason


def facts_of(store: Store, run: int) -> Mapping[str, Any] | None:
    """What is on record of the forgetting of a run, as its link states it; None when it stands."""
    return store.one("select reason, at, last_run from forgotten where run = :run", run=run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A look that was taken back, when, and why."""

    run: int
    reason: str
    at: datetime


def looks(store: Store) -> tuple[Forgotten, ...]:
    """The looks that were taken back, in order of time."""
    rows = store.q("select run, reason, at from forgotten order by at, run")
    return tuple(from_row(Forgotten, row) for row in rows)


def taken_back(store: Store, events: Collection[int] | None = None) -> Mapping[int, Retraction]:
    """The events of forgotten looks as if each had been retracted, of all events or of these."""
    wanted = Conditions()
    wanted.among("e.id", events)
    sql = "select e.id, f.reason, f.at from forgotten f cross join event e on e.run = f.run"  # in this order
    rows = wanted.rows(store, sql, "+e.id")
    if not rows:  # as mostly: then no question loads the words of what is sent, a twentieth of its start
        return {}
    from state.words.post import Retraction

    return {
        row["id"]: Retraction(
            event=row["id"], reason=row["reason"], by="vigilabel forget", at=instant(row["at"])
        )
        for row in rows
    }
