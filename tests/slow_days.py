"""Who held a label on a day, told by every version there ever was: what the quick answer is held against."""

from __future__ import annotations

from collections.abc import Sequence

from state.model import Version
from state.seen.who import spellings
from watcher.ask.past.daybook import Daybook, daybook
from watcher.ask.past.settled import Question, Told, held_on, of_books, opened
from watcher.ask.past.was import Answer, Basis

Row = tuple[int, str, Answer, Basis, Version]


def slowly(questions: Sequence[Question], books: dict[str, Daybook] | None = None) -> list[Row]:
    """The rows of a day, each provider asked for by books with all versions of every source; `books` are
    those of the same questions about another day."""
    books = {} if books is None else books
    for one in questions:
        if one.source not in books:
            books[one.source] = daybook(one.store, one.label, one.source, one.seen, one.patience, one.now)
    slugs = {slug for one in questions for slug in spellings.lines_of(one.store, one.label, one.source)}
    found = [told for slug in sorted(slugs) for told in of_books(slug, books, questions[0].day)]
    return _rows(questions, found)


def quickly(questions: Sequence[Question]) -> list[Row]:
    """The same as the program tells them."""
    return _rows(questions, list(held_on(questions)))


def _rows(questions: Sequence[Question], told: Sequence[Told]) -> list[Row]:
    whole = opened(questions[0].store, told)
    return sorted(
        (
            (one.row.line, row.known.provider.slug, one.answer, one.basis, row)
            for one, row in zip(told, whole, strict=True)
        ),
        key=lambda row: (row[:4], row[4].since_run),
    )
