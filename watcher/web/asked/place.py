"""Where readers find this site, for what is cited outside of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from watcher.web.asked.site import Visit

MINTED = "2026"
"""The year in our tag URIs (RFC 4151): it dates the name, not the thing, and never changes."""


def base(visit: Visit) -> str:
    """The address of the first page without a slash: as set, else as this request found it."""
    return visit.site.app.settings.address or str(visit.request.base_url).rstrip("/")


def authority(visit: Visit) -> str:
    """The host that our names are minted under; it must not follow what a client sends."""
    return urlsplit(visit.site.app.settings.address).hostname or "vigilabel.invalid"


def tag(visit: Visit, thing: str) -> str:
    """The stable name of a thing, whatever the address it is read from."""
    return f"tag:{authority(visit)},{MINTED}:{thing}"
