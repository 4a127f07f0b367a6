"""The schedule under clocks that jump: it goes on, and so does what leaves the house."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

import pytest
from apscheduler.triggers.interval import IntervalTrigger
from office import Office
from processes import soon
from toy_register import ToyRegister, page

from state.file import claims
from state.file.errors import Away, Busy, Failed, NoFiles, StoreError
from state.file.opening import open_store
from state.file.store import Store
from state.model import Page
from state.owed import outbox, subscriptions, taken
from state.seen.looks import runs
from state.words.post import Channel
from watcher.app import App
from watcher.errors import LeftAlone, UnderWay
from watcher.look.slots import slot_before, trigger_of
from watcher.parts.holding import PART, SOCKET
from watcher.parts.named import DELIVER, WATCH
from watcher.parts.owner import gone, owner_of
from watcher.planned.looks import LONGEST, ask, check_source
from watcher.planned.slots import check_slot, missed
from watcher.schedule import Schedule, _open, _take_over
from watcher.settings import Settings
from watcher.tell.plan import plan
from watcher.tell.send import Sent

TODAY = datetime(2026, 11, 28, 6, 30, tzinfo=UTC)
FUTURE = datetime(2029, 1, 1, 6, 30, tzinfo=UTC)


@dataclass
class Hands:
    """A clock that a test sets; every call moves it by a second."""

    now: datetime

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(ToyRegister):
    """Shows one page, and counts who asks."""

    asked: list[datetime] = field(default_factory=list)
    hands: Hands = field(default_factory=lambda: Hands(TODAY))

    def fetch(self, get: object) -> tuple[Page, ...]:
        self.asked.append(self.hands.now)
        return (page("edition 2026-03-04", self.hands.now),)


def app_of(tmp_path: Path, sources: Sequence[Register], hands: Hands) -> App:
    app = App(Settings(state=str(tmp_path / "w.db")), hands)
    app.__dict__["sources"] = {source.name: source for source in sources}
    return app


def test_slots_claimed_in_the_future_are_free_again_when_their_day_comes(tmp_path: Path) -> None:
    hands = Hands(TODAY + timedelta(days=3))
    register = Register(hands=hands)
    app = app_of(tmp_path, [register], hands)
    for at in (TODAY + timedelta(days=3), TODAY, TODAY + timedelta(days=3)):
        hands.now = at
        check_slot(app, register, trigger_of(register))
    assert len(register.asked) == 3
    with app.open_store() as store:
        assert runs.state_of(store, register.name).failures == 0


def test_a_slot_is_claimed_once_by_several_processes_however_rare_it_is(tmp_path: Path) -> None:
    hands = Hands(TODAY)
    register = Register(hands=hands, every="17 6 1 1 *")
    for _ in range(3):
        check_slot(app_of(tmp_path, [register], hands), register, trigger_of(register))
    assert len(register.asked) == 1


def test_a_clock_set_back_while_the_watch_runs_does_not_stop_it(tmp_path: Path) -> None:
    hands = Hands(FUTURE)
    register = Register(hands=hands)
    schedule = Schedule(app_of(tmp_path, [register], hands), tick=0.01)
    jobs = schedule._jobs
    jobs.start(paused=True)
    for job in jobs.get_jobs():
        job.modify(next_run_time=FUTURE)
    hands.now = FUTURE
    waiting = threading.Thread(target=schedule.wait)
    waiting.start()
    while hands.now == FUTURE:
        pass
    hands.now = TODAY
    soon(lambda: {job.next_run_time.year for job in jobs.get_jobs() if "first" not in job.id} != {2029})
    schedule._app.stopping.set()
    waiting.join()
    late = [job.id for job in jobs.get_jobs() if "first" not in job.id and job.next_run_time >= FUTURE]
    jobs.shutdown(wait=False)
    assert late == []


def test_a_check_that_a_sleeping_machine_missed_is_made_when_it_wakes(tmp_path: Path) -> None:
    hands = Hands(TODAY)
    schedule = Schedule(app_of(tmp_path, [Register(hands=hands)], hands))
    schedule._jobs.start(paused=True)
    graces = {job.id: job.misfire_grace_time for job in schedule._jobs.get_jobs()}
    schedule.stop()
    assert graces["anssi-catalogue"] is None


def test_what_was_owed_and_leased_in_the_future_goes_out_today(tmp_path: Path) -> None:
    office = Office(tmp_path)
    today = office.now
    office.now = FUTURE
    office.see(1)
    with open_store(office.url) as store:
        assert claims.lease(store, "a look", "who died", FUTURE, timedelta(minutes=2))
        subscriptions.save_channel(store, Channel(id="C2", not_before=FUTURE))
    office.now = today
    assert office.deliver() == Sent(sent=2)
    with open_store(office.url) as store:
        assert claims.lease(store, "a look", "another", today, timedelta(minutes=2))
        assert not claims.set_right(store, today)


def test_a_message_put_off_by_its_channel_keeps_its_time(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.see(1)
    with open_store(office.url) as store:
        subscriptions.save_channel(store, Channel(id="C1", not_before=office.now + timedelta(days=11)))
        assert not claims.set_right(store, office.now)
    assert office.deliver() == Sent(sent=1)
    with open_store(office.url) as store:
        assert [one.channel for one in outbox.owed(store, state="due")] == ["C1"]


@pytest.mark.parametrize("hours", [1, 3, 24 * 400])
def test_a_message_left_half_way_by_a_clock_ahead_is_taken_over(tmp_path: Path, hours: int) -> None:
    office = Office(tmp_path)
    office.see(1)
    today, later = office.now, office.now + timedelta(hours=hours)
    with open_store(office.url) as store:
        plan(store, later)
        assert taken.claim(store, ["C1"], "who died", later, timedelta(minutes=2))
    office.now = today + timedelta(hours=0 if hours > 2 else hours, minutes=3)
    assert office.deliver().sent == 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow(Register):
    """Answers when the test says so, or fails as a broken memory would."""

    open: threading.Event = field(default_factory=threading.Event)
    faults: list[Exception] = field(default_factory=list)

    def fetch(self, get: object) -> tuple[Page, ...]:
        self.asked.append(self.hands.now)
        assert self.open.wait(60)
        if self.faults:
            raise self.faults[0]
        return (page("edition 2026-03-04", self.hands.now),)


@pytest.fixture
def slow() -> Slow:
    return Slow(hands=Hands(TODAY))


def test_who_asks_during_a_planned_look_joins_it(tmp_path: Path, slow: Slow) -> None:
    app = app_of(tmp_path, [slow], slow.hands)
    with ThreadPoolExecutor() as pool:
        planned = pool.submit(check_source, app, slow)
        soon(lambda: slow.asked)
        joined = ask(app, slow, rest=timedelta(hours=1))
        slow.open.set()
    assert joined.shared
    assert joined.outcome.result() is planned.result() is not None
    assert len(slow.asked) == 1


def test_a_planned_look_joins_one_that_was_asked_for(tmp_path: Path, slow: Slow) -> None:
    app = app_of(tmp_path, [slow], slow.hands)
    with ThreadPoolExecutor() as pool:
        asked = ask(app, slow, run=pool.submit)
        planned = pool.submit(check_source, app, slow)
        slow.open.set()
    assert planned.result() is asked.outcome.result() is not None
    assert len(slow.asked) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Root(Slow):
    """One that others are believed by."""

    roots: str = "what it reads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting(Register):
    """One that is believed by what another reads."""

    root: str = "what that one reads"


def test_the_first_looks_at_what_is_believed_by_another_come_after_it(tmp_path: Path) -> None:
    hands = Hands(TODAY)
    root = Root(name="root", hands=hands)
    resting = [Resting(name=name, hands=hands) for name in ("a", "b")]
    alone = Register(name="alone", hands=hands)
    schedule = Schedule(app_of(tmp_path, [*resting, alone, root], hands))
    schedule._jobs.start()
    soon(lambda: root.asked and alone.asked)
    assert [one.asked for one in resting] == [[], []]
    root.open.set()
    soon(lambda: all(one.asked for one in resting))
    schedule._app.stopping.set()
    schedule._jobs.shutdown()
    assert [len(one.asked) for one in (root, alone, *resting)] == [1, 1, 1, 1]


def test_all_who_wait_for_a_look_hear_what_broke_it_and_the_next_is_free(tmp_path: Path, slow: Slow) -> None:
    app = app_of(tmp_path, [slow], slow.hands)
    slow.faults.append(Failed("disk I/O error"))
    with ThreadPoolExecutor() as pool:
        asked = ask(app, slow, run=pool.submit)
        planned = pool.submit(check_source, app, slow)
        slow.open.set()
    for heard in (asked.outcome, planned):
        with pytest.raises(Failed):
            heard.result()
    slow.faults.clear()
    assert ask(app, slow).outcome.result() is not None


def test_another_process_is_not_asked_into_and_a_planned_look_does_not_wait_for_it(
    tmp_path: Path, slow: Slow
) -> None:
    here, there = (app_of(tmp_path, [slow], slow.hands) for _ in range(2))
    there.owner = "elsewhere"
    with ThreadPoolExecutor() as pool:
        first = ask(there, slow, run=pool.submit)
        soon(lambda: slow.asked)
        with pytest.raises(UnderWay, match=slow.name):
            ask(here, slow)
        slow.open.set()
        assert first.outcome.result() is not None
    with here.open_store() as store:
        claims.lease(store, f"look/{slow.name}", "a process that died", slow.hands.now, LONGEST)
    assert check_source(here, slow) is not None
    with pytest.raises(UnderWay):
        ask(here, slow)


def test_a_look_whose_process_was_killed_keeps_nobody_from_asking(tmp_path: Path, slow: Slow) -> None:
    app = app_of(tmp_path, [slow], slow.hands)
    slow.open.set()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as killed:
        owner = owner_of(killed.pid)
        assert not gone(owner)
        killed.kill()
    with app.open_store() as store:
        claims.lease(store, f"look/{slow.name}", owner, slow.hands.now, LONGEST)
    assert ask(app, slow).outcome.result() is not None


def test_a_planned_look_does_not_give_way_with_the_one_that_it_joined(tmp_path: Path, slow: Slow) -> None:
    app = app_of(tmp_path, [slow], slow.hands)
    slow.open.set()
    asked = app.looks.join(slow.name)
    with ThreadPoolExecutor() as pool:
        planned = pool.submit(check_source, app, slow)
        sleep(0.05)
        asked.outcome.set_exception(UnderWay(slow.name))
    assert planned.result() is not None


def test_a_register_is_left_alone_for_as_long_as_who_asks_must(tmp_path: Path, slow: Slow) -> None:
    app, ten = app_of(tmp_path, [slow], slow.hands), timedelta(minutes=10)
    slow.open.set()
    assert ask(app, slow, rest=ten).outcome.result() is not None
    with pytest.raises(LeftAlone) as early:
        ask(app, slow, rest=ten)
    assert timedelta(minutes=9) < early.value.wait < ten
    assert ask(app, slow).outcome.result() is not None
    slow.hands.now = TODAY - timedelta(days=365)  # the looks were made by a clock that was ahead
    assert not ask(app, slow, rest=ten, run=lambda work: None).shared


def test_the_end_leaves_a_job_that_does_not_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    hands = Hands(TODAY)
    schedule = Schedule(app_of(tmp_path, [], hands), parts=[WATCH])  # who sends is under way as well
    begun, released = threading.Event(), threading.Event()

    def look() -> None:
        begun.set()
        released.wait(60)

    schedule._add("a register that sends a byte a second", IntervalTrigger(seconds=0.01), look)
    schedule.start()
    assert begun.wait(60)
    schedule.stop(within=0)
    assert "left 1 jobs half-way" in caplog.text
    released.set()


def test_what_waits_for_a_thread_is_not_begun_at_the_end(tmp_path: Path) -> None:
    schedule = Schedule(app_of(tmp_path, [], Hands(TODAY)))
    schedule._app.stopping.set()
    begun: list[int] = []
    schedule._guarded(begun.append, 1)
    assert begun == []


def test_doors_close_side_by_side_and_none_is_waited_for_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("watcher.schedule.GRACE", 0.05)
    released, closed = threading.Event(), threading.Event()

    class Door:
        def __init__(self, close: Callable[[], object]) -> None:
            self.start, self.stop = lambda: None, close

    with _open([Door(closed.set), Door(lambda: released.wait(60))]) as ends:  # type: ignore[list-item]
        ends.begin()
    assert closed.wait(60)
    assert not released.is_set()
    released.set()


class Timed(App):
    """A machine whose clock is wrong, before a memory that has one of its own."""

    def open_store(self, *, create: bool = True) -> Store:
        store = super().open_store(create=create)
        store.time = lambda: round(1000 * (TODAY + timedelta(minutes=1)).timestamp())  # type: ignore[method-assign]
        return store


@pytest.mark.parametrize("wrong", [timedelta(days=-2), timedelta(days=3), timedelta(minutes=-10)])
def test_a_machine_whose_clock_is_wrong_takes_nothing_from_the_others(
    tmp_path: Path, wrong: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    hands = Hands(TODAY)
    register = Register(hands=hands)
    right = app_of(tmp_path, [register], hands)
    astray = Timed(right.settings, off := lambda: TODAY + wrong, wall=off)
    astray.owner = "another:7:a-b"
    with right.open_store() as store:
        slot = slot_before(trigger_of(register), TODAY)
        assert slot is not None
        assert claims.claim_slot(store, register.name, slot, right.owner, TODAY)
        assert claims.lease(store, SOCKET, right.owner, TODAY)
    with astray.holding.present([WATCH]):
        assert not astray.holding.take(SOCKET)
        check_slot(astray, register, trigger_of(register))
        assert not missed(astray, register, trigger_of(register))
    assert register.asked == []
    with right.open_store() as store:
        assert claims.holder(store, SOCKET) == right.owner
        assert not claims.set_right(store, TODAY), "it left nothing that is to come"
    assert "off the memory's" in caplog.text


def test_what_passes_by_itself_ends_no_watch_and_what_does_not_does(tmp_path: Path) -> None:
    schedule = Schedule(app_of(tmp_path, [], Hands(TODAY)))
    schedule._jobs.start(paused=True)
    for passes in (Away("the server does not answer"), NoFiles("none"), Busy("locked")):
        schedule._guarded(failing(passes))
        assert not schedule._app.stopping.is_set()
    schedule._guarded(failing(Failed("a file that is no database")))
    assert schedule._app.stopping.is_set()
    with pytest.raises(Failed):
        schedule.stop()


def test_what_is_wrong_with_a_memory_is_told_once_and_without_a_trace(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    schedule = Schedule(app_of(tmp_path, [], Hands(TODAY)))
    schedule._jobs.start(paused=True)
    schedule._guarded(failing(Failed("a file that is no database")))
    with pytest.raises(Failed):
        schedule.stop()
    (line,) = [record for record in caplog.records if "the memory is broken" in record.message]
    assert not line.exc_info


@pytest.mark.parametrize(
    ("state", "ends"), [("w.db", True), ("postgresql://me@db.test/watch", False)], ids=["a file", "a server"]
)
def test_a_standby_is_waited_for_until_it_is_promoted_and_a_file_on_read_only_media_is_not(
    tmp_path: Path, state: str, ends: bool
) -> None:
    app = App(Settings(state=state), Hands(TODAY))
    app.__dict__["sources"] = {}
    schedule = Schedule(app, parts=())
    schedule._guarded(failing(StoreError("it only answers questions", "read_only")))
    assert app.stopping.is_set() is ends


def failing(error: Exception) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


class Gone(App):
    """The program while its memory is away, and when it is there again."""

    away = False

    def open_store(self, *, create: bool = True) -> Store:
        if self.away:
            raise Away("the server does not answer")
        return super().open_store(create=create)


def test_a_watch_that_begins_without_its_memory_goes_on_when_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.planned.slots.PATIENCE", 0.01)
    monkeypatch.setattr("watcher.schedule.GATHER_EVERY", 0.01)
    hands = Hands(TODAY)
    register = Register(hands=hands)
    app = Gone(Settings(state=str(tmp_path / "w.db")), hands)
    app.__dict__["sources"] = {register.name: register}
    app.away = True
    with app.holding.present([WATCH]):
        schedule = Schedule(app)
        schedule.start()
        sleep(0.2)
        assert (register.asked, app.stopping.is_set()) == ([], False)
        app.away = False
        soon(lambda: register.asked)
        soon(lambda: looked(app, register))
        app.away = True
        sleep(0.1)
        app.away = False
        schedule.stop()


def looked(app: App, register: Register) -> bool:
    with app.open_store() as store:
        return runs.state_of(store, register.name).last_good is not None


def test_what_a_killed_process_of_this_machine_was_sending_is_asked_for_at_once(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.see(1)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as killed:
        dead, other = owner_of(killed.pid), "elsewhere:7:a-b"
        with open_store(office.url) as store:
            plan(store, office.now)
            for channel, owner in (("C1", dead), ("C2", other)):
                assert claims.lease(store, f"{PART}{DELIVER}/{owner}", owner, office.now)
                assert taken.claim(store, [channel], owner, office.now, timedelta(minutes=2))
            _take_over(store, office.now)
            assert len(claims.held(store, PART, office.now)) == 2, "it lives"
        killed.kill()
    with open_store(office.url) as store:
        _take_over(store, office.now)
        [left] = claims.held(store, PART, office.now).values()
        assert left[0] == other
        assert taken.claim(store, ["C1"], "here:1:a-b", office.now, timedelta(minutes=2))
        assert not taken.claim(store, ["C2"], "here:1:a-b", office.now, timedelta(minutes=2))
