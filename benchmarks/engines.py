"""Questions at 1,000,000 events on PostgreSQL against SQLite: the same memory and pages, asked in turns.

`python benchmarks/engines.py [FOLDER [URL]]`: FOLDER keeps the memory for another run, URL is an empty
database (or a copy of that memory) on a server that is there; without it one is started with its usual
settings. Times are those of the clock, for a server works beside us: the median of each page, and of all.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import anyio

from benchmarks.deliverers import database, server
from benchmarks.long_life import long_life
from benchmarks.measured import HERE, head, row, run
from benchmarks.pages import PAGES, client
from watcher.app import App
from watcher.settings import Settings

EVENTS, ROUNDS, MOST = 1_000_000, 15, 1.5
NAMED = ("/was/s3ns/secnumcloud/2023-05-05", "/providers/provider-7", "/history")
"""The questions that the target is about; all other pages stand beside them."""
Spent = dict[str, list[float]]


async def measure(apps: list[App]) -> list[Spent]:
    """Milliseconds of each page by each engine, in turns, after one round that is thrown away."""
    spent: list[Spent] = [{path: [] for path in (*NAMED, *PAGES)} for _ in apps]
    clients = [client(app) for app in apps]
    for n in range(ROUNDS + 1):
        for path in spent[0]:
            for asked, own in zip(clients, spent, strict=True):
                start = time.monotonic()
                response = await asked.get(path)
                taken = 1000 * (time.monotonic() - start)
                assert response.status_code == 200 or path == "/readyz", (path, response.status_code)
                if n:
                    own[path].append(taken)
    return spent


@contextmanager
def served(url: str) -> Iterator[str]:
    """The database that is asked: the one named, or a new one."""
    if url:
        yield url
        return
    with server() as room:
        yield database(room, "long")


def app_of(state: str, ends: datetime) -> App:
    return App(Settings(state=state), lambda: ends + timedelta(hours=1))


def main() -> None:
    with tempfile.TemporaryDirectory() as room, served("".join(sys.argv[2:3])) as url:
        place = Path(sys.argv[1] if len(sys.argv) > 1 else room)
        path, ends = long_life(place / f"{EVENTS}.db", EVENTS)
        if not sys.argv[2:]:
            run(HERE.command("copy", str(path), url))
        file, there = anyio.run(measure, [app_of(str(path), ends), app_of(url, ends)])
        head(f"pages at {EVENTS:,} events, PostgreSQL against SQLite, p50")
        ratios = {}
        for page in file:
            ratios[page] = statistics.median(there[page]) / statistics.median(file[page])
            ms = f"{statistics.median(file[page]):.1f} and {statistics.median(there[page]):.1f} ms"
            row(f"`{page}`, {ms}", now=ratios[page], most=MOST, unit="x")
        row("the median page", now=statistics.median(ratios.values()), most=MOST, unit="x")


if __name__ == "__main__":
    main()
