"""A badge of a provider and a label, for others' pages: where it stands today, and a link to what proves it.

It is fetched by machines that name no language, and kept by caches: French unless its address says otherwise.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response

from notifiers.said import named
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import Voice, clip, voice
from watcher.ask.standing.race import Place, Sign, verdict
from watcher.said.standing.race import state_word
from watcher.said.told import hearer

if TYPE_CHECKING:
    from watcher.ask.standing.race import Verdict
    from watcher.web.asked.site import Visit

KEPT = "public, max-age=3600"
"""An hour: a register is read four times a day, and others' pages show badges thousands of times."""
COLOURS = {
    Sign.HOLDS: "#0b6b3a",
    Sign.LISTED: "#7a4b00",
    Sign.BEGINS: "#0b4fa8",
    Sign.PAST: "#a31621",
    Sign.UNSURE: "#7a4b00",
    Sign.CANDIDATE: "#0b4fa8",
    Sign.NOT_LISTED: "#566273",
    Sign.UNKNOWN: "#566273",
    Sign.DOCUMENT: "#566273",
}
"""Behind white letters, each with a contrast of five or more; words say the same."""
LETTER = 6.6
"""Dots that a letter takes; `textLength` sets the words so, whichever font there is."""
MOST = 60


def show_badge(visit: Visit) -> Response:
    provider, label = visit.provider(), visit.label()
    lang = visit.lang if visit.chosen else LANGUAGES[0]
    there = f"/was/{provider.slug}/{quote(label)}/{visit.today}"
    found = verdict(visit.archive, provider, label)
    text = badge(found, named.printed(provider.name), visit.site.address + there, voice(lang))
    headers = {"Cache-Control": KEPT, "Content-Language": lang}
    return Response(text, media_type="image/svg+xml", headers=headers)


def badge(found: Verdict, who: str, link: str, say: Voice) -> str:
    """The drawing: who and what on the left, where that stands on the right."""
    left = clip(f"{who} · {named.label_name(found.label, say.lang).partition(' (')[0]}", MOST)
    right = state_text(found, say)
    one, other = _width(left), _width(right)
    title, wide = escape(f"{left}{say('phrase.colon')}{right}"), one + other
    words = 'font-family="Verdana,DejaVu Sans,Arial,sans-serif" font-size="11" fill="#fff"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="20" role="img" '
        f'aria-label="{title}" lang="{say.lang}"><title>{title}</title><a href="{escape(link)}">'
        f'<clipPath id="r"><rect width="{wide}" height="20" rx="3"/></clipPath><g clip-path="url(#r)">'
        f'<rect width="{one}" height="20" fill="#3a4554"/>'
        f'<rect x="{one}" width="{other}" height="20" fill="{COLOURS[found.sign]}"/></g>'
        f"<g {words}>{_text(left, 0)}{_text(right, one)}</g></a></svg>\n"
    )


def _text(words: str, at: int) -> str:
    """Words in a box that begins at a place, set as wide as the box allows."""
    long = f'textLength="{_width(words) - 16}" lengthAdjust="spacingAndGlyphs"'
    return f'<text x="{at + 8}" y="14" {long}>{escape(words)}</text>'


def state_text(found: Verdict, say: Voice) -> str:
    """Where it stands in a few words, with the first printed end of what is held."""
    word = state_word(found.standing, hearer(say.lang))
    ends = found.standing.ends if found.standing.place is Place.HOLDS else ()
    return say("badge.until", state=word, end=ends[0]) if ends and found.sign is Sign.HOLDS else word


def _width(text: str) -> int:
    return round(len(text) * LETTER) + 16
