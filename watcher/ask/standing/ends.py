"""Printed ends to come, soonest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from state.model import Version, day_of
from state.seen.rows import overview
from state.words.labels import LABELS, Paper, paper_of

if TYPE_CHECKING:
    from watcher.ask.archive import Archive

SOON = timedelta(days=180)
"""How far people look ahead who do not say how far."""


def ends(
    archive: Archive,
    within: timedelta = SOON,
    *,
    labels: Collection[str] | None = None,
    provider: str | None = None,
    most: int | None = None,
) -> Sequence[Version]:
    """The rows that stand and end from today on, of some labels, a provider, or all."""
    today = day_of(archive.now)
    return overview.standing(
        archive.store,
        labels=labels,
        providers=None if provider is None else [provider],
        ends=(today, today + within),
        order="end",
        limit=most,
    )


def services() -> Sequence[str]:
    """The labels whose rows are no certificates of evaluated products: those end by the hundred."""
    return [label for label in LABELS if paper_of(label) is not Paper.EVALUATION]
