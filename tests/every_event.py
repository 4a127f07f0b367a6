"""One event of each kind, as a register would bring it, and the builder of any other."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from state.model import Attestation, Cause, Event, Evidence, FieldChange, Kind, Neighbour, Provider, Weight
from state.words.post import Notice

S3NS = Attestation(
    label="secnumcloud",
    holder="Thales Cloud Sécurisé",
    subject="Cloud de confiance S3NS",
    scope=("PaaS", "CaaS", "IaaS"),
    ref="2025_2057",
    url="https://messervices.cyber.gouv.fr/visas/2025_2057_np.pdf",
    valid_from=date(2025, 12, 17),
    valid_until=date(2028, 12, 17),
)
OUTSCALE = Attestation(
    label="secnumcloud",
    holder="Outscale",
    subject="IaaS Cloud on Demand",
    scope=("IaaS",),
    ref="2023_2118",
    url="https://messervices.cyber.gouv.fr/visas/2023_2118_np.pdf",
    valid_from=date(2023, 11, 30),
    valid_until=date(2026, 11, 30),
)
POD = Attestation(
    label="secnumcloud",
    holder="OVH",
    subject="Bare Metal Pod",
    scope=("IaaS",),
    ref="2025_559",
    valid_from=date(2025, 3, 24),
    valid_until=date(2028, 3, 24),
)
HDS = Attestation(
    label="hds",
    holder="SCALINGO SAS",
    scope=("1", "2", "5"),
    ref="38436-2",
    issuer="LNE",
    version="2.0",
    valid_from=date(2025, 9, 12),
    valid_until=date(2028, 9, 11),
)
AUDITOR = Attestation(
    label="passi",
    holder="Bull SAS",
    scope=("Tests d'intrusion",),
    level="Elevé",
    ref="2024_77",
    valid_until=date(2027, 6, 1),
)
BLEU = Attestation(
    label="secnumcloud",
    holder="Bleu SAS",
    subject="Cloud de Confiance Bleu",
    scope=("IaaS", "PaaS", "CaaS"),
    status="candidate",
)
TRUST = Attestation(
    label="eidas-timestamp",
    holder="Docaposte ARKHINEO",
    subject="Horodatage qualifié",
    status="withdrawn",
    ref="TSA/QTST " + "ab" * 32,
)
AWARE = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
EDITION = datetime(2026, 3, 4, 14, 34, 17, tzinfo=UTC)


def build_event(kind: Kind, attestation: Attestation = S3NS, name: str = "S3NS", **fields: Any) -> Event:
    """An event about one row of the catalogue, with any field replaced."""
    known: dict[str, Any] = {
        "id": 12,
        "kind": kind,
        "weight": kind.weight,
        "provider": Provider(slug=name.casefold(), name=name),
        "label": attestation.label,
        "source": "anssi-catalogue",
        "attestations": (attestation,),
        "rows": (1,),
        "seen_at": AWARE,
        "edition_at": EDITION,
        "cause": Cause.REGISTER,
        "evidence": Evidence(
            snapshot=3,
            url="https://messervices.cyber.gouv.fr/visas/catalogue.pdf",
            sha256="3f2a9c1b8d" + "0" * 54,
            place="p. 88",
        ),
    }
    return Event(**(known | fields))


def _changed(**fields: Any) -> dict[str, FieldChange]:
    return {name: FieldChange(before=before, after=after) for name, (before, after) in fields.items()}


def every_case() -> dict[str, Event]:
    """One event of each kind, and the variants that are worded otherwise."""
    kinds = [
        build_event(Kind.GAINED),
        build_event(
            Kind.LOST, OUTSCALE, "Outscale", expected=True, seen_at=datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
        ),
        build_event(Kind.SERVICE_REMOVED, POD, "OVHcloud", expected=False),
        build_event(
            Kind.SCOPE_REDUCED,
            HDS,
            "Scalingo",
            source="ans-hds",
            edition_at=None,
            changes=_changed(scope=(("1", "2", "5", "6"), ("1", "2", "5"))),
        ),
        build_event(
            Kind.SHORTENED, POD, "OVHcloud", changes=_changed(valid_until=("2029-03-24", "2028-03-24"))
        ),
        build_event(
            Kind.EXPIRED,
            OUTSCALE,
            "Outscale",
            cause=Cause.CALENDAR,
            seen_at=datetime(2026, 12, 1, 6, 0, tzinfo=UTC),
        ),
        build_event(Kind.SERVICE_ADDED, POD, "OVHcloud"),
        build_event(
            Kind.SCOPE_EXTENDED,
            changes=_changed(scope=(("PaaS", "IaaS"), ("PaaS", "CaaS", "IaaS"))),
        ),
        build_event(Kind.LEVEL_CHANGED, AUDITOR, "Bull", changes=_changed(level=("Substantiel", "Elevé"))),
        build_event(
            Kind.RENEWED,
            OUTSCALE,
            "Outscale",
            changes=_changed(ref=("2020_31", "2023_2118"), valid_until=("2023-11-30", "2026-11-30")),
        ),
        build_event(Kind.REISSUED, changes=_changed(ref=("2025_918", "2025_2057"))),
        build_event(Kind.RENAMED, changes=_changed(holder=("Thales SIX", "Thales Cloud Sécurisé"))),
        build_event(
            Kind.EXPIRING,
            OUTSCALE,
            "Outscale",
            step=30,
            cause=Cause.CALENDAR,
            seen_at=datetime(2026, 10, 31, 5, 0, tzinfo=UTC),
        ),
        build_event(Kind.CANDIDATE_LISTED, BLEU, "Bleu", source="anssi-pending", edition_at=None),
        build_event(Kind.CANDIDATE_DELISTED, BLEU, "Bleu", source="anssi-pending", edition_at=None),
        build_event(
            Kind.RECOMMENDATION_CHANGED, by_rule=True, changes=_changed(recommendation=("green", "orange"))
        ),
        build_event(Kind.AMENDED, AUDITOR, "Bull", changes=_changed(national_security=(False, True))),
    ]
    other = Neighbour(event=14, slug="eviden-france", name="Eviden France")
    past = Neighbour(event=13, slug="bull", name="Bull")
    return {event.kind.value: event for event in kinds} | {
        "gained_several": build_event(Kind.GAINED, attestations=(S3NS, OUTSCALE, POD), rows=(1, 2, 3)),
        "gained_after_another": build_event(Kind.GAINED, AUDITOR, "Eviden France", probable_predecessor=past),
        "lost_early_with_successor": build_event(
            Kind.LOST, AUDITOR, "Bull", expected=False, probable_successor=other
        ),
        "lost_printed_as_withdrawn": build_event(
            Kind.LOST, TRUST, "Docaposte", source="tl-fr", expected=False
        ),
        "lost_several": build_event(
            Kind.LOST, name="OVHcloud", attestations=(POD, OUTSCALE), rows=(1, 2), expected=False
        ),
        "recommendation_by_hand": build_event(
            Kind.RECOMMENDATION_CHANGED,
            by_rule=False,
            weight=Weight.NORMAL,
            changes=_changed(recommendation=("green", "red")),
        ),
        "expired_on_an_undated_page": build_event(
            Kind.EXPIRED, HDS, "Scalingo", source="ans-hds", edition_at=None, cause=Cause.CALENDAR
        ),
    }


def build_notice(kind: str, subject: str = "anssi-catalogue") -> Notice:
    """A word to operators, as the watch would write it."""
    text = "3 looks failed since 2026-03-01 04:00; the site answers 503"
    return Notice(id=1, kind=kind, subject=subject, text=text, at=AWARE)
