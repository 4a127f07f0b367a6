"""Who is ahead: for each provider and label whether it holds it, waits for it, or is on no list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from state.model import day_of
from state.seen import overview
from state.words.labels import ALWAYS, LABELS
from watcher.ask.label_state import read_labels

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

    `ahead`: each of the rows is printed to begin on a later day.
    """

    provider: Provider
    label: str
    place: Place
    rows: tuple[Version, ...] = ()
    ahead: bool = False

    @property
    def ends(self) -> tuple[date, ...]:
        """The printed ends, soonest first."""
        return tuple(sorted({end for row in self.rows if (end := row.known.attestation.valid_until)}))

    @property
    def began(self) -> date | None:
        """The earliest printed start."""
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
    return placed(archive, providers, now)


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
