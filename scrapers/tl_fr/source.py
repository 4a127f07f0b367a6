"""The French trusted list (TL-FR): the qualified trust services under eIDAS, one signed XML document.

ETSI TS 119 612: providers, their services, the status of each and since when. The only register that says
"withdrawn" in print: a service that ends stays on the list, with the day of effect. Facts on the layout come
from the list of 2019-09-04 (sequence 56) and from TS 119 612 v2.4.1, clauses 5.3 to 5.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import ClassVar

from scrapers.root import with_lists
from scrapers.source import Bounds, Expect, Explanation, Get
from scrapers.trust import Register, Root, Trusted, fingerprints
from scrapers.trust.words import STATED
from state.model import Listing, Page, Reason

NAME = "tl-fr"
REGISTER = Register(name=NAME, territory="FR", languages=("fr", "en"))
# A name below gouv.fr is given to administrations of the State alone (AFNIC's naming charter), and each of
# the six addresses that the EU's list named for France since 2021 was below it.
HOSTS = ("gouv.fr",)
ANSSI_2019 = "fb2bdf5b4499d8057cf8226909f9b3ddd26c131ee9273ae06171570497e54286"
"""The signing certificate of the list of 2019-09-04: valid 2016-10-05 to 2019-10-05, no longer in use."""

# Rows never leave this list, they turn to "withdrawn": fewer held services than these can only be a wave of
# withdrawals, which a person should see first. About two thirds of those granted in the list of 2019-09-04
# (36, 8, 4, 20, 7); none for the labels that had a single service then and may have none one day.
FLOORS = {
    "eidas-esign-cert": 24,
    "eidas-eseal-cert": 5,
    "eidas-web-cert": 2,
    "eidas-timestamp": 13,
    "eidas-registered-delivery": 4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TlFr:
    """The French trusted list, believed only when an accepted signer signed it.

    Where the EU's list of lists is read as well, the list is believed by that: `root` is set then, and a
    moved address is followed to `hosts` and below. Else accepted are the certificates that the EU's list
    named for France when the list was issued. In both cases `signers` are too, whenever it was: hex SHA-256
    fingerprints that an operator adds.
    """

    url: str = "https://messervices.cyber.gouv.fr/visas/tl-fr_v6.xml"
    signers: tuple[str, ...] = (ANSSI_2019,)
    hosts: tuple[str, ...] = HOSTS
    every: str = "23 6 * * *"
    name: str = NAME
    title: str = "Liste de confiance française (services de confiance qualifiés eIDAS)"
    labels: tuple[str, ...] = STATED
    revision: int = 3
    expect: Expect | None = "xml"
    # Sequence 56 is of 2019-09-04, 112 of 2023-02-23: a list every 23 days. Twice that without one is odd.
    stale_after: timedelta = timedelta(days=45)
    bounds: Mapping[str, Bounds] = field(
        default_factory=lambda: {label: Bounds(floor=FLOORS.get(label, 0)) for label in STATED}, hash=False
    )
    root: Root | None = None
    rests_on: ClassVar[str] = "eu-lotl"

    def __post_init__(self) -> None:
        object.__setattr__(self, "signers", fingerprints(NAME, self.signers))

    @property
    def follows(self) -> bool:
        """Whether the list of lists is read to find this one."""
        return self.root is not None

    @property
    def trusted(self) -> Trusted:
        """By whom the list is believed beside the list of lists."""
        pins = frozenset(self.signers) - {ANSSI_2019}
        root = self.root or Root()
        return Trusted(register=REGISTER, root=root, pins=pins, hosts=self.hosts, url=self.url)

    def fetch(self, get: Get) -> tuple[Page, ...]:
        """The list alone; with the list of lists where that is read: then from where that says it is."""
        if self.root is None:
            return (get(self.url),)
        from scrapers.root.follow import rooted_pages

        return rooted_pages(get, self.trusted)

    def alone(self, pages: Sequence[Page]) -> bool:
        """Whether the list of lists is not among these pages."""
        return not with_lists(pages)

    # What reads it (XML, certificates, signatures: 60 ms to load) is loaded by whoever looks. A question only
    # asks what a source is.

    def read(self, pages: Sequence[Page]) -> Listing:
        """Reads every service of the labels we know, ended ones included.

        With the list of lists among the pages it is believed by that one; by itself, by the pinned signers.
        Raises `LayoutChanged` for a page that is no French trusted list of version 5 or 6, `Doubtful` for
        one that no accepted signer signed: with its listing when the signature holds.
        """
        from scrapers.root.reading import read_pinned, read_rooted
        from scrapers.tl_fr.signers import trusted

        if with_lists(pages):
            return read_rooted(pages, self.trusted)
        return read_pinned(pages, REGISTER, trusted(self.signers), self.root)

    def explain(self, pages: Sequence[Page]) -> Explanation:
        """How a list is seen, whoever signed it: number, dates, signer, services by type; and link by link
        how far it is trusted, where the list of lists is among the pages."""
        from scrapers.root.explained import explained_rooted
        from scrapers.tl_fr.signers import trusted
        from scrapers.trust.explained import explained

        if with_lists(pages):
            return explained_rooted(pages, self.trusted)
        seen = explained(pages, self.signers, trusted(self.signers))
        return replace(seen, notes=(*seen.notes, Reason.of("note_by_pins"))) if seen.remedies else seen
