"""Which workspaces there are beside the one of the settings, and what each is reached with, as of now.

Asked at every message and at every request: the answer is kept for as long as nobody wrote to the memory, and
not a moment longer, so that a token that another process took away is used by nobody.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from queue import SimpleQueue
from threading import Lock, Thread
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


Asked = SimpleQueue["tuple[str, Future[Installed | None]] | None"]


class Directory:
    """The workspaces of one memory. Many threads ask; one of its own answers, since a connection belongs to a
    thread, and to open one for each message takes as long as to send it."""

    def __init__(self, open_store: Callable[[], Store], keys: Sequence[Secret]) -> None:
        self._keys, self._asked, self._starting = keys, Asked(), Lock()
        self._answering = Thread(
            target=_Answering(open_store, keys, self._asked).run, name="workspaces", daemon=True
        )
        # Nobody tells what asks that it is not needed any more. Such a queue takes something at any moment,
        # in the middle of a call of the same thread too: an executor waits for its own lock there, for ever.
        weakref.finalize(self, self._asked.put, None).atexit = False

    def of(self, id: str) -> Installed | None:
        """What a workspace is reached with; None for one that never installed the app.

        Its token is None while it is suspended, and where no key of the settings opens it.
        """
        with self._starting:
            if self._answering.ident is None:
                self._answering.start()
        answer: Future[Installed | None] = Future()
        self._asked.put((id, answer))
        return answer.result()

    def close(self) -> None:
        """Gives the connection back; nothing can be asked any more."""
        self._asked.put(None)
        if self._answering.ident is not None:
            self._answering.join(10)

    @cached_property
    def seal(self) -> Seal:
        """What seals tokens, and opens them; loaded where there is one."""
        from watcher.workspaces.seal import Seal

        return Seal(self._keys)


class _Answering:
    """The thread of a directory: its connection, and what it knows for as long as nobody wrote."""

    def __init__(self, open_store: Callable[[], Store], keys: Sequence[Secret], asked: Asked) -> None:
        self._open_store, self._asked = open_store, asked
        self._keys = keys
        self._known: dict[str, Installed | None] = {}
        self._moved = -1
        self._store: Store | None = None

    def run(self) -> None:
        """Answers until it is told to end."""
        while (one := self._asked.get()) is not None:
            id, answer = one
            try:
                answer.set_result(self._found(id))
            except Exception as error:  # noqa: BLE001 -- handed on to who asks
                answer.set_exception(error)
        self._let_go()

    def _found(self, id: str) -> Installed | None:
        """The same, by another connection where this one is lost: a server may have been started anew."""
        try:
            return self._find(id)
        except Exception:  # noqa: BLE001 -- told by the second try, if it is more than the connection
            self._let_go()
            return self._find(id)

    def _let_go(self) -> None:
        store, self._store, self._moved = self._store, None, -1
        if store is not None:
            with suppress(Exception):  # a lost one is gone already
                store.close()

    def _find(self, id: str) -> Installed | None:
        if self._store is None:
            self._store = self._open_store()
        # A number that every write of any process changes: it costs next to nothing, and no answer is old.
        moved = self._store.moved()
        if moved != self._moved or len(self._known) >= MOST:
            self._moved, self._known = moved, {}
        if id not in self._known:
            found = installations.find(self._store, id)
            self._known[id] = self._read(found) if found else None
        return self._known[id]

    def _read(self, one: Installation) -> Installed:
        opens = bool(self._keys and one.sealed and one.state == "active")
        token = self._seal.open(one.id, one.sealed) if opens else None
        return Installed(id=one.id, name=one.name, token=token, operators=one.operators)

    @cached_property
    def _seal(self) -> Seal:
        from watcher.workspaces.seal import Seal

        return Seal(self._keys)


def seal_anew(store: Store, seal: Seal) -> tuple[int, tuple[str, ...]]:
    """Seals under the first key every token that is not yet; how many were, and the workspaces whose token no
    key opens."""
    done, shut = 0, list[str]()
    with store.transaction():
        for one in installations.everyone(store):
            if not one.sealed:
                continue
            sealed = seal.close_anew(one.sealed)
            if sealed is None:
                shut.append(one.id)
                continue
            if sealed != one.sealed:
                installations.save(store, replace(one, sealed=sealed))
                done += 1
    return done, tuple(shut)
