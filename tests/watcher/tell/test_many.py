"""Several deliver at once, in threads and processes: each message is sent once, and none waits for a look."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import engines
import pytest
from office import Line, Office, Shown
from processes import soon

from state.file.errors import Busy
from state.file.opening import open_store
from state.file.store import Store
from state.model import Weight
from state.owed import paces, subscriptions, taken
from state.words.post import Message, Receipt, Subscription
from watcher.tell import recall
from watcher.tell.deliver import deliver
from watcher.tell.letters import LEASE
from watcher.tell.send import Sent

CHANNELS = tuple(f"C{number}" for number in range(1, 9))
WORKER = """import os, sys, time
sys.path.insert(0, sys.argv[1])
from datetime import datetime
from pathlib import Path
from office import Line, Office
from state.words.post import Receipt
book = Path(sys.argv[3])

class Booked(Line):
    def send(self, message):
        with book.open("a") as told:
            told.write(f"{message.channel} {message.key} {[one.id for one in message.events]}\\n")
        time.sleep(0.01)
        return Receipt(id=message.key)

    def find(self, message):
        return Receipt(id="found") if message.key in book.read_text() else None

class Everywhere(dict):
    def __missing__(self, channel):
        return Booked()

office = Office.__new__(Office)
office.url, office.now, office.lines = sys.argv[2], datetime.fromisoformat(sys.argv[4]), Everywhere()
print(office.deliver(f"process {os.getpid()}").sent, flush=True)"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that owes fourteen events to each of eight channels."""
    made = Office(tmp_path)
    with open_store(made.url) as store, store.transaction():
        for name in CHANNELS[2:]:
            wish = Subscription(id=0, channel=name, words=("all", "low"), floor=Weight.LOW)
            subscriptions.subscribe(store, wish)
    made.lines |= {name: Line() for name in CHANNELS}
    for firms in (5, 10, 14):
        made.see(firms)
    return made


def all_at_once(*tasks: Callable[[], object]) -> None:
    each = [threading.Thread(target=task) for task in tasks]
    for one in each:
        one.start()
    for one in each:
        one.join(60)
        assert not one.is_alive()


def test_four_threads_send_each_message_once_and_in_order(office: Office) -> None:
    two: list[Message] = []

    class Alone(Line):
        """A channel that notes who sends while somebody does."""

        def __init__(self) -> None:
            super().__init__()
            self.lock = threading.Lock()

        def send(self, message: Message) -> Receipt:
            if not self.lock.acquire(blocking=False):
                two.append(message)
                return super().send(message)
            threading.Event().wait(0.002)
            self.lock.release()
            return super().send(message)

    office.lines |= {name: Alone() for name in CHANNELS}
    all_at_once(*(lambda owner=owner: office.deliver(owner) for owner in "abcd"))
    assert two == []
    for name in CHANNELS:
        assert office.lines[name].events() == list(range(1, 15))
        assert set(office.states(name)) == {"sent"}


def test_a_process_that_is_killed_leaves_nothing_lost_and_nothing_doubled(
    office: Office, tmp_path: Path
) -> None:
    book, tests = tmp_path / "book", Path(__file__).parents[2]
    told = [str(tests), engines.address(office.url), str(book), office.now.isoformat()]
    each = [
        subprocess.Popen([sys.executable, "-c", WORKER, *told], cwd=tests.parent, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    soon(lambda: book.exists() and book.read_text().count("\n") > 20)
    os.kill(each[0].pid, signal.SIGKILL)
    for one in each:
        one.communicate(timeout=60)
    told[-1] = (office.now + LEASE + timedelta(seconds=1)).isoformat()
    subprocess.run([sys.executable, "-c", WORKER, *told], cwd=tests.parent, check=True, capture_output=True)
    got = Counter(line.split(" ")[0] for line in book.read_text().splitlines())
    assert got == dict.fromkeys(CHANNELS, 14)
    assert {state for name in CHANNELS for state in office.states(name)} == {"sent"}
    assert len(set(book.read_text().splitlines())) == 14 * len(CHANNELS)


def test_nobody_sends_faster_than_a_channel_takes_it_whoever_sends(office: Office) -> None:
    """Each has so long between two messages, and both together have as well."""
    passed: list[float] = []

    class Paced(Line):
        def send(self, message: Message) -> Receipt:
            passed.append(office_time())
            return super().send(message)

    office.lines["C1"] = Paced(pace=0.15)
    all_at_once(*(lambda owner=owner: office.deliver(owner) for owner in "ab"))
    assert len(passed) == 14
    assert min(after - before for before, after in pairwise(passed)) > 0.14


def office_time() -> float:
    return os.times().elapsed


def test_a_long_queue_keeps_no_other_channel_waiting(office: Office) -> None:
    order: list[str] = []

    class Noted(Line):
        def send(self, message: Message) -> Receipt:
            order.append(message.channel)
            return super().send(message)

    with open_store(office.url) as store:
        store.q("delete from delivery where channel not in ('C1', 'C2')")
        store.q("delete from delivery where channel = 'C2' and event > 2")
    office.lines |= {name: Noted() for name in CHANNELS}
    deliver(office.post(workers=1), lambda: office.now)
    assert order.count("C1") == 14
    assert max(place for place, name in enumerate(order) if name == "C2") <= 4


def test_what_two_waited_for_each_other_for_is_done_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    inside: list[int] = []

    def clumsy() -> Store:
        store = open_store(office.url)
        really = store.sharing

        @contextmanager
        def sharing() -> Iterator[None]:
            with really():
                inside.append(0)
                yield
                inside.pop()
                if not inside:
                    calls.append(0)
                    if len(calls) % 2:
                        inside.clear()
                        raise Busy("as if two had waited for each other")

        monkeypatch.setattr(store, "sharing", sharing)
        return store

    sent = deliver(office.post(open_store=clumsy, pause=lambda _: None), lambda: office.now)
    assert sent.sent == 14 * len(CHANNELS)
    assert len(calls) > 12
    assert all(office.lines[name].events() == list(range(1, 15)) for name in CHANNELS)


def test_what_is_taken_back_while_it_is_sent_is_taken_back_aloud(office: Office) -> None:
    """Whoever takes back has not committed yet when the channel has taken the message."""
    written, taken_back = threading.Event(), threading.Event()

    def take_back() -> None:
        with open_store(office.url) as store, store.transaction():
            recall.retract(store, 1, "a misread page", "U1", office.now)
            written.set()
            threading.Event().wait(0.3)
        taken_back.set()

    taking = threading.Thread(target=take_back)

    class Meanwhile(Shown):
        def send(self, message: Message) -> Receipt:
            if 1 in [one.id for one in message.events] and not message.retracted and not taking.ident:
                taking.start()
                assert written.wait(60)
            return super().send(message)

    office.lines = {name: Meanwhile() if name == "C1" else Shown() for name in (*CHANNELS, "COPS")}
    office.deliver()
    assert taken_back.wait(60)
    taking.join()
    for _ in range(2):
        office.deliver("another")
    assert [one.follows is not None for one in office.lines["C1"].got].count(True) == 1
    assert office.lines["C1"].revised


@pytest.mark.postgresql("others write at the same time")
def test_nobody_who_delivers_waits_for_a_look(office: Office) -> None:
    with open_store(office.url) as looking, looking.transaction():
        looking.q("update lease set owner = owner")
        assert office.deliver() == Sent(sent=14 * len(CHANNELS))


@pytest.mark.postgresql("others write at the same time")
def test_a_connection_that_is_lost_in_the_middle_loses_and_doubles_nothing(office: Office) -> None:
    ended: list[Any] = []

    class Cut(Line):
        def send(self, message: Message) -> Receipt:
            receipt = super().send(message)
            if len(self.got) == 3:
                with open_store(office.url) as store:
                    ended.extend(
                        store.q(
                            """select pg_terminate_backend(pid) as gone from pg_stat_activity
                                where datname = current_database() and usename = current_user
                                    and pid <> pg_backend_pid()"""
                        )
                    )
            return receipt

    office.lines["C1"] = Cut()
    sent = deliver(office.post(pause=lambda _: None), lambda: office.now)
    assert ended
    assert sent.sent == 14 * len(CHANNELS)
    assert all(office.lines[name].events() == list(range(1, 15)) for name in CHANNELS)


@pytest.mark.postgresql("others write at the same time")
def test_two_that_wait_for_each_other_let_go_and_whoever_is_alone_never_does(office: Office) -> None:
    with open_store(office.url) as store:
        paces.begin(store, ["C1", "C2"])
    held, busy = threading.Barrier(3), list[str]()
    asked = "select channel from pace where channel = :channel"

    def shares(first: str, second: str, who: str) -> None:
        with open_store(office.url) as store:
            way = store.transaction if who == "alone" else store.sharing
            try:
                with way():
                    store.q(f"{asked} {store.held}", channel=first)
                    held.wait(60)
                    if who != "third":
                        store.q(f"{asked} {store.held}", channel=second)
            except Busy:
                busy.append(who)

    all_at_once(
        lambda: shares("C1", "C2", "alone"),
        lambda: shares("C2", "C1", "shares"),
        lambda: shares("C3", "C3", "third"),
    )
    assert busy == ["shares"]


@pytest.mark.postgresql("others write at the same time")
def test_a_channel_that_somebody_has_is_left_to_him(office: Office) -> None:
    with open_store(office.url) as one, open_store(office.url) as other:
        paces.begin(one, CHANNELS)
        with one.sharing():
            assert paces.take(one, ["C1", "C2"]) == {"C1", "C2"}
            with other.sharing():
                assert paces.take(other, ["C2", "C3"]) == {"C3"}
        assert taken.due_channels(other, office.now) == CHANNELS
