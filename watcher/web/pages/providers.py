"""The page of providers: all that hold a label now, by name."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from state.seen import overview

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Visit


def show_providers(visit: Visit) -> Screen:
    """All providers that hold a label now, by name."""
    entries = overview.entries(visit.store)
    letters = [(letter, list(own)) for letter, own in groupby(entries, key=_initial)]
    return visit.screen("providers.html", letters=letters, total=len(entries))


def _initial(entry: overview.Entry) -> str:
    first = entry.provider.name[:1].upper()
    return first if first.isalpha() else "#"
