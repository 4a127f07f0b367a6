"""Sends one message of one channel, and writes down what became of it.

At least once: a message is leased while it is being sent, and after an attempt whose outcome is unknown the
channel is asked whether it arrived before it is sent again. What became of it and the words owed to people
because of it are written together.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notifiers.notifier import DeliveryError, Notifier
from state import log, outbox, retractions, subscriptions
from state.model import Message, Notice, Receipt, Weight
from state.outbox import Claimed, LeaseLost
from state.store import Store, StoreError
from watcher import recall, rhythm

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""Longer than any send may take: a message whose lease ran out belongs to a process that died."""
TRIES = 12
"""Attempts before a message is given up: with the pauses below, about two days."""
PAUSES = (5, 15, 60, 300, 900, 3600, 3600 * 6)
"""Seconds between attempts; the last one repeats."""
SLACK_USER = re.compile(r"[UW][A-Z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a round of delivering did, in messages."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What sending works with, on the connection of one thread."""

    store: Store
    notifier: Notifier
    owner: str
    clock: Callable[[], datetime]
    lang: str = "fr"
    operators: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One message of a channel: what became of it, and whether the channel takes more now."""

    sent: Sent = Sent()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message, and the one that it takes back in part."""

    message: Message
    wrong: Message | None = None


def send_next(desk: Desk, channel: str) -> Step:
    """Sends what the channel is owed first, if it wants to hear now."""
    known, now = subscriptions.channel(desk.store, channel), desk.clock()
    if rhythm.quiet_until(known, Weight.HIGH, now) > now:
        return Step()
    pressing = rhythm.quiet_until(known, Weight.NORMAL, now) > now
    claimed = outbox.claim(desk.store, channel, desk.owner, now, LEASE, pressing=pressing)
    if not claimed:
        return Step()
    try:
        return _send(desk, claimed[0])
    except LeaseLost as lost:  # a send slower than its lease: whoever took it over settles it
        logger.warning("%s", lost)
        return Step()


def _send(desk: Desk, claimed: Claimed) -> Step:
    try:
        receipt = _attempt(desk, claimed)
    except DeliveryError as error:
        return _refused(desk, claimed, error)
    except (sqlite3.Error, StoreError):
        raise
    except (
        Exception
    ) as error:  # the one boundary of a message: a bug in one notifier must not stop the others
        logger.exception("the notifier of %s failed", claimed.channel)
        fault = DeliveryError(f"our notifier failed with {type(error).__name__}", ambiguous=True)
        return _refused(desk, claimed, fault)
    with desk.store.transaction():
        if receipt is None:
            why = "retracted before it was sent" if claimed.events else "what it takes back never arrived"
            outbox.give_up(desk.store, claimed.key, desk.owner, why, desk.clock())
            return Step(more=True)
        outbox.settle(desk.store, claimed.key, desk.owner, receipt.id, desk.clock())
        recall.owe_of(desk.store, claimed.key)
    return Step(sent=Sent(sent=1), more=True)


def _attempt(desk: Desk, claimed: Claimed) -> Receipt | None:
    """The receipt of the message; None when there is no need to send it any more."""
    letter = _letter(desk, claimed)
    if letter.wrong is not None and not _revised(desk.notifier, letter):
        return None
    if claimed.interrupted and (found := desk.notifier.find(letter.message)):
        return found
    left = _without_retracted(desk, claimed, letter.message)
    return desk.notifier.send(left) if left.events or left.notices else None


def _revised(notifier: Notifier, letter: Letter) -> bool:
    """Whether the message that is taken back is there; marks it."""
    wrong, follows = letter.wrong, letter.message.follows
    if wrong is None or follows is None:
        return False
    notifier.revise(wrong, follows)
    return True


def _without_retracted(desk: Desk, claimed: Claimed, message: Message) -> Message:
    """The message without the events that were retracted before anybody saw them."""
    gone = {} if message.follows else retractions.retractions(desk.store, claimed.events)
    if not gone:
        return message
    retractions.withdraw(desk.store, claimed.key, desk.owner, list(gone.values()))
    return replace(message, events=tuple(event for event in message.events if event.id not in gone))


def _letter(desk: Desk, claimed: Claimed) -> Letter:
    notices = tuple(outbox.notice(desk.store, notice) for notice in claimed.notices)
    if notices and notices[0].kind == recall.KIND:
        return _recall_letter(desk, claimed, int(notices[0].subject))
    return Letter(message=replace(_message(desk, claimed), notices=notices))


def _recall_letter(desk: Desk, claimed: Claimed, event: int) -> Letter:
    """What takes an event back; without `follows` when the message that carried it is not in the channel."""
    [carrier, *_] = retractions.carriers(desk.store, event=event, channel=claimed.channel)
    wrong = _message(desk, outbox.contents(desk.store, carrier.key))
    gone = tuple(retractions.retractions(desk.store, [one.id for one in wrong.events]).values())
    wrong = replace(wrong, retracted=gone)
    receipt = Receipt(id=carrier.receipt) if carrier.sent else desk.notifier.find(wrong)
    follow_up = replace(
        _message(desk, claimed),
        events=(log.event(desk.store, event),),
        retracted=tuple(one for one in gone if one.event == event),
        follows=receipt,
    )
    return Letter(message=follow_up, wrong=wrong)


def _message(desk: Desk, claimed: Claimed) -> Message:
    known = {one.id: " ".join(one.words) for one in subscriptions.subscriptions(desk.store, ended=True)}
    return Message(
        key=claimed.key,
        channel=claimed.channel,
        lang=subscriptions.channel(desk.store, claimed.channel).lang or desk.lang,
        events=tuple(log.event(desk.store, event) for event in claimed.events),
        matched=tuple(known[id] for id in claimed.matched if id in known),
    )


def _refused(desk: Desk, claimed: Claimed, error: DeliveryError) -> Step:
    """Puts off, gives up or suspends, with a reason that a person can see; nothing is deleted."""
    now = desk.clock()
    with desk.store.transaction():
        if error.permanent:
            return _suspend(desk, claimed, str(error), now)
        if error.unfit or claimed.tries >= TRIES:
            return _give_up(desk, claimed, str(error), now)
        return _put_off(desk, claimed, error, now)


def _put_off(desk: Desk, claimed: Claimed, error: DeliveryError, now: datetime) -> Step:
    pause = error.retry_after or PAUSES[min(claimed.tries, len(PAUSES)) - 1]
    again = _whole_second(now + timedelta(seconds=pause))
    outbox.put_off(desk.store, claimed.key, desk.owner, again, str(error), error.ambiguous)
    if error.retry_after:
        channel = subscriptions.channel(desk.store, claimed.channel)
        subscriptions.save_channel(desk.store, replace(channel, not_before=again))
    logger.warning("put off a message to %s until %s: %s", claimed.channel, again.isoformat(), error)
    return Step(sent=Sent(put_off=1))


def _whole_second(at: datetime) -> datetime:
    """The next whole second: the memory drops fractions, and a channel must not be asked too early."""
    return at.replace(microsecond=0) + timedelta(seconds=1 if at.microsecond else 0)


def _give_up(desk: Desk, claimed: Claimed, text: str, now: datetime) -> Step:
    outbox.give_up(desk.store, claimed.key, desk.owner, text, now)
    recall.owe_of(desk.store, claimed.key)
    logger.error("gave up a message to %s after %s attempts: %s", claimed.channel, claimed.tries, text)
    _tell(desk, claimed.channel, "given_up", f"A message to {claimed.channel} was given up: {text}", now)
    return Step(sent=Sent(given_up=1), more=True)


def _suspend(desk: Desk, claimed: Claimed, text: str, now: datetime) -> Step:
    """Keeps what is owed; whoever made the subscriptions there and the operators hear of it, once."""
    newly = outbox.suspend(desk.store, claimed.key, desk.owner, text, now)
    if newly:
        logger.error("suspended %s: %s", claimed.channel, text)
        advice = f"What is owed is kept. When it is mended: `vigilabel resume {claimed.channel}`."
        _tell(
            desk,
            claimed.channel,
            "suspended",
            f"{claimed.channel} takes no messages: {text}. {advice}",
            now,
            also=_creators(desk.store, claimed.channel),
        )
    return Step(sent=Sent(suspended=1))


def _creators(store: Store, channel: str) -> frozenset[str]:
    """Who made the subscriptions of a channel, as far as Slack can reach them; nobody for a person's own
    channel: a word about it would go the same way."""
    if SLACK_USER.fullmatch(channel):
        return frozenset()
    made = subscriptions.subscriptions(store, channel=channel)
    return frozenset(one.created_by for one in made if SLACK_USER.fullmatch(one.created_by))


def _tell(
    desk: Desk,
    channel: str,
    kind: str,
    text: str,
    now: datetime,
    also: frozenset[str] = frozenset(),
) -> None:
    """A word to operators and others, unless it is their own channel that is broken."""
    notice = Notice(id=0, kind=kind, subject=channel, text=text, at=now)
    for reader in sorted({desk.operators, *also} - {channel, ""}):
        outbox.owe_notice(desk.store, notice, reader)
