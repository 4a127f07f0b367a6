"""Whether a provider had a label on a day, or labels together, by whom it is said, and where that can be
checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from state.model import Evidence
from state.names import HOME
from state.seen.looks import evidence, runs
from state.seen.rows import overview
from state.seen.who.providers import listed_states
from state.words.labels import TOGETHER
from watcher.ask.past.daybook import Daybook, daybook
from watcher.ask.past.sighting import Bounds
from watcher.ask.past.was import Answer, Basis, Finding, combined, contradict

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Provider, Run, Version
    from state.noted.footings import Noted
    from state.words.documented import Documented
    from watcher.ask.archive import Archive
    from watcher.ask.past.documented import Papers, Seen
    from watcher.ask.past.sighting import Sighting


def daybooks(archive: Archive, label: str, provider: str) -> tuple[Daybook, ...]:
    """What each source that states a label says of a provider (a slug), day by day."""
    stating = overview.sources_stating(archive.store, label)
    return tuple(
        _daybook(archive, label, source, provider) for source in _speaking(archive.store, stating, provider)
    )


def _speaking(store: Store, sources: Sequence[str], provider: str) -> Sequence[str]:
    """Those of some sources that speak of a provider: of the states on whose lists it ever was.

    That a list of another state lacks it contradicts nothing, and an outage there leaves nothing open.
    """
    if len(sources) < 2:
        return sources
    lists = listed_states(store)
    own = {lists.get(name, HOME) for name in overview.sources_showing(store, provider)}
    return [name for name in sources if not own or lists.get(name, HOME) in own]


def _daybook(archive: Archive, label: str, source: str, provider: str) -> Daybook:
    def make() -> Daybook:
        patience, now = archive.patience(source), archive.now
        return daybook(archive.store, label, source, archive.seen(source), patience, now, provider)

    book = archive.once(("daybook", label, source, provider), make)
    return replace(book, now=archive.now, near={})


YES_BY = (Basis.NOTED, Basis.DOCUMENT, Basis.DECISION, Basis.HISTORY, Basis.OBSERVED)
"""What a yes may rest on, that which vouches least first: several together vouch no more than it does."""


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
    """Whether a provider had a label on a day, or labels together: yes when all say yes, no when one says no,
    else unknown."""
    if label not in TOGETHER:
        return _past(archive, provider, label, day)
    one = TOGETHER[label]
    parts = tuple(_part(archive, provider, each, day, each in one.carried) for each in one.labels)
    return of_parts(provider, label, day, parts)


def _part(archive: Archive, provider: Provider, label: str, day: date, carried: bool) -> Past:
    """The answer for one of the labels: the provider's own, or a yes for what it runs on."""
    own = _past(archive, provider, label, day)
    if own.finding.answer is Answer.YES or not carried:
        return own
    from state.noted.footings import below  # few labels are carried by what a provider runs on

    for chain in below(archive.store, provider.slug, day):
        of_host = _past(archive, chain[-1].host, label, day)
        if of_host.finding.answer is Answer.YES:
            return replace(of_host, noted=chain)
    return own


def of_parts(provider: Provider, label: str, day: date, parts: tuple[Past, ...]) -> Past:
    """The answer for labels together, out of the answers for each."""
    return Past(
        provider=provider,
        label=label,
        day=day,
        finding=_joint([replace(part.finding, basis=part.basis) for part in parts]),
        source="",
        sources={},
        evidence=tuple(dict.fromkeys(proof for part in parts for proof in part.evidence)),
        parts=parts,
    )


def _joint(findings: Sequence[Finding]) -> Finding:
    """The answer for labels together, out of the answers for each."""
    for answer in (Answer.NO, Answer.UNKNOWN):
        if found := [one for one in findings if one.answer is answer]:
            return found[0]
    rows = tuple(row for one in findings for row in one.rows)
    basis = min((one.basis for one in findings), key=YES_BY.index)
    return replace(findings[0], basis=basis, rows=rows, ended=(), bounds=_bounds(findings))


def _bounds(findings: Sequence[Finding]) -> Bounds:
    """Since the later of all, until the first that goes."""
    bounds = [one.bounds for one in findings]
    begun = [(one.first_with.start, n) for n, one in enumerate(bounds) if one.first_with]
    latest = bounds[max(begun)[1]] if begun else Bounds()
    return Bounds(
        last_without=latest.last_without,
        first_with=latest.first_with,
        last_with=_first([one.last_with for one in bounds]),
        first_without=_first([one.first_without for one in bounds]),
    )


def _first(sightings: Sequence[Sighting | None]) -> Sighting | None:
    return min(filter(None, sightings), key=lambda one: one.end, default=None)


def _past(archive: Archive, provider: Provider, label: str, day: date) -> Past:
    """The answer about one label, as far as anybody looked; never a no out of an outage. Where nobody did, by
    what documents say."""
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
            proofs += [_row_proof(store, row) for row in side.rows] or [
                _proof(store, side.stretch.first, 0, "not listed")
            ]
    return tuple(dict.fromkeys(proof for proof in proofs if proof is not None))


def _row_proof(store: Store, version: Version) -> Evidence | None:
    row = version.known.attestation
    return _proof(store, runs.run(store, version.since_run), row.page, row.place)


def _proof(store: Store, run: Run, page: int, place: str) -> Evidence | None:
    if run.snapshot is None:
        return None
    kept = evidence.snapshot(store, run.snapshot)
    n = min(page, len(kept.urls) - 1)
    return Evidence(snapshot=kept.id, url=kept.urls[n], sha256=kept.sha256s[n], place=place)
