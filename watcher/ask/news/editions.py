"""Editions of registers, what each brought, and what two of one register state otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.seen import editions as kept
from state.seen.events import bunched, log
from state.seen.looks import chain, evidence, runs
from state.seen.taken_back import forgotten
from state.words.labels import rank_of
from watcher.ask.news.looks import NEWS, Look, Size, look_of, look_of_group
from watcher.look.compare.editions import Side, differences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from state.file.store import Store
    from state.model import Event, Run
    from state.seen.editions import Edition
    from state.seen.events.bunched import Brought
    from state.words.kept import Snapshot
    from watcher.ask.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What `after` states otherwise than `before`, an earlier edition of the same source: each difference as
    an event, by the number of which `events` names those that the log has of its rows."""

    before: Edition
    after: Edition
    differences: tuple[Event, ...]
    events: Mapping[int, Sequence[int]]


def editions_of(archive: Archive, source: str) -> tuple[Edition, ...]:
    """All editions of a source, in the order in which they were read."""
    return archive.once(("editions", source), lambda: kept.editions(archive.store, source))


def newest(archive: Archive, sources: Iterable[str]) -> Sequence[Edition]:
    """The editions of some sources, the one that was read last first."""
    found = [edition for source in sources for edition in editions_of(archive, source)]
    return sorted(found, key=lambda edition: edition.number, reverse=True)


def stating(archive: Archive) -> tuple[str, ...]:
    """The sources that state labels: of the others an edition brings nothing that a reader would follow."""
    return tuple(name for name, source in archive.sources.items() if source.labels)


def named(archive: Archive, source: str, which: int | date) -> Edition | None:
    """The edition that a look with this number read, or that was the register's last word on a day: its own
    day, if it has one, else the last before; None where there is none."""
    found = editions_of(archive, source)
    if isinstance(which, int):
        # A look that failed or was forgotten read none: the one before it is not what was asked for.
        own = any(run.source == source and run.good for run in _run(archive, which))
        own = own and forgotten.reason_of(archive.store, which) is None
        there = [one for one in found if own and one.number <= which]
        return there[-1] if there else None
    there = [one for one in found if one.day == which] or [one for one in found if one.day < which]
    return there[-1] if there else None


def brought_by(archive: Archive, edition: Edition, size: Size, apart: Collection[int]) -> Look | None:
    """What an edition brought, without what the calendar brought meanwhile; None where that is nothing."""
    found = _brought(archive, edition, apart)
    return look_of_group(archive.store, found, size) if found else None


def by_label(
    archive: Archive, edition: Edition, size: Size, apart: Collection[int]
) -> Sequence[tuple[str, Look]]:
    """The same label by label, those that most people watch first."""
    found = _brought(archive, edition, apart)
    labels = sorted({bunch.label for one in found for bunch in one.bunches}, key=_as_watched)
    return [(label, look_of_group(archive.store, _only(found, label), size)) for label in labels]


def _brought(archive: Archive, edition: Edition, apart: Collection[int]) -> Sequence[Brought]:
    own = kept.looks_at(archive.store, edition)
    asked = log.required(runs=own, kinds=NEWS, few=True)
    # Between its own first and last: it is far to both ends of a long log.
    first, last = bunched.span(archive.store, asked.copy())
    return list(bunched.brought(archive.store, asked, apart=apart, before=last + 1, least=first))


def _only(found: Sequence[Brought], label: str) -> list[Brought]:
    """What looks brought of one label."""
    own = ((one.run, tuple(bunch for bunch in one.bunches if bunch.label == label)) for one in found)
    return [bunched.Brought(run=run, bunches=bunches) for run, bunches in own if bunches]


def _as_watched(label: str) -> tuple[int, str]:
    """The place of a label among all, those that most people watch first."""
    return rank_of(label), label


def compared(archive: Archive, one: Edition, other: Edition) -> Compared:
    """What the later of two editions of a source states otherwise than the earlier one, and only that: what
    came and went in between is no difference."""
    before, after = sorted((one, other), key=lambda edition: edition.number)
    return archive.once(("compared", before, after), lambda: _compared(archive, before, after))


def _compared(archive: Archive, before: Edition, after: Edition) -> Compared:
    store = archive.store
    found = differences(_side(archive, before), _side(archive, after), _snapshot(archive, after))
    lines = sorted({line for one in found for line in one.lines})
    told = kept.events_between(store, lines, before.last, after.last)
    numbers = {
        one.event.id: sorted({number for line in one.lines for number in told.get(line, ())}) for one in found
    }
    return Compared(
        before=before,
        after=after,
        differences=tuple(one.event for one in found),
        events=numbers,
    )


def _side(archive: Archive, edition: Edition) -> Side:
    return Side(
        source=edition.source,
        rows=[version.known for version in kept.listed(archive.store, edition)],
        at=edition.at,
        edition_at=edition.edition_at,
        covers=_covered(archive.store, edition),
    )


def _covered(store: Store, edition: Edition) -> Collection[str]:
    """What a source covered by then, also where it found no row: as the link of its look states it."""
    try:
        covers: Collection[str] = chain.link_of(store, edition.last).facts["accepted"]["covers"]
    except LookupError:  # a look of before there were links
        return runs.run(store, edition.last).rows
    return covers


def _snapshot(archive: Archive, edition: Edition) -> Snapshot:
    number = runs.run(archive.store, edition.number).snapshot
    assert number is not None  # noqa: S101 -- a good look has its pages
    return evidence.snapshot(archive.store, number)


def as_looks(archive: Archive, found: Compared, size: Size) -> Sequence[tuple[str, Look]]:
    """The differences label by label, as looks are told."""
    by_label: dict[str, list[Event]] = {}
    for event in found.differences:
        by_label.setdefault(event.label, []).append(event)
    return [
        (label, look_of(archive.store, found.after.number, own, size))
        for label, own in sorted(by_label.items(), key=lambda one: _as_watched(one[0]))
    ]


def pairs(
    archive: Archive, sources: Iterable[str], one: int | date, other: int | date
) -> Sequence[tuple[Edition, Edition]]:
    """Two editions of each source that has them; where days are meant, of those alone whose editions are of
    these very days, if there are such. The number of a look is one source's own."""
    both = ((named(archive, source, one), named(archive, source, other)) for source in sources)
    found = [(first, second) for first, second in both if first is not None and second is not None]
    return [pair for pair in found if _is(pair[0], one) and _is(pair[1], other)] or found


def _is(edition: Edition, which: int | date) -> bool:
    """Whether an edition is the very one, and not the last before that day."""
    return which in (edition.day, edition.number)


def _run(archive: Archive, number: int) -> Sequence[Run]:
    try:
        return [runs.run(archive.store, number)]
    except LookupError:
        return []
