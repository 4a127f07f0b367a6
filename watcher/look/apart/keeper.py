"""The keeper: a process with one thread that forks a child for every document, and ends it.

The watch cannot fork by itself: it has threads, and a fork copies the locks that they hold. The keeper begins
as a fresh interpreter, so that it has none of the secrets that the watch was started with; and it keeps the
modules that read, so that a child begins in a few milliseconds.

A process with one thread that reads once, and ends, forks by itself (`Forked`): a second interpreter with the
same modules is a tenth of what `read` takes for an edition.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import selectors
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING

from watcher.look.apart import child
from watcher.look.apart.frames import NAME

if TYPE_CHECKING:
    from collections.abc import Callable

Told = dict[str, int | float]
"""How a child ended: `signal` or `code`, `seconds` of the processor, MiB of `memory`."""
PATIENCE = 2.0
"""Seconds that a child which closed its line is given to end, so that its own end is told and not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A child that reads: `alive` ends with it, `report` goes to the watch, which kills it by closing it."""

    pid: int
    alive: int
    report: socket.socket


def main() -> None:
    """Keeps the room for whoever is at the other end of standard input."""
    with socket.socket(fileno=0) as control:
        Keeper(control).keep()


class Keeper:
    """The children under way, and the one who asks for them."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._watched = selectors.DefaultSelector()
        self._children: dict[int, Child] = {}

    def keep(self) -> None:
        """Until whoever asks is gone; nothing is left behind then."""
        self._watched.register(self._control, selectors.EVENT_READ)
        open_still = True
        while open_still:
            for key, _ in self._watched.select():
                if key.data is None:
                    open_still = self._begin()
                elif key.data in self._children:
                    self._end(self._children[key.data])
        for one in tuple(self._children.values()):
            self._end(one)

    def _begin(self) -> bool:
        """Begins the child that is asked for; False when nobody asks any more."""
        name, handed, _, _ = socket.recv_fds(self._control, NAME, 2)
        if len(handed) != 2:
            return False
        warm(name.rstrip(b"\0").decode())
        line, report = handed
        alive, lives = os.pipe()
        me = os.getpid()
        if (pid := os.fork()) == 0:
            child.be(line, lives, me)
        os.close(line)
        os.close(lives)
        one = Child(pid=pid, alive=alive, report=socket.socket(fileno=report))
        self._children[pid] = one
        self._watched.register(one.alive, selectors.EVENT_READ, pid)
        self._watched.register(one.report, selectors.EVENT_READ, pid)
        return True

    def _end(self, one: Child) -> None:
        """Ends a child that is no longer wanted, or has ended, and tells how it did."""
        told = ended(one.pid)
        self._watched.unregister(one.alive)
        self._watched.unregister(one.report)
        os.close(one.alive)
        with one.report, suppress(OSError):  # who does not want it any more does not wait for it
            one.report.sendall(json.dumps(told).encode())
        del self._children[one.pid]


def ended(pid: int) -> Told:
    """Ends a child, and how it did."""
    # Killed in any case, so that waiting ends: a child that was taken over may close `alive` and go on.
    # Of one that has ended by itself this changes nothing.
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    _, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return {
        "signal": max(-code, 0),
        "code": max(code, 0),
        "seconds": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss // (1024 if sys.platform != "darwin" else 1 << 20),
    }


def warm(name: str) -> None:
    """Loads what a child needs, once for all: a module, or every module of the folder of a source.

    No document is open yet. What cannot be loaded here fails in the child, whose end is told.
    """
    if name in _WARM:
        return
    _WARM.add(name)
    gc.disable()  # what is loaded stays, and is not worth looking through
    try:
        found = import_module(name)
        for inner in walk_packages(getattr(found, "__path__", ()), f"{name}."):
            import_module(inner.name)
    except ImportError:
        return
    finally:
        gc.enable()


_WARM: set[str] = set()


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
