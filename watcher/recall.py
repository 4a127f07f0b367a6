"""Takes back an event that should not have been announced, in every message that carried it.

The log keeps the event; the retraction stands beside it, sealed in the chain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from state import retractions as kept
from state.model import Retraction
from state.store import Store


def retract(store: Store, event: int, reason: str, by: str, now: datetime) -> Retraction:
    """The retraction of an event, and what it owes to every channel that was told of it.

    Again is the same retraction. Raises `LookupError` when there is no such event, and `ValueError` when no
    reason is given.
    """
    if not reason.strip():
        raise ValueError("a retraction needs a reason: its readers will ask for it")
    with store.transaction():
        return kept.retract(store, Retraction(event=event, reason=reason.strip(), by=by, at=now))


def retractions(store: Store, events: Collection[int] | None = None) -> Mapping[int, Retraction]:
    """The retractions by the number of their event, of all events or of these."""
    return kept.retractions(store, events)
