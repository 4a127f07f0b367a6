"""JSON read as a type of the model, and refused where it is of any other.

pydantic does that too, and is loaded where an answer is large; but loading it and teaching it these classes
takes 110 ms, more than half the reading of an edition costs on top of the reading itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date, datetime
from functools import cache, cached_property
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

Convert = Callable[[Any], Any]


class Table(dict[type, Convert]):
    """How a value is read, by what it is in JSON; what is not in it is refused."""

    @cached_property
    def kept(self) -> frozenset[type]:
        """What is already as it is in JSON."""
        return frozenset(kind for kind, convert in self.items() if convert is _same)


HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""What may stand for half a character: our own encoder escapes none, so it is rare, and then looked into."""
SAID = 200
"""Characters of what is wrong with an answer: it quotes the answer."""


def typed(shape: Any, body: bytes) -> Any:
    """The value of that type which the JSON holds; raises `ValueError` for any other."""
    try:
        value = json.loads(body.decode(), parse_constant=_no_number)
        if HALF.search(body):
            _whole(value)
        return _table(shape)[type(value)](value)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        said = str(error)[:SAID]
        raise ValueError(f"validation error: {type(error).__name__}: {said}") from None


def _whole(value: Any) -> None:
    """Raises `UnicodeEncodeError` for half a character, which JSON can escape and nobody can keep."""
    json.dumps(value, ensure_ascii=False).encode()


@cache
def _table(shape: Any) -> Table:
    kind, args = get_origin(shape), get_args(shape)
    if kind in (Union, UnionType):
        read = Table()
        for table in map(_table, args):  # of two that read the same, the first does
            read = Table({**table, **read})
        return read
    if kind is tuple and args[-1] is not ...:
        return Table({list: _pieces(args)})
    if kind in (tuple, frozenset):
        return Table({list: _items(kind, args[0])})
    if kind is not None and issubclass(kind, Mapping):
        return Table({dict: _entries(_table(args[1]))})
    return Table({dict: _fields(shape)} if is_dataclass(shape) else PLAIN[shape])


def _column(values: Sequence[Any], table: Table) -> Sequence[Any]:
    """Values that are all of one type: of a list, or of one field in many rows. Most are as JSON has them,
    and cost no more than a look at what they are."""
    if table.kept.issuperset(map(type, values)):
        return values
    return [table[type(one)](one) for one in values]


def _pieces(shapes: tuple[Any, ...]) -> Convert:
    tables = [_table(shape) for shape in shapes]
    return lambda values: tuple(table[type(one)](one) for table, one in zip(tables, values, strict=True))


def _items(kind: Callable[[Sequence[Any]], Any], shape: Any) -> Convert:
    if is_dataclass(shape):
        return lambda values: kind(_rows(shape, values))
    table = _table(shape)
    return lambda values: kind(_column(values, table))


def _rows(kind: Any, values: Sequence[Any]) -> Sequence[Any]:
    """Values of a class, field by field where all state the same fields."""
    if not values or set(map(type, values)) != {dict}:
        return _column(values, _table(kind))
    names, tables = [*values[0]], _tables(kind)
    if not names or any([*one] != names for one in values):
        return _column(values, _table(kind))
    columns = zip(*(one.values() for one in values), strict=True)
    read = [_column(column, tables[name]) for name, column in zip(names, columns, strict=True)]
    return [kind(**dict(zip(names, row, strict=True))) for row in zip(*read, strict=True)]


def _entries(table: Table) -> Convert:
    kept = table.kept
    return lambda values: (
        values  # as JSON has it: nobody else holds it
        if kept.issuperset(map(type, values.values()))
        else {name: table[type(one)](one) for name, one in values.items()}
    )


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
