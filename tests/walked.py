"""How far a question walks through a memory: what SQLite does for it, whatever the machine."""

from __future__ import annotations

from collections.abc import Callable

from raw import sqlite_of

from state.file.store import Store

A_STEP = 20
"""Instructions of SQLite that are counted as one step."""


def steps(store: Store, ask: Callable[[Store], object]) -> int:
    """The steps of SQLite that a question takes, once it was asked before."""
    ask(store)
    taken = 0

    def step() -> int:
        nonlocal taken
        taken += 1
        return 0

    sqlite_of(store).set_progress_handler(step, A_STEP)
    try:
        ask(store)
    finally:
        sqlite_of(store).set_progress_handler(None, A_STEP)
    return taken
