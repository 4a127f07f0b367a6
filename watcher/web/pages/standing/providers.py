"""The page of providers: all that hold a label now, by name, under their letters."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from state.names import print_key
from state.seen.rows import overview
from watcher.ask.standing.lists import LETTERS, cut, letter_of
from watcher.web.asked.parts import one_of
from watcher.web.asked.rows import page_of

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Visit

NAMES = 100


def show_providers(visit: Visit) -> Screen:
    """All providers that hold a label now, by name; those of one letter where the address names it."""
    entries = sorted(overview.entries(visit.store), key=lambda one: print_key(one.provider.name))
    letter = one_of(visit.request.query_params, "letter", LETTERS)
    counted = Counter(letter_of(one.provider.name) for one in entries)
    own = [one for one in entries if letter in ("", letter_of(one.provider.name))]
    page = cut(own, page_of(visit, NAMES), NAMES)
    return visit.screen(
        "providers.html",
        letters={one: counted[one] for one in LETTERS},
        letter=letter,
        groups=[
            (key, list(group))
            for key, group in groupby(page.rows, key=lambda one: letter_of(one.provider.name))
        ],
        page=page,
        query={"letter": letter},
        total=len(entries),
    )
