"""What a program was sent and is to be sent again: by a notice for each delivery, so that what became of the
first one stays on record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from state.codec import instant_text

if TYPE_CHECKING:
    from state.file.store import Store

KIND = "redelivered"
"""The kind of the notice by which a delivery is made again; its subject is the number of that delivery."""
# What is told again is that an event happened, or that it did not: words to operators were for their day.
CLOSED = """select d.id, d.event from delivery d join message m on m.key = d.message
    left join notice n on n.id = d.notice
    where d.channel = :channel and d.withdrawn is null and m.state in ('sent', 'given_up')
    and (d.event is not null or n.kind = 'retracted')
    and m.closed_at >= :since and (cast(:until as text) is null or m.closed_at < :until) order by d.id"""
ON_ITS_WAY = """select n.subject from delivery d join notice n on n.id = d.notice
    left join message m on m.key = d.message
    where d.channel = :channel and n.kind = 'redelivered' and d.withdrawn is null
    and coalesce(m.state, 'due') not in ('sent', 'given_up')"""


def owe_again(
    store: Store, channel: str, since: datetime, until: datetime | None, now: datetime
) -> tuple[tuple[int, ...], int]:
    """The deliveries that are owed again, in the order in which they first were, and how many others of the
    range were on their way again already.

    The range is of when they were sent, or given up; what still waits for its first time comes anyway.
    """
    with store.transaction():
        ends = {"since": instant_text(since), "until": None if until is None else instant_text(until)}
        found = store.values(CLOSED, channel=channel, **ends)
        under_way = set(map(int, store.values(ON_ITS_WAY, channel=channel)))
        fresh = tuple(id for id in found if id not in under_way)
        notice, delivery = store.next_id("notice"), store.next_id("delivery")
        at = instant_text(now)
        store.many(
            # Its text has its number, for the same may be asked for twice within a second.
            """insert into notice (id, kind, subject, text, at)
                values (?, ?, ?, ?, ?)""",
            [
                (notice + place, KIND, str(id), f"sent again ({notice + place})", at)
                for place, id in enumerate(fresh)
            ],
        )
        store.many(
            "insert into delivery (id, channel, notice, due, matched) values (?, ?, ?, ?, '[]')",
            [(delivery + place, channel, notice + place, at) for place in range(len(fresh))],
        )
        return fresh, len(found) - len(fresh)
