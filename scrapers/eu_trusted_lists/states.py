"""The states whose trusted list the EU's list of lists names: their code, their languages, their zone.

The code is that of the list of lists, which is not ISO's for Greece (EL). The United Kingdom's list is the
last one of before it left, kept in place by the Commission.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """How a state prints: the languages in which holders are said, nearest first; where its days begin."""

    languages: tuple[str, ...]
    zone: str


def _state(languages: str, zone: str) -> State:
    """English last: every list prints it, and a state's own law names its organisations otherwise."""
    return State(tuple(dict.fromkeys((*languages.split(), "en"))), zone)


STATES: Mapping[str, State] = {
    "AT": _state("de", "Europe/Vienna"),
    "BE": _state("fr nl de", "Europe/Brussels"),
    "BG": _state("bg", "Europe/Sofia"),
    "CY": _state("el", "Asia/Nicosia"),
    "CZ": _state("cs", "Europe/Prague"),
    "DE": _state("de", "Europe/Berlin"),
    "DK": _state("da", "Europe/Copenhagen"),
    "EE": _state("et", "Europe/Tallinn"),
    "EL": _state("el", "Europe/Athens"),
    "ES": _state("es", "Europe/Madrid"),
    "FI": _state("fi sv", "Europe/Helsinki"),
    "FR": _state("fr", "Europe/Paris"),
    "HR": _state("hr", "Europe/Zagreb"),
    "HU": _state("hu", "Europe/Budapest"),
    "IE": _state("en ga", "Europe/Dublin"),
    "IS": _state("is", "Atlantic/Reykjavik"),
    "IT": _state("it", "Europe/Rome"),
    "LI": _state("de", "Europe/Vaduz"),
    "LT": _state("lt", "Europe/Vilnius"),
    "LU": _state("fr de lb", "Europe/Luxembourg"),
    "LV": _state("lv", "Europe/Riga"),
    "MT": _state("mt", "Europe/Malta"),
    "NL": _state("nl", "Europe/Amsterdam"),
    "NO": _state("nb nn no", "Europe/Oslo"),
    "PL": _state("pl", "Europe/Warsaw"),
    "PT": _state("pt", "Europe/Lisbon"),
    "RO": _state("ro", "Europe/Bucharest"),
    "SE": _state("sv", "Europe/Stockholm"),
    "SI": _state("sl", "Europe/Ljubljana"),
    "SK": _state("sk", "Europe/Bratislava"),
    "UK": _state("en", "Europe/London"),
}
