"""Whom the looks next to a day settle: what all looks would say of them, without asking all looks.

Of a register that was read for years each row has hundreds of versions. Let A be the last look that began on
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

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from state.seen.rows import slim
from watcher.ask.past.was import Answer, Basis, bounds_of_day

if TYPE_CHECKING:
    from datetime import date

    from state.model import Version
    from state.seen.rows.slim import Slim, Stood
    from watcher.ask.past.next_to import Question
    from watcher.ask.past.sighting import Stretch


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
