"""JSON of the model's values, as the memory and evidence files keep them: equal values have equal texts.

What people and programs are given has other shapes: the views of `watcher.ask.views`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, lru_cache
from json.encoder import encode_basestring
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from state.model import (
    Attestation,
    Cause,
    Event,
    Evidence,
    FieldChange,
    Kind,
    Neighbour,
    Outcome,
    Provider,
    Reason,
    Value,
    Weight,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Json = dict[str, Any]
T = TypeVar("T")
D = TypeVar("D", bound="DataclassInstance")

PLAIN = tuple(
    field.name
    for field in fields(Attestation)
    if field.name not in ("scope", "extra", "valid_from", "valid_until")
)
_PLAIN_VALUES = attrgetter(*PLAIN)
_DECODER = json.JSONDecoder()
_KINDS, _WEIGHTS, _CAUSES = ({one.value: one for one in words} for words in (Kind, Weight, Cause))
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def text(value: object) -> str:
    """The JSON text of a value, keys sorted: equal values have equal texts."""
    return _ENCODER.encode(value)


@lru_cache(maxsize=1 << 14)  # one look gives its time to every row
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
    return None if at is None else instant_text(at)


def maybe_instant(value: str | None) -> datetime | None:
    return None if value is None else instant(value)


@lru_cache(maxsize=256)
def _counts(body: str) -> Mapping[str, int]:
    """Numbers by label; the looks of months have the same ones."""
    return MappingProxyType(json.loads(body))


def _several(body: str) -> tuple[Any, ...]:
    return tuple(json.loads(body)) if body != "[]" else ()


def reasons_json(reasons: Iterable[Reason]) -> list[Json]:
    return [_packed(one) for one in reasons]


def reasons_text(reasons: Iterable[Reason]) -> str:
    """The text of reasons, as the memory keeps them."""
    return text(reasons_json(reasons))


def reasons_of(body: str) -> tuple[Reason, ...]:
    """The reasons that such a text holds."""
    return _unpacked(json.loads(body)) if body != "[]" else ()


_AS_IT_IS = frozenset(f"{kind}{none}" for kind in ("str", "int", "bytes") for none in ("", " | None"))
# How a column keeps a field, by the type that is written beside its name: what is plain as it is.
_KEPT: Mapping[str, Callable[[Any], Any]] = {
    "datetime": instant_text,
    "datetime | None": maybe_instant_text,
    "date": date.isoformat,
    "date | None": lambda day: day and day.isoformat(),
    "bool": int,
    "Weight": attrgetter("value"),
    "Outcome": attrgetter("value"),
    "Outcome | None": lambda outcome: outcome and outcome.value,
    "Mapping[str, int]": lambda counts: text(dict(counts)),
    "frozenset[str]": lambda words: text(sorted(words)),
    "tuple[str, ...]": text,
    "tuple[int, ...]": text,
    "tuple[Reason, ...]": reasons_text,
}
_READ: Mapping[str, Callable[[Any], Any]] = {
    "datetime": instant,
    "datetime | None": maybe_instant,
    "date": date.fromisoformat,
    "date | None": lambda day: day and date.fromisoformat(day),
    "bool": bool,
    # A look brings hundreds of bunches, and a word takes a microsecond to become a member by the enum itself.
    "Kind": _KINDS.__getitem__,
    "Weight": _WEIGHTS.__getitem__,
    "Cause": _CAUSES.__getitem__,
    "Outcome": Outcome,
    "Outcome | None": lambda word: word and Outcome(word),
    "Mapping[str, int]": _counts,
    "frozenset[str]": lambda body: frozenset(json.loads(body)),
    "tuple[str, ...]": _several,
    "tuple[int, ...]": _several,
    "tuple[Reason, ...]": reasons_of,
}


@cache
def _ways(kind: type[DataclassInstance], by: str) -> Sequence[tuple[str, Callable[[Any], Any] | None]]:
    return [(field.name, _way(kind, field.name, str(field.type), by)) for field in fields(kind)]


def _way(kind: type, name: str, typed: str, by: str) -> Callable[[Any], Any] | None:
    if typed in _AS_IT_IS:
        return None

    def unknown(_: object) -> Any:
        # Kept as it is, the one database would write a member's value, and the other its name.
        raise TypeError(f"{kind.__name__}.{name}: no column keeps a {typed} yet: say how in {__name__}")

    found = (_KEPT if by == "kept" else _READ).get(typed)
    return unknown if found is None else found


def row_of(value: DataclassInstance, *without: str) -> dict[str, Any]:
    """The fields of a value as the columns of its table keep them, but for some."""
    ways = [way for way in _ways(type(value), "kept") if way[0] not in without]
    return {name: way(getattr(value, name)) if way else getattr(value, name) for name, way in ways}


def from_row(kind: type[D], row: Mapping[str, Any], **given: Any) -> D:
    """The value whose fields are columns of a row, or given."""
    for name, way in _ways(kind, "read"):
        if name in row and name not in given:
            given[name] = way(row[name]) if way else row[name]
    return kind(**given)


def _unpacked(packed: list[Json]) -> tuple[Reason, ...]:
    return tuple(
        Reason(code=one["code"], values={name: _value(value) for name, value in one["values"].items()})
        for one in packed
    )


def _value(packed: Any) -> Value:
    if isinstance(packed, dict):
        return _unpacked([packed])[0]
    return _unpacked(packed) if isinstance(packed, list) else packed


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


def attestation_text(row: Attestation) -> str:
    """The JSON text of an attestation, as the memory keeps it."""
    # A look asks this of every row of a listing, and most of what a row says others say as well: this takes a
    # third of the time of packing the row and encoding that.
    before, where, stated, link, dates = _parts(row)
    return f"{{{f'{before}{where}{stated}{link}{dates}'[:-1]}}}"


def statement(row: Attestation) -> str:
    """What an attestation states, as the text that the memory keeps of it has it without where it stands."""
    before, _, stated, _, dates = _parts(row)
    return f"{{{f'{before}{stated}{dates}'[:-1]}}}"


def stated_in(kept: str) -> str:
    """The statement of the row that such a text holds; any other text as it is."""
    # No text between quotes has a quote that is not escaped, and `extra`, which comes before, may have a link
    # too, but no number.
    if found := _PLACED.search(kept):
        return f"{kept[: found.start()]}{_LINKED.sub('', kept[found.end() :], count=1)}"
    return kept


_QUOTED = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_PLACED = re.compile(rf',"page":\d+,"place":{_QUOTED}')
_LINKED = re.compile(rf',"url":{_QUOTED}')


def _parts(row: Attestation) -> tuple[str, str, str, str, str]:
    """The fields of a row in the order of their names, as in every text of ours, each with a comma: those
    before where it stands, page and place, those after, the link, those after that."""
    quoted = encode_basestring
    ref = "" if row.ref is None else f'"ref":{quoted(row.ref)},'
    subject = "" if row.subject is None else f'"subject":{quoted(row.subject)},'
    return (
        f'{_country((row.country,))}{_extra(row.extra)}"holder":{quoted(row.holder)},{_body(_BODY_VALUES(row))}',
        f'"page":{row.page},"place":{quoted(row.place)},',
        f"{_recommended((row.recommendation,))}{ref}{_standing((row.scope, row.status))}{subject}",
        "" if row.url is None else f'"url":{quoted(row.url)},',
        _dates((row.valid_from, row.valid_until, row.version)),
    )


def _shared(*names: str) -> Callable[[tuple[Any, ...]], str]:
    """How fields are written that many rows have alike."""

    @lru_cache(maxsize=1 << 12)
    def part(values: tuple[Any, ...]) -> str:
        stated = zip(names, map(_plain, values), strict=True)
        return "".join([f'"{name}":{text(value)},' for name, value in stated if value is not None])

    return part


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _extra(extra: Mapping[str, str]) -> str:
    entries = [f"{encode_basestring(name)}:{encode_basestring(extra[name])}" for name in sorted(extra)]
    return f'"extra":{{{",".join(entries)}}},'


_BODY = ("issuer", "label", "level", "national_security")
_BODY_VALUES = attrgetter(*_BODY)
_body, _recommended, _standing = _shared(*_BODY), _shared("recommendation"), _shared("scope", "status")
# Left out where nothing is printed, so that what was kept before there was such a field has the same text.
_country = _shared("country")
_dates = _shared("valid_from", "valid_until", "version")


# What the memory keeps is read in Python: pydantic reads twice as fast, but takes 110 ms to load and to learn
# these classes, and every question reads a row. From thousands of rows on it pays. What a stranger wrote is
# judged in `watcher.prove.event.verify`.
MANY = 5_000


def attestations_of(bodies: Sequence[str]) -> Sequence[Attestation]:
    """The attestations that such texts hold, as this memory wrote them."""
    if len(bodies) >= MANY:
        # As one text: a call for each takes half as long again.
        rows: list[Attestation] = _compiled(list[Attestation])(f"[{','.join(bodies)}]")
        return rows
    return [_attestation(_DECODER.raw_decode(body)[0]) for body in bodies]


def events_of(bodies: Sequence[str]) -> Sequence[Event]:
    """The events that such texts hold, as this memory wrote them."""
    return list(map(_compiled(Event) if len(bodies) >= MANY else event_of, bodies))


@cache
def _compiled(kind: type[T]) -> Callable[[str], T]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind).validate_json


def _attestation(packed: Json) -> Attestation:
    packed["scope"] = tuple(packed["scope"])
    if "valid_from" in packed:
        packed["valid_from"] = date.fromisoformat(packed["valid_from"])
    if "valid_until" in packed:
        packed["valid_until"] = date.fromisoformat(packed["valid_until"])
    return Attestation(**packed)


def pack_event(event: Event) -> Json:
    return {name: _packed(getattr(event, name)) for name in _NAMES[Event]}


def event_text(event: Event) -> str:
    """The JSON text of an event, as the log keeps it."""
    # A third of the time of packing it and encoding that: a first look writes tens of thousands.
    rows = ",".join(map(attestation_text, event.attestations))
    evidence, quoted = event.evidence, encode_basestring
    return (
        f'{{"attestations":[{rows}],"by_rule":{_SAID[event.by_rule]},"cause":"{event.cause.value}",'
        f'"changes":{_rare(event.changes)},"edition_at":{_maybe_quoted(event.edition_at)},'
        f'"evidence":{{"place":{quoted(evidence.place)},"sha256":{quoted(evidence.sha256)},'
        f'"snapshot":{evidence.snapshot},"url":{quoted(evidence.url)}}},"expected":{_SAID[event.expected]},'
        f'"id":{event.id},"kind":"{event.kind.value}","label":{quoted(event.label)},'
        f'"probable_predecessor":{_rare(event.probable_predecessor)},'
        f'"probable_successor":{_rare(event.probable_successor)},'
        f'"provider":{{"name":{quoted(event.provider.name)},"slug":{quoted(event.provider.slug)}}},'
        f'"rows":[{",".join(map(str, event.rows))}],"seen_at":"{instant_text(event.seen_at)}",'
        f'"source":{quoted(event.source)},"step":{"null" if event.step is None else event.step},'
        f'"weight":"{event.weight.value}"}}'
    )


_SAID = {None: "null", True: "true", False: "false"}


def _maybe_quoted(at: datetime | None) -> str:
    return "null" if at is None else f'"{instant_text(at)}"'


def _rare(value: Any) -> str:
    """What most events lack, as JSON text."""
    return text(_packed(value)) if value else "null" if value is None else "{}"


_NAMES = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (Event, Provider, Evidence, Neighbour, FieldChange, Reason)
}
_PLAIN_JSON = frozenset({str, int, float, bool, type(None)})


def _packed(value: Any) -> Any:
    """What is in an event or a reason, as plain JSON values."""
    # Most values, before any pattern is tried. By their very class: members of a `StrEnum` are texts as well.
    if type(value) in _PLAIN_JSON:
        return value
    match value:
        case Attestation():
            return pack_attestation(value)
        case datetime():
            return instant_text(value)
        case Enum():
            return value.value
        case tuple():
            return [_packed(one) for one in value]
        case Mapping():
            return {name: _packed(one) for name, one in value.items()}
        case Provider() | Evidence() | Neighbour() | FieldChange() | Reason():
            # A guess has the text that all had before a register printed any: `printed` only where it is.
            given = (name for name in _NAMES[type(value)] if name != "printed" or getattr(value, name))
            return {name: _packed(getattr(value, name)) for name in given}
    return value


def event_of(body: str) -> Event:
    """The event that such a text holds, as this memory wrote it."""
    packed: Json = _DECODER.raw_decode(body)[0]
    packed["kind"] = _KINDS[packed["kind"]]
    packed["weight"] = _WEIGHTS[packed["weight"]]
    packed["cause"] = _CAUSES[packed["cause"]]
    packed["provider"] = Provider(**packed["provider"])
    packed["attestations"] = tuple([_attestation(row) for row in packed["attestations"]])
    packed["rows"] = tuple(packed["rows"])
    packed["seen_at"] = instant(packed["seen_at"])
    packed["edition_at"] = maybe_instant(packed["edition_at"])
    packed["evidence"] = Evidence(**packed["evidence"])
    packed["changes"] = {name: _change(one) for name, one in packed["changes"].items()}
    for name in ("probable_successor", "probable_predecessor"):
        packed[name] = Neighbour(**packed[name]) if packed[name] is not None else None
    return Event(**packed)


def _change(packed: Json) -> FieldChange:
    return FieldChange(
        **{side: tuple(value) if isinstance(value, list) else value for side, value in packed.items()}
    )
