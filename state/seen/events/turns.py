"""When providers came to have labels, and when they ceased to: what labels together ask of the log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from state.codec import from_row
from state.file.store import Conditions, Store
from state.model import Cause
from state.seen.looks.runs import STANDS

# No body is opened. The condition on the kind is that of the index `event_turn`, word for word: SQLite takes
# a partial index for no other. Whose row it is follows from the row: people review names after events are
# written.
TURNS = """select id as event, run, kind, cause, label, source, seen_at, coalesce(
    (select provider from attestation where id = (select max(a.id) from attestation a
        where a.line = (select min(r.line) from event_row r where r.event = event.id))),
    provider) as provider from event"""
KINDS = "kind in ('gained', 'lost')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """That a provider (a slug) came to have a label by one register, or has it by that register no more;
    `told`: not what was there at a first reading, or what we had misread."""

    event: int
    run: int
    gained: bool
    told: bool
    provider: str
    label: str
    source: str
    seen_at: datetime


def turns(store: Store, labels: Collection[str], *, forgotten: bool = False) -> tuple[Turn, ...]:
    """All turns of some labels in the order of the log; with `forgotten`, those of looks that were taken back
    as well."""
    wanted = Conditions()
    wanted.add(KINDS)
    wanted.among("label", labels)
    if not forgotten:
        wanted.add(STANDS.format(run="event.run"))
    rows = wanted.rows(store, TURNS, "id")
    return tuple(
        from_row(Turn, row, gained=row["kind"] == "gained", told=Cause(row["cause"]).told) for row in rows
    )
