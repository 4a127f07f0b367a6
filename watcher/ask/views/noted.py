"""What people say that no register shows, as views: notes on what runs on what, and documents of the past."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from watcher.ask.views.form import LEFT_OUT, NO_COLUMN, Day, Label, Time, filled

if TYPE_CHECKING:
    from state.noted.documents import Kept
    from state.noted.footings import Noted
    from state.words.documented import Documented


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """A note of an operator that a provider, or one service of it, runs on another; both by slug."""

    provider: str
    provider_name: str
    service: str
    host: str
    host_name: str
    reason: str
    by: str
    at: Time


def footing_view(told: Noted) -> Footing:
    return filled(
        Footing,
        told,
        provider=told.provider.slug,
        provider_name=told.provider.name,
        host=told.host.slug,
        host_name=told.host.name,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """That what a document says was taken back."""

    at: Time
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An attestation of the past by a document that a person holds: their word, never observed.

    `first_day` and `last_day` are the days that the document vouches for, null where it vouches for none;
    `url` is where it is given on the pages.
    """

    number: int
    label: Label
    provider: str
    provider_name: str
    holder: str
    service: str
    ref: str
    scope: tuple[str, ...]
    issuer: str
    valid_from: Day | None
    valid_until: Day | None
    withdrawn_on: Day | None
    document_date: Day | None
    first_day: Day | None
    last_day: Day | None
    document: str
    page: int | None
    sha256: str
    url: str
    note: str
    by: str
    at: Time
    removed: Annotated[TakenBack | None, LEFT_OUT, NO_COLUMN] = None


def document_view(told: Kept) -> Document:
    """What a document says."""
    first, last = told.span or (None, None)
    gone = None
    if told.removed_at:
        gone = TakenBack(at=told.removed_at, by=told.removed_by, reason=told.removed_reason)
    return filled(
        Document,
        told,
        provider=told.provider.slug,
        provider_name=told.provider.name,
        document_date=told.dated,
        first_day=first,
        last_day=last,
        document=told.file,
        url=address_of(told),
        removed=gone,
    )


def document_views(told: Iterable[Documented]) -> tuple[Document, ...]:
    """What documents say, as far as it was written down: what an evidence file is made of again was not."""
    told = tuple(told)
    if not told:
        return ()
    from state.noted.documents import Kept  # few answers need more than their registers

    return tuple(document_view(one) for one in told if isinstance(one, Kept))


def address_of(told: Documented) -> str:
    """Where the document is given on the pages."""
    return f"/documents/{told.sha256}"
