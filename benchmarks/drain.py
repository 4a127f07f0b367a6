"""How long a full outbox takes to drain, against what Slack's limits allow.

10,000 deliveries over 200 channels, one message a second and channel, on a simulated clock; the simulated
Slack refuses what comes faster with 429, some posts are lost on the way, and some arrive unnoticed. Fails
when it takes more than 1.05 times what the limits allow, or when a message is lost or doubled.

    python benchmarks/drain.py [--deliveries N] [--channels N] [--fault N]
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from notifiers.notifier import DeliveryError
from notifiers.said.reasons import as_said
from notifiers.slack.bot import PACE
from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Event, Evidence, Kind, Outcome, Provider, Run
from state.owed import outbox
from state.seen.events import log
from state.seen.looks import runs
from state.words.post import Message, Receipt
from watcher.tell.deliver import Post, deliver

START = datetime(2026, 3, 4, 12, tzinfo=UTC)
SLACK_LIMIT = 1.0
ALLOWED = 1.05
EVENTS_OF_A_RUN = 5


@dataclass
class SimulatedClock:
    """Time that passes only while the sender waits."""

    elapsed: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def read(self) -> float:
        return self.elapsed

    def pause(self, seconds: float) -> None:
        with self.lock:
            self.elapsed += seconds


@dataclass
class SimulatedSlack:
    """Takes one message a second and channel; every `fault`-th post goes wrong, in turns of three kinds."""

    clock: SimulatedClock
    fault: int = 0
    pace: float = PACE
    last: dict[str, float] = field(default_factory=dict)
    got: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    tried: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, message: Message) -> Receipt:
        with self.lock:
            return self._take(message)

    def _take(self, message: Message) -> Receipt:
        now = self.clock.read()
        if now - self.last.get(message.channel, -SLACK_LIMIT) < SLACK_LIMIT:
            self.refused += 1
            raise DeliveryError(as_said("ratelimited"), retry_after=1)
        self.tried += 1
        kind = (self.tried // self.fault) % 3 if self.fault and self.tried % self.fault == 0 else -1
        if kind == 0:
            raise DeliveryError(as_said("500"))
        self.last[message.channel] = now
        if kind == 1:
            raise DeliveryError(as_said("the post was lost"), ambiguous=True)
        self.got[message.key] += 1
        if kind == 2:
            raise DeliveryError(as_said("the reply was lost"), ambiguous=True)
        return Receipt(id=f"{now:.6f}")

    def find(self, message: Message) -> Receipt | None:
        with self.lock:
            return Receipt(id="found") if self.got[message.key] else None

    def revise(self, message: Message, receipt: Receipt) -> None:
        raise AssertionError("nothing is taken back here")


def event(number: int, run: int) -> Event:
    return Event(
        id=number,
        kind=Kind.GAINED,
        weight=Kind.GAINED.weight,
        provider=Provider(slug=f"firm-{number}", name=f"Firm {number}"),
        label="passi",
        source="anssi-catalogue",
        attestations=(),
        rows=(),
        seen_at=START,
        edition_at=None,
        cause=Cause.REGISTER,
        evidence=Evidence(snapshot=1, url="https://register.test", sha256="0" * 64, place="p. 1"),
    )


def fill(store: Store, deliveries: int, channels: int) -> None:
    """Owes every channel its share, five events a run, so that each event is a message."""
    each = deliveries // channels
    with store.transaction():
        for run in range(1, -(-each // EVENTS_OF_A_RUN) + 1):
            first = (run - 1) * EVENTS_OF_A_RUN + 1
            numbers = range(first, min(first + EVENTS_OF_A_RUN, each + 1))
            runs.record(store, Run(id=run, source="anssi-catalogue", at=START, outcome=Outcome.OK))
            log.append(store, run, [event(number, run) for number in numbers])
            wanted = [(number, f"C{channel:04}", ()) for number in numbers for channel in range(channels)]
            outbox.owe_events(store, run, wanted, START)


def drain(path: str, fault: int) -> tuple[float, SimulatedSlack]:
    """The simulated seconds until nothing is owed, with a round of delivering every five seconds."""
    clock = SimulatedClock()
    slack = SimulatedSlack(clock, fault=fault)
    post = Post(
        open_store=lambda: open_store(path),
        notifier_of=lambda channel: slack,
        owner="benchmark",
        elapsed=clock.read,
        pause=clock.pause,
        epoch=0,
    )
    while True:
        deliver(post, clock.now)
        with open_store(path) as store:
            left = [one for one in outbox.owed(store) if one.state not in ("sent", "given_up")]
        if not left:
            return clock.read(), slack
        clock.pause(5)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--channels", type=int, default=200)
    parser.add_argument("--fault", type=int, default=0, help="every n-th post goes wrong")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)  # every fault is a line
    with tempfile.TemporaryDirectory() as room:
        path = str(Path(room) / "state.db")
        with open_store(path) as store:
            fill(store, asked.deliveries, asked.channels)
        begun = time.perf_counter()
        took, slack = drain(path, asked.fault)
        real = time.perf_counter() - begun
        with open_store(path) as store:
            states = Counter(one.state for one in outbox.owed(store))
    least = (asked.deliveries // asked.channels - 1) * SLACK_LIMIT
    doubled = sum(1 for count in slack.got.values() if count > 1)
    print(f"{asked.deliveries} deliveries over {asked.channels} channels, {states['sent']} sent")
    print(f"simulated {took:.1f} s, Slack's limits allow {least:.1f} s: x {took / least:.3f}")
    print(f"refused for their pace {slack.refused}, doubled {doubled}, messages {len(slack.got)}")
    print(f"real {real:.1f} s: {1000 * real / asked.deliveries:.2f} ms a message")
    whole = states["sent"] == asked.deliveries == len(slack.got) and not doubled
    return 0 if whole and (asked.fault or took <= ALLOWED * least) else 1


if __name__ == "__main__":
    sys.exit(main())
