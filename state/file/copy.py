"""A copy of the memory to try something on: nothing done to it reaches the memory itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from state.file.opening import open_store
from state.file.sqlite.engine import MEMORY, file_of, make_private, original

if TYPE_CHECKING:
    from state.file.store import Store


@contextmanager
def copied(url: str) -> Iterator[Store]:
    """A copy of the memory at `url` as it is now, gone afterwards; an empty one where there is no memory yet.

    Raises `StoreError` where `open_store` would, and `sqlite3.Error` when the memory cannot be read.
    """
    path = file_of(url)
    if path == MEMORY or not Path(path).exists():
        with open_store(MEMORY) as store:
            yield store
        return
    with TemporaryDirectory(prefix="vigilabel-") as room:
        copy = str(Path(room) / "copy.db")
        make_private(copy)
        with original(path) as whole, closing(sqlite3.connect(copy)) as target:
            whole.backup(target)
        with open_store(copy) as store:
            yield store
