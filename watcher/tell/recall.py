"""Takes back an event that should not have been announced, in every message that carried it, and in every
answer that somebody shared and that rests on it; and what was told of labels together and rests on it.

The log keeps the event; the retraction stands beside it, sealed in the chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from state.model import Reason
from state.owed import outbox, shares, subscriptions, taken
from state.seen.events import log
from state.seen.taken_back import retractions
from state.words.labels import TOGETHER
from state.words.post import Notice, Retraction, Undone
from watcher.errors import NoReason

if TYPE_CHECKING:
    from state.file.store import Store
    from state.owed.taken import Claimed
    from state.seen.taken_back.retractions import Carrier
    from watcher.tell.want import Joint

Because = Mapping[int, Sequence[Reason]]
"""What events mean besides, by their number."""
KIND = "retracted"
"""The kind of the notice by which a channel's message is taken back; its subject is the event's number, and
where another event was told for what rests on it, the number of that one after it."""


def retract(store: Store, event: int, reason: str, by: str, now: datetime) -> Retraction:
    """The retraction of an event, and what it owes to every channel that was told of it.

    Again is the same retraction. Raises `LookupError` when there is no such event, and `NoReason`.
    """
    if not reason.strip():
        raise NoReason(Reason.of("retract_reason"))
    with store.transaction():
        stands = retractions.record(store, Retraction(event=event, reason=reason.strip(), by=by, at=now))
        for carrier in retractions.carriers(store, event=event):
            _owe(store, stands, carrier.channel)
        for carrier, joint in _resting_on(store, event):
            _owe(store, stands, carrier.channel, joint)
        return stands


def owe_of(store: Store, key: str) -> None:
    """Owes the taking back of what was retracted while this message, now closed, was under way."""
    carried = retractions.carriers(store, key=key)
    gone = retractions.retractions(store, [carrier.event for carrier in carried])
    for carrier in carried:
        if carrier.event in gone:
            _owe(store, gone[carrier.event], carrier.channel)
        elif not carrier.shared:
            for one in _in_message(store, carrier):
                _owe(store, one.gone, carrier.channel, carrier.event)


def arrived(store: Store, key: str, receipt: str, now: datetime) -> None:
    """Writes down that a shared answer arrived, and owes the taking back of what was retracted meanwhile."""
    with store.transaction():
        shares.settle(store, key, receipt)
        gone = retractions.retractions(store, shares.events_of(store, key))
        channel = shares.share(store, key).channel
        for event in gone:
            back = outbox.taking_back(store, event, channel)
            # One that still waits will find this copy when it goes; one that is on its way or gone did not.
            if not any(one.state in ("due", "suspended") for one in back):
                again = max(now, gone[event].at + timedelta(seconds=1))  # a word of its own, by its time
                _owe(store, replace(gone[event], at=again), channel)


def beyond(store: Store, key: str) -> None:
    """Writes down that the app does not reach a shared answer: whoever shared it hears what is taken back."""
    with store.transaction():
        shares.lose(store, key)
        for gone in retractions.retractions(store, shares.events_of(store, key)).values():
            _owe(store, gone, shares.share(store, key).member)


def _owe(store: Store, retraction: Retraction, channel: str, joint: int | None = None) -> None:
    """One notice of a retraction, owed to every channel that was told, once each; `joint` is the event with
    which it was told of labels together what rests on it."""
    subject = str(retraction.event) if joint is None else f"{retraction.event} {joint}"
    notice = Notice(id=0, kind=KIND, subject=subject, text=retraction.reason, at=retraction.at)
    outbox.owe_notice(store, notice, channel)


def told(store: Store, event: int) -> tuple[str, ...]:
    """The channels that were told of an event, or may have been."""
    return tuple(sorted({carrier.channel for carrier in retractions.carriers(store, event=event)}))


def undone_of(store: Store, because: Because) -> Mapping[int, tuple[Undone, ...]]:
    """What of all that some events meant besides is not so, by their number."""
    found = {number: tuple(_undone(store, number, said)) for number, said in because.items() if said}
    return {number: own for number, own in found.items() if own}


def _undone(store: Store, number: int, said: Sequence[Reason]) -> Iterator[Undone]:
    # Few messages tell of labels together: no other loads what they did.
    from watcher.tell.turned import at_event, joints_of, undone

    found = at_event(store, number, {label for label in TOGETHER if any(_of(one, label) for one in said)})
    told, gone = joints_of(store, found), undone(store, found)
    for one, retraction in gone.items():
        for reason in said:
            if says(reason, told[one]):
                yield Undone(said=reason, event=log.event(store, retraction.event), gone=retraction)


def _of(reason: Reason, label: str) -> bool:
    return reason.values.get("mark") == label


def says(reason: Reason, joint: Joint) -> bool:
    """Whether a reason is about that very provider: two may come to have both with one event."""
    return _of(reason, joint.label) and reason.values.get("who") == joint.provider.name


def _resting_on(store: Store, event: int) -> Iterator[tuple[Carrier, int]]:
    """The messages that told of labels together what rests on an event, each with the event that they carry
    for it; those are left out that are taken back whole."""
    from watcher.tell.turned import turned

    found = [one for label in TOGETHER for one in turned(store, label, forgotten=True)]
    numbers = {one.event for one in found if event in dict(one.rests).values()} - {event}
    whole = retractions.retractions(store, numbers) if numbers else {}
    for number in sorted(numbers - whole.keys()):
        for carrier in retractions.carriers(store, event=number):
            if not carrier.shared and any(one.gone.event == event for one in _in_message(store, carrier)):
                yield carrier, number


def _in_message(store: Store, carrier: Carrier) -> tuple[Undone, ...]:
    """What is not so of all that a message told beside the event that it carries."""
    because = taken.contents(store, carrier.key).because
    told = {carrier.event: because.get(carrier.event, ())}
    return undone_of(store, told).get(carrier.event, ())


def meant_nothing_else(store: Store, claimed: Claimed) -> tuple[Retraction, ...]:
    """The events of a message that nobody asked for but as what is not so: they are not sent."""
    gone = undone_of(store, claimed.because)
    return tuple(
        Retraction(event=number, reason=own[0].gone.reason, by=own[0].gone.by, at=own[0].gone.at)
        for number, own in gone.items()
        if len(own) == len(claimed.because[number]) and _for_that_alone(store, claimed.channel, number)
    )


def _for_that_alone(store: Store, channel: str, number: int) -> bool:
    """Whether the subscriptions that an event is owed for watch labels together, and not its own."""
    label = log.event(store, number).label
    matched = {id for one in outbox.owed(store, channel=channel, event=number) for id in one.matched}
    wishes = subscriptions.subscriptions(store, channel=channel, ended=True)
    return all(one.labels and label not in one.labels for one in wishes if one.id in matched)
