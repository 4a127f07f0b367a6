"""JSON as people read it, two spaces a level: the same text as `json.dumps(value, indent=2)` gives.

That one leaves C for Python as soon as it indents, and makes a generator of every list and dictionary.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from types import NoneType
from typing import Any


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
        parts = [indented(one, inner) for one in value]
        opens, closes = "[", "]"
    else:
        return json.dumps(value, ensure_ascii=False)
    return f"{opens}{inner}{f',{inner}'.join(parts)}{end}{closes}" if parts else opens + closes


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
