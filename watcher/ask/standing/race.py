"""Where providers stand with labels: whether each holds it, waits for it, or is on no list.

In a race several stand beside each other; a verdict is about one of them, and says what it rests on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from state.model import day_of
from state.noted.footings import footings
from state.seen.rows import overview
from state.words.labels import ALWAYS, LABELS, TOGETHER, single
from watcher.ask.standing.together import Held, Own, held_by
from watcher.ask.watch.label_state import last_editions, last_readings, read_labels, stale_sources

if TYPE_CHECKING:
    from state.model import Provider, Version
    from state.words.documented import Documented
    from watcher.ask.archive import Archive
    from watcher.ask.holders import Edition

USUAL = ("numspot", "bleu", "s3ns", "outscale", "ovhcloud", "scaleway", "cloud-temple")
"""Who is compared when nobody is named: the three everybody asks for, and those they are compared with."""


class Place(StrEnum):
    """Where a provider stands with a label. `unknown`: no register that says who holds it was ever read, or
    the provider's name is on no list. `document`: nobody looked, and a document that somebody provided covers
    the day."""

    HOLDS = "holds"
    CANDIDATE = "candidate"
    NOT_LISTED = "not_listed"
    UNKNOWN = "unknown"
    DOCUMENT = "document"


class Sign(StrEnum):
    """Where a provider stands with a label, told apart further than in a race: a row may be printed when its
    end is past, wait to be confirmed, or be `listed` by a reading that is too old to speak for today."""

    HOLDS = "holds"
    LISTED = "listed"
    BEGINS = "begins"
    PAST = "past"
    UNSURE = "unsure"
    CANDIDATE = "candidate"
    NOT_LISTED = "not_listed"
    UNKNOWN = "unknown"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One provider and one label, with the rows that say so and the first and last of their printed ends.

    `ahead`: each of the rows is printed to begin on a later day. `stale` is when the registers that say so
    were last read, where that is too long ago to speak for today. Where the label is several together, `each`
    is where it stands with one after the other, and `together` what it holds where it holds all. `documents`
    are what somebody provided that covers the day, where nobody looked.
    """

    provider: Provider
    label: str
    place: Place
    sign: Sign
    stale: datetime | None = None
    rows: tuple[Version, ...] = ()
    ahead: bool = False
    each: tuple[Standing, ...] = ()
    together: Held | None = None
    documents: tuple[Documented, ...] = ()

    @property
    def ends(self) -> tuple[date, ...]:
        """The printed ends, soonest first; of labels together, the first at which one of them ends."""
        if self.together:
            return (self.together.until,) if self.together.until else ()
        return tuple(sorted({end for row in self.rows if (end := row.known.attestation.valid_until)}))

    @property
    def began(self) -> date | None:
        """The earliest printed start; of labels together, since when all are held."""
        if self.together:
            return self.together.since.day if self.together.since.printed else None
        return min((day for row in self.rows if (day := row.known.attestation.valid_from)), default=None)

    @property
    def scope(self) -> tuple[str, ...]:
        """All that the rows cover, in the order in which they print it; of labels together nothing."""
        rows = self.rows if self.place is Place.HOLDS and not self.together else ()
        return tuple(dict.fromkeys(one for row in rows for one in row.known.attestation.scope))

    @property
    def missing(self) -> tuple[Version, ...]:
        """The rows that the last reading does not show, and whose removal nobody confirmed."""
        return tuple(row for row in self.rows if row.known.missing_since is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Where a provider stands with a label today, and what says so.

    `also` are its candidacies beside what it holds; `last` is the last row that it held and holds no more;
    `editions` are the looks that the answer rests on, those at a page of candidates too.
    """

    standing: Standing
    editions: tuple[Edition, ...]
    also: tuple[Version, ...] = ()
    last: Version | None = None

    @property
    def label(self) -> str:
        """The label that it is about."""
        return self.standing.label

    @property
    def sign(self) -> Sign:
        """The answer."""
        return self.standing.sign


WORST = (Sign.PAST, Sign.UNSURE, Sign.BEGINS, Sign.LISTED, Sign.HOLDS)
"""How rows that stand may stand, those first that make the less of labels together."""


def race(archive: Archive, providers: Sequence[Provider]) -> tuple[Standing, ...]:
    """Each provider with each label: SecNumCloud and HDS, then every label that one of them has or awaits.

    Of a name that is on no list nothing is known: whoever is meant may be listed under another.
    """
    slugs = {provider.slug for provider in providers}
    now = overview.standing(archive.store, providers=slugs, status="any")
    return with_together(archive, placed(archive, providers, now))


def with_together(archive: Archive, found: Sequence[Standing]) -> tuple[Standing, ...]:
    """The same with the labels that people ask for together, after the last of each."""
    shown, own = list[Standing](), dict[tuple[str, str], Standing]()
    noted = frozenset(note.provider.slug for note in footings(archive.store))
    for one in found:
        shown.append(one)
        own[one.provider.slug, one.label] = one
        for slug, many in TOGETHER.items():
            each = [own.get((one.provider.slug, label)) for label in many.labels]
            if one.label in many.labels and all(each):
                known = [standing for standing in each if standing]
                shown.append(_together(archive, slug, known, noted=one.provider.slug in noted))
    return tuple(shown)


def _together(archive: Archive, label: str, each: Sequence[Standing], *, noted: bool) -> Standing:
    """Where a provider stands with labels together; what it runs on is asked where a note says so."""
    provider, held = each[0].provider, None
    if all(one.place is Place.HOLDS for one in each):
        own = tuple(Own(provider=provider, rows=one.rows) for one in each)
        held = Held(provider=provider, label=label, each=own, ahead=any(one.ahead for one in each))
    elif noted:
        held = held_by(archive, provider, label)
    if held:
        return _all_held(held, stale_sources(archive), day_of(archive.now))
    places = {one.place for one in each}
    order = (Place.NOT_LISTED, Place.UNKNOWN, Place.CANDIDATE)
    place = next((one for one in order if one in places), Place.DOCUMENT)
    looked = min((one.stale for one in each if one.stale), default=None)
    return Standing(
        provider=provider, label=label, place=place, sign=Sign(place.value), stale=looked, each=tuple(each)
    )


def _all_held(held: Held, stale: Mapping[str, datetime], today: date) -> Standing:
    """Where a provider stands that holds all: as the one of them that says least."""
    labels = TOGETHER[held.label].labels
    each = [
        _holding(own.provider, label, own.rows, stale, today)
        for label, own in zip(labels, held.each, strict=True)
    ]
    return Standing(
        provider=held.provider,
        label=held.label,
        place=Place.HOLDS,
        sign=min((one.sign for one in each), key=WORST.index),
        stale=min((one.stale for one in each if one.stale), default=None),
        rows=held.rows,
        ahead=held.ahead,
        each=tuple(each),
        together=held,
    )


def placed(archive: Archive, providers: Sequence[Provider], now: Sequence[Version]) -> tuple[Standing, ...]:
    """The same by rows that are at hand already."""
    met = {v.known.attestation.label for v in now if _counts(v)}
    labels = (*ALWAYS, *(label for label in LABELS if label in met and label not in ALWAYS))
    known = {one.slug for one in providers if archive.names.listed(one.slug)}
    read, stale = read_labels(archive.store), stale_sources(archive)
    told = overview.documented_of(archive.store, [one.slug for one in providers])
    return tuple(
        _standing(archive, provider, label, now, stale)
        or _absent(archive, provider, label, read if provider.slug in known else (), stale, told)
        for provider in providers
        for label in labels
    )


def _counts(version: Version) -> bool:
    return version.known.attestation.stands or version.known.attestation.status == "candidate"


def _standing(
    archive: Archive, provider: Provider, label: str, now: Sequence[Version], stale: Mapping[str, datetime]
) -> Standing | None:
    rows = [
        version
        for version in now
        if version.known.provider.slug == provider.slug and version.known.attestation.label == label
    ]
    held = tuple(version for version in rows if version.known.attestation.stands)
    if held:
        return _holding(provider, label, held, stale, day_of(archive.now))
    waiting = tuple(version for version in rows if version.known.attestation.status == "candidate")
    if not waiting:
        return None
    looked = _last(stale, (version.source for version in waiting))
    return Standing(
        provider=provider, label=label, place=Place.CANDIDATE, sign=Sign.CANDIDATE, stale=looked, rows=waiting
    )


def _holding(
    provider: Provider, label: str, rows: tuple[Version, ...], stale: Mapping[str, datetime], today: date
) -> Standing:
    """Where somebody stands by rows that stand."""
    starts = [version.known.attestation.valid_from for version in rows]
    ahead = all(day is not None and day > today for day in starts)
    looked = _last(stale, (version.source for version in rows))
    sign = _sign(rows, today, ahead=ahead, fresh=looked is None)
    return Standing(
        provider=provider, label=label, place=Place.HOLDS, sign=sign, stale=looked, rows=rows, ahead=ahead
    )


def _sign(rows: Sequence[Version], today: date, *, ahead: bool, fresh: bool) -> Sign:
    shown = [row.known.attestation for row in rows if row.known.missing_since is None]
    if not shown:
        return Sign.UNSURE
    if all(row.last_day is not None and row.last_day < today for row in shown):
        return Sign.PAST
    if ahead:
        return Sign.BEGINS
    return Sign.HOLDS if fresh else Sign.LISTED


def _absent(
    archive: Archive,
    provider: Provider,
    label: str,
    read: Collection[str],
    stale: Mapping[str, datetime],
    told: Collection[tuple[str, str]],
) -> Standing:
    """Where somebody stands of whom no row is shown; `read` are the labels that were ever read, `told` says
    of whom there are documents: those that cover today tell where nobody looked."""
    place = Place.NOT_LISTED if label in read else Place.UNKNOWN
    stating = overview.sources_saying(archive.store, label) if stale and label in read else ()
    one = Standing(
        provider=provider, label=label, place=place, sign=Sign(place.value), stale=_last(stale, stating)
    )
    if (provider.slug, label) not in told:
        return one
    from watcher.ask.day import past  # of few anything was provided
    from watcher.ask.past.was import Answer

    found = past(archive, provider, label, day_of(archive.now))
    if found.seen is None or found.finding.answer is not Answer.YES:
        return one
    return replace(one, place=Place.DOCUMENT, sign=Sign.DOCUMENT, documents=found.attested)


def _last(stale: Mapping[str, datetime], sources: Iterable[str]) -> datetime | None:
    """When sources were last read, where all of them too long ago."""
    looked = [stale.get(source) for source in set(sources)]
    return max((at for at in looked if at), default=None) if all(looked) else None


def verdicts(archive: Archive, provider: Provider) -> tuple[Verdict, ...]:
    """Where a provider stands with the labels that everybody asks for, in their order."""
    now = overview.standing(archive.store, labels=ALWAYS, providers=[provider.slug], status="any")
    return tuple(_verdict(archive, one, now) for one in placed(archive, [provider], now))


def verdicts_together(archive: Archive, found: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Where a provider stands with labels together, by the verdicts on each."""
    both = with_together(archive, [one.standing for one in found])
    read = {one.label: one.editions for one in found}
    return tuple(
        Verdict(
            standing=one, editions=tuple(dict.fromkeys(sum((read[each] for each in single([one.label])), ())))
        )
        for one in both
        if one.label in TOGETHER
    )


def verdict(archive: Archive, provider: Provider, label: str) -> Verdict:
    """The same of any one label, or of labels together."""
    if label in TOGETHER:
        own = [verdict(archive, provider, one) for one in TOGETHER[label].labels]
        return next(one for one in verdicts_together(archive, own) if one.label == label)
    now = overview.standing(archive.store, labels=[label], providers=[provider.slug], status="any")
    found = next((one for one in placed(archive, [provider], now) if one.label == label), None)
    if found is None:  # neither asked for by everybody, nor held
        read = read_labels(archive.store) if archive.names.listed(provider.slug) else ()
        told = overview.documented_of(archive.store, [provider.slug])
        found = _absent(archive, provider, label, read, stale_sources(archive), told)
    return _verdict(archive, found, now)


def _verdict(archive: Archive, one: Standing, now: Sequence[Version]) -> Verdict:
    waiting = [row for row in now if row.known.attestation.status == "candidate"]
    waiting = [row for row in waiting if row.known.attestation.label == one.label]
    holds, own = one.place is Place.HOLDS, last_editions(archive, one.label)
    of_candidates = last_readings(archive, dict.fromkeys(row.source for row in waiting))
    return Verdict(
        standing=one,
        editions=(*own, *of_candidates),
        also=tuple(waiting) if holds else (),
        last=None if holds else overview.last_held(archive.store, one.provider.slug, one.label),
    )
