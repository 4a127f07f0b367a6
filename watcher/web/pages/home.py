"""The first page: who is ahead, what happened last, what ends soon, and whether the watch sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from state.seen.chain import head
from watcher.ask.days import latest
from watcher.ask.ends import ends, services
from watcher.ask.label_state import sight
from watcher.ask.race import USUAL, Place, Standing, race

if TYPE_CHECKING:
    from state.model import Provider
    from watcher.web.asked.site import Screen, Visit

DAYS = 3
EVENTS = 10
ENDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One provider of the race, with its standing for each label of the head."""

    provider: Provider
    standings: tuple[Standing, ...]


def show_home(visit: Visit) -> Screen:
    """The first page."""
    followed = [one for slug in USUAL if (one := visit.archive.providers.named(slug))]
    standings = race(visit.archive, followed)
    return visit.screen(
        "home.html",
        labels=list(dict.fromkeys(one.label for one in standings)),
        lines=_lines(standings),
        some_unknown=any(one.place is Place.UNKNOWN for one in standings),
        days=latest(visit.store, visit.archive.now, days=DAYS, events=EVENTS),
        ends=ends(visit.archive, labels=services(), most=ENDS),
        sight=sight(visit.archive),
        chain=head(visit.store),
    )


def _lines(standings: Sequence[Standing]) -> list[Line]:
    return [
        Line(provider=provider, standings=tuple(own))
        for provider, own in groupby(standings, key=lambda one: one.provider)
    ]
