"""Why a channel was told of an event, or why it was not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from state.model import Event, Weight
from state.owed import outbox, subscriptions
from state.seen.events import bunched, log
from state.seen.taken_back import retractions
from state.words.labels import TOGETHER, single
from watcher.ask.history import TOLD, concerns
from watcher.ask.news.looks import Size, look_of
from watcher.ask.watch.waiting import Waiting, waiting
from watcher.tell import rhythm
from watcher.tell.plan import Delay, delay_of
from watcher.tell.want import TURNS, Term, about, failed_term, refusal, wants

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Reason
    from state.seen.who.providers import Providers
    from state.words.post import Channel, Owed, Retraction, Subscription
    from watcher.ask.archive import Archive
    from watcher.ask.news.looks import Look
    from watcher.tell.turned import Turned
    from watcher.tell.want import Joint

WOULD = 3
"""Lines that a look is shown with which a subscription would have told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A subscription that did not bring the event to its channel: the term that the event did not meet, and
    the same as an English clause for programs."""

    subscription: Subscription
    term: Term
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """On what it rests that with an event labels came together, or parted: by label, the event since which
    each was held. `label` came or went with the event itself; `gone` is what was taken back of the others.
    """

    label: str
    begun: bool
    rests: tuple[tuple[str, Event], ...]
    gone: Retraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one event for one channel.

    With `owed`, it is or was due there, for the subscriptions in `matched`. Without, it was not, and
    `refused` says what each subscription of the channel says of it, the nearest first. `suspended` is the
    channel while it takes no messages, `delay` what it waits for: a pause, a digest, the end of quiet hours.
    `taken_back` is what became of the word that it, or what it was told for besides, was wrong; `again` of
    each time that it was sent again as asked. `grounds` are
    those of what the channel was told besides. `shared`: somebody shared an answer there that rests on it.
    """

    channel: str
    owed: Owed | None = None
    matched: tuple[Subscription, ...] = ()
    refused: tuple[Unmet, ...] = ()
    suspended: Channel | None = None
    delay: Delay | None = None
    taken_back: Owed | None = None
    again: tuple[Owed, ...] = ()
    grounds: tuple[Grounds, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An event, and what became of it for each channel.

    `waiting` is what was read since then about its rows, and is not believed yet.
    """

    event: Event
    run: int
    retracted: Retraction | None
    fates: tuple[Fate, ...]
    waiting: tuple[Waiting, ...] = ()


def why(archive: Archive, number: int, channel: str | None = None) -> Account:
    """What became of an event, for one channel or for all; raises `LookupError` for no such event."""
    event = log.event(archive.store, number)
    # Of one channel nothing but its own is read: there may be ten thousand others, of other teams.
    owed = {one.channel: one for one in outbox.owed(archive.store, event=number, channel=channel)}
    everyone = subscriptions.subscriptions(archive.store, channel=channel, ended=True)
    active = {one.id for one in subscriptions.subscriptions(archive.store, channel=channel)}
    carriers = retractions.carriers(archive.store, event=number, channel=channel)
    shared = {one.channel for one in carriers if one.shared}
    channels = [channel] if channel else sorted({*owed, *shared, *(one.channel for one in everyone)})
    fates = [
        _told(archive, event, owed[name], everyone)
        if name in owed
        else Fate(
            channel=name,
            refused=_refusals(archive, event, name, everyone, active),
            taken_back=next(iter(outbox.taking_back(archive.store, number, name)), None),
        )
        for name in channels
    ]
    return Account(
        event=event,
        run=log.run_of(archive.store, number),
        retracted=retractions.retractions(archive.store, [number]).get(number),
        fates=tuple(replace(one, shared=one.channel in shared) for one in fates),
        waiting=tuple(
            filter(None, (one.only(lambda row: row.row in event.rows) for one in waiting(archive)))
        ),
    )


def _told(archive: Archive, event: Event, owed: Owed, everyone: Iterable[Subscription]) -> Fate:
    channel = subscriptions.channel(archive.store, owed.channel)
    matched = tuple(one for one in everyone if one.id in owed.matched)
    back = outbox.taking_back(archive.store, event.id, owed.channel)
    back = back or outbox.taking_back(archive.store, event.id, owed.channel, beside=True)
    return Fate(
        channel=owed.channel,
        owed=owed,
        matched=matched,
        suspended=channel if channel.state == "suspended" else None,
        delay=_delay(archive, channel, event, owed, matched),
        taken_back=back[0] if back else None,
        again=outbox.made_again(archive.store, owed.id),
        grounds=_grounds(archive.store, event, owed.because),
    )


def _grounds(store: Store, event: Event, because: Sequence[Reason]) -> tuple[Grounds, ...]:
    """On what it rests that labels came together or parted, in the order in which a channel was told so."""
    if not because:
        return ()
    # Most events mean nothing besides: what tells of labels together is loaded for those that do.
    from watcher.tell.recall import says
    from watcher.tell.turned import at_event, joints_of, undone

    found = at_event(store, event.id)
    told, gone = joints_of(store, found), undone(store, found)
    events = log.some(store, {number for one in found for _, number in one.rests})
    return tuple(
        Grounds(
            label=event.label,
            begun=one.begun,
            rests=tuple((label, events[number]) for label, number in one.rests),
            gone=gone.get(one),
        )
        for reason in because
        for one in found
        if says(reason, told[one])
    )


def _delay(
    archive: Archive, channel: Channel, event: Event, owed: Owed, matched: Iterable[Subscription]
) -> Delay | None:
    """What keeps a delivery that is due from going out now."""
    if owed.state != "due":
        return None
    if owed.message is None:
        delay = delay_of(channel, event.weight, owed, {one.id: one for one in matched})
        return delay if delay and delay.until > archive.now else None
    quiet = rhythm.quiet_until(channel, event.weight, archive.now)
    return Delay(why="quiet", until=quiet) if quiet > archive.now else None


def _refusals(
    archive: Archive,
    event: Event,
    channel: str,
    everyone: Iterable[Subscription],
    active: Collection[int],
) -> tuple[Unmet, ...]:
    """What each subscription of a channel says of an event: those in force first, the nearest of them before
    the others."""
    own = sorted(
        (one for one in everyone if one.channel == channel),
        key=lambda one: (one.id not in active, -nearness(one, event, archive.providers)),
    )
    return tuple(_unmet(archive, event, one, one.id in active) for one in own)


def nearness(subscription: Subscription, event: Event, providers: Providers) -> int:
    """How much of a subscription an event meets: its names count most, then labels, then kinds."""
    named = any(about(name, event, providers) for name in subscription.names)
    return 4 * named + 2 * (event.label in subscription.labels) + (event.kind in subscription.kinds)


def _unmet(archive: Archive, event: Event, one: Subscription, in_force: bool) -> Unmet:
    if term := failed_term(one, event, archive.providers):
        return Unmet(subscription=one, term=term, why=refusal(one, event, archive.providers))
    made = one.created_at
    if made is not None and made > event.seen_at:
        why = f"it was made on {made:%Y-%m-%d %H:%M} UTC, after the event was seen"
        return Unmet(subscription=one, term=Term.MADE_AFTER, why=why)
    if not in_force:
        return Unmet(subscription=one, term=Term.ENDED, why="it has ended")
    why = "it matches by today's names, and did not when the event was seen"
    return Unmet(subscription=one, term=Term.NAMES_SINCE, why=why)


def _turned(archive: Archive, wish: Subscription) -> Sequence[Turned]:
    """All that the labels which a subscription watches together ever did."""
    many = [label for label in wish.labels if label in TOGETHER]
    if not many:
        return ()
    from watcher.tell.turned import turned

    return [one for label in many for one in turned(archive.store, label)]


def _joints(archive: Archive, found: Sequence[Turned]) -> Mapping[int, Sequence[Joint]]:
    """The same as they were told, by the event."""
    if not found:
        return {}
    from watcher.tell.turned import joints_of

    by_event: dict[int, list[Joint]] = {}
    for one, joint in joints_of(archive.store, found).items():
        by_event.setdefault(one.event, []).append(joint)
    return by_event


def would_tell(archive: Archive, wish: Subscription) -> Look | None:
    """The last look that brought what a subscription would have told, and what of it; None for none ever."""
    labels, kinds = single(wish.labels) or None, wish.kinds or None
    if TOGETHER.keys() >= set(wish.labels) and labels and not kinds:
        kinds = tuple(TURNS)  # nothing else is ever told of labels together: most looks need not be opened
    together = _turned(archive, wish)
    weights = None if kinds else [one for one in Weight if one.rank >= wish.floor.rank]
    required = log.required(
        causes=TOLD,
        labels=labels,
        kinds=kinds,
        weights=weights,
        concerning=concerns(archive, wish.names),
        few=True,
    )
    for one in bunched.brought(archive.store, required):
        events = log.events(archive.store, run=one.run, labels=labels, kinds=kinds, weights=weights)
        joints = _joints(archive, [each for each in together if each.run == one.run])
        told = [event for event in events if wants(wish, event, archive.providers, joints.get(event.id, ()))]
        if told:
            return look_of(archive.store, one.run, told, Size(lines=WOULD, ends=WOULD))
    return None
