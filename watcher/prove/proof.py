"""The proof of an event: what was received, what was read in it, and the chain that holds both in place."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scrapers.source import Pictures
from state.model import Reason
from state.seen.events import log
from state.seen.looks import chain, evidence
from state.seen.taken_back import forgotten, retractions
from watcher.errors import UnknownHead
from watcher.prove.event_sheet import event_sheet, picture_name, rows_shown
from watcher.prove.evidence_file import pack
from watcher.prove.leaflet import Proof, leaflet, unmarked
from watcher.prove.sheet import SHEET, without_mark

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.file.store import Store
    from state.model import Attestation, Event, Page
    from state.seen.looks.chain import Link
    from watcher.prove.signature import Signer

README = "README.txt"
EVENT = "event.json"
SNAPSHOT = "snapshot.json"
LISTING = "listing.jsonl"
CHAIN = "chain.jsonl"
SUMS = "SHA256SUMS"
PUBLIC_KEY = "public-key.pem"
SIGNATURE = "SHA256SUMS.sig"
NO_SOURCES: Mapping[str, Source] = {}


def prove(
    store: Store,
    event: int,
    *,
    head: str | None = None,
    signer: Signer | None = None,
    sources: Mapping[str, Source] = NO_SOURCES,
) -> bytes:
    """The evidence file of an event, with the chain up to `head` (the last link when None).

    Its rows are shown as the document does where `sources` has one that can.

    Raises `LookupError` when there is no such event or its run is not in the chain, `UnknownHead` when the
    chain has no such head after it, and `StoreError` when the pages are damaged.
    """
    line = chain.event_line(store, event)
    first = chain.link_of(store, log.run_of(store, event))
    links = _links(store, first, head)
    snapshot = json.loads(line)["evidence"]["snapshot"]
    facts = first.facts["run"]
    kept = evidence.pages(store, snapshot)
    pages = {page_name(number, page.body): page for number, page in enumerate(kept, 1)}
    listing = list(chain.listing_lines(store, facts["source"], facts["id"]))
    told = log.event(store, event)
    absent = not {json.loads(row)["row"] for row in listing} & set(told.rows)
    cut = pictures(sources.get(told.source), pages, told.evidence.sha256, rows_shown(told, absent))
    files = {
        EVENT: as_bytes([line]),
        SNAPSHOT: as_bytes([chain.snapshot_line(store, snapshot)]),
        **{name: page.body for name, page in pages.items()},
        **cut,
        LISTING: as_bytes(listing),
        CHAIN: as_bytes(link.body for link in links),
    }
    read_me, sheet = _leaflets(store, told, links, pages, cut, absent, signer)
    return pack(sealed_files({README: read_me.encode(), SHEET: sheet.encode(), **files}, signer))


def pictures(
    source: Source | None,
    pages: Mapping[str, Page],
    sha256: str,
    rows: Iterable[tuple[int, Attestation]],
) -> Mapping[str, bytes]:
    """The rows cut from the document of that hash, by their names in a file, as far as they can be."""
    if not isinstance(source, Pictures):
        return {}
    page = next(page for page in pages.values() if page.sha256 == sha256)
    found = ((line, source.picture(page, row)) for line, row in rows)
    return {picture_name(line): b64decode(one) for line, one in found if one is not None}


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


def as_bytes(lines: Iterable[str]) -> bytes:
    """Lines as a file holds them."""
    return "".join(f"{line}\n" for line in lines).encode()


def page_name(number: int, body: bytes) -> str:
    """The name of a page in the file: its number in the snapshot, and the start of its SHA-256."""
    return f"pages/{number:03}-{hashlib.sha256(body).hexdigest()[:16]}.{_suffix(body)}"


def _suffix(body: bytes) -> str:
    """By the bytes alone: what a server calls them is not evidence."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-"):
        return "pdf"
    if start.startswith(b"<?xml"):
        return "xml"
    if start.startswith((b"{", b"[")):
        return "json"
    return "html" if start.startswith(b"<") else "txt"


def sums(files: Mapping[str, bytes]) -> bytes:
    """The list that `sha256sum -c` checks: a line for every file."""
    lines = (f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in files.items())
    return "".join(lines).encode()


def sealed_files(files: Mapping[str, bytes], signer: Signer | None) -> Mapping[str, bytes]:
    """The files with the list of their hashes, and its signature where there is a key."""
    if signer is None:
        return {**files, SUMS: sums(files)}
    files = {**files, PUBLIC_KEY: signer.pem}
    listed = sums(files)
    return {**files, SUMS: listed, SIGNATURE: signer.sign(listed)}
