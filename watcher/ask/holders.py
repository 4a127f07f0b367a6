"""Who holds a label, or held it on a day, and the editions by which that is said; whose rows end next."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from state.model import day_of
from state.seen.rows import life, overview, slim
from state.words.labels import LABELS, Paper, paper_of
from watcher.ask.past.daybook import Holding
from watcher.ask.past.settled import Question, held_on, opened, plain_looks
from watcher.ask.past.was import Answer, bounds_of_day

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Run, Version
    from state.noted.documents import Kept
    from watcher.ask.archive import Archive
    from watcher.ask.past.settled import Told
    from watcher.ask.past.sighting import Stretch


SOON = timedelta(days=180)
"""How far people look ahead who do not say how far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The look that an answer rests on: which edition of which source, when seen, and whether it still speaks
    for the day asked about; `to_come`: that day has not come yet."""

    source: str
    at: datetime
    edition_at: datetime | None
    fresh: bool
    to_come: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who held a label, by the last look at each source that states it: the rows, by holder, and with a day
    what is known of each; `told` and `rows` run parallel. `documented` is what documents say of that day, of
    those for whom nobody looked."""

    rows: tuple[Version, ...]
    editions: tuple[Edition, ...]
    told: tuple[Holding, ...] = ()
    documented: tuple[Kept, ...] = ()

    @property
    def listed(self) -> Sequence[tuple[Version, Holding | None]]:
        """Each row with what is known of it on the day, None where no day was asked about."""
        return list(zip(self.rows, self.told or [None] * len(self.rows), strict=True))


def holders_of(
    archive: Archive,
    labels: Collection[str],
    on: date | None = None,
    sources: Collection[str] | None = None,
) -> Holders:
    """Who holds some labels now, by the last look, or held them on a day: whomever `past` does not deny; by
    all sources or some."""
    looked = tuple(
        one for one in editions_of(archive, labels, on) if sources is None or one.source in sources
    )
    if on is not None:
        told = [one for label in labels for one in held(archive, label, on, sources)]
        whole = zip(told, opened(archive.store, told), strict=True)
        known = (Holding(row=row, answer=one.answer, basis=one.basis) for one, row in whole)
        told_in_order = sorted(known, key=lambda one: (one.answer is Answer.UNKNOWN, by_holder(one.row)))
        return Holders(
            rows=tuple(one.row for one in told_in_order), editions=looked, told=tuple(told_in_order)
        )
    rows = (
        row
        for label in labels
        for source, last in _last_looks(archive, label)
        if sources is None or source in sources
        for row in _stood(archive.store, label, replace(last, edition_at=_speaking(last, archive.now)))
    )
    return Holders(rows=tuple(sorted(rows, key=by_holder)), editions=looked)


def _last_looks(archive: Archive, label: str) -> Iterator[tuple[str, Run]]:
    for source in overview.sources_stating(archive.store, label):
        seen = archive.seen(source)
        past = [one for one in seen if one.start <= archive.now]
        if past:
            yield source, past[-1].last


def _speaking(last: Run, now: datetime) -> datetime | None:
    """Until when a look's edition speaks of what stands: what it prints ahead has begun by now."""
    return max(last.edition_at, now) if last.edition_at else None


def _stood(store: Store, label: str, look: Run) -> Collection[Version]:
    """The held rows that were part of a listing at a look."""
    rows = slim.at_look(store, label, look)
    if (
        rows is None
    ):  # of editions some have a date and some have none: their order is told by all versions alone
        return life.stood(store, label, look.source, look.id, look.edition_at)
    return slim.numbered(
        store, None, {one.row.number for one in rows if one.row and one.row.holds and one.stands}
    ).values()


def held(archive: Archive, label: str, day: date, sources: Collection[str] | None = None) -> tuple[Told, ...]:
    """The rows of a label on a day of everybody to whom `past` does not say no, by all sources or some."""
    asked = questions(archive, label, day)
    return tuple(held_on([one for one in asked if sources is None or one.source in sources]))


def questions(archive: Archive, label: str, day: date) -> Sequence[Question]:
    """What is asked of each source that states a label."""
    return [
        _question(archive, label, source, day) for source in overview.sources_stating(archive.store, label)
    ]


def _question(archive: Archive, label: str, source: str, day: date) -> Question:
    seen = archive.seen(source)
    return Question(
        store=archive.store,
        label=label,
        source=source,
        seen=seen,
        plain=archive.once(("plain", label, source), lambda: plain_looks(archive.store, label, source, seen)),
        patience=archive.patience(source),
        now=archive.now,
        day=day,
    )


def editions_of(archive: Archive, labels: Collection[str], on: date | None = None) -> tuple[Edition, ...]:
    """The last look at each source that states one of some labels, at the end of a day or now."""
    return tuple(dict.fromkeys(one for label in labels for one in _editions(archive, label, on)))


def _editions(archive: Archive, label: str, on: date | None) -> Iterator[Edition]:
    day = bounds_of_day(on)[1] if on else archive.now + timedelta(microseconds=1)
    # What a source looked at on a day of the past is told by what it stated alone: it may have learned since.
    saying = overview.sources_stating if on else overview.sources_saying
    for source in saying(archive.store, label):
        seen = archive.seen(source)
        stretch = next((one for one in reversed(seen) if one.start < day), None)
        if stretch is not None:
            yield _edition(archive, source, stretch, seen, day)


def _edition(
    archive: Archive, source: str, stretch: Stretch, seen: Sequence[Stretch], day: datetime
) -> Edition:
    later = next((one.start for one in seen if one.start >= day), day)
    to_come = day - timedelta(days=1) > archive.now
    return Edition(
        source=source,
        at=stretch.last.at,
        edition_at=stretch.last.edition_at,
        fresh=later - stretch.end <= archive.patience(source) and not to_come,
        to_come=to_come,
    )


def ends(
    archive: Archive,
    within: timedelta = SOON,
    *,
    labels: Collection[str] | None = None,
    most: int | None = None,
) -> Sequence[Version]:
    """The rows that stand and end from today on, of some labels or all."""
    today = day_of(archive.now)
    return overview.standing(
        archive.store,
        labels=labels,
        ends=(today, today + within),
        order="end",
        limit=most,
    )


def services() -> Sequence[str]:
    """The labels whose rows are no certificates of evaluated products: those end by the hundred."""
    return [label for label in LABELS if paper_of(label) is not Paper.EVALUATION]


def by_holder(version: Version) -> tuple[str, bytes, int]:
    """The order of the memory: only ASCII letters have a lower case there."""
    row = version.known
    return (row.attestation.label, row.provider.name.encode().lower(), row.row)
