"""Connections to a PostgreSQL: few, kept by the process, each used by one thread at a time.

Of our own, and not `psycopg_pool`: that connects in threads, so that whoever waits for a connection is never
told why there is none, and a process with threads cannot fork the child that reads a document.
"""

from __future__ import annotations

import atexit
import logging
import os
import time
from collections.abc import Callable
from contextlib import closing
from threading import Condition, Lock
from typing import Any, TypeVar

import psycopg
from psycopg import RawCursor
from psycopg.pq import TransactionStatus

from state.file.errors import Away, StoreError
from state.file.postgres import dialect, refused
from state.file.postgres.address import Address, address_of

Connection = psycopg.Connection[tuple[Any, ...]]
Answer = TypeVar("Answer")

SIZE = 10
"""How many connections a process has at most. The smallest servers that platforms let take twenty."""
WAIT = 10.0
"""Seconds for which one is waited for that somebody else uses."""
IDLE = 300.0
"""Seconds after which one is closed that nobody needed."""
SET_SO = 10.0
"""Seconds between two times that connections are made anew which may only read because somebody set it so:
it holds for a connection as long as there is one, also when it was set back (platforms do so while a disk is
full). What a standby says of itself is heard at once."""
# Whoever waits for a lock is told so after a while, as with SQLite. A process that was frozen in the middle
# of a transaction must not keep all others from writing. No plan of ours is worth being compiled. Every
# question has an index that it walks: a plan that is kept knows neither the label nor the provider, thought
# that the first of a million rows would do, and read all of them, for half a second each time.
SETTINGS = """set search_path = vigilabel; set lock_timeout = '30s'; set statement_timeout = '10min';
    set idle_in_transaction_session_timeout = '5min'; set jit = off; set enable_seqscan = off;
    set timezone = 'UTC'; set standard_conforming_strings = on"""


def connect(address: Address) -> Connection:
    """A new connection, set to our ways; raises `StoreError`."""
    connection = _connected(address)
    try:
        _check_direct(connection, address)
    except psycopg.Error as error:
        connection.close()
        raise refused.told(error, address) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _check_direct(connection: Connection, address: Address) -> None:
    # What stands between tells of a process of its own: it is not the one that answers.
    if (one := process_of(connection)) != connection.info.backend_pid:
        with closing(_connected(address)) as other:
            # Nobody asked for anything meanwhile, and the process was given to somebody else.
            if process_of(other) == one:
                raise StoreError.of("pg_pooler", address=address.shown)


def process_of(connection: Connection) -> int:
    """The process of the server that answers."""
    ((number,),) = connection.execute("select pg_backend_pid()")
    return int(number)


def _connected(address: Address) -> Connection:
    try:
        connection = psycopg.connect(
            address.told, autocommit=True, cursor_factory=RawCursor, prepare_threshold=3
        )
    except psycopg.Error as error:
        raise refused.not_let_in(address) from error
    try:
        connection._pool = _OURS  # or it would warn of being let go with a memory that nobody closed
        dialect.adapt(connection)
        connection.prepared_max = 500
        connection.execute(SETTINGS)
    except psycopg.Error as error:
        connection.close()
        raise refused.told(error, address) from error
    return connection


_OURS: Any = object()
# What fails is raised, and told in our words; psycopg would warn of it beside that, in its own.
logging.getLogger("psycopg").setLevel(logging.ERROR)


class Pool:
    """The connections of this process to one server. Taken and given back by any thread."""

    def __init__(self, address: Address, *, size: int = SIZE, wait: float = WAIT) -> None:
        self.address = address
        self.begun = False  # whether a memory was ever found there
        self._size, self._wait = size, wait
        self._free: list[tuple[Connection, float]] = []
        self._out = 0
        self._anew = float("-inf")
        self._turn = Condition()
        self._closed = False

    def take(self, ask: Callable[[Connection], Answer]) -> tuple[Connection, Answer]:
        """A connection that answered `ask`, which shows that it works; raises `StoreError`."""
        end, full = time.monotonic() + self._wait, False
        while True:
            connection = self._waited_for(end, full)
            fresh = connection is None
            try:
                if connection is None:
                    connection = connect(self.address)
                return connection, ask(connection)
            except psycopg.Error as error:
                gone = connection is None or is_lost(connection, error)
                self._not_taken(connection)
                if fresh or not gone:
                    raise refused.told(error, self.address) from error
                self._forget_idle()  # the server was started anew: none of them works any more
            except BaseException as error:
                self._not_taken(connection)
                # Ours may be all that the server has room for: one of them will be free.
                full = (
                    isinstance(error, Away) and error.code == "pg_crowded" and bool(self._out or self._free)
                )
                if not full:
                    raise

    def _waited_for(self, end: float, full: bool) -> Connection | None:
        """One that is free, or None where a new one is to be made, for which a server that is `full` has no
        room."""
        with self._turn:
            if not self._turn.wait_for(
                lambda: self._free or (not full and self._out < self._size), end - time.monotonic()
            ):
                code = "pg_crowded" if full else "pg_none_free"
                raise Away.of(code, address=self.address.shown, size=self._size)
            self._out += 1
            return self._free.pop()[0] if self._free else None

    def _not_taken(self, connection: Connection | None) -> None:
        if connection is not None:
            self.give(connection, broken=True)
            return
        with self._turn:
            self._out -= 1
            self._turn.notify()

    def give(self, connection: Connection, *, broken: bool = False) -> None:
        """Takes a connection back; whatever it was in the middle of is rolled back."""
        whole = not broken and _cleared(connection)
        now = time.monotonic()
        with self._turn:
            self._out -= 1
            kept_since = now - IDLE
            if whole and now - self._anew >= SET_SO and _is_set_to_read(connection):
                whole, self._anew, kept_since = False, now, now
            old = [one for one, since in self._free if since < kept_since]
            self._free = [(one, since) for one, since in self._free if since >= kept_since]
            if whole and not self._closed:
                self._free.append((connection, now))
            else:
                old.append(connection)
            self._turn.notify()
        for one in old:
            one.close()

    def _forget_idle(self) -> None:
        with self._turn:
            idle, self._free = self._free, []
        for one, _ in idle:
            one.close()

    def close(self) -> None:
        """Closes what is free now, and the rest as it is given back."""
        self._closed = True
        self._forget_idle()


def is_lost(connection: Connection, error: psycopg.Error) -> bool:
    """Whether a connection is good for nothing any more after this error."""
    return connection.closed or (error.sqlstate or "").startswith(refused.LOST)


def _cleared(connection: Connection) -> bool:
    status = connection.info.transaction_status
    try:
        if status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            connection.execute("rollback")
    except psycopg.Error:
        return False
    return connection.info.transaction_status == TransactionStatus.IDLE


def _is_set_to_read(connection: Connection) -> bool:
    return connection.info.parameter_status("default_transaction_read_only") == "on"


_pools: dict[str, Pool] = {}
_of_parent: list[dict[str, Pool]] = []
_lock = Lock()


def pool_of(url: str) -> Pool:
    """The connections of this process to the server at `url`; raises `StoreError`."""
    with _lock:
        if url not in _pools:
            _pools[url] = Pool(address_of(url))
        return _pools[url]


def close_all(url: str | None = None) -> None:
    """Closes the connections of this process, to one server or to all."""
    with _lock:
        gone = [_pools.pop(key) for key in list(_pools) if url in (None, key)]
    for pool in gone:
        pool.close()


def _forked() -> None:
    # A connection that two processes write to is lost to both: the child makes its own, and never closes
    # those of its parent.
    global _pools, _lock
    _of_parent.append(_pools)
    _pools, _lock = {}, Lock()


os.register_at_fork(after_in_child=_forked)
atexit.register(close_all)
