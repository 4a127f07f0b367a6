"""One message of one channel: taken from the outbox, sent, and what became of it written down.

At least once: a message is leased while it is being sent, and after an attempt that may have arrived
the channel is asked for it before it is sent again. What became of it and the words owed to people
because of it are written together.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notifiers.notifier import DeliveryError, Notifier
from notifiers.said.reasons import all_said, said
from notifiers.said.texts import LANGUAGES
from state.file.errors import LeaseLost
from state.model import Reason, Value, Weight
from state.owed import again, fates, outbox, shares, subscriptions
from state.seen.events import log
from state.seen.taken_back import retractions
from state.words.post import Message, Notice, Receipt, is_member, workspace_of
from watcher.tell import recall, rhythm
from watcher.tell.retry import next_try
from watcher.tell.unsaid import meant_nothing_else, undone_of
from watcher.workspaces.shut import GONE, SETTLING, just_installed, listeners, shut, tells_so

if TYPE_CHECKING:
    from state.file.store import Store
    from state.owed.outbox import Claimed
    from state.seen.taken_back.retractions import Carrier
    from state.words.post import Retraction, Share

logger = logging.getLogger(__name__)

Because = Mapping[int, tuple[Reason, ...]]
"""What else some events mean to who asked, by their numbers."""
LEASE = timedelta(minutes=2)
"""Longer than any send may take: a message whose lease ran out belongs to a process that died."""
MOST_COPIES = 60
"""Copies of answers that are corrected in one channel for one event, the newest: Slack takes an edit a
second, and all of them must fit into a lease."""


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
    """What taking messages from the outbox and writing down their fate works with.

    `singly` says of a channel that it gets one event a message, each only after the one before it.
    """

    store: Store
    owner: str
    clock: Callable[[], datetime]
    lang: str = LANGUAGES[0]
    operators: str = ""
    singly: Callable[[str], bool] = lambda _: False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A message that carried what is retracted, and its receipt (None: it may not have arrived)."""

    message: Message
    receipt: Receipt | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message to send. With `wrong`, it takes back what is retracted in those. `gone` was retracted while
    an earlier attempt was under way."""

    claimed: Claimed
    message: Message
    wrong: tuple[Wrong, ...] = ()
    gone: tuple[Retraction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How an attempt ended: a receipt, an error, or neither: there was nothing that should be sent."""

    receipt: Receipt | None = None
    error: DeliveryError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What became of one message, and whether its channel takes more now."""

    sent: Sent = Sent()
    more: bool = False


def take(desk: Desk, channel: str) -> Letter | None:
    """What the channel is owed first, yours to send; None when there is nothing it wants to hear now.

    What was retracted before anybody saw it is left out.
    """
    known, now = subscriptions.channel(desk.store, channel), desk.clock()
    if rhythm.quiet_until(known, Weight.HIGH, now) > now:
        return None
    pressing = rhythm.quiet_until(known, Weight.NORMAL, now) > now
    ways = {"pressing": pressing, "in_order": desk.singly(channel)}
    for claimed in outbox.claim(desk.store, channel, desk.owner, now, LEASE, **ways):
        whole = retractions.retractions(desk.store, claimed.events)
        beside = [one for one in meant_nothing_else(desk.store, claimed) if one.event not in whole]
        gone = (*whole.values(), *beside)
        # After an interrupted attempt somebody may have seen it: then it is looked for first, and taken back
        # aloud.
        if gone and not (claimed.interrupted or claimed.receipt):
            retractions.withdraw(desk.store, claimed.key, desk.owner, gone)
            return _letter(desk, outbox.contents(desk.store, claimed.key), ())
        return _letter(desk, claimed, gone)
    return None


def _letter(desk: Desk, claimed: Claimed, gone: tuple[Retraction, ...]) -> Letter:
    notices = tuple(outbox.notice(desk.store, notice) for notice in claimed.notices)
    if notices and notices[0].kind == again.KIND:
        return _letter_again(desk, claimed, int(notices[0].subject))
    if notices and notices[0].kind == recall.KIND:
        event, *joint = map(int, notices[0].subject.split())
        return _unsaying(desk, claimed, event, *joint) if joint else _recall_letter(desk, claimed, event)
    message = replace(_message(desk, claimed), notices=notices, because=_still(desk, claimed.because))
    return Letter(claimed=claimed, message=message, gone=gone)


def _still(desk: Desk, because: Because) -> Because:
    """What of all that events meant besides is so by now."""
    wrong = {number: [one.said for one in own] for number, own in undone_of(desk.store, because).items()}
    return {
        number: tuple(one for one in said if one not in wrong.get(number, ()))
        for number, said in because.items()
    }


def _letter_again(desk: Desk, claimed: Claimed, delivery: int) -> Letter:
    """What a program was sent by a delivery, as it reads now."""
    first = outbox.delivery(desk.store, delivery)
    if first.event is None:
        subject = outbox.notice(desk.store, first.notice or 0).subject
        event, *joint = map(int, subject.split())
        return _unsaying(desk, claimed, event, *joint) if joint else _recall_letter(desk, claimed, event)
    told = replace(
        _message(desk, claimed),
        events=(log.event(desk.store, first.event),),
        retracted=tuple(retractions.retractions(desk.store, [first.event]).values()),
        because=_still(desk, {first.event: first.because}),
    )
    return Letter(claimed=claimed, message=told)


def _recall_letter(desk: Desk, claimed: Claimed, event: int) -> Letter:
    """What takes an event back in its channel: in the alert, and in each answer shared there."""
    carriers = retractions.carriers(desk.store, event=event, channel=claimed.channel)[:MOST_COPIES]
    copies = [shares.share(desk.store, one.key) for one in carriers if one.shared]
    wrong = [_wrong_message(desk, one) for one in carriers if not one.shared]
    told = replace(
        _message(desk, claimed),
        events=(log.event(desk.store, event),),
        retracted=tuple(retractions.retractions(desk.store, [event]).values()),
        follows=Receipt(),
        shared=copies[0] if copies and not wrong else None,
    )
    wrong += [_wrong_copy(desk, told, one) for one in copies if not one.beyond]
    return Letter(claimed=claimed, message=told, wrong=tuple(wrong))


def _unsaying(desk: Desk, claimed: Claimed, event: int, joint: int) -> Letter:
    """What takes back of an alert, in its channel, what it told besides and rests on another event."""
    carriers = retractions.carriers(desk.store, event=joint, channel=claimed.channel)[:MOST_COPIES]
    wrong = [_wrong_message(desk, one) for one in carriers if not one.shared]
    unsaid = [one for each in wrong for one in each.message.undone.get(joint, ()) if one.gone.event == event]
    told = replace(
        _message(desk, claimed),
        events=(log.event(desk.store, joint),),
        undone={joint: tuple(unsaid[:1])},
        follows=Receipt(),
    )
    return Letter(claimed=claimed, message=told, wrong=tuple(wrong) if unsaid else ())


def _wrong_message(desk: Desk, carrier: Carrier) -> Wrong:
    message = _message(desk, outbox.contents(desk.store, carrier.key))
    gone = tuple(retractions.retractions(desk.store, [one.id for one in message.events]).values())
    receipt = Receipt(id=carrier.receipt) if carrier.sent else None
    undone = undone_of(desk.store, message.because)
    return Wrong(message=replace(message, retracted=gone, undone=undone), receipt=receipt)


def _wrong_copy(desk: Desk, told: Message, share: Share) -> Wrong:
    """An answer as it was shared, with all that was taken back of what it rests on."""
    gone = retractions.retractions(desk.store, shares.events_of(desk.store, share.key))
    message = Message(
        key=share.key,
        channel=share.channel,
        lang=told.lang,
        events=tuple(log.some(desk.store, gone).values()),
        retracted=tuple(gone.values()),
        shared=share,
    )
    return Wrong(message=message, receipt=Receipt(id=share.receipt) if share.receipt else None)


def attempt(notifier: Notifier, letter: Letter) -> Attempt:
    """Sends a letter, and nothing else: no memory is touched, whatever happens."""
    try:
        return Attempt(receipt=_attempt(notifier, letter))
    except DeliveryError as error:
        return Attempt(error=error)
    except Exception as error:
        # The one boundary of a message: a bug in one notifier must not stop the others.
        logger.exception("the notifier of %s failed", letter.message.channel)
        fault = Reason.of("notifier_fault", fault=type(error).__name__)
        # Nobody knows how far it came: the channel is asked before the next attempt.
        return Attempt(error=DeliveryError(fault, ambiguous=True))


def _attempt(notifier: Notifier, letter: Letter) -> Receipt | None:
    message = letter.message
    if message.follows and not (letter.wrong or message.shared):
        return None  # what carried it is forgotten, or its reader was told in another place
    if letter.wrong:
        there = [receipt for one in letter.wrong if (receipt := _revised(notifier, one))]
        if not there:
            return None
        message = replace(message, follows=there[0])
    # The reply of an earlier attempt was lost, or its process died: posting again would tell it twice.
    if letter.claimed.interrupted and (found := notifier.find(message)):
        return found
    if letter.gone and message.told:  # the others hear the rest, and who has it that it was wrong
        gone = {one.event for one in letter.gone}
        message = replace(message, events=tuple(one for one in message.events if one.id not in gone))
        return notifier.send(message) if message.events else message.told
    if letter.gone or not (message.events or message.notices):
        return None
    return notifier.send(message)


def _revised(notifier: Notifier, wrong: Wrong) -> Receipt | None:
    """The receipt of a message that shows now what is retracted in it; None when it never arrived."""
    there = wrong.receipt or notifier.find(wrong.message)
    if there is not None:
        notifier.revise(wrong.message, there)
    return there


def close(desk: Desk, letter: Letter, made: Attempt) -> Closed:
    """Writes down how an attempt ended, with all that follows from it; inside the caller's transaction."""
    try:
        return _closed(desk, letter, made)
    except LeaseLost as lost:  # a send slower than its lease: whoever took it over settles it
        logger.warning("%s", lost)
        return Closed()


def _closed(desk: Desk, letter: Letter, made: Attempt) -> Closed:
    claimed, now = letter.claimed, desk.clock()
    if made.error is not None:
        return _refused(desk, letter, made.error, now)
    if made.receipt is not None:
        _settle(desk, claimed, made.receipt, now)
        recall.owe_of(desk.store, claimed.key)
        return Closed(sent=Sent(sent=1), more=True)
    if letter.gone:
        retractions.withdraw(desk.store, claimed.key, desk.owner, letter.gone)
    if letter.gone and outbox.contents(desk.store, claimed.key).events:
        fates.put_off(desk.store, claimed.key, desk.owner, now, "", ambiguous=False)
        return Closed(more=True)
    why = Reason.of("never_arrived" if letter.message.follows else "retracted_unsent")
    fates.give_up(desk.store, claimed.key, desk.owner, said(why, "en"), now, (why,))
    return Closed(more=True)


def _settle(desk: Desk, claimed: Claimed, receipt: Receipt, now: datetime) -> None:
    """Marks a message as sent; operators hear whom it missed, once for as long as it lasts."""
    missed = receipt.missed
    known = [whom(one) for one in fates.last_missed(desk.store, claimed.channel)] if missed else ()
    fates.settle(desk.store, claimed.key, desk.owner, receipt.id, now, all_said(missed, "en"), missed)
    for one in missed:
        if whom(one) not in known:
            logger.error("a recipient of %s was missed: %s", claimed.channel, said(one, "en"))
            tell_of(desk, claimed.channel, "missed", DeliveryError(one), now)


def whom(missed: Reason) -> tuple[str, Mapping[str, Value]]:
    """What stays the same of a reason for as long as it lasts: servers number each of their answers."""
    return missed.code, {name: value for name, value in missed.values.items() if name != "text"}


def _message(desk: Desk, claimed: Claimed) -> Message:
    known = {one.id: " ".join(one.words) for one in subscriptions.subscriptions(desk.store, ended=True)}
    return Message(
        key=claimed.key,
        channel=claimed.channel,
        lang=subscriptions.channel(desk.store, claimed.channel).lang or desk.lang,
        events=tuple(log.event(desk.store, event) for event in claimed.events),
        matched=tuple(known[id] for id in claimed.matched if id in known),
        because=claimed.because,
        told=Receipt(id=claimed.receipt) if claimed.receipt else None,
    )


def _refused(desk: Desk, letter: Letter, error: DeliveryError, now: datetime) -> Closed:
    """Puts off, gives up or suspends, with a reason that a person can see; nothing is deleted."""
    claimed = letter.claimed
    if workspace_of(claimed.channel) and tells_so(error):
        return _shut(desk, claimed, error, now)
    again = None if error.permanent else next_try(error, claimed.tries, now)
    if again is not None:
        return _put_off(desk, claimed, error, again)
    copies = [one.message.key for one in letter.wrong if one.message.shared]
    for key in copies:  # whoever shared them can still tell their readers
        recall.beyond(desk.store, key)
    followed = subscriptions.subscriptions(desk.store, channel=claimed.channel)
    if error.permanent and (followed or not copies):
        return _suspend(desk, claimed, error, now)
    return _give_up(desk, claimed, error, now)


def _put_off(desk: Desk, claimed: Claimed, error: DeliveryError, again: datetime) -> Closed:
    why = (error.reason,)
    fates.put_off(desk.store, claimed.key, desk.owner, again, str(error), error.ambiguous, why, error.told)
    if error.retry_after or desk.singly(claimed.channel):
        # The whole channel waits, and not the message alone: Slack counts whatever arrives there, and what a
        # program has not taken must not be overtaken.
        channel = subscriptions.channel(desk.store, claimed.channel)
        subscriptions.save_channel(desk.store, replace(channel, not_before=again))
    logger.warning("put off a message to %s until %s: %s", claimed.channel, again.isoformat(), error)
    return Closed(sent=Sent(put_off=1))


def _give_up(desk: Desk, claimed: Claimed, error: DeliveryError, now: datetime) -> Closed:
    fates.give_up(desk.store, claimed.key, desk.owner, str(error), now, (error.reason,), error.told)
    recall.owe_of(desk.store, claimed.key)
    logger.error("gave up a message to %s after %s attempts: %s", claimed.channel, claimed.tries, error)
    tell_of(desk, claimed.channel, "given_up", error, now)
    return Closed(sent=Sent(given_up=1), more=True)


def _shut(desk: Desk, claimed: Claimed, error: DeliveryError, now: datetime) -> Closed:
    """Keeps what is owed to a whole workspace, which cannot be reached any more."""
    if just_installed(desk.store, workspace_of(claimed.channel), now):
        return _put_off(desk, claimed, error, now + SETTLING)
    why = Reason.of(GONE, why=error.reason)
    fates.suspend(desk.store, claimed.key, desk.owner, str(error), now, (why,), error.told)
    shut(desk.store, workspace_of(claimed.channel), error.reason, desk.operators, now)
    return Closed(sent=Sent(suspended=1))


def _suspend(desk: Desk, claimed: Claimed, error: DeliveryError, now: datetime) -> Closed:
    """Keeps what is owed; whoever made the subscriptions there and the operators hear of it, once."""
    why = (error.reason,)
    newly = fates.suspend(desk.store, claimed.key, desk.owner, str(error), now, why, error.told)
    if newly:
        logger.error("suspended %s: %s", claimed.channel, error)
        tell_of(desk, claimed.channel, "suspended", error, now, also=creators(desk.store, claimed.channel))
    return Closed(sent=Sent(suspended=1))


def creators(store: Store, channel: str) -> frozenset[str]:
    """Who made the subscriptions of a channel, as far as Slack can reach them; nobody for a person's own
    channel: a word about it would go the same way."""
    if is_member(channel):
        return frozenset()
    made = subscriptions.subscriptions(store, channel=channel)
    return frozenset(one.created_by for one in made if is_member(one.created_by))


def tell_of(
    desk: Desk,
    channel: str,
    kind: str,
    error: DeliveryError,
    now: datetime,
    also: frozenset[str] = frozenset(),
) -> None:
    """A word to operators and others, unless it is their own channel that is broken; about a channel of a
    workspace that installed the app to those of that workspace."""
    notice = Notice(id=0, kind=kind, subject=channel, text=str(error), at=now, said=(error.reason,))
    operators = listeners(desk.store, workspace_of(channel), desk.operators)
    for reader in sorted({operators, *also} - {channel, ""}):
        outbox.owe_notice(desk.store, notice, reader)
