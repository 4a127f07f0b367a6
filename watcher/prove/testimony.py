"""What an evidence file proves and what a replay found, in words. Pure."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifiers.said.named import place_text, status_kept
from scrapers.source import Pictures
from watcher.prove.event_sheet import rows_shown

if TYPE_CHECKING:
    from datetime import datetime

    from notifiers.said.voice import Voice
    from scrapers.source import Source
    from state.kept.carried import Carried
    from state.model import Attestation, Listing
    from watcher.prove.replay import Rebuilt
    from watcher.prove.verify import Claim

Lines = Sequence[tuple[str, str]]


def claim_lines(claim: Claim, say: Voice) -> Lines:
    """A checked evidence file, in lines for people."""
    event, run, shown = claim.event, claim.run, claim.shown
    cut = say("verify.unproven", n=len(claim.pictures)) if claim.pictures else ""
    url, many = event.evidence.url, len(claim.pages)
    return [
        (say("verify.result"), say("verify.whole" if claim.vouched else "verify.whole_but")),
        (say("verify.leaflet"), say.each("verify", leaflet_word(claim.vouched, claim.sheet))),
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
        (say("verify.chain"), _chained(claim, say)),
        (say("verify.head"), claim.head),
        (say("verify.signature"), say("verify.signed", key=claim.key) if claim.key else say("verify.none")),
    ]


def leaflet_word(vouched: bool, sheet: bool) -> str:
    """The code of what is said of a leaflet, and of the page beside it where there is one."""
    return ("vouched" if vouched else "not_vouched") + ("_both" if sheet else "")


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
    if not isinstance(source, Pictures):
        return ()
    rows = dict(rows_shown(claim.event, absent=False))
    drawn = {row: source.picture(claim.shown, rows[row]) for row in claim.pictures}
    return tuple(row for row, one in drawn.items() if one is None or b64decode(one) != claim.pictures[row])


def plain_row(row: Attestation) -> tuple[Attestation, tuple[tuple[str, str], ...]]:
    """A row without what never enters a comparison; `extra` apart, since it has no hash."""
    bare = replace(row, page=0, place="", url=None, country=None, extra={})
    return bare, tuple(sorted(row.extra.items()))


def rebuilt_lines(found: Rebuilt, say: Voice) -> Lines:
    """A replay, in lines for people."""
    taken = [
        (say("replay.not_rebuilt", count=count), say("replay.taken", why=say.each("taken", reason)))
        for reason, count in found.taken.items()
    ]
    return [
        (say("verify.result"), say("replay.different") if found.difference else say("replay.same")),
        (say("replay.rebuilt"), say("replay.made", runs=found.runs, events=found.events)),
        *taken,
        (say("verify.head"), found.head),
    ]


def copied_lines(found: Carried, say: Voice) -> Lines:
    """A copy of the memory, in lines for people."""
    kept = [(say("copy.kept"), say("copy.kept_rows", rows=found.kept))] if found.kept else []
    rows, tables = sum(found.rows.values()), sum(1 for count in found.rows.values() if count)
    return [
        (say("verify.result"), say("copy.same")),
        (say("copy.rows"), say("copy.counted", rows=rows, tables=tables)),
        *kept,
        (say("verify.head"), say("copy.head", head=found.head, links=found.links)),
    ]
