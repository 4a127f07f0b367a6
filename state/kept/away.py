"""What of the memory may be given to anybody: the plain views, as they are and as a file of SQLite.

Nobody's subscription, channel, delivery or name of a person is in any of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from state.file.store import Store

VIEWS = ("listed_now", "holdings", "events_plain", "expiries", "looks", "holdings_by_basis")
"""The views that are given away, by the names that analysts use (docs/analysts.md)."""
ORDERS = {
    "listed_now": '"row"',
    "holdings": '"row"',
    "events_plain": "id",
    "expiries": 'last_printed_day, "row"',
    "looks": "look",
    "holdings_by_basis": 'basis, "row"',
}
"""The same memory gives the same files."""
AT_ONCE = 1_000


def rows(store: Store, view: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a view, some at a time."""
    for batch in store.batches(f"select * from {view} order by {ORDERS[view]}", AT_ONCE):  # noqa: S608 -- ours
        yield from batch


def write_copy(store: Store, file: Path) -> None:
    """A new SQLite file with a table for each view, and nothing else of the memory."""
    with closing(sqlite3.connect(file)) as copy:
        for view in VIEWS:
            names = store.columns(view)
            listed = ", ".join(f'"{name}"' for name in names)
            copy.execute(f"create table {view} ({listed})")
            places = ", ".join("?" for _ in names)
            copy.executemany(f"insert into {view} values ({places})", rows(store, view))  # noqa: S608 -- ours
        copy.execute("create index listed_label on listed_now (label, provider)")
        copy.execute("create index event_label on events_plain (label, provider, id)")
        copy.commit()
        copy.execute("vacuum")
