from __future__ import annotations

from dataclasses import replace

import pytest
from toy_memory import Toy

from state.file.store import Store
from state.model import Weight
from state.owed import outbox, subscriptions
from state.words.post import Channel, Subscription

WANTED = Subscription(
    id=0, channel="C1", words=("S3NS", "hds"), names=("S3NS", "Bleu"), labels=("hds",), created_by="U1"
)


def test_a_subscription_is_given_a_number_and_comes_back(store: Store, toy: Toy) -> None:
    kept = subscriptions.subscribe(
        store, replace(WANTED, id=77, kinds=("lost",), floor=Weight.LOW, created_at=toy.now)
    )
    assert kept == replace(WANTED, id=1, kinds=("lost",), floor=Weight.LOW, created_at=toy.now)
    assert subscriptions.subscriptions(store) == (kept,)


def test_asking_for_the_same_again_returns_the_one_there_is(store: Store) -> None:
    first = subscriptions.subscribe(store, WANTED)
    same = replace(WANTED, names=("Bleu", "S3NS"), words=("hds", "S3NS"), created_by="U2")
    assert subscriptions.subscribe(store, same) == first
    assert len(subscriptions.subscriptions(store)) == 1


def test_another_channel_name_label_kind_or_floor_is_another_subscription(store: Store) -> None:
    others = [
        replace(WANTED, channel="C2"),
        replace(WANTED, names=("S3NS",)),
        replace(WANTED, labels=()),
        replace(WANTED, kinds=("lost",)),
        replace(WANTED, floor=Weight.HIGH),
    ]
    kept = [subscriptions.subscribe(store, each) for each in (WANTED, *others)]
    assert [each.id for each in kept] == [1, 2, 3, 4, 5, 6]
    assert subscriptions.subscriptions(store, channel="C2") == (kept[1],)


def test_an_ended_subscription_stays_on_record_and_can_begin_anew(store: Store, toy: Toy) -> None:
    first = subscriptions.subscribe(store, WANTED)
    assert subscriptions.unsubscribe(store, first.id, toy.now) == first
    assert subscriptions.subscriptions(store) == ()
    assert subscriptions.subscriptions(store, ended=True) == (first,)
    assert subscriptions.subscribe(store, WANTED).id == 2


def test_only_a_subscription_in_force_can_end(store: Store, toy: Toy) -> None:
    first = subscriptions.subscribe(store, WANTED)
    subscriptions.unsubscribe(store, first.id, toy.now)
    for id in (first.id, 9):
        with pytest.raises(LookupError, match=f"no subscription {id} in force"):
            subscriptions.unsubscribe(store, id, toy.now)


def test_a_channel_nobody_wrote_about_is_active(store: Store) -> None:
    assert subscriptions.channel(store, "C1") == Channel(id="C1")


def test_a_channel_is_what_was_saved_last(store: Store, toy: Toy) -> None:
    saved = Channel(id="C1", state="suspended", reason="gone", not_before=toy.now, lang="en")
    subscriptions.save_channel(store, Channel(id="C1"))
    subscriptions.save_channel(store, saved)
    assert subscriptions.channel(store, "C1") == saved


def test_channels_are_those_saved_subscribed_or_owed_something(store: Store, toy: Toy) -> None:
    subscriptions.save_channel(store, Channel(id="C3", lang="en"))
    subscriptions.subscribe(store, WANTED)
    toy.recorded(toy.event(1))
    outbox.owe_events(store, 1, [(1, "C2", ())], toy.now)
    assert subscriptions.channels(store) == (Channel(id="C1"), Channel(id="C2"), Channel(id="C3", lang="en"))
