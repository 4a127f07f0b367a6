"""Labels together: since when a provider has them all, until when; now or on a day, and who else.

What a provider has by what it runs on is an operator's word (`noted`), and never passes for what was seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from state.model import day_of
from state.noted.footings import below, footings
from state.seen.rows import overview
from state.words.labels import TOGETHER
from watcher.ask.day import YES_BY
from watcher.ask.holders import editions_of, holders_of
from watcher.ask.past.was import Answer, Basis

if TYPE_CHECKING:
    from state.model import Provider, Version
    from state.noted.footings import Chain
    from state.words.documented import Documented
    from watcher.ask.archive import Archive
    from watcher.ask.day import Past
    from watcher.ask.holders import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What an answer about labels together comes to: of a yes, since when all are held, which one came last,
    "" where nobody can tell, and the first printed end; else the labels that are missing, and those of which
    nobody knows."""

    since: date | None = None
    since_printed: bool = False
    second: str = ""
    until: date | None = None
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def held_then(past: Past) -> Held:
    """What a yes about labels together says is held."""
    own = tuple(
        Own(provider=part.provider, rows=part.finding.rows, documents=part.attested) for part in past.parts
    )
    held = Held(provider=past.provider, label=past.label, each=own)
    return replace(held, ahead=held.since.printed and held.since.day > past.day)


def grounds(past: Past) -> Grounds:
    """What an answer about labels together comes to, as data."""
    if past.finding.answer is Answer.YES:
        held = held_then(past)
        since = held.since
        return Grounds(since=since.day, since_printed=since.printed, second=held.second, until=held.until)
    by = {
        answer: tuple(part.label for part in past.parts if part.finding.answer is answer) for answer in Answer
    }
    return Grounds(missing=by[Answer.NO], unknown=by[Answer.UNKNOWN])


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """From which day on; `printed` by the registers, else from when it was first seen, and maybe before."""

    day: date
    printed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What is known of a provider and one label: its rows, and whether they stand; with `noted`, those of
    what it runs on. `documents` are what it rests on where no register shows a row."""

    provider: Provider
    rows: tuple[Version, ...]
    answer: Answer = Answer.YES
    basis: Basis = Basis.OBSERVED
    noted: Chain = ()
    documents: tuple[Documented, ...] = ()

    @property
    def missing(self) -> bool:
        """Whether the last reading shows none of them, and nobody confirmed that they are gone."""
        return all(row.known.missing_since is not None for row in self.rows)

    @property
    def since(self) -> Since:
        """Since when, by the rows that say so."""
        printed = [day for row in self.rows if (day := row.known.attestation.valid_from)]
        printed += [day for one in self.documents if not self.rows and (day := one.first_day)]
        if printed:
            return Since(day=min(printed), printed=True)
        return Since(day=min(day_of(row.since_edition or row.since) for row in self.rows), printed=False)

    @property
    def until(self) -> date | None:
        """The last printed end; None where a row prints none."""
        ends = [row.known.attestation.valid_until for row in self.rows]
        ends = ends or [one.last_day for one in self.documents]
        return max(filter(None, ends)) if all(ends) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Labels that a provider has together, now or on a day, and what is known of each: since the later of
    all, until the first end. `answer` is yes or unknown. `ahead`: one of them is printed to begin later."""

    provider: Provider
    label: str
    each: tuple[Own, ...]
    ahead: bool = False

    @property
    def since(self) -> Since:
        """Since when all are held; of two that begin on one day, that which is only seen."""
        return max((own.since for own in self.each), key=lambda one: (one.day, not one.printed))

    @property
    def until(self) -> date | None:
        """The printed end of the one that ends first."""
        return min((end for own in self.each if (end := own.until)), default=None)

    @property
    def first_to_end(self) -> tuple[str, ...]:
        """The labels that end first by what is printed; none where no end is."""
        ends = zip(TOGETHER[self.label].labels, self.each, strict=True)
        return tuple(label for label, own in ends if own.until is not None and own.until == self.until)

    @property
    def second(self) -> str:
        """The label that came last, by which all are held; "" where nobody can tell: they came on one day, or
        one was only seen then."""
        days = [own.since.day for own in self.each]
        at = days.index(max(days))
        sure = self.since.printed and days.count(max(days)) == 1
        return TOGETHER[self.label].labels[at] if sure else ""

    @property
    def rows(self) -> tuple[Version, ...]:
        """All rows that say so."""
        return tuple(row for own in self.each for row in own.rows)

    @property
    def noted(self) -> Chain:
        """The notes that it rests on, none where the provider has all by itself."""
        return next((own.noted for own in self.each if own.noted), ())

    @property
    def answer(self) -> Answer:
        """Yes where all are."""
        return next((own.answer for own in self.each if own.answer is not Answer.YES), Answer.YES)

    @property
    def basis(self) -> Basis:
        """What the answer rests on."""
        unsure = next((own.basis for own in self.each if own.answer is not Answer.YES), None)
        return unsure or min((own.basis for own in self.each), key=YES_BY.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who has labels together, in the order of names, and how many have but one of them, by label."""

    label: str
    held: tuple[Held, ...]
    alone: Mapping[str, int]
    editions: tuple[Edition, ...]


Told = Mapping[str, Mapping[str, Own]]
"""What is known of one label after another: of each provider, by slug, that may have it."""


def holders(archive: Archive, label: str, on: date | None = None) -> Holders:
    """Who has labels together, now or on a day: everybody of whom none of them is denied."""
    labels = TOGETHER[label].labels
    if on is None:
        holding = {each: overview.holding(archive.store, each) for each in labels}
        told = _near(archive, label, holding)
    else:
        told = {each: _of_day(archive, each, on) for each in labels}
        holding = {each: frozenset(own) for each, own in told.items()}
    found = {slug: own.provider for each in told.values() for slug, own in each.items()}
    held = [one for who in found.values() if (one := _held(archive, label, who, told, on))]
    both = {one.provider.slug for one in held}
    return Holders(
        label=label,
        held=tuple(sorted(held, key=lambda one: one.provider.name.casefold())),
        alone={each: len(holding[each] - both) for each in labels},
        editions=editions_of(archive, labels, on),
    )


def _near(archive: Archive, label: str, holding: Mapping[str, frozenset[str]]) -> Told:
    """What is known of those who may have labels together, and of what they run on: of hundreds who have one
    of them no row is opened."""
    notes = footings(archive.store)
    own = frozenset.intersection(*holding.values())
    slugs = own | {slug for note in notes for slug in (note.provider.slug, note.host.slug)}
    return {each: _of_now(archive, each, sorted(slugs)) for each in TOGETHER[label].labels}


def lines_of_holders(archive: Archive, label: str) -> tuple[int, ...]:
    """The lines of life of the rows by which somebody has labels together now."""
    held = holders(archive, label).held
    return tuple(sorted({row.known.row for one in held for row in one.rows}))


def held_by(archive: Archive, provider: Provider, label: str) -> Held | None:
    """What one provider has now of labels together; None where one of them is missing."""
    hosts = [chain[-1].host.slug for chain in below(archive.store, provider.slug)]
    slugs = [provider.slug, *hosts]
    told = {each: _of_now(archive, each, slugs) for each in TOGETHER[label].labels}
    return _held(archive, label, provider, told, None)


def _of_now(archive: Archive, label: str, slugs: Sequence[str]) -> Mapping[str, Own]:
    rows: dict[str, list[Version]] = {}
    for row in overview.standing(archive.store, labels=[label], providers=slugs):
        rows.setdefault(row.known.provider.slug, []).append(row)
    return {slug: Own(provider=own[0].known.provider, rows=tuple(own)) for slug, own in rows.items()}


def _of_day(archive: Archive, label: str, on: date) -> Mapping[str, Own]:
    found: dict[str, Own] = {}
    for row, told in holders_of(archive, [label], on).listed:  # those that are sure come first
        slug, own = row.known.provider.slug, found.get(row.known.provider.slug)
        if told is not None and (own is None or own.answer is told.answer):
            rows = (*own.rows, row) if own else (row,)
            basis = own.basis if own else told.basis
            found[slug] = Own(provider=row.known.provider, rows=rows, answer=told.answer, basis=basis)
    return found


def _held(archive: Archive, label: str, who: Provider, told: Told, on: date | None) -> Held | None:
    """What a provider has of labels together; None where one of them is denied."""
    one, each = TOGETHER[label], list[Own]()
    for name in one.labels:
        own = told[name].get(who.slug)
        if (own is None or own.answer is not Answer.YES) and name in one.carried:
            own = _carried(archive, who, told[name], on) or own
        if own is None:
            return None
        each.append(own)
    held = Held(provider=who, label=label, each=tuple(each))
    return replace(held, ahead=held.since.printed and held.since.day > (on or day_of(archive.now)))


def _carried(archive: Archive, who: Provider, told: Mapping[str, Own], on: date | None) -> Own | None:
    """What the nearest host of a provider surely has."""
    for chain in below(archive.store, who.slug, on):
        own = told.get(chain[-1].host.slug)
        if own and own.answer is Answer.YES:
            return replace(own, basis=Basis.NOTED, noted=chain)
    return None
