"""The outbox in numbers: right after anything that happens to a delivery, and never by reading them all."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

import pytest
from toy_memory import NOW, Toy, planned_as
from walked import steps

from state.file.errors import LeaseLost
from state.file.sqlite.migrations import STEPS
from state.file.store import Store
from state.model import Kind
from state.owed import counted, fates, outbox, planned, subscriptions, taken
from state.owed.taken import Claimed
from state.seen.taken_back import retractions
from state.words.post import Channel, Retraction

CHANNELS = ("C1", "C2", "C3")


def truth(store: Store) -> tuple[Counter[str], datetime | None]:
    """The same, told by every delivery there is."""
    owed = outbox.owed(store)
    waiting = [one.due for one in owed if one.state in ("due", "sending")]
    return Counter(one.state for one in owed), min(waiting, default=None)


class Life:
    """An outbox to which anything happens in any order."""

    def __init__(self, store: Store, toy: Toy, seed: int) -> None:
        self.store, self.toy, self.chance, self.now = store, toy, Random(seed), NOW
        self.events, self.messages = 0, 0
        self.claimed: list[Claimed] = []

    def anything(self) -> None:
        self.now += timedelta(minutes=self.chance.randrange(30))
        self.chance.choice((self.owe, self.owe, self.plan, self.claim, self.claim, self.end, self.channel))()

    def owe(self) -> None:
        new = range(self.events + 1, self.events + self.chance.randrange(2, 6))
        self.toy.recorded(*(self.toy.event(id, kind=self.chance.choice(list(Kind))) for id in new))
        self.events = new[-1]
        wanted = [(id, self.chance.choice(CHANNELS), ()) for id in new]
        outbox.owe_events(self.store, 1, wanted, self.now)

    def plan(self) -> None:
        waiting = planned.unplanned(self.store, self.now)
        if waiting:
            channel = waiting[0].channel
            own = [one.id for one in waiting if one.channel == channel][: self.chance.randrange(1, 9)]
            self.messages += 1
            assert planned_as(self.store, channel, own, f"M{self.messages}", self.now)

    def claim(self) -> None:
        channel = self.chance.choice(CHANNELS)
        self.claimed += taken.claim(self.store, [channel], "me", self.now, timedelta(minutes=5))

    def end(self) -> None:
        if not self.claimed:
            return
        message = self.claimed.pop()
        key, later = message.key, self.now + timedelta(minutes=40)
        ways = (
            lambda: fates.settle(self.store, key, "me", "1.1", self.now),
            lambda: fates.put_off(self.store, key, "me", later, "busy", ambiguous=False),
            lambda: fates.give_up(self.store, key, "me", "no such channel", self.now),
            lambda: fates.suspend(self.store, key, "me", "archived", self.now),
            lambda: self.withdraw(message),
        )
        with suppress(LeaseLost):  # somebody else has it by now
            self.chance.choice(ways)()

    def withdraw(self, message: Claimed) -> None:
        gone = Retraction(event=message.events[0], reason="misread", by="U1", at=self.now)
        retractions.withdraw(self.store, message.key, "me", [gone])
        self.claimed.append(message)

    def channel(self) -> None:
        name = self.chance.choice(CHANNELS)
        if subscriptions.channel(self.store, name).state == "suspended":
            subscriptions.resume(self.store, name, self.now)
        else:
            subscriptions.save_channel(self.store, Channel(id=name, state="suspended", reason="gone"))


@pytest.mark.parametrize("seed", range(4))
def test_the_numbers_are_those_of_the_deliveries_whatever_happens(store: Store, toy: Toy, seed: int) -> None:
    life, seen = Life(store, toy, seed), set[str]()
    for _ in range(150):
        life.anything()
        states, oldest = truth(store)
        assert counted.deliveries_counted(store) == {name: n for name, n in sorted(states.items()) if n}
        assert counted.waiting_since(store) == oldest
        seen |= states.keys()
    assert {"due", "sending", "sent", "suspended"} <= seen


@pytest.mark.sqlite("steps that SQLite alone took")
def test_a_memory_of_before_is_counted_when_it_is_opened(store: Store, toy: Toy) -> None:
    life = Life(store, toy, 3)
    for _ in range(150):
        life.anything()
    before = counted.deliveries_counted(store)
    assert len(before) > 3
    with store.transaction():
        for name in ("owed_counted", "owed_moved", "owed_sent"):
            store.q(f"drop trigger {name}")
        store.q("drop table owed_count")
        for statement in STEPS["m0024_owed_counts"]:
            store.q(statement)
    assert counted.deliveries_counted(store) == before


def owing(store: Store, toy: Toy, events: range) -> None:
    """A channel that was sent all of these, one that is suspended with all of them waiting, and one to which
    the last is owed."""
    toy.recorded(*(toy.event(id) for id in events))
    outbox.owe_events(store, 1, [(id, channel, ()) for channel in ("C1", "C2") for id in events], NOW)
    own = [one.id for one in planned.unplanned(store, NOW) if one.channel == "C1"]
    assert planned_as(store, "C1", own, f"M{events[0]}", NOW)
    [claimed] = taken.claim(store, ["C1"], "me", NOW, timedelta(minutes=5))
    fates.settle(store, claimed.key, "me", "1.1", NOW)
    subscriptions.save_channel(store, Channel(id="C2", state="suspended", reason="gone"))
    outbox.owe_events(store, 1, [(events[-1], "C3", ())], NOW)


@pytest.mark.sqlite("counts steps of its own machine")
def test_no_number_walks_further_where_more_was_ever_owed(store: Store, toy: Toy) -> None:
    asked = (
        counted.deliveries_counted,
        counted.waiting_since,
        subscriptions.channels,
        lambda store: taken.due_channels(store, NOW),
    )
    owing(store, toy, range(1, 31))
    few = [steps(store, ask) for ask in asked]
    owing(store, toy, range(31, 601))
    assert counted.deliveries_counted(store) == {"due": 2, "sent": 600, "suspended": 600}
    many = [steps(store, ask) for ask in asked]
    assert [after <= before + 3 for before, after in zip(few, many, strict=True)] == [True] * len(asked)
