"""Which looks prove an answer: as few as give the same answer again, in the same words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from state.names import HOME, abroad, name_key, nameless
from state.seen.who import providers, spellings
from watcher.ask.day import daybooks
from watcher.ask.past.sighting import stood, turns
from watcher.prove.answer.stated import Question, Voice

if TYPE_CHECKING:
    from watcher.ask.archive import Archive
    from watcher.ask.day import Past
    from watcher.ask.past.daybook import Daybook
    from watcher.ask.past.sighting import Stretch

Choice = tuple[Question, Sequence["Stretch"]]
"""A question with the looks that are taken, and their stretches."""


def choices(archive: Archive, past: Past) -> Iterator[Choice]:
    """The looks next to the day; with those that first showed the rows in question; and all at which what is
    shown of the provider turns."""
    books = daybooks(archive, past.label, past.provider.slug)
    names = _names(archive, past, [book.source for book in books])
    states = _states(archive, past, [book.source for book in books])
    for level in range(3):
        taken = {book.source: [book.seen[n] for n in sorted(_places(book, past, level))] for book in books}
        voices = tuple(
            Voice(
                source=book.source,
                patience=int(book.patience.total_seconds()),
                looks=tuple(one.last.id for one in taken[book.source]),
            )
            for book in books
        )
        asked = Question(
            provider=past.provider,
            label=past.label,
            day=past.day,
            asked_at=archive.now.replace(second=0, microsecond=0),
            names=names,
            voices=voices,
            states=states,
        )
        yield asked, [one for several in taken.values() for one in several]


def _places(book: Daybook, past: Past, level: int) -> Collection[int]:
    near = set(book.next_to(past.day))
    own = book.rows.get(past.provider.slug, ())
    if level > 0:
        rows = past.sources[book.source].rows if book.source in past.sources else ()
        first = (next((n for n, one in enumerate(book.seen) if stood(row, one)), None) for row in rows)
        near |= {n for n in first if n is not None}
    if level > 1:
        near |= turns(book.seen, own)
    return near


def _states(archive: Archive, past: Past, asked: Collection[str]) -> tuple[str, ...]:
    """The states on whose lists a provider stands; none named where all that was asked are ours."""
    lists = providers.listed_states(archive.store)
    if not any(abroad(lists.get(source)) for source in asked):
        return ()
    printed = spellings.printed_by(archive.store, past.provider.slug).values()
    return tuple(sorted({lists.get(source, HOME) for sources in printed for source in sources}))


def _names(archive: Archive, past: Past, sources: Collection[str]) -> tuple[str, ...]:
    """The names by which the provider is known on the registers asked, as printed or as people reviewed them:
    an alias may hold for one register alone."""
    who = past.provider
    printed, states = spellings.printed_by(archive.store, who.slug), providers.listed_states(archive.store)
    in_order = spellings.holders(archive.store, who.slug, in_order=True)
    known = (who.name, *in_order, *archive.providers.aliases(who.slug))
    meant = [
        name
        for name in known
        if not sources
        or any(archive.providers.resolve(name, one, past.label).slug == who.slug for one in sources)
        # Whose a name is on the list of another state no name tells, but what is printed beside it.
        or any(abroad(states.get(one)) and one in printed.get(name, ()) for one in sources)
    ]
    by_key = {name_key(name): name for name in reversed(meant or known) if not nameless(name)}
    return tuple(reversed(by_key.values()))
