"""How a label is seen: which registers say who holds it, how each of them is, and what nobody read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from state.seen.looks import runs
from state.seen.rows import overview
from state.words.labels import ALWAYS, LABELS
from watcher.ask.holders import Edition
from watcher.ask.watch.watched import condition_of
from watcher.look.condition import Condition, State

if TYPE_CHECKING:
    from state.file.store import Store
    from watcher.ask.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """How one source is as far as one label is concerned, and how many of its rows the last reading lacks."""

    source: str
    condition: Condition
    missing: int = 0


def conditions(archive: Archive) -> Mapping[str, Condition]:
    """How each enabled source is."""
    return {
        name: condition_of(archive.store, source, archive.now) for name, source in archive.sources.items()
    }


def sighted(archive: Archive, label: str, known: Mapping[str, Condition]) -> tuple[Sighted, ...]:
    """How the sources that say who holds a label are; before any of them was read, those that could."""
    stating = [name for name in overview.sources_saying(archive.store, label) if name in known]
    could = [name for name, source in archive.sources.items() if label in source.labels]
    found = []
    for name in stating or could:
        missing = overview.missing(archive.store, label, name)
        found.append(Sighted(source=name, condition=known[name].under(label, missing), missing=missing))
    return tuple(found)


def troubled(seen: Sequence[Sighted]) -> tuple[Sighted, ...]:
    """Those that are not `ok`, or that lack rows which nobody confirmed to be gone."""
    return tuple(one for one in seen if one.condition.state is not State.OK or one.missing)


def troubles(archive: Archive, labels: Iterable[str]) -> tuple[Sighted, ...]:
    """What is wrong today with the sources that say who holds some labels."""
    known = conditions(archive)
    return tuple(one for label in labels for one in troubled(sighted(archive, label, known)))


def read_labels(store: Store) -> frozenset[str]:
    """The labels of which a register that says who holds them was ever read, be it that nobody does."""
    covered = frozenset[str]().union(*overview.covered(store).values())
    return frozenset(covered & LABELS.keys()) | overview.stated(store, LABELS.keys() - covered)


def unread_labels(archive: Archive) -> tuple[str, ...]:
    """The labels of which nobody knows who holds them: no register that says so was ever read."""
    asked = {*ALWAYS, *(label for source in archive.sources.values() for label in source.labels)}
    unread = asked - read_labels(archive.store)
    return tuple(label for label in LABELS if label in unread)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How well the watch sees: how each enabled source is, and when it was last read, None for never."""

    conditions: Mapping[str, Condition]
    read: Mapping[str, datetime | None]

    @property
    def blind(self) -> Mapping[str, Condition]:
        """The sources that do not show all there is to see."""
        return {name: one for name, one in self.conditions.items() if one.state is not State.OK}

    @property
    def never(self) -> bool:
        """Whether none of them was ever read."""
        return not any(self.read.values())

    @property
    def oldest(self) -> datetime | None:
        """When the one that was read least lately was read."""
        return min((at for at in self.read.values() if at is not None), default=None)


def sight(archive: Archive) -> Sight:
    """How well the watch sees now."""
    return Sight(
        conditions=conditions(archive),
        read={name: runs.state_of(archive.store, name).last_good for name in archive.sources},
    )


def candidates_read(store: Store, label: str) -> bool:
    """Whether a page of candidates was ever read: a source covers the label, and nobody holds it there."""
    holding = overview.sources_saying(store, label)
    return any(label in one.covers for one in runs.states(store) if one.source not in holding)


def stale_sources(archive: Archive) -> Mapping[str, datetime]:
    """The sources that were not read for so long that they do not speak for today, and when they were."""
    read = {one.source: one.last_good for one in runs.states(archive.store) if one.last_good}
    return {name: at for name, at in read.items() if archive.now - at > archive.patience(name)}


def last_editions(archive: Archive, label: str) -> tuple[Edition, ...]:
    """The last good reading of each source that says who holds the label, and whether it is recent enough."""
    return last_readings(archive, overview.sources_saying(archive.store, label))


def last_readings(archive: Archive, sources: Iterable[str]) -> tuple[Edition, ...]:
    """The same of some sources."""
    now, found = archive.now, []
    for source in sources:
        state = runs.state_of(archive.store, source)
        if state.last_good is not None:
            fresh = now - state.last_good <= archive.patience(source)
            found.append(Edition(source=source, at=state.last_good, edition_at=state.edition_at, fresh=fresh))
    return tuple(found)
