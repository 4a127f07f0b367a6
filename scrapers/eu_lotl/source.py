"""The EU's list of trusted lists (LOTL): where each state's list is, and who may sign it.

No register of labels: it states no attestation, and no label page, count or feed shows it. What it states are
facts about other lists, which operators hear of when they change, and by which those lists are believed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from scrapers.source import Bounds, Expect, Explanation, Get
from scrapers.trust import ADDRESS, Root, fingerprints
from state.model import Listing, Page

NAME = "eu-lotl"


@dataclass(frozen=True, slots=True, kw_only=True)
class EuLotl:
    """The EU's list of lists, believed only by the Official Journal and the pivots since.

    `signers` are hex SHA-256 fingerprints that an operator adds to those of the Journal, from a publication
    that is not shipped yet. Off unless it is enabled: it asks a site that nobody had to let the watch reach
    before.
    """

    url: str = ADDRESS
    signers: tuple[str, ...] = ()
    # Before the lists that are believed by it, which are looked at from 06:23 on.
    every: str = "11 6 * * *"
    name: str = NAME
    title: str = "Liste européenne des listes de confiance (LOTL)"
    labels: tuple[str, ...] = ()
    revision: int = 1
    expect: Expect | None = "xml"
    # Editions 295 to 390 in five years: one every 19 days; the longest silence of the last two was 33.
    stale_after: timedelta = timedelta(days=60)
    bounds: Mapping[str, Bounds] = field(default_factory=dict, hash=False)
    enabled: ClassVar[bool] = False
    # To find the pivots that the list needs it is read while it is fetched.
    follows: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "signers", fingerprints(NAME, self.signers))

    @property
    def roots(self) -> Root:
        """What other sources trust by."""
        return Root(name=self.name, url=self.url, signers=self.signers)

    def fetch(self, get: Get) -> tuple[Page, ...]:
        """The list, and the pivots since the publication that it names."""
        from scrapers.root.follow import with_pivots

        return with_pivots(get, get(self.url))

    def read(self, pages: Sequence[Page]) -> Listing:
        """Reads the list with its pivots, in any order; raises `Doubtful` naming the link that is broken."""
        from scrapers.eu_lotl.reading import read_lists

        return read_lists(pages, self.roots, NAME)

    def explain(self, pages: Sequence[Page]) -> Explanation:
        """How far the trust reaches, link by link, and what the list says of each state."""
        from scrapers.eu_lotl.explained import explained

        return explained(pages, self.roots)
