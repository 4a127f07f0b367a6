"""The leaflet in the evidence file of an event: what it proves and how to check it with `sha256sum` and a
text editor; and the same as a page, which shows the rows as the document prints them. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from notifiers.said import named, wording
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import Voice, clean, voice
from watcher.prove.sheet import BETWEEN, Sheet, folded, page
from watcher.prove.shown import picture_name, sealed, shown_row, unproven

if TYPE_CHECKING:
    from state.model import Attestation, Event, Page

FORM = 2
"""Raised with any change of what a leaflet says or how, in any language: a file that another program gave
away is then told from one whose leaflet somebody rewrote."""
ALONE = 1
"""The form of a leaflet without a sheet beside it, as all were until November 2026."""
MARK = "vigilabel leaflet"
MOST_SHOWN = 20
"""Rows that a sheet shows: a first look at a provider with hundreds is proven by the listing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the file of an event holds, for its leaflet and its sheet.

    `run` is what the chain says of the look that saw the event; `pages` are by their name in the file;
    `absent` says that no row of the event is listed after the look; `retracted` is the reason when the event
    was taken back; `key` is the public key of the signature.
    """

    event: Event
    run: Mapping[str, Any]
    pages: Mapping[str, Page]
    absent: bool
    retracted: str | None
    head: str
    key: str | None

    @property
    def shown(self) -> tuple[str, Page]:
        """The document that the event points to, with its name in the file."""
        return next(each for each in self.pages.items() if each[1].sha256 == self.event.evidence.sha256)


def leaflet(of: Proof, *, sheet: bool = True) -> str:
    """The text of README.txt in every language, the house's first in front.

    `sheet` says that `leaflet.html` is beside it.
    """
    parts = []
    for say in map(voice, LANGUAGES):
        filled = say(
            "leaflet.body",
            event=of.event.id,
            sheet=say("leaflet.sheet") + "\n" if sheet else "",
            sentence=_sentence(of, say),
            facts=_text_facts(of, say),
            absence=folded(say("leaflet.absence")) + "\n" if of.absent else "",
            head=of.head,
            signature=say("leaflet.signature", key=of.key) if of.key else say("leaflet.unsigned"),
        )
        parts.append(filled)
    again = "\n".join(voice(lang)("leaflet.form") for lang in LANGUAGES)
    return BETWEEN.join((*parts, f"{again}\n{MARK} {FORM if sheet else ALONE}")) + "\n"


def _sentence(of: Proof, say: Voice) -> str:
    sentence = folded(wording.sentence(of.event, say.lang))
    if not of.retracted:
        return sentence
    return f"{sentence}\n\n{folded(say('leaflet.retracted', reason=of.retracted))}"


def _text_facts(of: Proof, say: Voice) -> str:
    event, run, (name, shown) = of.event, of.run, of.shown
    edition = f"{event.edition_at:%Y-%m-%d %H:%M} UTC" if event.edition_at else say("leaflet.undated")
    told = {
        "seen": f"{event.seen_at:%Y-%m-%d %H:%M:%S} UTC (run {run['id']}, {run['source']})",
        "edition": edition,
        "received": f"{shown.fetched_at:%Y-%m-%d %H:%M:%S} UTC",
        "document": clean(event.evidence.url),
        "file": name,
        "place": clean(named.place_text(event.evidence.place, say.lang)) or "-",
        "sha256": event.evidence.sha256,
        "reader": str(run["revision"]),
    }
    return "\n".join(f"{say.each('leaflet', name) + ' ':.<24} {value}" for name, value in told.items())


def rows_shown(event: Event, absent: bool) -> Sequence[tuple[int, Attestation]]:
    """The rows of an event that its document shows, by number, each with its place there."""
    if absent:
        return ()
    pairs = list(zip(event.rows, event.attestations, strict=True))[:MOST_SHOWN]
    if len(pairs) > 1:
        return pairs
    return [(line, replace(row, place=event.evidence.place)) for line, row in pairs]


def event_sheet(of: Proof, pictures: Collection[str]) -> str:
    """The page in every language, of what `leaflet` says in a text; `pictures` are names in the file."""
    event, rows = of.event, rows_shown(of.event, of.absent)
    drawn = {line: picture_name(line) for line, _ in rows if picture_name(line) in pictures}

    def sheet(say: Voice) -> Sheet:
        return Sheet(
            lang=say.lang,
            crumb=say("sheet.of_event", event=event.id),
            title=wording.title(event, say.lang),
            said=wording.sentence(event, say.lang),
            warning=say("leaflet.retracted", reason=of.retracted) if of.retracted else "",
            shown=[shown_row(row, of.shown, drawn.get(line, ""), say) for line, row in rows],
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
        "place": named.place_text(event.evidence.place, lang) or "–",
        "sha256": event.evidence.sha256,
        "run": f"{run['id']} ({run['source']}, {say('sheet.revision', n=run['revision'])})",
        **sealed(of.head, of.key, say),
    }
    return [(say.each("sheet", each), value) for each, value in told.items()]
