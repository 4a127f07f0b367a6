from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from toy_memory import NOW, Toy, planned_as, together

from state.file.errors import LeaseLost
from state.file.opening import open_store
from state.file.store import Store
from state.model import Reason
from state.owed import fates, outbox, subscriptions, taken
from state.owed.planned import unplanned
from state.owed.taken import Claimed
from state.words.post import Channel, Notice

LEASE = timedelta(minutes=2)


@pytest.fixture
def owing(store: Store, toy: Toy) -> Store:
    """A memory that owes events 1 and 2 to channel C1, not planned yet."""
    toy.recorded(toy.event(1), toy.event(2))
    outbox.owe_events(store, 1, [(1, "C1", (7, 3)), (2, "C1", (7,))], toy.now)
    return store


@pytest.fixture
def planned(owing: Store, toy: Toy) -> Store:
    """The same memory with one message, M, that holds both."""
    assert planned_as(owing, "C1", [1, 2], "M", toy.now)
    return owing


def claim(store: Store, owner: str = "me", **more: Any) -> Claimed | None:
    at = NOW + timedelta(**more)
    claimed = taken.claim(store, ["C1"], owner, at, LEASE)
    return claimed[0] if claimed else None


def state(store: Store, event: int = 1) -> str:
    [delivery] = outbox.owed(store, event=event)
    return delivery.state


def test_an_event_is_owed_to_a_channel_once(owing: Store, toy: Toy) -> None:
    assert outbox.owe_events(owing, 1, [(1, "C1", (9,)), (1, "C2", (9,))], toy.now) == 1
    assert [(one.event, one.channel, one.matched) for one in outbox.owed(owing)] == [
        (1, "C1", (3, 7)),
        (2, "C1", (7,)),
        (1, "C2", (9,)),
    ]


def test_a_delivery_tells_all_about_itself(owing: Store, toy: Toy) -> None:
    [first, _] = outbox.owed(owing)
    assert (first.state, first.due, first.tries, first.run, first.message) == ("due", toy.now, 0, 1, None)
    assert (first.error, first.receipt, first.sent_at, first.notice) == ("", "", None, None)


def test_deliveries_are_found_by_event_channel_and_state(planned: Store, toy: Toy) -> None:
    outbox.owe_events(planned, 1, [(1, "C2", ())], toy.now)
    claim(planned)

    def found(**wanted: Any) -> list[int]:
        return [one.id for one in outbox.owed(planned, **wanted)]

    assert found(event=1) == [1, 3]
    assert found(channel="C1") == found(state="sending") == [1, 2]
    assert found(state="due", channel="C2") == [3]
    assert found(limit=1) == [1]


def test_a_notice_is_owed_like_an_event(store: Store, toy: Toy) -> None:
    notice = Notice(id=0, kind="trouble", subject="ans-hds", text="unreachable", at=toy.now)
    kept = outbox.owe_notice(store, notice, "C1")
    assert kept.id == 1
    assert outbox.notice(store, 1) == kept
    assert outbox.owe_notice(store, notice, "C1") == kept
    assert outbox.owe_notice(store, notice, "C2") == kept
    later = outbox.owe_notice(store, Notice(id=1, kind="news", subject="x", text="y", at=toy.now), "C1")
    assert later.id == 2
    assert outbox.notices(store) == (later, kept)
    assert outbox.notices(store, limit=1) == (later,)
    assert [(one.notice, one.channel) for one in unplanned(store, toy.now)] == [
        (1, "C1"),
        (1, "C2"),
        (2, "C1"),
    ]


def test_a_notice_that_never_was_is_a_lookup_error(store: Store) -> None:
    with pytest.raises(LookupError, match="no notice 7"):
        outbox.notice(store, 7)


def test_planned_deliveries_are_planned_no_more(owing: Store, toy: Toy) -> None:
    assert [one.id for one in unplanned(owing, toy.now)] == [1, 2]
    assert unplanned(owing, toy.later(seconds=-1)) == ()
    assert planned_as(owing, "C1", [1], "M", toy.now)
    assert [one.id for one in unplanned(owing, toy.now)] == [2]


@pytest.mark.parametrize(
    ("channel", "deliveries", "key"),
    [("C1", [1, 2], "N"), ("C1", [2], "M"), ("C2", [2], "N"), ("C1", [2, 99], "N")],
    ids=["one is planned", "the message is there", "another channel's", "no such delivery"],
)
def test_a_plan_that_came_second_does_nothing(
    owing: Store, toy: Toy, channel: str, deliveries: list[int], key: str
) -> None:
    assert planned_as(owing, "C1", [1], "M", toy.now)
    assert not planned_as(owing, channel, deliveries, key, toy.now)
    assert [one.id for one in unplanned(owing, toy.now)] == [2]


def test_an_empty_message_is_refused(owing: Store, toy: Toy) -> None:
    with pytest.raises(ValueError, match="expected deliveries to send, found none"):
        planned_as(owing, "C1", [], "M", toy.now)


def test_a_claimed_message_names_what_it_holds(planned: Store) -> None:
    assert claim(planned) == Claimed(
        key="M", channel="C1", events=(1, 2), notices=(), matched=(3, 7), tries=1, interrupted=False
    )
    assert state(planned) == "sending"


def test_a_message_is_claimed_when_due_and_by_one_owner_at_a_time(planned: Store) -> None:
    assert claim(planned, seconds=-1) is None
    assert claim(planned, "a") is not None
    assert claim(planned, "b", minutes=1) is None
    assert claim(planned, "a", minutes=1) is None


def test_a_message_whose_sender_died_is_taken_over_as_interrupted(planned: Store) -> None:
    claim(planned, "dead")
    taken = claim(planned, "b", minutes=2)
    assert taken is not None
    assert (taken.tries, taken.interrupted) == (2, True)
    with pytest.raises(LeaseLost, match="message M: expected it to be with dead, found it sending with b"):
        fates.settle(planned, "M", "dead", "ts", NOW)
    fates.settle(planned, "M", "b", "ts", NOW)


def test_messages_are_claimed_in_the_order_they_were_owed(owing: Store, toy: Toy) -> None:
    assert planned_as(owing, "C1", [1], "Z", toy.now)
    assert planned_as(owing, "C1", [2], "A", toy.now)
    assert [one.key for _ in range(2) for one in taken.claim(owing, ["C1"], "me", toy.now, LEASE)] == [
        "Z",
        "A",
    ]


def test_in_order_a_message_waits_for_the_one_before_it(owing: Store, toy: Toy) -> None:
    assert planned_as(owing, "C1", [1], "Z", toy.now)
    assert planned_as(owing, "C1", [2], "A", toy.now)

    def claimed(owner: str, **more: Any) -> list[str]:
        found = taken.claim(owing, ["C1"], owner, toy.later(**more), LEASE, in_order=["C1"])
        return [one.key for one in found]

    assert claimed("me", seconds=0) == ["Z"]
    assert claimed("another", seconds=1) == [], "it is under way"
    fates.put_off(owing, "Z", "me", toy.later(minutes=10), "503", ambiguous=False)
    assert claimed("me", minutes=9) == [], "it is put off"
    assert claimed("dead", minutes=10) == ["Z"]
    assert claimed("me", minutes=12) == ["Z"], "its sender died"
    fates.settle(owing, "Z", "me", "", toy.now)
    assert claimed("me", minutes=12) == ["A"]


@pytest.mark.sqlite("asks for its own plan")
@pytest.mark.parametrize(
    ("in_order", "index"), [(True, "message_in_turn (channel=?)"), (False, "message_waiting (channel=?)")]
)
def test_the_head_of_a_long_queue_is_found_by_an_index(store: Store, in_order: bool, index: str) -> None:
    given = {"channels": "[]", "now": ""}
    asked = taken.heads(store, in_order, pressing=False)
    steps = [str(row["detail"]) for row in store.q(f"explain query plan {asked}", **given)]
    assert any(index in step for step in steps)
    assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN message")]


def test_a_sent_message_keeps_its_receipt_and_is_never_claimed_again(planned: Store, toy: Toy) -> None:
    claim(planned)
    fates.settle(planned, "M", "me", "1700000000.1", toy.later(seconds=1))
    for delivery in outbox.owed(planned):
        assert (delivery.state, delivery.receipt) == ("sent", "1700000000.1")
        assert delivery.sent_at == toy.later(seconds=1)
    assert claim(planned, days=99) is None
    assert taken.due_channels(planned, toy.later(days=99)) == ()


def test_a_message_put_off_is_due_again_later(planned: Store, toy: Toy) -> None:
    claim(planned)
    fates.put_off(planned, "M", "me", toy.later(minutes=5), "HTTP 503", False)
    [first, _] = outbox.owed(planned)
    assert (first.state, first.error, first.tries) == ("due", "HTTP 503", 1)
    assert first.due == toy.later(minutes=5)
    assert claim(planned, "b", minutes=4) is None
    again = claim(planned, "b", minutes=5)
    assert again is not None
    assert (again.tries, again.interrupted) == (2, False)


def test_once_a_message_may_have_arrived_it_is_looked_for_ever_after(planned: Store, toy: Toy) -> None:
    claim(planned)
    fates.put_off(planned, "M", "me", toy.now, "no reply", True)
    second = claim(planned)
    assert second is not None
    assert second.interrupted
    fates.put_off(planned, "M", "me", toy.now, "HTTP 429 when asked", False)
    third = claim(planned)
    assert third is not None
    assert third.interrupted


def test_a_message_given_up_is_kept_with_its_reason(planned: Store, toy: Toy) -> None:
    claim(planned)
    fates.give_up(planned, "M", "me", "invalid_blocks", toy.now)
    [first, _] = outbox.owed(planned, state="given_up")
    assert (first.error, first.sent_at) == ("invalid_blocks", None)
    assert claim(planned, days=99) is None


@pytest.mark.parametrize("owner", ["me", "other"])
def test_nobody_ends_a_message_that_is_not_with_them(planned: Store, toy: Toy, owner: str) -> None:
    if owner == "other":
        claim(planned)
    ends: list[Callable[[], object]] = [
        lambda: fates.settle(planned, "M", owner, "ts", toy.now),
        lambda: fates.put_off(planned, "M", owner, toy.now, "x", False),
        lambda: fates.give_up(planned, "M", owner, "x", toy.now),
        lambda: fates.suspend(planned, "M", owner, "x", toy.now),
    ]
    before = outbox.owed(planned)
    for end in ends:
        with pytest.raises(LeaseLost, match="message M: expected it to be with"):
            end()
    assert outbox.owed(planned) == before
    assert subscriptions.channel(planned, "C1").state == "active"


def test_a_message_that_never_was_is_a_lookup_error(planned: Store, toy: Toy) -> None:
    with pytest.raises(LookupError, match="no message N"):
        fates.settle(planned, "N", "me", "ts", toy.now)


def test_a_channel_that_is_gone_keeps_all_it_is_owed_until_it_is_back(planned: Store, toy: Toy) -> None:
    toy.recorded(toy.event(3), toy.event(4))
    claim(planned)
    fates.suspend(planned, "M", "me", "channel_not_found", toy.now)
    assert subscriptions.channel(planned, "C1") == Channel(
        id="C1", state="suspended", reason="channel_not_found"
    )
    outbox.owe_events(planned, 1, [(3, "C1", ()), (4, "C2", ())], toy.now)
    assert [(one.event, one.state) for one in outbox.owed(planned)] == [
        (1, "suspended"),
        (2, "suspended"),
        (3, "suspended"),
        (4, "due"),
    ]
    assert outbox.owed(planned, event=1)[0].error == "channel_not_found"
    assert [one.event for one in unplanned(planned, toy.later(days=9))] == [4]
    assert taken.due_channels(planned, toy.later(days=9)) == ("C2",)
    assert claim(planned, days=9) is None
    assert subscriptions.resume(planned, "C1", toy.later(days=9)) == 3
    assert claim(planned, days=9) is not None
    assert [one.event for one in unplanned(planned, toy.later(days=9))] == [3, 4]


def test_a_resumed_channel_waits_for_nothing(planned: Store, toy: Toy) -> None:
    claim(planned)
    fates.put_off(planned, "M", "me", toy.later(hours=6), "HTTP 429", False)
    gone = Channel(id="C1", state="suspended", reason="x", not_before=toy.later(hours=6), lang="en")
    subscriptions.save_channel(planned, gone)
    assert subscriptions.resume(planned, "C1", toy.now) == 2
    assert subscriptions.channel(planned, "C1") == Channel(id="C1", lang="en")
    assert claim(planned) is not None


def test_a_suspension_keeps_the_reason_that_was_given_first(planned: Store, toy: Toy) -> None:
    claim(planned)
    subscriptions.save_channel(planned, Channel(id="C1", state="suspended", reason="archived"))
    fates.suspend(planned, "M", "me", "is_archived", toy.now)
    assert subscriptions.channel(planned, "C1").reason == "archived"


def test_a_channel_that_asked_to_wait_delays_no_other(planned: Store, toy: Toy) -> None:
    outbox.owe_events(planned, 1, [(1, "C2", ())], toy.now)
    subscriptions.save_channel(planned, Channel(id="C1", not_before=toy.later(seconds=30)))
    assert taken.due_channels(planned, toy.now) == ("C2",)
    assert claim(planned) is None
    assert taken.due_channels(planned, toy.later(seconds=30)) == ("C1", "C2")
    assert claim(planned, seconds=30) is not None


def test_a_channel_with_a_dead_sender_is_due_again(planned: Store, toy: Toy) -> None:
    claim(planned, "dead")
    assert taken.due_channels(planned, toy.later(minutes=1)) == ()
    assert taken.due_channels(planned, toy.later(minutes=2)) == ("C1",)


def _drain(path: str, owner: str) -> list[str]:
    keys: list[str] = []
    with open_store(path) as store:
        while claimed := taken.claim(store, ["C1"], owner, NOW, LEASE):
            for one in claimed:
                keys.append(one.key)
                fates.settle(store, one.key, owner, "ts", NOW)
    return keys


@pytest.mark.sqlite("processes that open a file")
def test_four_processes_claim_five_hundred_messages_each_exactly_once(
    store: Store, file: Path, toy: Toy
) -> None:
    with store.transaction():
        toy.recorded(*(toy.event(id) for id in range(1, 501)))
        outbox.owe_events(store, 1, [(id, "C1", ()) for id in range(1, 501)], toy.now)
        for id in range(1, 501):
            planned_as(store, "C1", [id], f"M{id}", toy.now)
    claimed = together(_drain, [(str(file), owner) for owner in "abcd"])
    keys = [key for each in claimed for key in each]
    assert sorted(keys) == sorted(f"M{id}" for id in range(1, 501))
    assert len(outbox.owed(store, state="sent")) == 500


def _plan(path: str, owner: str) -> list[int]:
    """Plans every delivery it finds alone, under a key of its own."""
    made: list[int] = []
    with open_store(path) as store:
        while found := unplanned(store, NOW):
            one = found[0].id
            if planned_as(store, "C1", [one], f"{owner}{one}", NOW):
                made.append(one)
    return made


@pytest.mark.sqlite("processes that open a file")
def test_processes_never_plan_one_delivery_twice(store: Store, file: Path, toy: Toy) -> None:
    with store.transaction():
        toy.recorded(*(toy.event(id) for id in range(1, 61)))
        outbox.owe_events(store, 1, [(id, "C1", ()) for id in range(1, 61)], toy.now)
    made = together(_plan, [(str(file), owner) for owner in "abc"])
    assert sorted(id for each in made for id in each) == list(range(1, 61))
    assert store.q("select count(*) as n from message") == [{"n": 60}]


NESTED = (Reason.of("slack_error", name="x", tries=2, because=(Reason.of("slack_silent"),)),)


def test_why_a_message_was_put_off_or_given_up_is_kept_as_data_until_it_goes(
    planned: Store, toy: Toy
) -> None:
    claim(planned)
    fates.put_off(planned, "M", "me", toy.now, "Slack answered", False, NESTED)
    assert {(one.error, one.reasons) for one in outbox.owed(planned)} == {("Slack answered", NESTED)}
    claim(planned)
    fates.settle(planned, "M", "me", "ts", toy.now)
    assert {(one.error, one.reasons) for one in outbox.owed(planned)} == {("", ())}


def test_why_a_message_was_given_up_is_kept_as_data(planned: Store, toy: Toy) -> None:
    claim(planned)
    fates.give_up(planned, "M", "me", "Slack answered", toy.now, NESTED)
    assert {one.reasons for one in outbox.owed(planned)} == {NESTED}


def test_why_a_channel_takes_no_messages_is_kept_as_data_until_it_does(planned: Store, toy: Toy) -> None:
    claim(planned)
    assert fates.suspend(planned, "M", "me", "Slack refused", toy.now, NESTED)
    gone = subscriptions.channel(planned, "C1")
    assert (gone.reason, gone.reasons) == ("Slack refused", NESTED)
    subscriptions.resume(planned, "C1", toy.now)
    back = subscriptions.channel(planned, "C1")
    assert (back.reason, back.reasons) == ("", ())
