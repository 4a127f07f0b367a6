"""The sheet of an event: what it says, as the document prints it, and where to see it there. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from notifiers.said import named, wording
from notifiers.said.named import place_text
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import Voice, voice
from watcher.prove.quote import quoted
from watcher.prove.sheet import Sheet, Shown, page

if TYPE_CHECKING:
    from state.model import Attestation, Event, Page
    from watcher.prove.leaflet import Proof

MOST_SHOWN = 20
"""Rows that a sheet shows: a first look at a provider with hundreds is proven by the listing."""
OPENED = (".pdf", ".xml", ".json", ".txt")
"""Documents that a sheet leads to. A page of a register may run scripts, and is quoted instead."""


def picture_name(line: int) -> str:
    """The name of the picture of a row in an evidence file."""
    return f"pictures/{line}.png"


def rows_shown(event: Event, absent: bool) -> Sequence[tuple[int, Attestation]]:
    """The rows of an event that its document shows, by number, each with its place there."""
    if absent:
        return ()
    pairs = list(zip(event.rows, event.attestations, strict=True))[:MOST_SHOWN]
    if len(pairs) > 1:
        return pairs
    return [(line, _placed(row, event.evidence.place)) for line, row in pairs]


def _placed(row: Attestation, place: str) -> Attestation:
    return replace(row, place=place)


def shown_row(
    line: int, row: Attestation, document: tuple[str, Page], pictures: Collection[str], say: Voice
) -> Shown:
    """A row as a document in the file shows it: its picture where there is one, else its text."""
    name, kept = document
    picture = picture_name(line) if picture_name(line) in pictures else ""
    place = place_text(row.place, say.lang)
    opens = name.endswith(OPENED)
    return Shown(
        said=row_said(row, say.lang),
        document=f"{name}{_at(row.place)}" if opens else "",
        link=say("sheet.open" if opens else "sheet.named", file=name, place=place or "–"),
        picture=picture,
        quote="" if picture or name.endswith(".pdf") else quoted(kept.body, row),
    )


def _at(place: str) -> str:
    """The part of an address that opens a PDF at its page."""
    number = place.removeprefix("p. ").partition(",")[0]
    return f"#page={number}" if place.startswith("p. ") and number.isdecimal() else ""


def row_said(row: Attestation, lang: str) -> str:
    """A row in a line: the holder as printed, the service, the decision, the dates."""
    parts = (
        named.printed(row.holder),
        named.subject_text(row, lang),
        named.ref_text(row, lang),
        named.validity_text(row, lang),
    )
    return " · ".join(filter(None, parts))


def event_sheet(of: Proof, pictures: Collection[str]) -> str:
    """The page in every language, of what `leaflet` says in a text; `pictures` are names in the file."""
    event, rows = of.event, rows_shown(of.event, of.absent)

    def sheet(say: Voice) -> Sheet:
        return Sheet(
            lang=say.lang,
            crumb=say("sheet.of_event", event=event.id),
            title=wording.title(event, say.lang),
            said=wording.sentence(event, say.lang),
            warning=say("leaflet.retracted", reason=of.retracted) if of.retracted else "",
            shown=[shown_row(line, row, of.shown, pictures, say) for line, row in rows],
            proven=_proven(of, say),
            unproven=unproven(say, of.key, pictures),
            facts=_facts(of, say),
            checks=say("sheet.how_event"),
        )

    return page([sheet(voice(lang)) for lang in LANGUAGES])


def _proven(of: Proof, say: Voice) -> Sequence[str]:
    read = say("sheet.read", run=of.run["id"], revision=of.run["revision"])
    said = [say("sheet.kept", at=of.event.seen_at), read]
    return [*said, say("leaflet.absence")] if of.absent else said


def unproven(say: Voice, key: str | None, pictures: Collection[str]) -> Sequence[str]:
    """What no evidence file shows by itself."""
    alone = say("sheet.not_signed") if key is None else say("sheet.not_whose")
    return (say("sheet.not_true"), *([say("sheet.not_picture")] if pictures else []), alone)


def _facts(of: Proof, say: Voice) -> Sequence[tuple[str, str]]:
    lang, event, run, (name, kept) = say.lang, of.event, of.run, of.shown
    holders = dict.fromkeys(named.printed(row.holder) for row in event.attestations)
    edition = say("sheet.paris", at=event.edition_at) if event.edition_at else say("leaflet.undated")
    told = {
        "holder": " ; ".join(list(holders)[:MOST_SHOWN]),
        "provider": f"{event.provider.name} ({event.provider.slug})",
        "label": named.label_name(event.label, lang),
        "edition": edition,
        "received": say("sheet.paris", at=kept.fetched_at),
        "document": event.evidence.url,
        "file": name,
        "place": place_text(event.evidence.place, lang) or "–",
        "sha256": event.evidence.sha256,
        "run": f"{run['id']} ({run['source']}, {say('sheet.revision', n=run['revision'])})",
        **sealed(of.head, of.key, say),
    }
    return [(say.each("sheet", each), value) for each, value in told.items()]


def sealed(head: str, key: str | None, say: Voice) -> Mapping[str, str]:
    """The head of the chain, and whose signature stands below."""
    return {"head": head, "signature": key or say("sheet.none")}
