"""Which workspaces there are beside the one of the settings, and what each is reached with, as of now.

Asked at every message and at every request: the answer is kept for as long as nobody wrote to the memory, and
not a moment longer, so that a token that another process took away is used by nobody.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
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
    """The workspaces of one memory. Many threads ask; one of its own answers, since a connection belongs to a
    thread, and to open one for each message takes as long as to send it."""

    def __init__(self, open_store: Callable[[], Store], keys: Sequence[Secret]) -> None:
        self._open_store, self._keys = open_store, keys
        self._known: dict[str, Installed | None] = {}
        self._asked = ThreadPoolExecutor(max_workers=1, thread_name_prefix="workspaces")
        self._held: list[Store] = []
        self._moved = -1
        self._seal: Seal | None = None
        # Nobody tells what asks that it is not needed any more.
        weakref.finalize(self, _let_go, self._asked, self._held).atexit = False

    def of(self, id: str) -> Installed | None:
        """What a workspace is reached with; None for one that never installed the app.

        Its token is None while it is suspended, and where no key of the settings opens it.
        """
        return self._asked.submit(self._find, id).result()

    def _find(self, id: str) -> Installed | None:
        if not self._held:
            self._held.append(self._open_store())
        [store] = self._held
        moved = store.moved()
        if moved != self._moved or len(self._known) >= MOST:
            self._moved, self._known = moved, {}
        if id not in self._known:
            found = installations.find(store, id)
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


def _let_go(asked: ThreadPoolExecutor, held: list[Store]) -> None:
    """Closes the connection in the thread that it belongs to."""
    with suppress(RuntimeError):  # the interpreter ends, and takes both with it
        for store in held:
            asked.submit(store.close)
        asked.shutdown(wait=False)


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
