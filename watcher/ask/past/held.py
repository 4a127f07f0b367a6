"""The rows of a label on a day, of everybody to whom the answer is not no, with what is known of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from state.seen.rows import slim
from state.seen.who import spellings
from watcher.ask.past.next_to import Question, books
from watcher.ask.past.settled import Settled, Told, settled
from watcher.ask.past.was import Answer, combined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from state.file.store import Store
    from state.model import Version
    from watcher.ask.past.daybook import Daybook, Holding
    from watcher.ask.past.next_to import Lines

Found = dict[str, "Mapping[str, Settled]"]


def held_on(questions: Sequence[Question]) -> Iterator[Told]:
    """The rows by each source that states the label: all versions are asked for of those alone of whom the
    looks next to the day do not tell."""
    spelt: dict[str, Lines] = {}
    found: Found = {}
    for one in questions:
        lines = spelt[one.source] = spellings.lines_of(one.store, one.label, one.source)
        found[one.source] = settled(one, lines, alone=len(questions) == 1) if one.plain else {}
    slugs = dict.fromkeys(slug for lines in spelt.values() for slug in lines)
    rest = {slug for slug in slugs if not _settled(slug, spelt, found)}
    opened = _books(questions, spelt, found, rest)
    for slug in slugs:
        if slug in rest:
            yield from of_books(slug, opened, questions[0].day)
            continue
        for source, own in found.items():
            if slug in own:
                yield from own[slug].told
                yield from _beside(slug, own[slug], opened[source], questions[0].day)


def _settled(slug: str, spelt: Mapping[str, Lines], found: Found) -> bool:
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
        opened[one.source] = books(one, lines)
    return opened


def _beside(slug: str, own: Settled, book: Daybook, day: date) -> Iterator[Told]:
    """The open rows of a provider that has others: each may have stood beside them."""
    if own.open:
        first = own.told[0]
        yield from map(_told, book.only(slug, own.open).beside(slug, day, first.answer, first.basis))


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
    yield from map(_told, held or next(filter(None, near), ()))


def _told(one: Holding) -> Told:
    return Told(slim.slim_of(one.row), one.answer, one.basis, one.row)


def opened(store: Store, told: Sequence[Told]) -> list[Version]:
    """The rows whole, in the order given."""
    numbers = {one.row.number for one in told if one.whole is None}
    rows = slim.numbered(store, None, numbers) if numbers else {}
    return [one.whole or rows[one.row.number] for one in told]
