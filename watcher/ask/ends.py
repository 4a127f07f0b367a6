"""Printed ends to come, soonest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from state.model import Version, day_of
from state.seen import overview
from state.words.labels import Paper, paper_of

if TYPE_CHECKING:
    from watcher.ask.answers import Archive

SOON = timedelta(days=180)
"""How far people look ahead who do not say how far."""


def ends(
    archive: Archive,
    within: timedelta = SOON,
    *,
    label: str | None = None,
    provider: str | None = None,
    most: int | None = None,
) -> Sequence[Version]:
    """The rows that stand and end from today on, of a label, a provider, or all."""
    today = day_of(archive.now)
    return overview.standing(
        archive.store,
        label=label,
        providers=None if provider is None else [provider],
        ends=(today, today + within),
        order="end",
        limit=most,
    )


def is_service(row: Version) -> bool:
    """Whether a row is no certificate of an evaluated product: those end by the hundred."""
    return paper_of(row.known.attestation.label) is not Paper.EVALUATION
