"""Canaries: one notice a day that travels the real way to a channel, and whether it was seen there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from state.codec import from_row, instant_text, maybe_instant
from state.owed import outbox

if TYPE_CHECKING:
    from state.file.store import Store
    from state.words.post import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A canary that its channel took, in message `key`, and that was not seen there yet."""

    day: date
    channel: str
    notice: int
    key: str
    receipt: str


def release(store: Store, day: date, channel: str, notice: Notice) -> bool:
    """Owes the canary of a day to its channel; False when that day has one already."""
    with store.transaction():
        if store.q("select day from canary where day = :day", day=day.isoformat()):
            return False
        owed = outbox.owe_notice(store, notice, channel)
        store.insert("canary", day=day.isoformat(), notice=owed.id, channel=channel)
        return True


def taken(store: Store) -> tuple[Canary, ...]:
    """The canaries that were sent and not seen yet, the oldest first."""
    rows = store.q(
        """select c.day, c.channel, c.notice, m.key, m.receipt from canary c
            join delivery d on d.notice = c.notice and d.channel = c.channel
            join message m on m.key = d.message
            where c.arrived_at is null and m.state = 'sent' order by c.day"""
    )
    return tuple(from_row(Canary, row) for row in rows)


def arrived(store: Store, day: date, now: datetime) -> None:
    """Remembers that the canary of a day was seen in its channel."""
    store.q(
        "update canary set arrived_at = :now where day = :day and arrived_at is null",
        day=day.isoformat(),
        now=instant_text(now),
    )


def last_seen(store: Store, now: datetime) -> datetime | None:
    """When a canary was last seen in its channel, as far as that day has come; None when none was."""
    sql = "select max(arrived_at) as at from canary where arrived_at <= :now"
    return maybe_instant(store.value(sql, now=instant_text(now)))
