"""One search for every door: providers first, then services, decisions and certificates, labels, and events.

What is found has every word, whole. Likeness only suggests, where nothing was found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from state import search
from state.names import print_key, words
from state.seen.events import log
from state.seen.rows import overview
from state.seen.who import spellings
from state.words.labels import ALWAYS, LABELS, TOGETHER, rank_of, single
from state.words.meant import alike
from watcher.ask.find.reading import Hits, hits, labels_about, labels_named
from watcher.ask.history import TOLD
from watcher.ask.news.looks import ENDS
from watcher.ask.standing.race import Standing, placed
from watcher.ask.watch.label_state import read_labels, unread_labels

if TYPE_CHECKING:
    from state.model import Event, Provider, Version
    from watcher.ask.archive import Archive

K = TypeVar("K")
T = TypeVar("T")
LONGEST = 200
"""Characters of a text that are looked for; no printed name comes near."""
FEW, MOST_NEAR = 5, 5
MOST_EVENTS = 25
"""Events that are counted: each has to be opened, and the history has them all."""
LEAST = 3
"""From how many letters on a text is like others: two are in every name."""


class Group(StrEnum):
    """What is found, in the order in which it is told."""

    PROVIDERS = "providers"
    SERVICES = "services"
    DECISIONS = "decisions"
    LABELS = "labels"
    EVENTS = "events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What is opened of all that was found: a few of each group, or of one alone those from one place on."""

    only: Group | None = None
    skip: int = 0
    most: int = FEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[T]):
    """What is shown of a group, and how much was found; `more`: there may be more than was counted."""

    shown: tuple[T, ...] = ()
    total: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A provider that was found: how registers print it, where it stands with the labels that everybody asks
    for, and which others it holds."""

    provider: Provider
    printed: tuple[str, ...]
    standings: tuple[Standing, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A label that was found, and how many hold it; None where no register that says so was read."""

    label: str
    holders: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a text finds: a part of each group that was asked for, empty or not.

    `near` are providers, and `alike` labels, that may have been meant where no provider, service or decision
    was found; `unread` are then the labels of which nobody can know who holds them. All events have `words`,
    and are of `labels` where any are named.
    """

    text: str
    parts: Mapping[Group, Part[Any]]
    words: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    near: tuple[Who, ...] = ()
    alike: tuple[Mark, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that are shown."""
        return self.parts[Group.EVENTS].shown if Group.EVENTS in self.parts else ()

    @property
    def wordless(self) -> bool:
        """Whether there is no word to look for: nothing, or signs alone."""
        return not words(self.text)

    @property
    def nothing(self) -> bool:
        """Whether nothing was found."""
        return not any(part.total for part in self.parts.values())


def find(archive: Archive, text: str, window: Window | None = None) -> Found:
    """What a text finds."""
    text, window = text[:LONGEST].strip(), window or Window()
    found, marks = hits(archive, text), labels_about(text)
    said, labels = _of_events(text, found)
    part = partial(_part, window, wide=found.wide)
    made: Mapping[Group, Callable[[], Part[Any]]] = {
        Group.PROVIDERS: lambda: part(found.providers, partial(_who, archive)),
        Group.SERVICES: lambda: part(found.services, partial(_rows, archive)),
        Group.DECISIONS: lambda: part(found.decisions, partial(_rows, archive)),
        Group.LABELS: lambda: _part(window, marks, partial(_marks, archive)),
        Group.EVENTS: lambda: _events(archive, window, said, labels),
    }
    return Found(
        text=text,
        parts={group: make() for group, make in made.items() if window.only in (None, group)},
        words=said,
        labels=labels,
        near=() if found else _who(archive, [one.slug for one in near(archive, " ".join(found.way.words))]),
        alike=() if found or marks or len(text) < LEAST else _marks(archive, alike(text, LABELS)),
        unread=() if found or not found.way.words else unread_labels(archive),
    )


def _part(
    window: Window, found: Sequence[K], opened: Callable[[Sequence[K]], tuple[T, ...]], *, wide: bool = False
) -> Part[T]:
    own = found[window.skip : window.skip + window.most]
    return Part(shown=opened(own) if own else (), total=len(found), more=wide and bool(found))


def _who(archive: Archive, slugs: Sequence[str]) -> tuple[Who, ...]:
    providers = [one for slug in slugs if (one := archive.names.known(slug))]
    rows = overview.standing(archive.store, labels=ALWAYS, providers=slugs, status="any")
    standings = placed(archive, providers, rows)
    held = overview.held(archive.store, slugs)
    return tuple(
        Who(
            provider=one,
            printed=_printed(archive, one),
            standings=tuple(each for each in standings if each.provider == one),
            others=tuple(sorted(set(held.get(one.slug, ())) - set(ALWAYS), key=rank_of)),
        )
        for one in providers
    )


def _printed(archive: Archive, provider: Provider) -> tuple[str, ...]:
    """How registers print a provider, where otherwise than it is called."""
    own = print_key(provider.name)
    names = {print_key(name): name for name in spellings.holders(archive.store, provider.slug)}
    return tuple(name for key, name in names.items() if key != own and words(name))


def _rows(archive: Archive, lines: Sequence[int]) -> tuple[Version, ...]:
    newest = overview.newest_of(archive.store, lines)
    return tuple(newest[line] for line in lines if line in newest)


def _marks(archive: Archive, labels: Sequence[str]) -> tuple[Mark, ...]:
    read = read_labels(archive.store) if labels else frozenset()
    return tuple(
        Mark(label=label, holders=_holders(archive, label) if read.issuperset(single([label])) else None)
        for label in labels
    )


def _holders(archive: Archive, label: str) -> int:
    if label in TOGETHER:
        from watcher.ask.standing.together import holders  # few searches are for both

        return sum(not one.ahead for one in holders(archive, label).held)
    tally = overview.tallies(archive.store, label).get(label)
    return tally.providers if tally else 0


def _of_events(text: str, found: Hits) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that events must have, and their labels: of a label alone all events are told."""
    named, rest = labels_named(text)
    if named and not words(rest):
        return (), named
    way = found.way
    plain = bool(found.providers or found.services) or not way.number
    return way.words if plain else way.number, way.labels


def _events(archive: Archive, window: Window, said: Sequence[str], labels: Sequence[str]) -> Part[Event]:
    """The newest events about rows with these words that the history has, ends that come near after news."""
    if not said and not labels:
        return Part()
    rows = search.numbers(archive.store, search.all_of(said), spellings.MOST_LINES) if said else None
    most = MOST_EVENTS if window.only is None else window.skip + window.most + 1
    found = log.events(
        archive.store, rows=rows, labels=labels or None, causes=TOLD, limit=most, newest_first=True
    )
    return _part(window, sorted(found, key=lambda event: event.kind in ENDS), tuple, wide=len(found) == most)


def near(archive: Archive, text: str) -> tuple[Provider, ...]:
    """The providers that a text may have meant: with words that begin so, else with names that are alike."""
    wanted = words(text)
    if sum(map(len, wanted)) < LEAST:
        return ()
    found = dict.fromkeys(slug for slug, _ in search.names(archive.store, search.all_of(wanted, begin=True)))
    if not found:
        alike = (archive.names.meant(name)[:1] for name in archive.names.close(" ".join(wanted)))
        found = dict.fromkeys(one.slug for own in alike for one in own)
    known = map(archive.names.known, list(found)[:MOST_NEAR])
    return tuple(one for one in known if one is not None)
