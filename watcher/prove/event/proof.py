"""The proof of an event: what was received, what was read in it, and the chain that holds both in place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from state.model import Reason
from state.seen.events import log
from state.seen.looks import chain, evidence
from state.seen.taken_back import forgotten, retractions
from watcher.errors import UnknownHead
from watcher.prove import shown
from watcher.prove.event.leaflet import Proof, event_sheet, leaflet, rows_shown
from watcher.prove.evidence_file import (
    CHAIN,
    EVENT,
    LISTING,
    README,
    SHEET,
    SNAPSHOT,
    as_bytes,
    page_name,
    written,
)
from watcher.prove.sheet import unmarked, without_mark

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store
    from state.model import Event, Page
    from state.seen.looks.chain import Link
    from watcher.prove.signature import Signer

NO_SOURCES: Mapping[str, Source] = {}


def prove(
    store: Store,
    event: int,
    *,
    head: str | None = None,
    signer: Signer | None = None,
    sources: Mapping[str, Source] = NO_SOURCES,
) -> bytes:
    """The evidence file of an event, with the chain up to `head` (the last link when None); its rows are
    shown as the document does where `sources` has one that can.

    Raises `LookupError` when there is no such event or its run is not in the chain, `UnknownHead` when the
    chain has no such head after it, and `StoreError` when the pages are damaged.
    """
    line = chain.event_line(store, event)
    first = chain.link_of(store, log.run_of(store, event))
    links = _links(store, first, head)
    snapshot, facts = json.loads(line)["evidence"]["snapshot"], first.facts["run"]
    kept = evidence.pages(store, snapshot)
    pages = {page_name(number, page.body): page for number, page in enumerate(kept, 1)}
    listing = list(chain.listing_lines(store, facts["source"], facts["id"]))
    told = log.event(store, event)
    absent = not {json.loads(row)["row"] for row in listing} & set(told.rows)
    rows = rows_shown(told, absent)
    cut = shown.pictures(sources.get(told.source), kept, told.evidence.sha256, rows)
    files = {
        EVENT: as_bytes([line]),
        SNAPSHOT: as_bytes([chain.snapshot_line(store, snapshot)]),
        **{name: page.body for name, page in pages.items()},
        **cut,
        LISTING: as_bytes(listing),
        CHAIN: as_bytes(link.body for link in links),
    }
    read_me, sheet = _leaflets(store, told, links, pages, cut, absent, signer)
    return written({README: read_me.encode(), SHEET: sheet.encode(), **files}, signer)


def _leaflets(
    store: Store,
    event: Event,
    links: Sequence[Link],
    pages: Mapping[str, Page],
    pictures: Mapping[str, bytes],
    absent: bool,
    signer: Signer | None,
) -> tuple[str, str]:
    """The leaflet as a text and as a page, as far as it goes made of what is in the file."""
    run = links[0].facts["run"]
    known = retractions.retractions(store, [event.id]).get(event.id)
    why, _ = taken_back((link.facts for link in links), event.id, run["id"]) or (None, None)
    told = Proof(
        event=event,
        run=run,
        pages=pages,
        absent=absent,
        retracted=why or (known.reason if known else None),
        head=links[-1].hash,
        key=signer.public if signer else None,
    )
    text, sheet = leaflet(told), event_sheet(told, pictures)
    # Taken back after the head: no chain in the file proves it, but a reader must know.
    return (unmarked(text), without_mark(sheet)) if known and not why else (text, sheet)


def taken_back(links: Iterable[Mapping[str, Any]], event: int, run: int) -> tuple[str, str] | None:
    """Why and when an event was taken back, by itself or with its whole look, if the chain says so."""
    found = ((retractions.KIND, event), (forgotten.KIND, run))
    for facts in links:
        if (facts.get("kind"), facts.get("record")) in found:
            return str(facts.get("reason")), str(facts.get("at"))
    return None


def _links(store: Store, first: Link, head: str | None) -> Sequence[Link]:
    until = None if head is None else chain.numbered(store, head)
    if head is not None and (until is None or until < first.number):
        raise UnknownHead(
            Reason.of("chain_head_unknown", head=head)
            if until is None
            else Reason.of("chain_head_early", head=head, found=until, first=first.number)
        )
    return list(chain.links(store, first.number, until))
