"""Rows of the HDS list that tell of one certificate: printed twice, on several lines, in two revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from scrapers.ans_hds.words import ACTIVITIES
from state.model import Attestation, Reason, Remark, Unreadable
from state.names import body_of, name_key, number_key

CYCLE = timedelta(days=3 * 365 + 1)
HANDOVER = timedelta(days=92)
"""How long two revisions of one certificate may both be listed: announced before the old one ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Rows as attestations, those that could not be read or settled, and words for operators."""

    attestations: tuple[Attestation, ...]
    unreadable: tuple[Unreadable, ...]
    remarks: tuple[Remark, ...]


def without_doubles(attestations: Sequence[Attestation]) -> Reading:
    """The attestations, the lines of one certificate brought together."""
    groups: dict[tuple[str, str], list[Attestation]] = {}
    for number, row in enumerate(attestations):
        key = (name_key(row.holder), row.ref.casefold() if row.ref else f"#{number}")
        groups.setdefault(key, []).append(row)
    kept: list[Attestation] = []
    unreadable: list[Unreadable] = []
    remarks = [*shared(attestations)]
    for rows in groups.values():
        first = rows[0]
        by_number: dict[str, list[Attestation]] = {}
        for row in rows:
            by_number.setdefault(number_key(row.extra.get("certificate_number", "")), []).append(row)
        clash = next((same for same in by_number.values() if not one_certificate(same)), None)
        if clash is not None:
            why = Reason.of("number_twice", first=clash[0].place, second=clash[1].place)
            unreadable.append(
                Unreadable(label="hds", place=first.place, why=why, ref=first.ref, holder=first.holder)
            )
            continue
        latest, told = revisions([merged(same) for same in by_number.values()])
        kept += latest
        remarks += told
    return Reading(attestations=tuple(kept), unreadable=tuple(unreadable), remarks=tuple(remarks))


def one_certificate(rows: Sequence[Attestation]) -> bool:
    """Whether lines with one number can be one: same dates, status and version."""
    return len({(r.valid_from, r.valid_until, r.status, r.version) for r in rows}) == 1


def merged(rows: Sequence[Attestation]) -> Attestation:
    """One certificate printed over several lines (one per activity): all its activities together."""
    if len(rows) == 1:
        return rows[0]
    named = {name for row in rows for name in row.scope}
    return replace(rows[0], scope=tuple(name for name in ACTIVITIES if name in named))


def revisions(rows: Sequence[Attestation]) -> tuple[list[Attestation], list[Remark]]:
    """The certificate that goes on; an older revision that it follows is told, not listed twice."""
    ordered = sorted(rows, key=lambda r: (r.valid_until or date.min, r.valid_from or date.min), reverse=True)
    latest, kept, remarks = ordered[0], [ordered[0]], []
    for older in ordered[1:]:
        if follows(older, latest):
            both = Reason.of("renewal_listed", holder=older.holder, older=number(older), newer=number(latest))
            remarks.append(Remark(topic=f"revision:{older.ref}", reason=both))
        else:
            whole = number(older) + (f" {body_of(older.issuer)}" if older.issuer else "")
            kept.append(replace(older, ref=whole))
    return kept, remarks


def follows(older: Attestation, newer: Attestation) -> bool:
    """Whether one certificate begins about where the other ends."""
    if older.valid_until is None or newer.valid_until is None:
        return True
    begins = newer.valid_from or newer.valid_until - CYCLE
    return older.valid_until <= begins + HANDOVER


def number(row: Attestation) -> str:
    return row.extra.get("certificate_number", "") or (row.ref or "")


def shared(attestations: Sequence[Attestation]) -> list[Remark]:
    """A word for each certificate that is printed for two holders."""
    holders: dict[str, str] = {}
    remarks = []
    for row in attestations:
        if row.ref is None:
            continue
        known = holders.setdefault(row.ref.casefold(), row.holder)
        if name_key(known) != name_key(row.holder):
            ref = row.printed_ref or row.ref
            two = Reason.of("certificate_shared", ref=ref, first=known, second=row.holder)
            remarks.append(Remark(topic=f"shared:{row.ref}", reason=two))
    return remarks
