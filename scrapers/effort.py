"""How much work one document may make of its reading: counted as a whole, so that no part has to guess."""

from __future__ import annotations

from dataclasses import dataclass

from scrapers.source import TooMuch
from state.model import Reason

MOST = 20_000_000
"""Steps: things drawn, characters, and how often they are looked at. The fullest edition takes 573,000."""


@dataclass(slots=True, kw_only=True)
class Effort:
    """What the reading of one document has taken so far, and the most that it may take.

    A bound on each page, table and cell would let their product through: a thousand pages of a thousand
    tables, each just small enough. Steps are paid before the work is done.
    """

    most: int
    spent: int = 0

    def spend(self, steps: int) -> None:
        """Counts steps about to be made; raises `TooMuch` when there have been enough."""
        self.spent += steps
        if self.spent > self.most:
            raise TooMuch(Reason.of("too_much_work", steps=self.most))


def effort() -> Effort:
    """The effort that one document is worth."""
    return Effort(most=MOST)
