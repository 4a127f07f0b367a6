"""All that labels together ever did: when they came together for whom, when they parted, and by which events.

Told from the log alone, as it stands: nothing of it is kept, so that what was read again, forgotten or given
to another provider is right here at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from state.model import Provider, day_of
from state.noted.footings import below, footings
from state.seen.events import log
from state.seen.events.turns import turns
from state.seen.taken_back import retractions
from state.words.labels import TOGETHER
from watcher.tell.joints import joint_reason, moved_by
from watcher.tell.want import Joint

if TYPE_CHECKING:
    from datetime import date, datetime

    from state.file.store import Store
    from state.model import Event
    from state.noted.footings import Chain
    from state.seen.events.turns import Turn
    from state.words.labels import Together
    from state.words.post import Retraction
    from watcher.tell.joints import Key

Chains = Mapping[str, Sequence["Chain"]]
NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """That labels came together (`begun`) or parted for a provider (a slug), with an event of a look.

    `noted` are the notes by which it had them, none where by itself. `rests`: by label, the event since which
    it had it.
    """

    label: str
    event: int
    run: int
    provider: str
    begun: bool
    seen_at: datetime
    noted: Chain
    rests: tuple[tuple[str, int], ...]


def turned(store: Store, label: str, *, forgotten: bool = False) -> tuple[Turned, ...]:
    """All of them in the order of the log; with `forgotten`, as if no look had been taken back."""
    many, chains = TOGETHER[label], _chains(store)
    found = turns(store, many.labels, forgotten=forgotten)
    state: dict[Key, dict[str, int]] = {}
    return tuple(
        one
        for _, own in groupby(found, key=lambda turn: turn.run)
        for one in sorted(_of_look(tuple(own), many, chains, state), key=lambda one: one.event)
    )


def _chains(store: Store) -> Chains:
    """What runs on what, by the notes that stand; of them a look knows those written by then."""
    carried = dict.fromkeys(note.provider.slug for note in footings(store))
    return {slug: tuple(below(store, slug)) for slug in carried}


def _of_look(
    own: Sequence[Turn], many: Together, chains: Chains, state: dict[Key, dict[str, int]]
) -> Iterator[Turned]:
    """What one look brought; `state`, which source states what since which event, is as after it."""
    for turn in own:
        if not turn.told:  # it was so already
            _apply(turn, state)
    told = [turn for turn in own if turn.told]
    former = {(turn.provider, turn.label): dict(state.get((turn.provider, turn.label), {})) for turn in told}
    for turn in told:
        _apply(turn, state)
    for who in _concerned(told, many, chains):
        known = [chain for chain in chains.get(who, ()) if all(note.at <= own[0].seen_at for note in chain)]
        moved = moved_by(
            told,
            who,
            many,
            known,
            lambda key: former.get(key, state.get(key, NOTHING)),
            lambda key: state.get(key, NOTHING),
        )
        if moved:
            yield Turned(
                label=many.slug,
                event=moved.turn.event,
                run=moved.turn.run,
                provider=who,
                begun=moved.begun,
                seen_at=moved.turn.seen_at,
                noted=moved.held.noted,
                rests=tuple(moved.held.since.items()),
            )


def _apply(turn: Turn, state: dict[Key, dict[str, int]]) -> None:
    own = state.setdefault((turn.provider, turn.label), {})
    if turn.gained:
        own[turn.source] = turn.event
    else:
        own.pop(turn.source, None)


def _concerned(told: Sequence[Turn], many: Together, chains: Chains) -> Collection[str]:
    """Whose labels may have come together or parted: those of the turns, and who runs on them by a note."""
    movers = dict.fromkeys(turn.provider for turn in told)
    hosts = {turn.provider for turn in told if turn.label in many.carried}
    above = (who for who, own in chains.items() if any(chain[-1].host.slug in hosts for chain in own))
    return dict.fromkeys((*movers, *above))


def joint_events(store: Store, labels: Iterable[str], *, forgotten: bool = False) -> tuple[int, ...]:
    """The numbers of the events by which labels came together or parted."""
    found = (one.event for label in labels for one in turned(store, label, forgotten=forgotten))
    return tuple(dict.fromkeys(found))


def at_event(store: Store, event: int, labels: Collection[str] = TOGETHER) -> tuple[Turned, ...]:
    """What an event was for labels together, looks that were forgotten since counted as they were then."""
    return tuple(
        one for label in labels for one in turned(store, label, forgotten=True) if one.event == event
    )


def joints_of(store: Store, found: Sequence[Turned]) -> Mapping[Turned, Joint]:
    """Each as it is told."""
    numbers = {number for one in found for number in (one.event, *dict(one.rests).values())}
    events = log.some(store, numbers) if numbers else {}
    return {one: _joint(one, events) for one in found}


def _joint(one: Turned, events: Mapping[int, Event]) -> Joint:
    event = events[one.event]
    who = one.noted[0].provider if one.noted else Provider(slug=one.provider, name=event.provider.name)
    starts = [_starts(events[number]) for _, number in one.rests] if one.begun else []
    ahead = max((day for day in starts if day and day > day_of(event.seen_at)), default=None)
    reason = joint_reason(who, one.label, one.noted, begun=one.begun, ahead=ahead)
    return Joint(label=one.label, provider=who, begun=one.begun, reason=reason)


def _starts(event: Event) -> date | None:
    """The first day of what an event brought, where all of its rows print theirs."""
    days = [row.valid_from for row in event.attestations]
    return min(filter(None, days)) if days and all(days) else None


def undone(store: Store, found: Sequence[Turned]) -> Mapping[Turned, Retraction]:
    """Those that rest on another event that was taken back, each with the retraction of the first such."""
    rests = {one: sorted({number for _, number in one.rests} - {one.event}) for one in found}
    numbers = {number for own in rests.values() for number in own}
    gone = retractions.retractions(store, numbers) if numbers else {}
    known = {one: next((number for number in own if number in gone), None) for one, own in rests.items()}
    return {one: gone[number] for one, number in known.items() if number is not None}
