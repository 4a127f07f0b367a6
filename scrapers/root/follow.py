"""Which documents a look needs that trusts from the root, and where a state's list is. In a child: it
reads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapers.root.chain import believed, editions, pivots_of
from scrapers.source import Get, SourceError, Unreachable

if TYPE_CHECKING:
    from scrapers.trust import Root, Trusted
    from state.model import Page


def lists_pages(get: Get, root: Root) -> tuple[Page, ...]:
    """The list of lists and the pivots that it needs, the list first.

    A list that is none, or names no point that we know, comes alone: reading it says what is wrong.
    """
    page = get(root.url)
    try:
        [newest] = editions([page])
        needed = pivots_of(newest.uris)
    except (SourceError, ValueError):
        return (page,)
    # A list that introduces signers is its own newest pivot, published twice.
    return (page, *(get(uri) for uri in needed if not uri.endswith(f"-{newest.number}.xml")))


def rooted_pages(get: Get, trusted: Trusted) -> tuple[Page, ...]:
    """The list of a state and the list of lists that it is believed by, with its pivots; alone, and from
    where it was thought to be, while nothing of that is believed."""
    try:
        get(trusted.root.url)
    except Unreachable as error:
        # Only then: who can keep a pivot from us must not thereby choose how we trust.
        if error.reason.code != "no_root":
            raise
        return (get(trusted.url),)
    lists = lists_pages(get, trusted.root)
    there = address_of(lists, trusted.root, trusted.register.territory, trusted.hosts)
    return (get(there or trusted.url), *lists)


def address_of(pages: Sequence[Page], root: Root, territory: str, hosts: Collection[str]) -> str:
    """Where the list of a territory is by the list of lists, "" where nobody may be sent: it is not believed,
    names none, or names a host that is not one of these."""
    try:
        pointer = believed(pages, root).pointers.get(territory)
    except SourceError:
        return ""
    return next((one for one in pointer.addresses if official(one, hosts)), "") if pointer else ""


def official(address: str, hosts: Collection[str]) -> bool:
    """Whether an address is on one of these hosts, or below one, and is asked for over TLS."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    return parts.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in hosts)


def asked_at(page: Page) -> str:
    """The address that a document was asked for at, "" for a saved file: its name says nothing of that."""
    fetched = page.url.startswith(("http://", "https://"))
    return (page.requested_url or page.url) if fetched else ""
