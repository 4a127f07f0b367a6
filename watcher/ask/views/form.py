"""How a view is written: its JSON values, its CSV columns and its JSON Schema all follow from its fields.

A view is a frozen dataclass, one for each shape that commands and the API print; its fields are a contract.
Fields are given as JSON in their order, absent values as null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from state.codec import instant_text
from state.words.labels import LABELS, TOGETHER

V = TypeVar("V")
Json = dict[str, Any]


# Marks on the fields of views. pydantic makes the document of the API, and no other command shall wait for
# it: it asks these marks for a schema by the name of its protocol.


@dataclass(frozen=True, slots=True, eq=False)  # a mark is hashed, as itself
class Schema:
    """What the document of the API says of a field."""

    said: Json

    def __get_pydantic_json_schema__(self, core: object, inner: Callable[[object], Json]) -> Json:
        return self.said


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """How a field is written as JSON, where not as its value."""

    write: Callable[[Any], object]


class _LeftOut:
    """Marks a field that is there only when it says something; then it is not null."""

    def __get_pydantic_json_schema__(self, core: object, inner: Callable[[object], Json]) -> Json:
        said = inner(core)
        kinds = [kind for kind in said.get("anyOf", ()) if kind != {"type": "null"}]
        return kinds[0] if len(kinds) == 1 else said


LEFT_OUT = _LeftOut()
Day = date
Time = Annotated[datetime, Schema({"type": "string", "format": "date-time"})]
"""An instant, as UTC to the second."""
Label = Annotated[str, Schema({"type": "string", "enum": list(LABELS)})]
LabelOrTogether = Annotated[str, Schema({"type": "string", "enum": [*LABELS, *TOGETHER]})]
"""A label, or labels that are asked for together."""
NO_COLUMN = "no column"
"""A field that CSV has no room for."""
ONE_CELL = "one cell"
"""A view that CSV holds in one cell, as JSON; any other has columns for its own fields."""


def filled(view: Callable[..., V], *told: Any, **given: Any) -> V:
    """A view: each field as given, else from the first value that has it under the same name."""
    for one in told:
        for name in _shared(view, one.__class__):
            if name not in given:
                given[name] = getattr(one, name)
    return view(**given)


@cache
def _shared(view: Any, kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(view) if hasattr(kind, field.name))


def json_of(view: object) -> Json:
    written: Json = _json(view)
    return written


def each_json(views: Sequence[Any]) -> list[Json]:
    """The JSON values of views."""
    return [*_each(views, _json)]


def _each(values: Sequence[Any], write: Callable[[Any], Any]) -> Iterable[Any]:
    """How values at one place in many views are written: views of one class field by field, since what is
    already as JSON has it, most of them, then costs nothing."""
    if write is _json and _AS_IT_IS.issuperset(map(type, values)):
        return values
    kinds = set(map(type, values))
    kind = kinds.pop() if len(kinds) == 1 else None
    plan = _plan(kind) if write is _json and is_dataclass(kind) else ()
    if len(plan) < 2:
        return map(write, values)
    columns = [*zip(*map(attrgetter(*(name for name, _, _ in plan)), values), strict=True)]
    if any(
        maybe and any(column) and not all(column) for column, (_, _, maybe) in zip(columns, plan, strict=True)
    ):
        return map(write, values)  # some views have the field, others not
    told = [(*step, column) for step, column in zip(plan, columns, strict=True) if not step[2] or all(column)]
    written = [_each(column, how) for _, how, _, column in told]
    names = [name for name, _, _, _ in told]
    return [dict(zip(names, row, strict=True)) for row in zip(*written, strict=True)]


def _json(value: Any) -> Any:
    kind = value.__class__
    return (_WRITERS.get(kind) or _learnt(kind))(value)


def _itself(value: Any) -> Any:
    return value


_AS_IT_IS: frozenset[type] = frozenset((str, int, float, bool, NoneType))
_WRITERS: dict[type, Callable[[Any], Any]] = {
    **dict.fromkeys(_AS_IT_IS, _itself),
    date: date.isoformat,
    datetime: instant_text,
}
"""How the values of each class are written; learnt as they are met, since few commands show many."""


def _learnt(kind: Any) -> Callable[[Any], Any]:
    write: Callable[[Any], Any]
    if is_dataclass(kind):
        write = _of_fields(kind)
    elif issubclass(kind, Enum):
        write = attrgetter("value")
    elif issubclass(kind, Mapping):
        write = _of_mapping
    elif issubclass(kind, Sequence):
        write = _of_sequence
    else:
        raise TypeError(f"a view holds a {kind.__name__}, which has no form as JSON")
    return _WRITERS.setdefault(kind, write)


def _of_mapping(value: Mapping[Any, Any]) -> Json:
    return dict(zip(map(str, value), _each([*value.values()], _json), strict=True))


def _of_sequence(value: Sequence[Any]) -> list[Any]:
    return [*_each(value, _json)]


@cache
def _plan(kind: Any) -> Sequence[tuple[str, Callable[[Any], Any], bool]]:
    """The fields of a view, how each is written, and whether it may be left out."""
    return [
        (name, _marked(hint) or _json, LEFT_OUT in getattr(hint, "__metadata__", ()))
        for name, hint in get_type_hints(kind, include_extras=True).items()
    ]


def _of_fields(kind: Any) -> Callable[[Any], Json]:
    plan = _plan(kind)

    def write_fields(view: Any) -> Json:
        written = {}
        for name, write, maybe in plan:
            value = getattr(view, name)
            if value or not maybe:
                written[name] = write(value)
        return written

    return write_fields


def _marked(hint: Any) -> Callable[[Any], object] | None:
    """How a field is written that is marked, or may be, or holds many that are; None for any other."""
    for mark in getattr(hint, "__metadata__", ()):
        if isinstance(mark, Written):
            return mark.write
    kind, inner = get_origin(hint), next(filter(None, map(_marked, get_args(hint))), None)
    if inner is None:
        return None
    if kind is tuple:
        return lambda value: [inner(one) for one in value]
    return inner if kind is Annotated else lambda value: None if value is None else inner(value)


def view_of(view: type[V], body: bytes) -> V:
    """The view that a JSON text holds; raises `pydantic.ValidationError` where it is of another shape."""
    from pydantic import TypeAdapter

    return TypeAdapter(view).validate_json(body, strict=True)


@cache
def columns(view: Any) -> tuple[str, ...]:
    """The CSV columns of a view, as dotted paths into its JSON."""
    return tuple(_columns(view))


def _columns(view: Any) -> Iterator[str]:
    for name, hint in get_type_hints(view, include_extras=True).items():
        marks = getattr(hint, "__metadata__", ())
        inner = None if ONE_CELL in marks else _view_in(hint)
        if NO_COLUMN not in marks:
            yield from (f"{name}.{path}" for path in _columns(inner)) if inner else (name,)


def _view_in(hint: Any) -> Any:
    """The view that a field holds, or may hold; None for any other value, and for several views."""
    kind, args = get_origin(hint), get_args(hint)
    if kind is Annotated:
        return _view_in(args[0])
    if kind in (Union, UnionType):
        return next(filter(None, map(_view_in, args)), None)
    return hint if is_dataclass(hint) else None
