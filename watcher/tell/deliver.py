"""Sends what is owed: a loop of its own, that meets the checks only in the outbox.

Every channel is sent to at its own pace and none waits for another: threads are taken for the sending alone,
never for the time between two messages. What is owed meanwhile joins in.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING

from notifiers.said.texts import LANGUAGES
from state.file import ahead
from state.owed import outbox
from watcher.tell.plan import plan
from watcher.tell.send import Attempt, Desk, Letter, Sent, attempt, close, take

if TYPE_CHECKING:
    from notifiers.notifier import Notifier
    from state.file.store import Store

logger = logging.getLogger(__name__)

WORKERS = 64
"""Messages under way at once: at a quarter of a second each, enough for 250 channels at full pace."""
GATHER_EVERY = 5.0
"""Seconds between two looks at what is owed by now: what waited for its hour has come without a commit."""
GLANCE = 0.1
"""Seconds between two glances at whether anybody committed something, whichever process: then what is owed
is looked for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What delivering works with. Each call of `deliver` has a connection of its own.

    `elapsed` and `pause` measure and wait, in seconds: pacing must hold whatever `--now` pretends.
    """

    open_store: Callable[[], Store]
    notifier_of: Callable[[str], Notifier]
    owner: str
    lang: str = LANGUAGES[0]
    operators: str = ""
    elapsed: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    workers: int = WORKERS
    singly: Callable[[str], bool] = lambda _: False

    def desk(self, store: Store, clock: Callable[[], datetime]) -> Desk:
        """What writes the fate of messages into a memory."""
        return Desk(
            store=store,
            owner=self.owner,
            clock=clock,
            lang=self.lang,
            operators=self.operators,
            singly=self.singly,
        )


def until_owed(
    post: Post, store: Store, seen: int, clock: Callable[[], datetime], stop: Event, stirred: Event
) -> None:
    """Waits until something is due that was not when the memory had `seen` so much, or it is time to look.

    `stirred` says so at once, where this process owes; what others commit is noticed by a glance.
    """
    end = post.elapsed() + GATHER_EVERY
    while post.elapsed() < end and not stop.is_set() and not stirred.wait(GLANCE):
        # What waits for a digest is due as well: asked at every glance, it would let nobody rest.
        if (now := store.moved()) != seen:
            seen = now
            if outbox.due_channels(store, clock()):
                return


def deliver(post: Post, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> Sent:
    """Sends everything that may go now, and says how it went; earlier, with what is under way, on `stop`."""
    with (
        post.open_store() as store,
        ThreadPoolExecutor(max_workers=post.workers, thread_name_prefix="deliver") as pool,
    ):
        return _Round(post, post.desk(store, clock), pool).run(stop)


class _Round:
    """One call of `deliver`: which channels are being sent to, and which wait for their turn until when.

    The memory is written to by this thread alone, for all letters that are ready in one transaction: a commit
    waits for the disk longer than Slack takes to answer.
    """

    def __init__(self, post: Post, desk: Desk, pool: ThreadPoolExecutor) -> None:
        self._post, self._desk, self._pool = post, desk, pool
        self._turns: dict[str, float] = {}
        self._free: dict[str, float] = {}
        self._running: dict[Future[tuple[Attempt, float]], Letter] = {}
        self._gathered = float("-inf")
        self._moved = 0

    def run(self, stop: Callable[[], bool]) -> Sent:
        """Sends until nothing is left that may go."""
        total = Sent()
        self._gather()
        while self._turns or self._running:
            if stop():
                self._turns.clear()
                self._gathered = self._post.elapsed()
            elif (
                self._post.elapsed() - self._gathered >= GATHER_EVERY
                or self._desk.store.moved() != self._moved
            ):
                self._gather()
            self._start()
            total += self._finish()
        return total

    def _gather(self) -> None:
        """Plans, and gives each channel with something due its turn."""
        now, start, store = self._desk.clock(), self._post.elapsed(), self._desk.store
        self._moved = store.moved()  # before it is read: what is owed meanwhile is looked for again
        # First: a lease that a clock ahead of time wrote would keep its message from everybody until that
        # day.
        ahead.set_right(store, now)
        plan(store, now, self._post.singly)
        due = outbox.due_channels(store, now, planned=True)
        # The process before this one may have posted a moment ago: its last post counts for the pace as well.
        fresh = outbox.sent_since(store, now - timedelta(seconds=1)) if due else frozenset()
        busy = {letter.message.channel for letter in self._running.values()}
        for channel in due:
            if channel not in self._turns and channel not in busy:
                pace = self._post.notifier_of(channel).pace if channel in fresh else 0.0
                self._turns[channel] = self._free.get(channel, start + pace)
        self._gathered = start

    def _start(self) -> None:
        """Takes a letter for every channel whose turn it is, as many as can be sent at once."""
        now, room = self._post.elapsed(), self._post.workers - len(self._running)
        turns = [channel for channel, at in self._turns.items() if at <= now][:room]
        if not turns:
            return
        with self._desk.store.transaction():
            # One transaction for all: sixty-four commits, each waiting for the disk, would take longer than
            # the sending.
            letters = [take(self._desk, channel) for channel in turns]
        for channel, letter in zip(turns, letters, strict=True):
            del self._turns[channel]
            if letter is not None:
                self._running[self._pool.submit(self._send, letter)] = letter

    def _finish(self) -> Sent:
        """Waits for what is under way, or for the next turn; returns what was sent."""
        rest = max(0.0, self._next() - self._post.elapsed())
        if not self._running:
            if self._turns and rest:
                self._post.pause(rest)
            return Sent()
        done, _ = wait(self._running, timeout=min(rest, GLANCE), return_when=FIRST_COMPLETED)
        return self._close({future: self._running.pop(future) for future in done})

    def _close(self, done: Mapping[Future[tuple[Attempt, float]], Letter]) -> Sent:
        if not done:
            return Sent()
        total = Sent()
        # Nothing is raised here: `attempt` turns every fault into an error of its message.
        results = [(letter, *future.result()) for future, letter in done.items()]
        with self._desk.store.transaction():
            for letter, made, free in results:
                closed = close(self._desk, letter, made)
                total += closed.sent
                channel = letter.message.channel
                self._free[channel] = free
                if closed.more:
                    self._turns[channel] = free
        return total

    def _next(self) -> float:
        """When there is something to do: a turn comes while there is room, or it is time to gather."""
        room = len(self._running) < self._post.workers
        moments: list[float] = list(self._turns.values()) if room else []
        return min([self._gathered + GATHER_EVERY, *moments])

    def _send(self, letter: Letter) -> tuple[Attempt, float]:
        """How a letter fared, and when the next may follow in its channel.

        Slack counts what arrives: the pace runs from the beginning of a post, from the end of a slow one.
        """
        notifier, begun = self._post.notifier_of(letter.message.channel), self._post.elapsed()
        made, ended = attempt(notifier, letter), self._post.elapsed()
        return made, (begun if ended - begun <= notifier.pace else ended) + notifier.pace
