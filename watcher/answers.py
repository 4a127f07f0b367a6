"""Questions people ask, and their answers: pure reading of the memory, the same for every door."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise

from notifiers.doubts import said
from scrapers.source import Source
from state import evidence, listings, log, overview, runs
from state import retractions as kept
from state.model import (
    Cause,
    Event,
    Evidence,
    Outcome,
    Provider,
    Retraction,
    Run,
    SourceState,
    Version,
)
from state.providers import Providers
from state.store import Store
from watcher.condition import Condition, condition, overdue
from watcher.naming import Names
from watcher.sighting import Corrections, Sighting, Stretch, corrections, sightings, stretches
from watcher.want import about
from watcher.was import Finding, bounds_of_day, combined, was

PATIENCE = timedelta(days=45)
"""How long a time between two looks counts as watched, for a source that is no longer configured."""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """What a question is put to: the memory, who is who, the configured sources, and the time it is.

    `directory` are the names of the memory where they were gathered before.
    """

    store: Store
    providers: Providers
    sources: Mapping[str, Source]
    now: datetime
    directory: Names | None = None

    @cached_property
    def names(self) -> Names:
        """Whom a name means: gathered when first asked, since most questions name somebody once."""
        return self.directory or Names(self.providers, overview.spellings(self.store))

    def patience(self, source: str) -> timedelta:
        """How long a time between two looks at a source counts as watched."""
        return self.sources[source].stale_after if source in self.sources else PATIENCE


def history(
    archive: Archive,
    *,
    names: Sequence[str] = (),
    labels: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
    sources: Collection[str] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> tuple[Event, ...]:
    """The events that fit, newest first; `names` match as those of a subscription do, days are Paris days."""
    events = log.events(
        archive.store,
        labels=labels,
        kinds=kinds,
        sources=sources,
        since=bounds_of_day(since)[0] if since else None,
        until=bounds_of_day(until)[1] - timedelta(seconds=1) if until else None,
        newest_first=True,
    )
    if not names:
        return events
    return tuple(e for e in events if any(about(name, e, archive.providers) for name in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The look that an answer rests on: which edition of which source, when seen, and whether it still speaks
    for the day asked about."""

    source: str
    at: datetime
    edition_at: datetime | None
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who held a label on a day, by the last look at each source that states it."""

    rows: tuple[Version, ...]
    editions: tuple[Edition, ...]


def holders(
    archive: Archive, labels: Collection[str], on: date | None = None, most: int | None = None
) -> Holders:
    """The rows of some labels that stood on a day, or stand now, by holder; of each label at least the first
    `most` where there are more."""
    rows: list[Version] = []
    editions = []
    day = bounds_of_day(on)[1] if on else archive.now + timedelta(microseconds=1)
    for label in labels:
        for source in overview.sources_stating(archive.store, label):
            seen = stretches(runs.runs(archive.store, source=source, good=True))
            stretch = next((one for one in reversed(seen) if one.start < day), None)
            if stretch is None:
                continue
            last = stretch.last
            rows += overview.stood(archive.store, label, source, last.id, last.edition_at, most)
            editions.append(_edition(archive, source, stretch, seen, day))
    return Holders(rows=tuple(sorted(rows, key=_by_holder)), editions=tuple(dict.fromkeys(editions)))


def _edition(
    archive: Archive, source: str, stretch: Stretch, seen: Sequence[Stretch], day: datetime
) -> Edition:
    later = next((one.start for one in seen if one.start >= day), day)
    return Edition(
        source=source,
        at=stretch.last.at,
        edition_at=stretch.last.edition_at,
        fresh=later - stretch.end <= archive.patience(source) and day - timedelta(days=1) <= archive.now,
    )


def _by_holder(version: Version) -> tuple[str, bytes, int]:
    """The order of the memory: only ASCII letters have a lower case there."""
    row = version.known
    return (row.attestation.label, row.provider.name.encode().lower(), row.row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The answer to "did this provider have this label on that day?", and each source's own."""

    provider: Provider
    label: str
    day: date
    finding: Finding
    source: str
    sources: Mapping[str, Finding]
    evidence: tuple[Evidence, ...]


def past(archive: Archive, provider: Provider, label: str, day: date) -> Past:
    """Whether a provider had a label on a day, as far as anybody looked; never a no out of an outage."""
    found: dict[str, Finding] = {}
    for source in overview.sources_stating(archive.store, label):
        seen = stretches(runs.runs(archive.store, source=source, good=True))
        versions = _telling(archive.store, source, label, provider.slug, seen)
        own = sightings(seen, versions, provider.slug, _corrected(archive, source, label))
        found[source] = was(own, day, archive.patience(source), archive.now)
    finding = combined(tuple(found.values()))
    source = next((name for name, one in found.items() if one is finding), "")
    return Past(
        provider=provider,
        label=label,
        day=day,
        finding=finding,
        source=source,
        sources=found,
        evidence=_proofs(archive.store, finding),
    )


def _telling(
    store: Store, source: str, label: str, provider: str, seen: Sequence[Stretch]
) -> tuple[Version, ...]:
    """Versions enough to tell what each stretch says of a provider: its own, and the first of the label.

    All of the label where a stretch left the label out in the midst of its life: then only all of them tell
    whether it was looked at.
    """
    first, edition = overview.first_of(store, label, source)

    def plain(stretch: Stretch) -> bool:
        stamp = stretch.last.edition_at
        if label in stretch.labels:
            return first.since <= stretch.last.at
        before_any = stamp is None or edition is None or edition > stamp
        return first.since > stretch.last.at and before_any

    if not all(plain(stretch) for stretch in seen):
        return listings.versions(store, label=label, source=source)
    own = listings.versions(store, label=label, source=source, provider=provider)
    return own if first in own else (*own, first)


def _corrected(archive: Archive, source: str, label: str) -> Corrections:
    if not overview.reread(archive.store, label, source):
        return Corrections()
    rereadings = log.events(archive.store, sources=[source], labels=[label], causes=[Cause.REREADING])
    return corrections(rereadings)


def _proofs(store: Store, finding: Finding) -> tuple[Evidence, ...]:
    """Where the answer can be checked: the rows it rests on, else the editions on both sides of the day."""
    proofs = [_row_proof(store, row) for row in finding.rows]
    sides = (finding.before, finding.after) if not proofs else (finding.after if _gone(finding) else None,)
    proofs += [_look_proof(store, side) for side in sides if side is not None]
    return tuple(dict.fromkeys(proof for proof in proofs if proof is not None))


def _gone(finding: Finding) -> bool:
    """Whether the sighting after the day shows none of the rows that the answer speaks of."""
    rows = {row.known.row for row in finding.rows}
    return finding.after is not None and not any(row.known.row in rows for row in finding.after.rows)


def _row_proof(store: Store, version: Version) -> Evidence | None:
    row = version.known.attestation
    return _proof(store, runs.run(store, version.since_run), row.page, row.place)


def _look_proof(store: Store, sighting: Sighting) -> Evidence | None:
    return _proof(store, sighting.stretch.first, 0, "not listed")


def _proof(store: Store, run: Run, page: int, place: str) -> Evidence | None:
    if run.snapshot is None:
        return None
    kept = evidence.snapshot(store, run.snapshot)
    n = min(page, len(kept.urls) - 1)
    return Evidence(snapshot=kept.id, url=kept.urls[n], sha256=kept.sha256s[n], place=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All that is known of one provider: its spellings, its rows now, and its timeline, newest first, with
    those of its events that were retracted."""

    provider: Provider
    aliases: tuple[str, ...]
    rows: tuple[Version, ...]
    events: tuple[Event, ...]
    retracted: Mapping[int, Retraction]


def profile(archive: Archive, provider: Provider) -> Profile:
    """What is known of a provider."""
    own = listings.versions(archive.store, provider=provider.slug)
    printed = (version.known.attestation.holder for version in own)
    events = log.events(archive.store, rows={v.known.row for v in own}, newest_first=True)
    return Profile(
        provider=provider,
        aliases=tuple(dict.fromkeys((*archive.providers.aliases(provider.slug), *printed))),
        rows=tuple(sorted((v for v in own if v.until is None), key=_by_holder)),
        events=events,
        retracted=kept.retractions(archive.store, [event.id for event in events]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How well a source is watched. `coverage` is the share of time since the first look that good looks
    cover, in per cent, None before the first look: from each failed look to the next good one the watch is
    blind, and so is it in any silence longer than the source's patience. `last` is the last look."""

    source: Source
    state: SourceState
    last: Run | None
    rows: Mapping[str, int]
    condition: Condition
    coverage: float | None

    @property
    def held(self) -> tuple[str, ...]:
        """What is not believed yet, a text each."""
        return tuple(said(one, "en") for one in self.condition.held)


def health(archive: Archive) -> tuple[Health, ...]:
    """How well each configured source is watched."""
    return tuple(_health(archive, source) for source in archive.sources.values())


def _health(archive: Archive, source: Source) -> Health:
    looks = runs.runs(archive.store, source=source.name)
    return health_of(archive, source, coverage(looks, archive.now, source.stale_after))


def health_of(archive: Archive, source: Source, coverage: float | None) -> Health:
    """How well a source is watched, with the coverage that was reckoned for it."""
    good = _last_good(archive.store, source.name)
    last = runs.runs(archive.store, source=source.name, limit=1, newest_first=True)
    return Health(
        source=source,
        last=last[0] if last else None,
        state=runs.state_of(archive.store, source.name),
        rows=good.rows if good else {},
        condition=condition_of(archive.store, source, archive.now),
        coverage=coverage,
    )


def condition_of(store: Store, source: Source, now: datetime) -> Condition:
    """How a source is, in a word."""
    from watcher.schedule import next_look  # the scheduler is only needed where a look is old

    state, stale_after = runs.state_of(store, source.name), source.stale_after
    late = overdue(state, stale_after, lambda seen: next_look(source, seen), now)
    return condition(state, _last_good(store, source.name), late)


def _last_good(store: Store, source: str) -> Run | None:
    found = runs.runs(store, source=source, good=True, limit=1, newest_first=True)
    return found[0] if found else None


def coverage(looks: Sequence[Run], now: datetime, patience: timedelta) -> float | None:
    """The share of the time since the first of `looks` that good ones cover, in per cent."""
    if not looks:
        return None
    spans = [(one, later.at - one.at) for one, later in pairwise(looks)]
    spans.append((looks[-1], max(now - looks[-1].at, timedelta(0))))
    good = [(run.outcome is Outcome.OK and run.believed, span) for run, span in spans]
    total = sum((span for _, span in good), timedelta(0))
    if not total:
        return 100.0 if good[-1][0] else 0.0
    covered = sum((span for fine, span in good if fine and span <= patience), timedelta(0))
    return round(100 * (covered / total), 1)
