"""Names the organisation that probably continues a loss, or that a gain probably continues. Pure.

Rows are never paired across providers: when Bull becomes Eviden France both events stand, and each names the
other. A name is given only where exactly one loss and one gain fit each other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from state.model import Attestation, Event, Kind, Neighbour
from state.names import name_key

_GONE = (Kind.LOST, Kind.SERVICE_REMOVED)
_COME = (Kind.GAINED, Kind.SERVICE_ADDED)


def _ref(row: Attestation) -> Hashable | None:
    return row.ref.casefold() if row.ref else None


def _subject(row: Attestation) -> Hashable | None:
    return name_key(row.subject) if row.subject else None


def _end(row: Attestation) -> Hashable | None:
    return row.valid_until


def _subject_and_end(row: Attestation) -> Hashable | None:
    subject, end = _subject(row), _end(row)
    return (subject, end) if subject and end else None


LIKENESSES: tuple[Callable[[Attestation], Hashable | None], ...] = (_ref, _subject_and_end, _subject, _end)


def name_neighbours(events: Sequence[Event], unpaired: AbstractSet[int]) -> list[Event]:
    """The same events, the losses and gains of unpaired rows naming each other where they fit."""
    alone = [event for event in events if unpaired >= set(event.rows)]
    gone = {event.id: event for event in alone if event.kind in _GONE}
    come = {event.id: event for event in alone if event.kind in _COME}
    found: dict[int, Event] = {}
    for likeness in LIKENESSES:
        if not gone or not come:
            break
        for old, new in _matches(gone.values(), come.values(), likeness):
            found[old.id] = replace(old, probable_successor=_neighbour(new))
            found[new.id] = replace(new, probable_predecessor=_neighbour(old))
            del gone[old.id], come[new.id]
    return [found.get(event.id, event) for event in events]


def _neighbour(event: Event) -> Neighbour:
    return Neighbour(event=event.id, slug=event.provider.slug, name=event.provider.name)


def _matches(
    gone: Iterable[Event], come: Iterable[Event], likeness: Callable[[Attestation], Hashable | None]
) -> list[tuple[Event, Event]]:
    """The losses and gains that are alike and have no rival, by different providers."""
    olds, news = _by_likeness(gone, likeness), _by_likeness(come, likeness)
    fits: dict[tuple[int, int], tuple[Event, Event]] = {}
    rivals: set[int] = set()
    for key in olds.keys() & news.keys():
        if len(olds[key]) == len(news[key]) == 1:
            [old], [new] = olds[key], news[key]
            fits[old.id, new.id] = (old, new)
        else:
            rivals.update(event.id for event in (*olds[key], *news[key]))
    fitting = Counter(id for pair in fits for id in pair)
    return [
        (old, new)
        for _, (old, new) in sorted(fits.items(), key=lambda fit: fit[0])
        if rivals.isdisjoint((old.id, new.id))
        and fitting[old.id] == fitting[new.id] == 1
        and old.provider.slug != new.provider.slug
    ]


def _by_likeness(
    events: Iterable[Event], likeness: Callable[[Attestation], Hashable | None]
) -> dict[tuple[str, Hashable], list[Event]]:
    found: dict[tuple[str, Hashable], list[Event]] = defaultdict(list)
    for event in events:
        for key in {likeness(row) for row in event.attestations} - {None}:
            found[event.label, key].append(event)
    return found
