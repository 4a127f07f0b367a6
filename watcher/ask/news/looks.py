"""Looks as wholes: what each brought, weightiest first, what weighs little in number, ends apart.

An edition of a catalogue brings hundreds of events. One under the other they are a flood in which what people
came for drowns; together they are a few lines and a few numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from state.model import Cause, Kind, Weight, day_of
from state.seen.events import bunched, log
from state.seen.events.bunched import Brought, Bunch
from state.seen.looks import runs
from state.words.labels import LABELS, Family
from watcher.ask.past.was import first_moment, last_moment

if TYPE_CHECKING:
    from datetime import date, datetime

    from state.file.store import Conditions, Store
    from state.model import Event, Run

ENDS = (Kind.EXPIRING, Kind.EXPIRED)
"""What the calendar says of rows that stay as they are: it comes on any day, and by the dozen."""
NEWS = tuple(kind for kind in Kind if kind not in ENDS)
MOST_RUNS = 60
"""Looks that one answer goes through: those with nothing but ends are told as one, and may be many."""
FAMILIES = list(Family)
PRODUCTS = FAMILIES.index(Family.PRODUCTS)
PLACES = {slug: (FAMILIES.index(label.family), rank) for rank, (slug, label) in enumerate(LABELS.items())}
LAST = (len(FAMILIES), len(LABELS))
"""The place of a label that no table knows."""
KINDS = {kind: place for place, kind in enumerate(Kind)}
WEIGHTS = {weight: -weight.rank for weight in Weight}
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: an event, or the first of several of its kind that one provider has under one label, with
    their number and the number of the last."""

    event: Event
    events: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look brought, or several one after the other that brought nothing but ends: `run` is the newest
    of them, `since` the oldest.

    `counts` are its events by kind without ends and what weighs little; `more` are those behind `lines`,
    `low` weigh little, `ended` and `ending` passed their printed end or came near it, `more_ends` are those
    behind `ends`. `recorded` events, of `rows`, were there at first; `reread` a better reader found.
    """

    run: Run
    since: Run
    counts: Mapping[Kind, int]
    lines: tuple[Line, ...]
    more: int
    low: int
    ended: int
    ending: int
    ends: tuple[Line, ...]
    more_ends: int
    recorded: int
    rows: int
    reread: int
    first: int
    last: int

    @property
    def days(self) -> tuple[date, date]:
        """The days in Paris on which it began and ended; one, for one look."""
        return day_of(self.since.at), day_of(self.run.at)

    @property
    def only_ends(self) -> bool:
        """Whether nothing but the calendar moved."""
        others = (self.counts, self.low, self.recorded, self.reread)
        return bool(self.ended + self.ending) and not any(others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of each look is told: so many lines, so many about ends; more where there is nothing else."""

    lines: int = 8
    ends: int = 4


def looks_at(
    store: Store,
    wanted: Conditions,
    most: int,
    size: Size,
    *,
    apart: Collection[int] = (),
    before: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[tuple[Look, ...], int | None]:
    """The newest looks with events that meet conditions, and the number that the next ones are before, None
    where there are none. `apart` are events that are told one by one: those that were retracted."""
    found = bunched.brought(store, wanted, apart=apart, before=before, since=since, until=until)
    groups: list[list[Brought]] = []
    for count, one in enumerate(found):
        joins = bool(groups) and _only_ends(one) and _only_ends(groups[-1][-1])
        if count == MOST_RUNS or (len(groups) == most and not joins):
            return tuple(look_of_group(store, group, size) for group in groups), groups[-1][-1].first
        if joins:
            groups[-1].append(one)
        else:
            groups.append([one])
    return tuple(look_of_group(store, group, size) for group in groups), None


def every_look(
    store: Store,
    size: Size,
    *,
    sources: Collection[str] | None = None,
    since: date | None = None,
    until: date | None = None,
    apart: Collection[int] = (),
    lines: int | None = None,
) -> Iterator[Look]:
    """Every look that brought anything in some days, newest first; with `lines`, until so many are told."""
    begins, ends = first_moment(since), last_moment(until)
    asked = log.required(sources=sources, since=begins, until=ends, few=True)
    before: int | None = None
    while True:
        found, before = looks_at(
            store, asked, MOST_RUNS, size, apart=apart, before=before, since=begins, until=ends
        )
        for look in found:
            if lines is not None and lines <= 0:
                return
            yield look if lines is None else _cut(look, lines)
            lines = None if lines is None else lines - len(look.lines) - len(look.ends)
        if before is None:
            return


def _cut(look: Look, lines: int) -> Look:
    """The look with at most so many lines; what is left of them is counted with the others."""
    left, away = max(lines - len(look.lines), 0), look.lines[lines:]
    return replace(
        look,
        lines=look.lines[:lines],
        more=look.more + sum(line.events for line in away),
        ends=look.ends[:left],
        more_ends=look.more_ends + sum(line.events for line in look.ends[left:]),
    )


def look_of(store: Store, run: int, events: Sequence[Event], size: Size) -> Look:
    """What a look brought of these events."""
    found: dict[tuple[object, ...], Bunch] = {}
    for event in sorted(events, key=lambda event: event.id):
        key = (event.kind, event.weight, event.cause, event.provider.slug, event.label)
        one = Bunch(
            kind=event.kind,
            weight=event.weight,
            cause=event.cause,
            provider=event.provider.slug,
            label=event.label,
            first=event.id,
            last=event.id,
            events=1,
        )
        found[key] = _joined(found[key], one) if key in found else one
    known = {event.id: event for event in events}
    return look_of_group(store, [Brought(run=run, bunches=tuple(found.values()))], size, known)


def _only_ends(one: Brought) -> bool:
    return all(bunch.kind in ENDS for bunch in one.bunches)


def look_of_group(
    store: Store, group: Sequence[Brought], size: Size, known: Mapping[int, Event] | None = None
) -> Look:
    """What several looks brought, as one, the newest first; `known` are their events if they are at hand."""
    bunches = [bunch for one in group for bunch in one.bunches]
    happened = [bunch for bunch in bunches if bunch.cause.told]
    ends = sorted(_together(bunch for bunch in happened if bunch.kind in ENDS), key=_rank)
    news = [bunch for bunch in happened if bunch.kind not in ENDS]
    heavy = sorted((bunch for bunch in news if bunch.weight is not Weight.LOW), key=_rank)
    room = size.ends if len(ends) < len(bunches) else max(size.ends, size.lines)
    shown, near = heavy[: size.lines], ends[:room]
    numbers = {bunch.first for bunch in (*shown, *near)}
    events = log.some(store, numbers) if known is None else known
    kinds = _counted((bunch.kind, bunch.events) for bunch in (*heavy, *ends))
    causes = _counted((bunch.cause, bunch.events) for bunch in bunches)
    return Look(
        run=runs.run(store, group[0].run),
        since=runs.run(store, group[-1].run),
        counts={kind: kinds[kind] for kind in NEWS if kinds[kind]},
        lines=_lines(shown, events),
        more=_size(heavy[size.lines :]),
        low=_size(bunch for bunch in news if bunch.weight is Weight.LOW),
        ended=kinds[Kind.EXPIRED],
        ending=kinds[Kind.EXPIRING],
        ends=_lines(near, events),
        more_ends=_size(ends[room:]),
        recorded=causes[Cause.BASELINE],
        rows=_recorded(store, group[0].run, bunches, known) if causes[Cause.BASELINE] else 0,
        reread=causes[Cause.REREADING],
        first=group[-1].first,
        last=max(bunch.last for bunch in bunches),
    )


def _recorded(store: Store, run: int, bunches: Sequence[Bunch], known: Mapping[int, Event] | None) -> int:
    """How many rows were there at a first reading."""
    own = [bunch for bunch in bunches if bunch.cause is Cause.BASELINE]
    first, last = min(bunch.first for bunch in own), max(bunch.last for bunch in own)
    if known is None:
        return bunched.rows_recorded(store, run, first, last)
    return sum(len(event.rows) for event in known.values() if event.cause is Cause.BASELINE)


def _together(bunches: Iterable[Bunch]) -> Iterator[Bunch]:
    """The bunches, those of several looks that say the same of one provider and label as one."""
    found: dict[tuple[object, ...], Bunch] = {}
    for bunch in bunches:
        own = bunch.first if bunch.alone else 0
        key = (bunch.kind, bunch.weight, bunch.provider, bunch.label, own)
        known = found.get(key)
        found[key] = bunch if known is None else _joined(known, bunch)
    return iter(found.values())


def _joined(one: Bunch, other: Bunch) -> Bunch:
    first, last = min(one.first, other.first), max(one.last, other.last)
    return replace(one, first=first, last=last, events=one.events + other.events)


def _rank(bunch: Bunch) -> tuple[int, ...]:
    """The order of lines: by weight, what most people watch first, gains and losses before the rest; among
    products those of whom most is told."""
    family, rank = PLACES.get(bunch.label, LAST)
    crowd = -bunch.events if family >= PRODUCTS else 0
    return (WEIGHTS[bunch.weight], family, KINDS[bunch.kind], crowd, rank, bunch.first)


def _lines(bunches: Iterable[Bunch], events: Mapping[int, Event]) -> tuple[Line, ...]:
    return tuple(Line(event=events[one.first], events=one.events, last=one.last) for one in bunches)


def _counted(found: Iterable[tuple[T, int]]) -> Counter[T]:
    counts: Counter[T] = Counter()
    for what, number in found:
        counts[what] += number
    return counts


def _size(bunches: Iterable[Bunch]) -> int:
    return sum(bunch.events for bunch in bunches)


def by_look(events: Iterable[Event]) -> list[list[Event]]:
    """The events by the look that brought them, the looks in the order given, and in each what matters most
    first: what happened, by weight, then what a better reader found, then what was there already."""
    found: dict[tuple[str, datetime], list[Event]] = {}
    for event in events:
        found.setdefault((event.source, event.seen_at), []).append(event)
    return [sorted(own, key=_standing) for own in found.values()]


def _standing(event: Event) -> tuple[int, ...]:
    family, rank = PLACES.get(event.label, LAST)
    told = 0 if event.cause.told else (Cause.REREADING, Cause.BASELINE).index(event.cause) + 1
    apart = event.kind in ENDS
    return (told, apart, WEIGHTS[event.weight], family, KINDS[event.kind], rank, -event.id)
