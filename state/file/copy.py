"""The memory to try something on: nothing done to it reaches the memory itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from state.file.errors import StoreError, Undone
from state.file.opening import in_server, is_begun, open_store
from state.file.sqlite.engine import file_of, make_private, original

if TYPE_CHECKING:
    from state.file.store import Store


@contextmanager
def trial(url: str) -> Iterator[Store]:
    """The memory at `url` as it is now, with all that is written to it taken back at the end; an empty one
    where there is no memory yet.

    Within one transaction, which no other writer is in: nothing slow belongs inside
    (`watcher.look.rehearsal`). So nothing is copied, however large the memory is; only one that cannot be
    written to is.
    """
    with ExitStack() as opened:
        store = opened.enter_context(or_blank(url))
        try:
            opened.enter_context(_undone(store))
        except StoreError as error:
            # A standby says so itself; a copy of what a server keeps has no place in a folder.
            if error.code != "read_only" or in_server(url):
                raise
            store = opened.enter_context(copied(url))
        yield store


def or_blank(url: str) -> Store:
    """The memory at `url`; an empty one where there is none yet."""
    return open_store(url, create=False) if is_begun(url) else open_store(":memory:")


@contextmanager
def _undone(store: Store) -> Iterator[None]:
    with suppress(Undone), store.transaction():
        yield
        raise Undone("a trial is over")


@contextmanager
def copied(url: str) -> Iterator[Store]:
    """A copy of the memory in the file at `url` as it is now, gone afterwards.

    Raises `StoreError` where `open_store` would, and `sqlite3.Error` when the memory cannot be read.
    """
    with TemporaryDirectory(prefix="vigilabel-") as room:
        copy = str(Path(room) / "copy.db")
        make_private(copy)
        with original(file_of(url)) as whole, closing(sqlite3.connect(copy)) as target:
            whole.backup(target)
        with open_store(copy) as store:
            yield store
