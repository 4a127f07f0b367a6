"""What the parts of an address say, a text, a label, a day, a number; and that none is there for nothing."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from starlette.datastructures import QueryParams

from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import voice
from state.model import Kind
from state.words.countries import COUNTRIES, country_meant
from state.words.labels import GROUPS, LABELS, TOGETHER, meant, single
from state.words.meant import alike, day_meant, kind_meant
from watcher.errors import BadQuestion, Trouble

LONGEST = 200
"""Characters of a search that are looked at; no printed name comes near."""
ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LANG = "lang"
EXCEL = "excel"
MARKS = re.compile(r"utm_\w+|fbclid|gclid|msclkid|mc_[ce]id", re.ASCII)
"""What mail programs and other sites add to every link that somebody shares: it asks nothing of us."""
DIGITS = 18
"""Digits of a number that a memory can be asked for: both engines count in 63 bits."""
MAY_BE_EMPTY = ("q", "provider")
"""Conditions that ask for nothing when they are left empty; any other then is a mistake."""
WORDS = (*GROUPS, *LABELS, *TOGETHER)
"""The words that name labels."""


class Parts(QueryParams):
    """The parts of an address beside its path. Nothing ("", None) is said of one that is empty or not there;
    one that nobody can understand raises `BadQuestion`."""

    def require(self, *known: str) -> None:
        """Refuses a part that means nothing there: left out in silence, `labl=hds` would be answered with all
        labels. The language can be named everywhere."""
        known = (*known, LANG)
        for name in self:
            if name not in known:
                listed = ", ".join(known)
                raise Trouble("no_parameter", *alike(name[:LONGEST], known), name=name[:40], known=listed)
        self.one_of(LANG, LANGUAGES)

    def require_said(self) -> None:
        """Refuses a condition of a program that is named and left empty."""
        for name, value in self.multi_items():
            if not value and name not in MAY_BE_EMPTY:
                raise BadQuestion(name, "", "value")

    def unmarked(self) -> Parts:
        """These parts without the marks of others."""
        return Parts([(name, text) for name, text in self.multi_items() if not MARKS.fullmatch(name)])

    def text(self, name: str) -> str:
        """A text without what surrounds it."""
        text = self[name].strip() if name in self else ""
        if "\0" in text or len(text) > LONGEST:  # PostgreSQL refuses a zero byte in a text
            raise BadQuestion(name, text[:20], "text", most=LONGEST)
        return text

    def one_of(self, name: str, known: Collection[str]) -> str:
        """One of the known words."""
        text = self.text(name)
        if text and text not in known:
            raise BadQuestion(name, text, "one_of", close=alike(text, known), known=", ".join(known))
        return text

    def yes(self, name: str) -> bool:
        """Whether a part is 1."""
        return self.one_of(name, ("0", "1")) == "1"

    def kind(self) -> str:
        return kind_meant(self.text("kind")) or self.one_of("kind", list(Kind))

    def country(self) -> str:
        return country_meant(self.text("country")) or self.one_of(
            "country", [code.lower() for code in COUNTRIES]
        )

    def labels(self) -> tuple[str, ...]:
        """The labels, a family's several."""
        return single(self.labels_or_together())

    def labels_or_together(self) -> tuple[str, ...]:
        """The same, labels together by their slug: in an address a plus that nobody quoted is a blank."""
        text = self.text("label")
        found = meant(text) or meant("+".join(text.split()))
        return found or tuple(filter(None, [self.one_of("label", WORDS)]))

    def day(self, name: str) -> date | None:
        """A day."""
        text = self.text(name)
        return day_of(name, text) if text else None

    def number(self, name: str, most: int = 2**53) -> int | None:
        """A number from 1 on, at most one that JavaScript still counts exactly."""
        text = self.text(name)
        if not text:
            return None
        # Of ASCII: `int` reads the digits of all scripts, and two addresses would mean the same.
        if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= most:
            raise BadQuestion(name, text, "number", most=most)
        return int(text)


def day_of(name: str, text: str) -> date:
    """The day of a part of an address, as the document of the API has it; raises `BadQuestion`."""
    try:
        if ISO.fullmatch(text):
            return day_meant(text)
    except ValueError:
        pass  # the 30th of February: no better than another word
    raise BadQuestion(name, text[:40], "day")


def edition_of(text: str) -> int | date | None:
    """The number or the day by which an edition is named; None for anything else."""
    try:
        return day_meant(text) if ISO.fullmatch(text) else number_of(text)
    except ValueError:
        return None


def number_of(text: str) -> int | None:
    """A number that a memory can be asked for; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None


def mistaken(error: Trouble, lang: str) -> str:
    """What is wrong with what was asked, in a sentence or two; what a client sent is quoted."""
    say, values = voice(lang), dict(error.values)
    if isinstance(error, BadQuestion):
        values["expected"] = say.each("expected", error.expected, **error.limits)
    return say.each("trouble", f"{error.code}.text", **values)
