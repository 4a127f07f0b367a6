"""Both engines for tests of the memory: what a test keeps at a path is kept by SQLite, then by PostgreSQL.

A path, or ":memory:", stands for a database of a server while a test runs over PostgreSQL: the same test
begins, reopens and shares memories on both, and names neither. What only SQLite has is marked `sqlite`, and
says why.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from state.file import opening
from state.file.sqlite import store as sqlite_store

if TYPE_CHECKING:
    from postgres_server import Server

    from state.file.store import Store

ENGINES = ("sqlite", "postgresql")
BOTH = (
    *("state/owed", "state/noted", "state/seen", "state/workspaces", "state/test_search.py"),
    *("state/file/test_bodies.py", "state/file/test_claims.py", "watcher/tell"),
    *("watcher/look", "watcher/ask"),
    *("watcher/editions/test_two_editions.py", "watcher/editions/test_editions_in_order.py"),
)
"""Where tests are about the memory and not about one engine, below `tests`; all others run once."""
ONCE = (
    *("watcher/look/apart", "watcher/look/compare"),  # of documents, and of listings whoever keeps them
    *(
        "watcher/ask/standing/test_race.py",
        "watcher/ask/views",
    ),  # a memory for all tests of a file, and shapes
)
TESTS = Path(__file__).parent


SERVED: dict[str, Callable[..., Any]] = {}
"""How memories are copied and addressed while they are kept in a server."""


def copy(path: str | Path, other: str | Path) -> None:
    """Copies a memory that nobody has open."""
    SERVED.get("copy", shutil.copy)(path, other)


def remove(path: str | Path) -> None:
    """Removes a memory that was copied."""
    SERVED.get("remove", Path.unlink)(Path(path))


def address(path: str) -> str:
    """What another process opens the memory at a path by."""
    return str(SERVED.get("address", str)(path))


def of_both(metafunc: pytest.Metafunc) -> bool:
    """Whether a test runs over both engines."""
    where = metafunc.definition.path.relative_to(TESTS).as_posix()
    return (
        where.startswith(BOTH)
        and not where.startswith(ONCE)
        and metafunc.definition.get_closest_marker("sqlite") is None
    )


def served(given: object) -> bool:
    """Whether what a test is given is an engine that is a server, or several of which one is."""
    return given == ENGINES[1] or (isinstance(given, tuple) and ENGINES[1] in given)


def _gone_when_closed(server: Server, store: Store, begun: list[str]) -> Store:
    """A memory that is gone when it is closed: some tests begin a hundred."""
    really, url = store.close, begun[-1]

    def close() -> None:
        store.close = really  # type: ignore[method-assign]
        really()
        if url in begun:
            begun.remove(url)
            server.done(url)

    store.close = close  # type: ignore[method-assign]
    return store


@contextmanager
def kept_in(server: Server) -> Iterator[None]:
    """What is kept at a path meanwhile is kept in a database of this server."""
    urls: dict[str, str] = {}
    begun: list[str] = []
    really = sqlite_store.open_store

    def memory() -> str:
        begun.append(server.memory())
        return begun[-1]

    def open_store(url: str, *, create: bool = True) -> Store:
        from state.file.sqlite import engine

        path = engine.file_of(url)
        if path == engine.MEMORY:
            return _gone_when_closed(server, opening.open_store(memory()), begun)
        if path not in urls:
            engine.check_place(path, create=create)
            urls[path] = memory()
        return opening.open_store(urls[path], create=create)

    def copy(path: str | Path, other: str | Path) -> None:
        urls[str(other)] = server.copied(urls[str(path)])

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SERVED, "address", lambda path: urls[str(path)])
        patch.setitem(SERVED, "copy", copy)
        patch.setitem(SERVED, "remove", lambda path: server.done(urls.pop(str(path))))
        patch.setattr(sqlite_store, "open_store", open_store)
        try:
            yield
        finally:
            while begun:
                server.done(begun.pop())
    assert sqlite_store.open_store is really
