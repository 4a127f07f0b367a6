"""What the parts of an address say, a text, a label, a day, a number; and that none is there for nothing."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from starlette.datastructures import QueryParams

from notifiers.said.texts import LANGUAGES
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
"""Digits of a number that a memory can be asked for."""
MAY_BE_EMPTY = ("q", "provider")
"""Conditions that ask for nothing when they are left empty; any other then is a mistake."""
WORDS = (*GROUPS, *LABELS, *TOGETHER)
"""The words that name labels."""


def require_known(given: QueryParams, known: Collection[str]) -> None:
    """Refuses a part of an address that means nothing there: left out in silence, `labl=hds` would be
    answered with all labels. The language can be named everywhere."""
    known = (*known, LANG)
    for name in given:
        if name not in known:
            listed = ", ".join(known)
            raise Trouble("no_parameter", *alike(name[:LONGEST], known), name=name[:40], known=listed)
    one_of(given, LANG, LANGUAGES)


def require_said(given: QueryParams) -> None:
    """Refuses a condition of a program that is named and left empty."""
    for name, value in given.multi_items():
        if not value and name not in MAY_BE_EMPTY:
            raise BadQuestion(name, "", "value")


def unmarked(given: QueryParams) -> QueryParams:
    """The parts without the marks of others."""
    return QueryParams([(name, text) for name, text in given.multi_items() if not MARKS.fullmatch(name)])


def text_named(given: QueryParams, name: str) -> str:
    """The text of a part of an address, "" where it is not there; raises `BadQuestion`."""
    text = given[name].strip() if name in given else ""
    if "\0" in text or len(text) > LONGEST:
        raise BadQuestion(name, text[:20], "text", most=LONGEST)
    return text


def one_of(given: QueryParams, name: str, known: Collection[str]) -> str:
    """The one of the known words that a part of an address is, "" where it is empty; raises `BadQuestion`."""
    text = text_named(given, name)
    if text and text not in known:
        raise BadQuestion(name, text, "one_of", close=alike(text, known), known=", ".join(known))
    return text


def excel_asked(given: QueryParams) -> bool:
    """Whether a list is wanted as Excel opens it in France; raises `BadQuestion`."""
    return one_of(given, EXCEL, ("0", "1")) == "1"


def kind_named(given: QueryParams) -> str:
    """The kind of event that an address names, "" where it is empty; raises `BadQuestion`."""
    text = text_named(given, "kind")
    return kind_meant(text) or one_of(given, "kind", list(Kind))


def country_named(given: QueryParams) -> str:
    """The state that an address names, "" where it is empty; raises `BadQuestion`."""
    text = text_named(given, "country")
    return country_meant(text) or one_of(given, "country", [code.lower() for code in COUNTRIES])


def labels_named(given: QueryParams) -> tuple[str, ...]:
    """The labels that an address names, a family's several, none where it is empty; raises `BadQuestion`."""
    return single(labels_or_together(given))


def labels_or_together(given: QueryParams) -> tuple[str, ...]:
    """The same, labels together by their slug: in an address a plus that nobody quoted is a blank."""
    text = text_named(given, "label")
    found = meant(text) or meant("+".join(text.split()))
    return found or tuple(filter(None, [one_of(given, "label", WORDS)]))


def day_named(given: QueryParams, name: str) -> date | None:
    """The day that a part of an address names, None where it is empty; raises `BadQuestion`."""
    text = text_named(given, name)
    return day_of(name, text) if text else None


def day_of(name: str, text: str) -> date:
    """The day of a part of an address, as the document of the API has it; raises `BadQuestion`."""
    try:
        if ISO.fullmatch(text):
            return day_meant(text)
    except ValueError:
        pass  # the 30th of February: no better than another word
    raise BadQuestion(name, text[:40], "day")


def number_named(given: QueryParams, name: str, most: int = 2**53) -> int | None:
    """The number that a part of an address names, None where it is empty; raises `BadQuestion`."""
    text = text_named(given, name)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= most:
        raise BadQuestion(name, text, "number", most=most)
    return int(text)


def edition_of(text: str) -> int | date | None:
    """The number or the day by which an edition is named; None for anything else."""
    if ISO.fullmatch(text):
        try:
            return day_meant(text)
        except ValueError:
            return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < DIGITS else None
