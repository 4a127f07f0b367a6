"""What a provider's page answers first: SecNumCloud and HDS always, each with what the answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from state.model import day_of
from state.seen.looks import runs
from state.seen.rows import overview
from state.words.labels import ALWAYS
from watcher.ask.answers import Edition
from watcher.ask.standing.race import Place, Standing, placed
from watcher.ask.watch.label_state import last_editions, read_labels

if TYPE_CHECKING:
    from state.model import Provider, Version
    from watcher.ask.answers import Archive


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Where a provider stands with a label today, and what says so.

    `also` are its candidacies beside what it holds; `last` is the last row that it held and holds no more;
    `editions` are the looks that the answer rests on, those at a page of candidates too.
    """

    standing: Standing
    sign: Sign
    editions: tuple[Edition, ...]
    also: tuple[Version, ...] = ()
    last: Version | None = None

    @property
    def label(self) -> str:
        """The label that it is about."""
        return self.standing.label

    @property
    def scope(self) -> tuple[str, ...]:
        """All that the rows cover, in the order in which they print it."""
        rows = self.standing.rows if self.standing.place is Place.HOLDS else ()
        return tuple(dict.fromkeys(one for row in rows for one in row.known.attestation.scope))


def verdicts(archive: Archive, provider: Provider) -> tuple[Verdict, ...]:
    """Where a provider stands with the labels that everybody asks for, in their order."""
    now = overview.standing(archive.store, labels=ALWAYS, providers=[provider.slug], status="any")
    return tuple(_verdict(archive, one, now) for one in placed(archive, [provider], now))


def verdict(archive: Archive, provider: Provider, label: str) -> Verdict:
    """The same of any one label."""
    now = overview.standing(archive.store, labels=[label], providers=[provider.slug], status="any")
    found = next((one for one in placed(archive, [provider], now) if one.label == label), None)
    if found is None:  # neither asked for by everybody, nor held
        place = Place.NOT_LISTED if label in read_labels(archive.store) else Place.UNKNOWN
        found = Standing(provider=provider, label=label, place=place)
    return _verdict(archive, found, now)


def _verdict(archive: Archive, one: Standing, now: Sequence[Version]) -> Verdict:
    waiting = [row for row in now if row.known.attestation.status == "candidate"]
    waiting = [row for row in waiting if row.known.attestation.label == one.label]
    holds, own = one.place is Place.HOLDS, last_editions(archive, one.label)
    return Verdict(
        standing=one,
        sign=sign_of(one, day_of(archive.now), fresh=any(edition.fresh for edition in own)),
        editions=(*own, *_of_candidates(archive, waiting)),
        also=tuple(waiting) if holds else (),
        last=None if holds else overview.last_held(archive.store, one.provider.slug, one.label),
    )


def sign_of(one: Standing, today: date, *, fresh: bool = True) -> Sign:
    """Where a provider stands on a day by the rows that are printed; `fresh` says that a reading of them
    speaks for that day."""
    if one.place is not Place.HOLDS:
        return Sign(one.place.value)
    if len(one.missing) == len(one.rows):
        return Sign.UNSURE
    rows = [row.known.attestation for row in one.rows if row.known.missing_since is None]
    if all(row.last_day is not None and row.last_day < today for row in rows):
        return Sign.PAST
    if all(row.valid_from is not None and row.valid_from > today for row in rows):
        return Sign.BEGINS
    return Sign.HOLDS if fresh else Sign.LISTED


def _of_candidates(archive: Archive, rows: Iterable[Version]) -> Sequence[Edition]:
    """The last good readings of the pages that show candidacies."""
    found = []
    for name in dict.fromkeys(row.source for row in rows):
        state = runs.state_of(archive.store, name)
        if state.last_good is not None:
            fresh = archive.now - state.last_good <= archive.patience(name)
            found.append(Edition(source=name, at=state.last_good, edition_at=state.edition_at, fresh=fresh))
    return found
