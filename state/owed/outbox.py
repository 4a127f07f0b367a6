"""The outbox: what is owed to which channel, and how each message fares until it is sent or given up.

A delivery is one event or notice owed to one channel. A message is what the channel receives in one go and
the unit of retry: due, then leased by one sender (`sending`), then `sent`, due again later, or `given_up` for
a reason. What waits for a suspended channel is shown as `suspended`; nothing is ever deleted.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from state.codec import instant, instant_text, maybe_instant, reasons_of, reasons_text, text
from state.file.conditions import Conditions
from state.model import Reason, Weight
from state.owed.counted import WAITING
from state.words.post import Notice, Owed

if TYPE_CHECKING:
    from state.file.store import Store

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
UNPLANNED = f"""{FATES} where d.message is null and d.withdrawn is null and d.due <= :now
    and d.channel in (select w.channel from ({WAITING}) w where w.state = 'due') order by d.id"""  # noqa: S608 -- ours
LEASED = """update message set state = 'sending', owner = :owner, lease_until = :until, tries = tries + 1,
    interrupted = case when state = 'sending' then 1 else interrupted end"""
FREE = "((state = 'due' and due <= :now) or (state = 'sending' and lease_until <= :now))"
OPEN = """(c.id is null or (c.state = 'active' and (c.not_before is null or c.not_before <= :now)))
    and (:pressing = 0 or exists (
        select 1 from delivery d left join event e on e.id = d.event left join notice n on n.id = d.notice
        where d.message = m.key and (e.weight = 'high' or n.kind = 'retracted')))"""
TAKEN = """returning key, tries, interrupted, due, receipt,
    (select min(d.id) from delivery d where d.message = message.key) as first"""
CLAIM = f"""{LEASED} where key in (
        select m.key from (select * from message where channel = :channel and {FREE}) m
        left join channel c on c.id = m.channel where {OPEN}
        order by m.due, (select min(d.id) from delivery d where d.message = m.key) limit :limit)
    {TAKEN}"""  # noqa: S608 -- ours
# The one at the head, or none: what comes behind it is not looked at, however long the queue is. Messages of
# a channel whose events go singly are planned as they were owed, and the row numbers keep that order.
CLAIM_IN_ORDER = f"""{LEASED} where {FREE} and key = (
        select m.key from message m left join channel c on c.id = m.channel
        where m.channel = :channel and m.state in ('due', 'sending') and {OPEN} order by m.rowid limit 1)
    {TAKEN}"""  # noqa: S608 -- ours
DUE_CHANNELS = f"""select w.channel from (
        select channel from message
            where (state = 'due' and due <= :now) or (state = 'sending' and lease_until <= :now)
        union select o.channel from ({WAITING}) o where :planned = 0 and o.state = 'due' and exists (
            select 1 from delivery d where d.channel = o.channel and d.message is null
                and d.withdrawn is null and d.due <= :now)) w
    left join channel c on c.id = w.channel
    where c.id is null or (c.state = 'active' and (c.not_before is null or c.not_before <= :now))"""  # noqa: S608 -- ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message that is yours to send until the lease runs out.

    `events`, `notices` and `matched` (subscriptions) are numbers; `because` is what else some of the events
    mean to who asked, by their number. `tries` counts this attempt. `interrupted`:
    an earlier attempt may have reached the channel, so look there before sending again; once true it stays
    true, for a later refusal says nothing about the earlier attempt. `receipt` is what earlier attempts
    brought to some of the channel's recipients.
    """

    key: str
    channel: str
    events: tuple[int, ...]
    notices: tuple[int, ...]
    matched: tuple[int, ...]
    tries: int
    interrupted: bool
    receipt: str = ""
    because: Mapping[int, tuple[Reason, ...]] = dataclasses.field(default_factory=dict, hash=False)


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
            new += _owe(
                store,
                now,
                channel=channel,
                event=event,
                run=run,
                matched=text(sorted(matched)),
                because=because.get((event, channel), ()),
            )
    return new


def _owe(
    store: Store,
    now: datetime,
    *,
    channel: str,
    matched: str,
    event: int | None = None,
    notice: int | None = None,
    run: int | None = None,
    because: tuple[Reason, ...] = (),
) -> int:
    id = next_delivery(store)
    inserted = store.q(
        # The constraint keeps a delivery single, and no look before: two processes may owe the same at once.
        """insert into delivery (id, channel, event, notice, run, due, matched, because)
            values (:id, :channel, :event, :notice, :run, :due, :matched, :because)
            on conflict do nothing returning id""",
        id=id,
        channel=channel,
        event=event,
        notice=notice,
        run=run,
        due=instant_text(now),
        matched=matched,
        because=reasons_text(because),
    )
    return len(inserted)


def next_delivery(store: Store) -> int:
    """The first number that no delivery has yet; call it as below."""
    number: int = store.q("select coalesce(max(id), 0) + 1 as id from delivery")[0]["id"]
    return number


def next_notice(store: Store) -> int:
    """The first number that no notice has yet; call it inside the transaction that will use it."""
    number: int = store.q("select coalesce(max(id), 0) + 1 as id from notice")[0]["id"]
    return number


def owe_notice(store: Store, notice: Notice, channel: str) -> Notice:
    """The notice with its number, owed to `channel`.

    The same word about the same thing at the same time is one notice, owed once to each channel.
    """
    with store.transaction():
        said = {
            "kind": notice.kind,
            "subject": notice.subject,
            "text": notice.text,
            "at": instant_text(notice.at),
        }
        same = store.q(
            "select id from notice where kind = :kind and subject = :subject and at = :at and text = :text",
            **said,
        )
        id = same[0]["id"] if same else next_notice(store)
        if not same:
            store.q(
                """insert into notice (id, kind, subject, text, at, said)
                    values (:id, :kind, :subject, :text, :at, :reasons)""",
                id=id,
                reasons=reasons_text(notice.said),
                **said,
            )
        _owe(store, notice.at, channel=channel, notice=id, matched="[]")
        return dataclasses.replace(notice, id=id)


def notice(store: Store, id: int) -> Notice:
    """The notice with this number; raises `LookupError` when there is none."""
    found = store.q("select * from notice where id = :id", id=id)
    if not found:
        raise LookupError(f"there is no notice {id}")
    return _notice(found[0])


def notices(store: Store, limit: int | None = None) -> tuple[Notice, ...]:
    """The notices, newest first."""
    wanted = Conditions()
    sql = wanted.after("select * from notice", "id desc", limit)
    return tuple(_notice(row) for row in store.q(sql, **wanted.params))


def _notice(row: dict[str, Any]) -> Notice:
    return Notice(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        text=row["text"],
        at=instant(row["at"]),
        said=reasons_of(row["said"]),
    )


def unplanned(store: Store, now: datetime) -> tuple[Owed, ...]:
    """The due deliveries that belong to no message yet, oldest first; those of suspended channels wait."""
    return tuple(map(_delivery, store.q(UNPLANNED, now=instant_text(now))))


def plan(store: Store, channel: str, deliveries: Sequence[int], key: str, due: datetime) -> bool:
    """Puts deliveries of one channel into one new message.

    False, and nothing done, when another process planned one of them first or made this message.
    """
    if not deliveries:
        raise ValueError(f"message {key} for {channel}: expected deliveries to send, found none")
    with store.transaction():
        free = Conditions()
        free.add("message is null and channel = :channel", channel=channel)
        free.among("id", deliveries)
        found = store.q(free.after("select id from delivery", "id"), **free.params)
        # Read under the write lock: whoever planned one of them first has committed by now.
        if len(found) != len(set(deliveries)):
            return False
        if store.q("select key from message where key = :key", key=key):
            return False
        store.q(
            """insert into message (key, channel, state, due, tries, interrupted, error, receipt)
                values (:key, :channel, 'due', :due, 0, 0, '', '')""",
            key=key,
            channel=channel,
            due=instant_text(due),
        )
        rows = ({"id": row["id"], "key": key} for row in found)
        store.many("update delivery set message = :key where id = :id", rows)
        return True


def claim(
    store: Store,
    channel: str,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int = 1,
    *,
    pressing: bool = False,
    in_order: bool = False,
) -> tuple[Claimed, ...]:
    """Messages of the channel that are yours to send for the length of the lease, those due longest first.

    A message is free when it is due, or when its sender's lease ran out: that one may have died half-way.
    Nothing is free while the channel is suspended or asked to be left alone. Never two owners at once: each
    process needs an owner name of its own. `pressing`: only those with an event of high weight, or that take
    one back. `in_order`: the one that was owed first, once it is due, and none while it is under way.
    """
    with store.transaction():
        claimed = store.q(
            CLAIM_IN_ORDER if in_order else CLAIM,
            channel=channel,
            owner=owner,
            now=instant_text(now),
            until=instant_text(now + lease),
            pressing=int(pressing),
            **({} if in_order else {"limit": limit}),
        )
        ordered = sorted(claimed, key=lambda row: (row["due"], row["first"]))
        return tuple(_claimed(store, channel, row) for row in ordered)


def _claimed(store: Store, channel: str, row: dict[str, Any]) -> Claimed:
    contents = store.q(
        """select event, notice, matched, because from delivery where message = :key and withdrawn is null
            order by id""",
        key=row["key"],
    )
    matched = {subscription for each in contents for subscription in json.loads(each["matched"])}
    return Claimed(
        key=row["key"],
        channel=channel,
        events=tuple(each["event"] for each in contents if each["event"] is not None),
        notices=tuple(each["notice"] for each in contents if each["notice"] is not None),
        matched=tuple(sorted(matched)),
        tries=row["tries"],
        interrupted=row["interrupted"] == 1,
        receipt=row["receipt"],
        because={each["event"]: said for each in contents if (said := reasons_of(each["because"]))},
    )


def due_channels(store: Store, now: datetime, *, planned: bool = False) -> tuple[str, ...]:
    """The channels that can be sent to now and have something due, by id; `planned`: in a message already."""
    found = store.q(DUE_CHANNELS, now=instant_text(now), planned=int(planned))
    return tuple(sorted(row["channel"] for row in found))


def weights(store: Store) -> Mapping[int, Weight]:
    """How much the deliveries that belong to no message yet weigh, by their number.

    A notice weighs as a normal event, one that takes an event back as one of high weight.
    """
    rows = store.q(
        """select d.id,
            case when n.kind = 'retracted' then 'high' else coalesce(e.weight, 'normal') end as weight
            from delivery d left join event e on e.id = d.event left join notice n on n.id = d.notice
            where d.message is null and d.withdrawn is null"""
    )
    return {row["id"]: Weight(row["weight"]) for row in rows}


def sent_since(store: Store, since: datetime) -> frozenset[str]:
    """The channels that took a message since then."""
    rows = store.q(
        "select distinct channel from message where state = 'sent' and closed_at >= :since",
        since=instant_text(since),
    )
    return frozenset(row["channel"] for row in rows)


def contents(store: Store, key: str) -> Claimed:
    """What a message carries, whoever sent it; raises `LookupError` when there is no such message."""
    found = store.q("select key, channel, tries, interrupted, receipt from message where key = :key", key=key)
    if not found:
        raise LookupError(f"there is no message {key}")
    return _claimed(store, found[0]["channel"], found[0])


def owed(
    store: Store,
    *,
    event: int | None = None,
    channel: str | None = None,
    state: str | None = None,
    limit: int | None = None,
) -> tuple[Owed, ...]:
    """The deliveries that meet every condition given, oldest first, whatever became of them."""
    wanted = Conditions()
    wanted.compare("event", "=", event)
    wanted.compare("channel", "=", channel)
    wanted.compare("state", "=", state)
    sql = wanted.after(OWED, "id", limit)
    return tuple(_delivery(row) for row in store.q(sql, **wanted.params))


def delivery(store: Store, id: int) -> Owed:
    """The delivery with this number; raises `LookupError` when there is none."""
    found = store.q(f"{FATES} where d.id = :id", id=id)
    if not found:
        raise LookupError(f"there is no delivery {id}")
    return _delivery(found[0])


def made_again(store: Store, delivery: int) -> tuple[Owed, ...]:
    """The deliveries by which that one was made again (`state.owed.again`), oldest first."""
    sql = f"{FATES} join notice n on n.id = d.notice where n.kind = 'redelivered' and n.subject = :subject"
    return tuple(_delivery(row) for row in store.q(f"{sql} order by d.id", subject=str(delivery)))


def taking_back(store: Store, event: int, channel: str, *, beside: bool = False) -> tuple[Owed, ...]:
    """The delivery of the word that an event was wrong, when it is owed to the channel; `beside`: of the word
    that what it was told for besides was."""
    wanted = Conditions()
    wanted.add(
        """channel = :channel
            and notice in (select id from notice where kind = 'retracted' and subject like :of)""",
        channel=channel,
        of=f"% {event}" if beside else str(event),
    )
    return tuple(_delivery(row) for row in store.q(wanted.after(OWED, "id"), **wanted.params))


def _delivery(row: dict[str, Any]) -> Owed:
    read = {
        "due": instant(row["due"]),
        "matched": tuple(json.loads(row["matched"])),
        "reasons": reasons_of(row["reasons"]),
        "because": reasons_of(row["because"]),
        "sent_at": maybe_instant(row["sent_at"]),
    }
    return Owed(**{**row, **read})
