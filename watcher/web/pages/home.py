"""The first page: who is ahead, what happened last, what ends soon, and whether the watch sees."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from state.seen.events import log
from state.seen.looks.chain import head
from watcher.ask.history import TOLD
from watcher.ask.holders import ends, services
from watcher.ask.news.looks import ENDS, NEWS, Look, Size, looks_at
from watcher.ask.standing.race import USUAL, Place, race
from watcher.ask.watch.label_state import sight

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Visit

LOOKS = 3
SIZE = Size(lines=6, ends=0)
LATELY = timedelta(days=30)
"""How far back the ends reach that are told beside the news."""
MOST_ENDS = 12


def show_home(visit: Visit) -> Screen:
    followed = [one for slug in USUAL if (one := visit.archive.providers.named(slug))]
    standings = race(visit.archive, followed)
    return visit.screen(
        "home.html",
        labels=list(dict.fromkeys(one.label for one in standings)),
        lines=[(who, list(own)) for who, own in groupby(standings, key=lambda one: one.provider)],
        some_unknown=any(one.place is Place.UNKNOWN for one in standings),
        looks=visit.archive.once(("home", frozenset(visit.retracted), visit.today), lambda: _latest(visit)),
        ends=ends(visit.archive, labels=services(), most=MOST_ENDS),
        sight=sight(visit.archive),
        chain=head(visit.store),
    )


def _latest(visit: Visit) -> tuple[Look, ...]:
    """The last looks that brought news, and the ends that came lately, as one."""
    news = log.required(kinds=NEWS, causes=TOLD, few=True)
    found, _ = looks_at(visit.store, news, LOOKS, SIZE, apart=visit.retracted.keys())
    since = visit.archive.now - LATELY
    lately = log.required(kinds=ENDS, causes=TOLD, since=since, few=True)
    late, _ = looks_at(visit.store, lately, 1, Size(ends=3), apart=visit.retracted.keys(), since=since)
    return (*found, *late)
