"""An event's page: before and after, the proof, who was told, and what followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.responses import Response

from state.model import Event, Kind, Page
from state.owed import outbox
from state.seen.events import log
from state.seen.looks import evidence
from watcher.errors import NotFound

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Visit

FOLLOWING = 20
GAINS = (Kind.GAINED, Kind.SERVICE_ADDED, Kind.CANDIDATE_LISTED)
LOSSES = (Kind.LOST, Kind.SERVICE_REMOVED, Kind.CANDIDATE_DELISTED)
ROWS = 60


def show_event(visit: Visit) -> Screen:
    event = visit.event()
    # What was concluded later about the same rows, oldest first; readings again are corrections.
    later = log.events(visit.store, rows=event.rows[:ROWS], after=event.id, limit=FOLLOWING + 1)
    return visit.screen(
        "event.html",
        event=event,
        rows=event.attestations[:ROWS],
        side="after" if event.kind in GAINS else "before" if event.kind in LOSSES else "",
        told=_told(visit, event),
        fetched_at=evidence.snapshot(visit.store, event.evidence.snapshot).fetched_at,
        corrections=later[:FOLLOWING],
        later=len(later) > FOLLOWING,
    )


def _told(visit: Visit, event: Event) -> Mapping[str, int]:
    """How many channels were told of an event; never which."""
    states = Counter(one.state for one in outbox.owed(visit.store, event=event.id))
    sent, given_up = states["sent"], states["given_up"]
    return {"sent": sent, "waiting": states.total() - sent - given_up, "given_up": given_up}


def show_proof(visit: Visit) -> Response:
    """The document that an event rests on, byte for byte, as a download that no browser interprets."""
    event = visit.event()
    page = _page(visit, event)
    return download(page.body, f"vigilabel-event-{event.id}-{page.sha256[:12]}")


def download(body: bytes, name: str) -> Response:
    """A document as it was received, as a download that no browser interprets."""
    suffix = _suffix(body)
    return Response(
        body,
        media_type=SAFE.get(suffix, "application/octet-stream"),
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{suffix}"',
            "Cache-Control": "public, max-age=86400",
        },
    )


def _page(visit: Visit, event: Event) -> Page:
    for page in evidence.pages(visit.store, event.evidence.snapshot):
        if page.sha256 == event.evidence.sha256:
            return page
    raise NotFound(event.evidence.sha256)


def _suffix(body: bytes) -> str:
    start = body[:64].lstrip().lower()
    known = (
        (b"%pdf-", "pdf"),
        (b"\x89png", "png"),
        (b"\xff\xd8\xff", "jpg"),
        (b"<?xml", "xml"),
        (b"{", "json"),
        (b"[", "json"),
        (b"<", "html"),
    )
    return next((suffix for mark, suffix in known if start.startswith(mark)), "bin")


SAFE = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
"""What a document is called where no script can be in its page; a page of a register may hold some."""
