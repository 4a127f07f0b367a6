"""How long after a commit a program has its event, and what a watch takes that only waits.

200 events, one at a time, at odd moments: committed by another process than `vigilabel run`, as an ad-hoc
look is, then by the process that delivers. Fails where one in a hundred takes longer than half a second.

    PYTHONPATH=.:tests python benchmarks/webhook.py [EVENTS]
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from hook_receiver import Receiver
from processes import soon
from raw import sqlite_of
from toy_register import ToyRegister, page

from benchmarks.measured import HERE, environment
from notifiers.channels import read_channel
from scrapers import SOURCES
from state.file.opening import open_store
from state.owed import subscriptions
from state.seen.who.providers import load_providers
from state.words.post import Subscription
from watcher.app import App
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.schedule import Schedule
from watcher.settings import Settings

ALLOWED = 0.5
IDLE = 20.0
"""Seconds over which the processor's time of an idle watch is taken."""
SECRET = "whsec_" + "A" * 32
Commit = Callable[[int], float]
"""Commits one more event; gives the moment at which the commit began."""


def register(memory: Path, stir: Callable[[], None] = lambda: None) -> Commit:
    """Looks of this process at a toy register that shows one row more each time."""
    began = [0.0]

    def note(statement: str) -> None:
        if statement == "commit":
            began[0] = time.monotonic()

    def commit(rows: int) -> float:
        lines = (f"passi | Firm {n} | - | 2025_{n} | 2025-01-01 | 2099-01-01" for n in range(rows + 1))
        at = datetime.now(UTC)
        with open_store(str(memory)) as store:
            sqlite_of(store).set_trace_callback(note)
            text = "\n".join(("edition -", *lines))
            look(ToyRegister(), [page(text, at)], Watch(store=store, providers=load_providers(store)), at)
        stir()
        return began[0]

    return commit


def begin(memory: Path) -> None:
    register(memory)(0)
    with open_store(str(memory)) as store:
        subscriptions.subscribe(store, Subscription(id=0, channel="siem", words=("all",)))


def delays(commit: Commit, program: Receiver, events: int) -> list[float]:
    """The seconds from the beginning of each commit until its event is there."""
    found = []
    for number in range(1, events + 1):
        time.sleep(random.uniform(0.05, 0.35))
        began = commit(number)
        while len(program.got) < number:
            time.sleep(0.001)
        found.append(program.got[number - 1].at - began)
    return sorted(found)


def variables(memory: Path, program: Receiver) -> dict[str, str]:
    names = (source.name.upper().replace("-", "_") for source in SOURCES)
    return {f"VIGILABEL_SOURCES__{name}__ENABLED": "false" for name in names} | {
        "VIGILABEL_STATE": str(memory), "PORT": "0",
        "VIGILABEL_CHANNELS__SIEM__KIND": "webhook", "VIGILABEL_CHANNELS__SIEM__URL": program.url,
        "VIGILABEL_CHANNELS__SIEM__SECRET": SECRET, "VIGILABEL_CHANNELS__SIEM__ALLOW_PRIVATE": "true",
    }  # fmt: skip


@contextmanager
def watching(memory: Path, program: Receiver) -> Iterator[subprocess.Popen[bytes]]:
    log = memory.with_suffix(".log")
    with log.open("wb") as out, subprocess.Popen(
        HERE.command("run"), env=environment(HERE, variables(memory, program)), stderr=out, cwd=memory.parent
    ) as process:  # fmt: skip
        soon(lambda: re.search(rb"pages at http://127.0.0.1:(\d+)/", log.read_bytes()))
        yield process
        process.terminate()


def taken(process: int) -> float:
    """Seconds of the processor that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def of_another_process(room: Path, events: int) -> tuple[list[float], float]:
    memory = room / "other.db"
    begin(memory)
    with Receiver() as program, watching(memory, program) as process:
        found = delays(register(memory), program, events)
        before = taken(process.pid)
        time.sleep(IDLE)
        return found, (taken(process.pid) - before) / IDLE


def of_the_same(room: Path, events: int) -> list[float]:
    memory = room / "same.db"
    begin(memory)
    with Receiver() as program:
        given = {"kind": "webhook", "url": program.url, "secret": SECRET, "allow_private": True}
        channels = {"siem": read_channel("siem", given)}
        app = App(Settings(state=str(memory), channels=channels), lambda: datetime.now(UTC))
        app.__dict__["sources"] = {}
        schedule = Schedule(app)
        schedule.start()
        found = delays(register(memory, app.stirred.set), program, events)
        schedule.stop()
    return found


def at(share: float, found: list[float]) -> float:
    return found[min(len(found) - 1, round(share * len(found)))]


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as room:
        other, idle = of_another_process(Path(room), events)
        same = of_the_same(Path(room), events)
    print("Committed until received, in milliseconds      p50    p99   worst")
    for name, found in (("by another process", other), ("by the process that delivers", same)):
        p50, p99, worst = (1_000 * each for each in (at(0.5, found), at(0.99, found), found[-1]))
        print(f"{name:42}{p50:9.0f}{p99:7.0f}{worst:8.0f}")
    print(f"{'an idle watch, of one core':42}{100 * idle:8.2f} %")
    sys.exit(max(at(0.99, other), at(0.99, same)) > ALLOWED)


if __name__ == "__main__":
    main()
