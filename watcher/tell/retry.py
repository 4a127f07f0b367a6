"""When a message that did not go is tried again, and when it is given up. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifiers.notifier import DeliveryError

TRIES = 12
"""Attempts before a message is given up: with the pauses below, about two days."""
PAUSES = (5, 15, 60, 300, 900, 3600, 3600 * 6)
"""Seconds between attempts; the last one repeats. A channel that names a time itself is obeyed instead."""


def next_try(error: DeliveryError, tries: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts; None: never, it is given up.

    What the channel will never take is not tried again, or it would hold up all that comes behind it.
    """
    if error.unfit or tries >= TRIES:
        return None
    pause = error.retry_after or PAUSES[min(tries, len(PAUSES)) - 1]
    return _whole_second(now + timedelta(seconds=pause))


def _whole_second(at: datetime) -> datetime:
    """The next whole second: the memory drops fractions, and a channel must not be asked too early."""
    return at.replace(microsecond=0) + timedelta(seconds=1 if at.microsecond else 0)
