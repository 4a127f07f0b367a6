"""What the evidence file of an event proves, in lines for people and as a view for programs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.said.named import place_text, status_kept
from watcher.ask.views.form import Time, filled
from watcher.prove.event.leaflet import rows_shown
from watcher.prove.opened import plain_row
from watcher.prove.shown import cut_otherwise
from watcher.prove.told import Lines, sealed_lines, whole_lines

if TYPE_CHECKING:
    from datetime import datetime

    from notifiers.said.voice import Voice
    from scrapers.source import Source
    from state.model import Listing
    from watcher.prove.event.verify import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A checked evidence file; `listed` gives for each row its status after the look, null when it was not
    listed; `leaflet_vouched` is false where nobody vouches for what README.txt says."""

    event: int
    sentence_fr: str
    sentence_en: str
    seen_at: Time
    run: int
    source: str
    revision: int
    url: str
    sha256: str
    place: str
    received_at: Time
    documents: int
    rows: int
    retracted: str | None
    listed: Mapping[int, str | None]
    first_link: int
    last_link: int
    head: str
    noted: int | None
    key: str | None
    leaflet_vouched: bool


def claim_lines(claim: Claim, say: Voice) -> Lines:
    """A checked evidence file, in lines for people."""
    event, run, shown = claim.event, claim.run, claim.shown
    cut = say("verify.unproven", n=len(claim.pictures)) if claim.pictures else ""
    url, many = event.evidence.url, len(claim.pages)
    return [
        *whole_lines(say, vouched=claim.vouched, sheet=claim.sheet),
        (say("verify.event", number=event.id), claim.said[say.lang]),
        *([(say("verify.taken_back"), claim.retracted)] if claim.retracted else []),
        (say("verify.seen"), say("verify.by", at=_exact(event.seen_at), run=run["id"], source=event.source)),
        (say("verify.document"), say("verify.one_of", url=url, pages=many) if many > 1 else url),
        (say("verify.received"), say("verify.size", at=_exact(shown.fetched_at), bytes=len(shown.body))),
        ("SHA-256", event.evidence.sha256),
        (say("verify.place"), place_text(event.evidence.place, say.lang)),
        (say("verify.reader"), say("verify.revision", revision=run["revision"])),
        (say("verify.listing"), _listed(claim, say)),
        *([(say("verify.pictures"), cut)] if cut else []),
        *sealed_lines(say, _chained(claim, say), claim.head, claim.key),
    ]


def _exact(at: datetime) -> str:
    """An instant to the second, as the records of the file have it."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _listed(claim: Claim, say: Voice) -> str:
    """How the listing after the look has the rows concerned; an absence rests on the whole document."""
    there = {row: status for row, status in claim.listed.items() if status is not None}
    gone = [str(row) for row in claim.listed if row not in there]
    told = [  # a stranger wrote the status: it may be no text
        say("verify.row_listed", row=row, status=status_kept(str(status), say.lang))
        for row, status in there.items()
    ]
    if gone:
        told.append(say.count("verify.rows_gone", len(gone), rows=", ".join(gone)))
    return say("verify.listed", rows=claim.rows, told=say("phrase.semicolon").join(told))


def _chained(claim: Claim, say: Voice) -> str:
    first, last = claim.links
    if claim.noted is not None:
        return say("verify.chain_noted", first=first, last=last, noted=claim.noted)
    return say("verify.chain_alone", first=first, last=last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Whether a new reading of the pages shows what the event says, and in words what it shows."""

    agrees: bool
    text: str


def found_again(claim: Claim, seen: Listing, say: Voice) -> Found:
    """Looks for the rows of the event in a new reading of its pages."""
    rows = {plain_row(row): row.place for row in seen.attestations}
    parts, agrees = [], True
    for number, row in zip(claim.event.rows, claim.event.attestations, strict=True):
        place = rows.get(plain_row(row))
        absent = claim.listed[number] is None
        agrees = agrees and absent == (place is None)
        if place is None:
            parts.append(say("verify.row_gone", row=number))
        else:
            parts.append(say("verify.row_found", row=number, place=place_text(place, say.lang)))
    return Found(agrees=agrees, text=say("phrase.semicolon").join(parts))


def pictures_again(claim: Claim, source: Source) -> tuple[int, ...]:
    """The rows whose pictures are not what the documents of the file show, cut again; none where they are."""
    rows, cut = dict(rows_shown(claim.event, absent=False)), claim.pictures.items()
    return tuple(row for row, one in cut if cut_otherwise(source, claim.shown, rows[row], one))


def verified_view(claim: Claim) -> Verified:
    """A checked evidence file."""
    first, last = claim.links
    return filled(
        Verified,
        claim,
        claim.event,
        claim.event.evidence,
        event=claim.event.id,
        sentence_fr=claim.said["fr"],
        sentence_en=claim.said["en"],
        run=claim.run["id"],
        revision=claim.run["revision"],
        received_at=claim.shown.fetched_at,
        documents=len(claim.pages),
        first_link=first,
        last_link=last,
        leaflet_vouched=claim.vouched,
    )
