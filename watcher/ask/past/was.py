"""Whether a provider had a label on a day: yes, no, or unknown. Pure.

Two clocks: the days that decisions print, and the looks that saw them. Let A be the last sighting that
began on the day or before, B the first one after it, and let a row *cover* the day when its printed dates
allow it.

| what was seen                                                             | answer  | basis        |
|---------------------------------------------------------------------------|---------|--------------|
| a row covering the day, in a sighting of the day itself                   | yes     | observed     |
| the last word on a row prints its statuses, one in force on the day holds | yes     | history      |
| the same, and none in force on the day holds                              | no      | history      |
| a row covering the day in A, and the same row in B                        | yes     | observed     |
| a row first seen after the day, whose decision began by then              | yes     | decision     |
| a row covering the day, missing since a look (A or B) and not confirmed   | unknown | unconfirmed  |
| a row covering the day in A, gone in B                                    | unknown | not_watched  |
| a row covering the day in A, no B, the day within `patience` of A         | yes     | observed     |
| the same, the day later, the row's end is printed                         | yes     | decision     |
| the same, the day later, no end is printed                                | unknown | not_watched  |
| a row in A whose printed end lies before the day, gone in B in good time  | no      | printed_end  |
| the same, still in B or never looked at again in good time                | unknown | printed_end  |
| no row in A, and A saw the day itself; or a row that begins later         | no      | absent       |
| no row in A, none in B in good time                                       | no      | absent       |
| no row in A, but earlier ones whose printed ends lie before the day       | unknown | printed_end  |
| no row in A, B much later, B unclear, or no B; no A                       | unknown | not_watched  |
| a day to come, a row of A is printed to be valid then                     | unknown | printed      |
| a day to come, else                                                       | unknown | as above     |
| a name that is on no list                                                 | unknown | unknown_name |
| of labels together, one from what the provider runs on by a note          | yes     | noted        |
| nobody looked, and a document that a person holds covers the day          | yes     | document     |

"In good time": no more than `patience` (the source's `stale_after`) lies between A and B, so that the time
between was watched. An outage therefore never yields a no, but a later edition may: the trusted list prints
every status with its day, and speaks for all days up to the last look that found it (`stated`). A
decision that was listed, went and came back does not vouch for the time in between. A row that begins after
the day is no row yet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from state.model import PARIS, Attestation, Version
from state.words.course import held_on
from watcher.ask.past import stated
from watcher.ask.past.sighting import UNBOUNDED, Bounds, Sighting, bounds_around


class Answer(StrEnum):
    """The three values of a question about the past."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def contradict(*answers: Answer) -> bool:
    """Whether one of these answers is yes and another no."""
    return {Answer.YES, Answer.NO} <= set(answers)


class Basis(StrEnum):
    """What an answer rests on."""

    OBSERVED = "observed"
    HISTORY = "history"
    DECISION = "decision"
    ABSENT = "absent"
    NOTED = "noted"
    DOCUMENT = "document"
    PRINTED = "printed"
    PRINTED_END = "printed_end"
    UNCONFIRMED = "unconfirmed"
    NOT_WATCHED = "not_watched"
    UNKNOWN_NAME = "unknown_name"


TELLING = (Basis.UNCONFIRMED, Basis.PRINTED, Basis.PRINTED_END, Basis.NOT_WATCHED, Basis.UNKNOWN_NAME)
"""What an answer of unknown may rest on, that which says most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One source's answer: the rows it rests on, the sightings on both sides of the day, and the bounds.

    `ended` are the rows listed last before the day where none is, if their printed ends lie before it;
    `to_come` says that the day has not come yet.
    """

    answer: Answer
    basis: Basis
    rows: tuple[Version, ...] = ()
    ended: tuple[Version, ...] = ()
    to_come: bool = False
    before: Sighting | None = None
    after: Sighting | None = None
    bounds: Bounds = UNBOUNDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The question with what was seen: `earlier` and `later` are the sightings on both sides of the day.

    `printed` is the last word on each row of a register that prints the history of its rows.
    """

    day: date
    begin: datetime
    earlier: tuple[Sighting, ...]
    later: tuple[Sighting, ...]
    patience: timedelta
    printed: tuple[Version, ...] = ()

    @property
    def before(self) -> Sighting | None:
        """The last sighting that began on the day or before."""
        return self.earlier[-1] if self.earlier else None

    @property
    def after(self) -> Sighting | None:
        """The first sighting that began after the day."""
        return self.later[0] if self.later else None

    @property
    def watched(self) -> bool:
        """Whether no more than `patience` lies between the sightings on both sides."""
        return bool(self.before and self.after and self.after.start - self.before.end <= self.patience)

    def covering(self, rows: Iterable[Version]) -> tuple[Version, ...]:
        """Those of the rows whose printed dates allow the day."""
        return tuple(row for row in rows if begun(row, self.day) and not ended(row, self.day))

    @property
    def ended(self) -> tuple[Version, ...]:
        """The rows that were listed last where the sighting before the day shows none, all ended by then."""
        if self.before is None or self.before.rows or self.before.missing:
            return ()
        rows = next((one.rows for one in reversed(self.earlier) if one.rows), ())
        said_later = {row.known.row: row for row in self.printed}
        ends = [ended(row, self.day) and _still_stated(row, said_later.get(row.known.row)) for row in rows]
        return rows if all(ends) else ()

    def find(self, answer: Answer, basis: Basis, rows: Iterable[Version] = ()) -> Finding:
        """A finding of this case."""
        return Finding(
            answer=answer,
            basis=basis,
            rows=tuple(rows),
            ended=self.ended,
            before=self.before,
            after=self.after,
        )


def bounds_of_day(day: date) -> tuple[datetime, datetime]:
    """The first instant of a day in Paris, and the first one of the next."""
    return _midnight(day), _midnight(day + timedelta(days=1))


def first_moment(day: date | None) -> datetime | None:
    """The first moment of a day in Paris; None for no day."""
    return bounds_of_day(day)[0] if day else None


def last_moment(day: date | None) -> datetime | None:
    """The last second of a day in Paris; None for no day."""
    return bounds_of_day(day)[1] - timedelta(seconds=1) if day else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, PARIS)


def begun(row: Version, day: date) -> bool:
    """Whether a row's printed start, if any, allows the day."""
    start = row.known.attestation.valid_from
    return start is None or start <= day


def ended(row: Version, day: date) -> bool:
    """Whether a row's last day, by what is printed, lies before the day."""
    last = row.known.attestation.last_day
    return last is not None and last < day


def _still_stated(row: Version, later: Version | None) -> bool:
    """Whether the last word on a row, where its history is printed, still says that it stood to its end."""
    last = row.known.attestation.last_day
    return later is None or last is None or held_on(later.known.attestation, last) is not False


def was(
    seen: Sequence[Sighting],
    day: date,
    patience: timedelta,
    now: datetime,
    printed: Sequence[Version] = (),
) -> Finding:
    """What one source's sightings, in order of time, say of a day; see the table above.

    `printed` are the last versions of the rows that print all their statuses.
    """
    begin, end = bounds_of_day(day)
    case = Case(
        day=day,
        begin=begin,
        earlier=tuple(one for one in seen if one.start < end),
        later=tuple(one for one in seen if one.start >= end),
        patience=patience,
        printed=tuple(printed),
    )
    rules = RULES if begin <= now else RULES_TO_COME
    found = next(filter(None, (rule(case) for rule in rules)), None)
    found = found or case.find(Answer.UNKNOWN, Basis.NOT_WATCHED)
    return replace(found, to_come=begin > now, bounds=bounds_around(seen, len(case.earlier)))


def _on_the_day(case: Case) -> Finding | None:
    """A row that a sighting of the day shows, and no later one of that day misses."""
    missed: set[int] = set()
    for sighting in reversed(case.earlier):
        if sighting.end < case.begin:
            return None
        rows = [row for row in case.covering(sighting.rows) if row.known.row not in missed]
        if rows:
            return case.find(Answer.YES, Basis.OBSERVED, rows)
        missed |= _lines(sighting.missing)
    return None


def _lines(rows: Iterable[Version]) -> set[int]:
    return {row.known.row for row in rows}


def _on_both_sides(case: Case, among: Collection[Version] | None = None) -> Finding | None:
    """The rows that the sightings on both sides of the day show, or those `among` some."""
    if case.before is None or case.after is None:
        return None
    still = _lines(case.after.rows)
    if among is not None:
        still &= _lines(among)
    rows = [row for row in case.covering(case.before.rows) if row.known.row in still]
    return case.find(Answer.YES, Basis.OBSERVED, rows) if rows else None


def _by_history(case: Case) -> Finding | None:
    """What the rows themselves print of the day, in an edition that was found on it or later."""
    seen = (*case.earlier, *case.later)
    if not case.printed or not seen or seen[-1].end < case.begin:
        return None
    near = (*case.earlier, *(case.later[:1] if case.earlier else ()))
    absent = {line for one in near for line in _lines(one.missing)}
    sure = [row for row in case.printed if row.known.row not in absent]
    then = stated.on_day(sure, case.day)
    if held := [row for row in then if row.known.attestation.stands]:
        return _on_both_sides(case, among=held) or case.find(Answer.YES, Basis.HISTORY, held)
    doubtful = len(sure) < len(case.printed) or not _all_printed(case)
    return None if doubtful else case.find(Answer.NO, Basis.HISTORY, stated.nearest(then, case.day))


def _all_printed(case: Case) -> bool:
    """Whether every row that a sighting next to the day shows prints its history."""
    shown = [row for one in (case.before, case.after) if one for row in (*one.rows, *one.missing)]
    return _lines(shown) <= _lines(case.printed)


def _by_decision(case: Case) -> Finding | None:
    """A decision seen only later, that had begun by the day; not one that had been listed and gone before."""
    before = case.before
    standing = {_decision(row) for row in (*before.rows, *before.missing)} if before else set()
    gone = {_decision(row) for sighting in case.earlier for row in sighting.rows} - standing
    for sighting in case.later:
        rows = [
            row
            for row in case.covering(sighting.rows)
            if row.known.attestation.valid_from and _decision(row) not in gone | standing
        ]
        if rows:
            return case.find(Answer.YES, Basis.DECISION, rows)
    return None


def _decision(row: Version) -> tuple[str | None, date | None, date | None]:
    one: Attestation = row.known.attestation
    return (one.ref.casefold() if one.ref else one.subject, one.valid_from, one.valid_until)


def _unconfirmed(case: Case) -> Finding | None:
    """A row that covers the day is missing from a look, and nobody confirmed that it is gone."""
    before, after = case.before, case.after
    if before is None:
        return None
    missing = _lines(after.missing) if after else set()
    rows = [row for row in before.rows if row.known.row in missing]
    rows = [*case.covering(before.missing), *case.covering(rows)]
    return case.find(Answer.UNKNOWN, Basis.UNCONFIRMED, rows) if rows else None


def _listed_before(case: Case) -> Finding | None:
    """A row that covers the day was seen before it, and not after."""
    rows = case.covering(case.before.rows) if case.before else ()
    if case.before is None or not rows:
        return None
    if case.after is not None:
        return case.find(Answer.UNKNOWN, Basis.NOT_WATCHED, rows)
    if case.begin <= case.before.end + case.patience:
        return case.find(Answer.YES, Basis.OBSERVED, rows)
    if printed := [row for row in rows if row.known.attestation.valid_until]:
        return case.find(Answer.YES, Basis.DECISION, printed)
    return case.find(Answer.UNKNOWN, Basis.NOT_WATCHED, rows)


def _ended_before(case: Case) -> Finding | None:
    """The rows seen before the day had ended by then, as printed."""
    before, after = case.before, case.after
    rows = [row for row in (*before.rows, *before.missing) if ended(row, case.day)] if before else []
    if before is None or not rows:
        return None
    still = _lines((*after.rows, *after.missing)) if after else set()
    over = case.watched and not before.missing and not any(row.known.row in still for row in rows)
    return case.find(Answer.NO if over else Answer.UNKNOWN, Basis.PRINTED_END, rows)


def _absent(case: Case) -> Finding | None:
    if case.before is None or case.before.missing:
        return None
    later = case.before.rows  # those that cover the day were found before: these begin after it
    if case.before.end >= case.begin:
        return case.find(Answer.NO, Basis.ABSENT, later)
    unclear = case.after is None or any(begun(row, case.day) for row in case.after.rows)
    return None if unclear or not case.watched else case.find(Answer.NO, Basis.ABSENT, later)


def _ended_earlier(case: Case) -> Finding | None:
    """Nothing was listed any more, and what had been listed had ended by the day, as printed."""
    return case.find(Answer.UNKNOWN, Basis.PRINTED_END, case.ended) if case.ended else None


def _stated_over(case: Case) -> Finding | None:
    """No row is held any more, by the statuses that the register itself prints of them."""
    if case.before is None or case.before.rows or case.before.missing:
        return None
    then = stated.on_day(case.printed, case.day)
    over = [row for row in then if not row.known.attestation.stands]
    return case.find(Answer.UNKNOWN, Basis.NOT_WATCHED, stated.nearest(over, case.day)) if over else None


def _to_come(case: Case) -> Finding | None:
    """The last sighting shows a row that is printed to be valid on a day to come."""
    rows = case.covering(case.before.rows) if case.before else ()
    printed = [row for row in rows if row.known.attestation.valid_until]
    listed = _lines(case.before.rows) if case.before else set()
    then = stated.on_day(case.printed, case.day)
    announced = [row for row in then if row.known.attestation.stands and row.known.row not in listed]
    found = printed or announced
    if not found and rows:  # listed without an end: another row's end says nothing of the day
        return case.find(Answer.UNKNOWN, Basis.NOT_WATCHED, rows)
    return case.find(Answer.UNKNOWN, Basis.PRINTED, found) if found else None


Rule = Callable[[Case], Finding | None]

RULES: tuple[Rule, ...] = (
    _on_the_day,
    _by_history,
    _on_both_sides,
    _by_decision,
    _unconfirmed,
    _listed_before,
    _ended_before,
    _absent,
    _ended_earlier,
    _stated_over,
)
RULES_TO_COME: tuple[Rule, ...] = (_to_come, _unconfirmed, _ended_before, _ended_earlier, _stated_over)


def combined(findings: Sequence[Finding]) -> Finding:
    """The answer of all sources that state a label: a yes stands, a no needs them all, else unknown.

    Among unknowns the one that says most is given: first one that names rows.
    """
    by_answer = {answer: [finding for finding in findings if finding.answer is answer] for answer in Answer}
    if yes := by_answer[Answer.YES]:
        return next((one for one in yes if one.basis is Basis.OBSERVED), yes[0])
    if by_answer[Answer.NO] and not by_answer[Answer.UNKNOWN]:
        return by_answer[Answer.NO][0]
    unknown = sorted(by_answer[Answer.UNKNOWN], key=lambda one: (TELLING.index(one.basis), not one.rows))
    return unknown[0] if unknown else Finding(answer=Answer.UNKNOWN, basis=Basis.NOT_WATCHED)
