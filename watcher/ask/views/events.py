"""Events, and the looks that bring them, as views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from state import model
from state.model import Cause, Evidence, FieldChange, Kind, Outcome, Provider, Weight
from state.words.post import Retraction
from watcher.ask import profile
from watcher.ask.views.form import LEFT_OUT, ONE_CELL, Day, Label, Time, filled
from watcher.ask.views.held import row_view
from watcher.ask.views.noted import Document, document_views
from watcher.ask.views.rows import Attestation, Row, attestation_view, known_view

if TYPE_CHECKING:
    from watcher.look.record import Checked

NONE: Mapping[int, Retraction] = {}
KIN = ("probable_successor", "probable_predecessor")
OF_ONE = ("subject", "ref", "valid_from", "valid_until")
"""What an event says of the attestation concerned, when there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retracted:
    """That an event was taken back; who did so is the operators' own business."""

    at: Time
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """The other organisation that a loss or gain probably continues, and the event that says so; `printed` is
    there where the register says so itself."""

    event: int
    slug: str
    name: str
    printed: Annotated[bool, LEFT_OUT] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change in the log; final.

    Subject, ref and dates are those of the attestation concerned, null when there are several; the holder is
    that of the first. `printed_ref` is there where `ref` is only the key of what is printed, `attestations`
    for `gained` and `lost`, `retracted` for an event that was taken back, `country` where the list that it is
    about prints its territory.
    """

    id: int
    kind: Kind
    weight: Weight
    provider: Provider
    label: str
    source: str
    holder: str
    subject: str | None
    ref: str | None
    printed_ref: Annotated[str, LEFT_OUT] = ""
    valid_from: Day | None
    valid_until: Day | None
    changes: Mapping[str, FieldChange]
    expected: bool | None
    by_rule: bool | None
    probable_successor: Annotated[Neighbour | None, ONE_CELL]
    probable_predecessor: Annotated[Neighbour | None, ONE_CELL]
    seen_at: Time
    edition_at: Time | None
    cause: Cause
    evidence: Evidence
    attestations: Annotated[tuple[Attestation, ...], LEFT_OUT] = ()
    retracted: Annotated[Retracted | None, LEFT_OUT] = None
    country: Annotated[str | None, LEFT_OUT] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one source, and the events it brought.

    `missing` are the rows that it does not show, and that still count as listed.
    """

    source: str
    outcome: Outcome
    message: str
    run: int
    edition_at: Time | None
    rows: Mapping[str, int]
    held: tuple[str, ...]
    events: tuple[Event, ...]
    missing: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All that is known of a provider; `unknown` are the labels that no register that was read tells of.

    Where a list is cut, `all_attestations` and `more_events` are the addresses of what is missing in it.
    `documents` is what documents say that somebody provided: no row of a register. `identifiers` are the
    numbers under which states registered it, `countries` the states on whose lists it stands, where lists
    print them.
    """

    provider: Provider
    aliases: tuple[str, ...]
    attestations: tuple[Row, ...]
    unknown: tuple[Label, ...]
    events: tuple[Event, ...]
    all_attestations: Annotated[str, LEFT_OUT] = ""
    more_events: Annotated[str, LEFT_OUT] = ""
    documents: Annotated[tuple[Document, ...], LEFT_OUT] = ()
    identifiers: Annotated[tuple[str, ...], LEFT_OUT] = ()
    countries: Annotated[tuple[str, ...], LEFT_OUT] = ()


def event_view(told: model.Event, retraction: Retraction | None = None) -> Event:
    retracted = filled(Retracted, retraction) if retraction else None
    sides = {side: getattr(told, side) for side in KIN}
    kin = {side: one and filled(Neighbour, one) for side, one in sides.items()}
    return filled(Event, told, **of_rows(told), **kin, retracted=retracted)


def of_rows(told: model.Event) -> Mapping[str, Any]:
    """What is said of an event by its rows, whether it is in the log or lies between two editions."""
    one, every = told.one, told.kind in (Kind.GAINED, Kind.LOST)
    return {
        **{name: getattr(one, name, None) for name in OF_ONE},
        "holder": told.attestations[0].holder,
        "country": told.attestations[0].country,
        "printed_ref": one.printed_ref if one and one.printed_ref != one.ref else "",
        "attestations": tuple(
            attestation_view(each, told.source, told.provider) for each in told.attestations if every
        ),
    }


def event_views(told: Iterable[model.Event], retracted: Mapping[int, Retraction] = NONE) -> tuple[Event, ...]:
    """Events of the log; those that were taken back say so."""
    return tuple(event_view(one, retracted.get(one.id)) for one in told)


def look_view(checked: Checked) -> Look:
    run = checked.run
    return filled(
        Look,
        run,
        run=run.id,
        events=event_views(checked.events),
        missing=tuple(known_view(row, run.source) for row in checked.missing),
    )


def profile_view(told: profile.Profile, unread: Sequence[str]) -> Profile:
    """All that is known of a provider."""
    return filled(
        Profile,
        told,
        attestations=tuple(row_view(row) for row in told.rows),
        unknown=tuple(unread),
        events=event_views(told.events, told.retracted),
        documents=document_views(told.documents),
    )
