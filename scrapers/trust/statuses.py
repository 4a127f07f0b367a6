"""The statuses that a trusted list prints of a service, each with the day from which it holds.

The first printed is called current, and yet it may begin on a day still to come, up to years ahead: which one
is in force on a day, `state.words.course` says. We count in days of the state, a status holding from its day
on: lists date some entries a few seconds or hours after their own issue.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from scrapers.trust.services import EXTENSIONS, Service, extended
from scrapers.trust.words import BEFORE_EIDAS, check_status, last_word
from scrapers.trust.xml import Parts, day_in, moment, tag, text_of
from state.words.course import UNSTATED, Printed

STATUS, STARTS = tag("ServiceStatus"), tag("StatusStartingTime")
READ = (STATUS, STARTS, EXTENSIONS)
"""What is read of a status that is past: what else is printed of it may be that of another time."""
EIDAS = date(2016, 7, 1)
"""The day on which the regulation began to apply."""


class Entry(NamedTuple):
    """One printed status of a service: when and on which day it begins, its word, and for which uses."""

    began: datetime
    day: date
    word: str
    usages: tuple[str, ...]


def entries(service: Service) -> list[Entry]:
    """All statuses printed of a service, the latest to begin first; among equals the first printed.

    Raises `UnreadableRow` for a day without its zone, and for a word that nobody knows under the regulation.
    """
    printed = [_entry(service, service.parts, service.usages)]
    if service.history:
        parts = [{one.tag: one for one in past.iterchildren(*READ)} for past in service.history]
        printed += [_entry(service, past, extended(past)[0]) for past in parts]
        printed.sort(key=itemgetter(0), reverse=True)
    check_status(printed[0].word)
    for entry in printed[1:]:
        if entry.day >= EIDAS:
            check_status(entry.word)
    return printed


def _entry(service: Service, parts: Parts, usages: tuple[str, ...]) -> Entry:
    began, day = _begins(text_of(parts, STARTS, service.place), service.holder.register.zone)
    return Entry(began, day, last_word(text_of(parts, STATUS, service.place)), usages)


@lru_cache(maxsize=1 << 12)  # a third of all statuses began on the day of the regulation
def _begins(printed: str, zone: str) -> tuple[datetime, date]:
    at = moment(printed)
    return at, day_in(zone, at)


def under(printed: Sequence[Entry], usage: str) -> tuple[Printed, ...]:
    """The statuses as far as they concern a use ("" where the type of the service alone says the label).

    Until 2016 nothing was stated but of certificates for signatures, and that without saying so.
    """
    return tuple([(entry.day, entry.word if _concerns(entry, usage) else UNSTATED) for entry in printed])


def _concerns(entry: Entry, usage: str) -> bool:
    if not usage or usage in entry.usages:
        return True
    return not entry.usages and entry.word in BEFORE_EIDAS and usage == "ForeSignatures"
