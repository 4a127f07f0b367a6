"""A new memory without its steps: a copy of one that took them, in a tenth of the time.

Most tests begin one. Tests of how a memory is begun, or opened, ask for the fixture `step_by_step`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import wraps
from threading import Lock

import pytest
from raw import sqlite_of

from state.file.opening import open_store
from state.file.sqlite import engine
from state.file.store import Store


@contextmanager
def begun_at_once() -> Iterator[None]:
    """Memories that are begun while this lasts are copies of one."""
    really, one_at_a_time = engine.connect, Lock()

    @wraps(really)
    def connect(path: str) -> sqlite3.Connection:
        connection = really(path)
        # Nobody pulls a plug here, and to wait for the disk takes longer than most tests do.
        connection.execute("pragma synchronous = off")
        if connection.execute("select count(*) from sqlite_master").fetchone() == (0,):
            with one_at_a_time:
                begun.backup(connection)
        return connection

    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as begun:
        with open_store(":memory:") as whole:
            sqlite_of(whole).backup(begun)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "connect", connect)
            yield


@contextmanager
def step_by_step() -> Iterator[None]:
    """Memories are begun as the program begins them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "connect", getattr(engine.connect, "__wrapped__", engine.connect))
        yield


def made_of(tell: Callable[[Store], object]) -> bytes:
    """A memory to which something was told, to begin others with."""
    with open_store(":memory:") as store:
        tell(store)
        return sqlite_of(store).serialize()


@contextmanager
def begun_with(kept: bytes) -> Iterator[Store]:
    """A memory of its own that holds what another did."""
    with open_store(":memory:") as store:
        sqlite_of(store).deserialize(kept)
        yield store
