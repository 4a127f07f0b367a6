"""The pages of ANSSI that name the candidates to a qualification ("en cours de qualification").

Advisory: they lag the catalogue by weeks, and leaving them proves nothing. Their HTML had never been seen
when this reader was written (docs/decisions/0005-reading-pages-nobody-has-seen.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urljoin

from scrapers.source import Bounds, Expect, Explanation, Get, Unreachable
from state.model import Listing, Page, Reason

NAME = "anssi-pending"
PREFIX = (
    "https://cyber.gouv.fr/offre-de-service/solutions-certifiees-et-qualifiees/services-de-securite-evalue/"
    "solutions-en-cours-de-qualification/"
)
PAGES = (
    ("secnumcloud", "prestataires-secnumcloud/"),
    ("pacs", "pacs/"),
    ("pris", "pris/"),
    ("pdis", "pdis/"),
    ("pvid", "prestataires-pvid/"),
    ("mie", "moyens-didentification-electronique-mie/"),
)
"""Label and address under the prefix, as of December 2025; those of PASSI and PAMS are not known."""


@dataclass(frozen=True, kw_only=True)
class AnssiPending:
    """Reads the pages of candidates, one per scheme. Every field is a setting.

    `pages` gives label and address (under `url`, or whole) of each scheme: leave a scheme out, or add one.
    """

    name: str = NAME
    title: str = "Solutions en cours de qualification (ANSSI)"
    url: str = PREFIX
    revision: int = 1
    expect: Expect | None = "html"
    every: str = "40 6 * * mon-sun"
    stale_after: timedelta = timedelta(days=7)
    bounds: Mapping[str, Bounds] = field(
        # Fifteen candidates to SecNumCloud were counted in July 2026, seventeen in August. Of the other pages
        # nothing is known: an empty one says so in words, and is believed.
        default_factory=lambda: {"secnumcloud": Bounds(floor=6, least=3, share=0.30)}
    )
    pages: tuple[tuple[str, str], ...] = PAGES

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(label for label, _ in self.pages)

    @property
    def schemes(self) -> tuple[tuple[str, str], ...]:
        """Each scheme with the address of its page."""
        return tuple((label, urljoin(self.url, path)) for label, path in self.pages)

    def fetch(self, get: Get) -> tuple[Page, ...]:
        """The page of each scheme; the look is void when one cannot be had."""
        found = []
        for label, path in self.pages:
            try:
                found.append(get(urljoin(self.url, path)))
            except Unreachable as error:
                raise Unreachable(
                    Reason.of("look_void", why=error.reason, source=self.name, scheme=label, path=path)
                ) from error
        return tuple(found)

    # What reads a page (trees and patterns: 100 ms to load) is loaded by whoever looks. A question only asks
    # what a source is.

    def read(self, pages: Sequence[Page]) -> Listing:
        """The candidates on these pages; it covers the schemes whose pages are there."""
        from scrapers.anssi_pending.reading import read_candidates

        return read_candidates(pages, self.schemes)

    def explain(self, pages: Sequence[Page]) -> Explanation:
        """How the pages are seen: the scheme of each, and how many candidates it names."""
        from scrapers.anssi_pending.explained import explained

        return explained(pages, self.schemes)
