"""A memory in the making: what a copy is written into, and what nobody can open before it is whole.

While it is made it holds tables alone: rows go in without indexes, references and triggers, which are made at
its end in one go each. Until then it has taken no step, and is marked by a table (`MARK`): whoever opens it
is told what it is. The mark goes in the transaction that notes the steps.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from state.file.errors import StoreError

if TYPE_CHECKING:
    from state.file.store import Store

MARK = "copying"
"""The table that a memory in the making has: who makes it, of which memory, and to which shape."""
ASKED = ("root", "shape")
"""What the mark must say for a copy to be taken up again: the first link of the memory, and its shape."""
TURNS = {"message": "rowid"}
"""Tables whose rows are asked for in the order in which they were written, and the column that keeps it."""
KEYED = """insert into keyed select '', (select coalesce(max(id), 0) from spelling),
    (select coalesce(max(id), 0) from name)"""
"""The last numbers, and no rules: all keys and words are made, and no name is counted twice."""
COUNTED = "owed_count"
"""What both engines give under this name, and keep in their own way."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that is carried: the columns that are written, in order of `key`, to the table `into`."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    into: str

    @property
    def rows(self) -> str:
        """The statement that gives all rows, in order."""
        # A count that fell to nothing stays as a row in one engine, and goes in the other.
        where = " where counted <> 0" if self.name == COUNTED else ""
        return f"select {_named(self.columns)} from {self.name}{where} order by {_named(self.key)}"  # noqa: S608

    @property
    def insert(self) -> str:
        """The statement that writes one row."""
        places = ", ".join("?" for _ in self.columns)
        return f"insert into {self.into} ({_named(self.columns)}) values ({places})"  # noqa: S608

    def between(self, after: Row | None, last: Row | None) -> tuple[str, dict[str, Any]]:
        """The condition, with its values, that a row comes after one key, and not after another."""
        texts: list[str] = ["1 = 1"]
        values: dict[str, Any] = {}
        for sign, name, key in ((">", "a", after), ("<=", "b", last)):
            if key is not None:
                given = {f"{name}{n}": value for n, value in enumerate(key)}
                texts.append(f"({_named(self.key)}) {sign} ({', '.join(f':{one}' for one in given)})")
                values |= given
        return " and ".join(texts), values

    def key_of(self, row: Row) -> Row:
        """The key of a row."""
        return tuple(row[self.columns.index(name)] for name in self.key)


def _named(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def table_of(name: str, columns: Sequence[tuple[str, int]], into: str = "") -> Table:
    """A table by its columns, each with its place in the primary key (0 for none)."""
    names = tuple(column for column, _ in columns)
    key = tuple(column for _, column in sorted((place, column) for column, place in columns if place))
    if (turn := TURNS.get(name)) is not None:
        names, key = (*(one for one in names if one != turn), turn), (turn,)
    return Table(name=name, columns=names, key=key, into=into or name)


class Kept(Protocol):
    """What a connection to either engine gives beside what every memory does."""

    def alone(self) -> AbstractContextManager[None]:
        """A transaction that no other is in, of which nothing is asked when it ends."""


class Making(ABC):
    """One connection to a memory in the making; a context manager that closes it.

    `shown` is its address as people may read it.
    """

    def __init__(self, store: Store, alone: Kept, shown: str) -> None:
        self.store, self._alone, self.shown = store, alone, shown
        self._owner = str(uuid4())

    @abstractmethod
    def tables(self) -> Sequence[Table]:
        """The tables that are carried, in an order of their own that is always the same."""

    @abstractmethod
    def complete(self) -> None:
        """Makes all that follows from the rows: indexes, references, triggers, words; may be done again."""

    @abstractmethod
    def release(self) -> None:
        """Makes it a memory that anybody may open: its steps are noted, and the mark is gone."""

    def close(self) -> None:
        """Closes the connection; what was written stays, and is taken up again by who makes it further."""
        self.store.close()

    def __enter__(self) -> Making:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def require(self, mark: Mapping[str, str]) -> None:
        """Nothing where what is there is of the same memory and shape; raises `StoreError` otherwise."""
        found = self.mark()
        if any(found.get(what) != told for what, told in mark.items() if what in ASKED):
            raise StoreError.of("half_made", path=self.shown, origin=found.get("origin", ""))

    def take(self, mark: Mapping[str, str]) -> None:
        """Makes this copy the one that goes on: another process that was at it notices, and stops."""
        with self._alone.alone():
            self._tell({**mark, "owner": self._owner})

    def _tell(self, mark: Mapping[str, str]) -> None:
        for what, told in mark.items():
            self.store.q(f"delete from {MARK} where what = :what", what=what)  # noqa: S608 -- ours
            self.store.q(f"insert into {MARK} (what, told) values (:what, :told)", what=what, told=told)  # noqa: S608

    def mark(self) -> Mapping[str, str]:
        """What the mark says."""
        return {row["what"]: row["told"] for row in self.store.q(f"select what, told from {MARK}")}  # noqa: S608

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction of whoever makes this copy; raises `StoreError` where somebody else does by now."""
        with self._alone.alone():
            if self.mark().get("owner") != self._owner:
                raise StoreError.of("copied_by_other", path=self.shown)
            yield

    def last(self, table: Table) -> Row | None:
        """The key of the last row that is there; None where there is none."""
        keys = _named(table.key)
        backwards = ", ".join(f'"{one}" desc' for one in table.key)
        found = self.store.q(f"select {keys} from {table.into} order by {backwards} limit 1")  # noqa: S608
        return tuple(found[0].values()) if found else None

    def rows(self, table: Table, after: Row | None, last: Row | None) -> list[Row]:
        """The rows that are there, after one key and not after another."""
        where, values = table.between(after, last)
        sql = f"""select {_named(table.columns)} from {table.into} where {where}
            order by {_named(table.key)}"""  # noqa: S608
        return [tuple(row.values()) for row in self.store.q(sql, **values)]

    def put(self, table: Table, rows: Sequence[Row], after: Row | None = None, *, anew: bool = False) -> None:
        """Writes rows that come next; `anew` in place of whatever is there after one key, up to the last of
        them, or for ever where there is none."""
        with self.writing():
            if anew:
                where, values = table.between(after, table.key_of(rows[-1]) if rows else None)
                self.store.q(f"delete from {table.into} where {where}", **values)  # noqa: S608 -- names of ours
            if rows:
                self.store.many(table.insert, rows)


def require_whole(tables: Collection[str], ask: Callable[[str], Sequence[Sequence[Any]]], path: str) -> None:
    """Nothing where these are not the tables of a memory in the making; raises `StoreError`."""
    if MARK in tables:
        [origin] = ask(f"select told from {MARK} where what = 'origin'")  # noqa: S608 -- ours
        raise StoreError.of("half_made", path=path, origin=origin[0])


def not_taken(path: str, table: Table, rows: Sequence[Row], why: str) -> StoreError:
    """That an engine does not take some rows as they are, and which."""
    first, last = (", ".join(map(str, table.key_of(row))) for row in (rows[0], rows[-1]))
    return StoreError.of("row_not_taken", path=path, table=table.name, first=first, last=last, why=why)
