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
from scrapers.page.fields import UnreadableRow
from scrapers.page.html import Document, open_page
from scrapers.source import Bounds, Doubtful, Explanation, Get, LayoutChanged, Unreachable
from scrapers.wire.content import Expect
from state.model import Attestation, Listing, Page, Remark
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
        """The schemes that have a page."""
        return tuple(label for label, _ in self.pages)

    def fetch(self, get: Get) -> tuple[Page, ...]:
        """The page of each scheme; the look is void when one cannot be had."""
        found = []
        for label, path in self.pages:
            try:
                found.append(get(urljoin(self.url, path)))
            except Unreachable as error:
                raise Unreachable(
                    f"{error}. The look at {self.name} is void without its page of {label}: correct or "
                    "leave out "
                    f"({label!r}, {path!r}) in the setting `pages`"
                ) from error
        return tuple(found)

    def read(self, pages: Sequence[Page]) -> Listing:
        """The candidates on these pages; it covers the schemes whose pages are there."""
        if not pages:
            raise LayoutChanged(self.name, expected="a page of candidates", found="no page")
        rows: list[Attestation] = []
        labels: list[str] = []
        doubts: list[str] = []
        for at, page in enumerate(pages):
            document = open_page(self.name, at, page)
            label = self.label_of(document, page)
            if label in labels:
                raise LayoutChanged(self.name, expected="one page for each scheme", found=f"two for {label}")
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
            raise Doubtful(f"{self.name}: {'; '.join(doubts)}", listing=listing)
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
        raise LayoutChanged(
            self.name,
            expected=f"the page of candidates to {named or 'one scheme'}",
            found=f"{document.headline[:160]!r}",
            place=page.url,
        )

    def candidates(self, document: Document, label: str) -> tuple[list[Attestation], str]:
        """The candidates on one page, and what speaks against having read them all ("" for nothing); raises
        when it has none without saying so."""
        if not PENDING.search(document.text):
            said = document.headline or document.text
            raise LayoutChanged(
                self.name,
                expected="words such as 'en cours de qualification'",
                found=f"{said[:160]!r}",
                place=label,
            )
        try:
            entries = entries_of(document)
        except UnreadableRow as error:
            raise LayoutChanged(
                self.name, expected="rows of candidates", found=str(error), place=label
            ) from error
        if not entries and not NOBODY.search(document.text):
            raise LayoutChanged(
                self.name,
                expected="candidates in a table, a list, titled blocks or lines",
                found=f"none; the page says {document.text[:160]!r}",
                place=label,
            )
        unique = {(name_key(e.holder), fold(e.subject)): e for e in reversed(entries)}
        rows = [candidate(entry, label, document.index) for entry in reversed(unique.values())]
        addresses = addresses_in(document)
        if len(entries) >= addresses:
            return rows, ""
        return rows, f"{label}: {addresses} postal addresses, yet {len(entries)} candidates were read"

    def remarks_on(self, pages: Sequence[Page]) -> tuple[Remark, ...]:
        """A word to operators for each page that answers from a new address."""
        return tuple(
            Remark(
                topic=f"moved:{page.url}",
                text=f"{page.requested_url} moved to {page.url}: check it, then set `pages` of {self.name}",
            )
            for page in pages
            if page.requested_url
            and page.url.startswith(("http://", "https://"))
            and urlsplit(page.requested_url).path.rstrip("/") != urlsplit(page.url).path.rstrip("/")
        )
