"""Where readers find this site, for what is cited outside of it: as operators set it, and nowhere else.

What a client sends as its `Host` is no address of ours: an answer that repeats it, kept by a cache or a feed
reader, would lead others where somebody wanted them. Without `VIGILABEL_ADDRESS` nothing names an address:
links are relative to where they were read, and where a format has no such links there are none.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from starlette.requests import Request

MINTED = "2026"
"""The year in our tag URIs (RFC 4151): it dates the name, not the thing, and never changes."""


def base(request: Request) -> str:
    """The address of the first page without a slash, "" where none is set."""
    address: str = request.app.state.address
    return address


def canonical(request: Request) -> str:
    """The address of this page whoever asks and in whichever language, "" where no address is set."""
    return base(request) and base(request) + quote("/" + request.url.path.lstrip("/"))


def authority(request: Request) -> str:
    """The host that our names are minted under."""
    return urlsplit(base(request)).hostname or "vigilabel.invalid"


def tag(request: Request, thing: str) -> str:
    """The stable name of a thing, whatever the address it is read from."""
    return f"tag:{authority(request)},{MINTED}:{thing}"
