"""Which workspaces there are beside the one of the settings, and what each is reached with, as of now.

Asked at every message and at every request: the answer is kept for as long as nobody wrote to the memory, and
not a moment longer, so that a token that another process took away is used by nobody.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from notifiers.notifier import Installed
from state.workspaces import installations

if TYPE_CHECKING:
    from notifiers.given import Secret
    from state.file.store import Store
    from state.workspaces.installations import Installation
    from watcher.workspaces.seal import Seal

MOST = 4_096
"""Workspaces known at once; those asked for longest ago are looked up again."""


class Directory:
    """The workspaces of one memory. Many threads ask; one connection of its own answers them in turn."""

    def __init__(self, open_store: Callable[[], Store], keys: Sequence[Secret]) -> None:
        self._open_store, self._keys = open_store, keys
        self._known: dict[str, Installed | None] = {}
        self._lock = Lock()
        self._store: Store | None = None
        self._moved = -1
        self._seal: Seal | None = None

    def of(self, id: str) -> Installed | None:
        """What a workspace is reached with; None for one that never installed the app.

        Its token is None while it is suspended, and where no key of the settings opens it.
        """
        with self._lock:
            if self._store is None:
                self._store = self._open_store()
                # Nobody tells a process of ours that it ends: the connection goes with what asks.
                weakref.finalize(self, self._store.close)
            moved = self._store.moved()
            if moved != self._moved or len(self._known) >= MOST:
                self._moved, self._known = moved, {}
            if id not in self._known:
                found = installations.find(self._store, id)
                self._known[id] = self._read(found) if found else None
            return self._known[id]

    def _read(self, one: Installation) -> Installed:
        opens = bool(self._keys and one.sealed and one.state == "active")
        token = self.seal.open(one.id, one.sealed) if opens else None
        return Installed(id=one.id, name=one.name, token=token, operators=one.operators)

    @property
    def seal(self) -> Seal:
        """What seals tokens, and opens them; loaded where there is one."""
        if self._seal is None:
            from watcher.workspaces.seal import Seal

            self._seal = Seal(self._keys)
        return self._seal


def seal_anew(store: Store, seal: Seal) -> tuple[int, tuple[str, ...]]:
    """Seals every token under the first key; how many, and the workspaces whose token no key opens."""
    done, shut = 0, list[str]()
    with store.transaction():
        for one in installations.everyone(store):
            if not one.sealed:
                continue
            sealed = seal.close_anew(one.sealed)
            if sealed is None:
                shut.append(one.id)
                continue
            installations.save(store, replace(one, sealed=sealed))
            done += 1
    return done, tuple(shut)
