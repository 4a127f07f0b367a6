"""How an answer is pinned: as a text that people can read, the same on every machine and day.

A long list is shown by the first of each sort in it, and held as a whole by its length and digest.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

MOST = 8
MOST_ENDS = 106
SORTS = ("kind", "cause", "state", "status", "answer", "basis")
"""Fields whose every value is shown."""
MEASURED = ("seconds",)
"""Fields that say how long something took."""


class Text(SingleFileSnapshotExtension):
    """A text in a file of its own."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


class Json(Text):
    """Values as JSON, in which the order of names means nothing."""

    file_extension = "json"

    def serialize(self, data: Any, **_: Any) -> str:
        return json.dumps(shortened(data), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


class Atom(Text):
    """A feed, a line an element."""

    file_extension = "atom"

    def serialize(self, data: Any, **_: Any) -> str:
        return str(data).replace("><", ">\n<") + "\n"


class Calendar(Text):
    """A calendar, whose lines end in CRLF: here in LF."""

    file_extension = "ics"

    def serialize(self, data: Any, **_: Any) -> str:
        assert str(data).count("\n") == str(data).count("\r\n")
        head, *events = str(data).replace("\r\n", "\n").split("BEGIN:VEVENT\n")
        shown = events if len(events) <= MOST_ENDS else events[:MOST_ENDS]
        rest = f"… {len(events)} in all, digest {digest(events)}\n" if events[MOST_ENDS:] else ""
        return "BEGIN:VEVENT\n".join((head, *shown)) + rest


def shortened(value: Any) -> Any:
    """The value, long lists of records in it shown by some of their records."""
    if isinstance(value, dict):
        return {name: "…" if name in MEASURED else shortened(one) for name, one in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) <= MOST or not all(isinstance(one, dict) for one in value):
        return [shortened(one) for one in value]
    first = {_sort(one): one for one in reversed(value)}
    kept = [one for one in value if any(one is each for each in first.values())]
    return {"records": len(value), "digest": digest(value), "first_of_each_sort": shortened_each(kept)}


def shortened_each(records: list[Any]) -> list[Any]:
    return [{name: shortened(one) for name, one in record.items()} for record in records]


def _sort(record: dict[str, Any]) -> tuple[object, ...]:
    given = [(name, record[name]) for name in SORTS if isinstance(record.get(name), str)]
    return (*given, tuple(sorted(record)), record.get("missing_since") is None)


def digest(value: Any) -> str:
    """A digest of JSON values, whatever the order of names."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def head_and_first_row(csv: str) -> str:
    """The first two lines of a CSV text; no cell in them has a line end of its own."""
    return "\n".join(csv.split("\n")[:2])


def unworded(problem: dict[str, Any]) -> dict[str, Any]:
    """What is wrong, without the sentences that say so: their words may change."""
    return problem | {"title": "…", "detail": "…"}


def names_of_numbers(metrics: str) -> str:
    """The names and labels of metrics, without their values and without help."""
    lines = [line for line in metrics.splitlines() if not line.startswith("# HELP")]
    return "\n".join(sorted({re.sub(r" \S+$", "", line) if line[0] != "#" else line for line in lines}))
