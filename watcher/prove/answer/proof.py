"""The evidence file of an answer about a day, yes, no and unknown alike: as few looks as give it again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from state.model import Reason
from state.names import HOME, abroad, name_key, nameless
from state.noted import documents
from state.noted.documents import stated as as_stated
from state.seen.looks import chain, evidence
from state.seen.who import providers, spellings
from watcher.ask.day import daybooks
from watcher.ask.past.sighting import stood, turns
from watcher.ask.standing.together import grounds
from watcher.errors import UnknownHead
from watcher.prove.answer.leaflet import answer_sheets, leaflet_of
from watcher.prove.answer.opened import document_name, folder_of, listing_name, opened, opened_part
from watcher.prove.answer.remade import made_again, same, same_whole, says, unlooked, unseen, whole_again
from watcher.prove.answer.stated import Question, Stated, StatedPart, StatedTogether, Voice, stated_line
from watcher.prove.evidence_file import (
    ANSWER,
    CHAIN,
    README,
    SHEET,
    SNAPSHOT,
    as_bytes,
    page_name,
    written,
)
from watcher.prove.sheet import page
from watcher.prove.shown import pictures

if TYPE_CHECKING:
    from state.file.store import Store
    from state.seen.looks.chain import Link
    from watcher.ask.archive import Archive
    from watcher.ask.day import Past
    from watcher.ask.past.daybook import Daybook
    from watcher.ask.past.sighting import Stretch
    from watcher.prove.answer.opened import Files
    from watcher.prove.signature import Signer

MOST_ROWS = 20
"""Rows that are shown in their documents; the listings have all of them."""


def prove_answer(
    archive: Archive, past: Past, *, head: str | None = None, signer: Signer | None = None
) -> bytes:
    """The evidence file of an answer, with the chain up to `head`; of labels together, with the proofs of
    each.

    It holds as few looks as give the answer again; where none do (what our own reader got wrong, and later
    corrected, no listing shows), it says so itself. Raises `LookupError` where a look is not in the
    chain, and `UnknownHead`.
    """
    files = _together(archive, past, head) if past.parts else _alone(archive, past, head)
    sheets = answer_sheets(opened(files), signer.public if signer else None)
    leaflets = {README: leaflet_of(sheets).encode(), SHEET: page(sheets).encode()}
    return written({**leaflets, **files}, signer)


def _alone(archive: Archive, past: Past, head: str | None) -> Files:
    """The files that prove an answer about one label."""
    for files in _tries(archive, past, head):
        if _shows(files):
            return _drawn(archive, files)
    return _drawn(archive, _unshown(files))


def _together(archive: Archive, past: Past, head: str | None) -> Files:
    """The same of an answer about labels together: the files for each, in folders, and one chain for all."""
    top = head or chain.head(archive.store)
    own = [list(_tries(archive, replace(part, noted=()), top)) for part in past.parts]
    for level in range(max(map(len, own))):
        parts = [each[min(level, len(each) - 1)] for each in own]
        files = _bound(past, archive, parts, remade=all(map(_shows, parts)))
        found = opened(files)
        if found.stated.remade and same_whole(found, whole_again(found, [*map(made_again, found.each)])):
            return files
    parts = [one if _shows(one) else _unshown(one) for one in parts]
    return _bound(past, archive, parts, remade=False)


def _bound(past: Past, archive: Archive, parts: Sequence[Files], *, remade: bool) -> Files:
    """The files for each label in a folder of its own; the chain is from the first link that one needs."""
    drawn = [_drawn(archive, one) for one in parts]
    chains = [one[CHAIN] for one in drawn]
    stated = StatedTogether(
        provider=past.provider,
        label=past.label,
        day=past.day,
        asked_at=archive.now.replace(second=0, microsecond=0),
        answer=past.finding.answer,
        basis=past.finding.basis,
        said=says(past),
        held=grounds(past),
        parts=tuple(
            StatedPart(label=part.label, first_link=opened_part(one).links[0], noted=part.noted)
            for part, one in zip(past.parts, drawn, strict=True)
        ),
        remade=remade,
    )
    files = {ANSWER: as_bytes([stated_line(stated)])}
    for part, own in zip(past.parts, drawn, strict=True):
        files |= {f"{part.label}/{name}": body for name, body in own.items() if name != CHAIN}
    return {**files, CHAIN: max(chains, key=len)}


def _shows(files: Files) -> bool:
    """Whether the looks in the files give the answer again that they state."""
    found = opened_part(files)
    return not unseen(found) and same(found, made_again(found))


def _unshown(files: Files) -> Files:
    """The files, which say so themselves that they do not."""
    return {**files, ANSWER: as_bytes([stated_line(replace(opened_part(files).stated, remade=False))])}


def _drawn(archive: Archive, files: Files) -> Files:
    """The files with the rows of the answer cut from their documents, as far as they can be."""
    found, cut = opened_part(files), dict[str, bytes]()
    for (line, run), one in zip(found.stated.rows, found.documents, strict=True):
        source = archive.sources.get(found.looked[run]["source"])
        cut |= pictures(source, found.pages[run].values(), one.page.sha256, [(line, one.row)])
    *before, last = files.items()
    return {**dict(before), **cut, last[0]: last[1]}


def _tries(archive: Archive, past: Past, head: str | None) -> Iterator[Files]:
    """The files with few looks, then with more, and at last with all of the chain."""
    # All looks at a source are gigabytes, and most days are decided by two of them.
    for asked, taken in _choices(archive, past):
        stated = _stated(archive.store, past, asked)
        yield _files(archive.store, stated, _links(archive.store, stated, taken, head))
    yield _files(archive.store, stated, _linked(archive.store, 1, head))


def _choices(archive: Archive, past: Past) -> Iterator[tuple[Question, Sequence[Stretch]]]:
    """The question with the looks that are taken: those next to the day; with those that first showed the
    rows in question; and all at which what is shown of the provider turns."""
    books = daybooks(archive, past.label, past.provider.slug)
    names = _names(archive, past, [book.source for book in books])
    states = _states(archive, past, [book.source for book in books])
    for level in range(3):
        taken = {book.source: [book.seen[n] for n in sorted(_places(book, past, level))] for book in books}
        voices = tuple(
            Voice(
                source=book.source,
                patience=int(book.patience.total_seconds()),
                looks=tuple(one.last.id for one in taken[book.source]),
            )
            for book in books
        )
        asked = Question(
            provider=past.provider,
            label=past.label,
            day=past.day,
            asked_at=archive.now.replace(second=0, microsecond=0),
            names=names,
            voices=voices,
            states=states,
        )
        yield asked, [one for several in taken.values() for one in several]


def _places(book: Daybook, past: Past, level: int) -> Collection[int]:
    near = set(book.next_to(past.day))
    own = book.rows.get(past.provider.slug, ())
    if level > 0:
        rows = past.sources[book.source].rows if book.source in past.sources else ()
        first = (next((n for n, one in enumerate(book.seen) if stood(row, one)), None) for row in rows)
        near |= {n for n in first if n is not None}
    if level > 1:
        near |= turns(book.seen, own)
    return near


def _states(archive: Archive, past: Past, asked: Collection[str]) -> tuple[str, ...]:
    """The states on whose lists a provider stands; none named where all that was asked are ours."""
    lists = providers.listed_states(archive.store)
    if not any(abroad(lists.get(source)) for source in asked):
        return ()
    printed = spellings.printed_by(archive.store, past.provider.slug).values()
    return tuple(sorted({lists.get(source, HOME) for sources in printed for source in sources}))


def _names(archive: Archive, past: Past, sources: Collection[str]) -> tuple[str, ...]:
    """The names by which the provider is known on the registers asked, as printed or as people reviewed them:
    an alias may hold for one register alone."""
    who = past.provider
    printed, states = spellings.printed_by(archive.store, who.slug), providers.listed_states(archive.store)
    in_order = spellings.holders(archive.store, who.slug, in_order=True)
    known = (who.name, *in_order, *archive.providers.aliases(who.slug))
    meant = [
        name
        for name in known
        if not sources
        or any(archive.providers.resolve(name, one, past.label).slug == who.slug for one in sources)
        # Whose a name is on the list of another state no name tells, but what is printed beside it.
        or any(abroad(states.get(one)) and one in printed.get(name, ()) for one in sources)
    ]
    by_key = {name_key(name): name for name in reversed(meant or known) if not nameless(name)}
    return tuple(reversed(by_key.values()))


def _stated(store: Store, past: Past, asked: Question) -> Stated:
    rows = [
        (row.known.row, row.since_run)
        for row in past.finding.rows[:MOST_ROWS]
        if _sealed(store, row.since_run)
    ]
    return Stated(
        asked=asked,
        answer=past.finding.answer,
        basis=past.finding.basis,
        said=says(past),
        rows=tuple(rows),
        remade=True,
        documents=tuple(map(as_stated, (*past.attested, *past.withdrawn))),
    )


def _sealed(store: Store, run: int) -> bool:
    try:
        return chain.link_of(store, run).facts["run"]["snapshot"] is not None
    except LookupError:  # recorded before there was a chain
        return False


def _links(store: Store, stated: Stated, taken: Sequence[Stretch], head: str | None) -> Sequence[Link]:
    """From the first link that one of the looks needs; all where nobody looked by the day."""
    asked = stated.asked
    own = {voice.source: [one for one in taken if one.last.source == voice.source] for voice in asked.voices}
    if not own or any(unlooked(asked, own[voice.source], voice) for voice in asked.voices):
        return _linked(store, 1, head)
    runs = [*(one.first.id for one in taken), *stated.looks]
    return _linked(store, min(chain.link_of(store, run).number for run in runs), head)


def _linked(store: Store, first: int, head: str | None) -> Sequence[Link]:
    until = None if head is None else chain.numbered(store, head)
    if head is not None and until is None:
        raise UnknownHead(Reason.of("chain_head_unknown", head=head))
    return list(chain.links(store, first, until))


def _files(store: Store, stated: Stated, links: Sequence[Link]) -> Files:
    """All but the leaflets, in order."""
    files: dict[str, bytes] = {ANSWER: as_bytes([stated_line(stated)])}
    facts = {run: chain.link_of(store, run).facts["run"] for run in stated.looks}
    for run, told in facts.items():
        files[listing_name(run)] = as_bytes(chain.listing_lines(store, told["source"], run))
    for snapshot in dict.fromkeys(told["snapshot"] for told in facts.values()):
        folder = folder_of(snapshot)
        files[f"{folder}{SNAPSHOT}"] = as_bytes([chain.snapshot_line(store, snapshot)])
        for number, kept in enumerate(evidence.pages(store, snapshot), 1):
            files[f"{folder}{page_name(number, kept.body)}"] = kept.body
    for number, sha256 in enumerate(stated.bodies, 1):
        body = documents.body(store, sha256)
        files[document_name(number, body)] = body
    return {**files, CHAIN: as_bytes(link.body for link in links)}
