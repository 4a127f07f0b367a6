"""Marks that count once: whoever comes with the same one again is told so, whichever process is asked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from state.codec import instant_text

if TYPE_CHECKING:
    from state.file.store import Store


def spend(store: Store, mark: str, until: datetime, now: datetime) -> bool:
    """Whether this mark was not spent before; it is now. What is past its time is forgotten."""
    with store.transaction():
        store.q("delete from spent_mark where until <= :now", now=instant_text(now))
        return store.insert_new("spent_mark", mark=mark, until=instant_text(until))
