"""The leaflet in an evidence file: what it proves and how to check it with `sha256sum` and a text editor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any

from notifiers.said import wording
from notifiers.said.named import place_text
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import Voice, clean, voice

if TYPE_CHECKING:
    from state.model import Event, Page

FORM = 2
"""Raised with any change of what a leaflet says or how, in any language: a file that another program gave
away is then told from one whose leaflet somebody rewrote."""
ALONE = 1
"""The form of a leaflet without a sheet beside it, as all were until November 2026."""
MARK = "vigilabel leaflet"
WIDTH = 100
BETWEEN = f"\n\n{'=' * WIDTH}\n\n"
SPACES = str.maketrans("\u00a0\u202f", "  ")


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
            facts=_facts(of, say),
            absence=_folded(say("leaflet.absence")) + "\n" if of.absent else "",
            head=of.head,
            signature=say("leaflet.signature", key=of.key) if of.key else say("leaflet.unsigned"),
        )
        parts.append(filled)
    again = "\n".join(voice(lang)("leaflet.form") for lang in LANGUAGES)
    return BETWEEN.join((*parts, f"{again}\n{MARK} {FORM if sheet else ALONE}")) + "\n"


def unmarked(made: str) -> str:
    """The leaflet without the last part, which says that it can be made again: as older programs wrote it,
    and as one is written that says more than its file proves."""
    return made.rpartition(BETWEEN)[0] + "\n"


def plain(text: str) -> str:
    """The text as people read it: spaces at which no line may end are spaces."""
    return text.translate(SPACES)


def form_of(text: str) -> int | None:
    """The form that a leaflet says it has; None where it says none, as those that older programs wrote."""
    found = re.search(rf"\n{MARK} (\d{{1,9}})\n\Z", text, re.ASCII)
    return int(found[1]) if found else None


def _sentence(of: Proof, say: Voice) -> str:
    sentence = _folded(wording.sentence(of.event, say.lang))
    if not of.retracted:
        return sentence
    return f"{sentence}\n\n{_folded(say('leaflet.retracted', reason=of.retracted))}"


def _facts(of: Proof, say: Voice) -> str:
    event, run, (name, shown) = of.event, of.run, of.shown
    edition = f"{event.edition_at:%Y-%m-%d %H:%M} UTC" if event.edition_at else say("leaflet.undated")
    told = {
        "seen": f"{event.seen_at:%Y-%m-%d %H:%M:%S} UTC (run {run['id']}, {run['source']})",
        "edition": edition,
        "received": f"{shown.fetched_at:%Y-%m-%d %H:%M:%S} UTC",
        "document": clean(event.evidence.url),
        "file": name,
        "place": clean(place_text(event.evidence.place, say.lang)) or "-",
        "sha256": event.evidence.sha256,
        "reader": str(run["revision"]),
    }
    return "\n".join(f"{say.each('leaflet', name) + ' ':.<24} {value}" for name, value in told.items())


def _folded(sentence: str) -> str:
    return fill(clean(sentence), WIDTH, break_long_words=False, break_on_hyphens=False)
