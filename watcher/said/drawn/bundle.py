"""All that may be given to anybody, as one file: each plain view as CSV and JSON, all of them as SQLite.

Made row by row, whatever the memory holds, with a dictionary of the columns in it.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from shutil import disk_usage, rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import voice
from state.file.errors import Full
from state.file.opening import file_of
from state.kept import away
from state.model import Reason, day_of
from state.seen.looks import chain, runs
from watcher.errors import NoRoom
from watcher.said.drawn.table import cell

if TYPE_CHECKING:
    from state.file.store import Store

logger = logging.getLogger(__name__)

PIECE = 1 << 16
MEGA = 1_000_000
SPARE = 16 * MEGA
ROOM = ".bundle-"
ABANDONED = 6 * 3600
"""Seconds after which nobody works in a room any more: a bundle of a million events takes minutes."""


def bundle_of(state: str) -> Path | None:
    """Where the bundle of a memory lies: beside it; None for one without a file."""
    file = file_of(state)
    return file and file.with_name(f"{file.name}.latest.zip")


def made_on(there: Path) -> str:
    """The day that a bundle names in its comment: clocks of files are set by whoever copies them."""
    try:
        with ZipFile(there) as archive:
            return archive.comment.decode("ascii", "replace")
    except (OSError, ValueError, BadZipFile):
        return ""


def write_bundle(store: Store, there: Path, now: datetime) -> None:
    """Writes the bundle beside its place, then puts it there: who reads the old one reads it whole.

    Raises `NoRoom`, and leaves what lay there.
    """
    _require_room(store, there.parent)
    try:
        _write(store, there, now)
    except (OSError, Full, sqlite3.OperationalError) as error:
        if not _full(error):
            raise
        raise _no_room(store, there.parent) from error
    logger.info("bundle: %s written, %s bytes", there.name, there.stat().st_size)


def _write(store: Store, there: Path, now: datetime) -> None:
    with TemporaryDirectory(prefix=ROOM, dir=there.parent) as room, store.reading():
        _clear(Path(room))
        made = Path(room) / "bundle.zip"
        with ZipFile(made, "w", ZIP_DEFLATED) as archive:
            _fill(archive, store, Path(room), now)
            archive.comment = day_of(now).isoformat().encode()
        made.replace(there)


def _require_room(store: Store, folder: Path) -> None:
    """Nothing where there is room for a bundle and for the memory beside it; raises `NoRoom`.

    Asked before anything is written: a disk that a bundle fills fails the watch itself, every few minutes.
    """
    if disk_usage(folder).free < _need(store):
        raise _no_room(store, folder)


def _need(store: Store) -> int:
    """What a bundle takes while it is made, at most as much as the memory, and what looks write meanwhile."""
    return store.size() + SPARE


def _no_room(store: Store, folder: Path) -> NoRoom:
    free, need = disk_usage(folder).free, _need(store)
    return NoRoom(Reason.of("no_room", folder=str(folder), free=free // MEGA, need=-(-need // MEGA)))


def _full(error: Exception) -> bool:
    """Whether a write failed for want of room: the memory is only read here."""
    code = getattr(error, "sqlite_errorcode", None)  # of the copy that goes into the bundle
    return (
        isinstance(error, Full)
        or code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)
        or (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
    )


def _clear(room: Path) -> None:
    """Takes away what a process that was killed left beside: each night would add a copy of the memory.

    Told from the room of one still at work by its age, against our own room: both times are the disk's.
    """
    begun = room.stat().st_mtime
    for other in room.parent.glob(f"{ROOM}*"):
        with suppress(OSError):  # its owner may end it meanwhile
            if begun - other.stat().st_mtime > ABANDONED:
                rmtree(other)


def _fill(archive: ZipFile, store: Store, room: Path, now: datetime) -> None:
    for view in away.VIEWS:
        _put(archive, f"csv/{view}.csv", _csv(store, view), now)
        _put(archive, f"json/{view}.json", _json(store, view), now)
    copy = room / "vigilabel.sqlite"
    away.write_copy(store, copy)
    _put(archive, copy.name, _file(copy), now)
    _put(archive, "columns.csv", _dictionary(store), now)
    _put(archive, "README.txt", iter([_read_me(store, now).encode()]), now)


def _put(archive: ZipFile, name: str, pieces: Iterator[bytes], now: datetime) -> None:
    entry = ZipInfo(name, now.timetuple()[:6])
    entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
    with archive.open(entry, "w", force_zip64=True) as out:
        for piece in pieces:
            out.write(piece)


def _csv(store: Store, view: str) -> Iterator[bytes]:
    """For programs, in UTF-8: no cell is a formula."""
    yield _line(store.columns(view))
    for row in away.rows(store, view):
        yield _line([cell(value) for value in row])


def _line(values: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(values)
    return out.getvalue().encode()


def _json(store: Store, view: str) -> Iterator[bytes]:
    """One array, a line a row."""
    names, between = store.columns(view), b"[\n"
    for row in away.rows(store, view):
        yield between + json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False).encode()
        between = b",\n"
    yield b"[]\n" if between == b"[\n" else b"\n]\n"


def _file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _dictionary(store: Store) -> Iterator[bytes]:
    """What each table and each column of it is, in every language."""
    yield _line(["table", "column", *LANGUAGES])
    for view in away.VIEWS:
        for name in ("", *store.columns(view)):
            yield _line([view, name, *(voice(lang).each("dictionary", name or view) for lang in LANGUAGES)])


def _read_me(store: Store, now: datetime) -> str:
    """Where it comes from, under which licence, and how recent each register is."""
    parts = []
    for lang in LANGUAGES:
        say = voice(lang)
        seen = [
            say("bundle.source", source=one.source, at=one.last_good)
            for one in runs.states(store)
            if one.last_good
        ]
        parts.append(say("bundle.read_me", at=now, sources="\n".join(seen), head=chain.head(store)))
    return "\n\n".join(parts) + "\n"


def size_and_time(there: Path) -> tuple[int, float] | None:
    """How large a bundle is and when it was written; None where there is none."""
    try:
        found = os.stat(there)
    except OSError:
        return None
    return found.st_size, found.st_mtime
