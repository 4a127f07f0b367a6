"""A child that a process forks by itself: one that reads once, with one thread, and ends.

A keeper is a second interpreter with the same modules: a tenth of what `read` takes for an edition. A fork
copies locks, so a process with other threads never does this, and its keeper reads for it.
"""

from __future__ import annotations

import os
import resource
import select
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from watcher.look.apart import child
from watcher.look.apart.keeper import Told, ended, warm

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 2.0
"""Seconds that a child which closed its line is given to end, so that its own end is told and not ours."""


def alone() -> bool:
    """Whether this process has one thread, so that it may fork; no wherever the system does not tell."""
    try:
        return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


class Forked:
    """The child at the other end of a line, until it is told how it ended, or is no longer wanted.

    `forget` leaves it without what it needs not know.
    """

    def __init__(self, needs: str, theirs: socket.socket, forget: Callable[[], None]) -> None:
        warm(needs)
        # The pages it shares with us are no part of what it took.
        self._shared, me = _own(), os.getpid()
        self._told: Told | None = None
        self._alive, lives = os.pipe()  # ends with the child, and not with its line alone
        if (pid := os.fork()) == 0:
            forget()
            child.be(theirs.fileno(), lives, me)
        self._pid = pid
        os.close(lives)
        theirs.close()

    def end(self) -> Told | None:
        """How it ended, by itself if it does so soon."""
        select.select([self._alive], [], [], PATIENCE)
        self.close()
        return self._told

    def close(self) -> None:
        """Ends it, if it has not ended."""
        if self._told is None:
            os.close(self._alive)
            told = ended(self._pid)
            self._told = {**told, "memory": max(told["memory"] - self._shared, 0)}


def _own() -> int:
    """The MiB in memory that this process wrote; 0 where the system does not say. A fork takes these along,
    and what is mapped from files only when it is looked at."""
    with suppress(OSError), open("/proc/self/statm", "rb") as file:
        _, resident, shared = map(int, file.read().split()[:3])
        return (resident - shared) * resource.getpagesize() >> 20
    return 0
