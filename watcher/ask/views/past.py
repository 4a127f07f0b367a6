"""Answers about a day as views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Annotated

from state.model import Evidence, Provider
from watcher.ask.day import Past
from watcher.ask.past import sighting
from watcher.ask.past.was import Answer, Basis
from watcher.ask.views.form import LEFT_OUT, NO_COLUMN, Day, Label, LabelOrTogether, Time, filled
from watcher.ask.views.held import row_view
from watcher.ask.views.noted import Document, Footing, document_views, footing_view
from watcher.ask.views.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """When something was seen: the edition's own date, the first and last look at it, and the first run."""

    edition_at: Time | None
    seen_at: Time
    last_seen_at: Annotated[Time, NO_COLUMN]
    run: Annotated[int, NO_COLUMN]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The sightings around the day: the last one without the provider, the first and last with, and the
    first without again."""

    last_without: Sighting | None
    first_with: Sighting | None
    last_with: Sighting | None
    first_without: Sighting | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one source says."""

    answer: Answer
    basis: Basis


BOUNDS = tuple(field.name for field in fields(Bounds))


class Says(StrEnum):
    """What a document says of a day: that the label was held, or that it had been withdrawn by then."""

    HELD = "held"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(Document):
    """A document that speaks of the day, and what it says: somebody's word, whatever the answer rests on."""

    says: Says


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Verdict):
    """The answer for one of labels together; with `noted`, that of what the provider runs on. `documents` are
    those that speak of the day."""

    label: Label
    source: str | None
    noted: tuple[Footing, ...]
    documents: Annotated[tuple[Paper, ...], LEFT_OUT] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Was:
    """Whether a provider had a label on a day: what the answer rests on, and what bounds it. Of labels
    together, `parts` are the answers for each. `documents` are those that speak of the day: the answer rests
    on them where `basis` is `document`; elsewhere they stand apart, and may say otherwise."""

    provider: Provider
    label: LabelOrTogether
    date: Day
    answer: Answer
    basis: Basis
    sentence: str
    bounds: Bounds
    to_come: Annotated[bool, NO_COLUMN]
    ended: Annotated[Day | None, NO_COLUMN]
    source: str | None
    evidence: tuple[Evidence, ...]
    attestations: Annotated[tuple[Row, ...], NO_COLUMN]
    sources: Annotated[Mapping[str, Verdict], NO_COLUMN]
    parts: Annotated[tuple[Part, ...], NO_COLUMN, LEFT_OUT] = ()
    documents: Annotated[tuple[Paper, ...], NO_COLUMN, LEFT_OUT] = ()


def past_view(told: Past, sentence: str) -> Was:
    """The answer about a day."""
    return filled(
        Was,
        told,
        told.finding,
        date=told.day,
        sentence=sentence,
        bounds=Bounds(**{side: _sighting(getattr(told.finding.bounds, side)) for side in BOUNDS}),
        source=_source(told),
        documents=_papers(told),
        attestations=tuple(row_view(row) for row in told.finding.rows),
        sources={name: filled(Verdict, one) for name, one in told.sources.items()},
        parts=tuple(_part(one) for one in told.parts),
    )


def _part(told: Past) -> Part:
    noted = tuple(footing_view(one) for one in told.noted)
    given = {"source": _source(told), "basis": told.basis, "documents": _papers(told)}
    return filled(Part, told.finding, label=told.label, noted=noted, **given)


def _source(told: Past) -> str | None:
    """The register that the answer rests on; none where it rests on documents."""
    return None if told.seen else told.source or None


def _papers(told: Past) -> tuple[Paper, ...]:
    each = ((Says.HELD, told.attested), (Says.WITHDRAWN, told.withdrawn))
    return tuple(filled(Paper, one, says=says) for says, own in each for one in document_views(own))


def _sighting(told: sighting.Sighting | None) -> Sighting | None:
    if told is None:
        return None
    first, last = told.stretch.first, told.stretch.last
    return filled(Sighting, first, seen_at=first.at, last_seen_at=last.at, run=first.id)
