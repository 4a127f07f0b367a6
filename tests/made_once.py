"""What several tests begin with, and what takes long to make: made once in a session, then copied."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path


def made_once(there: Path, make: Callable[[Path], None]) -> Path:
    """A file that `make` writes unless a process of this session has; who comes meanwhile waits for it."""
    with there.with_name(f"{there.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not there.exists():
            being_made = there.with_name(f"made-{there.name}")
            make(being_made)
            being_made.replace(there)
    return there
