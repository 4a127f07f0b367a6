"""What a search asks for; the same in pages and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state import search
from watcher.ask.find.found import FEW, Found, Group, Window

if TYPE_CHECKING:
    from watcher.web.asked.site import Visit

SEARCHED = ("q", "in", "from")
"""The parts of an address that a search is read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A text, and which part of what it finds is shown."""

    q: str
    window: Window

    def after(self, found: Found) -> Mapping[str, object]:
        """The parts of the address of the next page of the one group that is shown; none on the last."""
        only, reached = self.window.only, self.window.skip + self.window.most
        if only is None or found.parts[only].total <= reached:
            return {}
        return {"q": self.q, "in": only, "from": reached + 1}

    def before(self) -> Mapping[str, object]:
        """Those of the page before, none on the first."""
        start = max(self.window.skip - self.window.most, 0)
        first = start + 1 if start else None
        return {"q": self.q, "in": self.window.only, "from": first} if self.window.skip else {}


def searched(visit: Visit, page: int) -> Searched:
    """What an address asks for: a few of each group, or `page` of one; raises `BadQuestion`."""
    only = visit.parts.one_of("in", list(Group))
    first = visit.parts.number("from", search.MOST) or 1
    window = Window(only=Group(only), skip=first - 1, most=page) if only else Window(most=FEW)
    return Searched(q=visit.parts.text("q"), window=window)
