"""How the words of names and rows are asked for, whichever engine keeps them.

Two indexes follow from `name` and `spelling`: the words of every name of a provider, and those of every row.
They are those of `state.names.words`: a search finds what a watch on a name finds, whole words, however they
are printed. What is wished is a small tree, given as a parameter: each engine reads it in its own words
(`state.file.sqlite.words`, `state.file.postgres.words`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

ROW = ("holder", "subject", "provider_name", "ref")
"""Where a word may stand in a row: its holder, subject, provider's name and slug, and ref as printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every one of these words; in the columns `where`, if any are named; with `begin` words that begin so
    count too."""

    words: tuple[str, ...]
    where: tuple[str, ...]
    begin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """One of these words in the columns `where`."""

    words: tuple[str, ...]
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """The words one after the other, in one of the columns `where`."""

    words: tuple[str, ...]
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """All of these wishes."""

    wishes: tuple[Wish, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """One of these wishes."""

    wishes: tuple[Wish, ...]


Wish: TypeAlias = All | OneOf | Phrase | Both | Either


MOST = 1_000
"""How many names, or rows, a search counts: one that finds more is told so."""


class Memory(Protocol):
    """What is asked: `state.file.store.Store`, which this module is below."""

    def q(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        """The rows of one statement."""


def all_of(words: Sequence[str], where: Collection[str] = (), *, begin: bool = False) -> Wish | None:
    """Every one of these words; None for no words."""
    return All(words=tuple(words), where=tuple(where), begin=begin) if words else None


def any_of(words: Sequence[str], where: Collection[str]) -> Wish | None:
    """One of these words in the columns `where`; None for no words."""
    return OneOf(words=tuple(words), where=tuple(where)) if words else None


def phrase(words: Sequence[str], where: Collection[str]) -> Wish | None:
    """The words one after the other, in one of the columns `where`; None for no words."""
    return Phrase(words=tuple(words), where=tuple(where)) if words else None


def both(*wishes: Wish | None) -> Wish | None:
    """All of these; None where one of them asks for nothing."""
    asked = tuple(one for one in wishes if one)
    return Both(wishes=asked) if len(asked) == len(wishes) else None


def either(*wishes: Wish | None) -> Wish | None:
    """One of these, those that ask for nothing left out; None where all do."""
    asked = tuple(one for one in wishes if one)
    return Either(wishes=asked) if asked else None


def names(memory: Memory, wish: Wish | None) -> Sequence[tuple[str, str]]:
    """The names with such words: the slug of the provider, and the name. At most one more than `MOST`."""
    if wish is None:
        return ()
    sql = """select n.provider, n.name from name_words w cross join name n on n.id = w.rowid
        where name_words match :wish and n.spellings + n.documented > 0
        order by w.rowid limit :most"""
    return [(row["provider"], row["name"]) for row in memory.q(sql, wish=wish, most=MOST + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of life that was found: its label, its provider's name, and whether it stands in a listing now;
    `spellings` of it have the words."""

    line: int
    label: str
    name: str
    listed: bool
    spellings: int


# The words are asked first, from the newest row on; whether a row is listed still is asked of those alone.
_LINES = """select f.line, max(f.label) as label, max(f.provider_name) as name, count(*) as spellings,
        exists (select 1 from attestation a where a.line = f.line and a.until_at is null) as listed
    from (select s.line, s.label, s.provider_name from row_words w cross join spelling s on s.id = w.rowid
        where row_words match :wish
            and (:labels is null or s.label in (select value from json_each(:labels)))
        order by w.rowid desc limit :most) f
    group by f.line"""


def lines(memory: Memory, wish: Wish | None, labels: Collection[str] = ()) -> Sequence[Line]:
    """The lines of life that have such words in some spelling, of these labels if any are named; where more
    than `MOST` spellings have them, those of the newest, and one more than that."""
    if wish is None:
        return ()
    among = json.dumps(list(labels)) if labels else None
    found = memory.q(_LINES, wish=wish, labels=among, most=MOST + 1)
    return [Line(**{**row, "listed": row["listed"] == 1}) for row in found]


def numbers(memory: Memory, wish: Wish | None, most: int) -> tuple[int, ...]:
    """The numbers of all lines of life that have such words in some spelling, the newest first."""
    if wish is None:
        return ()
    sql = """select distinct s.line from row_words w cross join spelling s on s.id = w.rowid
        where row_words match :wish order by s.line desc limit :most"""
    return tuple(row["line"] for row in memory.q(sql, wish=wish, most=most))


def providers(memory: Memory, wish: Wish | None) -> frozenset[str]:
    """The slugs of the providers of rows with such words."""
    if wish is None:
        return frozenset()
    sql = """select distinct s.provider from row_words w cross join spelling s on s.id = w.rowid
        where row_words match :wish"""
    return frozenset(row["provider"] for row in memory.q(sql, wish=wish))
