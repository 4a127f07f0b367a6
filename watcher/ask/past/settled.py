"""The rows of a label on a day, of everybody to whom the answer is not no, with what is known of each.

The looks next to the day settle most: what all looks would say, without asking all looks. Of a register that
was read for years each row has hundreds of versions. Let A be the last look that began on
the day or before, B the first one after it; in both each row is found by a step in an index. A row is

| sure  | shown at A and covering the day; where A is not of the day itself, at B too, if there is one   |
| over  | shown at A, its last day before the day, and no version of it began after A; shown at B as well |
| faded | the same, and not shown at B                                                                    |
| ahead | shown at A, begins after the day, and no version of it began after A                            |
| gone  | not part of the listing at A any more, and no version of it began after A                       |
| open  | any other, and whatever counts as listed without being shown                                    |

Before the first look A is missing, and B is taken for it; sure is then what is shown there with its start.

| a provider has                                    | it is told                                             |
|---------------------------------------------------|--------------------------------------------------------|
| sure rows                                         | by them: yes (of a day to come unknown, as printed);   |
|                                                   | open rows may have stood beside them, others did not   |
| open rows, or faded ones                          | by all versions of its rows                            |
| rows that are over                                | unknown, by their printed ends                         |
| none but rows ahead or gone, the day was watched  | no                                                     |
| rows ahead, before the first look                 | unknown, by these                                      |
| none but rows ahead or gone                       | by all versions of its rows                            |

Why, rule by rule: `watcher.ask.past.was`. Tests hold this against all versions, of real editions too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from state.seen.rows import life, listings, slim
from state.seen.who import spellings
from watcher.ask.past.daybook import Daybook, by_provider, daybook, looked_at, own_mistakes
from watcher.ask.past.sighting import Corrections, in_order
from watcher.ask.past.was import Answer, Basis, bounds_of_day, combined

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from state.file.store import Store
    from state.model import Version
    from state.seen.rows.slim import Slim, Stood
    from watcher.ask.past.daybook import Holding
    from watcher.ask.past.sighting import Stretch

Lines = Mapping[str, Collection[int]]
"""The lines of life that ever were printed of providers, by slug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A label, a source that was `seen` so, and a day; `plain` are the stretches that looked at the label,
    None where only all versions tell (`plain_looks`)."""

    store: Store
    label: str
    source: str
    seen: tuple[Stretch, ...]
    plain: tuple[Stretch, ...] | None
    patience: timedelta
    now: datetime
    day: date


class Told(NamedTuple):
    """A row of a day, and whether it stood: `answer` is yes or unknown. `whole` is the row as it was opened
    to know, None where it was not."""

    row: Slim
    answer: Answer
    basis: Basis
    whole: Version | None = None


class Settled(NamedTuple):
    """What is told of a provider by its rows, and the lines of life that may have stood beside them."""

    told: tuple[Told, ...]
    open: tuple[int, ...] = ()


class Says(Enum):
    """What the looks next to a day say of a row."""

    SURE = auto()
    OVER = auto()
    FADED = auto()
    AHEAD = auto()
    GONE = auto()
    OPEN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The looks next to a day, `before` it the first of all where that came later (`early`).

    `several` says that more than one saw the day itself, `printed` that a row says something of it by its
    printed end alone. `away` are the lines that one of both did not show.
    """

    day: date
    before: Stretch
    after: Stretch | None
    answer: Answer
    basis: Basis
    seen: bool
    watched: bool
    several: bool
    printed: bool
    early: bool
    away: Collection[int]

    def says(self, one: Stood, *, stays: bool) -> Says:
        """What the looks say of a line of life that may have another version at the later of them."""
        row = one.row
        if row is None or one.waits or one.line in self.away:
            return Says.OPEN
        shown = one.stands and row.holds
        begun, over = row.start is None or row.start <= self.day, row.last is not None and row.last < self.day
        if shown and begun and not over:
            return Says.SURE if self._vouched(row, stays=stays) else Says.OPEN
        if one.later or self.several:
            return Says.OPEN
        if not shown:
            return Says.GONE
        if not over:
            return Says.AHEAD
        return Says.OVER if self.after is None or one.stays else Says.FADED

    def _vouched(self, row: Slim, *, stays: bool) -> bool:
        """Whether a row that is shown, and covers the day, tells of it."""
        if self.early:
            return row.start is not None
        return (self.seen or self.after is None or stays) and (row.end is not None or not self.printed)


def sides_of(asked: Question, looked: tuple[Stretch, ...]) -> Sides | None:
    """The looks next to the day; None where the clock of one ran ahead."""
    begin, end = bounds_of_day(asked.day)
    later = next((n for n, one in enumerate(looked) if one.start >= end), len(looked))
    early, to_come = later == 0, begin > asked.now
    if to_come and later < len(looked):
        return None
    before = looked[max(later - 1, 0)]
    after = looked[later] if 0 < later < len(looked) else None
    seen = before.end >= begin and not early and not to_come
    far = not seen and after is None and begin > before.end + asked.patience
    looks = [before.last] if seen or after is None else [before.last, after.last]
    return Sides(
        day=asked.day,
        before=before,
        after=after,
        answer=Answer.UNKNOWN if to_come else Answer.YES,
        basis=Basis.PRINTED if to_come else Basis.DECISION if far or early else Basis.OBSERVED,
        seen=seen,
        watched=after is not None and after.start - before.end <= asked.patience,
        several=later > 1 and looked[later - 2].end >= begin,
        printed=to_come or far,
        early=early,
        away=frozenset[int]().union(*(slim.away(asked.store, look) for look in looks)),
    )


def settled(asked: Question, spelt: Mapping[str, Collection[int]], *, alone: bool) -> Mapping[str, Settled]:
    """What is told of each provider that is settled, by its slug; `spelt` are the lines of life that ever
    were printed of each, `alone` says that no other source states the label."""
    sides = sides_of(asked, asked.plain) if asked.plain else None
    after = sides.after.last if sides and sides.after else None
    stood = slim.at_look(asked.store, asked.label, sides.before.last, after) if sides else None
    if sides is None or stood is None:
        return {}
    stays = _staying(asked, sides, stood)
    said = {one.line: (one, sides.says(one, stays=one.line in stays)) for one in stood}
    found = {slug: _told(sides, slug, [said[line] for line in own], alone) for slug, own in spelt.items()}
    return {slug: told for slug, told in found.items() if told is not None}


def _staying(asked: Question, sides: Sides, stood: Collection[Stood]) -> Collection[int]:
    """The lines that stand at both looks with the same provider, in the same version or in the next."""
    same = {one.line for one in stood if one.stays}
    if sides.seen or sides.after is None:
        return same
    moved = {one.line: one.row for one in stood if one.stands and not one.stays and one.row}
    next_to = slim.at_look(asked.store, asked.label, sides.after.last, lines=moved) or ()
    for one in next_to:
        before = moved[one.line]
        whose = one.row and before and one.row.provider.slug == before.provider.slug
        if whose and one.stands and one.row and one.row.holds and not one.waits:
            same.add(one.line)
    return same


def _told(sides: Sides, slug: str, said: Collection[tuple[Stood, Says]], alone: bool) -> Settled | None:
    """What is known of the rows of a provider; None where the looks next to the day do not tell."""
    found: dict[Says, list[Slim]] = {}
    open = []
    for one, one_says in said:
        if one.row is None or one_says is Says.OPEN or one.row.provider.slug != slug:
            open.append(one.line)
        else:
            found.setdefault(one_says, []).append(one.row)
    if sure := found.get(Says.SURE):
        return Settled(tuple([Told(row, sides.answer, sides.basis) for row in sure]), tuple(open))
    if open or Says.FADED in found:
        return None
    if sides.early:
        near = (*found.get(Says.OVER, ()), *found.get(Says.AHEAD, ())) if alone else ()
        return (
            Settled(tuple([Told(row, Answer.UNKNOWN, Basis.NOT_WATCHED) for row in near])) if near else None
        )
    if over := found.get(Says.OVER):
        return Settled(tuple([Told(row, Answer.UNKNOWN, Basis.PRINTED_END) for row in over]))
    return Settled(()) if sides.seen or sides.watched else None


def plain_looks(
    store: Store, label: str, source: str, seen: tuple[Stretch, ...]
) -> tuple[Stretch, ...] | None:
    """The stretches that looked at a label; None where those next to a day do not tell of it: stretches out
    of order, one that left the label out, a reader of ours that erred, rows that print their history."""
    looked = looked_at(store, source, label, seen)
    if not looked or not in_order(looked) or own_mistakes(store, source, label):
        return None
    return None if life.history_printed(store, label, source) else looked


Found = dict[str, Mapping[str, Settled]]


def held_on(questions: Sequence[Question]) -> Iterator[Told]:
    """The rows by each source that states the label: all versions are asked for of those alone of whom the
    looks next to the day do not tell."""
    spelt: dict[str, Lines] = {}
    found: Found = {}
    for one in questions:
        lines = spelt[one.source] = spellings.lines_of(one.store, one.label, one.source)
        found[one.source] = settled(one, lines, alone=len(questions) == 1) if one.plain else {}
    slugs = dict.fromkeys(slug for lines in spelt.values() for slug in lines)
    rest = {slug for slug in slugs if not _is_settled(slug, spelt, found)}
    opened = _books(questions, spelt, found, rest)
    for slug in slugs:
        if slug in rest:
            yield from of_books(slug, opened, questions[0].day)
            continue
        for source, own in found.items():
            if slug in own:
                yield from own[slug].told
                yield from _beside(slug, own[slug], opened[source], questions[0].day)


def _is_settled(slug: str, spelt: Mapping[str, Lines], found: Found) -> bool:
    own = [found[source].get(slug) for source, lines in spelt.items() if slug in lines]
    # Of several sources one that shows nothing is no denial: what the others say counts.
    return None not in own and (len(spelt) == 1 or any(one and one.told for one in own))


def _books(
    questions: Sequence[Question], spelt: Mapping[str, Lines], found: Found, rest: set[str]
) -> Mapping[str, Daybook]:
    """The books of each source, with all versions of those that are not settled, and of open rows."""
    opened = {}
    for one in questions:
        lines = {line for slug in rest for line in spelt[one.source].get(slug, ())}
        lines |= {line for own in found[one.source].values() for line in own.open}
        opened[one.source] = _all_versions(one, lines)
    return opened


def _beside(slug: str, own: Settled, book: Daybook, day: date) -> Iterator[Told]:
    """The open rows of a provider that has others: each may have stood beside them."""
    if own.open:
        first = own.told[0]
        yield from map(_holding_told, book.only(slug, own.open).beside(slug, day, first.answer, first.basis))


def of_books(slug: str, books: Mapping[str, Daybook], day: date) -> Iterator[Told]:
    """The rows of a provider by its books, one a source."""
    if not any(slug in book.providers for book in books.values()):
        return
    found = {source: book.says(slug, day) for source, book in books.items()}
    answer = combined(tuple(found.values()))
    if answer.answer is Answer.NO:
        return
    held = tuple(one for name, book in books.items() for one in book.holdings(slug, day, found[name]))
    near = (book.nearest(slug, found[name], answer) for name, book in books.items())
    yield from map(_holding_told, held or next(filter(None, near), ()))


def _holding_told(one: Holding) -> Told:
    return Told(slim.slim_of(one.row), one.answer, one.basis, one.row)


def opened(store: Store, told: Sequence[Told]) -> list[Version]:
    """The rows whole, in the order given."""
    numbers = {one.row.number for one in told if one.whole is None}
    rows = slim.numbered(store, None, numbers) if numbers else {}
    return [one.whole or rows[one.row.number] for one in told]


def _all_versions(asked: Question, lines: Collection[int]) -> Daybook:
    """The books of a source, with all versions of some lines of life at least."""
    if asked.plain is None:
        return daybook(asked.store, asked.label, asked.source, asked.seen, asked.patience, asked.now)
    return Daybook(
        source=asked.source,
        seen=asked.plain,
        ordered=True,
        rows=by_provider(listings.versions(asked.store, source=asked.source, lines=lines)),
        printed={},
        corrected=Corrections(),
        patience=asked.patience,
        now=asked.now,
    )
