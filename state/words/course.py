"""What a row says of other days than that of its edition: the statuses it prints, past and to come. Pure.

The trusted list prints every status of a service with the day from which it holds, some of them days ahead. A
row keeps them all, as printed, in `extra["statuses"]` ("2027-01-08 withdrawn; 2017-11-01 granted", the latest
first). In force on a day is the latest that has begun by then. A register that prints a single status to come
has it in `status_to_come`, and the day from which it holds in `status_to_come_on`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from state.model import NOT_STANDING, Attestation

STANDING_WORDS = frozenset({"granted", "accredited", "undersupervision", "supervisionincessation"})
"""The words in a row's printed history under which it stood (the trusted list prints one); all but the first
are from before 1 July 2016."""
UNSTATED = "unstated"
"""Our word for a status that is printed of a service, and not for the use that the label is."""
DERIVED = ("history", "printed_status", "status_to_come", "status_to_come_on")

Printed = tuple[date, str]
"""A status as printed, and the first day on which it holds."""


def printed_text(statuses: Iterable[Printed]) -> str:
    """The statuses of a row as its `extra` keeps them."""
    return "; ".join(f"{day} {word}" for day, word in statuses)


def statuses(row: Attestation) -> tuple[Printed, ...]:
    """All statuses that a row prints, the latest first; none where its register prints no such course."""
    parts = (part.partition(" ") for part in row.extra.get("statuses", "").split("; ") if part)
    return tuple((date.fromisoformat(day), word) for day, _, word in parts)


def status_of(word: str) -> str:
    """What a printed status is to us: itself while the label is held, else "withdrawn"."""
    return word if word in STANDING_WORDS or word == UNSTATED else "withdrawn"


def held_on(row: Attestation, day: date) -> bool | None:
    """Whether a row says that the label was held on a day; None where it prints no course of statuses."""
    printed = statuses(row)
    if not printed:
        return None
    word = next((word for began, word in printed if began <= day), "")
    return bool(word) and status_of(word) not in NOT_STANDING


def ahead(row: Attestation) -> bool:
    """Whether a row prints a course, or a status to come; any other is the same on every day."""
    return "statuses" in row.extra or "status_to_come_on" in row.extra


def as_of(row: Attestation, day: date) -> Attestation:
    """The row as it stands on a day by what it prints: the same when nothing printed begins between."""
    printed = statuses(row)
    return _in_course(row, printed, day) if printed else _simply(row, day)


def due_on(row: Attestation) -> date | None:
    """The day from which the next status that a row prints holds, None when nothing is to come."""
    text = row.extra.get("status_to_come_on")
    return date.fromisoformat(text) if text else None


def _in_course(row: Attestation, printed: Sequence[Printed], day: date) -> Attestation:
    kept = {name: value for name, value in row.extra.items() if name not in DERIVED}
    status, begun, until, derived = standing(tuple(printed), day)
    return replace(row, status=status, valid_from=begun, valid_until=until, extra=kept | derived)


def standing(printed: tuple[Printed, ...], day: date) -> tuple[str, date, date | None, dict[str, str]]:
    """What a row that prints these statuses says on a day: its status, from when, until when, and the entries
    of its `extra` that follow from them."""
    past = [(began, word) for began, word in printed if began <= day]
    coming = {began: status_of(word) for began, word in reversed(printed) if began > day}
    begun, word = past[0] if past else (min(coming), "")
    status = status_of(word) if word else "announced"
    soon = min(coming, default=None)
    derived = {
        "history": printed_text(past[1:]),
        "printed_status": word if word and status != word else "",
        "status_to_come": coming[soon] if soon else "",
        "status_to_come_on": f"{soon}" if soon else "",
    }
    until = soon if soon and status not in NOT_STANDING and coming[soon] in NOT_STANDING else None
    return status, begun, until, {name: value for name, value in derived.items() if value}


def _simply(row: Attestation, day: date) -> Attestation:
    """The row of a register that prints one status to come, and nothing before it."""
    due = due_on(row)
    if due is None or due > day:
        return row
    return replace(
        row,
        status=row.extra["status_to_come"],
        valid_from=due,
        valid_until=None if row.valid_until == due else row.valid_until,
        extra={name: value for name, value in row.extra.items() if name not in DERIVED},
    )
