"""A thousand who listen to the live stream of `vigilabel run`: what they take while nothing happens, and when
each has an event that another process wrote.

`PYTHONPATH=.:tests python benchmarks/listeners.py [HOW_MANY]`: the clients are in this process, from
addresses of their own; the watch is another one, which may open 4,096 files.
"""

from __future__ import annotations

import asyncio
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

from toy_register import ToyRegister, page

from benchmarks.measured import HERE, ROOT, environment, head, row
from watcher.app import App
from watcher.look.check import look
from watcher.settings import Settings

CATALOGUE = ROOT / "tests/fixtures/anssi_catalogue/catalogue-2026-03-04.pdf"
FILES = 4096
MOST_MIB, MOST_WHOLE, MOST_SHARE, MOST_LATE = 150, 150, 10, 1.0
QUIET, AT_ONCE = 30, 100
OFF = ("ANSSI_CATALOGUE", "ANSSI_PENDING", "ANS_HDS", "TL_FR")
TEXT = "edition {day}\nhds | OVH | Cloud | 2026_1 | 2026-01-01 | 203{nth}-01-01"


class Crowd:
    """Clients that listen; how many have heard of which event."""

    def __init__(self, port: int) -> None:
        self.port, self.heard, self.open = port, dict[bytes, int](), 0

    async def come(self, nth: int) -> None:
        source = (f"127.4.{nth // 250}.{nth % 250 + 1}", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=source, limit=2**20)
        writer.write(b"GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        first = await reader.readline()
        assert b" 200 " in first, (nth, first, await reader.read(900))
        while not (await reader.readline()).startswith(b"retry"):
            pass
        self.open += 1
        while line := await reader.readline():
            if line.startswith(b"id: "):
                self.heard[line] = self.heard.get(line, 0) + 1

    def there(self, clients: list[asyncio.Task[None]]) -> bool:
        return self.open == len(clients) or any(one.done() for one in clients)

    async def gather(self, count: int) -> list[asyncio.Task[None]]:
        """So many clients, a hundred at a time: more in one moment than come in before they have asked."""
        clients: list[asyncio.Task[None]] = []
        while len(clients) < count:
            nths = range(len(clients), min(len(clients) + AT_ONCE, count))
            clients += [asyncio.create_task(self.come(nth)) for nth in nths]
            await until(partial(self.there, clients))
            assert not any(one.done() for one in clients)
        return clients


def seconds_of(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def figure(process: int, name: str) -> float:
    found = re.findall(rf"{name}:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found[0]) / 1024


async def until(condition: Callable[[], object]) -> float:
    began = time.perf_counter()
    while not condition():
        await asyncio.sleep(0.005)
    return time.perf_counter() - began


def health(port: int) -> float:
    began, line = time.perf_counter(), HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", "/healthz")
    line.getresponse().read()
    line.close()
    return time.perf_counter() - began


def healths(port: int) -> float:
    return max(health(port) for _ in range(20))


def write(app: App, nth: int) -> None:
    """One look of another process, which brings one event."""
    now = datetime(2026, 5, 1 + nth, 12, tzinfo=UTC)
    with app.open_store() as store:
        found = page(TEXT.format(day=now.date(), nth=nth), now)
        look(ToyRegister(name="ans-hds"), [found], app.watch(store), now)


async def measure(process: int, port: int, app: App, count: int) -> None:
    for _ in range(20):  # what every watch has loaded after its first pages
        health(port)
    before, crowd = figure(process, "VmRSS"), Crowd(port)
    clients = await crowd.gather(count)
    await asyncio.sleep(2)
    began, at = seconds_of(process), time.perf_counter()
    await asyncio.sleep(QUIET)
    share = (seconds_of(process) - began) / (time.perf_counter() - at) * 100
    row("memory that the listeners take", now=figure(process, "VmRSS") - before, most=MOST_MIB, unit="MiB")
    row("memory of the whole watch", now=figure(process, "VmRSS"), most=MOST_WHOLE, unit="MiB")
    row("of one core, while nothing happens", now=share, most=MOST_SHARE, unit="%")
    late, sick, spent = [], [], seconds_of(process)
    write(app, 0)  # what is there at a first look is no news
    for nth in range(1, 6):
        write(app, nth)
        asked = asyncio.ensure_future(asyncio.to_thread(healths, port))
        late.append(await until(lambda: sum(crowd.heard.values()) >= count * len(crowd.heard) > 0))
        sick.append(await asked)
        crowd.heard.clear()
    row("an event of another process, until the last had it", now=max(late), most=MOST_LATE, unit="s")
    row("of the processor, an event to all", now=(seconds_of(process) - spent) / 5, most=1, unit="s")
    row("the slowest health check meanwhile", now=max(sick), most=0.25, unit="s")
    for one in clients:
        one.cancel()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    with tempfile.TemporaryDirectory() as room:
        state, log = Path(room, "watch.db"), Path(room, "log")
        set_ = {"VIGILABEL_STATE": str(state), "PORT": "0"}
        set_ |= {f"VIGILABEL_SOURCES__{name}__ENABLED": "false" for name in OFF}
        imported = HERE.command("import", "anssi-catalogue", str(CATALOGUE))
        subprocess.run(
            imported,
            env=environment(HERE, {"VIGILABEL_STATE": str(state)}),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with (
            log.open("wb") as out,
            subprocess.Popen(HERE.command("run"), env=environment(HERE, set_), stderr=out, cwd=room) as watch,
        ):
            try:
                while not (found := re.search(rb"pages at http://127.0.0.1:(\d+)/", log.read_bytes())):
                    time.sleep(0.05)
                head(f"{count} who listen")
                app = App(Settings(state=str(state)), lambda: datetime.now(UTC), stated=True)
                asyncio.run(measure(watch.pid, int(found[1]), app, count))
                began = time.perf_counter()
                watch.terminate()
                watch.wait(10)
                row(
                    "the end of the watch with all of them", now=time.perf_counter() - began, most=5, unit="s"
                )
            finally:
                watch.kill()
                print(log.read_text()[-2000:], file=sys.stderr)


if __name__ == "__main__":
    main()
