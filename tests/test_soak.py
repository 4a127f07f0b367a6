"""Killed at any instant, the watch loses nothing and doubles nothing. Hundreds of processes: `make soak`."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from fake_slack import FakeSlack
from soak_worker import register

from state.file.store import open_store
from state.model import Kind
from state.owed import outbox, subscriptions
from state.seen import log
from state.words.post import Subscription

KILLS = 300
LOOKS = 1000
WORKER = Path(__file__).with_name("soak_worker.py")
START = datetime(2029, 1, 1, tzinfo=UTC)


def worker(state: str, slack: FakeSlack, round_: int) -> subprocess.Popen[bytes]:
    start = (START + timedelta(days=round_)).isoformat()
    command = [sys.executable, str(WORKER), state, slack.api_url, start, str(LOOKS)]
    return subprocess.Popen(command, cwd=Path(__file__).parents[1], env={"PYTHONPATH": ".:tests"})


def truth() -> Counter[tuple[str, str]]:
    """What happened to the register after its first look: who came, who went."""
    found: Counter[tuple[str, str]] = Counter()
    names = [{line.split("|")[1].strip() for line in register(n).splitlines()[1:]} for n in range(LOOKS)]
    for before, after in pairwise(names):
        found.update(("gained", name) for name in after - before)
        found.update(("lost", name) for name in before - after)
    return found


@pytest.mark.soak
def test_no_event_is_lost_and_none_is_told_twice_however_often_it_dies(
    tmp_path: Path, fake_slack: FakeSlack
) -> None:
    state = str(tmp_path / "state.db")
    with open_store(state) as store, store.transaction():
        subscriptions.subscribe(store, Subscription(id=0, channel="C1", words=("all",)))
    dice = random.Random(20260304)
    killed = 0
    for round_ in range(KILLS):
        process = worker(state, fake_slack, round_)
        try:
            process.wait(timeout=dice.uniform(0.5, 1.5))
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        assert process.wait(timeout=60) in (0, -9)
    assert worker(state, fake_slack, KILLS).wait(timeout=300) == 0

    with open_store(state) as store:
        events = [event for event in log.events(store) if event.kind in (Kind.GAINED, Kind.LOST)]
        logged = Counter((str(event.kind), event.provider.name) for event in events)
        owed = outbox.owed(store, channel="C1")
    assert logged == truth()
    assert {one.state for one in owed} == {"sent"}
    posts = fake_slack.received("C1")
    told = Counter(
        event for post in posts for event in post["metadata"]["event_payload"]["events"].split(",")
    )
    assert set(told) == {str(event.id) for event in events}
    assert max(told.values()) == 1, "the channel's history was asked before anything was sent again"
    assert killed > KILLS // 2, killed
