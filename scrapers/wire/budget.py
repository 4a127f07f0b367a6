"""One budget of requests per host, shared by all who ask: the schedule, a person, retries, every thread."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from scrapers.source import Late
from state.model import Reason


@dataclass(slots=True)
class Line:
    """The queue in front of one host; monotonic seconds but for `shut_until`, which the host named itself."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    last: float = -math.inf
    rests_until: float = -math.inf
    shut_until: datetime | None = None


class Budget:
    """Gives turns: one request at a time per host, with a pause after the end of the one before."""

    def __init__(self, *, sleep: Callable[[float], None], monotonic: Callable[[], float]) -> None:
        self._sleep, self._monotonic = sleep, monotonic
        self._lines: dict[str, Line] = {}
        self._guard = threading.Lock()

    @contextmanager
    def turn(self, host: str, pace: float, latest: float = math.inf) -> Iterator[Line]:
        """Waits until `host` may be asked, and keeps everybody else waiting while the block runs.

        `Late` when that would be after `latest`.
        """
        line = self._line(host)
        with line.lock:
            # a loop: somebody may have put the host off while we slept
            while (wait := max(line.last + pace, line.rests_until) - self._monotonic()) > 0:
                if self._monotonic() + wait > latest:
                    raise Late(Reason.of("asked_to_wait", host=host, seconds=round(wait)))
                self._sleep(wait)
            if self._monotonic() > latest:
                raise Late(Reason.of("asked_to_wait", host=host, seconds=0))
            try:
                yield line
            finally:
                line.last = self._monotonic()

    def rest(self, host: str, seconds: float) -> None:
        """Lets nobody ask `host` for so many seconds from now."""
        line = self._line(host)
        with self._guard:
            line.rests_until = max(line.rests_until, self._monotonic() + seconds)

    def _line(self, host: str) -> Line:
        with self._guard:
            return self._lines.setdefault(host, Line())
