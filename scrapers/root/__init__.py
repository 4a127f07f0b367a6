"""The root of trust: the EU's list of trusted lists, and whom it names for each state.

The Official Journal names who may sign that list; the list names, for each state, where its own list is and
who may sign it. How that is followed is `chain.py`; `docs/decisions/0049-trust-from-the-root.md` says why so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from state.model import Lapse, Page, Reason

TYPES = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/"
LISTS = f"{TYPES}EUlistofthelists"
EU = "EU"
"""The territory under which the list of lists points to itself."""
_TYPE = re.compile(rb"TSLType>\s*([^<\s]+)")


def is_of_lists(page: Page) -> bool:
    """Whether a document says that it is a list of lists, pivots too; what it is, its signature tells
    later."""
    found = _TYPE.search(page.body)
    return found is not None and found[1] == LISTS.encode()


def with_lists(pages: Sequence[Page]) -> bool:
    """Whether the list of lists is among these documents, so that the others are to be believed by it."""
    return any(map(is_of_lists, pages))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What the list of lists says of one territory's list: its addresses as XML, and who may sign it.

    `signers` are certificates by their SHA-256.
    """

    territory: str
    addresses: tuple[str, ...]
    signers: Mapping[str, bytes] = field(hash=False)
    place: str

    def told(self, *, step: bool) -> Reason:
        """Where the list is and how many may sign it: as a step of the chain, or as a note."""
        return Reason.of(
            "step_pointer" if step else "note_pointer",
            territory=self.territory,
            address=", ".join(self.addresses),
            signers=len(self.signers),
        )


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

    @property
    def lapse(self) -> Lapse:
        return lapse_of(EU, self.number, self.issued, self.next_update)


LONGEST = timedelta(days=200)
"""How long a list may stand. TS 119 612 (5.3.15) allows six months, and the 80 kept promise at most 184 days.

A list that promised more would let a stolen key of long ago sign one that never goes out of date.
"""


def lapse_of(territory: str, number: int, issued: datetime, next_update: datetime) -> Lapse:
    """When a list is no longer to be believed by its own promise, and why."""
    at = min(next_update, issued + LONGEST)
    why = Reason.of("list_expired", territory=territory, number=number, promised=f"{at:%Y-%m-%d}")
    return Lapse(at=at, why=why)
