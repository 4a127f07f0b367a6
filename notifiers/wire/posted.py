"""A service that messages are posted to, part by part: what this process has posted of one is not posted
again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from notifiers.notifier import DeliveryError, OnlyTakes
from notifiers.wire.call import TIMEOUT
from state.model import Reason
from state.words.post import Receipt

REMEMBERED = 200
BETWEEN = 1.0
"""Seconds between two parts of a message: each of these services takes several in a row."""
PATIENCE = 80.0
"""Seconds for all parts of a message: what is left goes with the next attempt, well within a lease."""


class Numbered(Protocol):
    """A part of a message."""

    @property
    def number(self) -> int: ...


One = TypeVar("One", bound=Numbered)
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Which parts of unfinished messages this process has posted, with their identifiers.

    `pause` waits and `elapsed` measures, in seconds.
    """

    pause: Callable[[float], None] = time.sleep
    elapsed: Callable[[], float] = time.monotonic
    parts: dict[str, dict[int, str]] = field(default_factory=dict, repr=False)

    def in_turn(
        self, key: str, parts: Iterable[One], post: Callable[[One], str], between: float = BETWEEN
    ) -> Receipt:
        """Posts what is not there yet of a message; the receipt has the identifiers that they got.

        Raises `DeliveryError` where the service takes so long that the next attempt would begin meanwhile.
        """
        there, fresh, end = self.of(key), False, self.elapsed() + PATIENCE
        for part in parts:
            if part.number in there:
                continue
            if fresh:
                self.pause(between)
            if self.elapsed() >= end:
                raise DeliveryError(Reason.of("parts_slow"))
            there[part.number], fresh = post(part), True
        self.parts.pop(key, None)
        return receipt_of(there)

    def of(self, key: str) -> dict[int, str]:
        """The parts of one message; the oldest message is forgotten when there are too many."""
        while len(self.parts) >= REMEMBERED and key not in self.parts:
            self.parts.pop(next(iter(self.parts)), None)  # another thread may have, for another channel
        return self.parts.setdefault(key, {})


def first_fit(post: Callable[[Body], str], bodies: Iterable[Body]) -> str:
    """What is posted of these bodies: the next one where the service refuses the form of one.

    People need the words, whatever they look like.
    """
    *others, last = bodies
    for body in others:
        try:
            return post(body)
        except DeliveryError as refused:
            if not refused.unfit:
                raise
    return post(last)


def receipt_of(parts: Mapping[int, str]) -> Receipt:
    """The identifiers of parts in their order; nothing where the service gives none."""
    return Receipt(id=" ".join(parts[number] for number in sorted(parts)).strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting(OnlyTakes):
    """A notifier that posts over HTTP to an address, which is a secret where it alone decides the channel."""

    url: str = field(repr=False)
    timeout: float = TIMEOUT
    pace: float = 0.0
    posted: Posted = field(default_factory=Posted, repr=False, compare=False)
    proxy: str | None = field(default=None, repr=False)
