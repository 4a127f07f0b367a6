"""Rows of registers as views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from state import model
from state.model import Known, Provider
from watcher.ask.views.form import LEFT_OUT, Day, Time, filled

if TYPE_CHECKING:
    from watcher.look.compare.nameless import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """One row of a register, by the last look that showed it.

    `country` is the territory that a trusted list prints of itself; it is not there where a register
    prints none.
    """

    source: str
    label: str
    provider: Provider
    holder: str
    subject: str | None
    version: str | None
    scope: tuple[str, ...]
    level: str | None
    status: str
    national_security: bool | None
    recommendation: str | None
    issuer: str | None
    ref: str | None
    url: str | None
    valid_from: Day | None
    valid_until: Day | None
    extra: Mapping[str, str]
    country: Annotated[str | None, LEFT_OUT] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Attestation):
    """One row of a listing.

    `missing_since` is the first good look that did not show it, null for a row that the last one shows.
    """

    missing_since: Time | None


def attestation_view(row: model.Attestation, source: str, provider: Provider) -> Attestation:
    return filled(Attestation, row, source=source, provider=provider)


def known_view(row: Known, source: str) -> Row:
    """A row that the memory holds."""
    return filled(Row, row.attestation, row, source=source)


def reading_views(rows: Iterable[Seen], source: str) -> list[Attestation]:
    """The rows of a reading that is not stored, with their providers."""
    return [attestation_view(one.attestation, source, one.provider) for one in rows]
