"""How a message that was leased fares: sent, put off, given up, or kept for its channel, which is suspended.

Each is for its owner alone, and raises `LeaseLost` for anybody else; `reasons` are the text beside them as
data. `told` is what did get through to some of the channel's recipients.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from state.codec import instant_text, reasons_of, reasons_text
from state.file.errors import LeaseLost
from state.owed import subscriptions

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Reason
    from state.words.post import Receipt


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
    settled = store.q(
        """update message set state = 'sent', lease_until = null, receipt = :receipt, error = :missed,
            reasons = :reasons, closed_at = :now
            where key = :key and owner = :owner and state = 'sending' returning key""",
        key=key,
        owner=owner,
        receipt=receipt,
        missed=missed,
        reasons=reasons_text(reasons),
        now=instant_text(now),
    )
    _require(store, settled, key, owner)


def last_missed(store: Store, channel: str) -> tuple[Reason, ...]:
    """Whom the channel's last message missed, and why."""
    found = store.q(
        """select reasons from message where channel = :channel and state = 'sent'
            order by closed_at desc, (select max(id) from delivery d where d.message = message.key) desc
            limit 1""",
        channel=channel,
    )
    return reasons_of(found[0]["reasons"]) if found else ()


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
    freed = store.q(
        """update message set state = 'due', owner = null, lease_until = null, due = :due, error = :error,
            reasons = :reasons, interrupted = case when :ambiguous = 1 then 1 else interrupted end,
            receipt = coalesce(:told, receipt)
            where key = :key and owner = :owner and state = 'sending' returning key""",
        key=key,
        owner=owner,
        due=instant_text(due),
        error=error,
        reasons=reasons_text(reasons),
        ambiguous=int(ambiguous),
        told=told and told.id,
    )
    _require(store, freed, key, owner)


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
    closed = store.q(
        """update message set state = 'given_up', lease_until = null, error = :error, reasons = :reasons,
            closed_at = :now, receipt = coalesce(:told, receipt)
            where key = :key and owner = :owner and state = 'sending' returning key""",
        key=key,
        owner=owner,
        error=error,
        reasons=reasons_text(reasons),
        now=instant_text(now),
        told=told and told.id,
    )
    _require(store, closed, key, owner)


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
        name = store.q("select channel from message where key = :key", key=key)[0]["channel"]
        known = subscriptions.channel(store, name)
        if known.state == "active":
            gone = dataclasses.replace(known, state="suspended", reason=error, reasons=reasons)
            subscriptions.save_channel(store, gone)
        return known.state == "active"


def _require(store: Store, done: Sequence[object], key: str, owner: str) -> None:
    if done:
        return
    found = store.q("select state, owner from message where key = :key", key=key)
    if not found:
        raise LookupError(f"there is no message {key}")
    raise LeaseLost(
        f"message {key}: expected it to be with {owner}, found it {found[0]['state']} with "
        f"{found[0]['owner'] or 'nobody'}; the lease ran out before the sending ended"
    )
