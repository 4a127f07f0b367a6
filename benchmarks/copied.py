"""What it takes to copy a memory of 1,000,000 events into a PostgreSQL and back, and the most memory of it.

`PYTHONPATH=.:tests python benchmarks/copied.py [FOLDER]`: FOLDER keeps both memories for another run. The
server is one of the tests, on this machine, which never waits for its disk. Minutes are those of a clock on a
wall, for that is what is waited for: whoever else works on the machine only adds to them.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from postgres_server import programs, running

from benchmarks.long_life import long_life
from benchmarks.measured import HERE, head, row, run
from state.file.opening import open_store

SIZES = (100_000, 1_000_000)
MOST_MINUTES, MOST_GROWTH = 10.0, 1.2


def copied(origin: str, there: str) -> tuple[float, float, float]:
    """Minutes that a copy takes, seconds of the processor outside the server, and MiB of the most memory."""
    began = time.monotonic()
    cost = run(HERE.command("copy", origin, there))
    return (time.monotonic() - began) / 60, cost.seconds, cost.mib


def main() -> None:
    place = programs()
    if place is None:
        raise SystemExit("no PostgreSQL on this machine: install it with scripts/postgres.sh")
    most: dict[tuple[str, int], float] = {}
    with tempfile.TemporaryDirectory() as room, running(place) as server:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else room)
        head("a memory copied")
        for events in SIZES:
            origin, _ = long_life(folder / f"{events}.db", events)
            served = server.url(server.database())
            back = Path(room) / f"back-{events}.db"
            for way, one, other in (
                ("file to server", str(origin), served),
                ("server to file", served, str(back)),
            ):
                minutes, seconds, most[way, events] = copied(one, other)
                what = f"{events:,} events, {way}; {seconds:.0f} s of the processor outside the server"
                row(what, now=minutes, most=MOST_MINUTES, unit="min")
            for kept, url in (("file", str(back)), ("server", served)):
                with open_store(url) as store:
                    print(f"# {events:,} events take {store.size() / events:,.0f} bytes each in a {kept}")
            os.unlink(back)
        for way in ("file to server", "server to file"):
            few, many = (most[way, events] for events in SIZES)
            what = f"most memory, {way}: {many:.0f} MiB against {few:.0f}"
            row(what, now=many / few, most=MOST_GROWTH, unit="x")


if __name__ == "__main__":
    main()
