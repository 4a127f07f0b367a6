"""Sends what is owed: a loop of its own, that meets the checks only in the outbox.

Every channel is sent to at its own pace and none waits for another: threads are taken for the sending alone,
never for the time between two messages. What is owed meanwhile joins in.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifiers.notifier import Notifier
from state import outbox
from state.store import Store
from watcher.plan import plan
from watcher.send import LEASE, TRIES, Desk, Sent, Step, send_next

__all__ = ["LEASE", "TRIES", "Post", "Sent", "deliver", "plan"]

logger = logging.getLogger(__name__)

WORKERS = 64
"""Messages under way at once: at a quarter of a second each, enough for 250 channels at full pace."""
GATHER_EVERY = 5.0
"""Seconds between two looks at what is owed by now, while sending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What delivering works with. `open_store` gives each thread its own connection.

    `elapsed` and `pause` measure and wait, in seconds: pacing must hold whatever `--now` pretends.
    """

    open_store: Callable[[], Store]
    notifier_of: Callable[[str], Notifier]
    owner: str
    lang: str = "fr"
    operators: str = ""
    elapsed: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    workers: int = WORKERS


def deliver(post: Post, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> Sent:
    """Sends everything that may go now, and says how it went; earlier, with what is under way, on `stop`."""
    with ThreadPoolExecutor(max_workers=post.workers, thread_name_prefix="deliver") as pool:
        return _Round(post, clock, pool).run(stop)


class _Round:
    """One call of `deliver`: which channels are being sent to, and which wait for their turn until when."""

    def __init__(self, post: Post, clock: Callable[[], datetime], pool: ThreadPoolExecutor) -> None:
        self._post, self._clock, self._pool = post, clock, pool
        self._turns: dict[str, float] = {}
        self._free: dict[str, float] = {}
        self._running: dict[Future[tuple[Step, float]], str] = {}
        self._gathered = float("-inf")

    def run(self, stop: Callable[[], bool]) -> Sent:
        """Sends until nothing is left that may go."""
        total = Sent()
        self._gather()
        while self._turns or self._running:
            if stop():
                self._turns.clear()
                self._gathered = self._post.elapsed()
            else:
                if self._running_late():
                    self._gather()
                self._start()
            total += self._finish()
        return total

    def _running_late(self) -> bool:
        return self._post.elapsed() - self._gathered >= GATHER_EVERY

    def _gather(self) -> None:
        """Plans, and gives each channel with something due its turn."""
        now, start = self._clock(), self._post.elapsed()
        with self._post.open_store() as store:
            plan(store, now)
            due = outbox.due_channels(store, now, planned=True)
            fresh = outbox.sent_since(store, now - timedelta(seconds=1)) if due else frozenset()
        busy = set(self._running.values())
        for channel in due:
            if channel not in self._turns and channel not in busy:
                pace = self._post.notifier_of(channel).pace if channel in fresh else 0.0
                self._turns[channel] = self._free.get(channel, start + pace)
        self._gathered = start

    def _start(self) -> None:
        now = self._post.elapsed()
        for channel in [name for name, at in self._turns.items() if at <= now]:
            del self._turns[channel]
            self._running[self._pool.submit(self._send, channel)] = channel

    def _finish(self) -> Sent:
        """Waits for what is under way, or for the next turn; returns what was sent."""
        rest = max(0.0, self._next() - self._post.elapsed())
        if not self._running:
            if self._turns and rest:
                self._post.pause(rest)
            return Sent()
        done, _ = wait(self._running, timeout=rest, return_when=FIRST_COMPLETED)
        total = Sent()
        for future in done:
            channel = self._running.pop(future)
            step, self._free[channel] = future.result()
            total += step.sent
            if step.more:
                self._turns[channel] = self._free[channel]
        return total

    def _next(self) -> float:
        """When there is something to do: a turn comes, or it is time to look at what is owed."""
        return min([self._gathered + GATHER_EVERY, *self._turns.values()])

    def _send(self, channel: str) -> tuple[Step, float]:
        """Sends one message of a channel; and when the next may follow.

        Slack counts what arrives: the pace runs from the beginning of a post, from the end of a slow one.
        """
        notifier, begun = self._post.notifier_of(channel), self._post.elapsed()
        with self._post.open_store() as store:
            desk = Desk(
                store=store,
                notifier=notifier,
                owner=self._post.owner,
                clock=self._clock,
                lang=self._post.lang,
                operators=self._post.operators,
            )
            step = send_next(desk, channel)
        ended = self._post.elapsed()
        return step, (begun if ended - begun <= notifier.pace else ended) + notifier.pace
