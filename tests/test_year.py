"""A year of the watch: real editions at their days, and all that can go wrong; the clock is simulated.

Two processes share one memory. 200 outages of twenty sorts, clocks that jump, both nights on which the wall
clock turns, a disk that fills twice, processes that die at any step. A second year, with one process and
without any trouble, says what should have been told: not an event more or less, none twice. `make soak`;
`YEAR_DAYS=30 pytest -m soak tests/test_year.py` lives its first days.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_slack import FakeSlack
from fate import LOOK, OPERATION, REQUEST, SEND, SENT, STATEMENT
from registers import Hand, Registers
from years import BEGIN, WATCHED, Plan, Turn

from state.file.opening import open_store
from state.model import Cause, Event, Kind, Run
from state.owed import outbox, subscriptions
from state.seen.events import log
from state.seen.looks import runs
from state.words.post import Channel, Subscription
from watcher.ask.watch.watched import coverage

pytestmark = pytest.mark.soak

PLAN = Plan(days=int(os.environ.get("YEAR_DAYS", "365")))
WORKER = Path(__file__).with_name("year_worker.py")
DEATHS = {LOOK: 36, REQUEST: 32, SEND: 6, SENT: 6, STATEMENT: 2400, OPERATION: 2400}
"""How a process dies, and the most steps that it makes before. A watch that needs fewer statements for a look
dies later: these are for some four hundred deaths a year, of the three hundred that are asked for."""
JUMPS = tuple(
    timedelta(days=days, minutes=7)  # no time that is planned
    for days in (3, -2, 500, -0.2, -40)
)
"""By how much the clock of a process is wrong for a look, now and then."""


class Process:
    """One `year_worker.py`, started anew whenever it is dead."""

    def __init__(self, settings: str, log: Path) -> None:
        self.settings, self.log, self.running = settings, log, False
        self.process: subprocess.Popen[str]

    def start(self, *fate: str) -> None:
        with self.log.open("a") as told:
            self.process = subprocess.Popen(
                [sys.executable, str(WORKER), self.settings, *fate],
                cwd=Path(__file__).parents[1],
                env={"PYTHONPATH": ".:tests"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                text=True,
            )
        self.running = True

    def tell(
        self,
        at: datetime,
        *sources: str,
        wrong: timedelta = timedelta(0),
        planned: bool = True,
        room: int | None = None,
    ) -> None:
        assert self.process.stdin is not None
        told: dict[str, Any] = {"at": (at + wrong).isoformat(), "wrong": wrong.total_seconds()}
        told |= {"sources": sources, "planned": planned, "room": room}
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()

    def answer(self) -> str:
        """What it said; "" when it died."""
        assert self.process.stdout is not None
        said = self.process.stdout.readline().strip()
        if said != "done":
            self._gone()
        return said

    def end(self) -> None:
        assert self._gone() == 0

    def _gone(self) -> int:
        self.running = False
        self.process.communicate(timeout=60)  # closes its pipes, which ends it where it lives
        return self.process.returncode


class Year:
    """A year that is lived: its plan, its memory, and what became of both."""

    def __init__(self, room: Path, slack: FakeSlack, *, stormy: bool = False) -> None:
        self.hand = Hand(BEGIN)
        self.registers = Registers(self.hand, PLAN.shown, PLAN.outages if stormy else ())
        self.slack, self.state = slack, str(room / "year.db")
        self.sources = WATCHED
        self.kills, self.broken = 0, list[str]()
        self.clean: list[Turn] = []
        self.true_time: dict[datetime, datetime] = {}
        self._dice = random.Random(20260304)
        self._settings, self._log = self._settled(), room / "year.log"
        with open_store(self.state) as store, store.transaction():
            for channel in ("C1", "C2"):
                subscriptions.subscribe(store, Subscription(id=0, channel=channel, words=("all",)))
            # Half past two comes twice on one night of the year, and on another never.
            subscriptions.save_channel(store, Channel(id="C2", digest="daily 02:30"))

    def _settled(self) -> str:
        options: dict[str, Any] = {name: {"url": self.registers.address(name)} for name in self.sources}
        options["ans-hds"]["bounds"] = {"hds": {"floor": 30}}
        slack = {"base_url": self.slack.api_url}
        return json.dumps({"state": self.state, "operators": "COPS", "slack": slack, "sources": options})

    def quietly(self) -> None:
        """One process, and nothing goes wrong."""
        process = Process(self._settings, self._log)
        process.start()
        for turn in PLAN.turns(self.sources):
            self._comes(turn.at)
            assert self._told([process], turn, {}) == ["done"]
        process.end()
        self.registers.close()

    def stormily(self) -> None:
        """Two processes, whatever happens."""
        both = [Process(self._settings, self._log), Process(self._settings, self._log)]
        self._revive(both)
        full = dict(PLAN.full)
        for number, turn in enumerate(PLAN.turns(self.sources)):
            self._comes(turn.at)
            # Of a look, and of no round of a turned night: a clock days behind ends the wait for a digest.
            jumps = turn.source and number % 211 == 210
            wrong = self._dice.choice(JUMPS) if jumps else timedelta(0)
            room = 0 if turn.source in full and full[turn.source] <= turn.at else None
            said = self._told(both, turn, {both[0]: wrong}, room)
            if said == ["done", "done"] and not wrong and room is None:
                self.clean.append(turn)
            if any(one not in ("", "done") for one in said):
                del full[turn.source]
            self._revive(both)
            self._trouble_slack(number)
        for process in both:
            process.end()
        self.registers.close()

    def _comes(self, at: datetime) -> None:
        self.hand.now = max(self.hand.now + timedelta(seconds=1), at)

    def _told(
        self,
        processes: Sequence[Process],
        turn: Turn,
        wrong: Mapping[Process, timedelta],
        room: int | None = None,
    ) -> list[str]:
        """What each answers to a turn that all take at once; "" from one that died."""
        for process in processes:
            off = wrong.get(process, timedelta(0))
            self.true_time[self.hand.now + off] = self.hand.now
            process.tell(self.hand.now, *filter(None, [turn.source]), wrong=off, room=room)
        return [self._heard(process) for process in processes]

    def _heard(self, process: Process) -> str:
        said = process.answer()
        self.kills += said == ""
        if said not in ("", "done"):
            self.broken.append(said)
        return said

    def _revive(self, both: Sequence[Process]) -> None:
        """Who is dead is started again, and looks at once, as `vigilabel run` does."""
        for process in both:
            while not process.running:
                self._comes(self.hand.now)
                self.true_time[self.hand.now] = self.hand.now
                sort = self._dice.choice(list(DEATHS))
                process.start(sort, str(self._dice.randint(1, DEATHS[sort])))
                process.tell(self.hand.now, *self.sources, planned=False)
                self._heard(process)

    def _trouble_slack(self, number: int) -> None:
        match number % 97:
            case 3:
                self.slack.fail("internal_error")
            case 30:
                self.slack.limit_rate(20)
            case 55:
                self.slack.drop(accepted=True)
            case 80:
                self.slack.answer(503)

    def really(self, at: datetime) -> datetime:
        """When it truly was at a time that a process was told, or a little later by its clock."""
        return self.true_time[max(told for told in self.true_time if told <= at)]


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    with FakeSlack() as slack:
        year = Year(tmp_path_factory.mktemp("quiet"), slack)
        year.quietly()
        yield year


@pytest.fixture(scope="module")
def stormy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    with FakeSlack() as slack:
        year = Year(tmp_path_factory.mktemp("stormy"), slack, stormy=True)
        year.stormily()
        yield year


def events(year: Year) -> Counter[tuple[str, ...]]:
    with open_store(year.state) as store:
        return Counter(map(named, log.events(store)))


def named(event: Event) -> tuple[str, ...]:
    """An event, by what it says."""
    rows = "; ".join(f"{row.subject} {row.ref} {row.valid_until}" for row in event.attestations)
    return (event.source, event.kind, event.cause, event.provider.name, event.label, rows)


def told(year: Year, channel: str) -> Counter[str]:
    """How often Slack has each event in a channel."""
    posts = year.slack.received(channel)
    return Counter(
        event
        for post in posts
        for event in str(post["metadata"]["event_payload"]["events"]).split(",")
        if event
    )


def test_the_year_was_as_bad_as_it_should_be(stormy: Year) -> None:
    assert stormy.kills >= PLAN.kills
    assert stormy.registers.outages == PLAN.outages
    assert len(stormy.broken) >= len(PLAN.full), "the disk was full at each of its editions"
    assert all("full" in said for said in stormy.broken), stormy.broken


def test_no_event_is_lost_or_made_up_whatever_happens(quiet: Year, stormy: Year) -> None:
    should, did = events(quiet), events(stormy)
    assert did - should == Counter()
    assert should - did == Counter()


def test_a_host_that_leaves_or_comes_back_is_an_event_each_time(stormy: Year) -> None:
    with open_store(stormy.state) as store:
        events = log.events(store, causes=[Cause.REGISTER.value])
    changes = [
        (event.kind, event.provider.name)
        for event in events
        if event.source == "ans-hds" and event.kind in (Kind.LOST, Kind.GAINED)
    ]
    assert len(changes) == len(PLAN.changes)
    for (left, who), (came, again) in zip(changes[::2], changes[1::2], strict=False):
        assert (left, came, who) == ("lost", "gained", again)


@pytest.mark.parametrize("channel", ["C1", "C2"])
def test_every_event_is_told_once_in_each_channel(stormy: Year, channel: str) -> None:
    with open_store(stormy.state) as store:
        owed = outbox.owed(store, channel=channel)
    assert {one.state for one in owed} == {"sent"}
    heard = told(stormy, channel)
    assert max(heard.values()) == 1
    assert set(heard) == {str(one.event) for one in owed if one.event is not None}


def test_the_digest_goes_once_on_either_night_of_the_turned_clock(stormy: Year) -> None:
    with open_store(stormy.state) as store:
        sent = {one.message: one.sent_at for one in outbox.owed(store, channel="C2") if one.sent_at}
    for noon, at_most in PLAN.nights.items():
        night = [at for at in sent.values() if timedelta(0) <= noon - at < timedelta(hours=12)]
        assert len(night) == 1, (noon, night)
        assert f"{night[0]:%H:%M}" <= at_most


def test_each_look_is_seen_for_what_it_was(stormy: Year) -> None:
    """A look within an outage is never good, one outside always is."""
    with open_store(stormy.state) as store:
        looks = runs.runs(store)
    wrong = [(run.source, run.at, run.message) for run in looks if run.good is troubled_at(stormy, run)]
    assert wrong == []


def troubled_at(year: Year, run: Run) -> bool:
    at = year.really(run.at)
    return any(each.source == run.source and each.since <= at < each.until for each in year.registers.outages)


def test_each_planned_look_is_made_once_by_one_of_the_two(stormy: Year) -> None:
    with open_store(stormy.state) as store:
        looks = Counter((run.source, run.at.replace(second=0, microsecond=0)) for run in runs.runs(store))
    assert len(stormy.clean) > 2 * PLAN.kills
    made = {turn: looks[turn.source, turn.at] for turn in stormy.clean if turn.source}
    assert {turn: count for turn, count in made.items() if count != 1} == {}


def test_coverage_is_exactly_what_the_outages_leave(stormy: Year) -> None:
    """A look by a clock that is a day wrong or more says nothing of when it was made."""
    with open_store(stormy.state) as store:
        for name, source in stormy.sources.items():
            looks = runs.runs(store, source=name)
            right = [one for one in looks if abs(one.at - stormy.really(one.at)) < timedelta(days=1)]
            seen = total = timedelta(0)
            for look, after in zip(right, [*(run.at for run in right[1:]), PLAN.end], strict=True):
                fine = not troubled_at(stormy, look) and after - look.at <= source.stale_after
                total += after - look.at
                seen += after - look.at if fine else timedelta(0)
            assert coverage(looks, PLAN.end, source.stale_after) == round(100 * seen / total, 1), name


def test_the_memory_of_a_year_is_small(stormy: Year) -> None:
    with open_store(stormy.state) as store:
        store.q("pragma wal_checkpoint(truncate)")
    mib = Path(stormy.state).stat().st_size / 2**20
    assert mib <= 60, f"{mib:.1f} MiB"
