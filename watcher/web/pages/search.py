"""The page of a search: what was found, group by group, or all of one group, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from watcher.ask.find.found import Group, find
from watcher.web.asked.searched import searched

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Visit

PAGE = 25


def show_search(visit: Visit) -> Screen:
    """What a text finds."""
    asked = searched(visit, PAGE)
    found = find(visit.archive, asked.q, asked.window)
    return visit.screen(
        "search.html",
        found=found,
        groups=Group,
        only=asked.window.only,
        first=asked.window.skip + 1,
        after=asked.after(found),
        before=asked.before(),
    )
