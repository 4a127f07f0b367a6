"""One text of SQL for both engines: what PostgreSQL is given in its place, and how values travel.

Statements name their parameters (`:name`) or number them (`?`, `?2`), as SQLite takes them. PostgreSQL takes
numbers alone (`$1`). Rows are the same Python values as those of SQLite: texts, whole numbers (truth is 0 or
1), bytes and None; a sum is whole, and JSON is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, get_args

from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.postgres import types as oids
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper
from psycopg.types.string import StrDumper

from state.file.postgres.words import said
from state.search import Wish

NUL = "\u2400"
_NUL_SAID = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
KEPT = 2_000
"""How many translations are kept: we have some four hundred statements, but for those that list values."""

# What holds no parameter is matched first: texts and names in quotes, comments, and casts (`::`).
_PIECES = re.compile(
    r"""\bx'(?P<bytes>[0-9a-f]*)' | '(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | ::
        | :(?P<name>[a-z_][a-z_0-9]*)(?P<null>\s+is\s+(?:not\s+)?null\b)?
        | \?(?P<number>[0-9]*)
        | (?<=\bm(?:in|ax)\()\+(?P<ends>[a-z_.]+)
        | (?<=[\s(])\+(?=[a-z_])(?P<plus>)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
OTHERWISE = (
    # SQLite takes tables in the order of such a join; PostgreSQL chooses the order by itself.
    (re.compile(r"\bcross\s+join\b(?=\s+\w+\s+\w+\s+on\b)", re.IGNORECASE), "join"),
    (re.compile(r"\b(?:name|row)_words\s+match\b", re.IGNORECASE), "words @@"),
    (re.compile(r"\bcast\(([\w.]+) as blob\)", re.IGNORECASE), r"convert_to(\1, 'UTF8')"),
    # Few events are of some rows: all of those first, and not the log from its end until some are found.
    (re.compile(r"(\bid in \(select r\.event .*\border by )id\b", re.IGNORECASE | re.DOTALL), r"\1+id"),
)
_PLAIN_INSERT = re.compile(
    r"\s*insert\s+into\s+(\w+)\s*\(([^()]*)\)\s*values\s*\(([^()]*)\)\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement as PostgreSQL takes it; `order` tells which parameter each number is."""

    text: bytes
    order: tuple[str | int, ...]

    def given(self, params: Mapping[str, Any] | Sequence[Any]) -> list[Any] | None:
        """The values in the order in which the text wants them; None where it wants none."""
        return [plain(params[key]) for key in self.order] if self.order else None  # type: ignore[index]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A table, columns of it, and which parameter goes to each: what a plain insert says."""

    text: str
    order: tuple[str | int, ...]


def plain(value: Any) -> Any:
    """A value that PostgreSQL has room for: no text of it holds a NUL, nor JSON that says one.

    Nobody sees a NUL in a register, or types one: where a page has it all the same, a sign that is seen
    stands for it ("␀"), and the bytes of the page are kept as they are.
    """
    if type(value) is str:
        if "\0" in value:
            value = value.replace("\0", NUL)
        if "\\u0000" in value:
            value = _NUL_SAID.sub(rf"\1{NUL}", value)
    return value


@lru_cache(KEPT)
def translated(sql: str) -> Statement:
    """The statement as PostgreSQL takes it."""
    order: list[str | int] = []
    places: dict[str | int, int] = {}

    def numbered(piece: re.Match[str]) -> str:
        if piece["number"] is None and piece["name"] is None:
            return _otherwise(piece)
        key = piece["name"] or (int(piece["number"]) - 1 if piece["number"] else len(places))
        if piece["null"]:
            # By a number of its own: whether it is null says nothing of its type, which stays to be told by
            # the other places that it stands at.
            order.append(key)
            return f"${len(order)}::text{piece['null']}"
        if key not in places:
            order.append(key)
            places[key] = len(order)
        return f"${places[key]}"

    text = _PIECES.sub(numbered, sql)
    for pattern, instead in OTHERWISE:
        text = pattern.sub(instead, text)
    return Statement(text=text.encode(), order=tuple(order))


def _otherwise(piece: re.Match[str]) -> str:
    """What PostgreSQL is given for a piece that is no parameter."""
    if piece["bytes"] is not None:
        return f"'\\x{piece['bytes']}'::bytea"
    if piece["ends"] is not None:
        return _apart(piece["ends"])
    if piece["plus"] is not None:
        return ""  # keeps SQLite from an index, and PostgreSQL knows better
    return piece[0]


def _apart(column: str) -> str:
    """A column of which the least or the most is asked, kept from the index by it: PostgreSQL would walk that
    from one end through a million rows of others."""
    return f"+{column}" if column.endswith("id") else f"{column} || ''"


@lru_cache(KEPT)
def copied(sql: str) -> Columns | None:
    """How rows are copied that a statement inserts one by one; None where it does more than that."""
    found = _PLAIN_INSERT.fullmatch(sql)
    if found is None:
        return None
    table, columns, values = found.groups()
    pieces = [_PIECES.fullmatch(value.strip()) for value in values.split(",")]
    if not all(piece and (piece["name"] or piece["number"] is not None) for piece in pieces):
        return None
    return Columns(text=f"copy {table} ({columns}) from stdin", order=translated(values).order)


class _Number(Loader):
    """A sum of whole numbers is `numeric` to PostgreSQL, and whole."""

    def load(self, data: Buffer) -> int | float:
        number = Decimal(bytes(data).decode())
        whole = int(number)
        return whole if whole == number else float(number)


class _Truth(Loader):
    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


class _Wished(Dumper):
    oid = oids["tsquery"].oid

    def dump(self, obj: Wish) -> Buffer:
        return said(obj).encode()


class _TruthInText(Dumper):
    oid = Int8Dumper.oid

    def dump(self, obj: bool) -> Buffer:
        return b"1" if obj else b"0"


def adapt(connection: AdaptContext) -> None:
    """Lets a connection give and take values as this program does.

    What says its type is understood in any place; PostgreSQL would have to guess it of a plain text.
    """
    adapters = connection.adapters
    adapters.register_dumper(str, StrDumper)
    for kind in (int, bool):  # the last one is taken where either would do; rows are copied as text
        adapters.register_dumper(kind, _TruthInText if kind is bool else Int8Dumper)
        adapters.register_dumper(kind, Int8BinaryDumper)
    for wish in get_args(Wish):
        adapters.register_dumper(wish, _Wished)
    adapters.register_loader("numeric", _Number)
    adapters.register_loader("bool", _Truth)
