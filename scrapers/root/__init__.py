"""The root of trust: the EU's list of trusted lists, and whom it names for each state.

The Official Journal names who may sign that list; the list names, for each state, where its own list is and
who may sign it. How that is followed is `chain.py`; `docs/decisions/0049-trust-from-the-root.md` says why so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What the list of lists says of one territory's list: its addresses as XML, and who may sign it.

    `signers` are certificates by their SHA-256.
    """

    territory: str
    addresses: tuple[str, ...]
    signers: Mapping[str, bytes] = field(hash=False)
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The list of lists of one edition, believed: `page` is its place among the documents it was read in.

    `journals` are the publications that it names and that we do not know.
    """

    page: int
    number: int
    issued: datetime
    next_update: datetime
    pointers: Mapping[str, Pointer] = field(hash=False)
    journals: tuple[str, ...] = ()


LONGEST = timedelta(days=200)
"""How long a list may stand. TS 119 612 (5.3.15) allows six months, and the 80 kept promise at most 184 days.

A list that promised more would let a stolen key of long ago sign one that never goes out of date.
"""


def lapse_of(issued: datetime, next_update: datetime) -> datetime:
    """Until when a list may be believed, by its own promise."""
    return min(next_update, issued + LONGEST)
