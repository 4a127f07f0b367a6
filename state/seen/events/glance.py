"""The log seen as a whole: events as points in time, and counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from state.codec import instant
from state.file.store import Conditions, Store
from state.model import Kind
from state.seen.events.log import OF_PROVIDER, newest
from state.seen.looks.runs import STANDS

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
    rows = newest(store, "select id, kind, label, seen_at from event", wanted, limit)
    return tuple(
        Mark(event=r["id"], kind=Kind(r["kind"]), label=r["label"], seen_at=instant(r["seen_at"]))
        for r in rows
    )


def events_counted(store: Store) -> Mapping[tuple[str, str], int]:
    """How many events the log has, by kind and cause."""
    rows = store.q("select kind, cause, counted from event_count where counted > 0")
    return {(row["kind"], row["cause"]): row["counted"] for row in rows}
