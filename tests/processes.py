"""Processes that a test began: what is still there of them, and how long to wait until something is so."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def children_of(process: int) -> list[int]:
    """The processes that a process began and that are still there.

    Each says whose it is: Linux lists the children of a thread, and they move when a thread ends.
    """
    others = [int(one.name) for one in Path("/proc").glob("[0-9]*")]
    return [one for one in others if parent_of(one) == process]


def parent_of(process: int) -> int | None:
    """Whose child it is; none that has ended."""
    with suppress(OSError):
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return None


def soon(condition: Callable[[], object], seconds: float = 60) -> None:
    """Waits until it is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
