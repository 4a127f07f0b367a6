"""The whole history of a filter as one file, however long: read and sent a part at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from watcher.ask.views.events import Event, event_views
from watcher.ask.views.form import columns, each_json
from watcher.said.drawn.excel import excel_head, excel_lines
from watcher.said.drawn.table import csv_text, json_text
from watcher.web.asked.filter import CONDITIONS, Filter, events_of, filter_asked
from watcher.web.asked.parts import EXCEL, excel_asked, require_known
from watcher.web.asked.place import base
from watcher.web.asked.site import Site

Writer = Callable[[Iterator[list[Event]]], Iterator[bytes]]
AT_ONCE = 100
"""Events that are held in memory at one time, as their bytes alone while these wait to be taken: a hundred
who took nothing held half a million values, and texts of three times their size."""
THREADS = 2
"""Parts that are read at one time: a hundred who want all of the history keep no page waiting."""


class Export:
    """The endpoints `/history.csv` and `/history.json`."""

    def __init__(self, site: Site) -> None:
        self._site, self._threads = site, CapacityLimiter(THREADS)

    def csv(self, request: Request) -> Response:
        """The events of a filter as CSV, or as Excel opens it in France: no cell is a formula."""
        written = partial(_excel, base(request)) if excel_asked(request.query_params) else _csv
        answer = self._answer(request, written, "text/csv; charset=utf-8", EXCEL)
        answer.headers["Content-Disposition"] = 'attachment; filename="vigilabel-history.csv"'
        return answer

    def json(self, request: Request) -> Response:
        """The events of a filter as one JSON array."""
        return self._answer(request, _json, "application/json")

    def _answer(self, request: Request, written: Writer, type: str, *more: str) -> Response:
        """What is wrong with the filter is said before anything is sent."""
        require_known(request.query_params, (*CONDITIONS, *more))
        with self._site.visit(request) as visit:
            wanted = filter_asked(visit)
        return StreamingResponse(self._read(written(self._parts(request, wanted))), media_type=type)

    async def _read(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        while (piece := await run_sync(next, pieces, None, limiter=self._threads)) is not None:
            yield piece

    def _parts(self, request: Request, wanted: Filter | None) -> Iterator[list[Event]]:
        """The events, part by part; each part is read by a connection of its own, for the log only grows."""
        while wanted is not None:
            with self._site.visit(request) as visit:
                events = events_of(visit, wanted, AT_ONCE)
                part = list(event_views(events, visit.retracted))
            wanted = wanted.older_than(events[-1].id) if len(events) == AT_ONCE else None
            del events
            yield part  # outside: the next part may be read by another thread


def _csv(parts: Iterator[list[Event]]) -> Iterator[bytes]:
    yield csv_text([], columns(Event)).encode()
    for part in parts:
        text = csv_text(each_json(part), columns(Event)).partition("\n")[2].encode()
        part.clear()
        yield text


def _excel(there: str, parts: Iterator[list[Event]]) -> Iterator[bytes]:
    yield excel_head(Event).encode()
    for part in parts:
        text = excel_lines(part, Event, there).encode()
        part.clear()
        yield text


def _json(parts: Iterator[list[Event]]) -> Iterator[bytes]:
    """The parts without their brackets, in one pair of them."""
    between = "[\n"
    for part in parts:
        if part:
            text = json_text(each_json(part)).removeprefix("[\n").removesuffix("\n]")
            part.clear()
            yield (between + text).encode()
            between = ",\n"
    yield b"[]" if between == "[\n" else b"\n]"
