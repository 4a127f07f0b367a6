"""A memory in the making as a file of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from state.file.errors import StoreError
from state.file.making import KEYED, MARK, Making, Table, table_of
from state.file.sqlite import engine, keys, migrations
from state.file.sqlite.store import SQLiteStore, open_store

STEPS = "_sqlite_migrations"
OWN = ("keyed",)
"""What is made anew of what was carried."""
SHAPE = "select type, name, tbl_name, sql from sqlite_master where sql is not null order by rowid"
FOLLOWING = """select type, name from sqlite_master
    where (type <> 'table' and sql is not null) or sql like 'create virtual table%'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a memory of today consists of, by kind, each with its name and statement in order; and its steps,
    with what they are noted in."""

    tables: Mapping[str, str]
    virtual: Mapping[str, str]
    rest: Sequence[tuple[str, str, str]]
    notes: Sequence[str]
    steps: Sequence[tuple[object, ...]]


def shape() -> Shape:
    """The shape of today, as a new memory has it."""
    with open_store(engine.MEMORY) as whole:
        found = [tuple(row.values()) for row in whole.q(SHAPE)]
        steps = [tuple(row.values()) for row in whole.q(f"select * from {STEPS}")]  # noqa: S608 -- ours
    virtual = {
        name: sql for kind, name, _, sql in found if kind == "table" and "virtual table" in sql.lower()
    }
    shadows = tuple(f"{name}_" for name in virtual)
    tables = {
        name: sql
        for kind, name, _, sql in found
        if kind == "table" and name not in (*virtual, STEPS) and not name.startswith(shadows)
    }
    rest = [(kind, name, sql) for kind, name, of, sql in found if kind != "table" and of != STEPS]
    notes = [sql for _, _, of, sql in found if of == STEPS]
    return Shape(tables=tables, virtual=virtual, rest=rest, notes=notes, steps=steps)


class SQLiteMaking(Making):
    """One connection to the file."""

    def __init__(self, connection: sqlite3.Connection, shape: Shape, shown: str) -> None:
        self._connection, self._shape = connection, shape
        self._kept = SQLiteStore(connection)
        super().__init__(self._kept, self._kept, shown)

    def tables(self) -> Sequence[Table]:
        """The tables that are carried."""
        return [table_of(name, self._columns(name)) for name in self._shape.tables if name not in OWN]

    def _columns(self, table: str) -> Sequence[tuple[str, int]]:
        # Without what is made of the others (`link.previous`), which nobody may write.
        found = self.store.q("select name, pk from pragma_table_info(:table)", table=table)
        return [(row["name"], row["pk"]) for row in found]

    def complete(self) -> None:
        """Makes indexes, words, triggers and views; each index by itself, for what one transaction writes
        must fit beside the file until it ends."""
        for kind, name, sql in self._shape.rest:
            if kind == "index" and not self._is_there(name):
                with self.writing():
                    self.store.q(sql)
        with self.writing():
            for name, sql in self._shape.virtual.items():
                if not self._is_there(name):
                    self.store.q(sql)
            if found := self.store.q("select * from pragma_foreign_key_check limit 1"):
                why = f"found a row of {found[0]['table']} that points to nothing"
                raise StoreError(f"{self.shown}: expected a whole memory, {why}", "dangling", file=self.shown)
            self.store.q("delete from keyed")
            self.store.q(KEYED)
            with self._kept._in_our_words():
                keys.follow(self._connection)
            for kind, name, sql in self._shape.rest:
                if kind != "index" and not self._is_there(name):
                    self.store.q(sql)

    def _is_there(self, name: str) -> bool:
        return bool(self.store.q("select 1 from sqlite_master where name = :name", name=name))

    def release(self) -> None:
        """Notes the steps, and takes the mark away."""
        # What was carried so far is on the disk before anybody relies on it.
        self._connection.execute("pragma synchronous = full")
        with self.writing():
            for sql in self._shape.notes:
                self.store.q(sql)
            places = ", ".join("?" for _ in self._shape.steps[0])
            self.store.many(f"insert into {STEPS} values ({places})", self._shape.steps)  # noqa: S608 -- ours
            self.store.q(f"drop table {MARK}")


def begin(url: str, mark: Mapping[str, str], *, anew: bool) -> SQLiteMaking:
    """A memory in the making at `url`: a new one, or what was left of the making of the same one.

    `anew` throws that away first, and never anything else. Raises `StoreError` where a memory is, or a file
    of somebody else's, or a copy of another memory.
    """
    path = engine.file_of(url)
    if path == engine.MEMORY:
        raise StoreError.of("gone")
    engine.check_place(path, create=True)
    kind = shape()
    mark = {**mark, "shape": " ".join(str(step[2]) for step in kind.steps)}
    if anew and _marked(path):
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)
    if not Path(path).exists() or not Path(path).stat().st_size:
        _make(path, kind, mark)
    connection = engine.connect(path)
    try:
        return _taken_up(connection, kind, path, mark)
    except sqlite3.Error as error:
        connection.close()
        raise engine.in_our_words(error, path) from error
    except BaseException:
        connection.close()
        raise


def _make(path: str, kind: Shape, mark: Mapping[str, str]) -> None:
    """The tables and the mark, all or none: nobody finds a file that does not say what it is."""
    engine.make_private(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("begin immediate")
        connection.execute(f"create table {MARK} (what text not null primary key, told text not null) strict")
        connection.executemany(f"insert into {MARK} values (?, ?)", mark.items())  # noqa: S608 -- ours
        for sql in kind.tables.values():
            connection.execute(sql)
        connection.execute("commit")


def _marked(path: str) -> bool:
    if not Path(path).exists():
        return False
    with closing(engine.connect(path)) as connection:
        return MARK in migrations.tables_of(connection)


def _taken_up(
    connection: sqlite3.Connection, kind: Shape, path: str, mark: Mapping[str, str]
) -> SQLiteMaking:
    if MARK not in migrations.tables_of(connection):
        migrations.needed(connection, path)  # says so itself where it is no memory of ours
        raise StoreError.of("not_empty", path=path)
    # References are made sure of at the end, all at once; a process that is killed loses nothing of what it
    # committed, and what a power cut takes is seen when the copy is taken up again.
    connection.execute("pragma foreign_keys = off")
    connection.execute("pragma synchronous = normal")
    copy = SQLiteMaking(connection, kind, path)
    copy.require(mark)
    connection.execute("begin immediate")
    for one, name in connection.execute(FOLLOWING).fetchall():
        connection.execute(f"drop {one} {name}")
    connection.execute("commit")
    copy.take(mark)
    return copy
