"""Which words fit an event about what a register prints ahead: an end announced, moved, taken back, come."""

from __future__ import annotations

from state.model import Attestation, Cause, Event, FieldChange, Kind

SAID_BY_DATES = ("status_to_come", "status_to_come_on")
"""What is to come: not said field by field where a date or the status says it."""
BEGUN = (Kind.LOST, Kind.SERVICE_REMOVED, Kind.GAINED, Kind.SERVICE_ADDED)


def variant(event: Event) -> str:
    """The variant of the words for an end that is announced, "" for any other event."""
    change = event.changes.get("valid_until")
    if change is None or event.one is None or not _announced(change, event.one):
        return ""
    if event.kind is Kind.SHORTENED:
        return "shortened_announced" if change.before is None else "shortened_sooner"
    if event.kind is Kind.RENEWED:
        return "renewed_taken_back" if change.after is None else "renewed_put_off"
    return ""


def _announced(change: FieldChange, row: Attestation) -> bool:
    """Whether the end is, or was, the day of a status to come; a row never loses an end otherwise."""
    return change.after is None or row.extra.get("status_to_come_on") == change.after


def came_as_announced(event: Event) -> bool:
    """Whether the event is that a day came which the register had printed ahead."""
    return event.cause is Cause.CALENDAR and event.kind in BEGUN


def unsaid(event: Event) -> frozenset[str]:
    """The changed fields that another one says as well."""
    dated = {"valid_until", "valid_from", "status"} & event.changes.keys()
    return frozenset(SAID_BY_DATES) if dated else frozenset()
