"""Rows of the log as views, and what is known of them on a day.

Apart from those of a reading: what answers for a day takes 17 ms to load, and a reading asks nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from watcher.ask.past.was import Answer, Basis
from watcher.ask.views.form import filled
from watcher.ask.views.rows import Row

if TYPE_CHECKING:
    from state.model import Version
    from state.noted.documents import Kept
    from watcher.ask.past.daybook import Holding as Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding(Row):
    """One row, and what is known of it on a day."""

    answer: Answer
    basis: Basis


def row_view(version: Version, told: Told | None = None) -> Row:
    """A row of the log; with what is known of a day, its answer."""
    row, missing = version.known, version.known.missing_since if version.until is None else None
    parts = (row.attestation, row, *([told] if told else []))
    return filled(Holding if told else Row, *parts, source=version.source, missing_since=missing)


def documented_view(told: Kept) -> Holding:
    """What a document says of a day, as a row of a list: no register printed it, and its basis says so."""
    unsaid = ("version", "level", "national_security", "recommendation", "url", "missing_since")
    return filled(
        Holding,
        told,
        **dict.fromkeys(unsaid),
        source="",
        subject=told.service or None,
        status="documented",
        ref=told.ref or None,
        extra=_paper(told),
        answer=Answer.YES,
        basis=Basis.DOCUMENT,
    )


def _paper(told: Kept) -> Mapping[str, str]:
    page = {"page": str(told.page)} if told.page else {}
    return {"document": told.file, **page, "sha256": told.sha256, "number": str(told.number), "by": told.by}
