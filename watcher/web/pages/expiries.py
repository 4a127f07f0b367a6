"""The page of ends: every row that ends soon, by month."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from state.words.labels import LABELS
from watcher.ask.ends import ends
from watcher.ask.label_state import unread_labels
from watcher.web.asked.filter import labels_named

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Visit


def show_expiries(visit: Visit) -> Screen:
    """Every row that ends within 180 days, or those of one label."""
    named = visit.request.query_params.get("label", "")
    labels = labels_named(named) or tuple(LABELS)
    rows = [row for row in ends(visit.archive) if row.known.attestation.label in labels]
    months = groupby(rows, key=lambda row: f"{row.known.attestation.valid_until:%Y-%m}")
    return visit.screen(
        "expiries.html",
        months=[(month, list(own)) for month, own in months],
        chosen=named,
        unread=[label for label in unread_labels(visit.archive) if label in labels],
    )
