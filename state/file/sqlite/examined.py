"""What an operator should know of a memory in a file: where it lies, who is at it, and what is wrong."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from state.file.found import Finding, held, told, wrong
from state.file.making import MARK
from state.file.sqlite import engine, keys, migrations

MEGA = 1_000_000
NETWORK = (
    "nfs",
    "cifs",
    "smb",
    "9p",
    "ceph",
    "glusterfs",
    "lustre",
    "afs",
    "fuse.sshfs",
    "fuse.s3fs",
    "davfs",
)
"""How file systems of other machines begin: locks and the shared index of the log do not hold over them."""
LARGE_LOG = 256 * MEGA
"""A log is taken in after 4 MB, unless somebody has been reading since before."""
SPARE = 200 * MEGA
OURS = ("sqlite_", "_sqlite_migrations", "name_words", "row_words")


def examined(url: str) -> Iterator[Finding]:
    """The findings one by one; raises `StoreError` where there is no memory to look at, or none of ours."""
    path = engine.file_of(url)
    file = Path(path).absolute()
    yield told("engine", engine="SQLite", version=sqlite3.sqlite_version, where=str(file))
    if path == engine.MEMORY:
        return
    engine.check_place(path, create=False)
    yield from _disk(file)
    yield from _rights(path)
    connection = engine.connect(path) if engine.writable(path) else engine.connect_in_place(path)
    if connection is None:
        return
    with closing(connection):
        migrations.needed(connection, path)
        yield from _shape(connection)
        yield from _busy(connection, file)


def _disk(file: Path) -> Iterator[Finding]:
    log = file.with_name(file.name + "-wal")
    size, waiting = file.stat().st_size, log.stat().st_size if log.exists() else 0
    yield told("size", size=round(size / MEGA, 1), log=round(waiting / MEGA, 1))
    if waiting > max(LARGE_LOG, size // 2):
        yield wrong("log", log=waiting // MEGA)
    free = shutil.disk_usage(file.parent).free
    need = size // 10 + SPARE
    yield held("room", free > need, free=free // MEGA, need=need // MEGA)
    kind = file_system(file)
    yield held("file_system", not kind.startswith(NETWORK), system=kind or "?")


def file_system(file: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """What kind of file system a file lies on; "" where the system does not tell."""
    best, kind = "", ""
    with suppress(OSError):
        for line in mounts.read_text(errors="replace").splitlines():
            before, _, after = line.partition(" - ")
            point = before.split()[4].encode().decode("unicode_escape")
            # Of two on one place the last one is seen.
            if len(point) >= len(best) and file.is_relative_to(point):
                best, kind = point, after.split()[0]
    return kind


def _rights(path: str) -> Iterator[Finding]:
    if not engine.writable(path):
        yield wrong("writable", where=path)
    yield held("private", not engine.open_to_others(path), where=path)


def _shape(connection: sqlite3.Connection) -> Iterator[Finding]:
    tables = migrations.tables_of(connection)
    taken = {name for (name,) in connection.execute("select name from _sqlite_migrations")}
    lacking = [name for name in migrations.STEPS if name not in taken]
    yield held(
        "steps", not lacking, taken=len(taken), of=len(migrations.STEPS), last=list(migrations.STEPS)[-1]
    )
    with closing(sqlite3.connect(engine.MEMORY, isolation_level=None)) as fresh:
        keys.lend(fresh)
        migrations.migrate(fresh)
        ours = migrations.tables_of(fresh) | {MARK}
    if others := sorted(name for name in tables - ours if not name.startswith(OURS)):
        yield wrong("strange", tables=", ".join(others))
    [(head, links)] = connection.execute(
        "select coalesce((select hash from link order by number desc limit 1), '0'), count(*) from link"
    ).fetchall()
    yield told("chain", head=head, links=links)


def _busy(connection: sqlite3.Connection, file: Path) -> Iterator[Finding]:
    connection.execute("pragma busy_timeout = 0")
    try:
        connection.execute("begin immediate")
        connection.execute("rollback")
    except sqlite3.OperationalError:
        yield told("writer")
    if at_it := processes(file):
        yield told("processes", processes=len(at_it), numbers=", ".join(map(str, at_it)))


def processes(file: Path) -> list[int]:
    """The other processes of this machine that have the file open, as far as we may see."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(os.readlink(one) == str(file) for one in (process / "fd").iterdir()):
                found.append(int(process.name))
    return sorted(set(found) - {os.getpid()})
