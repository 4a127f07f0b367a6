"""How long one edition takes to reach many workspaces, against what Slack allows them.

500 workspaces of 20 channels, one edition with 200 events of which each channel wants some: from their
commit to the last message. Slack is simulated in this process, on a clock that passes only while the sender
waits: it takes one message a second and channel, and a number a minute and workspace, of which Slack
documents that there is one and not which; what comes faster is refused with 429 and the seconds to wait. So
the ratio says how well turns are taken, and nothing of the network. What a message takes of the processor is
measured for itself, with the drawing of its blocks and without HTTP; from it follows how many a machine
sends in a second at most, and that is where the wall stands. Fails when it takes more than 1.1 times what
the limits allow, or when a message is lost or doubled.

    python benchmarks/workspaces.py [--workspaces N] [--channels N] [--events N] [--wanted N] [--per-minute N]
"""

from __future__ import annotations

import argparse
import logging
import resource
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.drain import START, SimulatedClock, event
from notifiers.notifier import DeliveryError
from notifiers.slack.bot import PACE
from notifiers.slack.post import UNHEARD, parts
from state.file.opening import open_store
from state.file.store import Store
from state.model import Event, Kind, Outcome, Reason, Run
from state.owed import outbox
from state.owed.counted import deliveries_counted
from state.seen.events import log
from state.seen.looks import runs
from state.words.post import Message, Receipt, place, workspace_of
from watcher.tell.deliver import Post, deliver

ALLOWED = 1.1


@dataclass
class Workspace:
    """What one workspace was sent, and when; it takes so many messages a minute."""

    per_minute: int
    window: float = 0.0
    in_window: int = 0
    last: dict[str, float] = field(default_factory=dict)


@dataclass
class SimulatedSlack:
    """Slack with all its workspaces."""

    clock: SimulatedClock
    per_minute: int
    pace: float = PACE
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    got: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    refused: int = 0
    posts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, message: Message) -> Receipt:
        posts = len(parts(message, UNHEARD))  # what a message is made of is most of its work
        with self.lock:
            return self._take(message, posts)

    def _take(self, message: Message, posts: int) -> Receipt:
        now, name = self.clock.read(), workspace_of(message.channel)
        one = self.workspaces.setdefault(name, Workspace(self.per_minute))
        if now - one.window >= 60:
            one.window, one.in_window = now, 0
        early = 1.0 - (now - one.last.get(message.channel, -1.0))
        wait = early if early > 0 else 60 - (now - one.window) if one.in_window >= one.per_minute else 0.0
        if wait:
            self.refused += 1
            raise DeliveryError(Reason.of("slack_busy"), retry_after=max(1, -(-wait // 1)))
        one.in_window, one.last[message.channel] = one.in_window + 1, now
        self.posts += posts
        self.got[message.channel][message.key] += 1
        return Receipt(id=f"{now:.6f}")

    def find(self, message: Message) -> Receipt | None:
        raise AssertionError("nothing is in doubt here")

    def revise(self, message: Message, receipt: Receipt) -> None:
        raise AssertionError("nothing is taken back here")


def _event(number: int) -> Event:
    """One in five is of high weight, and a message of its own; the others go together."""
    kind = Kind.GAINED if number % 5 == 0 else Kind.RENEWED
    return replace(event(number, 1), kind=kind, weight=kind.weight)


def fill(store: Store, asked: argparse.Namespace) -> None:
    """Owes each channel its share of one edition, each beginning at another event."""
    numbers = range(1, asked.events + 1)
    channels = [place(f"T{w:04}", f"C{c:02}") for w in range(asked.workspaces) for c in range(asked.channels)]
    with store.transaction():
        runs.record(store, Run(id=1, source="anssi-catalogue", at=START, outcome=Outcome.OK))
        log.append(store, 1, [_event(number) for number in numbers])
        wanted = [
            (numbers[(at + step) % len(numbers)], channel, ())
            for at, channel in enumerate(channels)
            for step in range(asked.wanted)
        ]
        outbox.owe_events(store, 1, sorted(wanted), START)


def send(path: str, per_minute: int, workers: int) -> tuple[float, SimulatedSlack]:
    """The simulated seconds until the last message, and who took them."""
    clock = SimulatedClock()
    slack = SimulatedSlack(clock, per_minute)
    post = Post(
        open_store=lambda: open_store(path),
        notifier_of=lambda channel: slack,
        owner="benchmark",
        elapsed=clock.read,
        pause=clock.pause,
        epoch=0,
        workers=workers,
    )
    while True:
        deliver(post, clock.now)
        with open_store(path) as store:
            states = deliveries_counted(store)
        if not states.keys() & {"due", "sending"}:
            return max(max(one.last.values()) for one in slack.workspaces.values()), slack
        clock.pause(1)


def least(slack: SimulatedSlack) -> float:
    """The seconds in which Slack's limits let through what was sent."""
    found = 0.0
    by_workspace: Counter[str] = Counter()
    for channel, keys in slack.got.items():
        by_workspace[workspace_of(channel)] += len(keys)
        found = max(found, len(keys) - 1.0)
    for count in by_workspace.values():
        windows, rest = divmod(count - 1, slack.per_minute)
        per_channel = max(len(slack.got[one]) for one in slack.got)
        found = max(found, 60.0 * windows + min(rest / max(slack.per_minute, 1), per_channel))
    return max(found, 1.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--workspaces", type=int, default=500)
    parser.add_argument("--channels", type=int, default=20)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--wanted", type=int, default=20, help="events that each channel wants")
    parser.add_argument("--per-minute", type=int, default=300, help="messages a minute and workspace")
    parser.add_argument("--workers", type=int, default=64, help="messages under way at once")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as room:
        path = str(Path(room) / "state.db")
        begun = time.process_time()
        with open_store(path) as store:
            fill(store, asked)
        owing, begun = time.process_time() - begun, time.process_time()
        took, slack = send(path, asked.per_minute, asked.workers)
        sending = time.process_time() - begun
    messages = sum(len(keys) for keys in slack.got.values())
    doubled = sum(count > 1 for keys in slack.got.values() for count in keys.values())
    deliveries = asked.workspaces * asked.channels * asked.wanted
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{deliveries} deliveries, {messages} messages ({slack.posts} posts), {len(slack.got)} channels")
    print(f"simulated {took:.1f} s, Slack's limits allow {least(slack):.1f} s: x {took / least(slack):.3f}")
    print(f"refused for their pace {slack.refused}, doubled {doubled}")
    each = 1000 * sending / messages
    print(f"processor: owing {owing:.1f} s, sending {sending:.1f} s, {each:.2f} ms a message")
    print(f"so one such process sends {messages / sending:.0f} a second at most, before HTTP; {mib:.0f} MiB")
    whole = len(slack.got) == asked.workspaces * asked.channels and not doubled
    return 0 if whole and took <= ALLOWED * least(slack) else 1


if __name__ == "__main__":
    sys.exit(main())
