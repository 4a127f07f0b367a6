"""What is owed goes out as soon as it is committed, by whichever process; and waiting costs nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import engines
import pytest
from office import Line, Office
from processes import soon

from notifiers.notifier import DeliveryError
from notifiers.said.reasons import as_said
from state.file.errors import NoFiles
from state.file.opening import open_store
from state.file.sqlite.store import SQLiteStore
from state.owed import subscriptions, taken
from state.words.post import Message, Receipt
from watcher.app import App
from watcher.schedule import Schedule
from watcher.settings import Settings
from watcher.tell import deliver

LONG = 3_600.0
"""Longer than any test: whatever is heard before was not waited for."""
OTHER = """import sys
sys.path.insert(0, sys.argv[2])
from datetime import datetime
from office import Office
other = Office.__new__(Office)
other.url, other.now = sys.argv[1], datetime.fromisoformat(sys.argv[3])
other.see(1)"""
"""Another process, which looks at the same register for the same memory."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def rounds(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The rounds of a watch that has no sources and looks by itself at what is owed once an hour."""
    monkeypatch.setattr(deliver, "GATHER_EVERY", LONG)
    made: list[float] = []
    app = App(Settings(state=office.url), lambda: office.now)
    app.__dict__["sources"] = {}
    schedule = Schedule(app)
    send = deliver.deliver

    def counted(*args: object) -> object:
        made.append(0.0)
        return send(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(app, "post", office.post)
    monkeypatch.setattr("watcher.schedule.deliver", counted)
    schedule.start()
    soon(lambda: made)
    yield made
    schedule.stop()


def test_a_commit_of_this_process_is_told_at_once(office: Office, rounds: list[float]) -> None:
    office.see(1)
    soon(lambda: office.lines["C1"].events() == office.lines["C2"].events() == [1])


def test_a_commit_of_another_process_is_told_at_once(office: Office, rounds: list[float]) -> None:
    tests = str(Path(__file__).parents[2])
    told = [engines.address(office.url), tests, office.now.isoformat()]
    office.now += timedelta(days=1)
    subprocess.run([sys.executable, "-c", OTHER, *told], check=True, cwd=Path(tests).parent)
    soon(lambda: office.lines["C1"].events() == office.lines["C2"].events() == [1])


def test_what_waits_for_a_digest_wakes_nobody_again_and_again(office: Office, rounds: list[float]) -> None:
    with open_store(office.url) as store:
        for name in ("C1", "C2"):
            known = subscriptions.channel(store, name)
            subscriptions.save_channel(store, replace(known, digest="weekly mon 08:30"))
    office.see(3)
    with open_store(office.url) as store:
        soon(lambda: taken.due_channels(store, office.now))
    glances = len(rounds)
    settled = threading.Event()
    settled.wait(1.0)
    assert len(rounds) - glances <= 3
    assert office.lines["C1"].got == []


def test_a_fault_in_one_round_ends_no_sending(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("watcher.schedule.GATHER_EVERY", 0.01)
    faults = [ZeroDivisionError(), NoFiles("none", "no_files"), ZeroDivisionError()]
    send = deliver.deliver

    def faulty(*args: object) -> object:
        if faults:
            raise faults.pop(0)
        return send(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("watcher.schedule.deliver", faulty)
    app = App(Settings(state=office.url), lambda: office.now)
    app.__dict__["sources"] = {}
    monkeypatch.setattr(app, "post", office.post)
    schedule = Schedule(app)
    schedule.start()
    office.see(1)
    soon(lambda: office.lines["C1"].events() == [1])
    schedule.stop()
    assert caplog.text.count("sending failed; trying again") == 2


def test_a_memory_that_nobody_writes_to_is_left_alone(
    office: Office, rounds: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    soon(lambda: len(rounds))
    asked: list[str] = []
    answer = SQLiteStore.q

    def counted(self: SQLiteStore, sql: str, **params: object) -> object:
        asked.append(sql)
        return answer(self, sql, **params)

    threading.Event().wait(0.5)
    monkeypatch.setattr(SQLiteStore, "q", counted)
    threading.Event().wait(1.0)
    assert asked == []


def test_a_slow_channel_keeps_no_other_from_hearing_what_comes_meanwhile(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "GATHER_EVERY", LONG)
    under_way, second = threading.Event(), threading.Event()

    class Slow(Line):
        def send(self, message: Message) -> Receipt:
            under_way.set()
            assert second.wait(60), "what came meanwhile waited for this one"
            return super().send(message)

    class Quick(Line):
        def send(self, message: Message) -> Receipt:
            receipt = super().send(message)
            if 2 in self.events():
                second.set()
            return receipt

    office.lines |= {"C1": Slow(), "C2": Quick()}
    office.see(1)
    sending = threading.Thread(target=office.deliver)
    sending.start()
    assert under_way.wait(60)
    office.see(2)
    sending.join(60)
    assert office.lines["C2"].events() == [1, 2]


def test_two_processes_tell_a_program_one_event_after_the_other(office: Office) -> None:
    class Program(Line):
        def send(self, message: Message) -> Receipt:
            assert len(message.events) == 1
            if message.events[0].id % 7 == 0 and message.key not in self.arrived_unnoticed:
                self.arrived_unnoticed.add(message.key)
                raise DeliveryError(as_said("503"))
            return super().send(message)

        def find(self, message: Message) -> Receipt | None:
            return None

    office.lines |= {"C1": Program()}
    office.see(40)
    posts = [office.post(owner, singly=lambda name: name == "C1") for owner in ("one", "another")]
    for _ in range(40):
        sending = [
            threading.Thread(target=deliver.deliver, args=(post, lambda: office.now)) for post in posts
        ]
        for one in sending:
            one.start()
        for one in sending:
            one.join(60)
        office.now += timedelta(minutes=10)
    assert office.lines["C1"].events() == list(range(1, 41))
    assert sorted(office.lines["C2"].events()) == list(range(1, 41))
