"""Messages that are taken to be sent: which channels have one, and whose it is until its lease runs out.

What is asked is at the head of an index, channel by channel: no answer takes longer because much waits.
"""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from state.codec import instant_text, reasons_of, text
from state.owed import planned

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Reason

FREE = "((state = 'due' and due <= :now) or (state = 'sending' and lease_until <= :now))"
WAITS = "state in ('due', 'sending')"
"""As the indices of `message` have it, or they are not asked."""
OPEN = "(c.id is null or (c.state = 'active' and (c.not_before is null or c.not_before <= :now)))"
HIGH = """exists (select 1 from delivery d left join event e on e.id = d.event
    left join notice n on n.id = d.notice
    where d.message = m.key and (e.weight = 'high' or n.kind = 'retracted'))"""
# Rows are numbered as messages are planned, in the order in which they were owed. In order, the head is the
# only one that may go: what comes behind it is not looked at, whether it is free or not.
HEAD = {False: f"{FREE} {{high}} order by m.due, m.rowid", True: "1 = 1 {high} order by m.rowid"}
HEADS = f"""select w.value as channel, (
        select m.key from message m where m.channel = w.value and m.{WAITS} and {{head}}
        limit 1 {{taking}}) as key
    from json_each(:channels) w left join channel c on c.id = w.value where {OPEN}"""  # noqa: S608 -- ours
CLAIM = f"""update message set state = 'sending', owner = :owner, lease_until = :until, tries = tries + 1,
    interrupted = case when state = 'sending' then 1 else interrupted end
    where key in (select value from json_each(:keys)) and {FREE}
    returning key, channel, tries, interrupted, receipt"""  # noqa: S608 -- ours
CONTENTS = """select message, event, notice, matched, because from delivery
    where message in (select value from json_each(:keys)) and withdrawn is null order by id"""
# From one channel with something that waits to the next one, and not from message to message.
WAITING = f"""with recursive w (channel) as (
        select (select m.channel from message m where m.{WAITS} order by m.channel limit 1)
        union all select (select m.channel from message m where m.{WAITS} and m.channel > w.channel
            order by m.channel limit 1) from w where w.channel is not null)
    select w.channel, p.free from w left join channel c on c.id = w.channel
        left join pace p on p.channel = w.channel
    where w.channel is not null and {OPEN}
        and exists (select 1 from message m where m.channel = w.channel and m.{WAITS} and {FREE})
        and not exists (select 1 from message m
            where m.channel = w.channel and m.state = 'sending' and m.lease_until > :now)"""  # noqa: S608 -- ours


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


def waiting(store: Store, now: datetime) -> Mapping[str, int | None]:
    """The channels that have a message due and can be sent to, with when their pace lets them; None where
    they have none yet (`paces.begin`). Not those that somebody is sending to."""
    return {row["channel"]: row["free"] for row in store.q(WAITING, now=instant_text(now))}


def due_channels(store: Store, now: datetime) -> tuple[str, ...]:
    """The channels that can be sent to now and have something due, in a message or not yet, by id."""
    return tuple(sorted({*waiting(store, now), *planned.owing(store, now, at_once=True)}))


def claim(
    store: Store,
    channels: Sequence[str],
    owner: str,
    now: datetime,
    lease: timedelta,
    *,
    pressing: Collection[str] = (),
    in_order: Collection[str] = (),
) -> tuple[Claimed, ...]:
    """A message of each channel that has one, yours to send for the length of the lease: the one that is due
    longest.

    A message is free when it is due, or when its sender's lease ran out: that one may have died half-way.
    Nothing is free while the channel is suspended or asked to be left alone. Never two owners at once: each
    process needs an owner name of its own. `pressing`: channels that take only what has an event of high
    weight, or takes one back. `in_order`: those that take the one that was owed first, once it is due, and
    none while it is under way.
    """
    ways: dict[tuple[bool, bool], list[str]] = defaultdict(list)
    for channel in channels:
        ways[channel in in_order, channel in pressing].append(channel)
    with store.sharing():
        found = [
            row
            for way, some in ways.items()
            for row in store.q(heads(store, *way), channels=text(some), now=instant_text(now))
        ]
        keys = [row["key"] for row in found if row["key"] is not None]
        if not keys:
            return ()
        claimed = store.q(
            CLAIM, keys=text(keys), owner=owner, now=instant_text(now), until=instant_text(now + lease)
        )
        return _claimed(store, claimed)


def let_go(store: Store, owner: str, now: datetime) -> None:
    """Frees the messages that an owner was sending who is known to be no more, before its leases run out."""
    store.q(
        # Both, or no index serves: there are as many messages as were ever sent.
        """update message set lease_until = :now where state in ('due', 'sending') and state = 'sending'
            and owner = :owner and lease_until > :now""",
        owner=owner,
        now=instant_text(now),
    )


def heads(store: Store, in_order: bool, pressing: bool) -> str:
    """The statement that finds the message of each channel that may go next."""
    head = HEAD[in_order].format(high=f"and {HIGH}" if pressing else "")
    # In order nothing is left out that somebody else has: the one behind it would overtake.
    return HEADS.format(head=head, taking="" if in_order else store.taking)


def _claimed(store: Store, rows: Sequence[Mapping[str, Any]]) -> tuple[Claimed, ...]:
    carried: dict[str, list[Mapping[str, Any]]] = {row["key"]: [] for row in rows}
    for each in store.q(CONTENTS, keys=text(sorted(carried))):
        carried[each["message"]].append(each)
    return tuple(
        Claimed(
            key=row["key"],
            channel=row["channel"],
            events=tuple(each["event"] for each in own if each["event"] is not None),
            notices=tuple(each["notice"] for each in own if each["notice"] is not None),
            matched=tuple(sorted({wish for each in own for wish in json.loads(each["matched"])})),
            tries=row["tries"],
            interrupted=row["interrupted"] == 1,
            receipt=row["receipt"],
            because={each["event"]: said for each in own if (said := reasons_of(each["because"]))},
        )
        for row in rows
        for own in (carried[row["key"]],)
    )


def contents(store: Store, key: str) -> Claimed:
    """What a message carries, whoever sent it; raises `LookupError` when there is no such message."""
    found = store.q("select key, channel, tries, interrupted, receipt from message where key = :key", key=key)
    if not found:
        raise LookupError(f"there is no message {key}")
    return _claimed(store, found)[0]
