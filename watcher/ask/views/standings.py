"""Where providers and sources stand, as views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from state.model import Provider
from watcher.ask.past.was import Answer, Basis
from watcher.ask.standing import race
from watcher.ask.standing.race import Place
from watcher.ask.standing.together import Held
from watcher.ask.views.form import LEFT_OUT, NO_COLUMN, Day, LabelOrTogether, Time, filled
from watcher.ask.views.held import row_view
from watcher.ask.views.noted import Document, Footing, document_views, footing_view
from watcher.ask.views.rows import Row
from watcher.ask.watch.watched import Health
from watcher.look.condition import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a provider stands with a label, with the first and last of the printed ends; of labels together,
    `since` when all are held, and the notes by which it has one from what it runs on. `documents` are those
    that the state `document` rests on: somebody's word."""

    provider: Provider
    label: LabelOrTogether
    state: Place
    valid_until: Day | None
    first_end: Day | None
    attestations: tuple[Row, ...]
    since: Annotated[Day | None, NO_COLUMN, LEFT_OUT] = None
    noted: Annotated[tuple[Footing, ...], NO_COLUMN, LEFT_OUT] = ()
    documents: Annotated[tuple[Document, ...], NO_COLUMN, LEFT_OUT] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Labels that a provider has at once, now or on a day: since when all of them, until the first end, by
    which notes where by any.

    `since_printed` where the registers print it, else from when it was seen; `to_come`: that day is yet to.
    """

    provider: Provider
    label: LabelOrTogether
    since: Day
    since_printed: bool
    valid_until: Day | None
    answer: Answer
    basis: Basis
    noted: Annotated[tuple[Footing, ...], NO_COLUMN]
    attestations: Annotated[tuple[Row, ...], NO_COLUMN]
    to_come: Annotated[bool, NO_COLUMN, LEFT_OUT] = False


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
        since=told.together.since.day if told.together else None,
        noted=_noted(told.together) if told.together else (),
        documents=document_views(told.documents),
    )


def together_view(told: Held) -> Together:
    return filled(
        Together,
        told,
        since=told.since.day,
        since_printed=told.since.printed,
        valid_until=told.until,
        to_come=told.ahead,
        noted=_noted(told),
        attestations=tuple(row_view(row) for row in told.rows),
    )


def _noted(told: Held) -> tuple[Footing, ...]:
    return tuple(footing_view(one) for one in told.noted)


def source_view(told: Health, message: str) -> Source:
    """The health of one source; `message` is what its last look said, and what it lacks."""
    state, condition = told.state, told.condition
    given = {"state": condition.state, "message": message, "runs_failed": state.failures}
    return filled(Source, state, told, told.source, condition, **given)
