"""Editions of registers: all that were read, what each brought by label, and what two state otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.responses import Response

from state.seen.looks import evidence, runs
from watcher.ask.news import editions as asked
from watcher.errors import NotFound
from watcher.said.news.looks import pair_name, totals
from watcher.web.asked.editions import SIZE, brought, by_label, edition_asked, edition_named, listed, nothing
from watcher.web.pages.news.event import download

if TYPE_CHECKING:
    from state.seen.editions import Edition
    from watcher.web.asked.site import Screen, Visit

MOST_DOCUMENTS = 40
"""Documents of an edition that its page lists; it says how many there are."""
MOST_OTHERS = 60
"""Editions that a form offers to compare with; any other can be named in the address."""


def show_editions(visit: Visit) -> Screen:
    """The editions of all sources, or of one, newest first."""
    source, found, following = listed(visit)
    return visit.screen(
        "editions.html",
        entries=[(one, brought(visit, one), nothing(visit, one)) for one in found],
        source=source,
        sources=asked.stating(visit.archive),
        following={"source": source, "before": following} if following else None,
    )


def show_edition(visit: Visit) -> Screen:
    """One edition: its documents, and what it brought by label, or what differs from another one."""
    edition = edition_asked(visit)
    snapshot = evidence.snapshot(visit.store, runs.run(visit.store, edition.number).snapshot or 0)
    others = [one for one in asked.editions_of(visit.archive, edition.source)[::-1] if one != edition]
    return visit.screen(
        "edition.html",
        edition=edition,
        whole=brought(visit, edition),
        nothing=nothing(visit, edition),
        documents=list(zip(snapshot.urls, snapshot.sha256s, strict=True))[:MOST_DOCUMENTS],
        count=len(snapshot.urls),
        rows=sum(runs.run(visit.store, edition.last).rows.values()),
        comparable=others[:MOST_OTHERS] if edition.source in asked.stating(visit.archive) else [],
        **_told(visit, edition),
    )


def _told(visit: Visit, edition: Edition) -> Mapping[str, object]:
    """What the edition brought, or the comparison that the address asks for."""
    against = visit.parts.text("against")
    if not against:
        return {"against": None, "parts": by_label(visit, edition)}
    other = edition_named(visit, edition.source, against)
    found = asked.compared(visit.archive, edition, other)
    return {
        "against": other,
        "parts": asked.as_looks(visit.archive, found, SIZE),
        "pair": pair_name(found, visit.lang),
        "totals": totals(found, visit.lang),
        "earlier": found.before,
        "later": found.after,
    }


def show_document(visit: Visit) -> Response:
    """A document of an edition as it was received, as a download that no browser interprets."""
    edition = edition_asked(visit)
    number = visit.parts.number("page") or 1
    pages = evidence.pages(visit.store, runs.run(visit.store, edition.number).snapshot or 0)
    if number > len(pages):
        raise NotFound(str(number))
    return download(pages[number - 1].body, f"vigilabel-{edition.source}-{edition.day}-{number}")
