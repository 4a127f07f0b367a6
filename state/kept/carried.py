"""A memory carried from one place to another, whichever engines keep them, and held against what it was.

All rows of all tables are carried as they are, numbers and all, and so is what follows from them but for the
words of a search, which each engine keeps in its own way: those are made anew of the names and rows that were
carried. The copy is read once more when it is whole: every column of every row must be what was read.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.file.errors import Broke, StoreError
from state.file.making import not_taken
from state.file.opening import begin_copy, open_store, shown
from state.kept import audit
from state.seen.looks import chain

if TYPE_CHECKING:
    from state.file.making import Making, Row, Table
    from state.file.store import Store

MANY = 5_000
FEW = 8
"""How many rows are at hand at once: of most tables, and of pages, each of which may take megabytes."""
WHOLE, READ = "whole", "read"
"""What is being done, beside the names of tables that are carried: all that follows is made, all is read."""


Told = Callable[[str, int, int], object]
"""Hears how far the work is: what is being carried, and so many of how many rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A memory that was carried: the head of its chain, how many links it has, how many rows each table has,
    and what does not agree with the chain. `kept` counts the rows that an interrupted copy had left there."""

    head: str
    links: int
    rows: Mapping[str, int]
    kept: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sum:
    """What all rows of a table come to."""

    rows: int
    sha256: str


def carry(
    url: str, to: str, *, anew: bool = False, name: str = "", tell: Told = lambda what, done, of: None
) -> Carried:
    """Carries the memory at `url`, as it is at one instant, to where nothing is; readers and writers go on.

    What an interrupted copy of the same memory left at `to` is gone on with, unless it is to be made `anew`;
    meanwhile it says that it is one of `name`, or of the address.
    Nobody can open the copy before it is whole, and known to be the same. Raises `StoreError` where that
    cannot be, and leaves what was made so far.
    """
    with open_store(url, create=False) as source:
        source.read_only()
        mark = {"origin": name or shown(url), "root": chain.origin(source)}
        with begin_copy(to, mark, anew=anew) as copy:
            work = _Work(source, copy, tell)
            with source.reading():
                head, sums = chain.head(source), {table: work.carry(table) for table in copy.tables()}
            links, faults = _completed(copy, head, sums, tell)
    rows = {table.name: found.rows for table, found in sums.items()}
    return Carried(head=head, links=links, rows=rows, kept=work.kept, faults=faults)


def _completed(
    copy: Making, head: str, sums: Mapping[Table, _Sum], tell: Told
) -> tuple[int, tuple[str, ...]]:
    """Makes a memory of the rows that were carried, once they are known to be the same; returns how many
    links its chain has, and what does not agree with it."""
    tell(WHOLE, 0, 1)
    copy.complete()
    tell(READ, 0, len(sums))
    with copy.store.reading():
        for number, (table, stated) in enumerate(sums.items()):
            tell(READ, number, len(sums))
            _require_same(copy, table, stated)
        if chain.head(copy.store) != head:
            raise StoreError.of("copy_differs", path=copy.shown, table="link")
        links, faults = chain.numbered(copy.store, head) or 0, audit.faults(copy.store)
    copy.release()
    return links, faults


class _Work:
    """The tables one by one; `kept` counts the rows that an interrupted copy had already."""

    def __init__(self, source: Store, copy: Making, tell: Told) -> None:
        self._source, self._copy, self._tell = source, copy, tell
        self.kept = 0

    def carry(self, table: Table) -> _Sum:
        """Makes a table of the copy what it is in the memory, and says what it comes to."""
        of, digest, done = self._count(table), hashlib.sha256(), 0
        there, after = self._copy.last(table), None
        self._tell(table.name, done, of)
        for rows in self._source.batches(table.rows, FEW if table.name == "page" else MANY):
            _add(digest, rows)
            self._put(table, rows, after, there)
            after, done = table.key_of(rows[-1]), done + len(rows)
            self._tell(table.name, done, of)
        if there is not None and (after is None or there > after):
            self._copy.put(table, (), after, anew=True)
        return _Sum(rows=done, sha256=digest.hexdigest())

    def _put(self, table: Table, rows: Sequence[Row], after: Row | None, there: Row | None) -> None:
        try:
            if there is None or (after is not None and after >= there):
                self._copy.put(table, rows)
            # The memory went on since the copy was interrupted: what is there may be otherwise by now.
            elif self._copy.rows(table, after, table.key_of(rows[-1])) == rows:
                self.kept += len(rows)
            else:
                self._copy.put(table, rows, after, anew=True)
        except Broke as error:
            raise not_taken(self._copy.shown, table, rows, str(error)) from error

    def _count(self, table: Table) -> int:
        return int(self._source.value(f"select count(*) as rows from {table.name}"))  # noqa: S608 -- ours


def _add(digest: hashlib._Hash, rows: Iterable[Row]) -> None:
    for row in rows:
        # Every value with its type and its length, the same in every place: version 0 says nothing of what
        # else in the process is the same object.
        digest.update(marshal.dumps(row, 0))


def _require_same(copy: Making, table: Table, stated: _Sum) -> None:
    digest, found = hashlib.sha256(), 0
    for rows in copy.store.batches(table.rows, FEW if table.name == "page" else MANY):
        _add(digest, rows)
        found += len(rows)
    if (found, digest.hexdigest()) != (stated.rows, stated.sha256):
        raise StoreError.of("copy_differs", path=copy.shown, table=table.name)
