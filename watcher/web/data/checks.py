"""What machines ask: is the process alive, can it be relied on, and how is it doing in numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from state.codec import maybe_instant_text
from state.file.errors import Away, StoreError
from state.file.store import Store
from state.owed import counted
from state.seen.events import bunched
from state.seen.looks import runs
from state.seen.rows import overview
from watcher.app import App
from watcher.ask.views.form import json_of
from watcher.ask.watch.running import running
from watcher.ask.watch.watched import condition_of
from watcher.look.condition import State
from watcher.parts.named import DELIVER, PARTS, WATCH, WEB
from watcher.web.asked.site import Site

SOON = 3.0
"""Seconds after which a memory that says nothing is said to be slow."""
LATE = timedelta(hours=1)
"""A delivery that waits for longer, on a channel that takes messages, is late."""


async def alive(request: Request) -> Response:
    """200 while the process answers; asks nothing of the memory, and waits for no thread."""
    return JSONResponse({"status": "ok"})


class Checks:
    """The endpoints that look at the whole watch."""

    def __init__(self, site: Site) -> None:
        self._app: App = site.app
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ready")
        self._asked: Future[dict[str, Any]] | None = None

    async def ready(self, request: Request) -> Response:
        """200 when the memory answers and all that this process is there for goes well, else 503: where it
        looks every source is `ok`, where it delivers nothing waits for too long.

        Answers in time though the memory hangs: a platform waits some seconds.
        """
        found = await self._in_time()
        good = found["status"] == "ready"
        return JSONResponse(found, 200 if good else 503)

    async def _in_time(self) -> dict[str, Any]:
        """What is found; one thread looks for all who ask, and nobody waits for it longer than `SOON`."""
        if self._asked is None or self._asked.done():
            self._asked = self._thread.submit(self._status)
        try:
            # Shielded: who waits no longer must not cancel the look for those who still do.
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._asked)), SOON)
        except TimeoutError:
            return self._trouble("slow", "Slow")

    def _status(self) -> dict[str, Any]:
        app, read = self._app, self._read()
        try:
            with app.open_store(create=False) as store:
                found = self._found(store)
                runs_what = json_of(running(store, app.sources, PARTS, app.clock()))
        except StoreError as error:
            trouble = self._trouble("away" if isinstance(error, Away) else "memory", type(error).__name__)
            # Pages go on by the replica: a platform that took them away would leave people nothing.
            goes_on = set(app.parts) == {WEB} and read.get("read", {}).get("from") == "replica"
            return {**trouble, **({"status": "ready"} if goes_on else {}), **read}
        mine = [one for name, one in found.items() if self._answers_for(name)]
        good = all(one["ok"] for one in mine)
        reason = None if good else "watch" if found["database"]["ok"] else "memory"
        status = {"status": "ready" if good else "not ready", "reason": reason}
        return {**status, "checks": found, "here": list(app.parts), **runs_what, **read}

    def _read(self) -> dict[str, Any]:
        """Where pages read, and of when that is at least; nothing where there is no replica."""
        if not self._app.read.doubled:
            return {}
        try:
            with self._app.read.opened() as (_, behind):
                place = {"from": "replica" if behind else "primary"}
                return {"read": {**place, "as_of": maybe_instant_text(behind.of if behind else None)}}
        except StoreError:
            return {"read": {"from": None, "as_of": None}}

    def _answers_for(self, check: str) -> bool:
        """Whether this process is there for what was checked: pages are ready whoever looks or sends."""
        part = {"database": None, "outbox": DELIVER}.get(check, WATCH)
        return part is None or part in self._app.parts

    def _trouble(self, reason: str, why: str) -> dict[str, Any]:
        checks = {"database": {"ok": False, "why": why}}
        return {"status": "not ready", "reason": reason, "checks": checks, "here": list(self._app.parts)}

    def _found(self, store: Store) -> dict[str, dict[str, object]]:
        now = self._app.clock()
        # Pages need no more than to read; whoever looks or sends does nothing where nothing can be written.
        quiet = bool(store.reads_only) and set(self._app.parts) != {WEB}
        memory: dict[str, object] = {"ok": False, "why": "ReadOnly"} if quiet else {"ok": True}
        found: dict[str, dict[str, object]] = {"database": memory}
        for name, source in self._app.sources.items():
            state = condition_of(store, source, now).state
            last = runs.state_of(store, name).last_good
            found[f"source {name}"] = {
                "ok": state is State.OK,
                "state": state.value,
                "last_good": maybe_instant_text(last),
            }
        oldest = counted.waiting_since(store)
        late = oldest is not None and now - oldest > LATE
        found["outbox"] = {"ok": not late, "oldest": maybe_instant_text(oldest)}
        return found

    def metrics(self, request: Request) -> Response:
        with self._app.open_store(create=False) as store:
            body = generate_latest(numbers(self._app, store))
        return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")


Values = Iterable[tuple[Any, ...]]


def numbers(app: App, store: Store) -> CollectorRegistry:
    """The watch in numbers, as of now."""
    registry, now = CollectorRegistry(), app.clock()

    def tell(name: str, text: str, labels: Sequence[str], values: Values) -> None:
        """One number; each value comes last, after those of its labels."""
        gauge = Gauge(f"vigilabel_{name}", text, labels, registry=registry)
        for *own, value in values:
            (gauge.labels(*own) if labels else gauge).set(float(value))

    states = {name: condition_of(store, one, now).state for name, one in app.sources.items()}
    kept = [(name, runs.state_of(store, name)) for name in app.sources]
    each = ((name, state.value, one is state) for name, one in states.items() for state in State)
    good = ((name, one.last_good.timestamp()) for name, one in kept if one.last_good)
    edition = ((name, one.edition_at.timestamp()) for name, one in kept if one.edition_at)
    tell(
        "source_ok",
        "Whether the state is ok.",
        ["source"],
        ((n, one is State.OK) for n, one in states.items()),
    )
    tell("source_state", "1 for the state that a source is in.", ["source", "state"], each)
    tell("source_last_good_timestamp_seconds", "Last good look.", ["source"], good)
    tell("source_edition_timestamp_seconds", "Edition last read.", ["source"], edition)
    failures = ((name, one.failures) for name, one in kept)
    tell("source_failures", "Failed looks since the last good one.", ["source"], failures)
    holders = ((label, one.providers) for label, one in overview.tallies(store).items())
    events = ((*kinds, count) for kinds, count in bunched.events_counted(store).items())
    oldest = counted.waiting_since(store)
    waits = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
    tell("holders", "Providers that hold a label.", ["label"], holders)
    tell("events", "Events in the log.", ["kind", "cause"], events)
    tell("deliveries", "Deliveries by state.", ["state"], counted.deliveries_counted(store).items())
    tell("outbox_oldest_seconds", "How long the oldest delivery is due.", (), [(waits,)])
    return registry
