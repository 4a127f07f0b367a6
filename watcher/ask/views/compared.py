"""What two editions state otherwise, as a view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from state.model import FieldChange, Kind, Provider, Weight
from watcher.ask.views.events import of_rows
from watcher.ask.views.form import LEFT_OUT, Day, Time, filled
from watcher.ask.views.rows import Attestation

if TYPE_CHECKING:
    from state.model import Event
    from watcher.ask.news.editions import Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An edition: the look that read it first, when, and what it says of its date."""

    number: int
    at: Time
    edition_at: Time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the edition `after` states otherwise than the edition `before`, in the words of an event.

    It is no event: `events` are the numbers of those in the log that brought it about, one or several.
    `first_read`: what it is about was not read yet with the edition before.
    """

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
    first_read: bool
    before: Edition
    after: Edition
    events: tuple[int, ...]
    attestations: Annotated[tuple[Attestation, ...], LEFT_OUT] = ()
    country: Annotated[str | None, LEFT_OUT] = None


def difference_views(found: Compared) -> Iterable[Difference]:
    before, after = filled(Edition, found.before), filled(Edition, found.after)
    return [_difference(event, found, before, after) for event in found.differences]


def _difference(event: Event, found: Compared, before: Edition, after: Edition) -> Difference:
    return filled(
        Difference,
        event,
        **of_rows(event),
        first_read=not event.cause.told,
        before=before,
        after=after,
        events=tuple(found.events[event.id]),
    )
