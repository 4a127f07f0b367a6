"""The pages of ANSSI that name the candidates to a qualification ("en cours de qualification").

Advisory: they lag the catalogue by weeks, and leaving them proves nothing. Their HTML had never been seen
when this reader was written (docs/decisions/0005-reading-pages-nobody-has-seen.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from scrapers.anssi_pending.explained import explained
from scrapers.anssi_pending.rows import addresses_in, candidate, entries_of
from scrapers.anssi_pending.words import NOBODY, PENDING, SCHEMES
from scrapers.page.html import Document, open_page
from scrapers.source import (
    Bounds,
    Doubtful,
    Expect,
    Explanation,
    Get,
    LayoutChanged,
    Unreachable,
    UnreadableRow,
)
from state.model import Attestation, Listing, Page, Reason, Remark
from state.names import fold, name_key

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

    def read(self, pages: Sequence[Page]) -> Listing:
        """The candidates on these pages; it covers the schemes whose pages are there."""
        if not pages:
            raise LayoutChanged(self.name, Reason.of("no_candidate_page"))
        rows: list[Attestation] = []
        labels: list[str] = []
        doubts: list[Reason] = []
        for at, page in enumerate(pages):
            document = open_page(self.name, at, page)
            label = self.label_of(document, page)
            if label in labels:
                raise LayoutChanged(self.name, Reason.of("scheme_twice", scheme=label))
            labels.append(label)
            found, doubt = self.candidates(document, label)
            rows += found
            doubts += [doubt] if doubt else []
        listing = Listing(
            source=self.name,
            attestations=tuple(rows),
            covers=frozenset(labels),
            remarks=self.remarks_on(pages),
        )
        if doubts:
            raise Doubtful(*doubts, source=self.name, listing=listing)
        return listing

    def explain(self, pages: Sequence[Page]) -> Explanation:
        """How the pages are seen: the scheme of each, and how many candidates it names."""
        return explained(self.name, pages, self.label_of)

    def label_of(self, document: Document, page: Page) -> str:
        """The scheme of a page: by its address, which its title may not contradict, or by its title."""
        said = [label for label, pattern in SCHEMES.items() if re.search(pattern, document.headline)]
        asked = {page.requested_url.rstrip("/"), page.url.rstrip("/"), document.address.rstrip("/")}
        named = next((lb for lb, path in self.pages if urljoin(self.url, path).rstrip("/") in asked), None)
        if named is not None and (not said or named in said):
            return named
        if named is None and len(said) == 1:
            return said[0]
        found = document.headline[:160]
        other = Reason.of("no_scheme", found=found)
        if named is not None:
            other = Reason.of("other_scheme", scheme=named, found=found)
        raise LayoutChanged(self.name, other, page.url)

    def candidates(self, document: Document, label: str) -> tuple[list[Attestation], Reason | None]:
        """The candidates on one page, and what speaks against having read them all; raises when it has none
        without saying so."""
        if not PENDING.search(document.text):
            said = (document.headline or document.text)[:160]
            raise LayoutChanged(self.name, Reason.of("not_pending", found=said), label)
        try:
            entries = entries_of(document)
        except UnreadableRow as error:
            raise LayoutChanged(self.name, Reason.of("odd_candidate", why=error.reason), label) from error
        if not entries and not NOBODY.search(document.text):
            raise LayoutChanged(self.name, Reason.of("no_candidates", said=document.text[:160]), label)
        unique = {(name_key(e.holder), fold(e.subject)): e for e in reversed(entries)}
        rows = [candidate(entry, label, document.index) for entry in reversed(unique.values())]
        addresses = addresses_in(document)
        if len(entries) >= addresses:
            return rows, None
        return rows, Reason.of("fewer_candidates", scheme=label, addresses=addresses, read=len(entries))

    def remarks_on(self, pages: Sequence[Page]) -> tuple[Remark, ...]:
        """A word to operators for each page that answers from a new address."""
        return tuple(
            Remark(
                topic=f"moved:{page.url}",
                reason=Reason.of("page_moved", asked=page.requested_url, there=page.url, source=self.name),
            )
            for page in pages
            if page.requested_url
            and page.url.startswith(("http://", "https://"))
            and urlsplit(page.requested_url).path.rstrip("/") != urlsplit(page.url).path.rstrip("/")
        )
