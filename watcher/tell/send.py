"""Letters are sent, and what became of them is written down.

At least once: a message is leased while it is being sent, and after an attempt that may have arrived
the channel is asked for it before it is sent again. What became of it and the words owed to people
because of it are written together.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from notifiers.notifier import DeliveryError, Notifier
from notifiers.said.reasons import all_said, said
from state.file.errors import LeaseLost
from state.model import Reason, Value
from state.owed import fates, outbox, paces, subscriptions, taken
from state.seen.taken_back import retractions
from state.words.post import Notice, Receipt, is_member, workspace_of
from watcher.tell import recall
from watcher.tell.retry import next_try
from watcher.workspaces.shut import GONE, SETTLING, just_installed, listeners, shut, tells_so

if TYPE_CHECKING:
    from state.file.store import Store
    from state.owed.taken import Claimed
    from watcher.tell.letters import Desk, Letter, Wrong

logger = logging.getLogger(__name__)


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
class Attempt:
    """How an attempt ended: a receipt, an error, or neither: there was nothing that should be sent."""

    receipt: Receipt | None = None
    error: DeliveryError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What became of one message, and whether its channel takes more now."""

    sent: Sent = Sent()
    more: bool = False


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


def close_beside(
    desk: Desk, made: Mapping[Letter, Attempt], free: Mapping[str, int]
) -> Mapping[Letter, Closed]:
    """Writes down how attempts ended of which nothing follows, as of most, and from when on each channel is
    free; inside a transaction that the caller shares with whoever else writes."""
    plain = {letter: one for letter, one in made.items() if _is_plain(desk, letter, one)}
    closed = _close_plain(desk, plain) if plain else {}
    if free:
        paces.keep(desk.store, free)
    return closed


def close_alone(desk: Desk, made: Mapping[Letter, Attempt]) -> Mapping[Letter, Closed]:
    """Writes down how the others ended, while nobody else writes: words to people are owed with them, or
    something was taken back meanwhile."""
    with desk.store.transaction():
        return {letter: _close(desk, letter, one) for letter, one in made.items()}


def _is_plain(desk: Desk, letter: Letter, made: Attempt) -> bool:
    """Whether nothing is owed to anybody by how this ended."""
    claimed, error = letter.claimed, made.error
    if error is not None:
        gone = bool(workspace_of(claimed.channel)) and tells_so(error)
        return not (error.permanent or gone) and next_try(error, claimed.tries, desk.clock()) is not None
    told = made.receipt is not None and not made.receipt.missed
    itself = len(claimed.notices) == len(letter.message.notices) and not letter.message.follows
    return told and itself and not (letter.gone or letter.wrong or claimed.because)


def _close_plain(desk: Desk, made: Mapping[Letter, Attempt]) -> dict[Letter, Closed]:
    """What became of messages, but of those of which something was taken back while they were under way."""
    store, now = desk.store, desk.clock()
    mine = fates.mine(store, [letter.claimed.key for letter in made], desk.owner)
    # After they were taken: what is taken back from here on finds what is written now.
    gone = retractions.gone(store, {event for letter in made for event in letter.claimed.events})
    closed: dict[Letter, Closed] = {}
    receipts: dict[str, str] = {}
    for letter, one in made.items():
        if letter.claimed.key not in mine:  # a send slower than its lease: whoever took it over settles it
            logger.warning("message %s is not ours any more: its lease ran out", letter.claimed.key)
            closed[letter] = Closed()
        elif one.error is not None:
            closed[letter] = _refused(desk, letter, one.error, now)
        elif one.receipt is not None and gone.isdisjoint(letter.claimed.events):
            receipts[letter.claimed.key] = one.receipt.id
            closed[letter] = Closed(sent=Sent(sent=1), more=True)
    fates.settle_all(store, receipts, now)
    return closed


def _close(desk: Desk, letter: Letter, made: Attempt) -> Closed:
    try:
        return _closed(desk, letter, made)
    except LeaseLost as lost:  # whoever took the message over writes down what became of it
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
    if letter.gone and taken.contents(desk.store, claimed.key).events:
        # What was taken back is out of it: the rest goes as a message that nobody has tried yet.
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
            tell_of(desk, claimed.channel, "missed", one, now)


def whom(missed: Reason) -> tuple[str, Mapping[str, Value]]:
    """What stays the same of a reason for as long as it lasts: servers number each of their answers."""
    return missed.code, {name: value for name, value in missed.values.items() if name != "text"}


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
        subscriptions.leave_alone(desk.store, claimed.channel, again)
    logger.warning("put off a message to %s until %s: %s", claimed.channel, again.isoformat(), error)
    return Closed(sent=Sent(put_off=1))


def _give_up(desk: Desk, claimed: Claimed, error: DeliveryError, now: datetime) -> Closed:
    fates.give_up(desk.store, claimed.key, desk.owner, str(error), now, (error.reason,), error.told)
    recall.owe_of(desk.store, claimed.key)
    logger.error("gave up a message to %s after %s attempts: %s", claimed.channel, claimed.tries, error)
    tell_of(desk, claimed.channel, "given_up", error.reason, now)
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
        makers = creators(desk.store, claimed.channel)
        tell_of(desk, claimed.channel, "suspended", error.reason, now, also=makers)
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
    why: Reason,
    now: datetime,
    also: frozenset[str] = frozenset(),
) -> None:
    """A word to operators and others, unless it is their own channel that is broken; about a channel of a
    workspace that installed the app to those of that workspace."""
    notice = Notice(id=0, kind=kind, subject=channel, text=said(why, "en"), at=now, said=(why,))
    operators = listeners(desk.store, workspace_of(channel), desk.operators)
    for reader in sorted({operators, *also} - {channel, ""}):
        outbox.owe_notice(desk.store, notice, reader)
