"""Where providers and sources stand, as views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from state.model import Provider
from watcher.ask import race
from watcher.ask.race import Place
from watcher.ask.views.form import Day, Label, Time, filled
from watcher.ask.views.held import row_view
from watcher.ask.views.rows import Row
from watcher.ask.watched import Health
from watcher.look.condition import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a provider stands with a label, with the first and last of the printed ends."""

    provider: Provider
    label: Label
    state: Place
    valid_until: Day | None
    first_end: Day | None
    attestations: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How well a source is watched.

    `coverage` is the share of time since the first look that good looks cover, in per cent; `unread` counts
    the rows of each label that could not be read.
    """

    source: str
    title: str
    url: str
    state: State
    message: str
    last_look: Time | None
    last_good: Time | None
    edition_at: Time | None
    rows: Mapping[str, int]
    held: tuple[str, ...]
    coverage: float | None
    runs_failed: int
    unread: Mapping[str, int]


def standing_view(told: race.Standing) -> Standing:
    first, last = (told.ends[0], told.ends[-1]) if told.ends else (None, None)
    return filled(
        Standing,
        told,
        state=told.place,
        valid_until=last,
        first_end=first,
        attestations=tuple(row_view(one) for one in told.rows),
    )


def source_view(told: Health, message: str) -> Source:
    """The health of one source; `message` is what its last look said, and what it lacks."""
    state, condition = told.state, told.condition
    given = {"state": condition.state, "message": message, "runs_failed": state.failures}
    return filled(Source, state, told, told.source, condition, **given)
