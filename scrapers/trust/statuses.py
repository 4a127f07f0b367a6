"""The statuses that a trusted list prints of a service, each with the day from which it holds.

The first printed is called current, and yet it may begin on a day still to come, up to years ahead: which one
is in force on a day, `state.words.course` says. We count in days of the state, a status holding from its day
on: lists date some entries a few seconds or hours after their own issue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree

from scrapers.trust.words import BEFORE_EIDAS, check_status, last_word
from scrapers.trust.xml import TSL, day_in, moment, text
from state.words.course import UNSTATED, Printed

USAGES = "t:ServiceInformationExtensions/t:Extension/t:AdditionalServiceInformation/t:URI"
EIDAS = date(2016, 7, 1)
"""The day on which the regulation began to apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One printed status of a service: the day on which it begins, its word, and for which uses."""

    day: date
    word: str
    usages: tuple[str, ...]


def usages_of(element: etree._Element) -> tuple[str, ...]:
    """What a service is stated to be for ("ForeSeals"), as the last words of the URIs."""
    return tuple(last_word(uri.text or "") for uri in element.iterfind(USAGES, TSL))


def entries(
    info: etree._Element, history: Sequence[etree._Element], place: str, zone: str
) -> tuple[Entry, ...]:
    """All statuses printed of a service, the latest to begin first; among equals the first printed.

    Raises `UnreadableRow` for a day without its zone, and for a word that nobody knows under the regulation.
    """
    found = [(moment(text(each, "t:StatusStartingTime", place)), each) for each in (info, *history)]
    ordered = sorted(found, key=lambda pair: pair[0], reverse=True)
    printed = tuple(
        Entry(
            day=day_in(zone, began),
            word=last_word(text(each, "t:ServiceStatus", place)),
            usages=usages_of(each),
        )
        for began, each in ordered
    )
    for entry in printed:
        if entry.day >= EIDAS:
            check_status(entry.word)
    check_status(printed[0].word)
    return printed


def under(printed: Sequence[Entry], usage: str) -> tuple[Printed, ...]:
    """The statuses as far as they concern a use ("" where the type of the service alone says the label).

    Until 2016 nothing was stated but of certificates for signatures, and that without saying so.
    """
    return tuple((entry.day, entry.word if _concerns(entry, usage) else UNSTATED) for entry in printed)


def _concerns(entry: Entry, usage: str) -> bool:
    old = not entry.usages and entry.word in BEFORE_EIDAS and usage == "ForeSignatures"
    return old or usage in ("", *entry.usages)
