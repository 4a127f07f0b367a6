"""Where readers find this site, for what is cited outside of it: as operators set it, and nowhere else.

What a client sends as its `Host` is no address of ours: an answer that repeats it, kept by a cache or a feed
reader, would lead others where somebody wanted them. Without `VIGILABEL_ADDRESS` nothing names an address:
links are relative to where they were read, and where a format has no such links there are none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote
from weakref import WeakKeyDictionary

from starlette.requests import Request

from state.seen.looks import chain

if TYPE_CHECKING:
    from state.file.store import Store


def base(request: Request) -> str:
    """The address of the first page without a slash, "" where none is set."""
    address: str = request.app.state.address
    return address


def canonical(request: Request) -> str:
    """The address of this page whoever asks and in whichever language, "" where no address is set."""
    return base(request) and base(request) + quote("/" + request.url.path.lstrip("/"))


_ORIGINS: WeakKeyDictionary[Store, str] = WeakKeyDictionary()


def authority(store: Store) -> str:
    """The name that ours are minted under: of the memory, which it takes along wherever it is read from, so
    that no entry is another one when the public address is set, or changes."""
    return chain.authority(_origin(store))


def _origin(store: Store) -> str:
    origin = _ORIGINS.get(store) or chain.origin(store)
    if origin:  # asked for each entry of a feed; before the first look there is none yet
        _ORIGINS[store] = origin
    return origin


def tag(store: Store, thing: str) -> str:
    """The stable name of a thing of this memory."""
    return chain.tag_under(_origin(store), thing)
