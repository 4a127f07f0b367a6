"""What was worked out of the memory, kept until anything is written: by any process, for any thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class Kept:
    """The last values that were asked for, at most `most`; all are dropped when the memory has moved on.

    Whoever asks says how far the memory has come, as of his own connection: a value is only given to those
    who see the memory as it was when it was made.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._edge: Hashable = None
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def value(self, edge: Hashable, key: Hashable, make: Callable[[], T]) -> T:
        """The value of `key` where the memory is at `edge`; made outside the lock, so perhaps twice."""
        with self._lock:
            if self._edge == edge and key in self._values:
                self._values.move_to_end(key)
                found: T = self._values[key]
                return found
        made = make()
        with self._lock:
            if self._edge != edge:
                self._values.clear()
                self._edge = edge
            self._values[key] = made
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return made
