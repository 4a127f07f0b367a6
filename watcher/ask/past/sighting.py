"""What was seen of a register, and when: the stretches of time for which its content is known. Pure.

Two clocks meet here. A dated edition speaks from its own stamp until the last look that still found it; an
undated page speaks for the moment of the look. What lies between two stretches nobody saw.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, starmap

from state.model import Event, Kind, Run, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time for which one source's content is known, by one run or several of the same edition.

    `start` is the stamp of the edition, or the look itself; `end` the last look that found the same edition.
    `first` and `last` are the runs, both good.
    """

    start: datetime
    end: datetime
    first: Run
    last: Run
    labels: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One stretch, and the held rows that it shows of one provider under one label.

    `missing` are rows listed until then that the stretch does not show, and nobody confirmed so far that they
    are gone.
    """

    stretch: Stretch
    rows: tuple[Version, ...]
    missing: tuple[Version, ...] = ()

    @property
    def start(self) -> datetime:
        """From when on this was so."""
        return self.stretch.start

    @property
    def end(self) -> datetime:
        """When it was last seen to be so."""
        return self.stretch.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The sightings around the day: the last one without the provider, the first and last with, and the
    first without again; None where there is none."""

    last_without: Sighting | None = None
    first_with: Sighting | None = None
    last_with: Sighting | None = None
    first_without: Sighting | None = None


UNBOUNDED = Bounds()


def stretches(good: Iterable[Run]) -> tuple[Stretch, ...]:
    """The stretches that good runs of one source make, in order of time."""
    groups = [tuple(group) for _, group in groupby(good, key=_edition)]
    starts = [_start(group[0]) for group in groups]
    following = (*starts[1:], None)
    return tuple(
        starmap(_stretch, zip(groups, starts, following, strict=False))
    )  # no group: one None too many


def _edition(run: Run) -> tuple[datetime | None, int]:
    """Runs of one dated edition belong together; each look at an undated page stands alone."""
    return (run.edition_at, 0 if run.edition_at else run.id)


def _start(first: Run) -> datetime:
    return min(first.edition_at or first.at, first.at)


def _stretch(group: Sequence[Run], start: datetime, following: datetime | None) -> Stretch:
    """Ends before the next edition: a look later than that stamp found a stale or saved copy."""
    found = [run.at for run in group if following is None or run.at < following]
    return Stretch(
        start=start,
        end=max(found, default=start),
        first=group[0],
        last=group[-1],
        labels=frozenset().union(*(run.rows for run in group)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """Lines of life that our own reader got wrong: `found` were overlooked, `unsaid` never there."""

    found: frozenset[int] = frozenset()
    unsaid: frozenset[int] = frozenset()


def corrections(rereadings: Iterable[Event]) -> Corrections:
    """What the events of rereadings say of our own reader's mistakes."""
    found: set[int] = set()
    unsaid: set[int] = set()
    for event in rereadings:
        if event.kind in (Kind.GAINED, Kind.SERVICE_ADDED):
            found.update(event.rows)
        elif event.kind in (Kind.LOST, Kind.SERVICE_REMOVED):
            unsaid.update(event.rows)
    return Corrections(found=frozenset(found), unsaid=frozenset(unsaid))


def spoken(seen: Sequence[Stretch], versions: Collection[Version]) -> tuple[Stretch, ...]:
    """The stretches that looked at a label at all, given all its versions of one source."""
    return tuple(stretch for stretch in seen if _spoke(stretch, versions))


def shown(
    seen: Sequence[Stretch], own: Collection[Version], corrected: Corrections = Corrections()
) -> tuple[Sighting, ...]:
    """What each stretch that looked at a label shows of one provider's versions.

    A row whose removal was held at first, and believed later, was gone from the first look without it.
    Stretches whose answer our own reader may have got wrong are left out: nobody knew.
    """
    own = [version for version in own if version.known.attestation.stands]
    return _shown(seen, own, corrected, ([v for v in own if stood(v, stretch)] for stretch in seen))


def shown_at(
    seen: Sequence[Stretch], own: Collection[Version], more: Collection[int] | None = None
) -> tuple[Sighting, ...]:
    """What `shown` says of the stretches in `seen`, which is `in_order`, at its turns; at other places where
    `more` names some.

    A version stands from one place to another: no stretch is asked of it that lies before or after.
    """
    own = [version for version in own if version.known.attestation.stands]
    bounds = [_bounds(version, seen) for version in own]
    places = sorted(turns(seen, own, bounds) if more is None else more)
    standing: list[list[Version]] = [[] for _ in places]
    for version, (begins, ends) in zip(own, bounds, strict=True):
        for n in range(bisect_left(places, begins), bisect_left(places, ends)):
            standing[n].append(version)
    return _shown([seen[n] for n in places], own, Corrections(), standing)


def _shown(
    seen: Sequence[Stretch],
    own: Collection[Version],
    corrected: Corrections,
    standing: Iterable[Sequence[Version]],
) -> tuple[Sighting, ...]:
    """What stretches show of held versions, given those that stood at each."""
    late = [version for version in own if version.known.row in corrected.found]
    over = _over(own)
    away = any(version.known.missing_since is not None or version.absent for version in own)
    found = []
    for stretch, then in zip(seen, standing, strict=True):
        held = [v for v in then if not (away and _waits(v, stretch) and _last_of(v) in over)]
        missing = tuple(version for version in held if away and lacks(version, stretch))
        rows = tuple(held)
        if missing or corrected.unsaid:
            rows = tuple(v for v in held if v not in missing and v.known.row not in corrected.unsaid)
        overlooked = any(version.since_run > stretch.last.id for version in late)
        if rows or missing or not (held or overlooked):
            found.append(Sighting(stretch=stretch, rows=rows, missing=missing))
    return tuple(found)


def in_order(seen: Sequence[Stretch]) -> bool:
    """Whether stretches follow each other by their runs, and by their editions, which all have or none."""
    stamps = [one.last.edition_at for one in seen]
    dated = [stamp for stamp in stamps if stamp is not None]
    ids = [one.last.id for one in seen]
    return ids == sorted(ids) and dated == sorted(dated) and len(dated) in (0, len(seen))


def turns(
    seen: Sequence[Stretch], own: Collection[Version], bounds: Collection[tuple[int, int]] | None = None
) -> frozenset[int]:
    """The places in `seen` where what is shown of some versions begins or ends, the first and last of all
    included: what lies between two of them shows the same. `bounds` are those of the versions, known where
    `seen` is `in_order`."""
    ordered = bounds is not None
    waiting = [version for version in own if version.known.missing_since is not None or version.absent]
    found = {n for both in bounds or () for n in both}
    marks = [
        (*[stood(v, one) for v in own if not ordered], *[lacks(v, one) for v in waiting])
        for one in (seen if waiting or not ordered else ())
    ]
    moved = {n for n in found if 0 < n < len(seen)}
    moved |= {n for n in range(1, len(marks)) if marks[n] != marks[n - 1]}
    return frozenset({*moved, *(n - 1 for n in moved), *range(len(seen))[:1], *range(len(seen))[-1:]})


def _bounds(version: Version, seen: Sequence[Stretch]) -> tuple[int, int]:
    """Where in stretches that are in order a version begins to be part of the listing, and where it ends."""
    dated = bool(seen) and seen[0].last.edition_at is not None
    if dated and version.since_edition is not None:
        begins = bisect_left(seen, version.since_edition, key=_stamp)
    else:
        begins = bisect_left(seen, version.since_run, key=_run)
    if version.until_run is None:
        return begins, len(seen)
    if dated and version.until_edition is not None:
        return begins, bisect_left(seen, version.until_edition, key=_stamp)
    return begins, bisect_left(seen, version.until_run, key=_run)


def _stamp(stretch: Stretch) -> datetime:
    assert stretch.last.edition_at is not None  # noqa: S101 -- asked of dated ones alone
    return stretch.last.edition_at


def _run(stretch: Stretch) -> int:
    return stretch.last.id


def _over(own: Collection[Version]) -> frozenset[tuple[int, int]]:
    """The last versions of lines of life that have ended."""
    last: dict[int, Version] = {}
    for version in sorted(own, key=lambda version: version.since_run):
        last[version.known.row] = version
    return frozenset(_last_of(version) for version in last.values() if version.until_run is not None)


def _last_of(version: Version) -> tuple[int, int]:
    return (version.known.row, version.since_run)


def stood(version: Version, stretch: Stretch) -> bool:
    """Whether a version is part of the listing at a stretch.

    Editions are compared by their own dates, so that a row which a better reader found later in an old
    edition stands in that edition.
    """
    edition, run = stretch.last.edition_at, stretch.last.id
    if edition is None or version.since_edition is None:
        began = version.since_run <= run
    else:
        began = version.since_edition <= edition
    if version.until_run is None:
        return began
    if edition is None or version.until_edition is None:
        return began and version.until_run > run
    return began and version.until_edition > edition


def _spoke(stretch: Stretch, versions: Collection[Version]) -> bool:
    """Whether a stretch looked at the label at all.

    A reading that leaves a label out keeps its rows as they were; that is no sighting of them.
    """
    if not any(version.since <= stretch.last.at or stood(version, stretch) for version in versions):
        return False
    if next(iter(versions)).known.attestation.label in stretch.labels:
        return True
    edition = stretch.last.edition_at
    standing = [version for version in versions if stood(version, stretch)]
    return not standing or any(version.since_edition == edition is not None for version in standing)


def lacks(version: Version, stretch: Stretch) -> bool:
    """Whether a stretch does not show a version although it still counts as listed, or was shown again."""
    at = stretch.last.at
    return _waits(version, stretch) or any(since <= at < until for since, until in version.absent)


def _waits(version: Version, stretch: Stretch) -> bool:
    """Whether a version was missing by then, and has been ever since."""
    since = version.known.missing_since
    return since is not None and since <= stretch.last.at


def bounds_around(seen: Sequence[Sighting], earlier: int) -> Bounds:
    """The sightings between which the provider came and went, around the day: `earlier` began by then."""
    past = range(earlier - 1, -1, -1)
    with_until_now = next((n for n in past if seen[n].rows), None)
    start = with_until_now
    while start is not None and start > 0 and seen[start - 1].rows:
        start -= 1
    if start is None:
        start = next((n for n in range(earlier, len(seen)) if seen[n].rows), None)
    if start is None:
        return Bounds(last_without=_at(seen, earlier - 1), first_without=_at(seen, earlier))
    stop = start
    while stop + 1 < len(seen) and seen[stop + 1].rows:
        stop += 1
    return Bounds(
        last_without=_at(seen, start - 1),
        first_with=seen[start],
        last_with=seen[stop],
        first_without=_at(seen, stop + 1),
    )


def _at(seen: Sequence[Sighting], n: int) -> Sighting | None:
    return seen[n] if 0 <= n < len(seen) else None
