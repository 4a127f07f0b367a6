"""From deliveries to messages: what belongs to none yet, and how it gets into one.

Whoever plans a channel has taken it (`state.owed.paces`): what is owed there together is planned together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from state.codec import instant_text, text
from state.model import Weight
from state.owed.outbox import FATES, delivery_of

if TYPE_CHECKING:
    from state.file.store import Store
    from state.words.post import Owed

BARE = "message is null and withdrawn is null"
"""As the index of deliveries has it, or it is not asked."""
OWING = f"""select w.channel, p.free from owed_count w left join channel c on c.id = w.channel
        left join pace p on p.channel = w.channel
    where w.state = 'due' and w.counted > 0 and (c.id is null or (c.state = 'active'
            and (:at_once = 0 or c.not_before is null or c.not_before <= :now))) and exists (
        select 1 from delivery d where d.channel = w.channel and d.{BARE} and d.due <= :now)"""  # noqa: S608 -- ours
UNPLANNED = f"""{FATES} where d.message is null and d.withdrawn is null and d.due <= :now
    and d.channel in (select value from json_each(:channels)) order by d.id"""  # noqa: S608 -- ours
WEIGHTS = """select d.id,
        case when n.kind = 'retracted' then 'high' else coalesce(e.weight, 'normal') end as weight
    from delivery d left join event e on e.id = d.event left join notice n on n.id = d.notice
    where d.message is null and d.withdrawn is null
    and d.channel in (select value from json_each(:channels))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A message to be made: deliveries of one channel, by their numbers."""

    key: str
    channel: str
    deliveries: tuple[int, ...]
    due: datetime


def owing(store: Store, now: datetime, *, at_once: bool = False) -> Mapping[str, bool]:
    """The channels with deliveries due that belong to no message yet, and whether their pace is kept
    already; those of suspended channels wait. `at_once`: only those that do not ask to be left alone now."""
    return {
        row["channel"]: row["free"] is not None
        for row in store.q(OWING, now=instant_text(now), at_once=int(at_once))
    }


def unplanned(store: Store, now: datetime, channels: Collection[str] | None = None) -> tuple[Owed, ...]:
    """The due deliveries that belong to no message yet, oldest first, of these channels or of all that are
    not suspended."""
    asked = text(sorted(owing(store, now) if channels is None else channels))
    return tuple(map(delivery_of, store.q(UNPLANNED, now=instant_text(now), channels=asked)))


def weights(store: Store, channels: Collection[str]) -> Mapping[int, Weight]:
    """How much the deliveries of these channels that belong to no message yet weigh, by their number.

    A notice weighs as a normal event, one that takes an event back as one of high weight.
    """
    rows = store.q(WEIGHTS, channels=text(sorted(channels)))
    return {row["id"]: Weight(row["weight"]) for row in rows}


def plan(store: Store, messages: Sequence[Planned]) -> int:
    """Makes messages of deliveries; how many were made.

    Left out are those of which another process planned a delivery first, or which it made.
    """
    for one in messages:
        if not one.deliveries:
            raise ValueError(f"message {one.key} for {one.channel}: expected deliveries to send, found none")
    with store.sharing():
        made = _free(store, messages)
        store.many(
            """insert into message (key, channel, state, due, tries, interrupted, error, receipt)
                values (?, ?, 'due', ?, 0, 0, '', '')""",
            [(one.key, one.channel, instant_text(one.due)) for one in made],
        )
        rows = [(one.key, id) for one in made for id in one.deliveries]
        store.many("update delivery set message = ? where id = ?", rows)
        return len(made)


def _free(store: Store, messages: Sequence[Planned]) -> Sequence[Planned]:
    numbers = sorted(id for one in messages for id in one.deliveries)
    # Whoever planned one of them first has committed when it is ours.
    found = store.q(
        f"""select id, channel from delivery where message is null
            and id in (select cast(value as bigint) from json_each(:numbers)) order by id {store.held}""",  # noqa: S608
        numbers=text(numbers),
    )
    free = {row["id"]: row["channel"] for row in found}
    sql = "select key from message where key in (select value from json_each(:keys))"
    taken = set(store.values(sql, keys=text([one.key for one in messages])))
    return [
        one
        for one in messages
        if one.key not in taken and all(free.get(id) == one.channel for id in one.deliveries)
    ]
