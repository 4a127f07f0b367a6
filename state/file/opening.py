"""From an address to the memory there: which engine keeps it is known here alone.

An engine is loaded when a memory is kept by it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from state.file.found import Finding
    from state.file.making import Making
    from state.file.store import Store


def open_store(url: str, *, create: bool = True) -> Store:
    """The memory at `url`, brought to the shape this version needs.

    Accepts "vigilabel.db", "/path/x.db", "sqlite:///x.db", "sqlite:////abs/x.db", ":memory:", and
    "postgresql://user:password@host/database". Raises `StoreError` where there is no directory or server, no
    vigilabel database (or none where `create` is false), a database of another program or of a newer
    vigilabel, or the leftovers of a lost one. A memory that cannot be written to answers questions.
    """
    if in_server(url):
        from state.file.postgres import store as served

        return served.open_store(url, create=create)
    from state.file.sqlite import store

    return store.open_store(url, create=create)


def in_server(url: str) -> bool:
    """Whether the memory at `url` is kept by a PostgreSQL, and in no file."""
    return url.startswith(("postgresql://", "postgres://"))


def is_begun(url: str) -> bool:
    """Whether there is a memory at `url`, or one that begins with whoever opens it (":memory:").

    Raises `StoreError` where none can be, and where one was lost.
    """
    if in_server(url):
        from state.file.postgres import store

        return store.is_begun(url)
    from state.file.sqlite import engine

    return engine.is_begun(url)


def file_of(url: str) -> Path | None:
    """The file that the memory at `url` lies in; None for one without a file of its own."""
    from state.file.sqlite import engine

    if in_server(url):
        return None
    path = engine.file_of(url)
    return None if path == engine.MEMORY else Path(path)


def open_to_others(url: str) -> bool:
    """Whether anybody on this machine may read the memory there."""
    from state.file.sqlite import engine

    return not in_server(url) and engine.open_to_others(engine.file_of(url))


def shown(url: str) -> str:
    """The address as people may read it: without a password."""
    if in_server(url):
        from state.file.postgres.address import address_of

        return address_of(url).shown
    from state.file.sqlite import engine

    return engine.file_of(url)


def begin_copy(url: str, mark: Mapping[str, str], *, anew: bool) -> Making:
    """A memory in the making at `url`; see `state.file.sqlite.making.begin`."""
    if in_server(url):
        from state.file.postgres import making as served

        return served.begin(url, mark, anew=anew)
    from state.file.sqlite import making

    return making.begin(url, mark, anew=anew)


def examined(url: str, clock: Callable[[], datetime]) -> Iterator[Finding]:
    """What an operator should know of the memory at `url`, one by one; raises `StoreError` where it does not
    open, after what was found until then. `clock` is ours."""
    if in_server(url):
        from state.file.postgres import examined as served

        return served.examined(url, clock)
    from state.file.sqlite import examined as file

    return file.examined(url)
