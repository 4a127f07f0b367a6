"""What was seen of a register, and when: the stretches of time for which its content is known. Pure.

Two clocks meet here. A dated edition speaks from its own stamp until the last look that still found it; an
undated page speaks for the moment of the look. What lies between two stretches nobody saw.
"""

from __future__ import annotations

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
    """One stretch, and the held rows that it shows of one provider under one label."""

    stretch: Stretch
    rows: tuple[Version, ...]

    @property
    def start(self) -> datetime:
        """From when on this was so."""
        return self.stretch.start

    @property
    def end(self) -> datetime:
        """When it was last seen to be so."""
        return self.stretch.end


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
    """Rows (lines of life) that our own reader got wrong: `found` had been overlooked, `unsaid` were never
    there."""

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


def sightings(
    seen: Sequence[Stretch],
    versions: Collection[Version],
    provider: str,
    corrected: Corrections = Corrections(),
) -> tuple[Sighting, ...]:
    """What each stretch says of a provider (a slug), given all versions of one source and label.

    Left out are stretches that did not look at the label, those that did not show a row whose removal was
    held at the time, and those whose answer our own reader may have got wrong: nobody knew.
    """
    found = []
    own = [v for v in versions if v.known.provider.slug == provider and v.known.attestation.held]
    for stretch in seen:
        standing = [version for version in versions if stood(version, stretch)]
        if not _spoke(stretch, versions, standing):
            continue
        held = [version for version in own if stood(version, stretch)]
        sure = tuple(
            one for one in held if not _missing(one, stretch) and one.known.row not in corrected.unsaid
        )
        overlooked = any(
            version.known.row in corrected.found and version.since_run > stretch.last.id for version in own
        )
        if sure or not (held or overlooked):
            found.append(Sighting(stretch=stretch, rows=sure))
    return tuple(found)


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


def _spoke(stretch: Stretch, versions: Collection[Version], standing: Collection[Version]) -> bool:
    """Whether a stretch looked at the label at all.

    A reading that leaves a label out keeps its rows as they were; that is no sighting of them.
    """
    if not any(version.since <= stretch.last.at or stood(version, stretch) for version in versions):
        return False
    label = next(iter(versions)).known.attestation.label
    edition = stretch.last.edition_at
    reread = any(version.since_edition == edition is not None for version in standing)
    return label in stretch.labels or reread or not standing


def _missing(version: Version, stretch: Stretch) -> bool:
    since = version.known.missing_since
    return since is not None and since <= stretch.last.at
