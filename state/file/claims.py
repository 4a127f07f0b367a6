"""Claims: how processes that share one memory never do the same thing twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from state.codec import instant_text

if TYPE_CHECKING:
    from state.file.store import Store


def claim_slot(store: Store, source: str, planned: datetime, owner: str, now: datetime) -> bool:
    """Whether this planned look at a source is yours: exactly one owner is told so, once."""
    return bool(
        store.q(
            # One statement decides. A look before the write would let two processes both find the slot free.
            """insert into slot (source, planned, owner, at) values (:source, :planned, :owner, :at)
                on conflict (source, planned) do nothing returning owner""",
            source=source,
            planned=instant_text(planned),
            owner=owner,
            at=instant_text(now),
        )
    )


def lease(store: Store, name: str, owner: str, now: datetime, length: timedelta) -> bool:
    """Whether the lease is yours until `now + length`: there is one holder at a time.

    The holder prolongs its own; one that ran out goes to whoever asks first.
    """
    return bool(
        store.q(
            """insert into lease (name, owner, until) values (:name, :owner, :until)
                on conflict (name) do update set owner = excluded.owner, until = excluded.until
                where lease.owner = excluded.owner or lease.until <= :now returning owner""",
            name=name,
            owner=owner,
            until=instant_text(now + length),
            now=instant_text(now),
        )
    )


def holder(store: Store, name: str) -> str:
    """Who holds a lease, or held it last; "" for nobody."""
    found = store.q("select owner from lease where name = :name", name=name)
    return str(found[0]["owner"]) if found else ""


def release(store: Store, name: str, owner: str) -> None:
    """Gives a lease back; nothing happens when it is somebody else's by now."""
    store.q("delete from lease where name = :name and owner = :owner", name=name, owner=owner)
