"""The pages of candidates: which scheme each is of, and whom it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from scrapers.anssi_pending.rows import addresses_in, candidate, entries_of
from scrapers.anssi_pending.words import NAME, NOBODY, PENDING, SCHEMES
from scrapers.page.html import Document, open_page
from scrapers.source import Doubtful, LayoutChanged, UnreadableRow
from state.model import Attestation, Listing, Page, Reason, Remark
from state.names import fold, name_key


def read_candidates(pages: Sequence[Page], schemes: Sequence[tuple[str, str]]) -> Listing:
    """The candidates on these pages; it covers the schemes (label and address) whose pages are there."""
    if not pages:
        raise LayoutChanged(NAME, Reason.of("no_candidate_page"))
    rows: list[Attestation] = []
    labels: list[str] = []
    doubts: list[Reason] = []
    for at, page in enumerate(pages):
        document = open_page(NAME, at, page)
        label = label_of(document, page, schemes)
        if label in labels:
            raise LayoutChanged(NAME, Reason.of("scheme_twice", scheme=label))
        labels.append(label)
        found, doubt = candidates(document, label)
        rows += found
        doubts += [doubt] if doubt else []
    listing = Listing(
        source=NAME,
        attestations=tuple(rows),
        covers=frozenset(labels),
        remarks=remarks_on(pages),
    )
    if doubts:
        raise Doubtful(*doubts, source=NAME, listing=listing)
    return listing


def label_of(document: Document, page: Page, schemes: Sequence[tuple[str, str]]) -> str:
    """The scheme of a page: by its address, which its title may not contradict, or by its title."""
    said = [label for label, pattern in SCHEMES.items() if re.search(pattern, document.headline)]
    asked = {page.requested_url.rstrip("/"), page.url.rstrip("/"), document.address.rstrip("/")}
    named = next((label for label, address in schemes if address.rstrip("/") in asked), None)
    if named is not None and (not said or named in said):
        return named
    if named is None and len(said) == 1:
        return said[0]
    found = document.headline[:160]
    other = Reason.of("other_scheme", scheme=named, found=found) if named else None
    raise LayoutChanged(NAME, other or Reason.of("no_scheme", found=found), page.url)


def candidates(document: Document, label: str) -> tuple[list[Attestation], Reason | None]:
    """The candidates on one page, and what speaks against having read them all; raises when it has none
    without saying so."""
    if not PENDING.search(document.text):
        said = (document.headline or document.text)[:160]
        raise LayoutChanged(NAME, Reason.of("not_pending", found=said), label)
    try:
        entries = entries_of(document)
    except UnreadableRow as error:
        raise LayoutChanged(NAME, Reason.of("odd_candidate", why=error.reason), label) from error
    if not entries and not NOBODY.search(document.text):
        raise LayoutChanged(NAME, Reason.of("no_candidates", said=document.text[:160]), label)
    unique = {(name_key(e.holder), fold(e.subject)): e for e in reversed(entries)}
    rows = [candidate(entry, label, document.index) for entry in reversed(unique.values())]
    addresses = addresses_in(document)
    if len(entries) >= addresses:
        return rows, None
    return rows, Reason.of("fewer_candidates", scheme=label, addresses=addresses, read=len(entries))


def remarks_on(pages: Sequence[Page]) -> tuple[Remark, ...]:
    """A word to operators for each page that answers from a new address."""
    found = []
    for page in pages:
        there, asked = page.url, page.requested_url
        fetched = bool(asked) and there.startswith(("http://", "https://"))
        if fetched and urlsplit(asked).path.rstrip("/") != urlsplit(there).path.rstrip("/"):
            moved = Reason.of("page_moved", asked=asked, there=there, source=NAME)
            found.append(Remark(topic=f"moved:{there}", reason=moved))
    return tuple(found)
