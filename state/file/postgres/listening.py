"""Who waits for something to be owed is woken by PostgreSQL: by `notify`, at a connection of its own."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg

from state.file.errors import Away, StoreError
from state.file.postgres.pool import connect
from state.file.store import Ears, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from state.file.postgres.address import Address
    from state.file.postgres.pool import Connection

CHANNEL = "vigilabel"
"""What the triggers notify (`woken` in follow.sql)."""
PROOF = 1.0
"""Seconds within which a word of ours must come through, or nobody's would."""
DEAF = 300.0
"""Seconds for which a server behind which nothing comes through is not tried out again."""
_DEAF: dict[str, float] = {}
ANEW = 2.0
"""Seconds until a server that does not answer is asked again."""


class Listening(Ears):
    """Hears what the server says; looks by itself where nothing comes through.

    A pooler that gives a connection to somebody else after each transaction takes `listen`, and what is said
    there afterwards is lost. So it is tried out: a word of our own, by another connection, must be heard.
    `own` is the process of the server that serves the memory of who listens, and knows what it wrote.
    """

    def __init__(self, store: Store, address: Address, own: Callable[[], int]) -> None:
        self._store, self._address, self._own = store, address, own
        self._connection: Connection | None = None
        self._deaf = time.monotonic() < _DEAF.get(address.told, 0.0)
        self._seen: int | None = None
        self._next = 0.0
        if not self._deaf:
            self._begin()

    def heard(self, seconds: float, stirred: Event) -> bool:
        """Whether somebody said that something is owed or written since this was last asked, or stirred."""
        if self._deaf:
            return self._looked(seconds, stirred)
        if self._connection is None:
            if time.monotonic() >= self._next:
                self._begin()
                return True  # what was said meanwhile, nobody heard
            return stirred.wait(seconds)
        try:
            own = self._own()
            said = _said(self._connection, 0 if stirred.is_set() else seconds)
            return stirred.is_set() or any(process != own for process, _ in said)
        except (psycopg.Error, OSError):
            self._lose()
            return True

    def _looked(self, seconds: float, stirred: Event) -> bool:
        """A look at whether anybody committed something. Only where there is time to wait: that number moves
        by what whoever asks commits himself, and he would never come to an end."""
        if not seconds:
            self._seen = None
            return stirred.is_set()
        try:
            before = self._store.moved() if self._seen is None else self._seen
            told = stirred.wait(seconds)
            self._seen = self._store.moved()
        except Away:
            return stirred.wait(seconds)
        return told or self._seen != before

    def _begin(self) -> None:
        try:
            self._connection = connect(self._address)
            self._connection.execute(f"listen {CHANNEL}")
            proven = self._proven(self._connection)
        except (Away, psycopg.OperationalError):
            self._lose()
            return
        except (StoreError, psycopg.Error):  # a standby, which tells nobody
            proven = False
        if not proven:
            self.close()
            self._deaf = True
            _DEAF[self._address.told] = time.monotonic() + DEAF

    def _proven(self, connection: Connection) -> bool:
        word, end = uuid4().hex, time.monotonic() + PROOF
        self._store.q("select pg_notify(:channel, :word)", channel=CHANNEL, word=word)
        while (left := end - time.monotonic()) > 0:
            if any(said == word for _, said in _said(connection, left)):
                return True
        return False

    def _lose(self) -> None:
        self.close()
        self._next = time.monotonic() + ANEW

    def close(self) -> None:
        """Hears nothing any more."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _said(connection: Connection, seconds: float) -> set[tuple[int, str]]:
    """What was said and by which process, waiting at most so long; ten microseconds where it was nothing."""
    server = connection.pgconn
    ready = select.poll()  # `select` itself fails beyond a thousand open files
    ready.register(server.socket, select.POLLIN)
    if not ready.poll(1000 * seconds):
        return set()
    server.consume_input()
    said: set[tuple[int, str]] = set()
    while one := server.notifies():
        said.add((one.be_pid, one.extra.decode()))
    return said
