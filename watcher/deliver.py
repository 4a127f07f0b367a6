"""Sends what is owed: a loop of its own, that meets the checks only in the outbox.

At least once: a message is leased while it is being sent, and after an attempt whose outcome is unknown the
channel is asked whether it arrived before it is sent again. Channels do not wait for each other.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from notifiers.notifier import DeliveryError, Notifier
from state import log, outbox, subscriptions
from state.model import Message, Notice, Owed, Weight
from state.outbox import Claimed, LeaseLost
from state.store import Store, StoreError

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""Longer than any send may take: a message whose lease ran out belongs to a process that died."""
GROUP_ABOVE = 5
"""More events than this of one run in one channel become one grouped message."""
TRIES = 12
"""Attempts before a message is given up: with the pauses below, about two days."""
PAUSES = (5, 15, 60, 300, 900, 3600, 3600 * 6)
"""Seconds between attempts; the last one repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What delivering works with. `open_store` gives each thread its own connection."""

    open_store: Callable[[], Store]
    notifier_of: Callable[[str], Notifier]
    owner: str
    lang: str = "fr"
    operators: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one round of delivering did, in messages."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0
    suspended: int = 0

    def __add__(self, other: Sent) -> Sent:
        return Sent(
            sent=self.sent + other.sent,
            put_off=self.put_off + other.put_off,
            given_up=self.given_up + other.given_up,
            suspended=self.suspended + other.suspended,
        )


def deliver(post: Post, clock: Callable[[], datetime]) -> Sent:
    """Sends everything due now, each channel in a thread of its own, and says how it went."""
    with post.open_store() as store:
        plan(store, clock())
        channels = outbox.due_channels(store, clock())
    if not channels:
        return Sent()
    with ThreadPoolExecutor(max_workers=min(8, len(channels)), thread_name_prefix="deliver") as pool:
        return sum(pool.map(lambda channel: _drain(post, channel, clock), channels), Sent())


def plan(store: Store, now: datetime) -> int:
    """Puts deliveries that belong to no message yet into messages; returns how many messages were made."""
    made = 0
    for channel, group in _groups(store, outbox.unplanned(store, now)):
        key = str(uuid5(NAMESPACE_URL, f"vigilabel:{channel}:{min(one.id for one in group)}"))
        due = max(one.due for one in group)
        made += outbox.plan(store, channel, [one.id for one in group], key, due)
    return made


def _groups(store: Store, owed: Iterable[Owed]) -> Iterable[tuple[str, list[Owed]]]:
    """The deliveries that make one message each, in the order they were owed."""
    by_run: dict[tuple[str, int | None], list[Owed]] = defaultdict(list)
    for one in owed:
        if one.event is None:
            yield one.channel, [one]
        else:
            by_run[one.channel, one.run].append(one)
    for (channel, _), items in by_run.items():
        weights = {one.id: log.event(store, one.event).weight for one in items if one.event is not None}
        for group in grouped(items, weights):
            yield channel, group


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


def _drain(post: Post, channel: str, clock: Callable[[], datetime]) -> Sent:
    """Sends what one channel is owed, oldest first, until it is empty or asks us to wait."""
    total = Sent()
    with post.open_store() as store:
        notifier = post.notifier_of(channel)
        while claimed := outbox.claim(store, channel, post.owner, clock(), LEASE):
            try:
                one = _send(post, store, notifier, claimed[0], clock)
            except LeaseLost as lost:  # a send slower than its lease: whoever took it over settles it
                logger.warning("%s", lost)
                break
            total += one
            if not one.sent and not one.given_up:
                break
    return total


def _send(
    post: Post, store: Store, notifier: Notifier, claimed: Claimed, clock: Callable[[], datetime]
) -> Sent:
    message = _message(post, store, claimed)
    try:
        receipt = notifier.find(message) if claimed.interrupted else None
        receipt = receipt or notifier.send(message)
    except DeliveryError as error:
        return _refused(post, store, claimed, error, clock())
    except (sqlite3.Error, StoreError):
        raise
    except (
        Exception
    ) as error:  # the one boundary of a message: a bug in one notifier must not stop the others
        logger.exception("the notifier of %s failed", claimed.channel)
        fault = DeliveryError(f"our notifier failed with {type(error).__name__}", ambiguous=True)
        return _refused(post, store, claimed, fault, clock())
    outbox.settle(store, claimed.key, post.owner, receipt.id, clock())
    return Sent(sent=1)


def _message(post: Post, store: Store, claimed: Claimed) -> Message:
    known = {one.id: " ".join(one.words) for one in subscriptions.subscriptions(store, ended=True)}
    return Message(
        key=claimed.key,
        channel=claimed.channel,
        lang=subscriptions.channel(store, claimed.channel).lang or post.lang,
        events=tuple(log.event(store, event) for event in claimed.events),
        notices=tuple(outbox.notice(store, notice) for notice in claimed.notices),
        matched=tuple(known[id] for id in claimed.matched if id in known),
    )


def _refused(post: Post, store: Store, claimed: Claimed, error: DeliveryError, now: datetime) -> Sent:
    """Puts off, gives up or suspends, with a reason that a person can see; nothing is deleted."""
    text = str(error)
    if error.permanent:
        _suspend(post, store, claimed, text, now)
        return Sent(suspended=1)
    if error.unfit or claimed.tries >= TRIES:
        outbox.give_up(store, claimed.key, post.owner, text, now)
        logger.error("gave up a message to %s after %s attempts: %s", claimed.channel, claimed.tries, text)
        _tell(post, store, claimed, "given_up", f"A message to {claimed.channel} was given up: {text}", now)
        return Sent(given_up=1)
    pause = error.retry_after or PAUSES[min(claimed.tries, len(PAUSES)) - 1]
    again = now + timedelta(seconds=pause)
    outbox.put_off(store, claimed.key, post.owner, again, text, error.ambiguous)
    if error.retry_after:
        with store.transaction():
            channel = subscriptions.channel(store, claimed.channel)
            subscriptions.save_channel(store, replace(channel, not_before=again))
    logger.warning("put off a message to %s until %s: %s", claimed.channel, again.isoformat(), text)
    return Sent(put_off=1)


def _suspend(post: Post, store: Store, claimed: Claimed, text: str, now: datetime) -> None:
    outbox.suspend(store, claimed.key, post.owner, text, now)
    logger.error("suspended %s: %s", claimed.channel, text)
    advice = f"What is owed is kept. When it is mended: `vigilabel resume {claimed.channel}`."
    _tell(post, store, claimed, "suspended", f"{claimed.channel} takes no messages: {text}. {advice}", now)


def _tell(post: Post, store: Store, claimed: Claimed, kind: str, text: str, now: datetime) -> None:
    """A word to operators, unless it is their own channel that is broken."""
    if post.operators and post.operators != claimed.channel:
        notice = Notice(id=0, kind=kind, subject=claimed.channel, text=text, at=now)
        with store.transaction():
            outbox.owe_notice(store, notice, post.operators)
