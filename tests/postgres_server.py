"""A PostgreSQL of this test run alone, in a folder of its own and on a socket in it; gone when the run is.

Each process of tests has one: to make and start it takes half a second. A new memory is a copy of one that
took its steps, or one that another test is done with. `postgres_keeper.py` ends the server with the process
of tests, also where that is killed.
"""

from __future__ import annotations

import os
import pwd
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from state.file.opening import open_store
from state.file.postgres.pool import close_all

PLACES = ("/usr/lib/postgresql/15/bin", *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"))))
KEEPER = str(Path(__file__).with_name("postgres_keeper.py"))
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # nobody pulls a plug here
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
}
ROOM = 4 << 20
"""What a memory may take beyond an empty one to be emptied: what is deleted stays in its files."""
FIRST_NUMBERS = "select setval(oid::regclass, 1, false) from pg_class where relkind = 'S'"
LAST_NUMBERS = """select sequencename, coalesce(last_value, 1), last_value is not null from pg_sequences
    where schemaname = 'vigilabel'"""
COLUMNS = """select c.relname, string_agg(quote_ident(a.attname), ', ') from pg_class c
    join pg_attribute a on a.attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = ''
    where c.relnamespace = 'vigilabel'::regnamespace and relkind = 'r' and relname <> 'step_taken'
    group by 1"""
SHAPE = """select (select array_agg((oid, relname, xmin)::text order by oid) from pg_class
            where relnamespace = 'vigilabel'::regnamespace and relkind <> 'S'),
        (select array_agg((oid, tgname, xmin)::text order by oid) from pg_trigger where not tgisinternal),
        (select array_agg((oid, proname, xmin)::text order by oid) from pg_proc
            where pronamespace = 'vigilabel'::regnamespace),
        (select array_agg(name order by name) from vigilabel.step_taken),
        pg_database_size(current_database())"""
RULES = "local guarded all scram-sha-256\nlocal all all trust\n"
"""Who may enter: whoever can open the socket, and into the database `guarded` with a password."""


@cache
def programs() -> Path | None:
    """Where the programs of PostgreSQL are; None where it is not installed."""
    found = (Path(place) for place in PLACES)
    return next((place for place in found if (place / "postgres").exists()), None)


class Server:
    """A running server; `root` may do anything, `owner` owns databases and no more."""

    def __init__(self, room: Path) -> None:
        self.room = room
        self._numbers = count(1)
        self.root = _connected(room, "postgres")
        self.root.execute("create role owner login password 'secret'")
        self._begun: _Memory | None = None
        self._at_hand: list[_Memory] = []
        self._out: dict[str, _Memory] = {}

    def url(self, database: str, user: str = "owner") -> str:
        """The address of a database."""
        return f"postgresql://{user}@/{database}?host={self.room}"

    def database(self, template: str = "template0") -> str:
        """A new database of `owner`."""
        name = f"t{next(self._numbers)}"
        self.root.execute(f"create database {name} owner owner template {template}")
        return name

    def memory(self) -> str:
        """The address of a new memory with nothing in it."""
        one = self._at_hand.pop() if self._at_hand else self._new()
        self._out[url := self.url(one.name)] = one
        return url

    def _new(self) -> _Memory:
        if self._begun is None:
            begun = self.database()
            open_store(self.url(begun)).close()
            close_all(self.url(begun))
            self._begun = _Memory(self.room, begun)
            self._begun.root.close()  # nobody may be connected to what is copied
        return _Memory(self.room, self.database(self._begun.name), self._begun)

    def copied(self, url: str) -> str:
        """The address of a new memory that is as the one there."""
        made = self.memory()
        self._out[made].fill(self._out[url])
        return made

    def close(self) -> None:
        """Lets go of all databases."""
        close_all()
        for one in (*self._at_hand, *self._out.values()):
            one.root.close()
        self.root.close()

    def done(self, url: str) -> None:
        """Ends a memory: it is emptied for the next one, or dropped where it is not as it was begun."""
        one = self._out.pop(url)
        if one.emptied():
            self._at_hand.append(one)
            return
        close_all(url)
        one.root.close()
        self.root.execute(f"drop database if exists {one.name} with (force)")


class _Memory:
    """A database with a memory, which is emptied in a millisecond where a new one takes seventy."""

    def __init__(self, room: Path, name: str, like: _Memory | None = None) -> None:
        self.name, self.root = name, _connected(room, name)
        self.root.execute("set search_path = vigilabel; set lock_timeout = '1s'")
        self.root.execute("set session_replication_role = replica")  # no trigger of ours: they keep the log
        rows = self.root.execute("select relname from pg_class where relnamespace = 'vigilabel'::regnamespace"
            " and relkind = 'r' and relname <> 'step_taken' order by relname")  # fmt: skip
        tables = [name for (name,) in rows]
        self._empty = "; ".join(
            (
                *(f"delete from {table}" for table in tables),
                "insert into keyed values ('', 0, 0)",
                FIRST_NUMBERS,
            )
        )
        self.shape, self.size = self._found()
        if like is not None:
            self.shape = like.shape

    def fill(self, other: _Memory) -> None:
        """Puts in, in place of what it begins with, all that another memory holds."""
        self.root.execute("delete from keyed")
        for table, columns in other.root.execute(COLUMNS).fetchall():
            with (
                other.root.cursor().copy(f"copy {table} ({columns}) to stdout".encode()) as rows,
                self.root.cursor().copy(f"copy {table} ({columns}) from stdin".encode()) as filled,
            ):
                for data in rows:
                    filled.write(data)
        for name, last, called in other.root.execute(LAST_NUMBERS).fetchall():
            self.root.execute("select setval(%s::regclass, %s, %s)", (name, last, called))

    def _found(self) -> tuple[object, int]:
        found = self.root.execute(SHAPE).fetchone()
        assert found
        return found[:-1], int(str(found[-1]))

    def emptied(self) -> bool:
        """Whether it is as good as new."""
        with suppress(psycopg.Error):
            shape, size = self._found()
            if shape == self.shape and size < self.size + ROOM:
                self.root.execute(self._empty)
                return True
        return False


def _connected(room: Path, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(f"host={room} user=root dbname={database}", autocommit=True)


def _whose() -> tuple[pwd.struct_passwd, dict[str, Any]]:
    """As whom the server runs: PostgreSQL refuses root."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid()), {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            who = pwd.getpwnam(name)
            return who, {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
    raise LookupError("expected a user postgres or nobody to run a server as, found neither")


def _room() -> Path:
    room = Path(tempfile.mkdtemp(prefix="pg-"))
    if len(os.fsencode(room)) > 80:  # an address of a socket has room for a hundred bytes
        room.rmdir()
        room = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    return room


@contextmanager
def running(place: Path) -> Iterator[Server]:
    """A server while this lasts."""
    who, as_whom = _whose()
    room = _room()
    os.chown(room, who.pw_uid, who.pw_gid)
    initdb = [
        str(place / "initdb"),
        "-D",
        f"{room}/data",
        "-U",
        "root",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    subprocess.run([*initdb, "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL, cwd=room, **as_whom)
    (room / "data" / "pg_hba.conf").write_text(RULES)
    command = [str(place / "postgres"), "-D", f"{room}/data", "-k", str(room)]
    told = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    ids = [str(who.pw_uid), str(who.pw_gid)] if as_whom else ["", ""]
    keeper = subprocess.Popen(
        [*(sys.executable, "-S", KEEPER, str(room)), *ids, *command, *told], stdin=subprocess.PIPE
    )
    try:
        _await(room, keeper)
        with closing(Server(room)) as server:
            yield server
    finally:
        assert keeper.stdin
        keeper.stdin.close()
        keeper.wait()


def _await(room: Path, keeper: subprocess.Popen[bytes]) -> None:
    while True:
        try:
            _connected(room, "postgres").close()
        except psycopg.OperationalError:
            if keeper.poll() is not None:
                raise
            select.select([], [], [], 0.01)
        else:
            return
