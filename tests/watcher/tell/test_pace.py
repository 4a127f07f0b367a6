"""Pacing: about one message a second and channel, all channels at once, on a clock of the test's own."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from office import Line, Office

from state.file.opening import open_store
from state.owed import subscriptions
from state.words.post import Message, Receipt, Subscription
from watcher.tell.deliver import deliver
from watcher.tell.send import Sent


@dataclass
class Time:
    """Seconds that pass only while the sender waits."""

    passed: float = 0.0

    def read(self) -> float:
        return self.passed

    def pause(self, seconds: float) -> None:
        self.passed += seconds


@dataclass
class Paced(Line):
    """A channel that notes when it was sent to."""

    time: Time = field(default_factory=Time)
    at: list[float] = field(default_factory=list)

    def send(self, message: Message) -> Receipt:
        self.at.append(self.time.passed)
        return super().send(message)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_messages_to_one_channel_are_a_second_apart_and_channels_do_not_wait_for_each_other(
    office: Office,
) -> None:
    time = Time()
    one, other = Paced(pace=1.0, time=time), Paced(pace=1.0, time=time)
    office.lines |= {"C1": one, "C2": other}
    office.see(5)
    assert deliver(office.post(elapsed=time.read, pause=time.pause), lambda: office.now) == Sent(sent=10)
    assert one.at == other.at == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_a_round_that_follows_at_once_keeps_the_pace(office: Office) -> None:
    time = Time()
    line = Paced(pace=1.0, time=time)
    office.lines["C1"] = line
    office.see(1)
    post = office.post(elapsed=time.read, pause=time.pause)
    deliver(post, lambda: office.now)
    office.see(2)
    office.now = office.owed("C1")[0].sent_at or office.now
    time.passed = line.at[0] + 0.25
    deliver(post, lambda: office.now)
    assert line.events() == [1, 2]
    assert line.at[1] == line.at[0] + line.pace, "the one before went out this very second"


def test_what_is_owed_while_a_long_round_goes_on_does_not_wait_for_its_end(office: Office) -> None:
    with open_store(office.url) as store, store.transaction():
        subscriptions.subscribe(store, Subscription(id=0, channel="C9", words=("Late",), names=("Firm 50",)))
    time = Time()

    @dataclass
    class Long(Paced):
        def send(self, message: Message) -> Receipt:
            if len(self.at) == 2:
                office.see(51)
            return super().send(message)

    long, late = Long(pace=10.0, time=time), Paced(pace=1.0, time=time)
    office.lines |= {"C1": long, "C9": late}
    office.see(5)
    deliver(office.post(elapsed=time.read, pause=time.pause), lambda: office.now)
    assert len(long.got) == 6
    assert late.at[0] < long.at[-1]


def test_a_round_that_is_stopped_finishes_what_is_under_way_and_leaves_the_rest_owed(office: Office) -> None:
    time, stopped = Time(), threading.Event()

    @dataclass
    class Last(Paced):
        def send(self, message: Message) -> Receipt:
            stopped.set()
            return super().send(message)

    office.lines["C1"] = Last(pace=1.0, time=time)
    office.see(5)
    deliver(office.post(elapsed=time.read, pause=time.pause), lambda: office.now, stopped.is_set)
    assert office.states("C1").count("sent") == 1
    assert office.states("C1").count("due") == 4
