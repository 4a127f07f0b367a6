"""How long each page takes with 100,000 events in the memory, asked in process; medians against 50 ms.

`python benchmarks/pages.py [EVENTS] [FILE]`: FILE keeps the memory for another run. Every request is answered
anew: nothing but who-is-who is kept between two.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import anyio
import httpx

from benchmarks.long_life import fill
from state.file.store import open_store
from state.seen import runs
from watcher.app import App
from watcher.settings import Settings
from watcher.web.app import make_app
from watcher.web.edge.guards import Limit
from watcher.web.serve import Cycles

BOUND = 50
EVENTS = 100_000
PAGES = (
    "/",
    "/expiries",
    "/providers",
    "/providers/s3ns",
    "/providers/provider-7",
    "/labels",
    "/labels/secnumcloud",
    "/labels/passi",
    "/labels/cc",
    "/labels/cc?from=1000",
    "/labels/passi?on=2023-05-05",
    "/events/50000",
    "/history",
    "/history?before=20000",
    "/history?q=numspot",
    "/history?q=provider+7",
    "/history?label=mie",
    "/history?label=secnumcloud&kind=renewed",
    "/history?provider=provider-7",
    "/history?since=2022-01-01&until=2022-02-01",
    "/sources",
    "/was",
    "/was/provider-7/passi/2023-05-05",
    "/feed.atom",
    "/providers/provider-7/feed.atom",
    "/expiries.ics",
    "/api/v1/events",
    "/api/v1/attestations?label=passi",
    "/api/v1/providers/provider-7",
    "/readyz",
)


async def measure(app: App) -> dict[str, list[float]]:
    """Milliseconds of nine requests for each page, after one that is thrown away."""
    web = make_app(app, limit=Limit(app.clock, burst=1e9))
    times: dict[str, list[float]] = {path: [] for path in PAGES}
    Cycles().begin()
    transport = httpx.ASGITransport(web)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages.test") as client:
        for n in range(10):
            for path in PAGES:
                start = time.perf_counter()
                response = await client.get(path)
                spent = 1000 * (time.perf_counter() - start)
                assert response.status_code in (200, 503), (path, response.status_code)
                if n:
                    times[path].append(spent)
    return times


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with tempfile.TemporaryDirectory() as room:
        path = sys.argv[2] if len(sys.argv) > 2 else str(Path(room) / "pages.db")
        filled = Path(path).exists()
        start = time.perf_counter()
        with open_store(path) as store:
            now = runs.states(store)[0].last_good if filled else fill(store, events)
            count = store.q("select count(*) as n from event")[0]["n"]
        assert now is not None
        end = now + timedelta(hours=1)
        size, spent = Path(path).stat().st_size >> 20, time.perf_counter() - start
        print(f"{count} events, {size} MiB, filled in {spent:.0f} s")
        times = anyio.run(measure, App(Settings(state=path), lambda: end))
    slow = 0
    for page, taken in times.items():
        median = statistics.median(taken)
        slow += median > BOUND
        print(f"{median:7.1f} ms  (worst {max(taken):7.1f})  {'SLOW ' if median > BOUND else '     '}{page}")
    print(f"{len(times) - slow} of {len(times)} within {BOUND} ms")


if __name__ == "__main__":
    main()
