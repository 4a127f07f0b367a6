"""What many channels ask for alike costs what it costs for one."""

from __future__ import annotations

from typing import Any

import pytest
from many_workspaces import World

from state.codec import from_row
from state.file.opening import open_store
from state.owed import outbox, subscriptions
from state.words.post import Subscription
from watcher.tell.want import understand, wants

ROWS = [f"hds | Host {n} | - | 2025_{n} | 2025-03-24 | 2028-03-24" for n in range(6)]


def follow(world: World, *channels: str, words: tuple[str, ...] = ("hds",)) -> None:
    with open_store(world.app.settings.state) as store, store.transaction():
        for channel in channels:
            subscriptions.subscribe(store, understand(words).subscription(channel, words, "cli", world.now))


def test_what_many_follow_alike_is_judged_once_for_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.see(ROWS[0])
    follow(world, *(f"T{team}/C{n}" for team in (1, 2) for n in range(40)))
    follow(world, "C1", "T1/C1", words=("host 3",))
    judged: list[Subscription] = []

    def counted(wish: Subscription, *more: Any) -> bool:
        judged.append(wish)
        return wants(wish, *more)

    monkeypatch.setattr("watcher.look.record.wants", counted)
    world.see(*ROWS)
    assert len(judged) == 2 * 5, "two things that are followed, five events"
    with open_store(world.app.settings.state) as store:
        owed = [one for one in outbox.owed(store) if one.event]
    assert len(owed) == 80 * 5 + 1
    assert {len(one.matched) for one in owed if one.channel == "T1/C1"} == {1, 2}


def test_why_reads_nothing_of_other_channels(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.see(ROWS[0])
    follow(world, *(f"T1/C{n}" for n in range(60)))
    world.see(*ROWS[:2])
    with open_store(world.app.settings.state) as store:
        number = next(one.event for one in outbox.owed(store) if one.event)
    read: list[str] = []

    def noted(kind: type[Any], row: dict[str, Any]) -> Any:
        if kind is Subscription:
            read.append(row["channel"])
        return from_row(kind, row)

    monkeypatch.setattr("state.owed.subscriptions.from_row", noted)
    world.people("T1").say(f"pourquoi {number}", channel="C7")
    assert set(read) == {"T1/C7"}
