"""Answers that people shared in a channel: kept so that the copies there can be corrected, then forgotten."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from state.codec import from_row, instant_text, row_of
from state.words.post import Share

if TYPE_CHECKING:
    from state.file.store import Store

KEPT = timedelta(days=180)
"""How long a share is kept, with who shared it and what it said: an error of a reading shows at the next
edition, and the rarest register moves every few months."""
OLD = "select key from share where at < :before"


def keep(store: Store, share: Share, events: Collection[int]) -> bool:
    """Remembers a share before it is posted, with the numbers of the events that it rests on; False where it
    is known already. What is older than `KEPT` is forgotten."""
    with store.transaction():
        let_go(store, share.at)
        new = store.insert_new("share", **row_of(share))
        if new:
            rows = [{"event": event, "share": share.key} for event in sorted(set(events))]
            store.many("insert into share_event (event, share) values (:event, :share)", rows)
        return new


def settle(store: Store, key: str, receipt: str) -> None:
    """Writes down that a share arrived, with what the channel answered."""
    store.q("update share set receipt = :receipt where key = :key", key=key, receipt=receipt)


def lose(store: Store, key: str) -> None:
    """Writes down that a share went where the app itself reaches nobody."""
    store.q("update share set beyond = 1 where key = :key", key=key)


def share(store: Store, key: str) -> Share:
    """The share with this key; raises `LookupError` when there is none, or none any more."""
    row = store.one("select * from share where key = :key", key=key)
    if not row:
        raise LookupError(f"there is no share {key}")
    return from_row(Share, row)


def events_of(store: Store, key: str) -> tuple[int, ...]:
    """The numbers of the events that a share rests on."""
    return tuple(store.values("select event from share_event where share = :key order by event", key=key))


def let_go(store: Store, now: datetime) -> None:
    """Forgets the shares that are older than `KEPT`."""
    before = instant_text(now - KEPT)
    if not store.q(f"{OLD} limit 1", before=before):
        return  # nearly always: nobody has to wait for a lock
    with store.transaction():
        store.q(f"delete from share_event where share in ({OLD})", before=before)  # noqa: S608 -- a constant
        store.q("delete from share where at < :before", before=before)
