"""Pauses, digests and quiet hours, through the outbox: they delay, and drop nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from office import START, Office

from notifiers.notifier import DeliveryError
from notifiers.said.reasons import as_said
from state.file.opening import open_store
from state.owed import outbox, subscriptions
from state.words.post import Channel, Notice
from watcher.tell.send import Sent


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def set_up(office: Office, **fields: object) -> None:
    with open_store(office.url) as store:
        subscriptions.save_channel(store, replace(Channel(id="C1"), **fields))  # type: ignore[arg-type]


def pause(office: Office, days: int | None) -> None:
    until = None if days is None else office.now + timedelta(days=days)
    with open_store(office.url) as store:
        subscriptions.pause(store, 1, until, office.now)


def test_a_digest_gathers_several_looks_in_one_message_at_its_time(office: Office) -> None:
    set_up(office, digest="weekly mon 08:30")
    for firms in (1, 2, 3):  # 3 to 5 January: Saturday, Sunday, Monday at noon
        office.see(firms)
        office.deliver()
    assert [event.id for event in office.lines["C1"].got[0].events] == [1, 2]
    assert len(office.lines["C1"].got) == 1
    assert office.lines["C2"].events() == [1, 2, 3], "the other channel hears at once"
    office.now += timedelta(days=7)
    office.deliver()
    assert office.lines["C1"].events() == [1, 2, 3]


def test_a_digest_changed_to_instant_lets_go_of_what_waited(office: Office) -> None:
    set_up(office, digest="weekly sat 08:30")
    office.see(2)
    assert office.deliver() == Sent(sent=2)
    set_up(office)
    assert office.deliver() == Sent(sent=2)


def test_quiet_hours_delay_what_is_not_of_high_weight(office: Office) -> None:
    office.see(1)
    office.deliver()
    set_up(office, quiet="12:00-18:00 UTC")
    office.see_renamed(1)
    assert office.deliver() == Sent(sent=1), "C2 alone: a rename is of normal weight"
    office.see(2, renamed=1)
    assert office.deliver() == Sent(sent=2), "a gain goes through"
    office.now += timedelta(hours=6)
    assert office.deliver() == Sent(sent=1)
    assert sorted(office.lines["C1"].events()) == [1, 2, 3]


def test_a_message_put_off_into_quiet_hours_waits_for_their_end(office: Office) -> None:
    set_up(office, quiet="12:01-18:00 UTC", quiet_lets_high=False)
    office.see(1)
    office.lines["C1"].refusals = [DeliveryError(as_said("500"))]
    office.deliver()
    office.now += timedelta(minutes=5)
    assert office.deliver() == Sent()
    office.now += timedelta(hours=6)
    assert office.deliver() == Sent(sent=1)


def test_words_to_operators_wait_for_quiet_hours_and_for_no_digest(office: Office) -> None:
    set_up(office, quiet="12:00-18:00 UTC", digest="weekly mon 08:30")
    notice = Notice(id=0, kind="trouble", subject="x", text="?", at=office.now)
    with open_store(office.url) as store:
        outbox.owe_notice(store, notice, "C1")
    assert office.deliver() == Sent()
    office.now += timedelta(hours=6)
    assert office.deliver() == Sent(sent=1)


def test_a_paused_subscription_keeps_what_it_matches_and_sends_it_together_afterwards(
    office: Office,
) -> None:
    pause(office, days=14)
    for firms in range(1, 8):
        office.see(firms)
        office.deliver()
    assert office.lines["C1"].got == []
    assert office.states("C1") == ["due"] * 7
    office.now += timedelta(days=7)
    office.deliver()
    assert [len(message.events) for message in office.lines["C1"].got] == [7]


def test_the_end_of_a_pause_lets_go_at_once(office: Office) -> None:
    pause(office, days=14)
    office.see(1)
    assert office.deliver() == Sent(sent=1)
    pause(office, days=None)
    assert office.deliver() == Sent(sent=1)


def test_a_pause_in_the_past_and_one_of_nothing_are_refused(office: Office) -> None:
    with open_store(office.url) as store:
        with pytest.raises(ValueError, match="expected a time to come"):
            subscriptions.pause(store, 1, START - timedelta(days=1), START)
        with pytest.raises(LookupError, match="no subscription 99 in force"):
            subscriptions.pause(store, 99, None, START)


def test_a_huge_digest_goes_in_messages_that_a_lease_can_hold(office: Office) -> None:
    set_up(office, digest="daily 08:30")
    office.see(230)
    office.now += timedelta(days=1)
    office.deliver()
    assert [len(message.events) for message in office.lines["C1"].got] == [100, 100, 30]


def test_a_delivery_whose_number_a_restored_copy_gave_anew_goes_in_another_message(tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("as_it_went", "restored")]
    for place in places:
        place.mkdir()
    offices = [Office(place) for place in places]
    for hours, office in enumerate(offices):
        office.now += timedelta(hours=hours)
        office.see(1 + hours)
        office.deliver()
    first, again = ({message.key for message in office.lines["C1"].got} for office in offices)
    assert first
    assert again
    assert first.isdisjoint(again), "a service that knows the key would take the second for the first"
