"""The history: every event, filtered by an address that can be kept and shared, page by page."""

from __future__ import annotations

from starlette.responses import Response

from state.model import LABELS, Kind
from watcher.shapes import EVENT, Json, events_json
from watcher.table import csv_text, json_text
from watcher.web.drawing import draw
from watcher.web.filter import Filter, events_of, filter_asked
from watcher.web.home import by_day
from watcher.web.site import Visit, sources_of

PAGE = 50
EXPORT = 5_000
"""Events in one exported file; the API gives all of them, page by page."""


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


def show_csv(visit: Visit) -> Response:
    """The events of a filter as CSV: no cell is a formula."""
    return Response(
        csv_text(_exported(visit), EVENT),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="vigilabel-history.csv"'},
    )


def show_json(visit: Visit) -> Response:
    """The events of a filter as one JSON array."""
    return Response(json_text(_exported(visit)), media_type="application/json")


def _exported(visit: Visit) -> list[Json]:
    return events_json(events_of(visit, filter_asked(visit), EXPORT), visit.retracted)
