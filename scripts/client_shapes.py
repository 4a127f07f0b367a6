"""The shapes of the Python client, from the API's own document.

A test holds that they are those of the document, and writes them anew with the other snapshots of the
contract: `pytest tests/contracts --snapshot-update`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from state.words.labels import LABELS, TOGETHER

SHAPES = Path(__file__).parents[1] / "clients" / "python" / "vigilabel_client" / "shapes.py"
HEAD = '''"""What a vigilabel watch answers. Made of the API's document; see `scripts/client_shapes.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime as Time
from typing import Literal

from vigilabel_client.reading import ThreeAnswers
'''
NAMED = {"Label": (*LABELS,), "LabelOrTogether": (*LABELS, *TOGETHER)}
"""Words that many shapes hold, which the document spells out in each."""
FORMATS = {"date": "Day", "date-time": "Time"}
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
Json = Mapping[str, Any]


def shapes_of(document: Json) -> str:
    """The module, as it is written."""
    schemas = document["components"]["schemas"]
    words = {**NAMED, **{name: one["enum"] for name, one in schemas.items() if "enum" in one}}
    objects = {name: one for name, one in schemas.items() if "properties" in one}
    parts = [HEAD, *(f"{name} = {_literal(one)}" for name, one in sorted(words.items()))]
    return "\n".join([*parts, *(_shape(name, one) for name, one in sorted(objects.items()))])


def _shape(name: str, schema: Json) -> str:
    three = "answer" in schema["properties"]
    lines = ["", "", "@dataclass(frozen=True, slots=True, kw_only=True)"]
    lines += [f"class {name}{'(ThreeAnswers)' if three else ''}:", *_docstring(schema.get("description", ""))]
    return "\n".join([*lines, *_fields(schema)])


def _docstring(text: str) -> Iterator[str]:
    if text:
        first, *rest = text.replace('"""', "'''").splitlines()
        yield f'    """{first}' + ("" if rest else '"""')
        yield from (f"    {line}".rstrip() for line in rest)
        if rest:
            yield '    """'
        yield ""


def _fields(schema: Json) -> Iterator[str]:
    for name, one in schema["properties"].items():
        kind = _kind(one)
        if name in schema.get("required", ()):
            yield f"    {name}: {kind}"
        elif kind.startswith("tuple["):
            yield f"    {name}: {kind} = ()"
        else:
            yield f"    {name}: {kind if 'None' in kind.split(' | ') else f'{kind} | None'} = None"


def _kind(schema: Json) -> str:
    """The hint of a value."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(map(_kind, schema["anyOf"])))
    if "enum" in schema:
        return next(
            (name for name, words in NAMED.items() if [*words] == schema["enum"]), _literal(schema["enum"])
        )
    if schema["type"] == "array":
        return f"tuple[{_kind(schema['items'])}, ...]"
    if schema["type"] == "object":
        return f"Mapping[str, {_kind(schema['additionalProperties'])}]"
    return FORMATS.get(schema.get("format", ""), PLAIN[schema["type"]])


def _literal(words: Sequence[str]) -> str:
    return f"Literal[{', '.join(map(repr, words))}]"
