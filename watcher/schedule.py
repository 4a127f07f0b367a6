"""Runs the watch: checks on schedule, delivers all the time, stops cleanly.

APScheduler holds the jobs in memory and they are rebuilt from settings at every start. Several processes may
run the same schedule: a slot, named by its planned time, is claimed in the memory by exactly one of them.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from scrapers.source import Roots
from state.file import ahead, claims
from state.file.errors import Away, StoreError
from state.seen.looks import runs
from watcher.errors import LeftAlone, Overtaken, Stopped, UnderWay
from watcher.look import health
from watcher.look.apart.source import own
from watcher.look.check import check
from watcher.look.record import Checked, tell
from watcher.look.slots import slot_before, trigger_of
from watcher.look.trust import root_of
from watcher.settings import DELIVER, PARTS, WATCH
from watcher.tell.deliver import GATHER_EVERY, deliver, until_owed
from watcher.tell.send import Sent
from watcher.upkeep import nightly, upkeep

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store
    from watcher.app import App
    from watcher.look.ongoing import Look

logger = logging.getLogger(__name__)

LONGEST = timedelta(minutes=15)
"""How long a look may last before another process may begin one that somebody asks for."""
JITTER = 300
"""Seconds by which a check may start late, so that watchers do not all call a register at once."""
UPKEEP_EVERY = 300
"""Seconds between two heartbeats, and two looks at whether a canary or a summary is due."""
TICK = 5
"""Seconds between two looks at the clock of the machine."""
PATIENCE = 30
"""Seconds until what had no open files to work with is tried again."""
GRACE = 3.5
"""Seconds that all that is under way has to end, from the moment that the watch is asked to."""


def check_source(app: App, source: Source) -> Checked | None:
    """Looks at one source now, or waits for the look under way; None when a newer look overtook it."""
    look = app.looks.join(source.name)
    if not look.shared:
        return look.make(lambda: _look(app, source))
    try:
        return look.outcome.result()
    except UnderWay:  # it was asked for, and gave way to another process; what is planned does not
        return check_source(app, source)


def ask(
    app: App,
    source: Source,
    *,
    rest: timedelta = timedelta(0),
    run: Callable[[Callable[[], object]], object] = lambda work: work(),
) -> Look:
    """The look at a source that somebody asks for now: the one under way, or a new one that `run` makes.

    Raises `LeftAlone` where the source was read less than `rest` ago. A look that another process makes is
    neither joined nor doubled: the new one ends with `UnderWay`.
    """
    with app.looks.lock:
        wait = timedelta(0) if app.looks.at(source.name) else _wait(app, source, rest)
        if wait:
            raise LeftAlone(source.name, wait)
        look = app.looks.join(source.name)
    if not look.shared:
        run(lambda: look.make(lambda: _look(app, source, alone=True)))
    return look


def _wait(app: App, source: Source, rest: timedelta) -> timedelta:
    """How long a source has still to be left alone, whichever way the clock went wrong."""
    with app.open_store() as store:
        last = runs.state_of(store, source.name).last_look
    return max(rest - abs(app.clock() - last), timedelta(0)) if last else timedelta(0)


def _look(app: App, source: Source, *, alone: bool = False) -> Checked | None:
    """A look on a connection of this thread; none that was planned is left out for another process's."""
    with app.open_store() as store, claimed(app, source, store, alone=alone):
        try:
            checked = check(source, app.get(source, store), app.watch(store), app.clock)
        except Overtaken as overtaken:
            logger.info("%s", overtaken)
            return None
        app.stirred.set()
        if checked.run.clock.trusted:
            _say_stale(app, source, store)
    run = checked.run
    logger.info("%s: run %s %s, %s events", source.name, run.id, run.outcome, len(checked.events))
    return checked


@contextmanager
def claimed(app: App, source: Source, store: Store, *, alone: bool) -> Iterator[None]:
    """Tells other processes that this one looks; raises `UnderWay` where one does and we want to be alone."""
    name = f"look/{source.name}"
    if app.gone(
        dead := claims.holder(store, name)
    ):  # else nobody could ask for a look for a quarter of an hour
        claims.release(store, name, dead)
    if not claims.lease(store, name, app.owner, app.clock(), LONGEST) and alone:
        raise UnderWay(source.name)
    try:
        yield
    finally:
        claims.release(store, name, app.owner)


def _say_stale(app: App, source: Source, store: Store) -> None:
    with store.transaction():
        state = runs.state_of(store, source.name)
        notice = health.stale(state, app.clock(), source.stale_after)
        if notice and runs.remarked(store, source.name, [health.stale_topic(state)], notice.at):
            tell(app.watch(store), [notice])


def check_slot(app: App, source: Source, trigger: CronTrigger) -> None:
    """Looks at one source if nobody has taken the slot that is due; what is wrong is logged, others go on."""
    now = app.clock()
    slot = slot_before(trigger, now)
    with app.open_store() as store:
        ahead.set_right(store, now)
        if slot is not None and not claims.claim_slot(store, source.name, slot, app.owner, now):
            logger.info("%s: the check of %s is already taken", source.name, slot.isoformat())
            return
    patiently(app, check_source, app, source)  # here: the slot is claimed, and nobody else will look


def patiently(app: App, work: Callable[..., object], *args: Any) -> None:
    """Does a piece of work, later where the system gives no open files: no slot is missed for that."""
    while True:
        try:
            work(*args)
        except Away as error:
            logger.warning("%s; trying again in %d seconds", error, PATIENCE)
            if app.stopping.wait(PATIENCE):
                return
        else:
            return


def run_once(app: App, parts: Collection[str] = PARTS) -> tuple[list[Checked], Sent]:
    """One look at every enabled source, and one round of delivering."""
    # Those that are believed by what another one reads come last.
    each = sorted(app.sources.values(), key=lambda source: root_of(source) is not None)
    looked = [checked for source in each if WATCH in parts and (checked := check_source(app, source))]
    return looked, deliver(app.post(), app.clock) if DELIVER in parts else Sent()


class Door(Protocol):
    """What people come in by while the watch runs: pages, Slack."""

    def start(self) -> None:
        """Opens; raises `OSError` when it cannot."""

    def stop(self) -> None:
        """Closes; what is under way is finished."""


def run_for_ever(app: App, doors: Sequence[Door] = (), parts: Collection[str] = PARTS) -> None:
    """Checks now and on schedule, delivers, until SIGTERM or SIGINT; then finishes what is under way.

    Doors open before the first check and close first. A broken memory ends it: `StoreError` is raised
    again here. A setting that nobody can use is raised before anything begins. What does not end within
    `GRACE` seconds is left as a killed process leaves it: nothing of it is recorded, and it is done again.
    """
    app.require_way_out()
    with _set_on_signal(app.stopping):
        schedule = Schedule(app, parts=parts)
        with _open(doors) as ends:
            schedule.start()
            schedule.wait()
            logger.info("stopping: finishing what is under way")
            ends.begin()
        schedule.stop(ends.left())


class Ends:
    """When all must have ended; counts from `begin`."""

    def __init__(self) -> None:
        self._at: float | None = None

    def begin(self) -> None:
        """Time runs from now."""
        self._at = time.monotonic() + GRACE

    def left(self) -> float:
        """Seconds that are left."""
        if self._at is None:
            self.begin()
        return max((self._at or 0.0) - time.monotonic(), 0.0)


class Schedule:
    """The jobs of one process, each in a thread of APScheduler's, and beside them the sending."""

    def __init__(self, app: App, tick: float = TICK, parts: Collection[str] = PARTS) -> None:
        self._app, self._tick, self._parts = app, tick, parts
        self._broken: list[BaseException] = []
        self._under_way = 0
        self._ended = threading.Condition()
        # a job that is late because the machine slept is done all the same, once
        self._jobs: Any = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        if WATCH in parts:
            self._set_up()
            for source in app.sources.values():
                # What is believed by what another one reads comes after it, or would not be until tomorrow.
                if root_of(source) is None:
                    self._first(source)

    def start(self) -> None:
        """Begins, with a look at every source where this process looks."""
        if DELIVER in self._parts:
            # A thread of its own: slow looks that take all threads of the jobs must keep nobody from hearing.
            threading.Thread(target=self._send, name="deliver", daemon=True).start()
        self._jobs.start()

    def wait(self) -> None:
        """Until the watch is asked to end; plans anew when the clock is set back.

        APScheduler remembers the time of the next run: after a clock that was a year ahead it would do
        nothing for a year.
        """
        before = self._app.clock()
        while not self._app.stopping.wait(self._tick):
            now = self._app.clock()
            if now < before and WATCH in self._parts:
                logger.warning("the clock was set back, from %s to %s: planning anew", before, now)
                self._set_up()
            before = now

    def stop(self, within: float = GRACE) -> None:
        """Waits for what is under way, so many seconds; raises what broke the memory, if anything did."""
        self._app.stopping.set()
        # Not with `wait=True`, which waits for ever for a register that sends a byte a second.
        self._jobs.shutdown(wait=False)
        with self._ended:
            if not self._ended.wait_for(lambda: not self._under_way, within):
                logger.warning(
                    "stopping: left %d jobs half-way, nothing of them is recorded", self._under_way
                )
        if self._broken:
            raise self._broken[0]

    def _first(self, source: Source) -> None:
        """Plans the first look. No slot is claimed for it: whoever starts a watch wants to see it look."""
        look = [self._look_first, source]
        self._jobs.add_job(self._guarded, None, look, id=f"{source.name}, first")

    def _look_first(self, source: Source) -> None:
        patiently(self._app, check_source, self._app, source)
        if isinstance(own(source), Roots):
            for one in self._app.sources.values():
                if root_of(one) is not None:
                    self._first(one)

    def _set_up(self) -> None:
        app = self._app
        for source in app.sources.values():
            # The slot is named by its time without jitter, or two processes would claim two slots for one
            # look.
            on_time, late = trigger_of(source), trigger_of(source, jitter=JITTER)
            self._add(source.name, late, patiently, app, check_slot, app, source, on_time)
        often = IntervalTrigger(seconds=UPKEEP_EVERY, timezone="UTC")
        self._add("upkeep", often, upkeep, app)
        self._add("bundle", often, nightly, app)

    def _add(self, name: str, trigger: Any, work: Any, *args: Any) -> None:
        self._jobs.add_job(self._guarded, trigger, [work, *args], id=name, replace_existing=True)

    def _send(self) -> None:
        """Delivers until the watch ends, whatever files and memory do meanwhile."""
        while not self._app.stopping.is_set():
            try:
                self._work(self._keep_delivering)
            except Exception:
                # The one boundary of the thread: a bug must not keep all from hearing until the next start.
                logger.exception("sending failed; trying again")
            self._app.stopping.wait(GATHER_EVERY)

    def _keep_delivering(self) -> None:
        """Delivers as soon as something is owed."""
        app, post = self._app, self._app.post()
        with post.open_store() as store:
            while not app.stopping.is_set():
                app.stirred.clear()
                seen = store.moved()  # before the round: what it did not see any more is looked for at once
                self._guarded(deliver, post, app.clock, app.stopping.is_set)
                until_owed(post, store, seen, app.clock, app.stopping, app.stirred)

    def _guarded(self, work: Any, *args: Any) -> None:
        with self._ended:
            if self._app.stopping.is_set():  # it waited for a thread until now
                return
            self._under_way += 1
        try:
            self._work(work, *args)
        finally:
            with self._ended:
                self._under_way -= 1
                self._ended.notify_all()

    def _work(self, work: Any, *args: Any) -> None:
        try:
            work(*args)
        except Stopped:
            logger.info("a look was given up half-way, and nothing of it is recorded")
        except Away as error:  # no memory is broken: what comes every few seconds comes again
            logger.warning("%s; trying again later", error)
        except StoreError as error:  # never go on blindly with a broken memory
            logger.exception("stopping: the memory is broken")
            self._broken.append(error)
            self._app.stopping.set()


@contextmanager
def _open(doors: Sequence[Door]) -> Iterator[Ends]:
    """The doors open, and closed again whatever happens, side by side: each has seconds to finish."""
    ends, opened = Ends(), []
    try:
        for door in doors:
            door.start()
            opened.append(door)
        yield ends
    finally:
        closing = [threading.Thread(target=door.stop, daemon=True) for door in opened]
        for one in closing:
            one.start()
        for one in closing:
            one.join(ends.left())


@contextmanager
def _set_on_signal(stop: threading.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set the event; the handlers before are put back."""
    # Only a flag: a look, or a message under way, must not be cut in the middle of a transaction.
    before = {name: signal.signal(name, lambda *_: stop.set()) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
