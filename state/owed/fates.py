"""How a message that was leased fares: sent, put off, given up, or kept for its channel, which is suspended.

Each is for its owner alone, and raises `LeaseLost` for anybody else; `reasons` are the text beside them as
data. `told` is what did get through to some of the channel's recipients.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from state.codec import from_row, instant_text, reasons_of, reasons_text, text
from state.file.errors import LeaseLost
from state.file.store import Conditions, Store
from state.owed import subscriptions
from state.words.post import Receipt

if TYPE_CHECKING:
    from state.model import Reason


def settle(
    store: Store,
    key: str,
    owner: str,
    receipt: str,
    now: datetime,
    missed: str = "",
    reasons: tuple[Reason, ...] = (),
) -> None:
    """Marks a message as sent, with what the channel answered, and whom it `missed`."""
    row = {"receipt": receipt, "error": missed, "closed_at": instant_text(now)}
    _fares(store, key, owner, "sent", reasons, row)


def _fares(
    store: Store,
    key: str,
    owner: str,
    state: str,
    reasons: tuple[Reason, ...],
    row: Mapping[str, str | int | None],
) -> None:
    """Writes how a message of that owner fares, by columns."""
    row = {"state": state, "lease_until": None, "reasons": reasons_text(reasons), **row}
    changed = ", ".join(f"{name} = :{name}" for name in row)
    sql = f"""update message set {changed}
        where key = :key and owner = :holder and state = 'sending' returning key"""  # noqa: S608 -- ours
    if store.one(sql, key=key, holder=owner, **row):
        return
    found = store.one("select state, owner from message where key = :key", key=key)
    if not found:
        raise LookupError(f"there is no message {key}")
    raise LeaseLost(
        f"message {key}: expected it to be with {owner}, found it {found['state']} with "
        f"{found['owner'] or 'nobody'}; the lease ran out before the sending ended"
    )


def _brought(told: Receipt | None) -> dict[str, str]:
    return {"receipt": told.id} if told else {}


def mine(store: Store, keys: Collection[str], owner: str) -> frozenset[str]:
    """Those of the messages that are still yours to settle, and nobody else's to write until the transaction
    ends: what is taken back from now on finds what became of them, and what was is seen."""
    keys = store.values(
        f"""select key from message where key in (select value from json_each(:keys))
            and owner = :owner and state = 'sending' order by key {store.held}""",  # noqa: S608 -- ours
        keys=text(sorted(keys)),
        owner=owner,
    )
    return frozenset(keys)


def settle_all(store: Store, receipts: Mapping[str, str], now: datetime) -> None:
    """Marks messages that are yours (`mine`) as sent, with what the channels answered."""
    at = instant_text(now)
    store.many(
        """update message set state = 'sent', lease_until = null, receipt = ?, error = '', reasons = '[]',
            closed_at = ? where key = ?""",
        [(receipts[key], at, key) for key in sorted(receipts)],
    )


def last_missed(store: Store, channel: str) -> tuple[Reason, ...]:
    """Whom the channel's last message missed, and why."""
    sql = """select reasons from message where channel = :channel and state = 'sent'
        order by closed_at desc, (select max(id) from delivery d where d.message = message.key) desc
        limit 1"""
    return reasons_of(store.value(sql, channel=channel) or "[]")


def put_off(
    store: Store,
    key: str,
    owner: str,
    due: datetime,
    error: str,
    ambiguous: bool,
    reasons: tuple[Reason, ...] = (),
    told: Receipt | None = None,
) -> None:
    """Frees a message to be tried again from `due` on; `ambiguous`: it may have arrived all the same."""
    doubt = {"interrupted": 1} if ambiguous else {}
    row = {"owner": None, "due": instant_text(due), "error": error, **doubt, **_brought(told)}
    _fares(store, key, owner, "due", reasons, row)


def give_up(
    store: Store,
    key: str,
    owner: str,
    error: str,
    now: datetime,
    reasons: tuple[Reason, ...] = (),
    told: Receipt | None = None,
) -> None:
    """Closes a message that will not be sent, with the reason."""
    row = {"error": error, "closed_at": instant_text(now), **_brought(told)}
    _fares(store, key, owner, "given_up", reasons, row)


def suspend(
    store: Store,
    key: str,
    owner: str,
    error: str,
    now: datetime,
    reasons: tuple[Reason, ...] = (),
    told: Receipt | None = None,
) -> bool:
    """Puts a message back to wait for its channel, and suspends that channel for the same reason.

    Both or neither: a message that waits for a channel nobody knows to be gone would wait in silence. It goes
    out after `subscriptions.resume`. True when the channel was active until now: whoever should know is told.
    """
    with store.transaction():
        # Also raises when the lease is lost, before anything is said of the channel.
        put_off(store, key, owner, now, error, ambiguous=False, reasons=reasons, told=told)
        name = store.value("select channel from message where key = :key", key=key)
        return suspend_channel(store, name, error, reasons)


def suspend_channel(store: Store, name: str, error: str, reasons: tuple[Reason, ...]) -> bool:
    """Suspends a channel; True when it was active until now."""
    known = subscriptions.channel(store, name)
    if known.state == "active":
        gone = dataclasses.replace(known, state="suspended", reason=error, reasons=reasons)
        subscriptions.save_channel(store, gone)
    return known.state == "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message that reached somebody, with whom it missed; `settled`: nobody is told of it any more."""

    key: str
    channel: str
    settled: bool
    receipt: Receipt
    missed: tuple[Reason, ...]


def posted(store: Store, part: str) -> tuple[Posted, ...]:
    """The messages in whose receipts a part stands.

    Every receipt is looked at, without an index: that is for a mail that came back, and no page asks for it.
    """
    rows = store.q(
        """select key, channel, state in ('sent', 'given_up') as settled, receipt, reasons as missed
            from message where instr(receipt, :part) > 0""",
        part=part,
    )
    return tuple(from_row(Posted, row, receipt=Receipt(id=row["receipt"])) for row in rows)


def any_sending(store: Store, channels: Sequence[str], now: datetime) -> bool:
    """Whether somebody is sending to one of these channels just now."""
    wanted = Conditions()
    wanted.add("state = 'sending' and lease_until > :now", now=instant_text(now))
    wanted.among("channel", channels)
    return bool(wanted.rows(store, "select key from message", "key", 1))


def note_missed(store: Store, key: str, missed: str, reasons: tuple[Reason, ...]) -> None:
    """Notes whom a message missed that was settled long ago."""
    store.q(
        """update message set error = :missed, reasons = :reasons
            where key = :key and state in ('sent', 'given_up')""",
        key=key,
        missed=missed,
        reasons=reasons_text(reasons),
    )


def missed_beside(store: Store, key: str) -> tuple[Reason, ...]:
    """Whom the messages right before and after one missed in its channel: mails come back in any order."""
    beside = """select o.reasons from message o, message m where m.key = :key and o.channel = m.channel
        and o.state = 'sent' and (o.closed_at, o.rowid) {than} (m.closed_at, m.rowid)
        order by o.closed_at {way}, o.rowid {way} limit 1"""
    ways = ({"than": "<", "way": "desc"}, {"than": ">", "way": "asc"})
    rows = [row for way in ways for row in store.q(beside.format(**way), key=key)]
    return tuple(reason for row in rows for reason in reasons_of(row["reasons"]))
