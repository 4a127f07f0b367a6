"""JSON read as a type of the model, and refused where it is of any other.

pydantic does that too, and is loaded where an answer is large; but loading it and teaching it these classes
takes 110 ms, more than half the reading of an edition costs on top of the reading itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

Convert = Callable[[Any], Any]
Table = Mapping[type, Convert]
"""How a value is read, by what it is in JSON; what is not in it is refused."""

SAID = 200
"""Characters of what is wrong with an answer: it quotes the answer."""


def typed(shape: Any, body: bytes) -> Any:
    """The value of that type which the JSON holds; raises `ValueError` for any other."""
    try:
        value = json.loads(body.decode(), parse_constant=_no_number)
        return _table(shape)[type(value)](value)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        said = str(error)[:SAID]
        raise ValueError(f"validation error: {type(error).__name__}: {said}") from None


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


def _items(kind: Callable[[list[Any]], Any], table: Table) -> Convert:
    return lambda values: kind([table[type(one)](one) for one in values])


def _entries(table: Table) -> Convert:
    return lambda values: {_text(name): table[type(one)](one) for name, one in values.items()}


def _fields(kind: Any) -> Convert:
    def read(values: dict[str, Any]) -> Any:
        tables = _tables(kind)
        return kind(**{name: tables[name][type(one)](one) for name, one in values.items()})

    return read


@cache  # asked for when a value comes, since a reason holds reasons
def _tables(kind: Any) -> Mapping[str, Table]:
    return {name: _table(hint) for name, hint in get_type_hints(kind).items()}


def _text(text: str) -> str:
    """A text that can be kept; raises `UnicodeEncodeError` for half a character, which JSON can escape."""
    if not text.isascii():
        text.encode()
    return text


def _same(value: Any) -> Any:
    return value


def _no_number(name: str) -> Any:
    raise ValueError(f"expected a number; found {name}")


PLAIN: Mapping[Any, Table] = {
    str: {str: _text},
    int: {int: _same},
    float: {float: _same, int: float},
    bool: {bool: _same},
    NoneType: {NoneType: _same},
    date: {str: date.fromisoformat},
    datetime: {str: datetime.fromisoformat},
}
