"""A question about a day to one source, and its books with the versions of those who are asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from state.seen.rows import life, listings
from watcher.ask.past.daybook import Daybook, by_provider, daybook, looked_at, own_mistakes
from watcher.ask.past.sighting import Corrections, Stretch, in_order

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from state.file.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A label, a source that was `seen` so, and a day; `plain` are the stretches that looked at the label,
    None where only all versions tell (`plain_looks`)."""

    store: Store
    label: str
    source: str
    seen: tuple[Stretch, ...]
    plain: tuple[Stretch, ...] | None
    patience: timedelta
    now: datetime
    day: date


Lines = Mapping[str, Collection[int]]
"""The lines of life that ever were printed of providers, by slug."""


def plain_looks(
    store: Store, label: str, source: str, seen: tuple[Stretch, ...]
) -> tuple[Stretch, ...] | None:
    """The stretches that looked at a label; None where those next to a day do not tell of it: stretches out
    of order, one that left the label out, a reader of ours that erred, rows that print their history."""
    looked = looked_at(store, source, label, seen)
    if not looked or not in_order(looked) or own_mistakes(store, source, label):
        return None
    return None if life.history_printed(store, label, source) else looked


def books(asked: Question, lines: Collection[int]) -> Daybook:
    """The books of a source, with all versions of some lines of life at least."""
    if asked.plain is None:
        return daybook(asked.store, asked.label, asked.source, lambda: asked.seen, asked.patience, asked.now)
    return Daybook(
        source=asked.source,
        seen=asked.plain,
        ordered=True,
        rows=by_provider(listings.versions(asked.store, source=asked.source, lines=lines)),
        printed={},
        corrected=Corrections(),
        patience=asked.patience,
        now=asked.now,
    )
