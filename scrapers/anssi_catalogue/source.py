"""The source `anssi-catalogue`: one PDF, with the bounds within which it is believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from scrapers.anssi_catalogue.words import FORMS, NAME
from scrapers.source import Bounds, Expect, Explanation, Get
from state.model import Attestation, Listing, Page

URL = (
    "https://messervices.cyber.gouv.fr/visas/"
    "catalogue-produits-services-profils-de-protection-sites-certifies-qualifies-agrees-anssi.pdf"
)

# Rows seen on 2025-12-05 and 2026-03-04 in the comment; floors well below, so that a lawful step passes (a
# whole family of PASSI rows once left together) and half a table does not. Labels of one to four rows may
# lawfully become empty: their floor is 0, and their sections must still be there.
BOUNDS: Mapping[str, Bounds] = {
    "secnumcloud": Bounds(floor=10),  # 16, 17
    "pams": Bounds(floor=0),  # 1, 1
    "passi": Bounds(floor=40),  # 75, 63
    "pacs": Bounds(floor=4),  # 7, 7
    "pris": Bounds(floor=5),  # 8, 8
    "pdis": Bounds(floor=5),  # 9, 10
    "pvid": Bounds(floor=1),  # 4, 3
    "mie": Bounds(floor=1),  # 4, 4
    "eidas-esign-cert": Bounds(floor=40),  # 71, 70
    "eidas-eseal-cert": Bounds(floor=28),  # 46, 61
    "eidas-web-cert": Bounds(floor=5),  # 13, 9
    "eidas-timestamp": Bounds(floor=8),  # 14, 13
    "eidas-esign-validation": Bounds(floor=0),  # 1, 1
    "eidas-eseal-validation": Bounds(floor=0),  # 1, 1
    "eidas-esign-preservation": Bounds(floor=0),  # 1, 1
    "eidas-eseal-preservation": Bounds(floor=0),  # 1, 1
    "eidas-registered-delivery": Bounds(floor=5),  # 9, 9
    "qualified-product": Bounds(floor=60),  # 108, 93
    "cc": Bounds(floor=250),  # 381, 400
    "cspn": Bounds(floor=25),  # 39, 90
    "protection-profile": Bounds(floor=8),  # 14, 15
    "site": Bounds(floor=10),  # 17, 19
}


@dataclass(frozen=True, kw_only=True)
class AnssiCatalogue:
    """Reads ANSSI's catalogue. The register is re-issued once or twice a month, under one address."""

    name: str = NAME
    title: str = "Catalogue de l’ANSSI (produits et services certifiés, qualifiés, agréés)"
    url: str = URL
    labels: tuple[str, ...] = tuple(FORMS)
    revision: int = 3
    expect: Expect | None = "pdf"
    every: str = "17 */6 * * *"
    # the foreword promises an edition a month; a month and a half without one is odd
    stale_after: timedelta = timedelta(days=45)
    bounds: Mapping[str, Bounds] = field(default_factory=lambda: BOUNDS)

    def fetch(self, get: Get) -> tuple[Page, ...]:
        return (get(self.url),)

    # What reads a PDF (70 ms to load) is loaded by whoever looks. A question only asks what a source is.

    def read(self, pages: Sequence[Page]) -> Listing:
        """All attestations of an edition. Raises `LayoutChanged` for anything missing or not understood."""
        from scrapers.anssi_catalogue.reading import read_edition

        return read_edition(pages)

    def explain(self, pages: Sequence[Page]) -> Explanation:
        """How an edition is seen: its stamp, its sections and columns, the rows of each."""
        from scrapers.anssi_catalogue.explained import explained

        return explained(pages)

    def picture(self, page: Page, row: Attestation) -> str | None:
        """A row of an edition as its sheet shows it."""
        from base64 import b64encode

        from scrapers.anssi_catalogue.picture import picture_of

        found = picture_of(page, row)
        return None if found is None else b64encode(found).decode()
