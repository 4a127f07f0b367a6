"""A PostgreSQL of these tests alone, and in it one memory of each kind for each test."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from state.file.opening import open_store
from state.file.postgres.shape import statements
from state.file.steps import STEPS

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
Server = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where a server listens in which `owner` owns nothing but the database `plain`."""
    who = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    room = Path(tempfile.mkdtemp(prefix="pg-"))
    os.chown(room, who.pw_uid, who.pw_gid)
    as_whom: dict[str, Any] = (
        {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    )
    begin = f"initdb -D {room}/data -U root -A trust -E UTF8 --no-sync"
    run = f"postgres -D {room}/data -k {room} -c listen_addresses= -c fsync=off"
    program, *told = begin.split()
    subprocess.run([PROGRAMS / program, *told], check=True, stdout=subprocess.DEVNULL, cwd=room, **as_whom)
    program, *told = run.split()
    with (room / "log").open("wb") as log:
        server = subprocess.Popen([PROGRAMS / program, *told], cwd=room, stderr=log, **as_whom)
    try:
        with _let_in(f"host={room} user=root dbname=postgres", server) as connection:
            connection.execute("create role owner login")
            connection.execute("create database plain owner owner")
        yield f"host={room} user=owner dbname=plain"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(room)


def _let_in(told: str, server: subprocess.Popen[bytes]) -> Server:
    while True:
        try:
            return psycopg.connect(told, autocommit=True)
        except psycopg.OperationalError:
            if server.poll() is not None:
                raise


@pytest.fixture
def theirs(address: str) -> Iterator[Server]:
    """A memory on PostgreSQL with nothing in it."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("set client_min_messages = warning; drop schema if exists vigilabel cascade")
        with connection.transaction():
            connection.execute(statements())
            connection.execute("set local search_path = vigilabel")
            for statement in (one for step in STEPS.values() for one in step.postgres):
                connection.execute(statement)
        connection.execute("set search_path = vigilabel")
        yield connection


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A memory on SQLite with nothing in it, as any tool opens it."""
    file = tmp_path / "vigilabel.db"
    open_store(str(file)).close()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma recursive_triggers = on")
        yield connection
