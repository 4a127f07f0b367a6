"""Lists as lists: the rows of a label filtered, counted, sorted and cut into pages. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

from state.names import body_of, print_key, version_key
from state.words.labels import Paper, numbered, paper_of, rank_of

if TYPE_CHECKING:
    from state.seen.rows.slim import Slim

T = TypeVar("T")
OTHER = "#"
"""Where names stand that begin with no letter."""
LETTERS = (*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", OTHER)
MOST_VALUES = 40
"""How many values of a fact a reader can choose from; a fact with more of them is no way to filter."""
AROUND = 2


class Sort(StrEnum):
    """In which order a list stands."""

    NAME = "name"
    END = "end"
    LAST_END = "last_end"
    START = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader wants of a list; "" and () ask for nothing. All of `scope` must be covered."""

    scope: tuple[str, ...] = ()
    version: str = ""
    issuer: str = ""
    level: str = ""
    family: str = ""
    provider: str = ""
    country: str = ""
    ends_by: date | None = None
    letter: str = ""
    sort: Sort = Sort.NAME

    @property
    def narrow(self) -> bool:
        """Whether it leaves anything out."""
        return replace(self, sort=Sort.NAME) != Wanted()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut(Generic[T]):
    """One page of a list: its rows, its number, and how many pages and rows there are."""

    rows: Sequence[T]
    number: int
    pages: int
    total: int

    @property
    def numbers(self) -> list[int]:
        """The pages to choose from: the first, the last and those around this one; 0 stands for a gap."""
        near = range(self.number - AROUND, self.number + AROUND + 1)
        shown = sorted({1, self.pages, *(n for n in near if 1 <= n <= self.pages)})
        found: list[int] = []
        for n in shown:
            if found and n == found[-1] + 2:
                found.append(n - 1)  # a gap of one page takes as much room as its number
            elif found and n > found[-1] + 1:
                found.append(0)
            found.append(n)
        return found


def cut(rows: Sequence[T], number: int, size: int) -> Cut[T]:
    """The page of a number, the last one where there are fewer."""
    pages = max(-(-len(rows) // size), 1)
    number = min(max(number, 1), pages)
    return Cut(rows=rows[(number - 1) * size : number * size], number=number, pages=pages, total=len(rows))


@lru_cache(maxsize=1 << 14)  # a page counts the letters of a whole list
def letter_of(name: str) -> str:
    """Under which letter a name stands: "É" under E, a figure under "#"."""
    first = print_key(name)[:1].upper()
    return first if first in LETTERS else OTHER


def by_letter(rows: Iterable[Slim]) -> Mapping[str, int]:
    """How many rows stand under each letter, all letters named."""
    counted = Counter(letter_of(row.provider.name) for row in rows)
    return {letter: counted[letter] for letter in LETTERS}


def listed(rows: Iterable[Slim], wanted: Wanted) -> list[Slim]:
    """The rows that are wanted, in the order that is."""
    return in_order(kept(rows, wanted), wanted.sort)


def kept(rows: Iterable[Slim], wanted: Wanted) -> Iterable[Slim]:
    """The rows that are wanted, in the order given."""
    return (row for row in rows if meets(row, wanted)) if wanted.narrow else rows


def meets(row: Slim, wanted: Wanted) -> bool:
    """Whether a row has all that is wanted."""
    return (
        (not wanted.scope or set(wanted.scope) <= set(row.scope))
        and (not wanted.version or version_key(wanted.version) == version_key(row.version))
        and (not wanted.issuer or body_of(wanted.issuer) == body_of(row.issuer))
        and wanted.level in ("", row.level)
        and wanted.family in ("", row.family)
        and wanted.provider in ("", row.provider.slug)
        and wanted.country in ("", row.country)
        and (wanted.ends_by is None or (row.end is not None and row.end <= wanted.ends_by))
        and wanted.letter in ("", letter_of(row.provider.name))
    )


def in_order(rows: Iterable[Slim], sort: Sort) -> list[Slim]:
    """The rows in an order; those without the day that it goes by come last."""
    named = sorted(rows, key=lambda row: (print_key(row.provider.name), rank_of(row.label), row.line))
    match sort:
        case Sort.NAME:
            return named
        case Sort.END:
            return sorted(named, key=lambda row: row.end or date.max)
        case Sort.LAST_END:
            return sorted(named, key=lambda row: row.end or date.min, reverse=True)
        case Sort.START:
            return sorted(named, key=lambda row: row.start or date.min, reverse=True)


def facets(rows: Collection[Slim], label: str) -> Mapping[str, Mapping[str, int]]:
    """By which facts the rows of a label can be filtered, and how many rows have each value.

    A fact is offered, and has values here, when these differ. The version of a product is its own; that of a
    certificate is the version of the rules.
    """
    found = {
        "scope": _counted((one for row in rows for one in row.scope), numbered(label)),
        "version": _versions(rows) if paper_of(label) is Paper.CERTIFICATE else {},
        "issuer": _counted(body_of(row.issuer) for row in rows if row.issuer),
        "level": _counted(row.level for row in rows if row.level),
        "family": _counted(row.family for row in rows if row.family),
        "country": _counted(row.country for row in rows if row.country),
    }
    return {name: own if 1 < len(own) <= MOST_VALUES else {} for name, own in found.items()}


def _versions(rows: Iterable[Slim]) -> Mapping[str, int]:
    """The versions of the rules, each as it is printed first."""
    printed: dict[str, str] = {}
    for row in rows:
        if row.version:
            printed.setdefault(version_key(row.version), row.version)
    counted = Counter(version_key(row.version) for row in rows if row.version)
    return {printed[key]: counted[key] for key in sorted(printed, reverse=True)}


def _counted(values: Iterable[str], order: Sequence[str] = ()) -> Mapping[str, int]:
    """How often each value comes: in the order given, then by name."""
    counted = Counter(values)
    place = {name: n for n, name in enumerate(order)}
    names = sorted(counted, key=lambda name: (place.get(name, len(place)), print_key(name)))
    return {name: counted[name] for name in names}
