"""The outbox in numbers: how many deliveries fared how, and which waits longest.

Nothing here reads a row for each delivery: triggers keep the counts, and what waits is at the head of an
index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from state.codec import instant_text, maybe_instant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from state.file.store import Store

WAITING = """select o.channel, o.state, o.counted from owed_count o left join channel c on c.id = o.channel
    where o.counted > 0
        and (o.state = 'sending' or (o.state = 'due' and coalesce(c.state, 'active') <> 'suspended'))"""
"""The channels with deliveries that wait although it takes messages, or that are being sent: a few, however
many deliveries there ever were."""
OLDEST = f"""select min(due) as due from (
    select (select d.due from delivery d where d.channel = w.channel and d.message is null
            and d.withdrawn is null order by d.due limit 1) as due from ({WAITING}) w where w.state = 'due'
    union all select (select m.due from message m where m.channel = w.channel
            and m.state in ('due', 'sending') and m.state = w.state and exists (
                select 1 from delivery d where d.message = m.key and d.withdrawn is null)
            order by m.due limit 1) from ({WAITING}) w) o"""  # noqa: S608 -- ours


def counted(store: Store, since: datetime) -> Mapping[str, int]:
    """How many messages were sent or given up since then, and how many deliveries wait now."""
    closed = store.q(
        """select state, count(*) as count from message
            where closed_at >= :since group by state order by state desc""",
        since=instant_text(since),
    )
    waiting = store.value("select sum(counted) as count from owed_count where state in ('due', 'sending')")
    return {row["state"]: row["count"] for row in closed} | ({"waiting": waiting} if waiting else {})


def deliveries_counted(store: Store) -> Mapping[str, int]:
    """How many deliveries there are, by what became of them."""
    rows = store.q(
        """select case when o.state = 'due' and c.state = 'suspended' then 'suspended'
                else o.state end as fate,
                sum(o.counted) as counted
            from owed_count o left join channel c on c.id = o.channel
            group by fate having sum(o.counted) > 0 order by fate"""
    )
    return {row["fate"]: row["counted"] for row in rows}


def waiting_since(store: Store) -> datetime | None:
    """When the delivery that waits longest was due, on a channel that takes messages or is being sent to."""
    return maybe_instant(store.value(OLDEST))
