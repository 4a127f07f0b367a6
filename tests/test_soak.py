"""Killed at any step, the watch loses nothing and doubles nothing. Hundreds of processes: `make soak`."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from fake_slack import FakeSlack
from fate import LOOK, OPERATION, SEND, SENT, STATEMENT
from soak_worker import register

from state.file.opening import open_store
from state.model import Kind
from state.owed import outbox, subscriptions
from state.seen.events import log
from state.words.post import Subscription

KILLS = 300
LOOKS = 1000
DEATHS = {LOOK: 5, SEND: 5, SENT: 5, STATEMENT: 400, OPERATION: 600}
"""How a process dies, and the most steps that it makes before; together fewer than a thousand looks take."""
WORKER = Path(__file__).with_name("soak_worker.py")
START = datetime(2029, 1, 1, tzinfo=UTC)


def lived(state: str, slack: FakeSlack, round_: int, *fate: str) -> int:
    """How a process ended that went on where the one before died."""
    start = (START + timedelta(days=round_)).isoformat()
    command = [sys.executable, str(WORKER), state, slack.api_url, start, str(LOOKS), *fate]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], env={"PYTHONPATH": ".:tests"}, timeout=600, check=False
    )
    return done.returncode


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
    for round_ in range(KILLS):
        sort = dice.choice(list(DEATHS))
        steps = dice.randint(1, DEATHS[sort])
        assert lived(state, fake_slack, round_, sort, str(steps)) == -signal.SIGKILL, (round_, sort, steps)
    assert lived(state, fake_slack, KILLS) == 0

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
