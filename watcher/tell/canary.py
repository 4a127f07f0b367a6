"""Proves every day that a word gets through: from the outbox, by the real way, to a channel that shows it.

Whoever watches the watch hears of it only when all is well: silence is the alarm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notifiers.notifier import DeliveryError, Notifier, Unasked
from notifiers.said.reasons import said
from state.model import PARIS, Reason
from state.owed import canaries, outbox
from state.words.post import Message, Notice

if TYPE_CHECKING:
    from state.file.store import Store
    from state.owed.canaries import Canary

logger = logging.getLogger(__name__)

HOUR = 9
"""The canary of a day leaves from this hour of Paris on."""
PATIENCE = timedelta(hours=26)
"""How long after a canary was seen the way to the channel counts as open: a day, and quiet hours at most."""


def release(store: Store, channel: str, now: datetime) -> bool:
    """Owes the canary of today to the channel; False when it is too early, or when today has one already."""
    here = now.astimezone(PARIS)
    if here.hour < HOUR:
        return False
    word = Reason.of("canary", day=f"{here:%Y-%m-%d}")
    notice = Notice(id=0, kind="canary", subject=channel, text=said(word, "en"), at=now, said=(word,))
    return canaries.release(store, here.date(), channel, notice)


def look_for(store: Store, notifier_of: Callable[[str], Notifier], lang: str, now: datetime) -> int:
    """How many canaries were seen in their channel for the first time.

    A channel that gives no receipt, or is `Unasked`, cannot be asked: that it took the canary has to do.
    """
    seen = 0
    for canary in canaries.taken(store):
        if not canary.receipt or _there(store, notifier_of(canary.channel), canary, lang):
            canaries.arrived(store, canary.day, now)
            seen += 1
    return seen


def _there(store: Store, notifier: Notifier, canary: Canary, lang: str) -> bool:
    if isinstance(notifier, Unasked):
        return True
    notices = (outbox.notice(store, canary.notice),)
    message = Message(key=canary.key, channel=canary.channel, lang=lang, notices=notices)
    try:
        # Looked for as people see it: that Slack took it is not that the channel shows it.
        return notifier.find(message) is not None
    except DeliveryError as error:
        logger.warning("the canary of %s could not be looked for: %s", canary.day, error)
        return False


def alive(store: Store, now: datetime) -> bool:
    """Whether a canary was seen lately."""
    seen = canaries.last_seen(store, now)
    return seen is not None and now - seen <= PATIENCE
