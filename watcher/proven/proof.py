"""The evidence file of an answer about a day: yes, no and unknown alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from state.codec import instant_text, text
from state.model import Reason
from state.noted import documents
from state.noted.documents import stated as as_stated
from state.seen.looks import chain, evidence
from watcher.ask.standing.together import grounds
from watcher.errors import UnknownHead
from watcher.prove.evidence_file import ANSWER, pack
from watcher.prove.proof import CHAIN, README, SNAPSHOT, as_bytes, page_name, pictures, sealed_files
from watcher.prove.sheet import SHEET, page
from watcher.proven.chosen import choices
from watcher.proven.leaflet import answer_sheets, leaflet_of
from watcher.proven.opened import Opened, Stated, document_name, folder_of, listing_name, looks_in, opened
from watcher.proven.remade import unlooked
from watcher.proven.together import (
    StatedPart,
    StatedTogether,
    opened_together,
    remade_together,
    same_together,
    stated_line,
)
from watcher.proven.together_sheet import sheets_together
from watcher.proven.verify import made_again, same, says, unseen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from state.file.store import Store
    from state.seen.looks.chain import Link
    from watcher.ask.archive import Archive
    from watcher.ask.day import Past
    from watcher.ask.past.sighting import Stretch
    from watcher.prove.signature import Signer
    from watcher.proven.remade import Question

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
    if past.parts:
        return _prove_together(archive, past, head=head, signer=signer)
    files: Mapping[str, bytes] = {}
    for files in tries(archive, past, head):
        if shows(files):
            break
    else:
        files = _unshown(files)
    files = _drawn(archive, files)
    sheets = answer_sheets(opened(files), signer.public if signer else None)
    leaflets = {README: leaflet_of(sheets).encode(), SHEET: page(sheets).encode()}
    return pack(sealed_files({**leaflets, **files}, signer))


def _prove_together(archive: Archive, past: Past, *, head: str | None, signer: Signer | None) -> bytes:
    """The same of an answer about labels together: the files for each, in folders, and one chain for all."""
    top = head or chain.head(archive.store)
    own = [list(tries(archive, replace(part, noted=()), top)) for part in past.parts]
    files: Mapping[str, bytes] = {}
    for level in range(max(map(len, own))):
        parts = [each[min(level, len(each) - 1)] for each in own]
        files = _bound(past, archive, parts, remade=all(map(shows, parts)))
        found = opened_together(files)
        if all(map(shows, parts)) and same_together(found, remade_together(found)):
            break
    else:
        parts = [one if shows(one) else _unshown(one) for one in parts]
        files = _bound(past, archive, parts, remade=False)
    sheets = sheets_together(opened_together(files), signer.public if signer else None)
    leaflets = {README: leaflet_of(sheets).encode(), SHEET: page(sheets).encode()}
    return pack(sealed_files({**leaflets, **files}, signer))


def _bound(
    past: Past, archive: Archive, parts: Sequence[Mapping[str, bytes]], *, remade: bool
) -> Mapping[str, bytes]:
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
            StatedPart(label=part.label, first_link=opened(one).links[0], noted=part.noted)
            for part, one in zip(past.parts, drawn, strict=True)
        ),
        remade=remade,
    )
    files = {ANSWER: as_bytes([stated_line(stated)])}
    for part, own in zip(past.parts, drawn, strict=True):
        files |= {f"{part.label}/{name}": body for name, body in own.items() if name != CHAIN}
    return {**files, CHAIN: max(chains, key=len)}


def shows(files: Mapping[str, bytes]) -> bool:
    """Whether the looks in the files give the answer again that they state."""
    found = opened(files)
    return not unseen(found) and same(found, made_again(found))


def _unshown(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The files, which say so themselves that they do not."""
    return {**files, ANSWER: _answer(replace(opened(files).stated, remade=False))}


def _drawn(archive: Archive, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The files with the rows of the answer cut from their documents."""
    *before, last = files.items()
    return {**dict(before), **_pictures(archive, opened(files)), last[0]: last[1]}


def tries(archive: Archive, past: Past, head: str | None) -> Iterator[Mapping[str, bytes]]:
    """The files with few looks, then with more, and at last with all of the chain."""
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
    runs = [*(one.first.id for one in taken), *looks_in(stated)]
    return _linked(store, min(chain.link_of(store, run).number for run in runs), head)


def _linked(store: Store, first: int, head: str | None) -> Sequence[Link]:
    until = None if head is None else chain.numbered(store, head)
    if head is not None and until is None:
        raise UnknownHead(Reason.of("chain_head_unknown", head=head))
    return list(chain.links(store, first, until))


def _files(store: Store, stated: Stated, links: Sequence[Link]) -> Mapping[str, bytes]:
    """All but the leaflets, in order."""
    files: dict[str, bytes] = {ANSWER: _answer(stated)}
    facts = {run: chain.link_of(store, run).facts["run"] for run in looks_in(stated)}
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


def _answer(stated: Stated) -> bytes:
    asked = stated.asked
    told: dict[str, Any] = {
        "asked": {
            "provider": {"slug": asked.provider.slug, "name": asked.provider.name},
            "label": asked.label,
            "day": asked.day.isoformat(),
            "asked_at": instant_text(asked.asked_at),
            "names": list(asked.names),
            "voices": [
                {"source": one.source, "patience": one.patience, "looks": list(one.looks)}
                for one in asked.voices
            ],
            **({"states": list(asked.states)} if asked.states else {}),
        },
        "answer": stated.answer.value,
        "basis": stated.basis.value,
        "said": dict(stated.said),
        "rows": [list(row) for row in stated.rows],
        "remade": stated.remade,
    }
    if stated.documents:
        told["documents"] = [asdict(one) for one in stated.documents]
    return as_bytes([text(json.loads(json.dumps(told, default=date.isoformat)))])


def _pictures(archive: Archive, found: Opened) -> Mapping[str, bytes]:
    """The rows of the answer cut from their documents, as far as they can be."""
    cut: dict[str, bytes] = {}
    for (line, run), one in zip(found.stated.rows, found.documents, strict=True):
        source = next((each["run"]["source"] for each in found.facts if each["record"] == run), "")
        pages = found.pages[run]
        cut |= pictures(archive.sources.get(source), pages, one.page.sha256, [(line, one.row)])
    return cut
