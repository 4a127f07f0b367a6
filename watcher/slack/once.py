"""What Slack asks twice is done once: it repeats what it believes unheard, others may repeat what they saw.

In this process the second request waits for the first one's answer. Across processes and restarts, what
changes something is claimed in the memory first.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from state.file import claims
from state.file.store import Store

REMEMBERED = timedelta(hours=1)
"""How long a request is known: Slack repeats within minutes, and a signature is void after five."""
MOST = 1_000

Json = dict[str, Any]
Answer = Json | None


class Once:
    """The answers under way or just given, by the request they answer."""

    def __init__(self, pool: Executor, owner: str) -> None:
        self._pool = pool
        self._owner = owner
        self._known: OrderedDict[str, Future[Answer]] = OrderedDict()
        self._claimed: deque[tuple[datetime, str]] = deque()
        self._lock = Lock()

    def begin(self, key: str, work: Callable[[], Answer]) -> tuple[Future[Answer], bool]:
        """The answer that is being made, and whether this is the first time it is asked for.

        Without a key nothing is known of the request, and it is taken for a new one.
        """
        with self._lock:
            if key and key in self._known:
                return self._known[key], False
            begun = self._pool.submit(work)
            if key:
                self._known[key] = begun
            while len(self._known) > MOST:
                self._known.popitem(last=False)
            return begun, True

    def claim(self, store: Store, key: str, now: datetime) -> bool:
        """Whether what this request changes is yours to change: told to one process, once."""
        if not key:
            return True
        name = f"slack/{key}"
        with self._lock:
            while self._claimed and self._claimed[0][0] + REMEMBERED < now:
                claims.release(store, self._claimed.popleft()[1], self._owner)
            self._claimed.append((now, name))
        return claims.lease(store, name, self._owner, now, REMEMBERED)
