"""Why a channel was told of an event, or why it was not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from state import log, outbox, subscriptions
from state.model import Event, Owed, Subscription
from watcher.answers import Archive
from watcher.want import refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A subscription that did not bring the event to its channel, and why, as a clause for people."""

    subscription: Subscription
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What became of one event for one channel.

    With `owed`, it is or was due there, for the subscriptions in `matched`. Without, it was not, and
    `refused` says what each subscription of the channel says of it. `suspended` is why the channel takes no
    messages now.
    """

    channel: str
    owed: Owed | None = None
    matched: tuple[Subscription, ...] = ()
    refused: tuple[Refused, ...] = ()
    suspended: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An event, and what became of it for each channel."""

    event: Event
    run: int
    reasons: tuple[Reason, ...]


def why(archive: Archive, number: int, channel: str | None = None) -> Account:
    """What became of an event, for one channel or for all; raises `LookupError` when there is no such
    event."""
    event = log.event(archive.store, number)
    owed = {one.channel: one for one in outbox.owed(archive.store, event=number)}
    everyone = subscriptions.subscriptions(archive.store, ended=True)
    active = {one.id for one in subscriptions.subscriptions(archive.store)}
    channels = [channel] if channel else sorted({*owed, *(one.channel for one in everyone)})
    reasons = [
        _told(archive, owed[name], everyone)
        if name in owed
        else Reason(channel=name, refused=_refusals(archive, event, name, everyone, active))
        for name in channels
    ]
    return Account(event=event, run=log.run_of(archive.store, number), reasons=tuple(reasons))


def _told(archive: Archive, owed: Owed, everyone: Iterable[Subscription]) -> Reason:
    channel = subscriptions.channel(archive.store, owed.channel)
    return Reason(
        channel=owed.channel,
        owed=owed,
        matched=tuple(one for one in everyone if one.id in owed.matched),
        suspended=channel.reason if channel.state == "suspended" else "",
    )


def _refusals(
    archive: Archive,
    event: Event,
    channel: str,
    everyone: Iterable[Subscription],
    active: Collection[int],
) -> tuple[Refused, ...]:
    """What each subscription of a channel says of an event, those in force first."""
    own = sorted((one for one in everyone if one.channel == channel), key=lambda one: one.id not in active)
    return tuple(
        Refused(subscription=one, why=_refusal(archive, event, one, one.id in active)) for one in own
    )


def _refusal(archive: Archive, event: Event, subscription: Subscription, in_force: bool) -> str:
    if clause := refusal(subscription, event, archive.providers):
        return clause
    made = subscription.created_at
    if made is not None and made > event.seen_at:
        return f"it was made on {made:%Y-%m-%d %H:%M} UTC, after the event was seen"
    if not in_force:
        return "it has ended"
    return "it matches by today's names, and did not when the event was seen"
