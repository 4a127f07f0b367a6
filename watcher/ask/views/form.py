"""How a view is written: its JSON values, its CSV columns and its JSON Schema all follow from its fields.

A view is a frozen dataclass, one for each shape that commands and the API print; its fields are a contract.
Fields are given as JSON in their order, absent values as null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import GenericAlias, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import Field, PlainSerializer, TypeAdapter, WithJsonSchema

from state.codec import instant_text
from state.words.labels import LABELS

V = TypeVar("V")
Json = dict[str, Any]

Day = date
Time = Annotated[
    datetime,
    PlainSerializer(instant_text, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant, as UTC to the second."""
Label = Annotated[str, WithJsonSchema({"type": "string", "enum": list(LABELS)})]
LEFT_OUT = Field(exclude_if=lambda value: not value)
"""A field that is there only when it says something."""
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
    return each_json([view])[0]


def each_json(views: Sequence[Any]) -> list[Json]:
    """The JSON values of views that are all of one class."""
    values: list[Json] = _adapter(views[0].__class__).dump_python(views, mode="json") if views else []
    return values


def view_of(view: type[V], body: bytes) -> V:
    """The view that a JSON text holds; raises `pydantic.ValidationError` where it is of another shape."""
    return TypeAdapter(view).validate_json(body, strict=True)


@cache
def _adapter(view: type) -> TypeAdapter[Any]:
    """What writes views of a class; made when it is first needed."""
    every: Any = GenericAlias(Sequence, (view,))
    return TypeAdapter(every)


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
