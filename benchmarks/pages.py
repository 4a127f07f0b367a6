"""What each page takes with 1,000,000 events in the memory, against 100,000; and the memory of them all.

`python benchmarks/pages.py [FOLDER]`: FOLDER keeps both memories for another run. Pages are asked in process,
the two memories in turns: medians of the processor's time. Each of a few pages is the
first after a look once.
"""

from __future__ import annotations

import gc
import resource
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import anyio
import httpx

from benchmarks.long_life import long_life
from benchmarks.measured import ROOT, head, row, run
from watcher.app import App
from watcher.settings import Settings
from watcher.web.app import make_app
from watcher.web.edge.guards import Limit

SIZES = (100_000, 1_000_000)
ROUNDS = 7
MOST_GROWTH, MOST_FIRST, MOST_METRICS, MOST_MIB = 1.5, 0.3, 50, 200
BEFORE = {
    "/providers/provider-7": "42",
    "/history": "17",
    "/feed.atom": "15",
    "/was/s3ns/secnumcloud/2023-05-05": "9",
    "/metrics": "7",
}
BEFORE_FIRST, BEFORE_MIB = "37", "455"
"""As 3d44010 was once measured: to make a memory of its own of that length takes it hours."""
AFTER_A_ROW = (
    "/",
    "/labels/cc",
    "/labels/cc?on=2023-05-05",
    "/feed.atom",
    "/metrics",
    "/providers/provider-7",
    "/history?q=provider+7",
    "/was/s3ns/secnumcloud/2023-05-05",
)
PAGES = (
    "/",
    "/expiries",
    "/providers",
    "/providers/s3ns",
    "/providers/provider-7",
    "/labels",
    "/labels/secnumcloud",
    "/labels/passi",
    "/labels/secnumcloud+hds",
    "/labels/cc",
    "/labels/cc?from=1000",
    "/labels/passi?on=2023-05-05",
    "/labels/cc?on=2023-05-05",
    "/events/50000",
    "/history",
    "/history?before=20000",
    "/history?q=numspot",
    "/history?q=provider+7",
    "/history?q=service",
    "/search?q=s3ns",
    "/search?q=provider+7",
    "/search?q=service",
    "/search?q=service&in=services&from=101",
    "/search?q=provider&in=providers",
    "/search?q=2020_77",
    "/search?q=secnumcloud",
    "/search?q=s3ns+secnumcloud",
    "/search?q=provder",
    "/history?kind=lost",
    "/history?all=1",
    "/history?label=mie",
    "/history?label=secnumcloud&kind=renewed",
    "/history?provider=provider-7",
    "/history?since=2022-01-01&until=2022-02-01",
    "/sources",
    "/was",
    "/was/provider-7/passi/2023-05-05",
    "/was/s3ns/secnumcloud/2023-05-05",
    "/feed.atom",
    "/providers/provider-7/feed.atom",
    "/expiries.ics",
    "/api/v1/search?q=service",
    "/api/v1/events",
    "/api/v1/attestations?label=passi",
    "/api/v1/providers/provider-7",
    "/readyz",
    "/metrics",
)
Spent = dict[str, list[float]]


async def measure(apps: list[App]) -> list[Spent]:
    """Milliseconds of each page for each memory, in turns, after one round that is thrown away."""
    spent: list[Spent] = [{path: [] for path in PAGES} for _ in apps]
    clients = [client(app) for app in apps]
    gc.collect()
    gc.freeze()
    for n in range(ROUNDS + 1):
        for path in PAGES:
            for asked, own in zip(clients, spent, strict=True):
                taken = await get(asked, path)
                if n:
                    own[path].append(taken)
    return spent


async def first_after_a_row(app: App) -> float:
    """Seconds of the slowest page, each asked first after another process wrote a look that changed a row."""
    asked, taken = client(app), [0.0]
    for path in AFTER_A_ROW:
        await get(asked, path)
        run([sys.executable, str(ROOT / "benchmarks" / "changed_row.py"), app.settings.state])
        taken.append(await get(asked, path) / 1000)
    return max(taken)


def client(app: App) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(make_app(app, limit=Limit(app.clock, burst=1e9)))
    return httpx.AsyncClient(transport=transport, base_url="http://pages.test")


async def get(asked: httpx.AsyncClient, path: str) -> float:
    start = time.process_time()
    response = await asked.get(path)
    spent = 1000 * (time.process_time() - start)
    assert response.status_code == 200 or path == "/readyz", (path, response.status_code)
    return spent


def app_of(path: Path, ends: datetime) -> App:
    return App(Settings(state=str(path)), lambda: ends + timedelta(hours=1))


def main() -> None:
    with tempfile.TemporaryDirectory() as room:
        place = Path(sys.argv[1] if len(sys.argv) > 1 else room)
        apps = [app_of(*long_life(place / f"{events}.db", events)) for events in SIZES]
        short, long = anyio.run(measure, apps)
        head("pages at 1,000,000 events against 100,000")
        for path in PAGES:
            few, many = statistics.median(short[path]), statistics.median(long[path])
            grown = many / few
            row(f"`{path}`, {many:.0f} ms", now=grown, most=MOST_GROWTH, unit="x", before=BEFORE.get(path))
        row("`/metrics`", now=statistics.median(long["/metrics"]), most=MOST_METRICS, unit="ms")
        first = anyio.run(first_after_a_row, apps[1])
        row("first page after a row", now=first, most=MOST_FIRST, unit="s", before=BEFORE_FIRST)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        row("memory after all of them", now=peak, most=MOST_MIB, unit="MiB")


if __name__ == "__main__":
    main()
