"""Retractions: which events should not have been announced, and why. The log itself keeps them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from state import chain
from state.codec import instant, instant_text
from state.conditions import Conditions
from state.model import Retraction
from state.store import Store

KIND = "retraction"
"""The kind of a retraction's link in the chain; its record is the number of the event."""


def retract(store: Store, retraction: Retraction) -> Retraction:
    """The retraction that stands from now on: this one, or the one there already is of that event.

    Sealed in the chain like a run. Raises `LookupError` when there is no such event.
    """
    with store.transaction():
        if known := retractions(store, [retraction.event]):
            return known[retraction.event]
        if not store.q("select id from event where id = :id", id=retraction.event):
            raise LookupError(f"there is no event {retraction.event}")
        facts = {"reason": retraction.reason, "by": retraction.by, "at": instant_text(retraction.at)}
        store.q(
            'insert into retraction (event, reason, "by", at) values (:event, :reason, :by, :at)',
            event=retraction.event,
            **facts,
        )
        chain.add(store, KIND, retraction.event, facts)
        return retraction


def retractions(store: Store, events: Collection[int] | None = None) -> Mapping[int, Retraction]:
    """The retractions by the number of their event, of all events or of these."""
    wanted = Conditions()
    wanted.among("event", events)
    found = store.q(wanted.after("select * from retraction", "event"), **wanted.params)
    return {row["event"]: _retraction(row) for row in found}


def _retraction(row: dict[str, Any]) -> Retraction:
    return Retraction(event=row["event"], reason=row["reason"], by=row["by"], at=instant(row["at"]))
