"""One memory of each engine for each test, with nothing in it, as any tool opens it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from both_engines import Server as Opened

from state.file.opening import open_store
from state.file.postgres.pool import close_all

if TYPE_CHECKING:
    from postgres_server import Server


@pytest.fixture
def address(postgres: Server) -> Iterator[str]:
    """The address of a memory on PostgreSQL: its user owns the database and no more."""
    url = postgres.memory()
    yield url
    postgres.done(url)


@pytest.fixture
def bare(postgres: Server) -> Iterator[str]:
    """The address of a database with nothing in it."""
    url = postgres.url(name := postgres.database())
    yield url
    close_all(url)
    postgres.root.execute(f"drop database {name} with (force)")


@pytest.fixture
def theirs(address: str) -> Iterator[Opened]:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("set search_path = vigilabel")
        yield connection


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    file = tmp_path / "vigilabel.db"
    open_store(str(file)).close()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma recursive_triggers = on")
        yield connection
