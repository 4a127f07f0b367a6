"""Takes back an event that should not have been announced, in every message that carried it, and in every
answer that somebody shared and that rests on it.

The log keeps the event; the retraction stands beside it, sealed in the chain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from state.model import Reason
from state.owed import outbox, shares
from state.seen.taken_back import retractions as kept
from state.words.post import Notice, Retraction
from watcher.errors import NoReason

if TYPE_CHECKING:
    from state.file.store import Store

KIND = "retracted"
"""The kind of the notice by which a channel's message is taken back; its subject is the event's number, and
where another event was told for what rests on it, the number of that one after it."""


def retract(store: Store, event: int, reason: str, by: str, now: datetime) -> Retraction:
    """The retraction of an event, and what it owes to every channel that was told of it.

    Again is the same retraction. Raises `LookupError` when there is no such event, and `NoReason`.
    """
    if not reason.strip():
        raise NoReason(Reason.of("retract_reason"))
    from watcher.tell.unsaid import resting_on  # a question that shows what was retracted never loads it

    with store.transaction():
        stands = kept.record(store, Retraction(event=event, reason=reason.strip(), by=by, at=now))
        for carrier in kept.carriers(store, event=event):
            _owe(store, stands, carrier.channel)
        for carrier, joint in resting_on(store, event):
            _owe(store, stands, carrier.channel, joint)
        return stands


def retractions(store: Store, events: Collection[int] | None = None) -> Mapping[int, Retraction]:
    """The retractions by the number of their event, of all events or of these."""
    return kept.retractions(store, events)


def owe_of(store: Store, key: str) -> None:
    """Owes the taking back of what was retracted while this message, now closed, was under way."""
    from watcher.tell.unsaid import in_message

    carried = kept.carriers(store, key=key)
    gone = kept.retractions(store, [carrier.event for carrier in carried])
    for carrier in carried:
        if carrier.event in gone:
            _owe(store, gone[carrier.event], carrier.channel)
        elif not carrier.shared:
            for one in in_message(store, carrier):
                _owe(store, one.gone, carrier.channel, carrier.event)


def arrived(store: Store, key: str, receipt: str, now: datetime) -> None:
    """Writes down that a shared answer arrived, and owes the taking back of what was retracted meanwhile."""
    with store.transaction():
        shares.settle(store, key, receipt)
        gone = kept.retractions(store, shares.events_of(store, key))
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
        for gone in kept.retractions(store, shares.events_of(store, key)).values():
            _owe(store, gone, shares.share(store, key).member)


def _owe(store: Store, retraction: Retraction, channel: str, joint: int | None = None) -> None:
    """One notice of a retraction, owed to every channel that was told, once each; `joint` is the event with
    which it was told of labels together what rests on it."""
    subject = str(retraction.event) if joint is None else f"{retraction.event} {joint}"
    notice = Notice(id=0, kind=KIND, subject=subject, text=retraction.reason, at=retraction.at)
    outbox.owe_notice(store, notice, channel)


def told(store: Store, event: int) -> tuple[str, ...]:
    """The channels that were told of an event, or may have been."""
    return tuple(sorted({carrier.channel for carrier in kept.carriers(store, event=event)}))
