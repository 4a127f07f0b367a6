"""Checks an evidence file with nothing but itself: no memory, no network, nothing written. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from notifiers.said import wording
from notifiers.said.texts import LANGUAGES
from state.codec import instant_text, pack_event, text
from state.model import Event, Page
from state.seen.looks import chain
from watcher.errors import BadFile
from watcher.prove.event.leaflet import ALONE, FORM, MARK, Proof, event_sheet, leaflet, rows_shown
from watcher.prove.event.proof import taken_back
from watcher.prove.evidence_file import (
    CHAIN,
    EVENT,
    LISTING,
    README,
    SHEET,
    SNAPSHOT,
    require_sums,
    unpack,
)
from watcher.prove.opened import (
    Json,
    drawn,
    hashes_of,
    lines_of,
    named,
    noted_at,
    one_line,
    ours,
    pages_of,
    require_pages,
    rows_of,
    sha256,
    signer_in,
    vouched_for,
)
from watcher.prove.shown import picture_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a whole evidence file says: the event, the look that saw it, and the chain that seals both.

    `said` tells the event in a sentence, by language. `listed` tells for each row concerned how the listing
    after the look has it: its status, None when it is not there. `retracted` is the reason when the chain
    takes the event back, else None. `links` are the numbers of the first and the
    last link. `noted` is the number of the link whose hash the reader gave, None when none was given. `key`
    signed it, None when it is not signed. `vouched`: its leaflet was made again from all this, letter by
    letter; else nobody vouches for what the leaflet says. `sheet` says that there is a page
    of it, too; `pictures` are of rows by their numbers, and prove nothing.
    """

    event: Event
    run: Mapping[str, Any]
    pages: tuple[Page, ...]
    rows: int
    listed: Mapping[int, str | None]
    said: Mapping[str, str]
    retracted: str | None
    links: tuple[int, int]
    head: str
    noted: int | None
    key: str | None
    vouched: bool
    sheet: bool
    pictures: Mapping[int, bytes]

    @property
    def shown(self) -> Page:
        """The document that the event points to."""
        proof = self.event.evidence
        return next(page for page in self.pages if (page.url, page.sha256) == (proof.url, proof.sha256))


def verify(data: bytes, *, head: str | None = None, key: str | None = None) -> Claim:
    """What the file proves; raises `BadFile`, naming the first thing that is not as it was written.

    With `head`, a hash that the reader noted elsewhere must be among its links. With `key` (as
    `Signer.public`), the file must be signed by that key.
    """
    # From outside inwards: only what the layer around it vouches for is parsed.
    files = unpack(data)
    sheet = [SHEET] if SHEET in files else []  # none in those that older programs wrote
    require_sums(files, [README, *sheet, EVENT, SNAPSHOT, *named(files), *drawn(files), LISTING, CHAIN])
    lines = lines_of(files, CHAIN)
    hashes = hashes_of(lines)
    first: Json = json.loads(lines[0])
    event, pages, listed = _looked(files, first)
    back = taken_back(map(json.loads, lines), event.id, first["record"])
    noted, signer = noted_at(hashes, first["number"], head), signer_in(files, key)
    proof = Proof(
        event=event,
        run=first["run"],
        pages=pages,
        absent=not any(listed.values()),
        retracted=back[0] if back else None,
        head=hashes[-1],
        key=signer,
    )
    links = (first["number"], first["number"] + len(lines) - 1)
    return _claim(files, proof, listed, f"{back[0]} ({back[1]})" if back else None, links, noted)


def _claim(
    files: Mapping[str, bytes],
    proof: Proof,
    listed: Mapping[int, str | None],
    retracted: str | None,
    links: tuple[int, int],
    noted: int | None,
) -> Claim:
    event, vouched = proof.event, _vouched(files, proof)
    return Claim(
        event=event,
        run=proof.run,
        pages=tuple(proof.pages.values()),
        rows=len(lines_of(files, LISTING)),
        listed=listed,
        # Whatever a stranger wrote can be worded by now: the leaflet was made of it.
        said={lang: wording.sentence(event, lang) for lang in LANGUAGES},
        retracted=retracted,
        links=links,
        head=proof.head,
        noted=noted,
        key=proof.key,
        vouched=vouched,
        sheet=SHEET in files,
        pictures={row: files[picture_name(row)] for row in event.rows if picture_name(row) in files},
    )


def _looked(
    files: Mapping[str, bytes], first: Json
) -> tuple[Event, Mapping[str, Page], Mapping[int, str | None]]:
    """The event of a file, the documents it was read in, and its rows in the listing after the look: each
    part checked against the others and the first link."""
    line, snapshot = one_line(files, EVENT), json.loads(one_line(files, SNAPSHOT))
    with ours():
        _require_sealed(files, first)
        require_pages(files, snapshot)
        event = _event(line)
        _require_agreement(event, first, snapshot)
        rows = {row["row"]: row["stated"]["status"] for row in rows_of(files)}
        pages = dict(zip(named(files), pages_of(files, snapshot), strict=True))
        return event, pages, {row: rows.get(row) for row in event.rows}


def _require_sealed(files: Mapping[str, bytes], first: Json) -> None:
    """The first link must name the hashes of event, snapshot and listing."""
    event, snapshot = json.loads(files[EVENT]), json.loads(files[SNAPSHOT])
    if first["kind"] != chain.RUN or first["record"] != first["run"]["id"]:
        raise BadFile(f"{CHAIN}: expected the link of a run first, found that of another record")
    sealed = (
        (EVENT, {"id": event["id"], "sha256": sha256(files[EVENT])}, first["events"]),
        (SNAPSHOT, {"id": snapshot["id"], "sha256": sha256(files[SNAPSHOT])}, first["snapshots"]),
        (LISTING, sha256(files[LISTING]), [first["listing"]]),
    )
    for name, found, stated in sealed:
        if found not in stated:
            raise BadFile(f"{name}: expected the one that the first link seals, found another: {found}")


_STRANGERS: TypeAdapter[Event] = TypeAdapter(Event)


def _event(line: str) -> Event:
    """The event of a line, each field of its type: a stranger wrote it."""
    event: Event = _STRANGERS.validate_json(line)
    # Written again and compared: a field of another type, or one too many, would be read without a word.
    if text(pack_event(event)) != line or len(event.rows) != len(event.attestations) or not event.rows:
        raise BadFile(f"{EVENT}: expected an event as vigilabel writes it, found another record")
    return event


def _require_agreement(event: Event, first: Json, snapshot: Json) -> None:
    """Event, look and snapshot must speak of one another."""
    proof, run = event.evidence, first["run"]
    agreed = (
        (proof.snapshot, snapshot["id"]),
        (event.source, run["source"]),
        (event.source, snapshot["source"]),
        (instant_text(event.seen_at), run["at"]),
    )
    if any(ours != theirs for ours, theirs in agreed):
        raise BadFile("expected an event, a look and documents that belong together, found others")
    if (proof.url, proof.sha256) not in [(page["url"], page["sha256"]) for page in snapshot["pages"]]:
        raise BadFile(f"{EVENT}: expected one of the documents as its proof, found {proof.url}")


def _vouched(files: Mapping[str, bytes], proof: Proof) -> bool:
    """Whether the leaflet, and the sheet where there is one, are those that are made of all that was checked;
    raises `BadFile` where one is said to be and is not."""
    pictures, both = drawn(files), SHEET in files
    with ours():
        _require_pictures(pictures, proof.event, proof.absent)
        made = leaflet(proof, sheet=both)
        page = event_sheet(proof, pictures) if both else ""
    form = FORM if both else ALONE
    return vouched_for(files, made, page, mark=MARK, form=form, of="event, look and chain")


def _require_pictures(pictures: Collection[str], event: Event, absent: bool) -> None:
    """Pictures are of rows that the sheet shows; for what is in them nobody vouches but the sums."""
    names = [picture_name(line) for line, _ in rows_shown(event, absent)]
    if [name for name in names if name in pictures] != list(pictures):
        wanted, found = ", ".join(names)[:200], ", ".join(pictures)[:200]
        raise BadFile(f"pictures: expected some of {wanted}, found {found}")
