"""Who held a label on a day by documents alone: where nobody looked, apart from the rows of registers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from state.noted.documents import documents
from state.seen.rows import overview
from watcher.ask.day import past
from watcher.ask.holders import questions
from watcher.ask.past.was import Answer, bounds_of_day

if TYPE_CHECKING:
    from state.noted.documents import Kept
    from watcher.ask.archive import Archive
    from watcher.ask.holders import Holders


def with_papers(archive: Archive, found: Holders, labels: Collection[str], on: date | None) -> Holders:
    """The same with what documents say of the day; of now nothing."""
    if on is None:
        return found
    sure = {
        (row.known.provider.slug, row.known.attestation.label)
        for row, told in found.listed
        if told and told.answer is Answer.YES
    }
    told = [
        one
        for label in labels
        for one in documented_on(archive, label, on, {slug for slug, other in sure if other == label})
    ]
    return replace(found, documented=tuple(told))


def documented_on(archive: Archive, label: str, day: date, sure: Collection[str]) -> tuple[Kept, ...]:
    """What documents say of holders of a label on a day, for whom the answer about that day is theirs; of
    those who are `sure` (slugs) a register says yes."""
    begin, _ = bounds_of_day(day)
    if begin > archive.now or not overview.documented(archive.store, label):
        return ()
    seen = _seen_by(archive, label, day)
    if any(begin <= end + lasts for end, lasts in seen):  # a reading speaks for the day, whoever is meant
        return ()
    known: dict[str, list[Kept]] = defaultdict(list)
    for one in documents(archive.store, label=label):
        known[one.provider.slug].append(one)
    told = [
        one
        for slug, own in known.items()
        if slug not in sure
        for one in _undenied(own, day)
        if not seen or past(archive, one.provider, one.label, day).seen is not None
    ]
    return tuple(sorted(told, key=lambda one: (one.provider.name.casefold(), one.number)))


def _undenied(own: Sequence[Kept], day: date) -> Iterator[Kept]:
    """Those that cover a day, and of which no other says that it had been withdrawn by then."""
    for one in own:
        if one.covers(day) and not any(other.denies(one, day) for other in own):
            yield one


def _seen_by(archive: Archive, label: str, day: date) -> Sequence[tuple[datetime, timedelta]]:
    """Until when the last reading by a day speaks by itself, and for how long after, of each register that
    had been read by then. Before the first of all, nothing that was seen speaks for a day but a decision that
    had begun, and its holder is among the sure."""
    end = bounds_of_day(day)[1]
    found = []
    for one in questions(archive, label, day):
        looked = [stretch.end for stretch in one.seen if stretch.start < end and label in stretch.labels]
        found += [(looked[-1], one.patience)] if looked else []
    return found
