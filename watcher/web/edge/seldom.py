"""A log that stays readable under attack: the same line once a minute, with how many there were."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

MINUTE = 60.0
LOUD = (
    "uvicorn.error",
    "asyncio",
    "watcher.web.edge.connections",
    "watcher.web.data.live.newest",
    "watcher.web.refusals",
    "watcher.slack.doors.http",
    "watcher.schedule",
)
"""Who logs a line for what any stranger does, or for what comes of it. A filter holds for a logger alone, not
for those below it."""


@dataclass(slots=True)
class Said:
    """A line that was logged, when, and how many like it were not."""

    record: logging.LogRecord
    at: float
    more: int = 0


class Seldom(logging.Filter):
    """Lets a warning through once a minute, by its text before values are put in; counts the others."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now, self._lock = now, Lock()
        self._said: dict[tuple[str, int, str], Said] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is logged now."""
        kind = (str(record.msg), record.levelno, _place(record))
        if record.levelno < logging.WARNING or getattr(record, "counted", False):
            return True
        with self._lock:
            said = self._said.get(kind)
            if said is not None:
                said.more += 1
                return False
            self._said[kind] = Said(record, self._now())
            return True

    def tell(self, *, all: bool = False) -> None:
        """Logs how many more there were of what was first said a minute ago; `all`: of everything, now."""
        now = self._now()
        with self._lock:
            due = [kind for kind, said in self._said.items() if all or now - said.at >= MINUTE]
            told = [self._said.pop(kind) for kind in due]
        for said in told:
            if said.more:
                name, level = said.record.name, said.record.levelno
                text, extra = "%s (%d more since)", {"counted": True}
                logging.getLogger(name).log(level, text, said.record.getMessage(), said.more, extra=extra)


def _place(record: logging.LogRecord) -> str:
    """Where a fault happened, "" for none: faults of all kinds share uvicorn's one text."""
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
