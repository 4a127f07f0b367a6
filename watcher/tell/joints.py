"""Which events make labels stand together for a provider, or end that: judged with the listing known once the
look is written, in the transaction that records its events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from state.model import Event, Kind, Reason, day_of
from state.noted.footings import above, below
from state.seen.events.turns import Turn
from state.seen.rows import overview
from state.words.labels import TOGETHER
from watcher.tell.want import TURNS, Joint

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Provider
    from state.noted.footings import Chain
    from state.words.labels import Together

Key = tuple[str, str]
"""A provider (a slug) and a label."""
Stating = defaultdict[Key, dict[str, int]]
"""The sources that state a label of a provider, each with the event since which it does; 0 where nobody
asked."""
Stated = Callable[[Key], Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a provider has labels together by: the notes, none where by itself, and by label whose it is (a
    slug) and the event since which it is so."""

    noted: Chain
    of: Mapping[str, str]
    since: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """That labels came together or parted (`begun`) with a turn, and what they are or were held by."""

    turn: Turn
    begun: bool
    held: Held


def joints(store: Store, events: Sequence[Event]) -> Mapping[int, tuple[Joint, ...]]:
    """What the events of one look, already written, are for labels together; by the number of the event.

    Of a look by which several come at once, the last tells it; of several that go at once, the first.
    """
    found: defaultdict[int, tuple[Joint, ...]] = defaultdict(tuple)
    turns = [event for event in events if event.kind in TURNS and event.cause.told]
    for many in TOGETHER.values():
        own = [event for event in turns if event.label in many.labels]
        concerned = {who.slug: who for event in own for who in _concerned(store, event, many)}
        for who in concerned.values():
            if joint := _joint(store, own, who, many):
                found[joint[0]] = (*found[joint[0]], joint[1])
    return found


def _concerned(store: Store, event: Event, many: Together) -> Iterator[Provider]:
    """The provider of an event, and those who have the label by running on it."""
    yield event.provider
    if event.label in many.carried:
        yield from (chain[0].provider for chain in above(store, event.provider.slug))


def _joint(store: Store, events: Sequence[Event], who: Provider, many: Together) -> tuple[int, Joint] | None:
    chains = tuple(below(store, who.slug))
    slugs = {who.slug, *(chain[-1].host.slug for chain in chains)}
    turns = [_turn(event) for event in events if event.provider.slug in slugs]
    after = _stated(store, slugs, many)
    before = _undone(turns, after)
    moved = moved_by(turns, who.slug, many, chains, before.__getitem__, after.__getitem__)
    if moved is None:
        return None
    event = next(event for event in events if event.id == moved.turn.event)
    start = _start(store, moved.held) if moved.begun else None
    ahead = start if start and start > day_of(event.seen_at) else None
    reason = joint_reason(who, many.slug, moved.held.noted, begun=moved.begun, ahead=ahead)
    return event.id, Joint(label=many.slug, provider=who, begun=moved.begun, reason=reason)


def _turn(event: Event) -> Turn:
    return Turn(
        event=event.id,
        run=0,
        gained=event.kind is Kind.GAINED,
        told=event.cause.told,
        provider=event.provider.slug,
        label=event.label,
        source=event.source,
        seen_at=event.seen_at,
    )


def _stated(store: Store, slugs: set[str], many: Together) -> Stating:
    """Which sources state which label of whom, by the listing."""
    stating: Stating = defaultdict(dict)
    for row in overview.standing(store, labels=many.labels, providers=slugs):
        stating[row.known.provider.slug, row.known.attestation.label][row.source] = 0
    return stating


def _undone(turns: Sequence[Turn], after: Stating) -> Stating:
    """The same before a look: then a source that now tells a gain had no row, and one that tells a loss had
    one. First readings and readers that were mended change nothing: it was so already."""
    former: Stating = defaultdict(dict, {key: dict(sources) for key, sources in after.items()})
    for turn in reversed(turns):  # from now back to what was before the first of them
        own = former[turn.provider, turn.label]
        if turn.gained:
            own.pop(turn.source, None)
        else:
            own[turn.source] = 0
    return former


def moved_by(
    turns: Sequence[Turn],
    who: str,
    many: Together,
    chains: Sequence[Chain],
    before: Stated,
    after: Stated,
) -> Moved | None:
    """What the turns of one look are for labels together of one provider; None where they change nothing."""
    then, now = (_held(who, chains, many, stated) for stated in (before, after))
    held, begun = now or then, now is not None
    if held is None or (then and now):  # it had them neither before nor after, or both before and after
        return None
    # What runs on a host has nothing from it that it has by itself: that host's turns are not its own.
    own = [turn for turn in turns if turn.gained is begun and held.of.get(turn.label) == turn.provider]
    return Moved(turn=own[-1] if begun else own[0], begun=begun, held=held) if own else None


def _held(who: str, chains: Sequence[Chain], many: Together, stated: Stated) -> Held | None:
    """What a provider has all labels by; None where it lacks one."""
    noted: Chain = ()
    of = dict.fromkeys(many.labels, who)
    since: dict[str, int] = {}
    for label in many.labels:
        own = stated((who, label))
        if not own:
            hosts = chains if label in many.carried else ()
            chain = next((one for one in hosts if stated((one[-1].host.slug, label))), None)
            if chain is None:
                return None
            of[label], noted = chain[-1].host.slug, noted or chain
            own = stated((of[label], label))
        since[label] = min(own.values())
    return Held(noted=noted, of=of, since=since)


def _start(store: Store, held: Held) -> date | None:
    """From which day on all labels hold by what is printed: the last of their first days."""
    starts: dict[str, date] = {}
    for row in overview.standing(store, labels=held.of, providers=held.of.values()):
        label, day = row.known.attestation.label, row.known.attestation.valid_from or date.min
        if held.of[label] == row.known.provider.slug:
            starts[label] = min(day, starts.get(label, day))
    return max(starts.values(), default=None)


def joint_reason(who: Provider, mark: str, noted: Chain, *, begun: bool, ahead: date | None = None) -> Reason:
    """What is told; `ahead`: the day to come from which on it is so."""
    of, day = {"who": who.name, "mark": mark}, ahead.isoformat() if ahead else ""
    if not noted:
        if ahead:
            return Reason.of("together_ahead", day=day, **of)
        return Reason.of("together_begun", **of) if begun else Reason.of("together_over", **of)
    of |= {"host": noted[-1].host.name, "by": noted[-1].by}
    if ahead:
        return Reason.of("together_ahead_noted", day=day, **of)
    return Reason.of("together_begun_noted", **of) if begun else Reason.of("together_over_noted", **of)
