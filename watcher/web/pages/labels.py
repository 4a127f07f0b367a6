"""A label's page: who holds it now or on a day, how many did over time, what ends next, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from state.model import Version
from state.seen import log, overview, runs
from state.seen.overview import Tally
from state.words.labels import LABELS, Family, in_family
from watcher.ask.answers import Edition, holders
from watcher.ask.days import TOLD, by_day
from watcher.ask.ends import SOON, ends
from watcher.ask.label_state import conditions, read_labels, sighted, troubled
from watcher.said.listing import holding
from watcher.said.told import hearer
from watcher.web.asked.filter import day_named, number_named
from watcher.web.asked.named import label_asked
from watcher.web.asked.site import Screen, Visit
from watcher.web.pages.timeline import chart

ROWS = 60
EXPIRIES = 8
CHANGES = 15


def show_labels(visit: Visit) -> Screen:
    """All labels, and how many hold each."""
    tallies = overview.tallies(visit.store)
    nobody = {label: Tally(label=label, providers=0, rows=0) for label in LABELS}
    unread = set(LABELS) - set(tallies) - read_labels(visit.store)
    known = conditions(visit.archive)
    return visit.screen(
        "labels.html",
        families=[(family, in_family(family)) for family in Family],
        tallies={**nobody, **tallies},
        unread=unread,
        troubles={label: troubled(sighted(visit.archive, label, known)) for label in LABELS},
    )


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
        picture=chart(visit.site.curve(visit.directory, visit.store, label), visit.today),
        ends=ends(visit.archive, 20 * SOON, label=label, most=EXPIRIES),
        days=by_day(log.events(visit.store, labels=[label], causes=TOLD, limit=CHANGES, newest_first=True)),
        candidates_read=_candidates_read(visit, label),
        waiting=overview.standing(visit.store, label=label, status="candidate", limit=ROWS),
    )


def _candidates_read(visit: Visit, label: str) -> bool:
    """Whether a page of candidates was ever read: a source covers the label, and nobody holds it there."""
    holding = overview.sources_stating(visit.store, label)
    return any(label in one.covers for one in runs.states(visit.store) if one.source not in holding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Rows, what is known of each on the day asked about, the number that the next screen begins after, and
    the editions they are from."""

    rows: tuple[Version, ...]
    told: tuple[str, ...] = ()
    following: int | None
    editions: tuple[Edition, ...]


def _rows_now(visit: Visit, label: str) -> Listed:
    skipped = number_named(visit.request.query_params, "from", most=10_000) or 0
    rows = overview.standing(visit.store, label=label, skip=skipped, limit=ROWS + 1)
    return Listed(
        rows=rows[:ROWS],
        following=skipped + ROWS if len(rows) > ROWS else None,
        editions=_editions_now(visit, label),
    )


def _editions_now(visit: Visit, label: str) -> tuple[Edition, ...]:
    """The last good reading of each source that states the label, and whether it is recent enough."""
    now, found = visit.archive.now, []
    for source in overview.sources_stating(visit.store, label):
        state = runs.state_of(visit.store, source)
        if state.last_good is not None:
            fresh = now - state.last_good <= visit.archive.patience(source)
            found.append(Edition(source=source, at=state.last_good, edition_at=state.edition_at, fresh=fresh))
    return tuple(found)


def _rows_then(visit: Visit, label: str, on: date) -> Listed:
    skipped = number_named(visit.request.query_params, "from", most=10_000) or 0
    held = holders(visit.archive, [label], on)
    shown = slice(skipped, skipped + ROWS)
    return Listed(
        rows=held.rows[shown],
        told=tuple(holding(one, hearer(visit.lang)) for one in held.told[shown]),
        following=skipped + ROWS if len(held.rows) > skipped + ROWS else None,
        editions=held.editions,
    )
