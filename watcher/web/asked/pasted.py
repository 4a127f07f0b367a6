"""The names of an address: each by itself, or a pasted list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from watcher.ask.standing.mine import MOST_NAMES, names_in
from watcher.errors import Trouble

if TYPE_CHECKING:
    from watcher.web.asked.site import Visit

PASTED = ("p", "names")
LONGEST = 6_000
"""Characters of names in an address: with more of them some browsers and proxies cut it, or refuse it."""


def names_asked(visit: Visit) -> tuple[str, ...]:
    """The names of an address; raises `Trouble` where they are more than an address bears."""
    given = visit.request.query_params
    text = "\n".join((*given.getlist("p"), *given.getlist("names")))
    names = names_in(text.replace("\0", " "))
    if len(text) > LONGEST or len(names) > MOST_NAMES:
        raise Trouble("names_too_long", names=len(names), most=MOST_NAMES, longest=LONGEST)
    return names
