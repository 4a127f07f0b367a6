"""Planned looks of several processes on one memory: each is made, and once, whoever is killed in it."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fate import OPERATION, STATEMENT

from state.file.opening import open_store
from state.seen.looks import runs

ROOT = Path(__file__).parents[3]
BEGIN = datetime(2026, 3, 4, tzinfo=UTC)
LATER = tuple(timedelta(minutes=minutes) for minutes in (0, 1, 3, 8, 20))
"""The slot; soon after; when a lease has run out; when a slot that nobody took is missed; well after."""


class Watcher:
    """One process, started anew whenever it is dead, each time with another death before it."""

    def __init__(self, state: str, dice: random.Random) -> None:
        self._state, self._dice = state, dice
        self.deaths = 0
        self._start()

    def _start(self) -> None:
        sort = self._dice.choice((STATEMENT, OPERATION))
        steps = str(self._dice.randint(1, {STATEMENT: 60, OPERATION: 20}[sort]))
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "slot_worker.py"), self._state, sort, steps],
            cwd=ROOT,
            env={"PYTHONPATH": ".:tests"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, at: datetime) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{at.isoformat()}\n")
        self._process.stdin.flush()

    def heard(self) -> None:
        """Waits for the answer; whoever died in it is started again."""
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != "done":
            self.end()
            self.deaths += 1
            self._start()

    def end(self) -> None:
        self._process.communicate(timeout=60)


def lived(state: str, slots: int, watchers: int, dice: random.Random) -> tuple[Counter[datetime], int]:
    """How many looks each slot had, and how many processes were killed."""
    open_store(state).close()
    each = [Watcher(state, dice) for _ in range(watchers)]
    try:
        for slot in (BEGIN + timedelta(hours=n) for n in range(slots)):
            for later in LATER:
                for one in each:
                    one.tell(slot + later)
                for one in each:
                    one.heard()
    finally:
        for one in each:
            one.end()
    with open_store(state) as store:
        looks = Counter(run.at.replace(minute=0, second=0, microsecond=0) for run in runs.runs(store))
    return looks, sum(one.deaths for one in each)


def once(slots: int) -> Counter[datetime]:
    return Counter(BEGIN + timedelta(hours=n) for n in range(slots))


def test_each_slot_is_looked_at_once_however_often_watchers_are_killed(tmp_path: Path) -> None:
    looks, deaths = lived(str(tmp_path / "w.db"), 4, 2, random.Random(20260304))
    assert deaths >= 3, deaths
    assert looks == once(4)


@pytest.mark.soak
def test_the_same_with_three_watchers_and_hundreds_of_deaths(tmp_path: Path) -> None:
    looks, deaths = lived(str(tmp_path / "w.db"), 500, 3, random.Random(13))
    assert deaths >= 200
    assert looks == once(500)
