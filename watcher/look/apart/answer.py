"""What a child says, as JSON: listings, explanations and refusals, read again by their types.

Not pickled, since that would run whatever a child wrote; and a child that has read hostile bytes may have
been taken over by them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from scrapers.source import Blocked, Doubtful, LayoutChanged, SourceError, Unreachable
from state.model import Listing, Reason  # noqa: TC001 -- answers are read by these types
from watcher.look.apart.typed import typed

if TYPE_CHECKING:
    from pydantic import TypeAdapter

LARGE = 4 << 20
"""Bytes of an answer from which loading pydantic pays, which also takes less memory for it."""
KINDS = (Unreachable, Blocked, LayoutChanged, Doubtful)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A `SourceError` as data."""

    kind: str
    reasons: tuple[Reason, ...]
    source: str = ""
    passing: bool = False
    listing: Listing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What a reader failed with that it should have caught, and where."""

    name: str
    text: str
    trace: str


def packed(value: object) -> bytes:
    """A value of the model as JSON; raises `UnicodeEncodeError` for a text that nobody could keep."""
    return _ENCODER.encode(value).encode()


def unpacked(shape: Any, body: bytes) -> Any:
    """The value of that type which the JSON holds; raises `ValueError` for any other."""
    return typed(shape, body) if len(body) < LARGE else _adapter(shape).validate_json(body, strict=True)


def refusal_of(error: SourceError) -> Refusal:
    kind = next((one for one in KINDS if isinstance(error, one)), SourceError).__name__
    listing = error.listing if isinstance(error, Doubtful) else None
    return Refusal(
        kind=kind, reasons=error.reasons, source=error.source, passing=error.passing, listing=listing
    )


def error_of(refusal: Refusal) -> SourceError:
    """The error that a refusal tells of."""
    match refusal.kind:
        case "Doubtful":
            return Doubtful(*refusal.reasons, source=refusal.source, listing=refusal.listing)
        case "LayoutChanged":  # its place is in the reason already
            return LayoutChanged(refusal.source, refusal.reasons[0])
    kind = {"Unreachable": Unreachable, "Blocked": Blocked}.get(refusal.kind, SourceError)
    return kind(*refusal.reasons, source=refusal.source, passing=refusal.passing)


def exception_of(fault: Fault) -> Exception:
    """The fault of a reader under the name that it had in the child, which the log and the run tell."""
    name = fault.name if fault.name.isidentifier() else "Exception"
    made: Exception = type(name, (Exception,), {})(fault.text)
    made.__cause__ = Exception(f"in the child:\n{fault.trace}")
    return made


def _plain(value: Any) -> Any:
    """What the encoder of JSON does not know, one layer of it."""
    kind = value.__class__
    return (_LAYERS.get(kind) or _learnt(kind))(value)


_LAYERS: dict[type, Callable[[Any], Any]] = {date: date.isoformat, datetime: datetime.isoformat}
"""How a layer of the values of each class is taken off; learnt as they are met, since rows are thousands."""


def _learnt(kind: type) -> Callable[[Any], Any]:
    layer: Callable[[Any], Any]
    if is_dataclass(kind):
        layer = _by_names(kind)
    elif issubclass(kind, Mapping):
        layer = dict
    elif issubclass(kind, frozenset):
        layer = sorted
    else:
        raise TypeError(f"expected a value of the model, found {kind.__name__}")
    return _LAYERS.setdefault(kind, layer)


# The model holds no value within itself: to look for that takes a tenth of the time.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain, check_circular=False)


def _by_names(kind: type[Any]) -> Callable[[Any], dict[str, Any]]:
    names = [field.name for field in fields(kind)]
    if len(names) < 2:  # of one name, `attrgetter` gives the bare value
        return lambda value: {name: getattr(value, name) for name in names}
    values = attrgetter(*names)
    return lambda value: dict(zip(names, values(value), strict=True))


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    # Loaded where a large answer is read: no child needs it, and few commands.
    from pydantic import TypeAdapter

    return TypeAdapter(shape)
