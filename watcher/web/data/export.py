"""The whole history of a filter as one file, however long: read and sent a part at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from watcher.ask.views.events import Event, event_views
from watcher.ask.views.form import Json, columns, each_json
from watcher.said.table import csv_text, json_text
from watcher.web.asked.filter import CONDITIONS, Filter, events_of, filter_asked
from watcher.web.asked.parts import require_known
from watcher.web.asked.site import Site

Writer = Callable[[Iterator[list[Json]]], Iterator[str]]
AT_ONCE = 500
"""Events that are held in memory at one time."""


class Export:
    """The endpoints `/history.csv` and `/history.json`."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def csv(self, request: Request) -> Response:
        """The events of a filter as CSV: no cell is a formula."""
        answer = self._answer(request, _csv, "text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="vigilabel-history.csv"'
        return answer

    def json(self, request: Request) -> Response:
        """The events of a filter as one JSON array."""
        return self._answer(request, _json, "application/json")

    def _answer(self, request: Request, written: Writer, type: str) -> Response:
        """What is wrong with the filter is said before anything is sent."""
        require_known(request.query_params, CONDITIONS)
        with self._site.visit(request) as visit:
            wanted = filter_asked(visit)
        return StreamingResponse(written(self._parts(request, wanted)), media_type=type)

    def _parts(self, request: Request, wanted: Filter | None) -> Iterator[list[Json]]:
        """The events, part by part; each part is read by a connection of its own, for the log only grows."""
        while wanted is not None:
            with self._site.visit(request) as visit:
                events = events_of(visit, wanted, AT_ONCE)
                part = each_json(event_views(events, visit.retracted))
            yield part  # outside: the next part may be read by another thread
            wanted = wanted.older_than(events[-1].id) if len(events) == AT_ONCE else None


def _csv(parts: Iterator[list[Json]]) -> Iterator[str]:
    yield csv_text([], columns(Event))
    for part in parts:
        yield csv_text(part, columns(Event)).partition("\n")[2]


def _json(parts: Iterator[list[Json]]) -> Iterator[str]:
    """The parts without their brackets, in one pair of them."""
    between = "[\n"
    for part in parts:
        if part:
            yield between + json_text(part).removeprefix("[\n").removesuffix("\n]")
            between = ",\n"
    yield "[]" if between == "[\n" else "\n]"
