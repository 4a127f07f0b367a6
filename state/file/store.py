"""The memory: what every engine that keeps it gives, and how it is asked under conditions."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from functools import lru_cache
from threading import Event
from types import TracebackType
from typing import Any, Self


class Bulk(Enum):
    """What is written many rows at a time, with all that follows from them.

    `VERSIONS` of rows, all of which stand: those of new lines from `first` on, others from `revised` on.
    `EVENTS` from `first` on; their names the log writes itself.
    """

    VERSIONS = "attestation"
    EVENTS = "event"


class Ears(ABC):
    """What hears somebody else commit what is told: deliveries that are owed, or something in the log.

    It may hear more than that. What it misses (no notice comes through a pooler, or while the server is away)
    is found by whoever looks by himself once in a while.
    """

    @abstractmethod
    def heard(self, seconds: float, stirred: Event) -> bool:
        """Whether there was something since this was last asked; waits for it, or until somebody in this
        process says so by `stirred`, and at most so long."""

    @abstractmethod
    def close(self) -> None:
        """Hears nothing any more."""


class Store(ABC):
    """One connection to the memory; one per thread. A context manager that closes itself.

    Statements are written in the SQL that SQLite and PostgreSQL both take, with parameters by `:name`. Rows
    are the same Python values on both: texts, whole numbers (truth is 0 or 1), bytes and None. Every method
    raises `Failed` when the engine fails or refuses, after the open transaction was rolled back, and `Away`
    where it cannot be reached now.
    """

    held = ""
    """How a `select` ends whose rows nobody else may write until the transaction ends."""
    taking = ""
    """The same, without the rows that somebody else has by then."""
    reads_only: str
    """Why nothing can be written, "" where it can."""

    @abstractmethod
    def q(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        """The rows of one statement ([] when it has none); commits by itself outside a transaction.

        Raises `StoreError` where it would write, and nothing can be written.
        """

    def one(self, sql: str, **params: Any) -> dict[str, Any] | None:
        """The first row of one statement; None where it has none."""
        return next(iter(self.q(sql, **params)), None)

    def value(self, sql: str, **params: Any) -> Any:
        """The first value of the first row of one statement; None where it has none."""
        row = self.one(sql, **params)
        return None if row is None else next(iter(row.values()))

    def values(self, sql: str, **params: Any) -> list[Any]:
        """The first value of each row of one statement."""
        return [next(iter(row.values())) for row in self.q(sql, **params)]

    def row(self, table: str, id: int) -> dict[str, Any]:
        """The row of a table with this number; raises `LookupError` when there is none."""
        found = self.one(f"select * from {table} where id = :id", id=id)  # noqa: S608 -- a name of ours
        if found is None:
            raise LookupError(f"there is no {table} {id}")
        return found

    def next_id(self, table: str) -> int:
        """The first number that no row of a table has yet; call it in the transaction that will use it."""
        return int(self.value(f"select coalesce(max(id), 0) + 1 as id from {table}"))  # noqa: S608 -- ours

    def insert(self, table: str, /, **row: Any) -> None:
        """Writes a row, by columns."""
        self.q(inserting(table, *row), **row)

    def insert_new(self, table: str, /, **row: Any) -> bool:
        """Writes a row unless one is there that keeps it out; whether it was written.

        The constraint decides, and no look before: two processes may write the same at once.
        """
        return bool(self.q(f"{inserting(table, *row)} on conflict do nothing returning 1 as one", **row))

    def save(self, table: str, key: str, /, **row: Any) -> None:
        """Writes a row, in place of the columns of the one that has its key."""
        changed = ", ".join(f"{name} = excluded.{name}" for name in row if name != key)
        self.q(f"{inserting(table, *row)} on conflict ({key}) do update set {changed}", **row)

    @abstractmethod
    def batches(self, sql: str, size: int = 5_000, **params: Any) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of one statement, so many at a time, for long listings: all at once they take more room
        than what is made of them, and so do the names of their columns.

        Nothing that they come from may be written before the last was taken.
        """

    @abstractmethod
    def moved(self) -> int:
        """A number that is another one as soon as anybody else has committed something, whichever process."""

    @abstractmethod
    def many(self, sql: str, rows: Iterable[Mapping[str, Any] | tuple[Any, ...]]) -> None:
        """Runs one statement for every row, all or none."""

    @abstractmethod
    def many_at_once(
        self, sql: str, rows: Iterable[tuple[Any, ...]], count: int, what: Bulk, **params: int
    ) -> None:
        """Writes so many new rows as `many` does, and what follows from them for all at once where they are
        many; `params` tell which they are."""

    @abstractmethod
    def read_only(self) -> None:
        """From now on nothing is written by this connection: the engine itself refuses it."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """All that is read inside is of one moment, whoever writes meanwhile; nobody waits for it."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside is written together or not at all; a nested use joins the outer one.

        No other writer is in one meanwhile, in whichever process: what is read inside stays so until it ends.
        `StoreError` where nothing can be written.
        """

    def sharing(self) -> AbstractContextManager[None]:
        """Everything inside is written together or not at all, while others write as well: for those who
        deliver at the same time, and for nothing of the log. Joins an outer transaction of either kind.

        What is read inside may change as soon as it was read, but for rows that were taken: by writing them,
        or by a `select` that ends with `held`, which waits for whoever has them, or with `taking`, which
        leaves out what somebody has. Whoever writes nothing but rows that it took waits for no look.
        `Busy` where two waited for each other: nothing was written, and the same again will do.
        """
        return self.transaction()

    @abstractmethod
    def time(self) -> int:
        """Milliseconds of the epoch by one clock for all who have this memory, whatever `--now` pretends."""

    def ears(self) -> Ears:
        """What hears others commit from now on; of the thread that has the connection, and to be closed."""
        return Glances(self)

    @abstractmethod
    def columns(self, view: str) -> Sequence[str]:
        """The columns of a table or a view, in order."""

    @abstractmethod
    def size(self) -> int:
        """How many bytes the whole memory takes."""

    @abstractmethod
    def close(self) -> None:
        """Closes the connection; an open transaction is rolled back."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@lru_cache(256)
def inserting(table: str, *columns: str) -> str:
    """The statement that writes one row of a table; the names are ours."""
    named = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(f":{column}" for column in columns)
    return f"insert into {table} ({named}) values ({values})"  # noqa: S608


class Glances(Ears):
    """Hears by a look at `Store.moved` whenever it is asked."""

    def __init__(self, store: Store) -> None:
        self._store, self._seen = store, store.moved()

    def heard(self, seconds: float, stirred: Event) -> bool:
        """Whether anybody else committed something since this was last asked, or stirred."""
        told = stirred.wait(seconds) if seconds else stirred.is_set()
        before, self._seen = self._seen, self._store.moved()
        return told or self._seen != before

    def close(self) -> None:
        """Nothing is held: the connection is whose it was."""


class Conditions:
    """A `where` clause under construction, and its parameters: first that columns have the values given.

    Column names and texts are written in our modules; what comes from outside travels as parameters only.
    """

    def __init__(self, **equal: object) -> None:
        self._texts: list[str] = []
        self.params: dict[str, Any] = {}
        for column, value in equal.items():
            self.compare(column, "=", value)

    def copy(self) -> Conditions:
        """The same conditions, to be added to apart."""
        made = Conditions()
        made._texts, made.params = list(self._texts), dict(self.params)
        return made

    def add(self, *texts: str, **params: Any) -> None:
        """Requires these texts, whose parameters are given by name."""
        self._texts += texts
        self.params.update(params)

    def compare(self, column: str, sign: str, value: object) -> None:
        """Requires `column sign value`; None asks for nothing."""
        if value is not None:
            self._texts.append(f"{column} {sign} {self._name(value)}")

    def among(self, column: str, values: Collection[object] | None) -> None:
        """Requires one of `values`: None asks for nothing, an empty collection lets nothing through."""
        if values is not None:
            self._texts.append(self.one_of(column, values))

    def one_of(self, column: str, values: Collection[object]) -> str:
        """The text of the same condition, for use inside a larger one (`in ()` is an error in PostgreSQL)."""
        if not values:
            return "1 = 0"
        names = ", ".join(self._name(value) for value in values)
        return f"{column} in ({names})"

    def numbered(self, column: str, numbers: Iterable[int] | None) -> None:
        """The same of numbers, which travel as one value: there may be more than a statement may have
        parameters, and SQLite seeks the name of each among all before it."""
        if numbers is not None:
            name = self._name(json.dumps(list(numbers)))
            self._texts.append(f"{column} in (select cast(value as bigint) from json_each({name}))")  # noqa: S608

    def _name(self, value: object) -> str:
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f":{name}"

    def rows(self, store: Store, select: str, order: str, limit: int | None = None) -> list[dict[str, Any]]:
        """The rows that `select` finds under these conditions."""
        sql = self.after(select, order, limit)
        return store.q(sql, **self.params)

    def after(self, select: str, order: str, limit: int | None = None) -> str:
        """The whole statement: `select`, these conditions, `order by order`, and at most `limit` rows."""
        parts = [select]
        if self._texts:
            parts += ["where", " and ".join(self._texts)]
        parts += ["order by", order]
        if limit is not None:
            self.params["limit"] = limit
            parts.append("limit :limit")
        return " ".join(parts)
