"""What an evidence file proves and what a replay found, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from state.model import Attestation, Listing
    from watcher.prove.replay import Rebuilt
    from watcher.prove.verify import Claim

Lines = Sequence[tuple[str, str]]


def claim_lines(claim: Claim) -> Lines:
    """A checked evidence file, in lines for people."""
    event, run, shown = claim.event, claim.run, claim.shown
    many = f", one of {len(claim.pages)} in the file" if len(claim.pages) > 1 else ""
    return [
        ("result", "whole: every byte is as it was written"),
        (f"event {event.id}", claim.said["en"]),
        *([("TAKEN BACK", claim.retracted)] if claim.retracted else []),
        ("seen", f"{event.seen_at:%Y-%m-%d %H:%M:%S} UTC, by run {run['id']} of {event.source}"),
        ("document", event.evidence.url + many),
        ("received", f"{shown.fetched_at:%Y-%m-%d %H:%M:%S} UTC, {len(shown.body)} bytes"),
        ("SHA-256", event.evidence.sha256),
        ("place", event.evidence.place),
        ("reader", f"revision {run['revision']}"),
        ("listing", _listed(claim)),
        ("chain", _chained(claim)),
        ("head", claim.head),
        ("signature", _signed(claim)),
    ]


def _listed(claim: Claim) -> str:
    """How the listing after the look has the rows concerned; an absence rests on the whole document."""
    rows = f"{claim.rows} rows after this look"
    there = {row: status for row, status in claim.listed.items() if status is not None}
    gone = [str(row) for row in claim.listed if row not in there]
    said = [f"row {row} is there ({status})" for row, status in there.items()]
    if gone:
        plural = "rows" if len(gone) > 1 else "row"
        said.append(f"{plural} {', '.join(gone)} not there; the proof is the whole document in pages/")
    return f"{rows}: " + "; ".join(said)


def _chained(claim: Claim) -> str:
    first, last = claim.links
    said = f"unbroken from link {first}, which seals event, pages and listing, to link {last}"
    if claim.noted is not None:
        return f"{said}; the head you noted is link {claim.noted}: nothing up to it was altered since you did"
    return f"{said}; compare the head with one noted elsewhere (--head), or this proves agreement only"


def _signed(claim: Claim) -> str:
    if claim.key is None:
        return "none"
    return f"valid, by {claim.key}; compare it with the key on the Sources page of the watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Whether a new reading of the pages shows what the event says, and in words what it shows."""

    agrees: bool
    text: str


def found_again(claim: Claim, seen: Listing) -> Found:
    """Looks for the rows of the event in a new reading of its pages."""
    rows = {_plain(row): row.place for row in seen.attestations}
    parts, agrees = [], True
    for number, row in zip(claim.event.rows, claim.event.attestations, strict=True):
        place = rows.get(_plain(row))
        absent = claim.listed[number] is None
        agrees = agrees and absent == (place is None)
        parts.append(f"row {number} is " + ("not there" if place is None else f"there, {place}"))
    return Found(agrees=agrees, text="; ".join(parts))


def _plain(row: Attestation) -> tuple[Attestation, tuple[tuple[str, str], ...]]:
    """A row without what never enters a comparison; `extra` apart, since it has no hash."""
    bare = replace(row, page=0, place="", url=None, extra={})
    return bare, tuple(sorted(row.extra.items()))


def rebuilt_lines(found: Rebuilt) -> Lines:
    """A replay, in lines for people."""
    taken = [
        (f"{count} not rebuilt", f"{reason}: taken over as recorded") for reason, count in found.taken.items()
    ]
    return [
        ("result", "DIFFERENT" if found.difference else "the same, byte for byte"),
        ("rebuilt", f"{found.runs} runs, {found.events} events, and the listing after each"),
        *taken,
        ("head", found.head),
    ]
