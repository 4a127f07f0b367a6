"""Which documents a look needs that trusts from the root, and where a state's list is. In a child: it
reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapers.root.chain import believed, editions, pivots_of
from scrapers.source import Blocked, Get, SourceError, Unreachable
from state.model import Reason

if TYPE_CHECKING:
    from scrapers.trust import Trusted
    from state.model import Page


def with_pivots(get: Get, page: Page) -> tuple[Page, ...]:
    """A list of lists and the pivots that it needs, the list first.

    A list that is none, or names no point that we know, comes alone: reading it says what is wrong.
    """
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
        lists = with_pivots(get, get(trusted.root.url))
    except Unreachable as error:
        # Only then: who can keep a pivot from us must not thereby choose how we trust.
        if error.reason.code != "no_root" or not trusted.url:
            raise
        return (get(trusted.url),)
    named = _addresses(lists, trusted)
    there = next((one for one in named if official(one, trusted.hosts)), trusted.url)
    if not there and named:
        raise Blocked(*refused(named, trusted), source=trusted.register.name)
    return (get(there), *lists) if there else lists


def _addresses(lists: Sequence[Page], trusted: Trusted) -> tuple[str, ...]:
    """Where the list of the state is by the list of lists; nowhere while that is not believed."""
    try:
        pointer = believed(lists, trusted.root).pointers.get(trusted.register.territory)
    except SourceError:
        return ()
    return pointer.addresses if pointer is not None else ()


def refused(addresses: Collection[str], trusted: Trusted) -> Iterator[Reason]:
    """Why nobody is sent to any of these addresses, and what a person may do."""
    name, shown = trusted.register.name, ", ".join(addresses)
    if all(urlsplit(one).scheme == "http" for one in addresses):
        yield Reason.of("list_over_http", address=shown, source=name, territory=trusted.register.territory)
        return
    setting = f"VIGILABEL_SOURCES__{name.upper().replace('-', '_')}__HOSTS"
    yield Reason.of("host_not_official", address=shown, hosts=", ".join(trusted.hosts), setting=setting)


def official(address: str, hosts: Collection[str]) -> bool:
    """Whether an address is on one of these hosts, or below one, and is asked for over TLS."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    return parts.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in hosts)


def asked_at(page: Page) -> str:
    """The address that a document was asked for at, "" for a saved file: its name says nothing of that."""
    fetched = page.url.startswith(("http://", "https://"))
    return (page.requested_url or page.url) if fetched else ""
