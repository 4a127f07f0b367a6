"""What a person read on the rendered pages of the catalogue, beside what the program reads there."""

from __future__ import annotations

import csv
from pathlib import Path

from state.model import Attestation, Event, Kind
from state.names import squeeze

FIXTURES = Path(__file__).parent / "fixtures" / "anssi_catalogue"
CRISIS = "Conseil en préparation à la gestion de crise"  # March prints "… d'origine cyber" in the same head


def truth(name: str) -> list[dict[str, str]]:
    """The rows of a file that a person transcribed."""
    with (FIXTURES / f"truth-{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def transcribed(row: dict[str, str]) -> tuple[object, ...]:
    """A service as a person read it."""
    scope = {CRISIS if head.startswith(CRISIS) else head for head in row["scope"].split("|") if head}
    return (
        row["label"],
        *(squeeze(row[name]) for name in ("holder", "subject", "version", "family", "oid")),
        *(row[name] for name in ("level", "agreement_level", "national_security", "recommendation")),
        *(row[name] for name in ("ref", "valid_from", "valid_until")),
        frozenset(scope),
    )


def service_read(row: Attestation) -> tuple[object, ...]:
    """The same of an attestation, to be compared."""
    texts = (row.holder, row.subject, row.version, row.extra.get("family"), row.extra.get("oid"))
    security = {True: "yes", False: "no", None: ""}[row.national_security]
    return (
        row.label,
        *(squeeze(text or "") for text in texts),
        *(row.level or "", row.extra.get("agreement_level", ""), security, row.recommendation or ""),
        *(row.ref, str(row.valid_from), str(row.valid_until)),
        frozenset(row.scope),
    )


def refs(event: Event) -> tuple[str, str]:
    """The references before and after an event, "" for none."""
    now = "+".join(sorted(row.ref or "" for row in event.attestations))
    if event.kind in (Kind.GAINED, Kind.SERVICE_ADDED):
        return "", now
    if event.kind in (Kind.LOST, Kind.SERVICE_REMOVED):
        return now, ""
    return str(event.changes["ref"].before) if "ref" in event.changes else now, now
