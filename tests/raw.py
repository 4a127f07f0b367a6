"""The connection below a memory, for tests of what one engine does."""

from __future__ import annotations

import sqlite3

from state.file.sqlite.store import SQLiteStore
from state.file.store import Store


def sqlite_of(store: Store) -> sqlite3.Connection:
    """The connection to SQLite that a memory has."""
    assert isinstance(store, SQLiteStore)
    return store._connection
