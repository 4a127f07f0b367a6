"""Who held a label on a day, told by the looks next to it wherever those suffice.

A register that was read for years has hundreds of versions of each row; on a day, one or two of them stood.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from state.seen.rows import life, listings
from state.seen.who import spellings
from watcher.ask.past.daybook import Daybook, by_provider, daybook, looked_at, own_mistakes
from watcher.ask.past.sighting import Corrections, Stretch, in_order, shown
from watcher.ask.past.was import decided_next_to

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from state.file.store import Store
    from state.model import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A label, a source that was `seen` so, and a day."""

    store: Store
    label: str
    source: str
    seen: tuple[Stretch, ...]
    patience: timedelta
    now: datetime
    day: date


def by_slug(several: Iterable[Question]) -> Mapping[str, Mapping[str, Daybook]]:
    """The books of each provider by its slug, one a source, with versions enough to tell of the day; those of
    whom no source ever said that they held the label are left out."""
    told = {asked.source: _books(asked) for asked in several}
    slugs = sorted({slug for known, _ in told.values() for slug in known})
    found = {slug: {source: of(slug) for source, (_, of) in told.items()} for slug in slugs}
    return {slug: own for slug, own in found.items() if any(slug in book.providers for book in own.values())}


def _books(asked: Question) -> tuple[Collection[str], Callable[[str], Daybook]]:
    """The slugs of whom a source ever said something under a label, and what gives the book of each."""
    near = _next_to(asked)
    if near is None:
        whole = daybook(asked.store, asked.label, asked.source, lambda: asked.seen, asked.patience, asked.now)
        return whole.providers, lambda slug: whole
    spelt = spellings.lines_of(asked.store, asked.label, asked.source)
    return spelt, lambda slug: _quick(asked, near, slug, spelt.get(slug, ())) or _in_full(asked, near, slug)


def _in_full(asked: Question, near: Daybook, slug: str) -> Daybook:
    """The book of one provider with all of its versions."""
    own = listings.versions(asked.store, label=asked.label, source=asked.source, provider=slug)
    return replace(near, rows=by_provider(own))


def _next_to(asked: Question) -> Daybook | None:
    """The versions that stand at the stretches next to the day; None where only all versions tell: stretches
    out of order, one that left the label out, a reader of ours that erred, rows that print their history."""
    looked = looked_at(asked.store, asked.source, asked.label, asked.seen)
    if not looked or not in_order(looked) or own_mistakes(asked.store, asked.source, asked.label):
        return None
    if life.history_printed(asked.store, asked.label, asked.source):
        return None
    book = Daybook(
        source=asked.source,
        seen=looked,
        ordered=True,
        rows={},
        printed={},
        corrected=Corrections(),
        patience=asked.patience,
        now=asked.now,
    )
    near = [looked[n].last for n in sorted(book.next_to(asked.day))]
    return replace(book, rows=by_provider(life.between(asked.store, asked.label, near[0], near[-1])))


def _quick(asked: Question, near: Daybook, slug: str, lines: Collection[int]) -> Daybook | None:
    """The book of one provider, where the stretches next to the day decide: the rows found there, and all
    versions of its other lines, which may stand beside them."""
    own = near.rows.get(slug, ())
    seen = shown([near.seen[n] for n in sorted(near.next_to(asked.day))], own)
    found = decided_next_to(seen, asked.day, asked.patience, asked.now)
    if found is None or _away(own):
        return None
    told = {row.known.row for row in found.rows}
    rest = set(lines) - told
    others = listings.versions(asked.store, lines=rest) if rest else ()
    if _away(others):
        return None
    versions = (*(row for row in own if row.known.row in told), *others)
    return replace(near, rows={slug: _of(slug, versions)})


def _of(slug: str, versions: Iterable[Version]) -> tuple[Version, ...]:
    return by_provider(versions).get(slug, ())


def _away(rows: Iterable[Version]) -> bool:
    """Whether some look did not show a row that still counted as listed."""
    return any(row.known.missing_since is not None or row.absent for row in rows)
