"""The page of ends: every row that ends soon, by month."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from state.words.labels import LABELS
from watcher.ask.ends import ends
from watcher.ask.label_state import unread_labels
from watcher.web.asked.parts import labels_named

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Visit


def show_expiries(visit: Visit) -> Screen:
    """Every row that ends within 180 days, or those of one label."""
    labels = labels_named(visit.request.query_params)
    rows = ends(visit.archive, labels=labels or LABELS)
    months = groupby(rows, key=lambda row: f"{row.known.attestation.valid_until:%Y-%m}")
    return visit.screen(
        "expiries.html",
        months=[(month, list(own)) for month, own in months],
        chosen=labels[0] if len(labels) == 1 else "",
        unread=[label for label in unread_labels(visit.archive) if label in (labels or LABELS)],
    )
