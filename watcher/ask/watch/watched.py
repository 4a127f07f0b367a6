"""How well each source is watched: its state in a word, and the time that good looks cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from notifiers.said.reasons import said
from state.seen.looks import runs
from watcher.look.condition import Condition, condition, overdue
from watcher.look.slots import next_look

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store
    from state.model import Run
    from state.words.kept import SourceState
    from watcher.ask.archive import Archive

MOST_LOOKS = 2_000
"""How many looks at a source a page is made of: more than a year of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How well a source is watched. `coverage` is the share of time since the first look that good looks
    cover, in per cent, None before the first look: from each failed look to the next good one the watch is
    blind, and so is it in any silence longer than the source's patience. `last` is the last look."""

    source: Source
    state: SourceState
    last: Run | None
    rows: Mapping[str, int]
    condition: Condition
    coverage: float | None

    @property
    def held(self) -> tuple[str, ...]:
        """What is not believed yet, a text each."""
        return tuple(said(one, "en") for one in self.condition.held)


def health(archive: Archive, most: int | None = None) -> tuple[Health, ...]:
    """How well each configured source is watched, by all of its looks or the last ones."""
    return tuple(
        health_of(archive, source, last_looks(archive, name, most))
        for name, source in archive.sources.items()
    )


def last_looks(archive: Archive, source: str, most: int | None) -> tuple[Run, ...]:
    """The last looks at a source, oldest first."""
    return archive.once(
        ("looks", source, most),
        lambda: runs.runs(archive.store, source=source, limit=most, newest_first=True)[::-1],
    )


def health_of(archive: Archive, source: Source, looks: Sequence[Run]) -> Health:
    """How well a source is watched, by these looks, the last of which is the last of all."""
    good = _last_good(archive.store, source.name)
    return Health(
        source=source,
        last=looks[-1] if looks else None,
        state=runs.state_of(archive.store, source.name),
        rows=good.rows if good else {},
        condition=condition_of(archive.store, source, archive.now),
        coverage=coverage(looks, archive.now, source.stale_after),
    )


def condition_of(store: Store, source: Source, now: datetime) -> Condition:
    """How a source is, in a word."""
    state, stale_after = runs.state_of(store, source.name), source.stale_after
    late = overdue(state, stale_after, lambda seen: next_look(source, seen), now)
    return condition(state, _last_good(store, source.name), late)


def _last_good(store: Store, source: str) -> Run | None:
    found = runs.runs(store, source=source, good=True, limit=1, newest_first=True)
    return found[0] if found else None


def coverage(looks: Sequence[Run], now: datetime, patience: timedelta) -> float | None:
    """The share of the time since the first of `looks` that good ones cover, in per cent.

    A look whose clock is doubted says nothing of when it was made: one that was a year ahead for a minute
    would make the whole year blind.
    """
    looks = [one for one in looks if one.clock.trusted and one.at <= now]
    if not looks:
        return None
    spans = [(one, later.at - one.at) for one, later in pairwise(looks)]
    spans.append((looks[-1], max(now - looks[-1].at, timedelta(0))))
    good = [(run.good, span) for run, span in spans]
    total = sum((span for _, span in good), timedelta(0))
    if not total:
        return 100.0 if good[-1][0] else 0.0
    covered = sum((span for fine, span in good if fine and span <= patience), timedelta(0))
    return round(100 * (covered / total), 1)
