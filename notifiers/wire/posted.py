"""A message posted part by part: what this process has posted of it is not posted again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from state.words.post import Receipt

if TYPE_CHECKING:
    from notifiers.said.parts import Part

REMEMBERED = 200
BETWEEN = 1.0
"""Seconds between two parts of a message: each of these services takes several in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Which parts of unfinished messages this process has posted, with their identifiers; `pause` waits."""

    pause: Callable[[float], None] = time.sleep
    parts: dict[str, dict[int, str]] = field(default_factory=dict, repr=False)

    def in_turn(self, key: str, parts: Iterable[Part], post: Callable[[Part], str]) -> Receipt:
        """Posts what is not there yet of a message; the receipt has the identifier of each part."""
        there, fresh = self.of(key), False
        for part in parts:
            if part.number in there:
                continue
            if fresh:
                self.pause(BETWEEN)
            there[part.number], fresh = post(part), True
        self.parts.pop(key, None)
        return Receipt(id=" ".join(there[number] for number in sorted(there)).strip())

    def of(self, key: str) -> dict[int, str]:
        """The parts of one message; the oldest message is forgotten when there are too many."""
        while len(self.parts) >= REMEMBERED and key not in self.parts:
            self.parts.pop(next(iter(self.parts)))
        return self.parts.setdefault(key, {})
