"""Runs the watch: checks on schedule, delivers all the time, stops cleanly.

APScheduler holds the jobs in memory and they are rebuilt from settings at every start. Several processes may
run the same schedule: a slot, named by its planned time, is claimed in the memory by exactly one of them.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from scrapers.source import Roots
from state.file import claims
from state.file.errors import StoreError
from state.file.opening import in_server
from state.owed import taken
from watcher.errors import Stopped
from watcher.look.apart.source import own
from watcher.look.slots import trigger_of
from watcher.look.trust import root_of
from watcher.parts.holding import PART, UPKEEP
from watcher.parts.named import DELIVER, PARTS, WATCH, WEB
from watcher.parts.owner import gone
from watcher.planned.looks import check_source
from watcher.planned.slots import check_slot, check_unless_looked, missed, passes, patiently
from watcher.tell.deliver import GATHER_EVERY, deliver, until_owed
from watcher.tell.send import Sent
from watcher.upkeep import nightly, upkeep

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store
    from watcher.app import App
    from watcher.look.record import Checked

logger = logging.getLogger(__name__)

JITTER = 300
"""Seconds by which a check may start late, so that watchers do not all call a register at once."""
SWEEP_EVERY = 30
"""Seconds between two searches for slots that nobody looked at: whoever took one may have died."""
UPKEEP_EVERY = 300
"""Seconds between two heartbeats, and two looks at whether a canary or a summary is due."""
LEAD = timedelta(seconds=2.5 * UPKEEP_EVERY)
"""How long the process that does the upkeep may be silent before another does it."""
TICK = 5
"""Seconds between two looks at the clock of the machine."""
GRACE = 3.5
"""Seconds that all that is under way has to end, from the moment that the watch is asked to."""


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
    again here; one that is away or busy is waited for. A setting that nobody can use is raised before
    anything begins. What does not end within `GRACE` seconds is left as a killed process leaves it: nothing
    of it is recorded, and it is done again.
    """
    app.require_way_out()
    app.parts = parts
    with _set_on_signal(app.stopping), app.holding.present(parts):
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
        self._served = in_server(app.settings.state)
        self._broken: list[BaseException] = []
        self._under_way, self._begun = 0, app.shared()
        self._ended = threading.Condition()
        # a job that is late because the machine slept is done all the same, once
        self._jobs: Any = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._plan()
        if WATCH in parts:
            for source in app.sources.values():
                # What is believed by what another one reads comes after it, or would not be until tomorrow.
                if root_of(source) is None:
                    self._first(source)
        if self._served and WEB in parts:  # there is none of this process's yet
            self._jobs.add_job(self._guarded, None, [patiently, app, nightly, app], id="bundle, first")

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
            if now < before:
                logger.warning("the clock was set back, from %s to %s: planning anew", before, now)
                self._plan()
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
        if WATCH in self._parts:
            self._app.holding.give_back(UPKEEP)
        if self._broken:
            raise self._broken[0]

    def _first(self, source: Source) -> None:
        """Plans the first look. No slot is claimed for it: whoever starts a watch wants to see it look."""
        look = [self._look_first, source]
        self._jobs.add_job(self._guarded, None, look, id=f"{source.name}, first")

    def _look_first(self, source: Source) -> None:
        patiently(self._app, check_unless_looked, self._app, source, self._begun)
        if isinstance(own(source), Roots):
            for one in self._app.sources.values():
                if root_of(one) is not None:
                    self._first(one)

    def _sweep(self) -> None:
        """Plans at once what was missed; each look in a thread of its own, as all looks."""
        for source in self._app.sources.values():
            trigger = trigger_of(source)
            if missed(self._app, source, trigger):
                logger.warning("%s: the last planned check was not made: it is made now", source.name)
                work = [patiently, self._app, check_slot, self._app, source, trigger]
                self._jobs.add_job(
                    self._guarded, None, work, id=f"{source.name}, missed", replace_existing=True
                )

    def _upkeep(self) -> None:
        """The upkeep, where this process does it for all; another does when this one falls silent or ends."""
        if self._app.holding.take(UPKEEP, LEAD):
            upkeep(self._app)

    def _plan(self) -> None:
        if WATCH in self._parts:
            self._set_up()
        # Beside a memory that is a file whoever watches makes it; else each that gives it away has its own.
        if (WEB if self._served else WATCH) in self._parts:
            self._add("bundle", IntervalTrigger(seconds=UPKEEP_EVERY, timezone="UTC"), nightly, self._app)

    def _set_up(self) -> None:
        app = self._app
        for source in app.sources.values():
            # The slot is named by its time without jitter, or two processes would claim two slots for one
            # look.
            on_time, late = trigger_of(source), trigger_of(source, jitter=JITTER)
            self._add(source.name, late, patiently, app, check_slot, app, source, on_time)
        self._add("upkeep", IntervalTrigger(seconds=UPKEEP_EVERY, timezone="UTC"), self._upkeep)
        self._add("slots", IntervalTrigger(seconds=SWEEP_EVERY, timezone="UTC"), self._sweep)

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
        with post.open_store() as store, closing(store.ears()) as ears:
            while not app.stopping.is_set():
                app.stirred.clear()  # before the round: what it did not see any more is looked for at once
                self._guarded(_take_over, store, app.shared())
                self._guarded(deliver, post, app.shared, app.stopping.is_set, ears)
                until_owed(post, store, ears, app.shared, app.stopping, app.stirred)

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
        except StoreError as error:
            if passes(error, self._app.settings.state):  # what comes every few seconds comes again
                logger.warning("%s; trying again later", error)
                return
            # Never go on blindly with a broken memory. What is wrong with it is said once, by whoever stops.
            logger.exception("stopping: the memory is broken", exc_info=False)
            self._broken.append(error)
            self._app.stopping.set()


def _take_over(store: Store, now: datetime) -> None:
    """Frees what those of this machine were sending that were killed: until their leases run out nobody else
    would ask how it went."""
    for name, (owner, _) in claims.held(store, f"{PART}{DELIVER}/", now).items():
        if gone(owner):
            taken.let_go(store, owner, now)
            claims.release(store, name, owner)


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
