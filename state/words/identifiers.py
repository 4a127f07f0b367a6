"""Under which numbers states registered an organisation, as trusted lists print them. Pure.

A list prints them among the trade names of a provider: a scheme, a state, a number (TS 119 612, 5.4.2;
EN 319 412-1, 5.1.4), "VATBE-0475396406" or "NTRSE-556633-0220". What is printed is kept; two prints of one
number have one key. Each scheme numbers organisations its own way: only equal keys are one organisation.
"""

from __future__ import annotations

import re
from functools import lru_cache

from state.names import HOME, tidy
from state.words.countries import territory

# Those of organisations alone: of a person's passport or tax number we make no use.
_SCHEMES = "VAT|TVA|NTR|PSD|LEI|EUID"
# The lists of August 2026 print "VATES- A31501901", "VATHU - 24167789" and "VATBE-0463.006.734".
_PRINTED = re.compile(rf"({_SCHEMES})\s?([A-Z]{{2}})\s?[-:]\s?(\S.*)")
_EUID = re.compile(r"(EUID)\s?[-:]?\s?([A-Z]{2})([A-Z0-9]*\.\S.*)")
LEAST = 6
"""So many figures at least have the numbers that a person may type without scheme and state."""


@lru_cache(maxsize=1 << 12)
def identifier_key(text: str) -> str | None:
    """The key of a printed identifier, None for a text that is none.

    A French VAT number holds the number of the company, which the trade register prints alone: they are one.
    """
    found = _PRINTED.fullmatch(tidy(text).upper()) or _EUID.fullmatch(tidy(text).upper())
    if found is None:
        return None
    # Luxembourg prints the same number under its French scheme beside the English one.
    scheme = found[1].replace("TVA", "VAT")
    state, number = territory(found[2]), re.sub(r"[^0-9A-Z]", "", found[3])
    number = number.removeprefix(found[2])  # "VATLU-LU29222134": a VAT number begins with its state
    if not any(c.isdigit() for c in number):
        return None
    siren = _siren(scheme, number) if state == HOME else None
    return f"SIREN {siren}" if siren else f"{scheme}{state} {number}"


def siren_key(siren: str) -> str:
    """The key of a French company's number."""
    return f"SIREN {siren}"


def _siren(scheme: str, number: str) -> str | None:
    """The nine figures of a French company: the last of its VAT number, the first of an establishment's."""
    if scheme == "VAT":
        found = re.fullmatch(r"[0-9A-Z]{2}(\d{9})", number)
    else:
        found = re.fullmatch(r"(\d{9})(\d{5})?", number) if scheme == "NTR" else None
    return found[1] if found else None


def printed_identifiers(registration: str) -> tuple[str, ...]:
    """The identifiers in the `registration` of a row, as printed."""
    return tuple(part for part in registration.split("; ") if identifier_key(part))


# Each local court of Germany counts its own companies: HRB 12345 is one in Bonn and another in Köln.
_OF_ANY_COURT = re.compile(r"NTRDE (?:HRA|HRB|GNR|GSR|PR|VR)?\d+[A-Z]{0,2}")


def identifier_keys(registration: str) -> frozenset[str]:
    """The keys by which two prints are one organisation: of numbers that no two of a state have."""
    keys = (identifier_key(part) for part in registration.split("; "))
    return frozenset(key for key in keys if key and not _OF_ANY_COURT.fullmatch(key))


def state_of(key: str) -> str:
    """The state that gave the number with this key."""
    scheme = key.partition(" ")[0]
    return HOME if scheme == "SIREN" else scheme[-2:]


def typed(text: str) -> str:
    """What a person typed, as it is compared with `spoken_so`; "" for what can be no identifier."""
    plain = re.sub(r"[\s.\-:/]", "", tidy(text).upper())
    return plain if sum(c.isdigit() for c in plain) >= LEAST and plain.isalnum() else ""


def spoken_so(printed: str) -> frozenset[str]:
    """The ways in which people write a printed identifier: whole, without scheme, the bare number, and the
    SIREN of a French one."""
    key = identifier_key(printed)
    if key is None:
        return frozenset()
    scheme, _, number = key.partition(" ")
    said = {number, typed(printed), typed(re.sub(rf"^({_SCHEMES})", "", tidy(printed).upper()))}
    if scheme != "SIREN":
        said |= {f"{scheme}{number}", f"{scheme[-2:]}{number}"}
    return frozenset(text for text in said if typed(text) == text != "")
