"""A label's page: who holds it now or on a day, how many did over time, what ends next, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from state.seen import life, overview
from watcher.ask.answers import Edition, holders
from watcher.ask.days import by_day, holders_by_day, newest
from watcher.ask.ends import SOON, ends
from watcher.ask.label_state import candidates_read, conditions, last_editions, read_labels, sighted, troubled
from watcher.web.asked.named import label_asked
from watcher.web.asked.parts import day_named, number_named
from watcher.web.pages.timeline import chart

if TYPE_CHECKING:
    from state.model import Version
    from watcher.ask.past.daybook import Holding
    from watcher.web.asked.site import Screen, Visit

ROWS = 60
EXPIRIES = 8
CHANGES = 15


def show_label(visit: Visit) -> Screen:
    """Who holds a label, now or on the day in the address."""
    label = label_asked(visit)
    on = day_named(visit.request.query_params, "on")
    listed = _rows_then(visit, label, on) if on else _rows_now(visit, label)
    tallies = overview.tallies(visit.store, label)
    return visit.screen(
        "label.html",
        label=label,
        on=on,
        rows=listed.rows,
        told=listed.told,
        following=listed.following,
        editions=listed.editions,
        troubles=troubled(sighted(visit.archive, label, conditions(visit.archive))),
        tally=tallies.get(label, None),
        read=label in tallies or label in read_labels(visit.store),
        picture=chart(holders_by_day(life.moves(visit.store, label)), visit.today),
        ends=ends(visit.archive, 20 * SOON, labels=[label], most=EXPIRIES),
        days=by_day(newest(visit.store, CHANGES, labels=[label])),
        candidates_read=candidates_read(visit.store, label),
        waiting=overview.standing(visit.store, labels=[label], status="candidate", limit=ROWS),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Rows, what is known of each on the day asked about, the number that the next screen begins after, and
    the editions they are from."""

    rows: tuple[Version, ...]
    told: tuple[Holding, ...] = ()
    following: int | None
    editions: tuple[Edition, ...]


def _rows_now(visit: Visit, label: str) -> Listed:
    skipped = number_named(visit.request.query_params, "from") or 0
    rows = overview.standing(visit.store, labels=[label], skip=skipped, limit=ROWS + 1)
    return Listed(
        rows=rows[:ROWS],
        following=skipped + ROWS if len(rows) > ROWS else None,
        editions=last_editions(visit.archive, label),
    )


def _rows_then(visit: Visit, label: str, on: date) -> Listed:
    skipped = number_named(visit.request.query_params, "from") or 0
    held = holders(visit.archive, [label], on)
    shown = slice(skipped, skipped + ROWS)
    return Listed(
        rows=held.rows[shown],
        told=held.told[shown],
        following=skipped + ROWS if len(held.rows) > skipped + ROWS else None,
        editions=held.editions,
    )
