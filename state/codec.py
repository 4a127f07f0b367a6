"""JSON of the model's values: the form the memory keeps, and the form people and programs are given.

`attestation_of` and `event_of` read what `text` writes of what is packed. `attestation_json` and `event_json`
have the shape that scripts rely on: the command line, the web and Slack all print these.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from pydantic import TypeAdapter

from state.model import Attestation, Event, Evidence, FieldChange, Kind, Neighbour, Provider, Reason

Json = dict[str, Any]

PLAIN = (
    "label",
    "holder",
    "subject",
    "version",
    "level",
    "status",
    "national_security",
    "recommendation",
    "issuer",
    "ref",
    "url",
    "page",
    "place",
)
_PLAIN_VALUES = attrgetter(*PLAIN)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def text(value: object) -> str:
    """The JSON text of a value, keys sorted: equal values have equal texts."""
    return _ENCODER.encode(value)


def instant_text(at: datetime) -> str:
    """ISO 8601 UTC to the second ("2026-03-04T14:34:17Z"), which sorts as time does; fractions dropped."""
    if at.utcoffset() is None:
        raise ValueError(f"expected an aware time, found {at!r} without a zone")
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@lru_cache(maxsize=1 << 14)
def instant(value: str) -> datetime:
    """The aware UTC time of such a text; one look gives its time to hundreds of rows."""
    return datetime.fromisoformat(value)


def maybe_instant_text(at: datetime | None) -> str | None:
    """The same as `instant_text`, None for None."""
    return None if at is None else instant_text(at)


def maybe_instant(value: str | None) -> datetime | None:
    """The same as `instant`, None for None."""
    return None if value is None else instant(value)


def reasons_json(reasons: Iterable[Reason]) -> list[Json]:
    """Reasons as JSON values."""
    return [
        {
            "code": one.code,
            "values": {
                name: reasons_json(value) if isinstance(value, tuple) else value
                for name, value in one.values.items()
            },
        }
        for one in reasons
    ]


def reasons_text(reasons: Iterable[Reason]) -> str:
    """The text of reasons, as the memory keeps them."""
    return text(reasons_json(reasons))


def reasons_of(body: str) -> tuple[Reason, ...]:
    """The reasons that such a text holds."""
    return _reasons(json.loads(body))


def _reasons(kept: Iterable[Json]) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            code=one["code"],
            values={
                name: _reasons(value) if isinstance(value, list) else value
                for name, value in one["values"].items()
            },
        )
        for one in kept
    )


def pack_attestation(attestation: Attestation) -> Json:
    """An attestation as plain JSON values, absent fields left out."""
    values = _PLAIN_VALUES(attestation)
    packed: Json = {name: value for name, value in zip(PLAIN, values, strict=True) if value is not None}
    packed["scope"] = list(attestation.scope)
    packed["extra"] = dict(attestation.extra)
    if attestation.valid_from is not None:
        packed["valid_from"] = attestation.valid_from.isoformat()
    if attestation.valid_until is not None:
        packed["valid_until"] = attestation.valid_until.isoformat()
    return packed


_ATTESTATION = TypeAdapter(Attestation)


def attestation_of(body: str) -> Attestation:
    """The attestation that such a text holds; raises `pydantic.ValidationError` for any other text."""
    return _ATTESTATION.validate_json(body)


def pack_event(event: Event) -> Json:
    """An event as plain JSON values."""
    return {
        "id": event.id,
        "kind": event.kind.value,
        "weight": event.weight.value,
        "provider": provider_json(event.provider),
        "label": event.label,
        "source": event.source,
        "attestations": [pack_attestation(one) for one in event.attestations],
        "rows": list(event.rows),
        "seen_at": instant_text(event.seen_at),
        "edition_at": maybe_instant_text(event.edition_at),
        "cause": event.cause.value,
        "evidence": evidence_json(event.evidence),
        "changes": changes_json(event.changes),
        "expected": event.expected,
        "by_rule": event.by_rule,
        "step": event.step,
        "probable_successor": neighbour_json(event.probable_successor),
        "probable_predecessor": neighbour_json(event.probable_predecessor),
    }


_EVENT = TypeAdapter(Event)


def event_of(body: str) -> Event:
    """The event that such a text holds; raises `pydantic.ValidationError` for any other text."""
    return _EVENT.validate_json(body)


def provider_json(provider: Provider) -> Json:
    """`{slug, name}`."""
    return {"slug": provider.slug, "name": provider.name}


def evidence_json(evidence: Evidence) -> Json:
    """`{snapshot, url, sha256, place}`."""
    return {
        "snapshot": evidence.snapshot,
        "url": evidence.url,
        "sha256": evidence.sha256,
        "place": evidence.place,
    }


def neighbour_json(neighbour: Neighbour | None) -> Json | None:
    """`{event, slug, name}`, or None."""
    if neighbour is None:
        return None
    return {"event": neighbour.event, "slug": neighbour.slug, "name": neighbour.name}


def changes_json(changes: Mapping[str, FieldChange]) -> Json:
    """`{field: {before, after}}`, scopes as lists."""
    return {
        name: {"before": _plain(change.before), "after": _plain(change.after)}
        for name, change in changes.items()
    }


def _plain(value: str | bool | tuple[str, ...] | None) -> str | bool | list[str] | None:
    return list(value) if isinstance(value, tuple) else value


def date_text(day: date | None) -> str | None:
    """An ISO date, None for None."""
    return None if day is None else day.isoformat()


def attestation_json(attestation: Attestation, source: str, provider: Provider) -> Json:
    """An attestation in the shape of the contract for `--format json`, every field present."""
    return {
        "source": source,
        "label": attestation.label,
        "provider": provider_json(provider),
        "holder": attestation.holder,
        "subject": attestation.subject,
        "version": attestation.version,
        "scope": list(attestation.scope),
        "level": attestation.level,
        "status": attestation.status,
        "national_security": attestation.national_security,
        "recommendation": attestation.recommendation,
        "issuer": attestation.issuer,
        "ref": attestation.ref,
        "url": attestation.url,
        "valid_from": date_text(attestation.valid_from),
        "valid_until": date_text(attestation.valid_until),
        "extra": dict(attestation.extra),
    }


def event_json(event: Event) -> Json:
    """An event in the shape of the contract for `--format json`, every field present.

    Subject, ref and dates are those of the attestation concerned, null when there are several; the holder is
    that of the first. `attestations` is there for `gained` and `lost` only, `printed_ref` where `ref` is only
    the key of what is printed.
    """
    one = event.one
    shape: Json = {
        "id": event.id,
        "kind": event.kind.value,
        "weight": event.weight.value,
        "provider": provider_json(event.provider),
        "label": event.label,
        "source": event.source,
        "holder": event.attestations[0].holder,
        "subject": one.subject if one else None,
        "ref": one.ref if one else None,
        "valid_from": date_text(one.valid_from) if one else None,
        "valid_until": date_text(one.valid_until) if one else None,
        "changes": changes_json(event.changes),
        "expected": event.expected,
        "by_rule": event.by_rule,
        "probable_successor": neighbour_json(event.probable_successor),
        "probable_predecessor": neighbour_json(event.probable_predecessor),
        "seen_at": instant_text(event.seen_at),
        "edition_at": maybe_instant_text(event.edition_at),
        "cause": event.cause.value,
        "evidence": evidence_json(event.evidence),
    }
    if one and one.printed_ref != one.ref:
        shape["printed_ref"] = one.printed_ref
    if event.kind in (Kind.GAINED, Kind.LOST):
        shape["attestations"] = [
            attestation_json(each, event.source, event.provider) for each in event.attestations
        ]
    return shape
