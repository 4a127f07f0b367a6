"""The pace of each channel, kept where all who deliver see it: whoever sends, nobody is told too fast.

A channel's row is also what is taken (`Store.taking`) by whoever plans its messages or claims one: so many
may do it at once, each for channels of its own, and none waits for another. Times are milliseconds of the
epoch: the memory's instants are whole seconds, and a pace of one second would become one of two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from state.codec import instant_text, text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from state.file.store import Store

LONGEST = 60_000
"""No pace is longer: a time beyond it was written by a clock ahead of ours, and counts for nothing."""


def begin(store: Store, channels: Collection[str]) -> None:
    """Gives channels that were never told anything their row."""
    # In one order: two that begin the same channels at once wait, and not for each other.
    rows = [(channel,) for channel in sorted(channels)]
    with store.sharing():
        store.many("insert into pace (channel, free) values (?, 0) on conflict do nothing", rows)


def take(store: Store, channels: Collection[str]) -> frozenset[str]:
    """Those of the channels that are yours until the transaction ends, and nobody else's."""
    return _taken(store, "1 = 1", channels)


def take_free(store: Store, channels: Collection[str], at: int, now: datetime) -> frozenset[str]:
    """Those of them that may be sent to at `at`, and that nobody is sending to."""
    free = _taken(store, "(free <= :at or free > :far)", channels, at=at, far=at + LONGEST)
    if not free:
        return free
    # By a statement of its own, after they were taken: what the one before them claimed is seen by now.
    busy = store.values(
        """select distinct channel from message
            where state = 'sending' and lease_until > :now
            and channel in (select value from json_each(:channels))""",
        now=instant_text(now),
        channels=text(sorted(free)),
    )
    return free.difference(busy)


def _taken(store: Store, when: str, channels: Collection[str], **params: int) -> frozenset[str]:
    channels = store.values(
        f"""select channel from pace where {when}
            and channel in (select value from json_each(:channels)) {store.taking}""",  # noqa: S608 -- ours
        channels=text(sorted(channels)),
        **params,
    )
    return frozenset(channels)


def keep(store: Store, free: Mapping[str, int]) -> None:
    """From when on each channel may be sent to again."""
    store.many("update pace set free = ? where channel = ?", [(free[name], name) for name in sorted(free)])
