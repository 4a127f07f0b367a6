"""My providers: a list of names, pasted or in the address, each with its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from state.words.labels import TOGETHER
from watcher.ask.standing.mine import MOST_NAMES, mine, read_for
from watcher.ask.standing.race import USUAL
from watcher.web.asked.pasted import names_asked
from watcher.web.edge.language import address

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Visit


def show_race(visit: Visit) -> Response | Screen:
    """The names of the address with their states, and the form; a pasted list leads to its own address."""
    names = names_asked(visit)
    if "names" in visit.request.query_params:
        there = {"p": list(names), "lang": visit.lang if visit.chosen else None}
        return RedirectResponse(address("/race", there), 303)
    found = mine(visit.archive, names)
    usual = [one.name for slug in USUAL if (one := visit.archive.providers.named(slug))]
    return visit.screen(
        "race.html",
        found=found,
        names=names,
        usual=usual,
        unknown=sum(not one.provider for one in found),
        editions=read_for(visit.archive),
        most=MOST_NAMES,
        both=list(TOGETHER),
    )
