"""What was told of labels together and is not so: another event, on which it rests, was taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from state.owed import outbox, subscriptions, taken
from state.seen.events import log
from state.seen.taken_back import retractions
from state.words.labels import TOGETHER
from state.words.post import Retraction, Undone

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Reason
    from state.owed.taken import Claimed
    from state.seen.taken_back.retractions import Carrier
    from watcher.tell.want import Joint

Because = Mapping[int, Sequence["Reason"]]


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


def resting_on(store: Store, event: int) -> Iterator[tuple[Carrier, int]]:
    """The messages that told of labels together what rests on an event, each with the event that they carry
    for it; those are left out that are taken back whole."""
    from watcher.tell.turned import turned

    found = [one for label in TOGETHER for one in turned(store, label, forgotten=True)]
    numbers = {one.event for one in found if event in dict(one.rests).values()} - {event}
    whole = retractions.retractions(store, numbers) if numbers else {}
    for number in sorted(numbers - whole.keys()):
        for carrier in retractions.carriers(store, event=number):
            if not carrier.shared and any(one.gone.event == event for one in in_message(store, carrier)):
                yield carrier, number


def in_message(store: Store, carrier: Carrier) -> tuple[Undone, ...]:
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
