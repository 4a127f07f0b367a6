"""The memory in a file of SQLite: one connection, its transactions, and how it is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from state.file.errors import StoreError
from state.file.sqlite import derived, engine, keys, migrations
from state.file.store import Bulk, Store

MANY = 200
"""From how many rows on the triggers of each take longer than to take them away and put them back."""
LONG, USUAL_ROOM, ROOM = 10_000, -2_000, -32_000
"""The KiB of pages that are kept at hand, as SQLite wants them told; and until a transaction ends that wrote
more than so many rows: each goes to a dozen places, which were written out and read again, for a tenth of all
the time."""


class SQLiteStore(Store):
    """One connection to the file, with its transactions.

    `reads_only` says why nothing can be written, "" where it can; `room` is where a copy lies that goes with
    the connection.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        reads_only: str = "",
        room: TemporaryDirectory[str] | None = None,
    ) -> None:
        self._connection = connection
        self.reads_only, self._room = reads_only, room
        self._shares = False

    def q(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        """The rows of one statement ([] when it has none); commits by itself outside a transaction."""
        try:
            cursor = self._connection.execute(sql, params)
            if cursor.description is None:
                return []
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except sqlite3.Error as error:
            raise self._told(error) from error

    def batches(self, sql: str, size: int = 5_000, **params: Any) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of one statement, so many at a time."""
        with self._in_our_words():
            cursor = self._connection.execute(sql, params)
        while True:
            with self._in_our_words():
                rows = cursor.fetchmany(size)
            if not rows:
                return
            yield rows

    def moved(self) -> int:
        """A number that is another one as soon as anybody else has committed something, whichever process."""
        with self._in_our_words():
            return engine.version(self._connection)

    def many(self, sql: str, rows: Iterable[Mapping[str, Any] | tuple[Any, ...]]) -> None:
        """Runs one statement for every row, all or none."""
        with self.sharing() if self._shares else self.transaction(), self._in_our_words():
            self._connection.executemany(sql, rows)

    def many_at_once(
        self, sql: str, rows: Iterable[tuple[Any, ...]], count: int, what: Bulk, **params: int
    ) -> None:
        """Writes so many new rows as `many` does. Where they are many, what follows from them is written for
        all at once (`params` tell which they are), and not by triggers."""
        if count < MANY:
            self.many(sql, rows)
            return
        way = derived.AT_ONCE[what]
        with self.transaction(), self._in_our_words(), self._without(way.away):
            if count > LONG:
                self._connection.execute(f"pragma cache_size = {ROOM}")
            self._connection.executemany(sql, rows)
            for statement in way.instead:
                self._connection.execute(statement, params)

    @contextmanager
    def _without(self, triggers: Sequence[str]) -> Iterator[None]:
        """Takes triggers away, and puts them back as they were: nobody else sees a memory without them."""
        self._connection.execute("savepoint without")
        try:
            found = self.q("select name, sql from sqlite_master where type = 'trigger' order by rowid")
            away = [one for one in found if one["name"] in triggers]
            for one in away:
                self._connection.execute(f"drop trigger {one['name']}")
            yield
            for one in away:
                self._connection.execute(one["sql"])
        except BaseException:
            # Whoever goes on with the transaction goes on with its triggers; a full disk has ended it.
            if self._connection.in_transaction:
                self._connection.execute("rollback to without")
            raise
        self._connection.execute("release without")

    def read_only(self) -> None:
        """From now on nothing is written by this connection: SQLite itself refuses it."""
        self._connection.execute("pragma query_only = on")
        self.reads_only = self.reads_only or "this connection only answers questions"

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that is read inside is of one moment, whoever writes meanwhile; nobody waits for it."""
        with self._in_our_words():
            self._connection.execute("begin")
        try:
            yield
        finally:
            self._connection.execute("rollback")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written together or not at all; a nested use joins the outer one.

        Takes the write lock at once (BEGIN IMMEDIATE): a transaction that reads first and asks for the lock
        later fails under concurrent writers whatever the timeout. `StoreError` where nothing can be written.
        """
        if self._connection.in_transaction:
            # One lock serves both here; elsewhere what began beside others cannot be alone any more.
            assert not self._shares, "a transaction within one that is shared"  # noqa: S101 -- a slip of ours
            yield
            return
        with self.alone():
            yield
            with self._in_our_words():
                keys.follow(self._connection)

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """The same as a transaction: a file of SQLite has one writer at a time."""
        if self._connection.in_transaction:
            yield
            return
        self._shares = True
        try:
            with self.alone():
                yield
        finally:
            self._shares = False

    def time(self) -> int:
        """Milliseconds of the epoch: a file is of one machine, which has one clock."""
        asked = "select cast(round((julianday('now') - 2440587.5) * 86400000) as integer) as now"
        return int(self.q(asked)[0]["now"])

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A transaction that no other is in, of which nothing is asked when it ends."""
        if self.reads_only:
            raise StoreError(self.reads_only, "read_only")
        with self._in_our_words():
            self._connection.execute("begin immediate")
        try:
            yield
            with self._in_our_words():
                self._connection.execute("commit")
        except BaseException:
            self._connection.rollback()
            raise
        finally:
            self._connection.execute(f"pragma cache_size = {USUAL_ROOM}")

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._told(error) from error

    def _told(self, error: sqlite3.Error) -> StoreError:
        if self.reads_only and getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY:
            return StoreError(self.reads_only, "read_only")
        return engine.in_our_words(error)

    def columns(self, view: str) -> Sequence[str]:
        """The columns of a table or a view, in order."""
        return [row["name"] for row in self.q("select name from pragma_table_info(:view)", view=view)]

    def size(self) -> int:
        """How many bytes the whole file takes."""
        pages = self.q("select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()")
        return int(pages[0]["bytes"])

    def close(self) -> None:
        """Closes the connection; an open transaction is rolled back."""
        self._connection.close()
        if self._room is not None:
            self._room.cleanup()


def open_store(url: str, *, create: bool = True) -> SQLiteStore:
    """The memory at `url`, brought to the shape this version needs; see `state.file.opening.open_store`."""
    path = engine.file_of(url)
    if path != engine.MEMORY:
        engine.check_place(path, create=create)
        if not engine.writable(path):
            return _reading(path)
    connection = engine.connect(path)
    store = SQLiteStore(connection)
    try:
        with store._in_our_words():
            if migrations.needed(connection, path):
                with store.alone():
                    # Asked again under the lock: another process may just have done it.
                    migrations.migrate(connection)
    except BaseException:
        store.close()
        raise
    return store


def _reading(path: str) -> SQLiteStore:
    """The memory where nothing can be written: read in place, or a copy of it where its shape is older or its
    last log must be taken in first."""
    why = f"state {path}: cannot be written to (read-only media, or no right to); it only answers questions"
    placed = engine.connect_in_place(path)
    if placed is not None:
        try:
            if not migrations.needed(placed, path):
                return SQLiteStore(placed, reads_only=why)
        except BaseException:
            placed.close()
            raise
        placed.close()
    room = TemporaryDirectory(prefix="vigilabel-")
    try:
        copy = str(Path(room.name) / "copy.db")
        engine.copy_aside(path, copy)
        with open_store(copy, create=False) as whole:  # brings it to today's shape
            whole.q("select 1")
        connection = engine.connect(copy)
        # The copy goes with the connection: what somebody wrote to it would be lost without a word.
        connection.execute("pragma query_only = on")
    except BaseException:
        room.cleanup()
        raise
    return SQLiteStore(connection, reads_only=why, room=room)
