"""Addresses of documents: which are fetched, how they are said in errors, and where a redirect may lead."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from scrapers.source import Blocked, Unreachable
from state.model import Reason

if TYPE_CHECKING:
    from state.model import Page

SECRET = re.compile(r"token|secret|passw|pwd|key|sig|auth|credential|session|^sid$|^code$", re.IGNORECASE)
HOP = "x-vigilabel-redirect"
"""The header of a page for each redirect that led to it: "301 https://…"."""
SAFE = "%/:?#[]@!$&'()*+,;=~-._"


def plain(url: str) -> str:
    """The address as errors and logs may show it: no user name, no fragment, secret-like values masked."""
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="")
    except ValueError:
        return "(an address that cannot be read)"
    if not any(SECRET.search(name) for name, _ in query):
        return urlunsplit(bare)
    shown = [(name, "***" if SECRET.search(name) else value) for name, value in query]
    return urlunsplit(bare._replace(query=urlencode(shown, safe="*/:")))


def clean(url: str) -> str:
    """The address as it is asked for and kept as evidence; `Unreachable` when it is not one of a register.

    Only http and https, with a host and without a user name: registers are public, and a password in an
    address would end in the evidence.
    """
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unreachable(Reason.of("no_web_address", address=plain(url)))
    if "@" in parts.netloc:
        raise Unreachable(Reason.of("address_with_password", address=plain(url)))
    return urlunsplit(_whole(parts))


def host_of(url: str) -> str:
    """The host of a clean address, in lower case and without its port."""
    return urlsplit(url).hostname or ""


def origin_of(url: str) -> str:
    """Scheme, host and port of a clean address: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def follow(here: str, location: str, allowed: frozenset[str] | None) -> str:
    """The clean address a redirect leads to; `allowed` names further hosts, None allows any.

    Raises `Blocked` when it leaves the host, since a person must say whether the register moved or a login
    stands in front of it, and `Unreachable` when it cannot be followed or gives up TLS.
    """
    try:
        parts = _split(urljoin(here, location))
    except ValueError:
        parts = None
    if not location or parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unreachable(Reason.of("redirect_nowhere", address=plain(here)))
    there = urlunsplit(_whole(parts._replace(netloc=parts.netloc.rpartition("@")[2])))
    if urlsplit(here).scheme == "https" and urlsplit(there).scheme == "http":
        raise Unreachable(Reason.of("redirect_without_tls", address=plain(here), there=plain(there)))
    if allowed is None or host_of(there) == host_of(here) or host_of(there) in allowed:
        return there
    raise Blocked(Reason.of("redirect_off_host", address=plain(here), host=host_of(here), there=plain(there)))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when it is not a number
    except ValueError:
        return None
    return parts


def _whole(parts: SplitResult) -> SplitResult:
    # A path with a space or an accent is quoted once, here, so that what is asked, kept and compared is one
    # spelling; what is already quoted stays as it is.
    return parts._replace(
        netloc=parts.netloc.lower(),
        path=quote(parts.path or "/", safe=SAFE),
        query=quote(parts.query, safe=SAFE),
        fragment="",
    )


def file_of(address: str) -> str:
    """The name of the file that an address leads to, without query and place in it."""
    path = address.split("#", 1)[0].split("?", 1)[0]
    return unquote(path.rstrip("/").rsplit("/", 1)[-1])


def hops_of(page: Page) -> list[tuple[str, str]]:
    """The redirects that led to a page, each with its status and where it led."""
    hops = (value.partition(" ") for name, value in page.headers if name == HOP)
    return [(status, there) for status, _, there in hops]


def moved_to(page: Page) -> str | None:
    """The address that the register says it moved to for good (301, 308), or None.

    Only as far as every redirect before was permanent too: what lies behind a temporary one is no promise.
    """
    lasting = takewhile(lambda hop: hop[0] in ("301", "308"), hops_of(page))
    return next((there for _, there in reversed([*lasting])), None)
