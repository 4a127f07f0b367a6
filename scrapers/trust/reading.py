"""A trusted list: believed when an accepted signer signed it."""

from __future__ import annotations

from collections.abc import Sequence

from scrapers.source import Doubtful, LayoutChanged
from scrapers.trust import Register, Signers, in_the_name_of
from scrapers.trust.rows import listing_of
from scrapers.trust.signature import signed_tree
from scrapers.trust.xml import check_scheme, issued, parsed
from scrapers.wire.content import bare_xml
from state.model import Listing, Page, Reason


def read_list(pages: Sequence[Page], register: Register, signers: Signers) -> Listing:
    """The listing of a signed list of that register.

    Raises `LayoutChanged` for a page that is none of version 5 or 6, `Doubtful` for one that no accepted
    signer signed: with its listing when the signature holds.
    """
    with in_the_name_of(register.name):
        if len(pages) != 1:
            raise LayoutChanged("", Reason.of("not_one_document", found=len(pages)))
        root = parsed(bare_xml(pages[0].body))
        check_scheme(root, register.territory)
        signed = signed_tree(root, signers=signers, issued=issued(root))
        listing = listing_of(signed.root, register)
        if signed.doubt is not None:
            raise Doubtful(*signed.doubt.reasons, listing=listing)
        return listing
