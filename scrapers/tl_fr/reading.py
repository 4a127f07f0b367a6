"""A trusted list: believed when an accepted signer signed it."""

from __future__ import annotations

from collections.abc import Sequence

from scrapers.source import Doubtful, LayoutChanged
from scrapers.tl_fr.rows import listing_of
from scrapers.tl_fr.signature import Signed, signed_list
from scrapers.tl_fr.signers import accepted
from scrapers.tl_fr.words import NAME
from scrapers.tl_fr.xml import check_scheme, issued, parsed
from scrapers.wire.content import bare_xml
from state.model import Listing, Page, Reason


def read_list(pages: Sequence[Page], signers: Sequence[str]) -> Listing:
    """The listing of a signed list; see `TlFr.read`."""
    signed = _signed(pages, signers)
    listing = listing_of(signed.root)
    if signed.doubt is not None:
        raise Doubtful(*signed.doubt.reasons, source=NAME, listing=listing)
    return listing


def _signed(pages: Sequence[Page], signers: Sequence[str]) -> Signed:
    if len(pages) != 1:
        raise LayoutChanged(NAME, Reason.of("not_one_document", found=len(pages)))
    body = bare_xml(pages[0].body)
    root = parsed(body)
    check_scheme(root)
    at = issued(root)
    return signed_list(body, signers=accepted(signers, at), issued=at)
