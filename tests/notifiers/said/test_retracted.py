"""Taking an alert back on Slack: struck out where it stands, answered in its thread."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fake_slack import WEBHOOK_CHANNEL, FakeSlack
from slack_limits import refusal

from notifiers.console.notifier import Console
from notifiers.notifier import DeliveryError
from notifiers.slack import post as drawn
from notifiers.slack.bot import Slack
from notifiers.slack.webhook import SlackWebhook
from notifiers.wire.posted import Posted
from state.model import Event, Kind
from state.words.post import Message, Receipt, Retraction

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
BuildEvent = Callable[..., Event]
BuildMessage = Callable[..., Message]


def retraction(event: int, reason: str = "page mal lue") -> Retraction:
    return Retraction(event=event, reason=reason, by="U1", at=AT)


@pytest.fixture
def bot(fake_slack: FakeSlack) -> Slack:
    return Slack(token="xoxb-fake", base_url=fake_slack.api_url, posted=Posted(pause=lambda seconds: None))


@pytest.fixture
def wrong(an_event: BuildEvent, a_message: BuildMessage) -> Message:
    return a_message(an_event(Kind.GAINED), key="run-7")


def taken_back(message: Message, receipt: Receipt, reason: str = "page mal lue") -> tuple[Message, Message]:
    """The message as it now reads, and the word about it."""
    gone = tuple(retraction(event.id, reason) for event in message.events[:1])
    edited = replace(message, retracted=gone)
    return edited, replace(edited, key="recall", events=message.events[:1], matched=(), follows=receipt)


def take_back(bot: Slack, message: Message, receipt: Receipt, reason: str = "page mal lue") -> Receipt:
    edited, told = taken_back(message, receipt, reason)
    bot.revise(edited, receipt)
    return bot.send(told)


def test_the_message_is_struck_out_and_its_thread_says_why(
    bot: Slack, fake_slack: FakeSlack, wrong: Message
) -> None:
    receipt = bot.send(wrong)
    take_back(bot, wrong, receipt)
    post, answer = fake_slack.received("C1")
    head, note, first, *_ = post["blocks"]
    assert head["text"]["text"].startswith("Alerte annulée\N{NO-BREAK SPACE}: S3NS obtient")
    assert "page mal lue" in str(note)
    assert first["elements"][0]["elements"][0]["style"]["strike"] is True
    assert post["text"].startswith("Alerte annulée")
    assert post["metadata"]["event_payload"]["key"] == "run-7", "it can still be found"
    assert (answer["thread_ts"], answer["reply_broadcast"]) == (receipt.id, True)
    assert "Raison\N{NO-BREAK SPACE}: page mal lue" in answer["text"]
    assert refusal(post) is None
    assert refusal(answer) is None


def test_taking_back_twice_reads_the_same(bot: Slack, fake_slack: FakeSlack, wrong: Message) -> None:
    receipt = bot.send(wrong)
    edited, _ = taken_back(wrong, receipt)
    bot.revise(edited, receipt)
    once = dict(fake_slack.received("C1")[0])
    bot.revise(edited, receipt)
    assert fake_slack.received("C1") == [once]


def test_every_copy_that_a_lost_reply_left_is_struck_out(
    bot: Slack, fake_slack: FakeSlack, wrong: Message
) -> None:
    """The channel could not be read when the reply was lost, so that the message went out twice."""
    fake_slack.channels["C1"] = {"not_in_channel": True}
    fake_slack.drop(accepted=True, method="chat.postMessage")
    with pytest.raises(DeliveryError):
        bot.send(wrong)
    assert bot.find(wrong) is None
    receipt = bot.send(wrong)
    fake_slack.channels["C1"] = {}
    take_back(bot, wrong, receipt)
    *copies, answer = fake_slack.received("C1")
    assert [post["text"].startswith("Alerte annulée") for post in copies] == [True, True]
    assert answer["thread_ts"] == receipt.id


def test_where_no_copy_can_be_looked_for_the_known_one_is_struck_out(
    bot: Slack, fake_slack: FakeSlack, wrong: Message
) -> None:
    receipt = bot.send(wrong)
    fake_slack.channels["C1"] = {"not_in_channel": True}
    take_back(bot, wrong, receipt)
    assert fake_slack.received("C1")[0]["text"].startswith("Alerte annulée")


def test_the_answer_in_the_thread_is_found_again(bot: Slack, wrong: Message) -> None:
    receipt = bot.send(wrong)
    _, told = taken_back(wrong, receipt)
    assert bot.find(told) is None
    assert bot.find(replace(told)) is None
    sent = bot.send(told)
    assert bot.find(told) == sent


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed"])
def test_a_message_that_cannot_be_edited_any_more_is_taken_back_by_the_answer_alone(
    error: str, bot: Slack, fake_slack: FakeSlack, wrong: Message
) -> None:
    receipt = bot.send(wrong)
    fake_slack.fail(error, method="chat.update", times=2)
    take_back(bot, wrong, receipt)
    assert len(fake_slack.received("C1")) == 2


def test_an_answer_whose_thread_is_gone_is_said_in_the_channel(
    bot: Slack, fake_slack: FakeSlack, wrong: Message
) -> None:
    receipt = bot.send(wrong)
    fake_slack.fail("thread_not_found", method="chat.postMessage", times=2)
    take_back(bot, wrong, receipt)
    assert "thread_ts" not in fake_slack.received("C1")[-1]


def test_an_edit_that_slack_cannot_do_now_is_tried_again_later(
    bot: Slack, fake_slack: FakeSlack, wrong: Message
) -> None:
    receipt = bot.send(wrong)
    fake_slack.limit_rate(7, method="chat.update")
    with pytest.raises(DeliveryError) as caught:
        bot.revise(taken_back(wrong, receipt)[0], receipt)
    assert caught.value.retry_after == 7


def test_of_a_long_message_only_the_part_with_the_event_is_edited(
    bot: Slack, fake_slack: FakeSlack, many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    long = a_message(*many)
    receipt = bot.send(long)
    before = [dict(post) for post in fake_slack.received("C1")]
    last = drawn.parts(long)[-1].events[-1]
    bot.revise(replace(long, retracted=(retraction(last),)), receipt)
    after = fake_slack.received("C1")
    assert len(before) > 1
    assert before[:-1] == after[:-1]
    assert before[-1] != after[-1]
    assert refusal(after[-1]) is None


def test_every_event_of_a_full_message_can_be_taken_back_within_slacks_limits(
    many: tuple[Event, ...], a_message: BuildMessage
) -> None:
    long = a_message(*many)
    gone = tuple(retraction(event.id, "x" * 5_000) for event in many)
    for plain, marked in zip(drawn.parts(long), drawn.parts(replace(long, retracted=gone)), strict=True):
        assert plain.events == marked.events
        assert refusal({"channel": "C1", "text": marked.text, "blocks": list(marked.blocks)}) is None


def test_a_reason_is_text_and_calls_nobody(bot: Slack, fake_slack: FakeSlack, wrong: Message) -> None:
    receipt = bot.send(wrong)
    take_back(bot, wrong, receipt, reason="<!channel> *x* <https://evil.test|here> \x1b[31m")
    for post in fake_slack.received("C1"):
        assert "<!channel>" not in post["text"]
        assert "<https://evil.test" not in post["text"]
        assert "\x1b" not in str(post)


def test_a_webhook_says_it_in_a_message_of_its_own(fake_slack: FakeSlack, wrong: Message) -> None:
    hook = SlackWebhook(url=fake_slack.webhook_url, posted=Posted(pause=lambda seconds: None))
    edited, told = taken_back(wrong, hook.send(wrong))
    hook.revise(edited, Receipt())
    hook.send(told)
    _, follow_up = fake_slack.received(WEBHOOK_CHANNEL)
    assert "Alerte annulée" in follow_up["text"]


def test_a_console_says_it_below(wrong: Message) -> None:
    stream = io.StringIO()
    _, told = taken_back(replace(wrong, lang="en"), Receipt())
    Console(stream=stream).send(told)
    assert stream.getvalue() == (
        "Alert cancelled: S3NS gains the SecNumCloud qualification\n"
        "This alert should not have been sent. Reason: page mal lue\n\n"
    )
