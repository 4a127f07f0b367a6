"""What the looks at one source say of one label, day by day: the one place where a day is answered."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from state.model import Cause, Version
from state.seen.events import log
from state.seen.rows import life, listings
from watcher.ask.past.sighting import (
    Corrections,
    Sighting,
    Stretch,
    corrections,
    in_order,
    shown,
    shown_at,
    spoken,
    turns,
)
from watcher.ask.past.was import Answer, Basis, Finding, bounds_of_day, was

if TYPE_CHECKING:
    from state.file.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A row, and whether it stood on a day: `answer` is yes or unknown."""

    row: Version
    answer: Answer
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Daybook:
    """One source's looks at one label.

    `seen` are the stretches that looked at it, `rows` the held versions by the slug of their provider,
    `printed` the last word on each row that prints its history. A time of no more than `patience` between two
    looks counts as watched.
    """

    source: str
    seen: tuple[Stretch, ...]
    rows: Mapping[str, tuple[Version, ...]]
    printed: Mapping[str, tuple[Version, ...]]
    corrected: Corrections
    patience: timedelta
    now: datetime
    ordered: bool = False
    near: dict[date, frozenset[int]] = field(default_factory=dict, repr=False, compare=False)
    turned: dict[str, tuple[Sighting, ...]] = field(default_factory=dict, repr=False, compare=False)

    def says(self, provider: str, day: date) -> Finding:
        """Whether a provider (a slug) had the label on a day."""
        printed = self.printed.get(provider, ())
        return was(self._sightings(provider, day), day, self.patience, self.now, printed)

    @property
    def providers(self) -> frozenset[str]:
        """The slugs of all providers of whom anything is printed."""
        return frozenset(self.rows) | frozenset(self.printed)

    def holdings(self, provider: str, day: date, found: Finding) -> tuple[Holding, ...]:
        """The rows behind what is `found` of a provider: those that it rests on, and what else may have stood
        beside them. None where it is a no, or the provider was never seen to hold the label."""
        held = provider in self.rows or any(row.known.attestation.stands for row in found.rows)
        if found.answer is Answer.NO or not held:
            return ()
        told = {row.known.row: Holding(row=row, answer=found.answer, basis=found.basis) for row in found.rows}
        return (*told.values(), *self.beside(provider, day, found.answer, found.basis, told))

    def beside(
        self, provider: str, day: date, found: Answer, on: Basis, known: Collection[int] = ()
    ) -> Iterator[Holding]:
        """What may have stood beside the rows whose lines are `known`, which tell `found` of a provider."""
        printed = self.printed.get(provider, ())
        lines = {row.known.row for row in (*self.rows.get(provider, ()), *printed)} - set(known)
        seen = self._sightings(provider, day) if lines else ()
        for line in sorted(lines):
            own = [row for row in printed if row.known.row == line]
            alone = was([_only(one, line) for one in seen], day, self.patience, self.now, own)
            sure = found is Answer.YES or alone.answer is not Answer.YES
            if _may_stand(alone):
                answer, basis = (alone.answer, alone.basis) if sure else (found, on)
                yield Holding(row=alone.rows[0], answer=answer, basis=basis)

    def only(self, provider: str, lines: Collection[int]) -> Daybook:
        """The same of some lines of life of one provider."""
        own = tuple(row for row in self.rows.get(provider, ()) if row.known.row in lines)
        return replace(self, rows={provider: own}, near={}, turned={})

    def nearest(self, provider: str, found: Finding, answer: Finding) -> tuple[Holding, ...]:
        """The rows seen next to a day of which nothing is known, each as unknown as the `answer` of all."""
        sides = [one.rows or one.missing for one in (found.before, found.after) if one is not None]
        own = self.rows.get(provider, ())
        rows = next(filter(None, (*sides, found.ended, own[:1])), ())
        return tuple(Holding(row=row, answer=answer.answer, basis=answer.basis) for row in rows)

    def _sightings(self, provider: str, day: date) -> tuple[Sighting, ...]:
        """What was seen of a provider, without the stretches that can say nothing more of a day: a register
        looked at daily for years has a few turns, and many days between them."""
        own = self.rows.get(provider, ())
        if self.corrected != Corrections():
            return shown(self.seen, own, self.corrected)
        if self.ordered:
            return self._in_order(provider, own, day)
        telling = sorted(turns(self.seen, own) | self.next_to(day))
        return shown([self.seen[n] for n in telling], own)

    def _in_order(self, provider: str, own: tuple[Version, ...], day: date) -> tuple[Sighting, ...]:
        # Turns are the same for every day, and of a provider with hundreds of versions most of the work.
        turned = self.turned.get(provider)
        if turned is None:
            turned = self.turned[provider] = shown_at(self.seen, own)
        told = {one.stretch.last.id: one for one in turned}
        more = [n for n in self.next_to(day) if self.seen[n].last.id not in told]
        told.update((one.stretch.last.id, one) for one in shown_at(self.seen, own, more))
        return tuple(told[run] for run in sorted(told))

    def next_to(self, day: date) -> frozenset[int]:
        """The places in `seen` of the stretches of a day, and of those on both sides of it."""
        if day not in self.near:
            begin, end = bounds_of_day(day)
            if self.ordered:  # stretches that follow each other begin, and end, in that order
                later = bisect_left(self.seen, end, key=lambda one: one.start)
                first = bisect_left(self.seen, begin, hi=later, key=lambda one: one.end)
                places = range(min(first, max(later - 1, 0)), min(later + 1, len(self.seen)))
                self.near[day] = frozenset(places)
            else:
                before = [n for n, one in enumerate(self.seen) if one.start < end]
                after = [n for n, one in enumerate(self.seen) if one.start >= end]
                then = (n for n in before if self.seen[n].end >= begin)
                self.near[day] = frozenset({*then, *before[-1:], *after[:1]})
        return self.near[day]


def _may_stand(found: Finding) -> bool:
    """Whether what is found of one line of life leaves open that it stood."""
    denied = found.answer is Answer.NO or found.basis is Basis.PRINTED_END
    return not denied and any(row.known.attestation.stands for row in found.rows)


def _only(sighting: Sighting, line: int) -> Sighting:
    """What a sighting shows of one line of life."""
    return replace(
        sighting,
        rows=tuple(row for row in sighting.rows if row.known.row == line),
        missing=tuple(row for row in sighting.missing if row.known.row == line),
    )


def daybook(
    store: Store,
    label: str,
    source: str,
    seen: Sequence[Stretch],
    patience: timedelta,
    now: datetime,
    provider: str | None = None,
) -> Daybook:
    """What a source that was `seen` so says of a label; with a provider (a slug), of that one alone."""
    versions = _telling(store, source, label, provider, seen)
    corrected = _corrected(store, source, label)
    looked = spoken(seen, versions)
    return Daybook(
        source=source,
        seen=looked,
        ordered=in_order(looked),
        rows=by_provider(versions),
        printed=_printed_lines(versions, corrected.unsaid),
        corrected=corrected,
        patience=patience,
        now=now,
    )


def by_provider(versions: Iterable[Version]) -> Mapping[str, tuple[Version, ...]]:
    """The held versions by the slug of their provider."""
    return _grouped(version for version in versions if version.known.attestation.stands)


def _grouped(versions: Iterable[Version]) -> Mapping[str, tuple[Version, ...]]:
    own: defaultdict[str, list[Version]] = defaultdict(list)
    for version in versions:
        own[version.known.provider.slug].append(version)
    return {slug: tuple(rows) for slug, rows in own.items()}


def _telling(
    store: Store, source: str, label: str, provider: str | None, seen: Sequence[Stretch]
) -> Collection[Version]:
    """Versions enough to tell what each stretch says of a provider: its own, and the first of the label.

    All of the label without a provider, and where a stretch left the label out in the midst of its life: then
    only all of them tell whether it was looked at.
    """
    first = _first_of_plain(store, source, label, seen)
    if provider is None or first is None:
        return listings.versions(store, label=label, source=source)
    own = listings.versions(store, label=label, source=source, provider=provider)
    return own if first in own else (*own, first)


def _first_of_plain(store: Store, source: str, label: str, seen: Sequence[Stretch]) -> Version | None:
    """The first version of a label, where every stretch since then looked at it and none before."""
    first, edition = life.first_of(store, label, source)

    def plain(stretch: Stretch) -> bool:
        stamp = stretch.last.edition_at
        if label in stretch.labels:
            return first.since <= stretch.last.at
        before_any = stamp is None or edition is None or edition > stamp
        return first.since > stretch.last.at and before_any

    return first if all(plain(stretch) for stretch in seen) else None


def looked_at(store: Store, source: str, label: str, seen: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """The stretches that looked at a label, where that can be told without its versions; else none."""
    if _first_of_plain(store, source, label, seen) is None:
        return ()
    return tuple(stretch for stretch in seen if label in stretch.labels)


def own_mistakes(store: Store, source: str, label: str) -> bool:
    """Whether a reader of ours is known to have been wrong about a label."""
    return _corrected(store, source, label) != Corrections()


def _corrected(store: Store, source: str, label: str) -> Corrections:
    if not life.reread(store, label, source):
        return Corrections()
    return corrections(log.events(store, sources=[source], labels=[label], causes=[Cause.REREADING]))


def _printed_lines(versions: Iterable[Version], unsaid: Collection[int]) -> Mapping[str, tuple[Version, ...]]:
    """By the slug of their provider, the last version of each line of life that prints its statuses.

    Versions come in order of time. Lines in `unsaid` were never there: our own reader was wrong.
    """
    last = {one.known.row: one for one in versions}
    said = (version for line, version in last.items() if line not in unsaid)
    # Asked for what it has, and not read: a list has hundreds of lines with a dozen statuses each.
    return _grouped(version for version in said if version.known.attestation.extra.get("statuses"))
