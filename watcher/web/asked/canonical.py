"""Each page has one address: a name that is written otherwise leads there, and one beside a list as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from watcher.web.asked.named import label_or_together, provider_asked, provider_named
from watcher.web.asked.parts import text_named
from watcher.web.edge.language import address

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Show, Visit

OWN: Mapping[str, str] = {
    "/providers": "",
    "/expiries": "",
    "/feed.atom": "/feed.atom",
    "/expiries.ics": "/expiries.ics",
    "/expiries.atom": "/expiries.atom",
}
"""Lists of everybody, and what below a provider's page is the same of that provider alone."""


def at_own_address(path: str, show: Show) -> Show:
    """The page at a path with names in it; asked for by another spelling, it says where it is."""

    def shown(visit: Visit) -> Response | Screen:
        own = path.format(**{**visit.request.path_params, **_names(visit)})
        if own != visit.request.url.path:
            query = visit.request.url.query
            return RedirectResponse(quote(own) + (f"?{query}" if query else ""), 302)
        return show(visit)

    return shown if "{slug}" in path or "{label}" in path else show


def _names(visit: Visit) -> Mapping[str, str]:
    """The names in the address as we write them; raises `NotFound`."""
    given = visit.request.path_params
    names = {"slug": provider_asked(visit).slug} if "slug" in given else {}
    return {**names, "label": label_or_together(visit)} if "label" in given else names


def or_of_one(path: str, show: Show) -> Show:
    """What is at a path; asked for with `?provider=`, it says where that provider's is."""

    def shown(visit: Visit) -> Response | Screen:
        name = text_named(visit.request.query_params, "provider")
        if not name:
            return show(visit)
        own = f"/providers/{quote(provider_named(visit, name).slug)}{OWN[path]}"
        return RedirectResponse(address(own, {"lang": visit.lang if visit.chosen else None}), 302)

    return shown if path in OWN else show
