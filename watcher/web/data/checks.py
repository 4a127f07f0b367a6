"""What machines ask: is the process alive, can it be relied on, and how is it doing in numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from state.codec import maybe_instant_text
from state.file.errors import StoreError
from state.file.store import Store
from state.owed import outbox
from state.seen import glance, overview, runs
from watcher.app import App
from watcher.ask.watched import condition_of
from watcher.look.condition import State
from watcher.web.asked.site import Site

LATE = timedelta(hours=1)
"""A delivery that waits for longer, on a channel that takes messages, is late."""


def alive(request: Request) -> Response:
    """200 while the process answers; asks nothing of the memory."""
    return JSONResponse({"status": "ok"})


class Checks:
    """The endpoints that look at the whole watch."""

    def __init__(self, site: Site) -> None:
        self._app: App = site.app

    def ready(self, request: Request) -> Response:
        """200 when the memory answers, every source is `ok` and nothing waits for too long; else 503."""
        try:
            with self._app.open_store(create=False) as store:
                found = self._found(store)
        except (StoreError, sqlite3.Error) as error:
            found = {"database": {"ok": False, "why": type(error).__name__}}
        good = all(one["ok"] for one in found.values())
        status = {"status": "ready" if good else "not ready", "checks": found}
        return JSONResponse(status, 200 if good else 503)

    def _found(self, store: Store) -> dict[str, dict[str, object]]:
        now = self._app.clock()
        found: dict[str, dict[str, object]] = {"database": {"ok": True}}
        for name, source in self._app.sources.items():
            state = condition_of(store, source, now).state
            last = runs.state_of(store, name).last_good
            found[f"source {name}"] = {
                "ok": state is State.OK,
                "state": state.value,
                "last_good": maybe_instant_text(last),
            }
        oldest = waiting_since(store)
        late = oldest is not None and now - oldest > LATE
        found["outbox"] = {"ok": not late, "oldest": maybe_instant_text(oldest)}
        return found

    def metrics(self, request: Request) -> Response:
        """Numbers for Prometheus, read from the memory."""
        with self._app.open_store(create=False) as store:
            registry = CollectorRegistry(auto_describe=False)
            registry.register(Numbers(self._app, store))
            body = generate_latest(registry)
        return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")


def waiting_since(store: Store) -> datetime | None:
    """When the delivery that waits longest was due, on a channel that takes messages."""
    due = [one.due for state in ("due", "sending") for one in outbox.owed(store, state=state)]
    return min(due, default=None)


class Numbers(Collector):
    """The watch in numbers, as of one request."""

    def __init__(self, app: App, store: Store) -> None:
        self._app, self._store = app, store

    def collect(self) -> Iterator[Metric]:
        """Every number."""
        yield from self._of_sources()
        yield from self._of_the_log()

    def _of_sources(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("vigilabel_source_ok", "Whether the state is ok.", labels=["source"])
        word = GaugeMetricFamily(
            "vigilabel_source_state", "1 for the state that a source is in.", labels=["source", "state"]
        )
        good = GaugeMetricFamily(
            "vigilabel_source_last_good_timestamp_seconds", "Last good look.", labels=["source"]
        )
        edition = GaugeMetricFamily(
            "vigilabel_source_edition_timestamp_seconds", "Edition last read.", labels=["source"]
        )
        failed = GaugeMetricFamily(
            "vigilabel_source_failures", "Failed looks since the last good one.", labels=["source"]
        )
        for name, source in self._app.sources.items():
            state = runs.state_of(self._store, name)
            found = condition_of(self._store, source, self._app.clock()).state
            up.add_metric([name], float(found is State.OK))
            for each in State:
                word.add_metric([name, each.value], float(found is each))
            failed.add_metric([name], state.failures)
            if state.last_good:
                good.add_metric([name], state.last_good.timestamp())
            if state.edition_at:
                edition.add_metric([name], state.edition_at.timestamp())
        yield from (up, word, good, edition, failed)

    def _of_the_log(self) -> Iterator[Metric]:
        holders = GaugeMetricFamily("vigilabel_holders", "Providers that hold a label.", labels=["label"])
        for label, tally in overview.tallies(self._store).items():
            holders.add_metric([label], tally.providers)
        yield holders
        written = GaugeMetricFamily("vigilabel_events", "Events in the log.", labels=["kind", "cause"])
        for (kind, cause), count in glance.events_counted(self._store).items():
            written.add_metric([kind, cause], count)
        yield written
        owed = GaugeMetricFamily("vigilabel_deliveries", "Deliveries by state.", labels=["state"])
        for state, count in outbox.deliveries_counted(self._store).items():
            owed.add_metric([state], count)
        yield owed
        oldest = waiting_since(self._store)
        waits = (self._app.clock() - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily(
            "vigilabel_outbox_oldest_seconds",
            "How long the oldest delivery is due.",
            value=max(waits, 0.0),
        )
