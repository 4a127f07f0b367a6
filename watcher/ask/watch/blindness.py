"""When nobody looked: the times in which no source that says who holds a label was seen, for pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from state.model import day_of
from state.seen.rows import overview
from watcher.ask.watch.watched import MOST_LOOKS, last_looks

if TYPE_CHECKING:
    from state.model import Run
    from watcher.ask.archive import Archive

Span = tuple[date, date]
LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """A time in which a source was not seen, None for until now."""

    source: str
    since: datetime
    until: datetime | None


def blind(archive: Archive, name: str, looks: Sequence[Run]) -> tuple[Blind, ...]:
    """When a source was not seen: from a failed look to the next good one, and in long silences."""
    found: list[Blind] = []
    since: datetime | None = None
    for run, later in pairwise((*looks, None)):
        if run is None:
            continue
        if since is not None and run.good:
            found.append(Blind(source=name, since=since, until=run.at))
            since = None
        silent = (later.at if later else archive.now) - run.at > archive.patience(name)
        if since is None and (not run.good or silent):
            since = run.at
    return (*found, Blind(source=name, since=since, until=None)) if since is not None else tuple(found)


def unseen(archive: Archive, label: str) -> tuple[Span, ...]:
    """From which day to which none of the sources that say who holds a label was seen; days that are shorter
    than one are left out."""
    sources = [name for name in overview.sources_stating(archive.store, label) if name in archive.sources]
    spans = [
        _days(blind(archive, name, last_looks(archive, name, MOST_LOOKS)), archive.now) for name in sources
    ]
    return _in_all(spans)


def _days(spans: Iterable[Blind], now: datetime) -> tuple[Span, ...]:
    days = ((day_of(one.since), day_of(one.until or now)) for one in spans)
    return tuple((start, end) for start, end in days if start < end)


def _in_all(spans: Sequence[Sequence[Span]]) -> tuple[Span, ...]:
    """The time that is in each of several lists of spans."""
    found, *rest = spans or [()]
    for other in rest:
        both = ((max(a, c), min(b, d)) for a, b in found for c, d in other)
        found = tuple((start, end) for start, end in both if start < end)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of the last days, as per cents of their width."""

    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """How a source was watched in the last 90 days.

    `seen` is the time since its first look, None where it had none, `blind` when it was not seen even so;
    `share` how much of that time was not blind, in per cent.
    """

    first: date
    last: date
    seen: Stretch | None
    blind: tuple[Stretch, ...]
    share: float | None


def lately(now: datetime, looks: Sequence[Run], spans: Sequence[Blind]) -> Lately:
    """The last 90 days of a source, by its looks and the times in which it was not seen."""
    begun = now - LATELY
    first = max(looks[0].at, begun) if looks else None
    late = within(spans, begun)
    return Lately(
        first=day_of(begun),
        last=day_of(now),
        seen=_stretch(begun, first, now) if first else None,
        blind=tuple(_stretch(begun, one.since, one.until or now) for one in late),
        share=share(now, begun, looks, late),
    )


def within(spans: Iterable[Blind], since: datetime) -> tuple[Blind, ...]:
    """What of these times falls after `since`."""
    late = (one for one in spans if one.until is None or one.until > since)
    return tuple(replace(one, since=max(one.since, since)) for one in late)


def share(now: datetime, begun: datetime, looks: Sequence[Run], spans: Iterable[Blind]) -> float | None:
    """How much of the time since `begun`, or since a first look in it, was not blind, in per cent; `spans`
    are those `within` it. None where no time has passed since a look."""
    whole = now - max(looks[0].at, begun) if looks else timedelta(0)
    lost = sum(((one.until or now) - one.since for one in spans), timedelta(0))
    return round(100 * (1 - lost / whole), 1) if whole else None


def _stretch(begun: datetime, start: datetime, end: datetime) -> Stretch:
    x = 100 * ((start - begun) / LATELY)
    return Stretch(x=round(x, 2), width=max(round(100 * ((end - start) / LATELY), 2), 0.5))
