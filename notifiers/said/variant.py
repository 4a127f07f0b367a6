"""Which words an event is told with: its kind, and what makes it another story to a reader. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from notifiers.said import announced
from state.model import PARIS, Cause, Event, Kind
from state.words.labels import Paper, paper_of

SAID_STATUSES = ("withdrawn", "suspended", "archived")
FINGERPRINT = re.compile(r"[0-9a-fA-F]{64}$")
LATE = timedelta(days=90)
"""A register may be a month or two behind its decisions; what began longer ago is no fresh news."""
TOLD_BY_CAUSE = frozenset(
    {
        "amended_baseline",
        "candidate_listed_baseline",
        "gained_baseline",
        "gained_rereading",
        "lost_rereading",
        "service_added_baseline",
        "service_added_rereading",
    }
)
"""Kinds that a first look, or a better reader of ours, tells in other words."""


def variant(event: Event) -> str:
    """The key of the texts that tell an event."""
    if (by_cause := f"{event.kind}_{event.cause}") in TOLD_BY_CAUSE:
        return by_cause
    if ahead := announced.variant(event):
        return ahead
    if event.kind is Kind.GAINED and event.probable_predecessor:
        return "gained_after"
    if event.kind in (Kind.GAINED, Kind.SERVICE_ADDED) and late_since(event):
        return f"{event.kind}_late"
    if event.kind in (Kind.LOST, Kind.SERVICE_REMOVED) and printed_status(event):
        return f"{event.kind}_{printed_status(event)}"
    if event.kind is Kind.REISSUED:
        return f"reissued{_paper(event)}"
    if event.kind is Kind.RENAMED and "holder" in event.changes:
        return "renamed_holder"
    return event.kind.value


def printed_status(event: Event) -> str:
    """The status that the register prints for all rows of a loss, where it says more than absence."""
    found = {a.status for a in event.attestations}
    status = found.pop() if len(found) == 1 else ""
    return status if status in SAID_STATUSES else ""


def listed_on(event: Event) -> date:
    """The day of the edition, or of the look, that showed the rows first."""
    return (event.edition_at or event.seen_at).astimezone(PARIS).date()


def late_since(event: Event) -> date | None:
    """The printed start of rows that were listed long after it, None of fresh ones.

    A row that was printed before, under another status, is not late.
    """
    starts = [row.valid_from for row in event.attestations if row.valid_from]
    known = event.cause is not Cause.REGISTER or "status" in event.changes
    if known or not starts or len(starts) < len(event.attestations):
        return None
    return min(starts) if max(starts) < listed_on(event) - LATE else None


def _paper(event: Event) -> str:
    change = event.changes.get("ref")
    if change and FINGERPRINT.search(str(change.after or "")):
        return "_key"
    return "_certificate" if paper_of(event.label) is Paper.CERTIFICATE else ""
