"""The outbox: what is owed to which channel, and how each message fares until it is sent or given up.

A delivery is one event or notice owed to one channel. A message is what the channel receives in one go and
the unit of retry: due, then leased by one sender (`sending`), then `sent`, due again later, or `given_up` for
a reason. What waits for a suspended channel is shown as `suspended`; nothing is ever deleted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from state.codec import from_row, instant_text, reasons_text, row_of, text
from state.file.store import Conditions, Store
from state.words.post import Notice, Owed

if TYPE_CHECKING:
    from state.model import Reason

FATES = """select d.id, d.channel, d.event, d.notice, d.run, d.matched, d.because, d.message,
    case when d.withdrawn is not null then 'given_up'
        when c.state = 'suspended' and coalesce(m.state, 'due') = 'due' then 'suspended'
        else coalesce(m.state, 'due') end as state,
    coalesce(m.due, d.due) as due, coalesce(m.tries, 0) as tries,
    coalesce(d.withdrawn, m.error, '') as error,
    case when d.withdrawn is not null then d.reasons else coalesce(m.reasons, '[]') end as reasons,
    coalesce(m.receipt, '') as receipt, case when m.state = 'sent' then m.closed_at end as sent_at
    from delivery d left join message m on m.key = d.message left join channel c on c.id = d.channel"""
OWED = f"select * from ({FATES}) owed"  # noqa: S608 -- ours


def owe_events(
    store: Store,
    run: int,
    wanted: Iterable[tuple[int, str, tuple[int, ...]]],
    now: datetime,
    because: Mapping[tuple[int, str], tuple[Reason, ...]] = {},
) -> int:
    """How many deliveries are new: one per (event, channel, matched subscriptions), each owed only once;
    `because` is what else an event means to a channel."""
    new = 0
    with store.transaction():
        for event, channel, matched in wanted:
            also = because.get((event, channel), ())
            new += _owe(store, now, channel, also, event=event, run=run, matched=text(sorted(matched)))
    return new


def _owe(
    store: Store, now: datetime, channel: str, because: tuple[Reason, ...] = (), **told: int | str
) -> bool:
    """Whether a delivery is new: the constraint keeps it single."""
    return store.insert_new(
        "delivery",
        id=store.next_id("delivery"),
        channel=channel,
        due=instant_text(now),
        because=reasons_text(because),
        **told,
    )


def owe_notice(store: Store, notice: Notice, channel: str) -> Notice:
    """The notice with its number, owed to `channel`.

    The same word about the same thing at the same time is one notice, owed once to each channel.
    """
    with store.transaction():
        id = store.value(
            """select id from notice where kind = :kind and subject = :subject and at = :at
                and text = :text""",
            **row_of(notice, "id", "said"),
        )
        if id is None:
            id = store.next_id("notice")
            store.insert("notice", **row_of(dataclasses.replace(notice, id=id)))
        _owe(store, notice.at, channel, notice=id, matched="[]")
        return dataclasses.replace(notice, id=id)


def notice(store: Store, id: int) -> Notice:
    """The notice with this number; raises `LookupError` when there is none."""
    return from_row(Notice, store.row("notice", id))


def notices(store: Store, limit: int | None = None) -> tuple[Notice, ...]:
    """The notices, newest first."""
    return tuple(
        from_row(Notice, row) for row in Conditions().rows(store, "select * from notice", "id desc", limit)
    )


def owed(
    store: Store,
    *,
    event: int | None = None,
    channel: str | None = None,
    state: str | None = None,
    limit: int | None = None,
) -> tuple[Owed, ...]:
    """The deliveries that meet every condition given, oldest first, whatever became of them."""
    wanted = Conditions(event=event, channel=channel, state=state)
    return tuple(map(delivery_of, wanted.rows(store, OWED, "id", limit)))


def delivery(store: Store, id: int) -> Owed:
    """The delivery with this number; raises `LookupError` when there is none."""
    found = store.one(f"{FATES} where d.id = :id", id=id)
    if not found:
        raise LookupError(f"there is no delivery {id}")
    return delivery_of(found)


def made_again(store: Store, delivery: int) -> tuple[Owed, ...]:
    """The deliveries by which that one was made again (`state.owed.again`), oldest first."""
    sql = f"{FATES} join notice n on n.id = d.notice where n.kind = 'redelivered' and n.subject = :subject"
    return tuple(map(delivery_of, store.q(f"{sql} order by d.id", subject=str(delivery))))


def taking_back(store: Store, event: int, channel: str, *, beside: bool = False) -> tuple[Owed, ...]:
    """The delivery of the word that an event was wrong, when it is owed to the channel; `beside`: of the word
    that what it was told for besides was."""
    wanted = Conditions(channel=channel)
    wanted.add(
        "notice in (select id from notice where kind = 'retracted' and subject like :of)",
        of=f"% {event}" if beside else str(event),
    )
    return tuple(map(delivery_of, wanted.rows(store, OWED, "id")))


def delivery_of(row: Mapping[str, Any]) -> Owed:
    """A delivery of a row of `FATES`."""
    return from_row(Owed, row)
