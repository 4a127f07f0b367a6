"""Questions people ask, and their answers: pure reading of the memory, the same for every door."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from state.model import Event, Evidence, Provider, Run, Version
from state.names import name_key, print_key, spoken
from state.names import slug as slug_of
from state.seen.events import log
from state.seen.looks import evidence, runs
from state.seen.rows import life, listings, overview, slim
from state.seen.taken_back import retractions as kept
from state.seen.who import spellings
from state.seen.who.spellings import Concern
from state.words.labels import TOGETHER, single
from watcher.ask.naming import Names
from watcher.ask.past.daybook import Daybook, Holding, daybook
from watcher.ask.past.held import held_on, opened
from watcher.ask.past.next_to import Question, plain_looks
from watcher.ask.past.sighting import Sighting, Stretch, stretches
from watcher.ask.past.was import (
    Answer,
    Basis,
    Finding,
    bounds_of_day,
    combined,
    contradict,
    first_moment,
    last_moment,
)

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store
    from state.noted.documents import Kept
    from state.noted.footings import Noted
    from state.seen.who.providers import Providers
    from state.words.documented import Documented
    from state.words.post import Retraction
    from watcher.ask.kept import Kept as Remembered
    from watcher.ask.past.documented import Papers, Seen
    from watcher.ask.past.settled import Told

T = TypeVar("T")
PATIENCE = timedelta(days=45)
"""How long a time between two looks counts as watched, for a source that is no longer configured."""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """What a question is put to: the memory, who is who, the configured sources, and the time it is.

    `kept` is what earlier questions to the same memory worked out, where somebody asks several.
    """

    store: Store
    providers: Providers
    sources: Mapping[str, Source]
    now: datetime
    kept: Remembered | None = None

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` works out of the memory alone; made once as long as nothing is written, where values
        are kept."""
        return self.kept.value(overview.edge(self.store), key, make) if self.kept else make()

    @property
    def names(self) -> Names:
        """Whom a name means."""
        return Names(self.providers, self.store)

    def reviewed(self, name: str) -> Provider | None:
        """The provider that a watched name is; None for words that are watched as they are written."""
        return self.names.known(name) or self.providers.named(name)

    def watched_as(self, name: str) -> str:
        """The key of a watched name: one provider's spellings share it, in whatever case and accents."""
        known = self.reviewed(name) or self.reviewed(slug_of(name))
        return known.slug if known else spoken(name)

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
    limit: int | None = None,
) -> tuple[Event, ...]:
    """The events that fit, newest first; `names` match as those of a subscription do, days are Paris days.
    With `limit`, at most so many: no others are opened. Of labels together, those by which they came together
    or parted."""
    found: list[Event] = []
    numbers, labels = _joints(archive, labels)
    before: int | None = None
    while True:
        events = log.events(
            archive.store,
            concerning=concerns(archive, names),
            numbers=numbers,
            labels=labels,
            kinds=kinds,
            sources=sources,
            since=first_moment(since),
            until=last_moment(until),
            before=before,
            limit=limit,
            newest_first=True,
        )
        found += _about(names, events, archive.providers) if names else events
        if limit is None or len(found) >= limit or len(events) < limit:
            return tuple(found[:limit])
        before = events[-1].id


def _about(names: Sequence[str], events: Iterable[Event], providers: Providers) -> Iterator[Event]:
    """The events that are about one of these names, as a subscription would have it."""
    from watcher.tell.want import about  # most questions are about a provider, and load nothing of channels

    return (event for event in events if any(about(name, event, providers) for name in names))


def _joints(
    archive: Archive, labels: Collection[str] | None
) -> tuple[Collection[int] | None, Collection[str] | None]:
    """The numbers of the events that are asked for by labels together alone; else the labels, each by
    itself."""
    if not labels or not TOGETHER.keys() >= set(labels):
        return None, single(labels) if labels else labels
    from watcher.tell.turned import joint_events  # few ask for both

    return joint_events(archive.store, labels), None


def concerns(archive: Archive, names: Sequence[str]) -> Sequence[Concern] | None:
    """What the memory is asked for where events are to be about one of some names; None for no names."""
    return [_concern(archive, name) for name in names] or None


def _concern(archive: Archive, name: str) -> Concern:
    """What an event that is about a name has in the memory; more has it, so `about` is asked of each."""
    named = archive.providers.named(name)
    slugs = {print_key(name), *([named.slug] if named else [])}
    spelt = (each for slug in slugs for each in (slug, *archive.providers.aliases(slug)))
    return Concern(slugs=frozenset(slugs), keys=frozenset(map(name_key, spelt)), words=spoken(name))


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


def holders(archive: Archive, labels: Collection[str], on: date | None = None) -> Holders:
    """Who holds some labels now, by the last look, or held them on a day: whomever `past` does not deny."""
    looked = editions(archive, labels, on)
    if on is not None:
        told = [one for label in labels for one in held(archive, label, on)]
        whole = zip(told, opened(archive.store, told), strict=True)
        known = (Holding(row=row, answer=one.answer, basis=one.basis) for one, row in whole)
        told_in_order = sorted(known, key=lambda one: (one.answer is Answer.UNKNOWN, _by_holder(one.row)))
        return Holders(
            rows=tuple(one.row for one in told_in_order), editions=looked, told=tuple(told_in_order)
        )
    rows = (
        row
        for label in labels
        for source, last in _last_looks(archive, label)
        for row in _stood(archive.store, label, replace(last, edition_at=_speaking(last, archive.now)))
    )
    return Holders(rows=tuple(sorted(rows, key=_by_holder)), editions=looked)


def _last_looks(archive: Archive, label: str) -> Iterator[tuple[str, Run]]:
    for source in overview.sources_stating(archive.store, label):
        seen = _seen(archive, source)
        past = [one for one in seen if one.start <= archive.now]
        if past:
            yield source, past[-1].last


def _speaking(last: Run, now: datetime) -> datetime | None:
    """Until when a look's edition speaks of what stands: what it prints ahead has begun by now."""
    return max(last.edition_at, now) if last.edition_at else None


def _stood(store: Store, label: str, look: Run) -> Collection[Version]:
    """The held rows that were part of a listing at a look."""
    rows = slim.at_look(store, label, look)
    if rows is None:
        return life.stood(store, label, look.source, look.id, look.edition_at)
    return slim.numbered(
        store, None, {one.row.number for one in rows if one.row and one.row.holds and one.stands}
    ).values()


def held(archive: Archive, label: str, day: date) -> tuple[Told, ...]:
    """The rows of a label on a day of everybody to whom `past` does not say no."""
    return tuple(held_on(questions(archive, label, day)))


def questions(archive: Archive, label: str, day: date) -> Sequence[Question]:
    """What is asked of each source that states a label."""
    return [
        _question(archive, label, source, day) for source in overview.sources_stating(archive.store, label)
    ]


def _question(archive: Archive, label: str, source: str, day: date) -> Question:
    seen = _seen(archive, source)
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


def daybooks(archive: Archive, label: str, provider: str) -> tuple[Daybook, ...]:
    """What each source that states a label says of a provider (a slug), day by day."""
    return tuple(
        _daybook(archive, label, source, provider)
        for source in overview.sources_stating(archive.store, label)
    )


def _daybook(archive: Archive, label: str, source: str, provider: str) -> Daybook:
    def make() -> Daybook:
        patience, now = archive.patience(source), archive.now
        return daybook(archive.store, label, source, lambda: _seen(archive, source), patience, now, provider)

    book = archive.once(("daybook", label, source, provider), make)
    return replace(book, now=archive.now, near={})


def _seen(archive: Archive, source: str) -> tuple[Stretch, ...]:
    """What was seen of a source, and when."""
    return archive.once(
        ("seen", source), lambda: stretches(runs.runs(archive.store, source=source, good=True))
    )


def editions(archive: Archive, labels: Collection[str], on: date | None = None) -> tuple[Edition, ...]:
    """The last look at each source that states one of some labels, at the end of a day or now."""
    return tuple(dict.fromkeys(one for label in labels for one in _editions(archive, label, on)))


def _editions(archive: Archive, label: str, on: date | None) -> Iterator[Edition]:
    day = bounds_of_day(on)[1] if on else archive.now + timedelta(microseconds=1)
    for source in overview.sources_stating(archive.store, label):
        seen = _seen(archive, source)
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


def _by_holder(version: Version) -> tuple[str, bytes, int]:
    """The order of the memory: only ASCII letters have a lower case there."""
    row = version.known
    return (row.attestation.label, row.provider.name.encode().lower(), row.row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The answer to "did this provider have this label on that day?", and each source's own.

    Of labels together, `parts` are the answers for each. `noted` are the notes of operators by which it is
    the answer for what the provider runs on, from the provider down. `papers` are what documents say of that
    day; where the answer is theirs, `seen` is what the registers say alone.
    """

    provider: Provider
    label: str
    day: date
    finding: Finding
    source: str
    sources: Mapping[str, Finding]
    evidence: tuple[Evidence, ...]
    parts: tuple[Past, ...] = ()
    noted: tuple[Noted, ...] = ()
    papers: Papers | None = None
    seen: Finding | None = None

    @property
    def attested(self) -> tuple[Documented, ...]:
        """The documents that cover the day."""
        return self.papers.held if self.papers else ()

    @property
    def withdrawn(self) -> tuple[Documented, ...]:
        """Those by which it had been withdrawn by then."""
        return self.papers.over if self.papers else ()

    @property
    def registers(self) -> Past:
        """The same by what was seen alone."""
        return replace(self, finding=self.seen or self.finding, papers=None, seen=None)

    @property
    def basis(self) -> Basis:
        """What the answer rests on: a note where it is that of a host, whatever was seen of it."""
        return Basis.NOTED if self.noted else self.finding.basis

    @property
    def ended(self) -> date | None:
        """The last printed end that lies before the day, where no row covers it."""
        rows = (*self.finding.ended, *self.finding.rows)
        ends = [end for row in rows if (end := row.known.attestation.last_day) and end < self.day]
        return max(ends) if ends and self.finding.answer is not Answer.YES else None

    @property
    def alone(self) -> tuple[Past, ...]:
        """What each register says by itself where several speak of the label, the one that the answer rests
        on first."""
        names = sorted(self.sources, key=lambda name: name != self.source)
        own = tuple(replace(self, finding=self.sources[name], source=name) for name in names)
        return own if len(own) > 1 else ()

    @property
    def contradicted(self) -> bool:
        """Whether one register says yes and another no: a reader must know, whichever the answer rests on."""
        own = contradict(*(finding.answer for finding in self.sources.values()))
        return own or any(part.contradicted for part in self.parts)


def past(archive: Archive, provider: Provider, label: str, day: date) -> Past:
    """Whether a provider had a label on a day, as far as anybody looked; never a no out of an outage. Where
    nobody did, by what documents say."""
    books = daybooks(archive, label, provider.slug)
    seen = found = {book.source: book.says(provider.slug, day) for book in books}
    finding = combined(tuple(found.values()))
    source = next((name for name, one in found.items() if one is finding), "")
    if archive.names.listed(provider.slug) is None:
        finding, source, found = Finding(answer=Answer.UNKNOWN, basis=Basis.UNKNOWN_NAME), "", {}
    told = Past(
        provider=provider,
        label=label,
        day=day,
        finding=finding,
        source=source,
        sources=found,
        evidence=_proofs(archive.store, finding),
    )
    if not overview.documented(archive.store, label, provider.slug):
        return told
    from state.noted.documents import documents

    known = documents(archive.store, label=label, provider=provider.slug)
    spoken = [(one, archive.patience(name)) for name, one in seen.items()]
    return with_documents(told, spoken, known, archive.now)


def with_documents(told: Past, seen: Seen, known: Iterable[Documented], now: datetime) -> Past:
    """An answer with what documents say of the day."""
    from watcher.ask.past.documented import decided, papers_of  # few providers have any

    papers = papers_of(known, told.day, told.finding.rows)
    finding = decided(told.finding, seen, papers, told.day, now)
    if finding is told.finding:
        return replace(told, papers=papers) if papers else told
    return replace(told, finding=finding, papers=papers, seen=told.finding, evidence=())


def _proofs(store: Store, finding: Finding) -> tuple[Evidence, ...]:
    """Where the answer can be checked: the rows it rests on, and the editions that do not show them."""
    if finding.basis is Basis.UNKNOWN_NAME:
        return ()
    rows = finding.rows or finding.ended
    proofs = [_row_proof(store, row) for row in rows]
    lines = {row.known.row for row in rows}
    stated = any(not row.known.attestation.stands for row in rows)  # printed still, as over or as yet to come
    sides = () if stated or finding.answer is Answer.YES else (finding.before, finding.after)
    for side in sides:
        if side is not None and not lines & {row.known.row for row in side.rows}:
            proofs += [_row_proof(store, row) for row in side.rows] or [_look_proof(store, side)]
    return tuple(dict.fromkeys(proof for proof in proofs if proof is not None))


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
    documents: tuple[Kept, ...] = ()


def documents_of(store: Store, provider: str) -> tuple[Kept, ...]:
    """What documents say of a provider (a slug): of few there are any."""
    if not overview.documented_of(store, [provider]):
        return ()
    from state.noted.documents import documents

    return documents(store, provider=provider)


def profile(archive: Archive, provider: Provider) -> Profile:
    store, slug = archive.store, provider.slug
    printed = spellings.holders(store, slug, in_order=True)
    events = log.events(store, who=slug, newest_first=True)
    return Profile(
        provider=provider,
        aliases=tuple(dict.fromkeys((*archive.providers.aliases(slug), *printed))),
        rows=tuple(sorted(listings.versions(store, provider=slug, open=True), key=_by_holder)),
        events=events,
        retracted=kept.retractions(store, [event.id for event in events]),
        documents=documents_of(store, slug),
    )
