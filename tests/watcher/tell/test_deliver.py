"""Delivering: once, to everybody who is owed, whatever the channel does; and never in silence."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from office import START, Line, Office

from notifiers.notifier import DeliveryError
from notifiers.said import reasons
from notifiers.said.parts import whole as plain
from notifiers.said.reasons import as_said
from notifiers.slack.codes import api_refusal, webhook_refusal
from state.file.errors import StoreError
from state.file.opening import open_store
from state.model import Weight
from state.owed import outbox, subscriptions, taken
from state.words.post import Message, Owed, Receipt
from watcher.tell.deliver import deliver
from watcher.tell.letters import LEASE
from watcher.tell.plan import grouped, plan
from watcher.tell.retry import TRIES
from watcher.tell.send import Sent


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_each_event_reaches_each_channel_once(office: Office) -> None:
    office.see(2)
    assert office.deliver() == Sent(sent=4)
    assert office.deliver() == Sent()
    assert office.lines["C1"].events() == office.lines["C2"].events() == [1, 2]
    assert office.lines["C1"].got[0].matched == ("all low",)


def test_a_refusal_for_now_is_put_off_and_told_once_later(office: Office) -> None:
    office.see(1)
    office.lines["C1"].refusals = [DeliveryError(as_said("Slack answered 500"))]
    assert office.deliver() == Sent(sent=1, put_off=1)
    assert office.states("C1") == ["due"]
    assert office.deliver() == Sent(), "not before its time"
    office.now += timedelta(seconds=5)
    assert office.deliver() == Sent(sent=1)
    assert office.lines["C1"].events() == [1]


def test_a_channel_whose_notifier_cannot_be_looked_up_now_is_put_off_and_no_other(office: Office) -> None:
    office.see(1)
    away = ["C1"]

    def notifier_of(channel: str) -> Line:
        if channel in away:
            away.remove(channel)
            raise StoreError("the server was started anew")
        return office.lines[channel]

    deliver(office.post(notifier_of=notifier_of), lambda: office.now)
    assert (office.states("C1"), office.states("C2")) == (["due"], ["sent"])
    office.now += timedelta(seconds=5)
    assert office.deliver() == Sent(sent=1)
    assert office.lines["C1"].asked == 0, "nothing was sent: nothing has to be looked for"


def test_retry_after_puts_off_that_channel_and_no_other(office: Office) -> None:
    office.see(2)
    office.lines["C1"].refusals = [DeliveryError(as_said("rate limited"), retry_after=30)]
    assert office.deliver() == Sent(sent=2, put_off=1)
    office.now += timedelta(seconds=29)
    assert office.deliver() == Sent()
    office.now += timedelta(seconds=1)
    assert office.deliver() == Sent(sent=2)


def test_a_channel_that_is_gone_is_suspended_keeps_what_it_is_owed_and_operators_hear(
    office: Office,
) -> None:
    office.see(1)
    office.lines["C1"].refusals = [
        DeliveryError(as_said("is_archived: the channel is archived"), permanent=True)
    ]
    office.deliver()
    office.see(2)
    office.deliver()
    assert office.states("C1") == ["suspended", "suspended"]
    assert office.lines["C2"].events() == [1, 2]
    [notice] = [notice for message in office.lines["COPS"].got for notice in message.notices]
    assert notice.kind == "suspended"
    assert "is_archived" in notice.text
    with open_store(office.url) as store:
        assert subscriptions.resume(store, "C1", office.now) == 2
    office.deliver()
    assert office.lines["C1"].events() == [1, 2]


@pytest.mark.parametrize(
    ("refusal", "said", "kept"),
    [
        (
            api_refusal(200, "is_archived", {}),
            "refusé par Slack (is_archived)\u00a0: désarchivez le canal ou choisissez-en un autre",
            "Slack refused (is_archived): unarchive the channel, or choose another channel",
        ),
        (
            webhook_refusal(404, "", {}),
            "webhook refusé (statut 404)\u00a0: créez un nouveau webhook entrant",
            "the webhook is refused (status 404): create a new incoming webhook",
        ),
        (
            webhook_refusal(413, "", {}),
            "message trop long pour le webhook",
            "the webhook refused the message itself (too large)",
        ),
    ],
)
def test_operators_read_in_french_why_a_channel_takes_nothing_and_programs_in_english(
    office: Office, refusal: DeliveryError, said: str, kept: str
) -> None:
    office.see(1)
    office.lines["C1"].refusals = [refusal]
    office.deliver()
    office.deliver()
    [told] = office.lines["COPS"].got
    assert f"{said[0].upper()}{said[1:]}." in plain(told)
    [owed] = office.owed("C1")
    assert (owed.error, [reasons.said(one, "fr") for one in owed.reasons]) == (kept, [said])
    with open_store(office.url) as store:
        suspended = subscriptions.channel(store, "C1")
    assert suspended.reason == (kept if refusal.permanent else "")
    assert suspended.reasons == ((refusal.reason,) if refusal.permanent else ())


def test_a_message_that_slack_cannot_read_is_given_up_with_a_reason_and_the_next_goes_out(
    office: Office,
) -> None:
    office.see(2)
    office.lines["C1"].refusals = [DeliveryError(as_said("invalid_blocks"), unfit=True)]
    assert office.deliver() == Sent(sent=3, given_up=1)
    with open_store(office.url) as store:
        assert [owed.error for owed in outbox.owed(store, channel="C1", state="given_up")] == [
            "invalid_blocks"
        ]
    office.deliver()
    assert [notice.kind for m in office.lines["COPS"].got for notice in m.notices] == ["given_up"]


def test_what_keeps_failing_is_given_up_in_the_end_and_not_in_silence(office: Office) -> None:
    office.see(1)
    office.lines["C1"].refusals = [DeliveryError(as_said("503")) for _ in range(TRIES)]
    for _ in range(TRIES + 1):
        office.deliver()
        office.now += timedelta(hours=7)
    assert office.states("C1") == ["given_up"]
    assert [notice.kind for m in office.lines["COPS"].got for notice in m.notices] == ["given_up"]


def test_after_a_lost_reply_the_channel_is_asked_before_sending_again(office: Office) -> None:
    office.see(1)
    line = office.lines["C1"]
    line.refusals = [DeliveryError(as_said("the reply was lost"), ambiguous=True)]
    office.deliver()
    with open_store(office.url) as store:
        line.arrived_unnoticed = {owed.message or "" for owed in outbox.owed(store, channel="C1")}
    office.now += timedelta(minutes=1)
    assert office.deliver() == Sent(sent=1)
    assert (line.asked, line.got) == (1, [])
    with open_store(office.url) as store:
        assert [owed.receipt for owed in outbox.owed(store, channel="C1")] == ["found"]


def test_a_lost_message_that_did_not_arrive_is_sent_again(office: Office) -> None:
    office.see(1)
    office.lines["C1"].refusals = [DeliveryError(as_said("the reply was lost"), ambiguous=True)]
    office.deliver()
    office.now += timedelta(minutes=1)
    office.deliver()
    assert office.lines["C1"].events() == [1]


def test_a_sender_that_died_half_way_is_taken_over_when_its_lease_ends(office: Office) -> None:
    office.see(1)
    with open_store(office.url) as store:
        plan(store, office.now)
        assert taken.claim(store, ["C1"], "dead", office.now, LEASE)
    office.deliver()
    assert office.lines["C1"].got == []
    office.now += LEASE
    office.deliver()
    assert office.lines["C1"].asked == 1
    assert office.lines["C1"].events() == [1]


def test_a_bug_in_one_notifier_stops_no_other_channel(office: Office) -> None:
    class Broken(Line):
        def send(self, message: Message) -> Receipt:
            raise ZeroDivisionError

    office.see(1)
    office.lines["C1"] = Broken()
    assert office.deliver() == Sent(sent=1, put_off=1)
    assert office.lines["C2"].events() == [1]


def test_a_slow_channel_does_not_delay_another(office: Office) -> None:
    arrived = threading.Event()

    class Slow(Line):
        def send(self, message: Message) -> Receipt:
            assert arrived.wait(60), "the other channel waited for this one"
            return super().send(message)

    class Quick(Line):
        def send(self, message: Message) -> Receipt:
            receipt = super().send(message)
            arrived.set()
            return receipt

    office.see(1)
    office.lines |= {"C1": Slow(), "C2": Quick()}
    assert office.deliver() == Sent(sent=2)


def test_two_senders_at_once_send_everything_once(office: Office) -> None:
    office.see(5)
    threads = [threading.Thread(target=office.deliver, args=(f"sender {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(office.lines["C1"].events()) == [1, 2, 3, 4, 5]
    assert office.states("C2") == ["sent"] * 5


def test_up_to_five_events_go_one_by_one_and_more_in_one_message(office: Office) -> None:
    office.see(5)
    office.deliver()
    assert len(office.lines["C1"].got) == 5
    office.see(20)
    office.deliver()
    assert [len(message.events) for message in office.lines["C1"].got[5:]] == [15]


def owed(number: int, when: datetime = START) -> Owed:
    return Owed(
        id=number,
        channel="C1",
        event=number,
        notice=None,
        run=1,
        state="due",
        due=when,
        tries=0,
        message=None,
        matched=(1,),
    )


def test_a_gain_never_drowns_in_a_list_of_renewals() -> None:
    items = [owed(n) for n in range(1, 9)]
    weights = {n: Weight.HIGH if n in (3, 7) else Weight.NORMAL for n in range(1, 9)}
    assert [[one.id for one in group] for group in grouped(items, weights)] == [[3], [7], [1, 2, 4, 5, 6, 8]]
    all_high = dict.fromkeys(range(1, 9), Weight.HIGH)
    assert [len(group) for group in grouped(items, all_high)] == [8]
