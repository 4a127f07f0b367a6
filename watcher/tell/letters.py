"""Letters: what a message says to its channel, made of what is in the memory when it is taken to be sent.

Those of all channels whose turn it is are taken together, in a dozen statements however many they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from state.model import Reason, Weight
from state.owed import again, outbox, paces, shares, subscriptions, taken
from state.seen.events import log
from state.seen.taken_back import retractions
from state.words.post import Message, Receipt
from watcher.tell import recall, rhythm

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Event
    from state.owed.taken import Claimed
    from state.seen.taken_back.retractions import Carrier
    from state.words.post import Channel, Retraction, Share

Because = Mapping[int, tuple[Reason, ...]]
"""What else some events mean to who asked, by their numbers."""
LEASE = timedelta(minutes=2)
"""Longer than any send may take: a message whose lease ran out belongs to a process that died."""
MOST_EVENTS = 1_000
"""Events of which what was read is kept for the next letters of a round."""
MOST_COPIES = 60
"""Copies of answers that are corrected in one channel for one event, the newest: Slack takes an edit a
second, and all of them must fit into a lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What taking messages from the outbox and writing down their fate works with.

    `singly` says of a channel that it gets one event a message, each only after the one before it. `events`
    were read already: they never change, and one is told to many channels.
    """

    store: Store
    owner: str
    clock: Callable[[], datetime]
    lang: str
    operators: str
    singly: Callable[[str], bool]
    events: dict[int, Event] = field(default_factory=dict)


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
class Taken:
    """Letters that are yours to send, one of a channel; and the channels that somebody else has just now."""

    letters: tuple[Letter, ...] = ()
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What letters are made of: what is known of their channels, the words of subscriptions, the events."""

    channels: Mapping[str, Channel]
    words: Mapping[int, str]
    events: Mapping[int, Event]


def take(desk: Desk, channels: Collection[str], at: int) -> Taken:
    """What each channel is owed first, yours to send; none for those that want to hear nothing now.

    `at`: milliseconds of the epoch, for their pace. What was retracted before anybody saw it is left out.
    """
    store, now = desk.store, desk.clock()
    known = subscriptions.settings_of(store, channels)
    awake = [one for one in channels if rhythm.quiet_until(known[one], Weight.HIGH, now) <= now]
    free = paces.take_free(store, awake, at, now) if awake else frozenset()
    mine = [one for one in awake if one in free]
    claimed = taken.claim(
        store,
        mine,
        desk.owner,
        now,
        LEASE,
        pressing=[one for one in mine if rhythm.quiet_until(known[one], Weight.NORMAL, now) > now],
        in_order=[one for one in mine if desk.singly(one)],
    )
    letters: tuple[Letter, ...] = ()
    if claimed:
        made_of = _known_of(desk, claimed, known)
        gone = retractions.gone(store, made_of.events.keys())
        whole = retractions.retractions(store, gone) if gone else {}
        letters = tuple(_letter_of(desk, one, made_of, whole) for one in claimed)
    return Taken(letters=letters, elsewhere=frozenset(awake) - free)


def _letter_of(desk: Desk, claimed: Claimed, known: _Known, whole: Mapping[int, Retraction]) -> Letter:
    gone = [whole[event] for event in claimed.events if event in whole]
    if claimed.because:
        beside = recall.meant_nothing_else(desk.store, claimed)
        gone += [one for one in beside if one.event not in whole]
    # After an interrupted attempt somebody may have seen it: then it is looked for first, and taken back
    # aloud.
    if gone and not (claimed.interrupted or claimed.receipt):
        retractions.withdraw(desk.store, claimed.key, desk.owner, gone)
        return _letter(desk, taken.contents(desk.store, claimed.key), known, ())
    return _letter(desk, claimed, known, tuple(gone))


def _letter(desk: Desk, claimed: Claimed, known: _Known, gone: tuple[Retraction, ...]) -> Letter:
    notices = tuple(outbox.notice(desk.store, notice) for notice in claimed.notices)
    if notices and notices[0].kind == again.KIND:
        return _letter_again(desk, claimed, int(notices[0].subject))
    if notices and notices[0].kind == recall.KIND:
        return _taking_back(desk, claimed, notices[0].subject)
    message = replace(_message(desk, claimed, known), notices=notices, because=_still(desk, claimed.because))
    return Letter(claimed=claimed, message=message, gone=gone)


def _still(desk: Desk, because: Because) -> Because:
    """What of all that events meant besides is so by now."""
    wrong = {
        number: [one.said for one in own] for number, own in recall.undone_of(desk.store, because).items()
    }
    return {
        number: tuple(one for one in said if one not in wrong.get(number, ()))
        for number, said in because.items()
    }


def _letter_again(desk: Desk, claimed: Claimed, delivery: int) -> Letter:
    """What a program was sent by a delivery, as it reads now."""
    first = outbox.delivery(desk.store, delivery)
    if first.event is None:
        return _taking_back(desk, claimed, outbox.notice(desk.store, first.notice or 0).subject)
    told = replace(
        _message(desk, claimed),
        events=(log.event(desk.store, first.event),),
        retracted=_retracted(desk, [first.event]),
        because=_still(desk, {first.event: first.because}),
    )
    return Letter(claimed=claimed, message=told)


def _retracted(desk: Desk, events: Iterable[int]) -> tuple[Retraction, ...]:
    return tuple(retractions.retractions(desk.store, [*events]).values())


def _taking_back(desk: Desk, claimed: Claimed, subject: str) -> Letter:
    """What a notice of a retraction asks for: the event is taken back, or what was told beside another."""
    event, *joint = map(int, subject.split())
    return _unsaying(desk, claimed, event, *joint) if joint else _recall_letter(desk, claimed, event)


def _recall_letter(desk: Desk, claimed: Claimed, event: int) -> Letter:
    """What takes an event back in its channel: in the alert, and in each answer shared there."""
    carriers = retractions.carriers(desk.store, event=event, channel=claimed.channel)[:MOST_COPIES]
    copies = [shares.share(desk.store, one.key) for one in carriers if one.shared]
    wrong = [_wrong_message(desk, one) for one in carriers if not one.shared]
    told = replace(
        _message(desk, claimed),
        events=(log.event(desk.store, event),),
        retracted=_retracted(desk, [event]),
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
    message = _message(desk, taken.contents(desk.store, carrier.key))
    gone = _retracted(desk, (one.id for one in message.events))
    receipt = Receipt(id=carrier.receipt) if carrier.sent else None
    undone = recall.undone_of(desk.store, message.because)
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


def _known_of(
    desk: Desk, claimed: Sequence[Claimed], channels: Mapping[str, Channel] | None = None
) -> _Known:
    wishes = {wish for one in claimed for wish in one.matched}
    events = {event for one in claimed for event in one.events}
    found = subscriptions.some(desk.store, wishes) if wishes else ()
    return _Known(
        channels=channels or subscriptions.settings_of(desk.store, {one.channel for one in claimed}),
        words={one.id: " ".join(one.words) for one in found},
        events=_events(desk, events),
    )


def _events(desk: Desk, numbers: Set[int]) -> Mapping[int, Event]:
    if fresh := numbers - desk.events.keys():
        # All at once: a round takes the same few events for every channel, and which of many come again is
        # not known.
        if len(desk.events) > MOST_EVENTS:
            desk.events.clear()
            fresh = set(numbers)
        desk.events.update(log.some(desk.store, fresh))
    return {number: desk.events[number] for number in numbers}


def _message(desk: Desk, claimed: Claimed, known: _Known | None = None) -> Message:
    known = known or _known_of(desk, [claimed])
    return Message(
        key=claimed.key,
        channel=claimed.channel,
        lang=known.channels[claimed.channel].lang or desk.lang,
        events=tuple(known.events[event] for event in claimed.events),
        matched=tuple(known.words[id] for id in claimed.matched if id in known.words),
        because=claimed.because,
        told=Receipt(id=claimed.receipt) if claimed.receipt else None,
    )
