"""Where questions are read: a replica while it is near enough, else the primary; it alone while that is away.

How far a replica is behind is told by the processes themselves: each says every few seconds that it is there,
and what a replica shows of that is as old as all else that it shows. PostgreSQL's own figures say nothing
where a replica is cut off, and too much where nobody writes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from state.file import claims
from state.file.errors import Away, StoreError
from watcher.parts.holding import PART

if TYPE_CHECKING:
    from state.file.store import Store

logger = logging.getLogger(__name__)

BOUND = timedelta(seconds=30)
"""How far behind an answer may be while the primary can be asked."""
REST = 10.0
"""Seconds until a server that was away is asked again: whoever asks waits for it."""
Open = Callable[[], "Store"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """How an answer from a replica stands: of when it is at least (None: nobody says), and whether it stands
    alone: the primary is away, and nothing newer can be had."""

    of: datetime | None
    alone: bool


class Reading:
    """The memory as questions are asked: one for the process, used by many threads."""

    def __init__(
        self,
        primary: Open,
        replica: Open | None,
        clock: Callable[[], datetime],
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._primary, self._replica = primary, replica
        self._clock, self._elapsed = clock, elapsed
        self.doubled = replica is not None
        self._away: dict[Open, float] = {}

    @contextmanager
    def opened(self) -> Iterator[tuple[Store, Behind | None]]:
        """A connection of the calling thread, and how far behind it is, None for not at all.

        Raises `Away` where neither can be reached, and `StoreError` as the primary does.
        """
        store, behind = self._opened()
        with store:
            yield store, behind

    def _opened(self) -> tuple[Store, Behind | None]:
        replica = self._tried(self._replica) if self._replica else None
        if replica is None:
            return self._primary(), None
        of = _shown(replica)
        if of is not None and self._clock() - of <= BOUND:
            return replica, Behind(of=of, alone=False)
        try:
            primary = self._tried(self._primary)
        except BaseException:
            replica.close()
            raise
        if primary is None:
            return replica, Behind(of=of, alone=True)
        replica.close()
        return primary, None

    def _tried(self, one: Open) -> Store | None:
        """A connection; None where there is none now, or was none a moment ago."""
        if self._elapsed() < self._away.get(one, 0.0):
            return None
        try:
            return one()
        except StoreError as error:
            # A replica that is broken in any way is not needed; of the primary people must hear.
            if one is self._primary and not isinstance(error, Away):
                raise
            logger.warning("%s is away: %s", "the primary" if one is self._primary else "the replica", error)
            self._away[one] = self._elapsed() + REST
            return None


def _shown(replica: Store) -> datetime | None:
    """Of when a replica is at least: when the last process said that it was there."""
    until = claims.last_until(replica, PART)
    return until - claims.LEASE if until else None
