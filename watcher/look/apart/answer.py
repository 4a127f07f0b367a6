"""What a child says, as JSON: listings, explanations and refusals, read again by their types.

Not pickled, since that would run whatever a child wrote; and a child that has read hostile bytes may have
been taken over by them. Nor read by pydantic: to load it and teach it these classes takes 110 ms, a fourth of
the reading of an edition, and of an answer that is wrong everywhere it keeps every fault, 300 bytes for each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from scrapers.source import Blocked, Doubtful, LayoutChanged, SourceError, Unreachable
from state.model import Listing, Reason  # noqa: TC001 -- answers are read by these types

KINDS = (Unreachable, Blocked, LayoutChanged, Doubtful)

Convert = Callable[[Any], Any]
Table = Mapping[type, Convert]
"""How a value is read, by what it is in JSON; what is not in it is refused."""
HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""What may stand for half a character: our own encoder escapes none, so it is rare, and then looked into."""
SAID = 200
"""Characters of what is wrong with an answer: it quotes the answer."""


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
    try:
        value = json.loads(body.decode(), parse_constant=_no_number)
        if HALF.search(body):  # raises for half a character, which JSON can escape and nobody can keep
            json.dumps(value, ensure_ascii=False).encode()
        return _table(shape)[type(value)](value)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        said = str(error)[:SAID]
        raise ValueError(f"validation error: {type(error).__name__}: {said}") from None


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
    kind = type(value)
    if is_dataclass(kind):
        return {name: getattr(value, name) for name in _names(kind)}
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"expected a value of the model, found {kind.__name__}")


@cache  # rows are thousands, and of one class
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


# The model holds no value within itself: to look for that takes a tenth of the time.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain, check_circular=False)


@cache
def _table(shape: Any) -> Table:
    kind, args = get_origin(shape), get_args(shape)
    if kind in (Union, UnionType):
        read: dict[type, Convert] = {}
        for table in map(_table, args):  # of two that read the same, the first does
            read = {**table, **read}
        return read
    if kind is tuple and args[-1] is not ...:
        return {list: _pieces(args)}
    if kind in (tuple, frozenset):
        return {list: _items(kind, _table(args[0]))}
    if kind is not None and issubclass(kind, Mapping):
        return {dict: _entries(_table(args[1]))}
    return {dict: _fields(shape)} if is_dataclass(shape) else PLAIN[shape]


def _pieces(shapes: tuple[Any, ...]) -> Convert:
    tables = [_table(shape) for shape in shapes]
    return lambda values: tuple(table[type(one)](one) for table, one in zip(tables, values, strict=True))


def _items(kind: Callable[[Iterable[Any]], Any], table: Table) -> Convert:
    return lambda values: kind([table[type(one)](one) for one in values])


def _entries(table: Table) -> Convert:
    return lambda values: {name: table[type(one)](one) for name, one in values.items()}


def _fields(kind: Any) -> Convert:
    def read(values: dict[str, Any]) -> Any:
        tables = _tables(kind)
        return kind(**{name: tables[name][type(one)](one) for name, one in values.items()})

    return read


@cache  # asked for when a value comes, since a reason holds reasons
def _tables(kind: Any) -> Mapping[str, Table]:
    return {name: _table(hint) for name, hint in get_type_hints(kind).items()}


def _same(value: Any) -> Any:
    return value


def _no_number(name: str) -> Any:
    raise ValueError(f"expected a number; found {name}")


PLAIN: Mapping[Any, Mapping[type, Convert]] = {
    str: {str: _same},
    int: {int: _same},
    float: {float: _same, int: float},
    bool: {bool: _same},
    NoneType: {NoneType: _same},
    date: {str: date.fromisoformat},
    datetime: {str: datetime.fromisoformat},
}
