"""JSON as people read it, two spaces a level: the same text as `json.dumps(value, indent=2)` gives.

That one leaves C for Python as soon as it indents, and makes a generator of every list and dictionary. Most
of what is printed is many records of one shape: they are written column by column, almost wholly in C.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from types import NoneType
from typing import Any

MANY = 1000
"""Records written at a time: their texts are there twice until they are joined."""


def indented(value: Any, end: str = "\n") -> str:
    """The JSON text of a value; `end` ends a line, and indents the next one as this value is."""
    kind = value.__class__
    if kind in PLAIN:
        return PLAIN[kind](value)
    inner = end + "  "
    if isinstance(value, dict):
        parts = [f"{_name(name)}: {indented(one, inner)}" for name, one in value.items()]
        opens, closes = "{", "}"
    elif isinstance(value, list | tuple):
        parts = [
            text for start in range(0, len(value), MANY) for text in _each(value[start : start + MANY], inner)
        ]
        opens, closes = "[", "]"
    else:
        return json.dumps(value, ensure_ascii=False)
    return f"{opens}{inner}{f',{inner}'.join(parts)}{end}{closes}" if parts else opens + closes


def _each(values: Sequence[Any], end: str) -> Iterable[str]:
    """The texts of values that stand one below the other, or at one place in records that do."""
    kinds = set(map(type, values))
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is not None and kind in PLAIN:
        return map(PLAIN[kind], values)
    if kind is dict and _alike(values):
        return _records(values, end)
    return [indented(one, end) for one in values]


def _alike(records: Sequence[Mapping[Any, Any]]) -> bool:
    """Whether all have the same names in the same order; only texts, since `1` is not written as `True`."""
    names = [*records[0]]
    return bool(names) and set(map(type, names)) == {str} and all([*one] == names for one in records)


def _records(records: Sequence[Mapping[Any, Any]], end: str) -> Iterator[str]:
    inner, names = end + "  ", records[0].keys()
    columns = zip(*(one.values() for one in records), strict=True)
    body = f",{inner}".join(f"{_name(name)}: ".replace("%", "%%") + "%s" for name in names)
    texts = zip(*(_each(column, inner) for column in columns), strict=True)
    return map(f"{{{inner}{body}{end}}}".__mod__, texts)


@lru_cache(maxsize=1000, typed=True)  # the names of fields are the same in every row
def _name(name: Any) -> str:
    """A name in quotes; a number, or nothing, can be one."""
    return encode_basestring(name) if isinstance(name, str) else json.dumps({name: 0})[1:-4]


PLAIN: Mapping[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: int.__repr__,
    bool: {True: "true", False: "false"}.__getitem__,
    NoneType: {None: "null"}.__getitem__,
}
"""What most values are, and how they are written."""
