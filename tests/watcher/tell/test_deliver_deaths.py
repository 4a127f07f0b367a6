"""A sender that dies at any statement, in front of any channel: afterwards ledger and messages agree."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import engines
import pytest
from office import Died, Office, Shown, mortal

from state.file.opening import open_store
from state.owed import taken
from watcher.tell import recall
from watcher.tell.deliver import deliver
from watcher.tell.letters import LEASE

MOST = 500
"""More statements than one round makes."""


def prepared(room: Path) -> Office:
    """An office that owes three new events, and the taking back of one that was told."""
    office = Office(room)
    office.lines |= {name: Shown() for name in ("C1", "C2")}
    office.see(1)
    office.deliver()
    with open_store(office.url) as store:
        recall.retract(store, 1, "a misread page", "U1", office.now)
    office.see(4)
    return office


def dies_at(office: Office, statement: int) -> bool:
    """Whether a round of delivering came to that statement, and died there."""
    post = office.post("mortal", open_store=lambda: mortal(open_store(office.url), statement))
    try:
        deliver(post, lambda: office.now)
    except Died:
        return True
    return False


@pytest.mark.parametrize("apart", [4, pytest.param(1, marks=pytest.mark.soak)])
def test_a_death_at_any_statement_loses_nothing_and_doubles_nothing(tmp_path: Path, apart: int) -> None:
    first = prepared(tmp_path)
    for statement in range(1, MOST, apart):
        url = str(tmp_path / f"{statement}.db")
        engines.copy(first.url, url)
        office = Office.__new__(Office)
        office.url, office.now = url, first.now
        office.lines = {name: Shown(got=list(line.got)) for name, line in first.lines.items()}
        died = dies_at(office, statement)
        for _ in range(3):
            office.now += LEASE + timedelta(seconds=1)
            office.deliver("heir")
        agrees(office)
        engines.remove(url)
        if not died:
            assert statement > 20, "the round is made of more statements than that"
            return
    pytest.fail(f"a round of more than {MOST} statements")


def agrees(office: Office) -> None:
    for channel in ("C1", "C2"):
        line = office.lines[channel]
        told = [[event.id for event in message.events] for message in line.got if message.follows is None]
        back = [message for message in line.got if message.follows is not None]
        assert sorted(told) == [[1], [2], [3], [4]]
        assert [[event.id for event in message.events] for message in back] == [[1]]
        assert {receipt.id for _, receipt in line.revised} == {"ts1"}
        assert {owed.state for owed in office.owed(channel)} == {"sent"}
    with open_store(office.url) as store:
        assert taken.due_channels(store, office.now + timedelta(days=9)) == ()
