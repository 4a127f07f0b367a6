"""Puts what is owed into messages, when its channel wants to hear: at once, in a digest, after quiet hours.

Nothing is kept here: whatever waits, waits in the outbox, and is asked about again at every round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from state.codec import instant_text
from state.model import Weight
from state.owed import outbox, subscriptions
from state.words.post import Channel, Owed, Subscription
from watcher.tell import rhythm

if TYPE_CHECKING:
    from state.file.store import Store

GROUP_ABOVE = 5
"""More events than this of one run in one channel become one grouped message."""
MOST = 100
"""Events of one message: a longer list would take Slack's patience, and a lease, to post in parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Why a delivery waits, and until when: `why` is paused, digest or quiet."""

    why: str
    until: datetime


def plan(store: Store, now: datetime, singly: Callable[[str], bool] = lambda _: False) -> int:
    """Puts deliveries that may go and belong to no message yet into messages; returns how many were made.

    `singly` says of a channel that each is a message there, whatever waited together.
    """
    owed = outbox.unplanned(store, now)
    if not owed:
        return 0
    weights = outbox.weights(store)
    known = {one.id: one for one in subscriptions.subscriptions(store, ended=True)}
    by_channel: dict[str, list[Owed]] = defaultdict(list)
    for one in owed:
        if one.id in weights:  # another process may have planned it since
            by_channel[one.channel].append(one)
    groups: list[tuple[str, Sequence[Owed]]] = []
    for name, items in by_channel.items():
        channel = subscriptions.channel(store, name)
        late = {one.id: since(channel, weights[one.id], one, known) for one in items}
        free = [one for one in items if late[one.id] <= now]
        waited = {one.id for one in free if late[one.id] > one.due}
        alone = [[one] for one in free]
        groups += [
            (name, group) for group in (alone if singly(name) else _groups(channel, free, weights, waited))
        ]
    return _plan(store, groups) if groups else 0


def _plan(store: Store, groups: Iterable[tuple[str, Sequence[Owed]]]) -> int:
    """Makes a message of each group for its channel, but of what another process planned first.

    In one commit: each waits for the disk, and a program has a message for every event.
    """
    made = 0
    with store.transaction():
        for channel, group in groups:
            first, due = min(group, key=lambda one: one.id), max(one.due for one in group)
            # A restored copy gives the numbers anew, to other events. Services take what has a key that they
            # know for what they have (Matrix, mail servers), and the message would be lost in silence.
            key = str(uuid5(NAMESPACE_URL, f"vigilabel:{channel}:{first.id}:{instant_text(first.due)}"))
            made += outbox.plan(store, channel, [one.id for one in group], key, due)
    return made


def since(channel: Channel, weight: Weight, owed: Owed, known: Mapping[int, Subscription]) -> datetime:
    """From when on a delivery that belongs to no message yet may go into one."""
    delay = delay_of(channel, weight, owed, known)
    return delay.until if delay else owed.due


def delay_of(channel: Channel, weight: Weight, owed: Owed, known: Mapping[int, Subscription]) -> Delay | None:
    """What delays a delivery that belongs to no message yet, and until when; None when nothing ever did.

    A pause comes first; what it kept then waits for the channel's digest and quiet hours. Notices wait for
    quiet hours alone.
    """
    if owed.event is None:
        at_once = Channel(id=channel.id, quiet=channel.quiet, quiet_lets_high=channel.quiet_lets_high)
        until = rhythm.next_time(at_once, weight, owed.due)
        return Delay(why="quiet", until=until) if until > owed.due else None
    matched = [known[id] for id in owed.matched if id in known]
    paused = rhythm.paused_until(matched, owed.due)
    start = paused or owed.due
    until = rhythm.next_time(channel, weight, start)
    if until > start:
        return Delay(why="digest" if channel.digest else "quiet", until=until)
    return Delay(why="paused", until=until) if paused else None


def _groups(
    channel: Channel, free: Iterable[Owed], weights: Mapping[int, Weight], waited: Iterable[int]
) -> Iterable[list[Owed]]:
    """The deliveries of one channel that make one message each, in the order they were owed.

    What waited together goes together, whichever look brought it; so does a digest, whatever it weighs.
    """
    together: dict[int | str | None, list[Owed]] = defaultdict(list)
    late = frozenset(waited)
    for one in free:
        if one.event is None:
            yield [one]
        else:
            together["waited" if channel.digest or one.id in late else one.run].append(one)
    for items in together.values():
        whole = [items] if channel.digest else grouped(items, weights)
        for group in whole:
            yield from (group[start : start + MOST] for start in range(0, len(group), MOST))


def grouped(items: Sequence[Owed], weights: Mapping[int, Weight]) -> list[list[Owed]]:
    """One run's events for one channel, as messages: single ones up to five, one group beyond.

    Up to five events of high weight still go alone, so that a gain never drowns in a list of renewals.
    """
    if len(items) <= GROUP_ABOVE:
        return [[one] for one in items]
    high = [one for one in items if weights[one.id] is Weight.HIGH]
    if len(high) > GROUP_ABOVE:
        return [list(items)]
    rest = [one for one in items if weights[one.id] is not Weight.HIGH]
    return [*([one] for one in high), *([rest] if rest else [])]
