"""Which events make labels stand together for a provider, or end that: judged with the listing known once the
look is written, in the transaction that records its events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from state.model import Event, Kind, Reason, day_of
from state.noted.chain import above, below
from state.seen.events import log
from state.seen.rows import overview
from state.words.labels import TOGETHER
from watcher.tell.want import TURNS, Joint

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Provider
    from state.noted.chain import Chain
    from state.words.labels import Together

Stating = defaultdict[tuple[str, str], set[str]]
"""The sources that state a label of a provider (a slug)."""
Held = Mapping[tuple[str, str], bool]
"""Whether a provider (a slug) has a label."""


def joints(store: Store, events: Sequence[Event], *, then: bool = False) -> Mapping[int, tuple[Joint, ...]]:
    """What the events of one look, already written, are for labels together; by the number of the event.

    Of a look by which several come at once, the last tells it; of several that go at once, the first. `then`:
    of a look of the past, by what the log says up to its events.
    """
    until = max((event.id for event in events), default=0) if then else None
    found: defaultdict[int, tuple[Joint, ...]] = defaultdict(tuple)
    turns = [event for event in events if event.kind in TURNS and event.cause.told]
    for many in TOGETHER.values():
        own = [event for event in turns if event.label in many.labels]
        concerned = {who.slug: who for event in own for who in _concerned(store, event, many)}
        for who in concerned.values():
            for event, joint in _joint(store, own, who, many, until):
                found[event] = (*found[event], joint)
    return found


def _concerned(store: Store, event: Event, many: Together) -> Iterator[Provider]:
    """The provider of an event, and those who have the label by running on it."""
    yield event.provider
    if event.label in many.carried:
        yield from (chain[0].provider for chain in above(store, event.provider.slug))


def _joint(
    store: Store, turns: Sequence[Event], who: Provider, many: Together, until: int | None
) -> Iterator[tuple[int, Joint]]:
    chains = tuple(below(store, who.slug))
    slugs = {who.slug, *(chain[-1].host.slug for chain in chains)}
    own = [event for event in turns if event.provider.slug in slugs]
    stated = _stated(store, slugs, many) if until is None else _logged(store, slugs, many, until)
    before, after = (_held(who.slug, chains, many, held) for held in _around(own, stated))
    if (before is None) is (after is None):
        return
    begun = after is not None
    kind = Kind.GAINED if begun else Kind.LOST
    told = [event for event in own if event.kind is kind and _counts(event, who, many)]
    chain = after if after is not None else before
    if told and chain is not None:
        event = told[-1] if begun else told[0]
        start = _start(store, slugs, many) if begun and until is None else None
        ahead = start if start and start > day_of(event.seen_at) else None
        reason = _reason(who, many, chain, begun=begun, ahead=ahead)
        yield event.id, Joint(label=many.slug, provider=who, begun=begun, reason=reason)


def _counts(event: Event, who: Provider, many: Together) -> bool:
    return event.provider.slug == who.slug or event.label in many.carried


def _stated(store: Store, slugs: set[str], many: Together) -> Stating:
    """Which sources state which label of whom, by the listing."""
    stating: Stating = defaultdict(set)
    for row in overview.standing(store, labels=many.labels, providers=slugs):
        stating[row.known.provider.slug, row.known.attestation.label].add(row.source)
    return stating


def _logged(store: Store, slugs: set[str], many: Together, until: int) -> Stating:
    """The same as it was after an event, by the log."""
    stating: Stating = defaultdict(set)
    for slug in slugs:
        for event in log.events(store, who=slug, labels=many.labels, kinds=TURNS, before=until + 1):
            key = (event.provider.slug, event.label)
            (stating[key].add if event.kind is Kind.GAINED else stating[key].discard)(event.source)
    return stating


def _around(turns: Sequence[Event], stating: Stating) -> tuple[Held, Held]:
    """Who had what before a look, and has after it.

    Before it a source that now tells a gain had no row, and one that tells a loss had one. First readings and
    readers that were mended change nothing: it was so already.
    """
    former = defaultdict(set, {key: set(sources) for key, sources in stating.items()})
    for event in reversed(turns):  # from now back to what was before the first of them
        key = (event.provider.slug, event.label)
        (former[key].discard if event.kind is Kind.GAINED else former[key].add)(event.source)
    before, after = ({key: bool(sources) for key, sources in one.items()} for one in (former, stating))
    return before, after


def _held(who: str, chains: Sequence[Chain], many: Together, held: Held) -> Chain | None:
    """The notes by which a provider has all labels, none where it has them by itself; None where it lacks
    one."""
    by: Chain = ()
    for label in many.labels:
        if held.get((who, label)):
            continue
        hosts = chains if label in many.carried else ()
        chain = next((one for one in hosts if held.get((one[-1].host.slug, label))), None)
        if chain is None:
            return None
        by = by or chain
    return by


def _start(store: Store, slugs: set[str], many: Together) -> date | None:
    """From which day on all labels hold by what is printed: the last of their first days."""
    starts: dict[str, date] = {}
    for row in overview.standing(store, labels=many.labels, providers=slugs):
        label, day = row.known.attestation.label, row.known.attestation.valid_from or date.min
        starts[label] = min(day, starts.get(label, day))
    return max(starts.values(), default=None)


def _reason(who: Provider, many: Together, chain: Chain, *, begun: bool, ahead: date | None = None) -> Reason:
    """What is told; `ahead`: the day to come from which on it is so."""
    if ahead is not None:
        day = ahead.isoformat()
        if not chain:
            return Reason.of("together_ahead", who=who.name, mark=many.slug, day=day)
        host, by = chain[-1].host.name, chain[-1].by
        return Reason.of("together_ahead_noted", who=who.name, mark=many.slug, day=day, host=host, by=by)
    if not chain:
        said = Reason.of("together_begun", who=who.name, mark=many.slug)
        return said if begun else Reason.of("together_over", who=who.name, mark=many.slug)
    host, by = chain[-1].host.name, chain[-1].by
    if begun:
        return Reason.of("together_begun_noted", who=who.name, mark=many.slug, host=host, by=by)
    return Reason.of("together_over_noted", who=who.name, mark=many.slug, host=host, by=by)
