"""What a provider's page answers first: SecNumCloud and HDS always, each with what the answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.seen.looks import runs
from state.seen.rows import overview
from state.words.labels import ALWAYS, TOGETHER, single
from watcher.ask.holders import Edition
from watcher.ask.standing.race import Place, Sign, Standing, absent, by_documents, placed, with_together
from watcher.ask.watch.label_state import last_editions, read_labels, stale_sources

if TYPE_CHECKING:
    from state.model import Provider, Version
    from watcher.ask.archive import Archive


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

    @property
    def scope(self) -> tuple[str, ...]:
        """All that the rows cover, in the order in which they print it."""
        one = self.standing
        rows = one.rows if one.place is Place.HOLDS and not one.together else ()
        return tuple(dict.fromkeys(one for row in rows for one in row.known.attestation.scope))


def verdicts(archive: Archive, provider: Provider) -> tuple[Verdict, ...]:
    """Where a provider stands with the labels that everybody asks for, in their order."""
    now = overview.standing(archive.store, labels=ALWAYS, providers=[provider.slug], status="any")
    return tuple(_verdict(archive, one, now) for one in placed(archive, [provider], now))


def together(archive: Archive, found: Sequence[Verdict]) -> tuple[Verdict, ...]:
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
        return next(one for one in together(archive, own) if one.label == label)
    now = overview.standing(archive.store, labels=[label], providers=[provider.slug], status="any")
    found = next((one for one in placed(archive, [provider], now) if one.label == label), None)
    if found is None:  # neither asked for by everybody, nor held
        read = read_labels(archive.store) if archive.names.listed(provider.slug) else ()
        found = absent(archive, provider, label, read, stale_sources(archive))
        found = by_documents(archive, found, overview.documented_of(archive.store, [provider.slug]))
    return _verdict(archive, found, now)


def _verdict(archive: Archive, one: Standing, now: Sequence[Version]) -> Verdict:
    waiting = [row for row in now if row.known.attestation.status == "candidate"]
    waiting = [row for row in waiting if row.known.attestation.label == one.label]
    holds, own = one.place is Place.HOLDS, last_editions(archive, one.label)
    return Verdict(
        standing=one,
        editions=(*own, *_of_candidates(archive, waiting)),
        also=tuple(waiting) if holds else (),
        last=None if holds else overview.last_held(archive.store, one.provider.slug, one.label),
    )


def _of_candidates(archive: Archive, rows: Iterable[Version]) -> Sequence[Edition]:
    """The last good readings of the pages that show candidacies."""
    found = []
    for name in dict.fromkeys(row.source for row in rows):
        state = runs.state_of(archive.store, name)
        if state.last_good is not None:
            fresh = archive.now - state.last_good <= archive.patience(name)
            found.append(Edition(source=name, at=state.last_good, edition_at=state.edition_at, fresh=fresh))
    return found
