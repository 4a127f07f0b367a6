"""The page of ends: the rows that end, by month, of all labels or one."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from state.words.labels import LABELS, TOGETHER
from watcher.ask.standing.lists import cut
from watcher.ask.watch.label_state import unread_labels
from watcher.web.asked.rows import ending, page_of

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Visit

ROWS = 25


def show_expiries(visit: Visit) -> Screen:
    """The rows that end within 180 days or in one month, of all labels or one, page by page."""
    found = ending(visit)
    page = cut(found.rows, page_of(visit, ROWS), ROWS)
    rows = found.opened(visit, page.rows)
    months = groupby(rows, key=lambda row: f"{row.known.attestation.valid_until:%Y-%m}")
    chosen = found.together or (found.labels[0] if len(found.labels) == 1 else "")
    return visit.screen(
        "expiries.html",
        found=found,
        page=page,
        query={"label": found.word, "month": found.month},
        months=[(month, list(own)) for month, own in months],
        chosen=chosen,
        labels=[
            *(label for label in LABELS if found.by_label.get(label) or label == chosen),
            *(slug for slug in TOGETHER if slug == chosen),
        ],
        unread=[label for label in unread_labels(visit.archive) if label in (found.labels or LABELS)],
    )
