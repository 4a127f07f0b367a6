"""The memory in a PostgreSQL: a connection of the pool, its transactions, and how it is opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count, islice
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg import RawServerCursor
from psycopg.pq import TransactionStatus

from state.file.errors import StoreError
from state.file.postgres import keys, migrations, refused
from state.file.postgres.dialect import Columns, copied, plain, translated
from state.file.postgres.listening import Listening
from state.file.postgres.pool import Connection, Pool, is_lost, pool_of
from state.file.store import Bulk, Ears, Store
from state.search import Wish

Made = TypeVar("Made")

COPIED = 20_000
"""How many rows one statement copies: a longer one would meet the limit of time that statements have."""
_ASKS = re.compile(r"\s*(?:select|with|values)\b", re.IGNORECASE)
_numbers = count(1)

COLUMNS = """select attname from pg_attribute where attrelid = to_regclass($1) and attnum > 0
    and not attisdropped order by attnum"""
OVER = """select pg_snapshot_xmax(now)::text::bigint - (select count(*) from pg_snapshot_xip(now)) as over
    from pg_current_snapshot() now"""
COMMIT = "select pg_current_xact_id_if_assigned() is not null; commit"
"""Ends a transaction, and says whether it wrote anything."""
SIZE = """select coalesce(sum(pg_total_relation_size(c.oid)), 0) from pg_class c
    where c.relnamespace = to_regnamespace('vigilabel') and c.relkind in ('r', 'm')"""


class PostgresStore(Store):
    """One connection, with its transactions. `reads_only` says why nothing can be written, "" where it can.

    A connection that was lost is replaced by the next one, but not inside a transaction: what was written in
    it is gone, and whoever wrote it must hear so.
    """

    held, taking = "for update", "for update skip locked"

    def __init__(self, pool: Pool, connection: Connection, *, reads_only: str = "") -> None:
        self._pool, self._connection = pool, connection
        self.reads_only = reads_only
        self._quiet = self._closed = False
        self._inside = self._shares = False
        self._own = 0

    def q(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        """The rows of one statement ([] when it has none); commits by itself outside a transaction."""
        statement = translated(sql)
        given = statement.given(params)
        # What a search finds hangs on its words: one plan kept for all of them takes ten times as long.
        kept = False if any(isinstance(one, Wish) for one in given or ()) else None

        def asked(connection: Connection) -> list[dict[str, Any]]:
            cursor = connection.execute(statement.text, given, prepare=kept)
            if cursor.description is None:
                return []
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        return self._done(asked, again=_ASKS.match(sql) is not None)

    def batches(self, sql: str, size: int = 5_000, **params: Any) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of one statement, so many at a time; the server keeps the rest."""
        statement = translated(sql)

        def declared(connection: Connection) -> RawServerCursor[tuple[Any, ...]]:
            # Held beyond its statement where there is no transaction: one of ours would take in whatever else
            # is written between two batches, and keep it from being committed.
            cursor = RawServerCursor(connection, f"batches_{next(_numbers)}", withhold=not self._inside)
            try:
                return cursor.execute(statement.text, statement.given(params))
            except BaseException:
                cursor.close()
                raise

        cursor = self._done(declared, again=not self._inside)
        try:
            while rows := self._done(lambda _: cursor.fetchmany(size)):
                yield rows
        finally:
            with suppress(psycopg.Error):
                cursor.close()

    def moved(self) -> int:
        """A number that is another one as soon as anybody else has committed something, whichever process."""
        # How many transactions are over that wrote, in any database of the server, less those of our own.
        return int(self.q(OVER)[0]["over"]) - self._own

    def many(self, sql: str, rows: Iterable[Mapping[str, Any] | tuple[Any, ...]]) -> None:
        """Runs one statement for every row, all or none."""
        way = copied(sql)
        with self.sharing() if self._shares else self.transaction():
            if way is None:
                statement = translated(sql)
                given = (statement.given(row) or () for row in rows)
                self._done(lambda connection: connection.cursor().executemany(statement.text, given))
            else:
                self._copy(way, rows)

    def _copy(self, way: Columns, rows: Iterable[Mapping[str, Any] | tuple[Any, ...]]) -> None:
        values = ([plain(row[key]) for key in way.order] for row in rows)  # type: ignore[index]
        while batch := list(islice(values, COPIED)):
            self._done(partial(_copied, way.text, batch))

    def many_at_once(
        self, sql: str, rows: Iterable[tuple[Any, ...]], count: int, what: Bulk, **params: int
    ) -> None:
        """Writes so many new rows as `many` does: the triggers here see all of a statement at once."""
        self.many(sql, rows)

    def read_only(self) -> None:
        """From now on nothing is written by this connection: PostgreSQL itself refuses it."""
        self._quiet = True
        self.reads_only = self.reads_only or "this connection only answers questions"
        self._done(_quieted)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that is read inside is of one moment, whoever writes meanwhile; nobody waits for it."""
        self._begin("begin isolation level repeatable read read only")
        try:
            yield
        finally:
            self._end("rollback")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written together or not at all; a nested use joins the outer one.

        One writer at a time, as SQLite has it: who judges by what was read must not be overtaken.
        """
        if self._inside:
            # What began beside others cannot be alone any more: it would wait for whoever waits for its rows.
            assert not self._shares, "a transaction within one that is shared"  # noqa: S101 -- a slip of ours
            yield
            return
        with self.alone():
            yield
            self._done(keys.follow)

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """Everything inside is written together or not at all, while others write as well."""
        if self._inside:
            yield
            return
        self._shares = True
        try:
            with self._written(migrations.BESIDE):
                yield
        finally:
            self._shares = False

    @contextmanager
    def alone(self, begin: LiteralString = migrations.ALONE) -> Iterator[None]:
        """A transaction that no other writer is in, of which nothing is asked when it ends."""
        with self._written(begin):
            yield

    @contextmanager
    def _written(self, begin: LiteralString) -> Iterator[None]:
        if self.reads_only:
            raise StoreError(self.reads_only, "read_only")
        self._begin(begin)
        try:
            yield
            self._own += self._done(_committed)
            self._inside = False
        except BaseException:
            self._end("rollback")
            raise

    def _begin(self, statement: str) -> None:
        try:
            self._done(lambda connection: connection.execute(statement), again=True)
        except StoreError:
            self._end("rollback")  # the lock was not to be had: the transaction has begun
            raise
        self._inside = True

    def _end(self, statement: str) -> None:
        self._inside = False
        if not self._connection.closed and self._connection.info.transaction_status != TransactionStatus.IDLE:
            with suppress(psycopg.Error):
                self._connection.execute(statement)

    def _done(self, act: Callable[[Connection], Made], *, again: bool = False) -> Made:
        """What is done with the connection, in our words where it fails; once `again` with another connection
        where this one was lost before anything was written."""
        if self._connection.closed and not self._inside:
            self._replace()
        try:
            return act(self._connection)
        except psycopg.Error as error:
            if is_lost(self._connection, error):
                self._connection.close()
                if again and not self._inside:
                    return self._done(act)
            raise refused.told(error, self._pool.address, self.reads_only) from error

    def _replace(self) -> None:
        self._pool.give(self._connection, broken=True)
        self._connection, _ = self._pool.take(_quieted if self._quiet else migrations.asked)

    def ears(self) -> Ears:
        """What hears others commit from now on, by a connection of its own beside those of the pool."""
        return Listening(self, self._pool.address, lambda: self._connection.info.backend_pid)

    def time(self) -> int:
        """Milliseconds of the epoch by the clock of the server, which all share."""
        sql = "select (extract(epoch from clock_timestamp()) * 1000)::bigint as time"
        return int(self.q(sql)[0]["time"])

    def columns(self, view: str) -> Sequence[str]:
        """The columns of a table or a view, in order."""
        rows = self._done(lambda connection: connection.execute(COLUMNS, [view]).fetchall(), again=True)
        return [name for (name,) in rows]

    def size(self) -> int:
        """How many bytes the whole memory takes."""
        rows = self._done(lambda connection: connection.execute(SIZE).fetchall(), again=True)
        return int(rows[0][0])

    def close(self) -> None:
        """Gives the connection back; an open transaction is rolled back."""
        if self._quiet and not self._connection.closed and not self._closed:
            with suppress(psycopg.Error):
                self._end("rollback")
                self._connection.execute("reset default_transaction_read_only")
        if not self._closed:
            self._closed = True
            self._pool.give(self._connection)

    def __del__(self) -> None:
        # Whoever forgot to close it must not keep all others waiting for a connection.
        PostgresStore.close(self)


def _committed(connection: Connection) -> int:
    ((wrote,),) = connection.execute(COMMIT)
    return int(wrote)


def _quieted(connection: Connection) -> None:
    connection.execute("set default_transaction_read_only = on")


def _copied(statement: str, rows: Sequence[Sequence[Any]], connection: Connection) -> None:
    with connection.cursor().copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)


def open_store(url: str, *, create: bool = True) -> PostgresStore:
    """The memory at `url`, brought to the shape this version needs; see `state.file.store.open_store`."""
    pool = pool_of(url)
    connection, found = pool.take(migrations.asked)
    store = PostgresStore(pool, connection, reads_only=found.reads_only(pool.address))
    # One that was there and is gone is being restored, or was dropped by mistake: an empty one in its place
    # would tell nobody anything, and keep the true one from being put back.
    create = create and not pool.begun
    try:
        if migrations.needed(connection, pool.address, found, create=create):
            with store.alone(migrations.PATIENT):
                # Asked again under the lock: another process may just have done it.
                found = migrations.asked(connection)
                if migrations.needed(connection, pool.address, found, create=create):
                    migrations.migrate(connection, found)
    except psycopg.Error as error:
        store.close()
        raise refused.told(error, pool.address) from error
    except BaseException:
        store.close()
        raise
    pool.begun = True
    return store


def is_begun(url: str) -> bool:
    """Whether there is a memory at `url`; raises `StoreError` where none can be."""
    pool = pool_of(url)
    connection, found = pool.take(migrations.asked)
    pool.give(connection)
    return bool(found.steps)
