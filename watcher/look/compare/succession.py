"""Names the organisation that probably continues a loss, or that a gain probably continues. Pure.

Rows of two providers are two, but for one ref with the same dates: when Bull becomes Eviden France both
events stand, and each names the other. A name is given only where exactly one loss and one gain fit. Some
registers print who has taken a service over: that comes before all likeness, and is said to be printed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from state.model import TAKEN_OVER_BY, Attestation, Event, Kind, Neighbour
from state.names import name_key, tight_key, words

_GONE = (Kind.LOST, Kind.SERVICE_REMOVED)
_COME = (Kind.GAINED, Kind.SERVICE_ADDED)


_ARTICLES = ("l", "le", "la", "les", "un", "une", "the", "a", "d", "de", "des", "du")
_FORMS = (
    "s", "sa", "sas", "sasu", "sarl", "snc", "eurl", "gie", "scop", "se", "inc", "ltd", "llc", "gmbh", "plc",
    "ag", "spa", "bv", "nv", "ab",
)  # fmt: skip
_BESIDE = frozenset((*_ARTICLES, *_FORMS))
"""Articles and legal forms: two names that differ by them alone are one to a person."""

Name = tuple[str, ...]
Key = Callable[[Attestation], Hashable | None]
Groups = Iterator[tuple[Sequence[Event], Sequence[Event]]]
Likeness = Callable[[Iterable[Event], Iterable[Event]], Groups]


def _ref(row: Attestation) -> Hashable | None:
    return tight_key(row.ref) if row.ref else None


def _bare(name: str) -> Name:
    """The words of a name without articles and legal forms; all of them where it has no others."""
    said = words(name)
    return tuple(word for word in said if word not in _BESIDE) or said


def _subject(row: Attestation) -> Hashable | None:
    return _bare(row.subject) if row.subject else None


def _end(row: Attestation) -> Hashable | None:
    return row.valid_until


def _subject_and_end(row: Attestation) -> Hashable | None:
    subject, end = _subject(row), _end(row)
    return (subject, end) if subject and end else None


def name_neighbours(events: Sequence[Event], unpaired: AbstractSet[int]) -> list[Event]:
    """The same events, the losses and gains of unpaired rows naming each other where they fit."""
    # What the register prints holds of a service that it lists still, as withdrawn; likeness does not.
    found = _named(events, PRINTED, printed=True)
    alone = [event for event in events if unpaired >= set(event.rows) and event.id not in found]
    found |= _named(alone, LIKENESSES)
    return [found.get(event.id, event) for event in events]


def _named(events: Iterable[Event], ways: Sequence[Likeness], *, printed: bool = False) -> dict[int, Event]:
    """The losses and gains that fit in one of some ways, each naming the other."""
    gone = {event.id: event for event in events if event.kind in _GONE}
    come = {event.id: event for event in events if event.kind in _COME}
    found: dict[int, Event] = {}
    for groups in ways:
        if not gone or not come:
            break
        for old, new in _fitting(groups(gone.values(), come.values())):
            found[old.id] = replace(old, probable_successor=_neighbour(new, printed))
            found[new.id] = replace(new, probable_predecessor=_neighbour(old, printed))
            del gone[old.id], come[new.id]
    return found


def _neighbour(event: Event, printed: bool) -> Neighbour:
    return Neighbour(event=event.id, slug=event.provider.slug, name=event.provider.name, printed=printed)


def _fitting(groups: Groups) -> list[tuple[Event, Event]]:
    """The losses and gains that are alike and have no rival, by different providers."""
    fits: dict[tuple[int, int], tuple[Event, Event]] = {}
    rivals: set[int] = set()
    for olds, news in groups:
        if len(olds) == len(news) == 1:
            [old], [new] = olds, news
            fits[old.id, new.id] = (old, new)
        elif olds and news:
            rivals.update(event.id for event in (*olds, *news))
    fitting = Counter(id for pair in fits for id in pair)
    return [
        (old, new)
        for _, (old, new) in sorted(fits.items(), key=lambda fit: fit[0])
        if rivals.isdisjoint((old.id, new.id))
        and fitting[old.id] == fitting[new.id] == 1
        and old.provider.slug != new.provider.slug
    ]


def _alike(old: Key, new: Key) -> Likeness:
    """The losses and gains in which some row lost has by `old` the key that a row gained has by `new`."""

    def groups(gone: Iterable[Event], come: Iterable[Event]) -> Groups:
        olds, news = _by_key(gone, old), _by_key(come, new)
        for key in olds.keys() & news.keys():
            yield olds[key], news[key]

    return groups


def _by_key(events: Iterable[Event], likeness: Key) -> dict[tuple[str, Hashable], list[Event]]:
    found: dict[tuple[str, Hashable], list[Event]] = defaultdict(list)
    for event in events:
        for key in {likeness(row) for row in event.attestations} - {None}:
            found[event.label, key].append(event)
    return found


def _names(event: Event) -> set[Name]:
    return {name for row in event.attestations if (name := _bare(row.holder))}


def _parts(event: Event) -> set[Name]:
    """What begins or ends a name: "Sopra Steria" of "Sopra Steria Services", whole words only."""
    return {
        part
        for name in _names(event)
        for size in range(1, len(name))
        for part in (name[:size], name[-size:])
        if len("".join(part)) > 2
    }


def _akin(gone: Iterable[Event], come: Iterable[Event]) -> Groups:
    """The losses and gains by organisations of which one name begins or ends the other, or is the same.

    One of several products that goes says nothing of who makes it: that takes the whole label, or a row that
    names nothing but its holder.
    """
    gone, come = filter(_of_the_holder, gone), filter(_of_the_holder, come)
    (olds, old_parts), (news, new_parts) = _by_name(gone), _by_name(come)
    for key in olds.keys() & (news.keys() | new_parts.keys()):
        yield olds[key], [*news[key], *new_parts[key]]
    for key in old_parts.keys() & news.keys():
        yield old_parts[key], news[key]


def _of_the_holder(event: Event) -> bool:
    whole = event.kind in (Kind.LOST, Kind.GAINED)
    return whole or not all(row.subject for row in event.attestations)


Named = dict[tuple[str, Name], list[Event]]


def _by_name(events: Iterable[Event]) -> tuple[Named, Named]:
    """The events by whole names, and by what begins or ends them."""
    whole: Named = defaultdict(list)
    parts: Named = defaultdict(list)
    for event in events:
        for name in _names(event):
            whole[event.label, name].append(event)
        for part in _parts(event):
            parts[event.label, part].append(event)
    return whole, parts


def _taken_over(more: Key) -> Likeness:
    """The losses whose rows print who has taken them over, and the gains by that holder, `more` alike."""
    return _alike(
        lambda row: _and(row.extra.get(TAKEN_OVER_BY), more(row)), lambda row: _and(row.holder, more(row))
    )


def _and(name: str | None, more: Hashable | None) -> Hashable | None:
    return (name_key(name), more) if name and more is not None else None


def _certificate(row: Attestation) -> Hashable | None:
    """The ref without the number that tells a certificate's second row from its first."""
    return tight_key(NUMBERED.sub("", row.ref)) if row.ref else None


NUMBERED = re.compile(r" \(\d+\)$")
PRINTED: tuple[Likeness, ...] = (_taken_over(_certificate), _taken_over(lambda row: ""))
LIKENESSES: tuple[Likeness, ...] = (
    _alike(_ref, _ref),
    _alike(_subject_and_end, _subject_and_end),
    _akin,
    _alike(_subject, _subject),
    _alike(_end, _end),
)
