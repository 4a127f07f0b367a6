"""Backups of the memory: one whole file while the watch goes on, and the way back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from state.file.errors import Failed, NoFiles, StoreError, short_of_files
from state.file.opening import in_server, open_store, shown
from state.file.sqlite.engine import MEMORY, check_place, file_of, make_private, original
from state.kept import audit
from state.kept.carried import carry
from state.seen.looks import chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A copy of the memory: the head of its chain, how many links it has, and what does not agree with it."""

    head: str
    links: int
    faults: tuple[str, ...]


def back_up(url: str, file: Path) -> Copied:
    """Writes the memory at `url`, as it is at one instant, to a new file, while readers and writers go on.

    The file appears when it is whole. Faults of the chain are returned, for they are those of the memory
    itself. Raises `StoreError` when there is no memory, when the file exists, or when the copy is damaged.
    """
    open_store(url, create=False).close()  # brought to today's shape, as every command does
    _require_new(file, "a backup is never overwritten: name another file")
    with _partial(file) as copy:
        if in_server(url):
            carry(url, str(copy))
        else:
            _copy(Path(_path(url)), copy)
        copied = _examined(copy, shown(url))
        _place(copy, file)
    return copied


def restore(file: Path, url: str) -> Copied:
    """Puts a backup where no memory is, once it is known to be whole; the backup itself is only read.

    Raises `StoreError`, and leaves nothing behind, when a memory is there or was there, when the file is not
    a whole backup, or when anything in it does not agree with its chain.
    """
    if not file.is_file():
        raise StoreError.of("no_backup", file=file)
    if in_server(url):
        return _restore_into(file, url)
    target = Path(_path(url))
    check_place(str(target), create=True)
    if target.exists():
        raise StoreError.of("memory_there", file=target)
    with _partial(target) as copy:
        copied = _unfolded(file, copy)
        _place(copy, target)
    return copied


def _restore_into(file: Path, url: str) -> Copied:
    """The same in a PostgreSQL. A process that is killed meanwhile leaves a part of it there, which nobody
    can open, and which the same command goes on with."""
    with TemporaryDirectory(prefix="vigilabel-") as room:
        copied = _unfolded(file, copy := Path(room) / "restored.db")
        carry(str(copy), url, name=str(file))
    return copied


def _unfolded(file: Path, copy: Path) -> Copied:
    """Makes a memory of today's shape of a backup; raises `StoreError` where its chain does not agree."""
    _copy(file, copy)
    copied = _examined(copy, str(file))
    if copied.faults:
        faults = "; ".join(copied.faults[:3])
        raise StoreError.of("unchained", file=file, why=faults)
    return copied


def _path(url: str) -> str:
    path = file_of(url)
    if path == MEMORY:
        raise StoreError.of("gone")
    return path


def _require_new(file: Path, advice: str) -> None:
    if file.exists():
        raise StoreError.of("file_there", file=file, advice=advice)


@contextmanager
def _partial(file: Path) -> Iterator[Path]:
    """A place beside `file` to work in; nothing is left there, whatever happens."""
    copy = file.with_name(f"{file.name}.{os.getpid()}.partial")
    try:
        yield copy
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def _copy(file: Path, copy: Path) -> None:
    try:
        with original(str(file)) as source, closing(_new(copy)) as target:
            # SQLite's own, page by page: a copied file would miss what is still in the write-ahead log.
            source.backup(target)
            _require_whole(target, file)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise _damaged(file, error) from error


def _new(copy: Path) -> sqlite3.Connection:
    make_private(str(copy))
    try:
        return sqlite3.connect(copy)
    except sqlite3.OperationalError as error:
        if short_of_files():
            raise NoFiles.of("no_files") from error
        raise StoreError.of("closed_folder", folder=copy.parent, why=error) from error


def _damaged(file: object, error: BaseException) -> StoreError:
    if short_of_files():
        return NoFiles.of("no_files")
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return StoreError.of("full", file=file)
    return StoreError.of("broken", file=file, why=error)


def _require_whole(database: sqlite3.Connection, original: Path) -> None:
    found = [row[0] for row in database.execute("pragma integrity_check(3)")]
    if found != ["ok"]:
        raise StoreError.of("broken", file=original, why="; ".join(found))
    if database.execute("pragma foreign_key_check").fetchone():
        raise StoreError(
            f"{original}: expected a whole database, found a row that points to nothing",
            "dangling",
            file=str(original),
        )
    if not database.execute("select 1 from sqlite_master where name = 'snapshot_page'").fetchone():
        raise StoreError.of("no_memory", file=original)


def _examined(copy: Path, name: str) -> Copied:
    """Brings the copy to today's shape, holds it against its chain, and makes one file of it."""
    try:
        with open_store(str(copy), create=False) as store:
            head, faults = chain.head(store), audit.faults(store)
            links = chain.numbered(store, head) or 0
        with closing(sqlite3.connect(copy)) as database:
            database.execute("pragma journal_mode = delete")
    except NoFiles:
        raise
    except Failed as error:
        raise _damaged(name, error.__cause__ or error) from error
    except StoreError as error:
        values = {key: value.replace(str(copy), name) for key, value in error.values.items()}
        raise StoreError(str(error).replace(str(copy), name), error.code, **values) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise _damaged(name, error) from error
    return Copied(head=head, links=links, faults=faults)


def _place(copy: Path, file: Path) -> None:
    """Gives the finished copy its name, never that of a file which came up meanwhile."""
    try:
        os.link(copy, file)
    except FileExistsError:
        _require_new(file, "it came up meanwhile")
    except OSError:  # a file system without hard links
        _require_new(file, "it came up meanwhile")
        copy.replace(file)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
