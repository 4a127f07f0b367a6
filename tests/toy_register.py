"""A register small enough to read in a test: one row a line, as a person would write it.

    edition 2026-03-04
    secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS

Fields: label, holder, subject, ref, start, end; then `name=value` facts. "-" stands for nothing. With
the fact `statuses=2027-01-08 withdrawn; 2025-03-24 granted` a row stands as it does on the edition's day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from notifiers.said.reasons import as_said
from scrapers.source import Bounds, Expect, Get, LayoutChanged
from state.model import Attestation, Listing, Page, Remark, Unreadable
from state.words.course import as_of
from state.words.labels import coverage_of

FACTS = {"country", "version", "level", "status", "recommendation", "issuer"}


def day(text: str) -> datetime:
    """Noon UTC of an ISO day."""
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) + timedelta(hours=12)


def page(text: str, at: datetime, url: str = "https://register.test/list") -> Page:
    """The register's page with that text."""
    return Page(url=url, requested_url=url, body=text.encode(), fetched_at=at)


def row(line: str) -> Attestation:
    """One attestation from its line."""
    label, holder, subject, ref, start, end, *facts = (part.strip() for part in line.split("|"))
    plain = Attestation(
        label=label,
        holder=holder,
        subject=None if subject == "-" else subject,
        ref=None if ref == "-" else ref,
        valid_from=None if start == "-" else date.fromisoformat(start),
        valid_until=None if end == "-" else date.fromisoformat(end),
        place="p. 1",
    )
    extra: dict[str, str] = {}
    for fact in facts:
        name, value = fact.split("=", 1)
        if name in FACTS:
            facts_of: dict[str, Any] = {name: value}
            plain = replace(plain, **facts_of)
        elif name == "scope":
            plain = replace(plain, scope=tuple(value.split("+")))
        elif name == "national_security":
            plain = replace(plain, national_security=value == "yes")
        else:
            extra[name] = value
    return replace(plain, extra=extra)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToyRegister:
    """The source that reads toy pages, under the catalogue's name so that its aliases hold.

    `broken` makes the reader fail as a bug would.
    """

    name: str = "anssi-catalogue"
    title: str = "Toy register"
    url: str = "https://register.test/list"
    labels: tuple[str, ...] = ("secnumcloud", "passi", "hds", "cc")
    revision: int = 1
    every: str = "17 */6 * * *"
    expect: Expect | None = None
    stale_after: timedelta = timedelta(days=45)
    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    broken: bool = False
    covers: frozenset[str] = frozenset({"secnumcloud", "passi", "hds", "cc", "cc:archived"})

    def fetch(self, get: Get) -> tuple[Page, ...]:
        return (get(self.url),)

    def read(self, pages: Sequence[Page]) -> Listing:
        if self.broken:
            raise ZeroDivisionError("a bug in the reader")
        [only] = pages
        lines = [line.strip() for line in only.body.decode().splitlines() if line.strip()]
        if not lines or not lines[0].startswith("edition"):
            found = repr(only.body[:40])
            said = f"expected a first line `edition DAY`; found {found}"
            raise LayoutChanged(self.name, as_said(said), "line 1")
        rows = [row(line) for line in lines[1:] if line[0] not in "?!"]
        stamp = lines[0].removeprefix("edition").strip()
        if stamp != "-":
            rows = [as_of(one, date.fromisoformat(stamp)) for one in rows]
        return Listing(
            source=self.name,
            attestations=tuple(rows),
            covers=self.covers | {coverage_of(one) for one in rows},
            edition_at=None if stamp == "-" else day(stamp),
            remarks=tuple(_remark(line) for line in lines[1:] if line[0] == "!"),
            unreadable=tuple(_unreadable(line) for line in lines[1:] if line[0] == "?"),
        )


def _remark(line: str) -> Remark:
    topic, _, text = line[1:].strip().partition(" ")
    return Remark(topic=topic, reason=as_said(text))


def _unreadable(line: str) -> Unreadable:
    label, ref, holder = (part.strip() for part in line[1:].split("|"))
    return Unreadable(
        label=label,
        place="p. 9",
        why=as_said("unreadable"),
        ref=None if ref == "-" else ref,
        holder=None if holder == "-" else holder,
    )
