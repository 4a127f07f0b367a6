"""The evidence file of an answer about a day: yes, no and unknown alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from state.model import Reason
from state.noted import documents
from state.noted.documents import stated as as_stated
from state.seen.looks import chain, evidence
from watcher.ask.standing.together import grounds
from watcher.errors import UnknownHead
from watcher.prove.answer.chosen import choices
from watcher.prove.answer.leaflet import answer_sheets, leaflet_of
from watcher.prove.answer.opened import document_name, folder_of, listing_name, opened, opened_part
from watcher.prove.answer.remade import made_again, same, same_whole, says, unlooked, unseen, whole_again
from watcher.prove.answer.stated import Stated, StatedPart, StatedTogether, stated_line
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
    from collections.abc import Iterator

    from state.file.store import Store
    from state.seen.looks.chain import Link
    from watcher.ask.archive import Archive
    from watcher.ask.day import Past
    from watcher.ask.past.sighting import Stretch
    from watcher.prove.answer.opened import Files
    from watcher.prove.answer.stated import Question
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
    for asked, taken in choices(archive, past):
        stated = _stated(archive.store, past, asked)
        yield _files(archive.store, stated, _links(archive.store, stated, taken, head))
    yield _files(archive.store, stated, _linked(archive.store, 1, head))


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
    """From the first look that is in the file or begins what one of them saw; all where nobody looked by the
    day."""
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
