"""Claims: how processes that share one memory never do the same thing twice; and what sets right what a clock
ahead of time left behind.

While such a clock ran, slots were claimed, messages leased and deliveries owed for days to come. Left alone,
they would stop the schedule and the sending until those days come.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from state.codec import instant, instant_text, maybe_instant

if TYPE_CHECKING:
    from state.file.store import Store


LEASE = timedelta(minutes=2)
"""How long what a process holds is left to it when it falls silent."""
OLD = timedelta(days=7)
"""After so long nobody asks any more what ran out."""


def slot_name(source: str, planned: datetime) -> str:
    """The lease of who makes a planned look."""
    return f"slot/{source}/{instant_text(planned)}"


def claim_slot(
    store: Store, source: str, planned: datetime, owner: str, now: datetime, length: timedelta = LEASE
) -> bool:
    """Whether this planned look at a source is yours: exactly one owner is told so, once, and another where
    that one fell silent before `slot_made`."""
    name, times = slot_name(source, planned), {"planned": instant_text(planned), "at": instant_text(now)}
    with store.transaction():
        first = store.insert_new("slot", source=source, owner=owner, **times)
        if not first and not ran_out(store, name, now):
            return False
        if not first:
            sql = "update slot set owner = :owner, at = :at where source = :source and planned = :planned"
            store.q(sql, source=source, owner=owner, **times)
        store.q("delete from lease where name = :name", name=name)
        return lease(store, name, owner, now, length)


def slot_made(store: Store, source: str, planned: datetime, owner: str) -> None:
    """Says that the planned look was made: nobody makes it again."""
    release(store, slot_name(source, planned), owner)


def free_slot(store: Store, source: str, planned: datetime, owner: str) -> None:
    """Gives a planned look back that was not made: whoever comes next may make it at once."""
    name = slot_name(source, planned)
    store.q(
        "update lease set until = :then where name = :name and owner = :owner",
        then=instant_text(planned),
        name=name,
        owner=owner,
    )


def claimed_slot(store: Store, source: str, planned: datetime) -> bool:
    """Whether anybody ever claimed a planned look."""
    sql = "select 1 from slot where source = :source and planned = :planned"
    return bool(store.q(sql, source=source, planned=instant_text(planned)))


def ran_out(store: Store, name: str, now: datetime) -> bool:
    """Whether a lease was never given back, and its holder let it run out."""
    sql = "select 1 from lease where name = :name and until <= :now"
    return bool(store.q(sql, name=name, now=instant_text(now)))


def lease(store: Store, name: str, owner: str, now: datetime, length: timedelta = LEASE) -> bool:
    """Whether the lease is yours until `now + length`: there is one holder at a time.

    The holder prolongs its own; one that ran out goes to whoever asks first.
    """
    return bool(
        store.q(
            # One statement decides. A look before the write would let two processes both find it free.
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
    return store.value("select owner from lease where name = :name", name=name) or ""


def release(store: Store, name: str, owner: str) -> None:
    """Gives a lease back; nothing happens when it is somebody else's by now."""
    store.q("delete from lease where name = :name and owner = :owner", name=name, owner=owner)


def held(store: Store, beginning: str, now: datetime) -> dict[str, tuple[str, datetime]]:
    """The leases in force whose names begin so: who holds each, and until when."""
    rows = store.q(
        """select name, owner, until from lease
            where substr(name, 1, length(:beginning)) = :beginning and until > :now order by name""",
        beginning=beginning,
        now=instant_text(now),
    )
    return {row["name"]: (row["owner"], instant(row["until"])) for row in rows}


def last_until(store: Store, beginning: str) -> datetime | None:
    """Until when the last of the leases was taken whose names begin so; None where there is none."""
    sql = "select max(until) as until from lease where substr(name, 1, length(:beginning)) = :beginning"
    return maybe_instant(store.value(sql, beginning=beginning))


def forget_old(store: Store, now: datetime) -> None:
    """Forgets what ran out long ago: those who died gave nothing back."""
    store.q("delete from lease where until <= :old", old=instant_text(now - OLD))


SOON = timedelta(hours=2)
"""No lease is longer; what is owed, claimed or planned afresh is so by the present time."""
PUT_OFF = timedelta(days=14)
"""No channel asks to be left alone for longer."""

FOUND = """select 1 from slot where planned > :soon
    union all select 1 from lease where until > :soon
    union all select 1 from delivery where message is null and withdrawn is null and due > :soon
    union all select 1 from message where state = 'sending' and lease_until > :soon
    union all select 1 from message where state = 'due' and (due > :far or (tries = 0 and due > :soon))
    union all select 1 from channel where not_before > :far limit 1"""
MENDED = (
    "delete from slot where planned > :soon",
    "delete from lease where until > :soon",
    "update delivery set due = :now where message is null and withdrawn is null and due > :soon",
    "update message set lease_until = :now where state = 'sending' and lease_until > :soon",
    """update message set due = :now
        where state = 'due' and (due > :far or (tries = 0 and due > :soon))""",
    "update channel set not_before = null where not_before > :far",
)


def set_right(store: Store, now: datetime) -> bool:
    """Frees what is claimed, leased or due beyond what `now` allows; whether there was any."""
    times = {"now": now, "soon": now + SOON, "far": now + PUT_OFF}
    texts = {name: instant_text(at) for name, at in times.items()}
    if not store.q(FOUND, **{name: texts[name] for name in ("soon", "far")}):
        return False
    with store.transaction():
        for statement in MENDED:
            store.q(statement, **{name: text for name, text in texts.items() if f":{name}" in statement})
    return True
