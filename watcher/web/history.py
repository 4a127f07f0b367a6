"""The history: every event, filtered by an address that can be kept and shared, page by page."""

from __future__ import annotations

from starlette.responses import Response

from state.model import LABELS, Kind
from watcher.web.drawing import draw
from watcher.web.filter import Filter, events_of, filter_asked
from watcher.web.home import by_day
from watcher.web.site import Visit, sources_of

PAGE = 50


def show_history(visit: Visit) -> Response:
    """One page of events, newest first, and the form of the filter."""
    wanted = filter_asked(visit)
    events = events_of(visit, wanted, PAGE + 1)
    shown = events[:PAGE]
    following = wanted.older_than(shown[-1].id) if len(events) > PAGE else None
    return draw(
        visit,
        "history.html",
        wanted=wanted,
        query=_kept(wanted),
        days=by_day(shown),
        count=len(shown),
        following=following,
        labels=LABELS,
        kinds=list(Kind),
        sources=sources_of(visit),
    )


def _kept(wanted: Filter) -> dict[str, object]:
    return {name: value for name, value in wanted.query().items() if name != "before"}
