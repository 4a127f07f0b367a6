"""Who is ahead: for each provider and label whether it holds it, waits for it, or is on no list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from state.model import day_of
from state.noted.footings import footings
from state.seen.rows import overview
from state.words.labels import ALWAYS, LABELS, TOGETHER
from watcher.ask.standing.together import Held, Own, held_by
from watcher.ask.watch.label_state import read_labels

if TYPE_CHECKING:
    from state.model import Provider, Version
    from watcher.ask.answers import Archive

USUAL = ("numspot", "bleu", "s3ns", "outscale", "ovhcloud", "scaleway", "cloud-temple")
"""Who is compared when nobody is named: the three everybody asks for, and those they are compared with."""


class Place(StrEnum):
    """Where a provider stands with a label. `unknown`: no register that says who holds it was ever read, or
    the provider's name is on no list."""

    HOLDS = "holds"
    CANDIDATE = "candidate"
    NOT_LISTED = "not_listed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One provider and one label, with the rows that say so and the first and last of their printed ends.

    `ahead`: each of the rows is printed to begin on a later day. `together` is what it holds where the label
    is several together.
    """

    provider: Provider
    label: str
    place: Place
    rows: tuple[Version, ...] = ()
    ahead: bool = False
    together: Held | None = None

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
    def missing(self) -> tuple[Version, ...]:
        """The rows that the last reading does not show, and whose removal nobody confirmed."""
        return tuple(row for row in self.rows if row.known.missing_since is not None)


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
        return Standing(
            provider=provider, label=label, place=Place.HOLDS, rows=held.rows, ahead=held.ahead, together=held
        )
    places = {one.place for one in each}
    place = next((one for one in (Place.NOT_LISTED, Place.UNKNOWN) if one in places), Place.CANDIDATE)
    return Standing(provider=provider, label=label, place=place)


def placed(archive: Archive, providers: Sequence[Provider], now: Sequence[Version]) -> tuple[Standing, ...]:
    """The same by rows that are at hand already."""
    met = {v.known.attestation.label for v in now if _counts(v)}
    labels = (*ALWAYS, *(label for label in LABELS if label in met and label not in ALWAYS))
    read = read_labels(archive.store)
    known = {one.slug for one in providers if archive.names.known(one.slug)}
    today = day_of(archive.now)
    return tuple(
        _standing(provider, label, now, read if provider.slug in known else (), today)
        for provider in providers
        for label in labels
    )


def _counts(version: Version) -> bool:
    return version.known.attestation.stands or version.known.attestation.status == "candidate"


def _standing(
    provider: Provider, label: str, now: Sequence[Version], read: Collection[str], today: date
) -> Standing:
    rows = [
        version
        for version in now
        if version.known.provider.slug == provider.slug and version.known.attestation.label == label
    ]
    held = tuple(version for version in rows if version.known.attestation.stands)
    waiting = tuple(version for version in rows if version.known.attestation.status == "candidate")
    if held:
        starts = [version.known.attestation.valid_from for version in held]
        ahead = all(day is not None and day > today for day in starts)
        return Standing(provider=provider, label=label, place=Place.HOLDS, rows=held, ahead=ahead)
    if waiting:
        return Standing(provider=provider, label=label, place=Place.CANDIDATE, rows=waiting)
    place = Place.NOT_LISTED if label in read else Place.UNKNOWN
    return Standing(provider=provider, label=label, place=place)
