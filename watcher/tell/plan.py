"""Puts what is owed into messages, when its channel wants to hear: at once, in a digest, after quiet hours.

Nothing is kept here: whatever waits, waits in the outbox, and is asked about again at every round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5
from zlib import crc32

from state.codec import instant_text
from state.model import Weight
from state.owed import paces, planned, subscriptions
from state.owed.planned import Planned
from state.words.post import Channel, Owed, Subscription
from watcher.tell import rhythm

if TYPE_CHECKING:
    from state.file.store import Store

GROUP_ABOVE = 5
"""More events than this of one run in one channel become one grouped message."""
MOST = 100
"""Events of one message: a longer list would take Slack's patience, and a lease, to post in parts."""
TOGETHER = 32
"""Channels that are planned in one transaction: those who deliver with us have the others meanwhile."""
ENOUGH = 1_000
"""Messages after which the first of them are sent before more are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Why a delivery waits, and until when: `why` is paused, digest or quiet."""

    why: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How many messages were made, and whether all that may go is in one; else somebody else is at the rest,
    or it is for the next time."""

    messages: int
    all: bool


def plan(
    store: Store, now: datetime, singly: Callable[[str], bool] = lambda _: False, turn: str = ""
) -> Made:
    """Puts deliveries that may go and belong to no message yet into messages.

    `singly` says of a channel that each is a message there, whatever waited together. Several may plan at
    once: each takes the channels that nobody else has, beginning by `turn` with other ones.
    """
    owing = planned.owing(store, now)
    if bare := [channel for channel, kept in owing.items() if not kept]:
        paces.begin(store, bare)
    each, made, missed = in_turn(owing, turn), 0, False
    for start in range(0, len(each), TOGETHER):
        if made >= ENOUGH:
            return Made(messages=made, all=False)
        some = each[start : start + TOGETHER]
        with store.sharing():
            mine = paces.take(store, some)
            missed = missed or len(mine) < len(some)
            groups = _messages(store, mine, now, singly) if mine else ()
            made += planned.plan(store, groups) if groups else 0
    return Made(messages=made, all=not missed)


def in_turn(channels: Iterable[str], turn: str) -> Sequence[str]:
    """The channels in an order of whoever asks: two that begin with the same ones are in each other's way."""
    return sorted(channels, key=lambda channel: (crc32(f"{turn} {channel}".encode()) if turn else 0, channel))


def _messages(
    store: Store, channels: Collection[str], now: datetime, singly: Callable[[str], bool]
) -> Sequence[Planned]:
    owed = planned.unplanned(store, now, channels)
    if not owed:
        return ()
    weights = planned.weights(store, channels)
    known = {one.id: one for one in subscriptions.some(store, {id for one in owed for id in one.matched})}
    settings = subscriptions.settings_of(store, channels)
    by_channel: dict[str, list[Owed]] = defaultdict(list)
    for one in owed:
        by_channel[one.channel].append(one)
    found: list[Planned] = []
    for name, items in by_channel.items():
        channel = settings[name]
        delays = ((one, delay_of(channel, weights[one.id], one, known)) for one in items)
        late = {one.id: delay.until if delay else one.due for one, delay in delays}
        free = [one for one in items if late[one.id] <= now]
        waited = {one.id for one in free if late[one.id] > one.due}
        alone = [[one] for one in free]
        groups = alone if singly(name) else _groups(channel, free, weights, waited)
        # In the order in which they were owed: it is the one in which they are sent.
        found += sorted((_planned(name, group) for group in groups), key=lambda one: min(one.deliveries))
    return found


def _planned(channel: str, group: Sequence[Owed]) -> Planned:
    first, due = min(group, key=lambda one: one.id), max(one.due for one in group)
    # A restored copy gives the numbers anew, to other events. Services take what has a key that they know
    # for what they have (Matrix, mail servers), and the message would be lost in silence.
    key = str(uuid5(NAMESPACE_URL, f"vigilabel:{channel}:{first.id}:{instant_text(first.due)}"))
    return Planned(key=key, channel=channel, deliveries=tuple(one.id for one in group), due=due)


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
    channel: Channel, free: Iterable[Owed], weights: Mapping[int, Weight], waited: Collection[int]
) -> Iterable[list[Owed]]:
    """The deliveries of one channel that make one message each, in the order they were owed.

    What waited together goes together, whichever look brought it; so does a digest, whatever it weighs.
    """
    together: dict[int | str | None, list[Owed]] = defaultdict(list)
    for one in free:
        if one.event is None:
            yield [one]
        else:
            together["waited" if channel.digest or one.id in waited else one.run].append(one)
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
