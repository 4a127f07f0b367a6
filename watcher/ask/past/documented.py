"""What documents say of a day, beside what was seen: they answer where nobody looked, and nowhere else. Pure.

| what the registers say of the day                                        | the answer          |
|--------------------------------------------------------------------------|---------------------|
| yes, or no                                                               | theirs              |
| unknown, and a reading is of that day, or no longer before it than what  | theirs              |
|   counts as watched; or what it shows waits to be confirmed              |                     |
| unknown, and a row that covers the day was there before it or went later | theirs              |
| unknown, the day is to come                                              | theirs              |
| unknown, nobody looked; a document covers the day                        | yes, by `document`  |
| the same, and another one says that it had been withdrawn by then        | unknown, `document` |
| the same, and no document covers the day                                 | theirs              |

Whatever they say of a day that the registers answer is shown apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from state.names import print_key
from watcher.ask.past.was import Answer, Basis, Finding, bounds_of_day

if TYPE_CHECKING:
    from state.model import Version
    from state.words.documented import Documented


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The documents that speak of a provider, a label and a day: those that cover it, and those by which what
    one of these vouches for, or a row that a register shows, had been withdrawn by then."""

    held: tuple[Documented, ...] = ()
    over: tuple[Documented, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.held or self.over)

    def answer(self, day: date) -> Answer | None:
        """What they say together; unknown where they contradict each other, None where they say nothing."""
        if not self.held:
            return None
        sure = any(not any(other.denies(one, day) for other in self.over) for one in self.held)
        return Answer.YES if sure else Answer.UNKNOWN


def papers_of(documents: Iterable[Documented], day: date, rows: Sequence[Version] = ()) -> Papers:
    """Which documents of a provider and a label speak of a day of which a register shows `rows`."""
    known = tuple(documents)
    held = tuple(one for one in known if one.covers(day))
    refs = {print_key(row.known.attestation.printed_ref or "") for row in rows} - {""}
    over = (
        one
        for one in known
        if any(one.denies(other, day) for other in held)
        or (one.withdrawn_on is not None and one.withdrawn_on <= day and print_key(one.ref) in refs)
    )
    return Papers(held=held, over=tuple(over))


Seen = Iterable[tuple[Finding, timedelta]]
"""What each register says, whoever is meant, and how long a reading of it counts as watched."""


def decided(finding: Finding, seen: Seen, papers: Papers, day: date, now: datetime) -> Finding:
    """The answer with what documents say."""
    begin, _ = bounds_of_day(day)
    answer = papers.answer(day)
    if answer is None or begin > now or not all(_silent(one, begin, lasts) for one, lasts in seen):
        return finding
    return replace(finding, answer=answer, basis=Basis.DOCUMENT, rows=(), ended=())


def _silent(one: Finding, begin: datetime, lasts: timedelta) -> bool:
    """Whether nothing that was seen speaks for the day, or against what is said of it.

    Who was not listed yesterday has not come today because a paper of last year says so: a reading speaks
    for some time after it.

    A row that covers the day and was gone later says that something ended, nobody knows when: no document
    can know better.
    """
    if one.basis not in (Basis.NOT_WATCHED, Basis.PRINTED_END, Basis.UNKNOWN_NAME):
        return False
    if one.answer is not Answer.UNKNOWN or (one.before is not None and begin <= one.before.end + lasts):
        return False
    return not one.rows or one.basis is Basis.PRINTED_END
