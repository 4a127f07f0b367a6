"""The list of certified hosts of health data (HDS) of the Agence du Numérique en Santé.

Nobody had seen this page when its reader was written: it goes by the meaning of French words, says what it
did not understand, and leaves addresses, letters, selectors and heads to settings
(docs/decisions/0005-reading-pages-nobody-has-seen.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from scrapers.ans_hds.settings import Settings
from scrapers.source import Bounds, Expect, Explanation, Get, Unreachable
from state.model import Listing, Page

NAME = "ans-hds"
NODE = "https://esante.gouv.fr/node/2383"
ALIASES = (
    "https://esante.gouv.fr/offres-services/hds/liste-des-hebergeurs-certifies",
    "https://esante.gouv.fr/offres-services/hds/liste-des-herbergeurs-certifies",
    "https://esante.gouv.fr/labels-certifications/hds/liste-des-herbergeurs-certifies",
)
"""Addresses seen in links of 2020 to 2026, the misspelt ones included."""


@dataclass(frozen=True, kw_only=True)
class AnsHds(Settings):
    """Reads the list of certified hosts. Every field is a setting.

    `aliases` are tried in turn when `url` fails, and redirects to them are no news. `letter_url` (with
    `{letter}`) and `letters` are for a letter bar that only a script can open, `data_url` for a data address
    that the page does not show; `selector` narrows the page to the elements that hold the list; `heads` gives
    fields to printed heads, as pairs such as ("Société hébergeuse", "holder"). `repeated` are numbers of
    certificates that the list shows under two letters. `recipe` says where rows and fields are on a page that
    cannot be read by meaning (see `scrapers.page.recipe`).
    """

    follows: ClassVar[bool] = True
    name: str = NAME
    title: str = "Hébergeurs certifiés de données de santé (ANS)"
    url: str = NODE
    labels: tuple[str, ...] = ("hds",)
    revision: int = 7
    expect: Expect | None = None  # a page, a fragment of one, or JSON: nobody knows yet
    every: str = "20 5,17 * * mon-sun"
    stale_after: timedelta = timedelta(days=4)
    bounds: Mapping[str, Bounds] = field(
        # 404 hosts in 2026, growing by about four a month since 2018: 300 were passed in May 2024 and are not
        # seen again but on half a page. Two in a hundred at once is already rare: a share of 5 % is 20 hosts.
        default_factory=lambda: {"hds": Bounds(floor=300, least=5, share=0.05)}
    )
    aliases: tuple[str, ...] = ALIASES
    most_pages: int = 150

    def __post_init__(self) -> None:
        """Refuses a recipe that nobody can use (`Misset`)."""
        _ = self.steps

    # What reads (trees, selectors, hundreds of patterns: 150 ms) is loaded by whoever looks. A question only
    # asks what a source is.

    def fetch(self, get: Get) -> tuple[Page, ...]:
        """The page and all pages of the list that it leads to, in the order found.

        Of several pages, the first with rows is fetched again at the end: `read` compares the two. What
        cannot be understood is not followed, and kept all the same: `read` says why.
        """
        from scrapers.ans_hds.reading import followed

        return followed(self.first(get), get, self, self.most_pages)

    def first(self, get: Get) -> Page:
        """The page of the list, at its steady address or else at one of its known aliases."""
        addresses = tuple(dict.fromkeys((self.url, *(self.aliases if self.url == NODE else ()))))
        for address in addresses[:-1]:
            try:
                return get(address)
            except Unreachable:
                continue  # the aliases are other ways to the same page; the last one says what is wrong
        return get(addresses[-1])

    def read(self, pages: Sequence[Page]) -> Listing:
        """The listing of a whole look; `LayoutChanged` or `Doubtful` when anything of it is missing."""
        from scrapers.ans_hds.reading import read_look

        return read_look(pages, self, (self.url, *self.aliases))

    def imprint(self, page: Page) -> str:
        """What a page shows to this reader, as one hash; "" where only a reading can tell."""
        from scrapers.ans_hds.imprint import imprint

        return imprint(page, self)

    def explain(self, pages: Sequence[Page]) -> Explanation:
        """How the pages are seen: rows by letter, heads and their fields, and what may be set."""
        from scrapers.ans_hds.explained import explained

        return explained(pages, self)
