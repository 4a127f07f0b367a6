"""Ten days of three processes of each part on one PostgreSQL; processes and the server are killed meanwhile.

The clock is simulated; deaths, crashes and the restart are real. `make soak`.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from fake_slack import FakeSlack
from part_worker import BEGIN, EVERY
from postgres_server import SETTINGS, Server, _whose, programs
from processes import soon
from soak_worker import register

from state.file.opening import open_store
from state.file.postgres.pool import close_all
from state.model import Kind
from state.owed import outbox, subscriptions
from state.seen.events import log
from state.seen.looks import runs
from state.words.post import Subscription
from watcher.parts.named import DELIVER, WATCH, WEB

WORKER = Path(__file__).with_name("part_worker.py")
SLOTS = 40
LATER = tuple(timedelta(minutes=minutes) for minutes in (0, 3, 8))
"""The slot; when the leases of the dead have run out; when a slot that nobody took is missed."""
EACH, KILLS = 3, 40
CRASHES, RESTART = (9, 31), 20
"""In which slots the server crashes, and in which it is stopped and started."""


class Worker:
    """A process of a part, started anew whenever it is dead."""

    def __init__(self, part: str, state: str, slack: str, told: Path) -> None:
        self.part = part
        self._words, self._log = (part, state, slack), told
        self.deaths = 0
        self._start()

    def _start(self) -> None:
        with self._log.open("ab") as told:
            self.process = subprocess.Popen(
                [sys.executable, str(WORKER), *self._words],
                cwd=Path(__file__).parents[1],
                env={"PYTHONPATH": ".:tests"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                text=True,
            )

    def tell(self, at: datetime) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(f"{at.isoformat()}\n")
            self.process.stdin.flush()

    def heard(self) -> None:
        assert self.process.stdout is not None
        if self.process.stdout.readline().strip() == "done":
            return
        assert self.end() == -signal.SIGKILL, self._log.read_text()[-3000:]
        self.deaths += 1
        self._start()

    def end(self) -> int:
        with suppress(BrokenPipeError):
            self.process.communicate(timeout=120)
        return self.process.wait(120)


class House:
    """Nine processes and their server."""

    def __init__(self, server: Server, slack: FakeSlack, room: Path) -> None:
        self.server, self.state = server, server.url(server.database())
        self._dice = random.Random(20290101)
        open_store(self.state).close()
        # What is committed is on the disk when it says so, as in a server that anybody runs.
        server.root.execute("alter role owner set synchronous_commit = on")
        self.workers = [
            Worker(part, self.state, slack.api_url, room / f"{part}.log")
            for part in (WATCH, DELIVER, WEB)
            for _ in range(EACH)
        ]

    def turn(self, at: datetime) -> None:
        """One moment, in which as likely as not somebody dies."""
        for one in self.workers:
            one.tell(at)
        if self._dice.random() < 0.5:
            time.sleep(self._dice.random() * 0.05)  # wherever it is by then
            self._dice.choice(self.workers).process.kill()
        for one in self.workers:
            one.heard()

    def crash(self) -> None:
        """The server loses a process of its own, and begins anew, as after any crash."""
        with psycopg.connect(f"host={self.server.room} user=root dbname=postgres", autocommit=True) as root:
            found = root.execute(
                "select pid from pg_stat_activity where usename = 'owner' limit 1"
            ).fetchone()
        if found is not None:
            os.kill(found[0], signal.SIGKILL)


@pytest.fixture
def house(postgres: Server, fake_slack: FakeSlack, tmp_path: Path) -> Iterator[House]:
    made = House(postgres, fake_slack, tmp_path)
    yield made
    for one in made.workers:
        one.process.kill()
        one.end()
    close_all(made.state)


class Restarted:
    """The server, stopped for a while in the middle, and started again; ours from then on."""

    def __init__(self, server: Server) -> None:
        self.room = server.room
        self.process: subprocess.Popen[bytes] | None = None
        self._number = int((server.room / "data" / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        os.kill(self._number, signal.SIGINT)  # at once, whoever is connected
        soon(lambda: not (self.room / "data" / "postmaster.pid").exists())

    def start(self) -> None:
        place = programs()
        assert place is not None
        told = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            [str(place / "postgres"), "-D", f"{self.room}/data", "-k", str(self.room), *told],
            cwd=self.room,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **_whose()[1],
        )

    def end(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(60)


def truth() -> Counter[tuple[str, str]]:
    """What happened to the register after its first look: who came, who went."""
    found: Counter[tuple[str, str]] = Counter()
    names = [{line.split("|")[1].strip() for line in register(n).splitlines()[1:]} for n in range(SLOTS)]
    for before, after in pairwise(names):
        found.update(("gained", name) for name in after - before)
        found.update(("lost", name) for name in before - after)
    return found


@pytest.mark.soak
def test_ten_days_with_deaths_crashes_and_a_restart_lose_nothing_and_double_nothing(
    house: House, postgres: Server, fake_slack: FakeSlack
) -> None:
    with open_store(house.state) as store, store.transaction():
        subscriptions.subscribe(store, Subscription(id=0, channel="C1", words=("all",)))
    restarted = Restarted(postgres)
    try:
        for number in range(SLOTS):
            for later in LATER:
                happens = later == LATER[0]
                if happens and number in CRASHES:
                    threading.Timer(0.1, house.crash).start()
                if happens and number == RESTART:
                    restarted.stop()
                    threading.Timer(3, restarted.start).start()
                house.turn(BEGIN + number * EVERY + later)
        for minutes in (20, 40):
            house.turn(BEGIN + SLOTS * EVERY - EVERY + timedelta(minutes=minutes))
        judged(house, fake_slack)
    finally:
        restarted.end()


def judged(house: House, slack: FakeSlack) -> None:
    assert sum(one.deaths for one in house.workers) >= KILLS
    with open_store(house.state) as store:
        looks = Counter((run.at - BEGIN) // EVERY for run in runs.runs(store))
        events = [event for event in log.events(store) if event.kind in (Kind.GAINED, Kind.LOST)]
        owed = outbox.owed(store)
        days = store.q("select day from canary order by day")
        weeks = store.q("select subject from notice where kind = 'summary' order by subject")
    assert looks == Counter(range(SLOTS)), "each slot was looked at once"
    logged = Counter((str(event.kind), event.provider.name) for event in events)
    assert logged == truth()
    assert {one.state for one in owed} == {"sent"}
    told = Counter(
        event
        for post in slack.received("C1")
        for event in post["metadata"]["event_payload"]["events"].split(",")
    )
    assert set(told) == {str(event.id) for event in events}
    assert max(told.values()) == 1
    assert len(days) == len({day["day"] for day in days}) >= 9, "a canary a day"
    assert len(weeks) == len({week["subject"] for week in weeks}) == 2, "one each Monday"
    notices = Counter(one.notice for one in owed if one.notice is not None)
    assert max(notices.values()) == 1
