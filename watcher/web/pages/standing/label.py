"""A label's page: who holds it now or on a day, how many did over time, what ends next, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from state.seen.events import log
from state.seen.rows import overview
from state.seen.who import registered
from state.words.labels import TOGETHER, single
from watcher.ask.history import by_day, newest
from watcher.ask.holders import SOON, ends
from watcher.ask.news.joined import joined
from watcher.ask.standing.curve import curve
from watcher.ask.standing.lists import Sort, by_letter, cut, facets, kept
from watcher.ask.standing.together import holders
from watcher.ask.watch.label_state import (
    candidates_read,
    conditions,
    read_labels,
    sighted,
    troubled,
    troubles,
)
from watcher.tell.turned import joint_events
from watcher.web.asked.rows import Selected, page_of, query_of, scope_words, selected
from watcher.web.pages.standing.timeline import Chart, chart

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Visit

ROWS = 24
WAITING = 60
EXPIRIES = 6
CHANGES = 10
MOST_DOCUMENTED = 100


def show_label(visit: Visit) -> Screen:
    """Who holds a label, now or on the day in the address; as much of it as the address asks for."""
    label = visit.label()
    if label in TOGETHER:
        return _show_together(visit, label)
    chosen = selected(visit, label)
    country = chosen.wanted.country
    sources = registered.sources_of(visit.store, [country] if country else ())
    page = cut(chosen.rows, page_of(visit, ROWS), ROWS)
    opened = chosen.opened(visit, page.rows)
    tallies = overview.tallies(visit.store, label)
    return visit.screen(
        "label.html",
        label=label,
        on=chosen.on,
        rows=[row for row, _ in opened],
        told=[told for _, told in opened] if chosen.on else (),
        page=page,
        documented=chosen.documented[:MOST_DOCUMENTED],
        total_documented=len(chosen.documented),
        query=query_of(chosen.wanted, label, chosen.on),
        editions=[one for one in chosen.editions if sources is None or one.source in sources],
        **_choices(visit, label, chosen),
        troubles=[
            one for one in troubles(visit.archive, [label]) if sources is None or one.source in sources
        ],
        tally=tallies.get(label, None),
        read=label in tallies or label in read_labels(visit.store),
        picture=_picture(visit, label),
        ends=ends(visit.archive, 20 * SOON, labels=[label], most=EXPIRIES),
        days=by_day(newest(visit.store, CHANGES, labels=[label], sources=sources)),
        candidates_read=candidates_read(visit.store, label),
        waiting=overview.standing(visit.store, labels=[label], status="candidate", limit=WAITING),
        awaiting=overview.awaiting(visit.store, label),
    )


def _show_together(visit: Visit, label: str) -> Screen:
    """Who has labels together, now or on the day in the address, and who has but one of them."""
    visit.parts.require("on", "page")  # the list of a label is filtered and sorted; this one is short
    labels, on, known = single([label]), visit.parts.day("on"), conditions(visit.archive)
    found = holders(visit.archive, label, on)
    page = cut(found.held, page_of(visit, ROWS), ROWS)
    numbers = joint_events(visit.store, [label])
    newest_ones = log.events(visit.store, numbers=numbers, limit=CHANGES, newest_first=True)
    return visit.screen(
        "together.html",
        label=label,
        labels=labels,
        on=on,
        found=found,
        page=page,
        query={"on": on},
        days=by_day(newest_ones),
        joined=joined(visit.store, [label], newest_ones),
        read=all(each in read_labels(visit.store) for each in labels),
        troubles=[one for each in labels for one in troubled(sighted(visit.archive, each, known))],
    )


def _picture(visit: Visit, label: str) -> Chart | None:
    told = curve(visit.archive, label)
    return chart(told.counted, visit.today, told.unseen, told.documented, told.reported)


def _choices(visit: Visit, label: str, chosen: Selected) -> Mapping[str, object]:
    """What a reader can choose from, with how many rows each choice has."""
    wanted, offered = chosen.wanted, facets(chosen.all, label)
    anywhere = replace(wanted, letter="")
    own = wanted.provider and visit.archive.names.known(wanted.provider)
    return {
        "wanted": wanted,
        "facets": offered,
        "scope_values": dict(zip(offered["scope"], scope_words([*offered["scope"]], label), strict=True)),
        "letters": by_letter(kept(chosen.all, anywhere)),
        "sorts": list(Sort),
        "only": own.name if own else "",
    }
