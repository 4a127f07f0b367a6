"""Pictures of time as numbers that a template draws: a provider's lanes, a label's number of holders.

Places are per cents of the width, so that a picture fills any screen without being distorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from state.model import Kind, day_of
from state.seen.events import bunched
from state.seen.rows import life, overview
from state.words.labels import rank_of
from watcher.ask.history import TOLD

if TYPE_CHECKING:
    from state.file.store import Store
    from state.seen.events.bunched import Mark
    from state.seen.rows.life import Life
    from state.words.documented import Documented
    from state.words.sizes import Size
    from watcher.ask.standing.curve import Counts

PAST_YEARS = 6
DOCUMENTED_YEARS = 20
"""How far back documents are drawn: the first hosts of health data were approved in 2009."""
FUTURE_YEARS = 5
MOST_TICKS = 6
MOST_MONTHS = 24
MOST_MONTH_TICKS = 4
MOST_RIGHT = 86
"""How far right a month may begin so that a phone has room for its name."""
MOST_MARKS = 300
MOST_LEVELS = 4
CHART_HEIGHT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stretch of a lane: from `x` on, `width` wide, beginning on the day `start`.

    `first` says that it begins with the first reading: what was before was not read.
    """

    x: float
    width: float
    start: date
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """An event on a lane."""

    x: float
    event: int
    kind: Kind
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One label: the time before anybody read who holds it (`unread`), when nobody looked (`unseen`), when it
    was seen listed, what its decisions print, what documents say (`documented`), and its events."""

    label: str
    unread: Bar | None
    unseen: tuple[Bar, ...]
    seen: tuple[Bar, ...]
    printed: tuple[Bar, ...]
    points: tuple[Point, ...]
    documented: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A year on the axis, or the first day of a month."""

    x: float
    year: int
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The whole picture; `now` is the place of today."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    now: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Turns days into places."""

    first: date
    last: date

    def at(self, day: date) -> float:
        """The place of a day, never outside the picture."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def bar(self, start: date, end: date, *, first: bool = False) -> Bar:
        """The stretch between two days, never too thin to be seen."""
        x = self.at(start)
        return Bar(x=min(x, 99.6), width=max(round(self.at(end) - x, 2), 0.4), start=start, first=first)

    def ticks(self) -> tuple[Tick, ...]:
        """The years, every second or third where there are many."""
        years = [y for y in range(self.first.year, self.last.year + 2) if self.shows(date(y, 1, 1))]
        step = -(-len(years) // MOST_TICKS) or 1
        return tuple(Tick(x=self.at(date(year, 1, 1)), year=year) for year in years[::step])

    def months(self) -> tuple[Tick, ...]:
        """The first days of months, as many as have room; years where there are too many months."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        if count > MOST_MONTHS:
            return tuple(one for one in self.ticks() if one.x < MOST_RIGHT)
        step = -(-count // MOST_MONTH_TICKS) or 1
        months = range(self.first.month, self.first.month + count, step)
        days = [date(self.first.year + month // 12, month % 12 + 1, 1) for month in months]
        return tuple(
            Tick(x=self.at(day), year=day.year, day=day) for day in days if self.at(day) < MOST_RIGHT
        )

    def shows(self, day: date) -> bool:
        """Whether a day has a place inside, away from the right edge."""
        return self.first <= day and self.at(day) < 97


Span = tuple[date, date]
Spans = Mapping[str, Sequence[Span]]
"""Times by label."""
NO_SPANS: Spans = {}


def picture(
    store: Store,
    provider: str,
    today: date,
    unseen: Callable[[str], Sequence[Span]],
    documents: Sequence[Documented],
) -> Timeline | None:
    """A provider's timeline as the memory has it; `unseen` says when nobody looked at the registers that say
    who holds a label, `documents` are what people say of it besides."""
    lives = life.lives(store, provider)
    spoken = {(one.label, one.source) for one in lives}
    told = {one.label for one in documents}
    spoken |= {(label, source) for label in told for source in overview.sources_stating(store, label)}
    read = {one: day_of(life.first_read(store, *one)) for one in spoken}
    marks = bunched.marks(store, provider, TOLD, MOST_MARKS)
    blind = {label: unseen(label) for label, _ in spoken}
    vouched: dict[str, list[Span]] = {}
    for one in documents:
        if one.span:
            vouched.setdefault(one.label, []).append(one.span)
    return timeline(lives, marks, today, read, blind, vouched)


def timeline(
    lives: Sequence[Life],
    marks: Sequence[Mark],
    today: date,
    read: Mapping[tuple[str, str], date],
    unseen: Spans = NO_SPANS,
    documented: Spans = NO_SPANS,
) -> Timeline | None:
    """A provider's labels, one lane each, in the order of the table of labels; None when there is nothing to
    draw. `read` are the days from which on a source was read to say who holds a label, by label and source,
    `unseen` the times in which nobody looked, `documented` those that documents vouch for, by label."""
    if not lives and not documented:
        return None
    scale = _scale(lives, today, documented)
    labels = {one.label for one in lives} | documented.keys()
    lanes = (
        _lane(
            label,
            [one for one in lives if one.label == label],
            [mark for mark in marks if mark.label == label],
            scale,
            today,
            {source: day for (name, source), day in read.items() if name == label},
            unseen.get(label, ()),
            documented.get(label, ()),
        )
        for label in sorted(labels, key=lambda label: (rank_of(label), label))
    )
    return Timeline(lanes=tuple(lanes), ticks=scale.ticks(), now=scale.at(today))


def _scale(lives: Sequence[Life], today: date, documented: Spans) -> Scale:
    starts = [day_of(life.since) for life in lives] + [d for one in lives if (d := one.valid_from)] + [today]
    ends = [d for one in lives if (d := one.valid_until)] + [today]
    told = [span[0] for spans in documented.values() for span in spans]
    first = max(min(starts), today - timedelta(days=365 * PAST_YEARS))
    earlier = [max(day, today - timedelta(days=365 * DOCUMENTED_YEARS)) for day in told]
    last = min(max(ends), today + timedelta(days=365 * FUTURE_YEARS))
    return Scale(first=min([first, *earlier]) - timedelta(days=45), last=last + timedelta(days=45))


def _lane(
    label: str,
    own: Sequence[Life],
    marks: Sequence[Mark],
    scale: Scale,
    today: date,
    read: Mapping[str, date],
    unseen: Sequence[Span],
    documented: Sequence[Span],
) -> Lane:
    # What is only documented was never read.
    begun = min(read.values(), default=scale.first if own else today)
    there = {day_of(one.since) for one in own if read.get(one.source) == day_of(one.since)}
    seen = [(day_of(one.since), day_of(one.until) if one.until else today) for one in own]
    printed = [(one.valid_from or day_of(one.since), one.valid_until) for one in own if one.valid_until]
    return Lane(
        label=label,
        unread=scale.bar(scale.first, begun) if begun > scale.first else None,
        unseen=tuple(scale.bar(max(start, begun), end) for start, end in unseen if end > begun),
        seen=tuple(scale.bar(*span, first=span[0] in there) for span in _union(seen)),
        printed=tuple(scale.bar(*span) for span in _union(printed) if span[0] <= span[1]),
        points=tuple(
            Point(x=scale.at(day), event=mark.event, kind=mark.kind, day=day)
            for mark in reversed(marks)
            if (day := day_of(mark.seen_at)) >= scale.first
        ),
        documented=tuple(scale.bar(*span) for span in _union(documented) if span[1] >= scale.first),
    )


def _union(spans: Iterable[Span]) -> list[Span]:
    """The spans, those that touch made one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + timedelta(days=1):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """From a day on, so many holders; `x`, `width`, `y` and `height` place the column under it."""

    day: date
    count: int
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A number that others reported, at its place."""

    size: Size
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The number of holders over time; `top` is the highest line of the grid, `levels` are all of them with
    their places, `unseen` the times in which nobody looked. Apart from what was counted (`steps`) are drawn
    what documents say (`documented`) and what others reported (`reported`)."""

    steps: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    top: int
    levels: tuple[tuple[int, float], ...]
    unseen: tuple[Bar, ...]
    documented: tuple[Column, ...]
    reported: tuple[Dot, ...]
    height: int = CHART_HEIGHT


def levels_of(most: int) -> list[int]:
    """The lines of a grid that a number of holders fits under: round numbers, from nothing on."""
    steps = (size * 10**power for power in range(6) for size in (1, 2, 5))
    step = next(one for one in steps if one * MOST_LEVELS >= most)
    return list(range(0, -(-most // step) * step + 1, step))


def chart(
    counts: Counts,
    today: date,
    unseen: Sequence[Span] = (),
    documented: Counts = (),
    reported: Sequence[Size] = (),
) -> Chart | None:
    """How many providers held a label, from each day in `counts` on, and when nobody looked; None before
    anything was read of it or said by others."""
    days = [*counts, *documented, *((one.day, one.count) for one in reported)]
    if not days:
        return None
    levels = levels_of(max(count for _, count in days) or 1)
    top, first = levels[-1], min(day for day, _ in days)
    scale = Scale(first=first, last=max(today, *(day + timedelta(days=1) for day, _ in days)))
    begun = counts[0][0] if counts else scale.last
    blind = [(first, begun)] if first < begun else []
    return Chart(
        steps=_columns(counts, scale.last, scale, top),
        ticks=scale.months(),
        top=top,
        levels=tuple((one, _height(one, top)) for one in levels),
        unseen=tuple(
            scale.bar(max(start, scale.first), end) for start, end in (*blind, *unseen) if end > scale.first
        ),
        documented=tuple(one for one in _columns(documented, begun, scale, top) if one.count),
        reported=tuple(Dot(size=one, x=scale.at(one.day), y=_height(one.count, top)) for one in reported),
    )


def _height(count: int, top: int) -> float:
    return round(CHART_HEIGHT * (1 - count / top), 1)


def _columns(counts: Sequence[tuple[date, int]], last: date, scale: Scale, top: int) -> tuple[Column, ...]:
    ends = [day for day, _ in counts[1:]] + [last]
    return tuple(
        Column(
            day=day,
            count=count,
            x=scale.at(day),
            width=max(round(scale.at(end) - scale.at(day), 2), 0.1),
            y=_height(count, top),
            height=round(CHART_HEIGHT * count / top, 1),
        )
        for (day, count), end in zip(counts, ends, strict=False)
    )
