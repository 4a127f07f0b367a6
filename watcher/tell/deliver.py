"""Sends what is owed: a loop of its own, that meets the checks only in the outbox.

Every channel is sent to at its own pace and none waits for another: threads are taken for the sending alone,
never for the time between two messages. What is owed meanwhile joins in.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from math import inf
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from notifiers.notifier import DeliveryError
from notifiers.said.texts import LANGUAGES
from state.file import claims
from state.file.errors import Away, Busy, StoreError
from state.model import Reason
from state.owed import paces, taken
from watcher.tell.letters import Desk, Letter, Taken, take
from watcher.tell.plan import in_turn, plan
from watcher.tell.send import Attempt, Closed, Sent, attempt, close_alone, close_beside

if TYPE_CHECKING:
    from notifiers.notifier import Notifier
    from state.file.store import Ears, Store

logger = logging.getLogger(__name__)

WORKERS = 64
"""Messages under way at once: at a quarter of a second each, enough for 250 channels at full pace."""
GATHER_EVERY = 5.0
"""Seconds between two looks at what is owed by now: what waited for its hour has come without a commit."""
GLANCE = 0.1
"""Seconds between two glances at whether anybody committed something, whichever process: then what is owed
is looked for at once."""
PATIENCE = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0)
"""Seconds until a memory that was busy or away is tried again, within a lease."""
QUIETLY = Event()
"""Set by nobody: a round is not stirred, it looks by itself."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What delivering works with. Each call of `deliver` has a connection of its own.

    `elapsed` and `pause` measure and wait, in seconds: pacing must hold whatever `--now` pretends. `epoch` is
    the time of the memory, in milliseconds, when `elapsed` began; None: it is asked.
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
    epoch: int | None = None

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
    post: Post, store: Store, ears: Ears, clock: Callable[[], datetime], stop: Event, stirred: Event
) -> None:
    """Waits until something is due that was not when this was last heard by `ears`, or it is time to look.

    `stirred` says so at once, where this process owes.
    """
    end = post.elapsed() + GATHER_EVERY
    while post.elapsed() < end and not stop.is_set() and not stirred.is_set():
        # What waits for a digest is due as well: asked at every glance, it would let nobody rest.
        if ears.heard(GLANCE, stirred) and (stirred.is_set() or taken.due_channels(store, clock())):
            return


def deliver(
    post: Post,
    clock: Callable[[], datetime],
    stop: Callable[[], bool] = lambda: False,
    ears: Ears | None = None,
) -> Sent:
    """Sends everything that may go now, and says how it went; earlier, with what is under way, on `stop`.

    What is owed meanwhile joins in: it is heard by `ears`, or by some of its own.
    """
    with (
        post.open_store() as store,
        nullcontext(ears) if ears else closing(store.ears()) as heard,
        ThreadPoolExecutor(max_workers=post.workers, thread_name_prefix="deliver") as pool,
    ):
        return _Round(post, post.desk(store, clock), pool, heard).run(stop)


class _Turns:
    """The channels that wait for their turn, each until when; first who waits longest.

    A heap: each message looks who is next, and to look at ten thousand channels takes longer than to send it.
    """

    def __init__(self) -> None:
        self.channels: set[str] = set()
        self._heap: list[tuple[float, int, str]] = []
        self._given = 0

    def wait(self, turns: Mapping[str, float]) -> None:
        """Lets channels that have no turn wait for theirs."""
        for channel, at in turns.items():
            self._given += 1  # of those whose turn comes at once, the first that got one
            self.channels.add(channel)
            heappush(self._heap, (at, self._given, channel))

    def come(self, now: float, most: int) -> dict[str, float]:
        """The channels whose turn has come, so many at most; they have none any more."""
        found: dict[str, float] = {}
        while self._heap and len(found) < most and self._heap[0][0] <= now:
            at, _, channel = heappop(self._heap)
            found[channel] = at
        self.channels -= found.keys()
        return found

    @property
    def first(self) -> float:
        """When the next turn comes; never where nobody waits."""
        return self._heap[0][0] if self._heap else inf

    def clear(self) -> None:
        """Nobody waits any more."""
        self.channels.clear()
        self._heap.clear()

    def __bool__(self) -> bool:
        return bool(self._heap)


class _Round:
    """One call of `deliver`: which channels are being sent to, and which wait for their turn until when.

    The memory is written to by this thread alone, for all letters that are ready in one transaction: a commit
    waits for the disk longer than Slack takes to answer. Others may deliver at the same time.
    """

    def __init__(self, post: Post, desk: Desk, pool: ThreadPoolExecutor, ears: Ears) -> None:
        self._post, self._desk, self._pool, self._ears = post, desk, pool, ears
        self._turns = _Turns()
        self._running: dict[Future[tuple[Attempt, float]], Letter] = {}
        self._gathered = self._set_right = -inf
        self._rest = 0.0
        self._more = self._stopped = False
        # Those who deliver tell each other their pace by a clock that all of them see.
        epoch = desk.store.time() - round(1000 * post.elapsed())
        self._epoch = epoch if post.epoch is None else post.epoch

    def run(self, stop: Callable[[], bool]) -> Sent:
        """Sends until nothing is left that may go."""
        total = Sent()
        self._gather()
        while self._turns or self._running or self._more:
            if self._stopped or stop():
                self._stopped = True
                self._turns.clear()
                self._more, self._gathered = False, self._post.elapsed()
            elif self._is_time():
                self._gather()
            if fates := self._turn(self._ended()):
                total = sum(fates, total)
        return total

    def _is_time(self) -> bool:
        """Whether to gather: now and then, and soon after somebody committed or had what we looked for.

        Where many deliver somebody always does: no more than a sixth of the time goes to looking.
        """
        self._more = self._ears.heard(0, QUIETLY) or self._more
        passed = self._post.elapsed() - self._gathered
        return passed >= GATHER_EVERY or (self._more and passed >= self._rest)

    def _gather(self) -> None:
        """Plans, and gives each channel with something due its turn."""
        now, start, store = self._desk.clock(), self._post.elapsed(), self._desk.store
        if start - self._set_right >= GATHER_EVERY:
            # First: a lease that a clock ahead of time wrote would keep its message from everybody until that
            # day.
            self._again(lambda: claims.set_right(store, now))
            self._set_right = start
        made = self._again(lambda: plan(store, now, self._post.singly, self._post.owner))
        waiting = self._again(lambda: taken.waiting(store, now))
        if bare := [channel for channel, free in waiting.items() if free is None]:
            self._again(lambda: paces.begin(store, bare))
        busy = {letter.message.channel for letter in self._running.values()}
        new = in_turn(waiting.keys() - busy - self._turns.channels, self._post.owner)
        self._turns.wait({channel: max(start, self._ours(waiting[channel] or 0)) for channel in new})
        self._gathered, self._more = start, not made.all
        self._rest = max(GLANCE, 5 * (self._post.elapsed() - start)) if made.all else 0.0

    def _ended(self) -> Mapping[Letter, tuple[Attempt, float]]:
        """Waits for what is under way, or for the next turn; how attempts ended, and when their channels are
        free. Nothing is raised here: `attempt` turns every fault into an error of its message."""
        rest = max(0.0, self._next() - self._post.elapsed())
        if not self._running:
            if (self._turns or self._more) and rest:
                self._post.pause(rest)
            return {}
        done, _ = wait(self._running, timeout=min(rest, GLANCE), return_when=FIRST_COMPLETED)
        return {self._running.pop(future): future.result() for future in done}

    def _turn(self, ended: Mapping[Letter, tuple[Attempt, float]]) -> Sequence[Sent]:
        """Writes down how attempts ended, and takes a letter for every channel whose turn it is."""
        made = {letter: one for letter, (one, _) in ended.items()}
        free = {letter.message.channel: at for letter, (_, at) in ended.items()}
        closed, found = self._again(lambda: self._written(made, free))
        # Whoever has a channel goes on with it, or leaves it to us.
        self._more = self._more or bool(found.elsewhere)
        for letter in found.letters:
            self._running[self._pool.submit(self._send, letter)] = letter
        if rest := {letter: one for letter, one in made.items() if letter not in closed}:
            alone = self._again(lambda: close_alone(self._desk, rest))
            self._turns.wait(_further(alone, free))
            closed = {**closed, **alone}
        return [one.sent for one in closed.values()]

    def _written(
        self, made: Mapping[Letter, Attempt], free: Mapping[str, float]
    ) -> tuple[Mapping[Letter, Closed], Taken]:
        """All in one transaction: a commit waits for the disk, and for each letter it would take longer than
        the sending."""
        now, room = self._post.elapsed(), self._post.workers - len(self._running)
        if not made and self._turns.first > now:
            return {}, Taken()
        came = {} if self._stopped else self._turns.come(now, room)
        try:
            with self._desk.store.sharing():
                # Of who has no pace nobody needs to know.
                times = {channel: self._shared(at) for channel, at in free.items() if at > now}
                closed = close_beside(self._desk, made, times) if made else {}
                further = _further(closed, free)
                # Whoever was just sent to comes after all others, however much waits for it.
                again = () if self._stopped else [one for one, at in further.items() if at <= now]
                ready = [*came, *again][:room]
                found = take(self._desk, ready, self._shared(now)) if ready else Taken()
        except BaseException:
            self._turns.wait(came)  # it is done again, or by somebody else
            raise
        self._turns.wait({one: at for one, at in further.items() if one not in ready})
        return closed, found

    def _next(self) -> float:
        """When there is something to do: a turn comes while there is room, or it is time to gather."""
        gather = self._gathered + (self._rest if self._more else GATHER_EVERY)
        return min(gather, self._turns.first) if len(self._running) < self._post.workers else gather

    def _shared(self, at: float) -> int:
        """A time of ours by the clock of the memory."""
        return self._epoch + round(1000 * at)

    def _ours(self, at: int) -> float:
        """The same back; the past where it is too far off to be a pace."""
        far = at > self._shared(self._post.elapsed()) + paces.LONGEST
        return -inf if far else (at - self._epoch) / 1000

    def _again(self, work: Callable[[], T]) -> T:
        """Does a piece of work with the memory, again where it was busy or away: what was sent is known here
        alone until it is written, and after the lease nobody knows whether it arrived."""
        for rest in PATIENCE:
            try:
                return work()
            except (Busy, Away) as error:
                logger.warning("%s; trying again in %.1f seconds", error, rest)
                self._post.pause(rest)
        return work()

    def _send(self, letter: Letter) -> tuple[Attempt, float]:
        """How a letter fared, and when the next may follow in its channel.

        Slack counts what arrives: the pace runs from the beginning of a post, from the end of a slow one.
        """
        begun = self._post.elapsed()
        try:
            notifier = self._post.notifier_of(letter.message.channel)
        except StoreError as error:  # its workspace could not be looked up, and nothing was sent
            fault = Reason.of("notifier_fault", fault=type(error).__name__)
            return Attempt(error=DeliveryError(fault)), begun
        made, ended = attempt(notifier, letter), self._post.elapsed()
        return made, (begun if ended - begun <= notifier.pace else ended) + notifier.pace


def _further(closed: Mapping[Letter, Closed], free: Mapping[str, float]) -> dict[str, float]:
    """When the channels that take more now are free."""
    return {one.message.channel: free[one.message.channel] for one, end in closed.items() if end.more}
