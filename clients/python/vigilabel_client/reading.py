"""From JSON to the shapes of `vigilabel_client.shapes`, by their hints; no stricter than a client should be.

What a newer watch adds is passed over, and a word that it did not have before is given as it stands; what is
missing, or of another kind, is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[Any], Any]


class WrongShape(ValueError):
    """What was answered is not what was promised: another program answered, or an older watch."""


class ThreeAnswers:
    """An answer that may be unknown: neither true nor false, or whoever asks `if` would take that for no."""

    __slots__ = ()

    def __bool__(self) -> bool:
        """Raises, always."""
        raise TypeError('yes, no or unknown: compare its answer, as in `told.answer == "yes"`')


def read(shape: type[T], value: object) -> T:
    """A value of JSON as that shape; raises `WrongShape`."""
    return cast(T, _reader(cast(Any, shape))(value))


@cache
def _reader(kind: Any) -> Reader:
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _of_fields(cast(type, kind))
    if origin in (Union, UnionType):
        return _of_one(tuple(map(_reader, sorted(inner, key=_room, reverse=True))))
    if origin is tuple:
        return _of_list(_reader(inner[0]))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return _of_mapping(_reader(inner[1]))
    if kind is date or kind is datetime:
        return _of_time(kind)
    return _of_plain((str,) if origin is Literal else (int, float) if kind is float else (kind,))


def _room(kind: Any) -> int:
    """How much a shape must have: of two that fit, the richer is meant."""
    inner = get_args(kind)[0] if get_origin(kind) is tuple else kind
    return sum(map(_required, fields(inner))) if is_dataclass(inner) else 0


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _of_fields(kind: type[Any]) -> Reader:
    hints = get_type_hints(kind)
    known = [(one.name, hints[one.name], _required(one)) for one in fields(kind)]

    def reader(value: Any) -> Any:
        _expect(value, dict, kind.__name__)
        given = {}
        for name, hint, required in known:
            if name in value:
                given[name] = _within(name, hint, value[name])
            elif required:
                raise WrongShape(f"{kind.__name__}: expected {name}, found {', '.join(sorted(value))}")
        return kind(**given)

    return reader


def _within(name: str, hint: Any, value: Any) -> Any:
    try:
        return _reader(hint)(value)
    except WrongShape as error:
        raise WrongShape(f"{name}: {error}") from None


def _of_one(readers: tuple[Reader, ...]) -> Reader:
    def reader(value: Any) -> Any:
        wrong: list[str] = []
        for one in readers:
            try:
                return one(value)
            except WrongShape as error:
                wrong.append(str(error))
        raise WrongShape(" or ".join(wrong))

    return reader


def _of_list(inner: Reader) -> Reader:
    def reader(value: Any) -> Any:
        _expect(value, list, "a list")
        return tuple(map(inner, value))

    return reader


def _of_mapping(inner: Reader) -> Reader:
    def reader(value: Any) -> Any:
        _expect(value, dict, "an object")
        return {name: inner(one) for name, one in value.items()}

    return reader


def _of_time(kind: Any) -> Reader:
    def reader(value: Any) -> Any:
        _expect(value, str, f"a {kind.__name__}")
        try:
            return kind.fromisoformat(value)
        except ValueError:
            raise WrongShape(f"expected a {kind.__name__}, found {value!r}") from None

    return reader


def _of_plain(kinds: tuple[type, ...]) -> Reader:
    def reader(value: Any) -> Any:
        # Not `isinstance`: true and false are numbers to it.
        if type(value) not in kinds:
            named = " or ".join("null" if kind is NoneType else kind.__name__ for kind in kinds)
            raise WrongShape(f"expected {named}, found {value!r}")
        return value

    return reader


def _expect(value: Any, kind: type, name: str) -> None:
    if not isinstance(value, kind):
        raise WrongShape(f"expected {name}, found {value!r:.80}")
