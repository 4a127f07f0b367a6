"""Subscriptions and channels: who wants to hear what, where, and whether that place can be reached."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import TYPE_CHECKING, Any

from state.codec import (
    from_row,
    instant_text,
    maybe_instant_text,
    row_of,
    text,
)
from state.file.store import Conditions, Store
from state.names import spoken
from state.words.post import Channel, Subscription

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


def subscribe(store: Store, subscription: Subscription, same: Callable[[str], str] = spoken) -> Subscription:
    """The subscription with its number, from now on in force.

    Asking again for the same things in the same channel, in whatever order or spelling, returns the one there
    is. `same` is the key that two names of one thing share; left out, their words.
    """
    wanted = _wanted(subscription, same)
    with store.transaction():
        for one in subscriptions(store, channel=subscription.channel):
            # Asked of each anew: how a name is known, and by which rule, changes while it is watched.
            if _wanted(one, same) == wanted:
                return one
        numbered = dataclasses.replace(subscription, id=store.next_id("subscription"))
        store.insert("subscription", wanted=wanted, **row_of(numbered))
        return numbered


def _wanted(subscription: Subscription, same: Callable[[str], str]) -> str:
    """What is asked for, in one text: two subscriptions with equal texts match the same events."""
    names = {same(name) for name in subscription.names}
    groups = (names, subscription.labels, subscription.kinds)
    return text([*(sorted(set(group)) for group in groups), subscription.floor.value])


def unsubscribe(store: Store, id: int, now: datetime) -> Subscription:
    """The subscription that just ended; it stays on record.

    Raises `LookupError` when none with this number is in force.
    """
    ended = store.one(
        "update subscription set ended_at = :now where id = :id and ended_at is null returning *",
        id=id,
        now=instant_text(now),
    )
    if not ended:
        raise LookupError(f"there is no subscription {id} in force")
    return from_row(Subscription, ended)


def subscriptions(
    store: Store, *, channel: str | None = None, by: str | None = None, ended: bool = False
) -> tuple[Subscription, ...]:
    """The subscriptions in force, of a channel or made `by` somebody, ordered by number; with `ended`, those
    that ended as well."""
    wanted = Conditions(channel=channel, created_by=by)
    if not ended:
        wanted.add("ended_at is null")
    return _found(store, wanted)


def some(store: Store, numbers: Collection[int]) -> tuple[Subscription, ...]:
    """The subscriptions with these numbers, those that ended as well."""
    wanted = Conditions()
    wanted.numbered("id", sorted(numbers))
    return _found(store, wanted)


def _found(store: Store, wanted: Conditions) -> tuple[Subscription, ...]:
    rows = wanted.rows(store, "select * from subscription", "id")
    return tuple(from_row(Subscription, row) for row in rows)


def pause(store: Store, id: int, until: datetime | None, now: datetime) -> Subscription:
    """The subscription, paused from now on until then; None ends its pause.

    Nothing is lost: what it matches meanwhile is kept and sent afterwards. Raises `LookupError` when none
    with this number is in force, and `ValueError` when the time has passed.
    """
    if until is not None and until <= now:
        raise ValueError(f"expected a time to come, found {instant_text(until)}; it is {instant_text(now)}")
    paused = store.one(
        "update subscription set paused_until = :until where id = :id and ended_at is null returning *",
        id=id,
        until=maybe_instant_text(until),
    )
    if not paused:
        raise LookupError(f"there is no subscription {id} in force")
    return from_row(Subscription, paused)


def channel(store: Store, id: str) -> Channel:
    """What is known of a channel; an active one when nothing was ever written about it."""
    found = store.one("select * from channel where id = :id", id=id)
    return from_row(Channel, found) if found else Channel(id=id)


def channels(store: Store) -> tuple[Channel, ...]:
    """Every channel that was saved, has a subscription in force, or was ever owed something; by id."""
    ids = store.values(
        """select id from channel union select channel as id from subscription where ended_at is null
            union select channel as id from owed_count"""
    )
    return _in_order(settings_of(store, ids))


def channels_of(store: Store, workspace: str) -> tuple[Channel, ...]:
    """The same, those of one workspace that is not the one of the settings; by id."""
    ids = store.values(
        # By the beginning of the id, which indexes are walked by: "0" is what follows "/".
        """select id from channel where id >= :first and id < :after
            union select channel as id from subscription
                where ended_at is null and channel >= :first and channel < :after
            union select channel as id from owed_count where channel >= :first and channel < :after""",
        first=f"{workspace}/",
        after=f"{workspace}0",
    )
    return _in_order(settings_of(store, ids))


def _in_order(known: Mapping[str, Channel]) -> tuple[Channel, ...]:
    return tuple(known[id] for id in sorted(known))


def save_channel(store: Store, channel: Channel) -> None:
    """Remembers a channel. A suspended one keeps all that is owed to it, and gets it once active again."""
    store.save("channel", "id", **row_of(channel))


def change(store: Store, id: str, **settings: Any) -> tuple[Channel, Channel]:
    """Sets what is given of a channel; what was known of it before, and what is now."""
    with store.transaction():
        before = channel(store, id)
        changed = dataclasses.replace(before, **settings)
        save_channel(store, changed)
    return before, changed


def leave_alone(store: Store, id: str, until: datetime) -> None:
    """Sends nothing to a channel before then; nothing else of it is written, whoever changes it meanwhile."""
    store.q(
        """insert into channel (id, state, reason, not_before, lang) values (:id, 'active', '', :until, '')
            on conflict (id) do update set not_before = excluded.not_before""",
        id=id,
        until=instant_text(until),
    )


def settings_of(store: Store, ids: Collection[str]) -> Mapping[str, Channel]:
    """What is known of these channels, by id."""
    rows = store.q(
        "select * from channel where id in (select value from json_each(:ids))", ids=text(sorted(ids))
    )
    return {id: Channel(id=id) for id in ids} | {row["id"]: from_row(Channel, row) for row in rows}


def resume(store: Store, id: str, now: datetime) -> int:
    """Makes a channel active, and everything that waits for it due; returns how many deliveries that is."""
    with store.transaction():
        change(store, id, state="active", reason="", reasons=(), not_before=None)
        store.q(
            # What was put off while the channel refused: its reason to wait is gone with the suspension.
            "update message set due = :now where channel = :id and state = 'due' and due > :now",
            id=id,
            now=instant_text(now),
        )
        return int(
            store.value(
                """select count(*) as waiting from delivery d left join message m on m.key = d.message
                    where d.channel = :id and (m.key is null or m.state = 'due')""",
                id=id,
            )
        )
