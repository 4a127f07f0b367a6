"""The states whose trusted list the EU's list of lists names: their code, their languages, their zone.

The code is that of the list of lists, which is not ISO's for Greece (EL). The United Kingdom's list is the
last one of before it left, kept in place by the Commission.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """How a state prints: the languages in which holders are said, nearest first; where its days begin; under
    which host its list is, and may move without a word from a person.

    The host is that of the list of lists 390 (2026-08-03), or the part of it that is the state's own: whoever
    may put a list there was let by the authority that signs it.
    """

    languages: tuple[str, ...]
    zone: str
    host: str


def _state(languages: str, zone: str, host: str) -> State:
    """English last: every list prints it, and a state's own law names its organisations otherwise."""
    return State(tuple(dict.fromkeys((*languages.split(), "en"))), zone, host)


STATES: Mapping[str, State] = {
    "AT": _state("de", "Europe/Vienna", "rtr.at"),
    "BE": _state("fr nl de", "Europe/Brussels", "belgium.be"),
    "BG": _state("bg", "Europe/Sofia", "crc.bg"),
    "CY": _state("el", "Asia/Nicosia", "gov.cy"),
    "CZ": _state("cs", "Europe/Prague", "gov.cz"),
    "DE": _state("de", "Europe/Berlin", "bundesnetzagentur.de"),
    "DK": _state("da", "Europe/Copenhagen", "digst.dk"),
    "EE": _state("et", "Europe/Tallinn", "riik.ee"),
    "EL": _state("el", "Europe/Athens", "eett.gr"),
    "ES": _state("es", "Europe/Madrid", "gob.es"),
    "FI": _state("fi sv", "Europe/Helsinki", "trustedlist.fi"),
    "FR": _state("fr", "Europe/Paris", "gouv.fr"),
    "HR": _state("hr", "Europe/Zagreb", "gov.hr"),
    "HU": _state("hu", "Europe/Budapest", "nmhh.hu"),
    "IE": _state("en ga", "Europe/Dublin", "gov.ie"),
    "IS": _state("is", "Atlantic/Reykjavik", "fjarskiptastofa.is"),
    "IT": _state("it", "Europe/Rome", "gov.it"),
    "LI": _state("de", "Europe/Vaduz", "llv.li"),
    "LT": _state("lt", "Europe/Vilnius", "elektroninisparasas.lt"),
    "LU": _state("fr de lb", "Europe/Luxembourg", "trusted-list.lu"),
    "LV": _state("lv", "Europe/Riga", "gov.lv"),
    "MT": _state("mt", "Europe/Malta", "mca.org.mt"),
    "NL": _state("nl", "Europe/Amsterdam", "rdi.nl"),
    "NO": _state("nb nn no", "Europe/Oslo", "nkom.no"),
    "PL": _state("pl", "Europe/Warsaw", "nccert.pl"),
    "PT": _state("pt", "Europe/Lisbon", "gns.gov.pt"),
    "RO": _state("ro", "Europe/Bucharest", "adr.gov.ro"),
    "SE": _state("sv", "Europe/Stockholm", "pts.se"),
    "SI": _state("sl", "Europe/Ljubljana", "gov.si"),
    "SK": _state("sk", "Europe/Bratislava", "nbu.gov.sk"),
    "UK": _state("en", "Europe/London", "ec.europa.eu"),
}
