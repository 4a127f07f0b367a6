"""Opening a database: from an address to a connection that keeps its promises, or a clear refusal.

SQLite's ways are known here (files beside the file, PRAGMAs).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from state.file.errors import Broke, Busy, Failed, Full, NoFiles, StoreError, short_of_files
from state.file.sqlite import keys

MEMORY = ":memory:"
BUSY_SECONDS = 30.0
"""How long a writer waits for another one. Transactions take milliseconds; a backup may take longer."""
WAL_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds between two tries to switch a file to its write-ahead log."""
KINDS = {
    sqlite3.SQLITE_CONSTRAINT: Broke,
    sqlite3.SQLITE_FULL: Full,
    sqlite3.SQLITE_BUSY: Busy,
    sqlite3.SQLITE_LOCKED: Busy,
}
"""What an error of SQLite is to us, by its plain code; any other is that the engine failed."""
FILES_PAUSES = (0.05, 0.1, 0.2)
"""Seconds between two tries to open a memory where there are no open files: pages close theirs soon."""


def file_of(url: str) -> str:
    """The path of the database file that an address names, or ":memory:".

    Never repeats an address it does not understand: it may hold a password.
    """
    if url in (MEMORY, "sqlite://", "sqlite:///:memory:"):
        return MEMORY
    if url.startswith("sqlite:///"):
        url = url.removeprefix("sqlite:///")
    if not url:
        raise StoreError.of("no_address")
    if "://" in url:
        raise StoreError.of("other_address", scheme=url.split("://", 1)[0])
    return url


def is_begun(url: str) -> bool:
    """Whether a memory lies at an address; raises `StoreError` where none can be, and where one was lost."""
    path = file_of(url)
    if path == MEMORY or Path(path).exists():
        return True
    check_place(path, create=True)
    return False


def check_place(path: str, *, create: bool) -> None:
    """Refuses a place where no database can be, or where one was lost.

    A new database beside the write-ahead log of an old one would start an empty watch where a full one was,
    and SQLite would throw the log away.
    """
    file = Path(path)
    if not file.parent.is_dir():
        raise StoreError.of("no_folder", path=path, folder=file.parent)
    if file.is_dir():
        raise StoreError.of("folder", path=path)
    # The leftovers are looked at before the file: another process that is creating the database at this
    # moment writes the file first.
    left = [path + suffix for suffix in ("-wal", "-shm") if Path(path + suffix).exists()]
    empty = not file.exists() or file.stat().st_size == 0
    if empty and left:
        found = "an empty file" if file.exists() else "no file"
        raise StoreError.of("lost", path=path, left=", ".join(left), both=" and ".join(left), found=found)
    if empty and not create:
        raise StoreError(
            f"state {path}: there is no database; check the path, or run a first look to start one",
            "none",
            path=path,
        )


def connect(path: str) -> sqlite3.Connection:
    """A connection with write-ahead log, full syncs and foreign keys on; raises `StoreError` when the file is
    something else than a database, and `NoFiles` when the system lets us open none."""
    for pause in FILES_PAUSES:
        try:
            return _connect(path)
        except NoFiles:
            time.sleep(pause)
    return _connect(path)


def version(connection: sqlite3.Connection) -> int:
    """What SQLite changes for a connection whenever another one commits.

    Asking takes some microseconds: it reads a number in the memory that processes share, and not the file.
    """
    number: int = connection.execute("pragma data_version").fetchone()[0]
    return number


def make_private(path: str) -> None:
    """Makes an empty file, where there is none, that its owner alone may read, whatever the umask.

    A memory holds who wants to hear of what. SQLite would make it readable to all who may enter the folder;
    the log and the index beside it get the rights of the file itself. A file that is there keeps its rights:
    whoever runs the watch may share it with a group on purpose (`open_to_others`, which the doctor tells).
    """
    if path != MEMORY and not Path(path).exists():
        with suppress(OSError):  # SQLite says what is wrong with the place
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))


def open_to_others(path: str) -> bool:
    """Whether anybody on this machine may read the memory there."""
    return path != MEMORY and Path(path).exists() and bool(Path(path).stat().st_mode & stat.S_IROTH)


def _connect(path: str) -> sqlite3.Connection:
    make_private(path)
    try:
        # No isolation level: Python's own BEGIN is a deferred one, which takes the write lock too late.
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    except sqlite3.DatabaseError as error:
        raise in_our_words(error, path) from error
    try:
        return _prepared(connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise in_our_words(error, path) from error


def in_our_words(error: sqlite3.Error, path: str = "") -> StoreError:
    """An error of SQLite in our words.

    SQLite says "unable to open database file" of a folder that is gone and of a full table of open files.
    """
    # Extended codes (SQLITE_READONLY_DIRECTORY…) keep the plain one in their low byte.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_NOTADB:
        return StoreError.of("other_file", path=path)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR) and short_of_files():
        return NoFiles.of("no_files")
    return KINDS.get(code, Failed)(str(error))


def writable(path: str) -> bool:
    """Whether a database there can be written to; SQLite puts files beside it, or finds them there."""
    file, beside = Path(path), [Path(path + suffix) for suffix in ("-wal", "-shm")]
    if not file.exists():
        return True
    if not _may_write(file):
        return False
    return _may_write(file.parent) or all(_may_write(one) for one in beside)


def _may_write(path: Path) -> bool:
    # access(2) asks for the real user; what counts for a service that changed its user is the effective one.
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def connect_in_place(path: str) -> sqlite3.Connection | None:
    """A connection that reads where nothing can be written; None where only a copy can be read.

    A write-ahead log that was left behind holds the newest looks: it is read with its index, or on a copy.
    """
    address = Path(path).absolute().as_uri() + "?mode=ro"
    media = bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    quiet = not _left(path + "-wal")
    # `immutable` lets SQLite skip its locks and the log: true only where nobody can write and no log is left.
    for ending in ("", "&immutable=1") if media and quiet else ("",):
        connection = sqlite3.connect(address + ending, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            return _read(connection, path)
        except sqlite3.OperationalError as error:
            connection.close()
            # Extended codes (SQLITE_READONLY_DIRECTORY…) keep the plain one in their low byte.
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise in_our_words(error, path) from error
            if short_of_files():  # a copy would need more of them
                raise NoFiles.of("no_files") from error
    return None


def _read(connection: sqlite3.Connection, path: str) -> sqlite3.Connection:
    try:
        connection.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        connection.close()
        raise in_our_words(error, path) from error
    return connection


@contextmanager
def original(path: str) -> Iterator[sqlite3.Connection]:
    """A connection that copies are made from: it changes nothing, and works wherever the file lies."""
    if writable(path):
        address = Path(path).absolute().as_uri() + "?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            yield connection
        return
    with TemporaryDirectory(prefix="vigilabel-") as room:
        placed = connect_in_place(path)
        if placed is None:
            copy = str(Path(room) / "copy.db")
            copy_aside(path, copy)
            placed = connect(copy)
        with closing(placed) as connection:
            yield connection


def copy_aside(path: str, copy: str) -> None:
    """Copies a database that nobody can write to, with the write-ahead log that was left beside it."""
    shutil.copyfile(path, copy)
    if _left(path + "-wal"):
        shutil.copyfile(path + "-wal", copy + "-wal")


def _left(path: str) -> bool:
    file = Path(path)
    return file.exists() and file.stat().st_size > 0


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switches the file to its write-ahead log; several processes that begin a file at once take turns.

    SQLite does not wait for a lock here, whatever the busy timeout.
    """
    for pause in WAL_PAUSES:
        try:
            _log_ahead(connection)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(pause)
        else:
            return
    _log_ahead(connection)


def _log_ahead(connection: sqlite3.Connection) -> None:
    if connection.execute("pragma journal_mode").fetchone() != ("wal",):
        connection.execute("pragma journal_mode = wal")


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("select count(*) from sqlite_master").fetchone()
    _use_write_ahead_log(connection)
    # Without it SQLite skips the triggers that keep the log, for what `insert or replace` deletes.
    connection.execute("pragma recursive_triggers = on")
    # The log is evidence and writes are few: a commit is on the disk when it says so.
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    keys.lend(connection)
    return connection
