"""The points from which the list of lists may be believed: what the Official Journal published."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from scrapers.source import Doubtful
from state.model import Reason

SHIPPED = Path(__file__).with_name("journal.toml")
JOURNAL = "https://eur-lex.europa.eu/"
"""Where the publications of the Official Journal are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Who may sign the list of lists from a publication on, as SHA-256 of their certificates."""

    uri: str
    title: str
    date: date
    signers: frozenset[str]

    @property
    def told(self) -> Reason:
        """The first link of the chain: a publication, or what the program knows of the time after a pivot."""
        code = "step_journal" if self.uri.startswith(JOURNAL) else "step_after_pivot"
        return Reason.of(code, named=self.title, date=str(self.date), signers=len(self.signers))


@cache
def points() -> Mapping[str, Point]:
    """The points that are shipped, by the address that stands for each in the list."""
    stated = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["point"]
    made = (
        Point(
            uri=one["uri"],
            title=one["title"],
            date=one["date"],
            signers=frozenset(signer["sha256"] for signer in one["signers"]),
        )
        for one in stated
    )
    return MappingProxyType({one.uri: one for one in made})


def begins(uris: Sequence[str]) -> tuple[Point, tuple[str, ...]]:
    """The newest point that a list names among these addresses, and those that stand above it.

    The list prints the newest first: publications of the Journal, and pivots since (the Commission's
    explanation of pivots, section 4). Raises `Doubtful` where it names no point that we know.
    """
    known = points()
    for place, uri in enumerate(uris):
        if uri in known:
            return known[uri], tuple(uris[:place])
    named = [uri for uri in uris if uri.startswith(JOURNAL)]
    titles = ", ".join(one.title for one in known.values())
    raise Doubtful(Reason.of("no_journal", known=titles, found=", ".join(named) or "–"))
