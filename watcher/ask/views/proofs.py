"""What an evidence file proves and what a replay found, as views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from notifiers.said.voice import voice
from state.kept.carried import Carried
from watcher.ask.views.form import Time, filled
from watcher.prove.replay import Rebuilt
from watcher.prove.verify import Claim


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A replay; `difference` is the first thing that came out otherwise."""

    head: str
    runs: int
    events: int
    taken: Mapping[str, int]
    difference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedMemory:
    """A memory that was copied: `rows` by table, of which `kept` were there from a copy that was interrupted;
    `faults` are those of the memory itself, found again in the copy."""

    origin: str
    copy: str
    head: str
    links: int
    rows: Mapping[str, int]
    kept: int
    faults: tuple[str, ...]


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


def replayed_view(found: Rebuilt) -> Replayed:
    """A replay; programs read why in English."""
    taken = {voice("en").each("taken", reason): count for reason, count in found.taken.items()}
    return filled(Replayed, found, taken=taken, difference=found.difference or None)


def copied_view(found: Carried, origin: str, copy: str) -> CopiedMemory:
    """A memory that was copied from one address to another, as people may read them."""
    return filled(CopiedMemory, found, origin=origin, copy=copy)
