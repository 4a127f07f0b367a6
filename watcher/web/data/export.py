"""Files of megabytes, sent piece by piece: the whole history of a filter, and the bundle of the night."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from email.utils import formatdate, parsedate_to_datetime
from functools import partial

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from watcher.ask.views.events import Event, event_views
from watcher.ask.views.form import each_json
from watcher.errors import Trouble
from watcher.said.drawn.bundle import size_and_time
from watcher.said.drawn.table import json_text
from watcher.web.asked.filter import CONDITIONS, Filter, events_of, filter_asked
from watcher.web.asked.parts import EXCEL, Parts
from watcher.web.asked.site import Site
from watcher.web.data.lists import Writer, writer
from watcher.web.edge.guards import unchanged

Written = Callable[[Iterator[list[Event]]], Iterator[bytes]]
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
        excel = Parts(request.query_params).yes(EXCEL)
        written = partial(_csv, writer(Event, excel, self._site.address))
        answer = self._answer(request, written, "text/csv; charset=utf-8", EXCEL)
        answer.headers["Content-Disposition"] = 'attachment; filename="vigilabel-history.csv"'
        return answer

    def json(self, request: Request) -> Response:
        """The events of a filter as one JSON array."""
        return self._answer(request, _json, "application/json")

    def _answer(self, request: Request, written: Written, type: str, *more: str) -> Response:
        """What is wrong with the filter is said before anything is sent."""
        Parts(request.query_params).require(*CONDITIONS, *more)
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


def _csv(written: Writer, parts: Iterator[list[Event]]) -> Iterator[bytes]:
    yield written((), True).encode()
    for part in parts:
        text = written(part, False).encode()
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


def latest(site: Site, request: Request) -> Response:
    """The bundle of the night at an address that stays, or that the client has it; `no_bundle` before the
    first one is made."""
    Parts(request.query_params).require()
    there = site.app.bundle
    found = size_and_time(there) if there else None
    if there is None or found is None:
        raise Trouble("no_bundle")
    size, written = found
    # By size and time of the file, which is replaced as a whole: to hash it would read it for every client.
    headers = {
        "ETag": f'"{size:x}-{int(written * 1e6):x}"',
        "Last-Modified": formatdate(written, usegmt=True),
    }
    if unchanged(request, headers["ETag"]) or _has(request, written):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'attachment; filename="vigilabel-latest.zip"'
    return FileResponse(there, media_type="application/zip", headers=headers)


def _has(request: Request, written: float) -> bool:
    """Whether the client has what was written by then, where it names no ETag."""
    if "if-none-match" in request.headers or "if-modified-since" not in request.headers:
        return False
    try:
        return int(written) <= parsedate_to_datetime(request.headers["if-modified-since"]).timestamp()
    except (ValueError, TypeError):
        return False
