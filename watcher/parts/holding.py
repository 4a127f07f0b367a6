"""The leases that this process keeps alive while it works: one thread for all of them, while there are any.

Whoever is killed falls silent, and what it held is free when its leases run out; however long a look takes,
nobody else begins it meanwhile.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Condition, Thread
from typing import TYPE_CHECKING

from state.file import claims
from state.file.errors import StoreError
from watcher.parts.owner import gone

if TYPE_CHECKING:
    from state.file.store import Store

logger = logging.getLogger(__name__)

BEAT, SHORT = 20.0, 5.0
"""Seconds between two times that the leases are prolonged: five of them may fail before one runs out; and
where somebody tells by them how old a replica is."""

PART = "part/"
"""How the leases begin by which a process says that it runs a part."""
UPKEEP, SOCKET = "lead/upkeep", "socket"
"""What one process at a time does for all: upkeep, and being connected to Slack."""


class Holding:
    """What one process holds; `beat` is measured in real time, whatever the clock pretends."""

    def __init__(
        self,
        open_store: Callable[[], Store],
        owner: str,
        clock: Callable[[], datetime],
        beat: float = BEAT,
        compare: Callable[[Store], None] = lambda store: None,
    ) -> None:
        self._open_store, self._owner, self._clock, self._beat = open_store, owner, clock, beat
        self._compare, self._silent = compare, False
        self._names: Counter[str] = Counter()
        self._changed = Condition()
        self._thread: Thread | None = None

    @contextmanager
    def kept(self, *names: str) -> Iterator[None]:
        """Prolongs leases while something is done under them; who took them gives them back."""
        with self._changed:
            self._names.update(names)
            if self._thread is None:
                self._thread = Thread(target=self._keep, name="leases", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._names -= Counter(names)
                self._changed.notify_all()

    def take(self, name: str, length: timedelta = claims.LEASE) -> bool:
        """Whether a lease is ours now; raises `StoreError`. Who waits for somebody else's only reads."""
        with self._open_store() as store:
            free_of_dead(store, name)
            other, now = claims.holder(store, name), self._clock()
            if other not in ("", self._owner) and not claims.ran_out(store, name, now):
                return False
            return claims.lease(store, name, self._owner, now, length)

    @contextmanager
    def present(self, parts: Iterable[str]) -> Iterator[None]:
        """Tells the others which parts this process runs, for as long as it does."""
        names = tuple(f"{PART}{part}/{self._owner}" for part in parts)
        try:
            self._prolong(names)
        except StoreError as error:  # they hear of it with the next beat
            logger.warning("the others do not hear yet that this process is there: %s", error)
        with self.kept(*names):
            yield
        self.give_back(*names)

    def give_back(self, *names: str) -> None:
        """Gives leases back at the end, so that others need not wait until they run out."""
        try:
            with self._open_store() as store:
                for name in names:
                    claims.release(store, name, self._owner)
        except StoreError as error:
            logger.warning("leases are left to run out: %s", error)

    def _keep(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: not self._names, self._beat)
                names = tuple(self._names)
                if not names:
                    self._thread = None
                    return
            try:
                self._prolong(names)
                self._silent = False
            except StoreError as error:
                # Whoever could take them cannot reach the memory either, or does when they ran out.
                if not self._silent:  # once for each time that it is away
                    logger.warning("leases are not prolonged: %s", error)
                self._silent = True

    def _prolong(self, names: tuple[str, ...]) -> None:
        with self._open_store() as store:
            self._compare(store)
            with store.transaction():
                for name in names:
                    if not claims.lease(store, name, self._owner, self._clock()):
                        logger.warning("the lease %s ran out, and another process took it", name)


def free_of_dead(store: Store, name: str) -> None:
    """Takes a lease from a process of this machine that is no more: nobody need wait until it runs out."""
    if gone(dead := claims.holder(store, name)):
        claims.release(store, name, dead)
