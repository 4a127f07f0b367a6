"""Sending to Slack, through the real SDK, against a Slack on the loopback."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from fake_slack import FakeSlack

from notifiers.notifier import DeliveryError
from notifiers.slack import post as drawn
from notifiers.slack.bot import Slack
from notifiers.slack.webhook import SlackWebhook
from notifiers.wire.posted import Posted
from state.model import Event, Kind
from state.words.post import Message

TOKEN = "xoxb-1111-2222-secretsecret"
BuildEvent = Callable[..., Event]
BuildMessage = Callable[..., Message]


@pytest.fixture
def pauses() -> list[float]:
    """The pauses that were asked for, instead of waiting."""
    return []


@pytest.fixture
def bot(fake_slack: FakeSlack, pauses: list[float]) -> Slack:
    fake_slack.token = TOKEN
    return Slack(token=TOKEN, base_url=fake_slack.api_url, timeout=60, posted=Posted(pause=pauses.append))


@pytest.fixture
def webhook(fake_slack: FakeSlack, pauses: list[float]) -> SlackWebhook:
    return SlackWebhook(url=fake_slack.webhook_url, timeout=60, posted=Posted(pause=pauses.append))


@pytest.fixture
def message(an_event: BuildEvent, a_message: BuildMessage) -> Message:
    return a_message(an_event(Kind.GAINED), matched=("s3ns",))


@pytest.fixture
def long_message(many: tuple[Event, ...], a_message: BuildMessage) -> Message:
    """A hundred events: several parts."""
    return a_message(*many)


def another(bot: Slack) -> Slack:
    """The same bot in a new process: it remembers nothing."""
    return Slack(token=bot.token, base_url=bot.base_url, timeout=60, posted=Posted(pause=bot.posted.pause))


def refused(notifier: Slack | SlackWebhook, message: Message) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        notifier.send(message)
    return caught.value


def test_a_message_arrives_once_with_its_text_blocks_and_mark(
    bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    receipt = bot.send(message)
    (post,) = fake_slack.received("C1")
    assert receipt.id == post["ts"]
    assert post["text"].startswith("S3NS")
    assert post["blocks"] == drawn.blocks(message)[0]
    assert post["metadata"]["event_type"] == "vigilabel_change"
    assert post["metadata"]["event_payload"] == {"key": "run-7", "part": 1, "parts": 1, "events": "12"}
    assert post["unfurl_links"] is False
    assert post["unfurl_media"] is False
    assert [call.token for call in fake_slack.calls] == [TOKEN]


def test_every_attempt_carries_the_same_client_msg_id(
    bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.dedupe = True
    fake_slack.drop(accepted=True)
    assert refused(bot, message).ambiguous
    bot.send(message)
    marks = {call.params["client_msg_id"] for call in fake_slack.called("chat.postMessage")}
    assert len(marks) == 1
    assert len(fake_slack.received("C1")) == 1


@pytest.mark.parametrize(
    "error",
    [
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "missing_scope",
        "restricted_action",
        "restricted_action_read_only_channel",
    ],
)
def test_a_refusal_that_a_person_must_lift_is_permanent_and_names_it(
    error: str, bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.fail(error)
    trouble = refused(bot, message)
    assert (trouble.permanent, trouble.unfit, trouble.ambiguous) == (True, False, False)
    assert error in str(trouble)


@pytest.mark.parametrize("error", ["some_new_error", "team_added_to_org"])
def test_an_unknown_refusal_is_temporary(
    error: str, bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.fail(error)
    trouble = refused(bot, message)
    assert (trouble.permanent, trouble.unfit, trouble.ambiguous) == (False, False, False)
    assert error in str(trouble)


@pytest.mark.parametrize(("seconds", "asked"), [(30, 30.0), (None, None)])
def test_a_rate_limit_is_put_off_as_long_as_slack_asks(
    seconds: int | None, asked: float | None, bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.limit_rate(seconds)
    trouble = refused(bot, message)
    assert (trouble.retry_after, trouble.permanent, trouble.ambiguous) == (asked, False, False)
    assert len(fake_slack.calls) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_may_have_done_its_work(
    status: int, bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.answer(status, accepted=True)
    trouble = refused(bot, message)
    assert trouble.ambiguous
    assert not trouble.permanent
    assert bot.find(message) is not None


@pytest.mark.parametrize("error", ["internal_error", "fatal_error"])
def test_slacks_own_errors_may_have_done_their_work(
    error: str, bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.fail(error)
    assert refused(bot, message).ambiguous


@pytest.mark.parametrize("accepted", [True, False])
def test_a_lost_reply_is_ambiguous_and_find_tells_which(
    accepted: bool, bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.drop(accepted=accepted)
    assert refused(bot, message).ambiguous
    assert len(fake_slack.called("chat.postMessage")) == 1
    assert bool(bot.find(message)) is accepted


@pytest.mark.parametrize("accepted", [True, False])
def test_a_timeout_is_ambiguous(
    accepted: bool, fake_slack: FakeSlack, message: Message, pauses: list[float]
) -> None:
    hasty = Slack(token=TOKEN, base_url=fake_slack.api_url, timeout=1, posted=Posted(pause=pauses.append))
    fake_slack.hang(accepted=accepted)
    trouble = refused(hasty, message)
    assert trouble.ambiguous
    assert "in time" in str(trouble)


def test_a_page_that_is_not_slacks_is_no_success(bot: Slack, fake_slack: FakeSlack, message: Message) -> None:
    fake_slack.garble(accepted=False)
    assert refused(bot, message).ambiguous


def test_a_refused_connection_sent_nothing(bot: Slack, fake_slack: FakeSlack, message: Message) -> None:
    fake_slack.close()
    trouble = refused(bot, message)
    assert (trouble.ambiguous, trouble.permanent) == (False, False)


@pytest.mark.parametrize("error", ["invalid_blocks", "invalid_blocks_format", "msg_too_long"])
def test_refused_blocks_are_sent_again_as_text_that_says_the_same(
    error: str, bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.fail(error)
    assert bot.send(message).id
    (post,) = fake_slack.received("C1")
    assert "blocks" not in post
    for said in ("S3NS obtient", "Cloud de confiance S3NS", "2057 de 2025", "2025_2057_np.pdf|", "s3ns"):
        assert said in post["text"]
    assert bot.find(message)


def test_a_message_refused_as_text_too_is_unfit_and_tried_twice_only(
    bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.fail("invalid_blocks", times=2)
    trouble = refused(bot, message)
    assert (trouble.unfit, trouble.permanent, trouble.ambiguous) == (True, False, False)
    assert len(fake_slack.called("chat.postMessage")) == 2


def test_find_sees_only_this_message(bot: Slack, an_event: BuildEvent, a_message: BuildMessage) -> None:
    first, second = (a_message(an_event(Kind.GAINED), key=key) for key in ("a", "b"))
    assert bot.find(first) is None
    receipt = bot.send(first)
    assert bot.find(second) is None
    assert bot.find(first) == receipt


def test_find_reads_further_pages_of_the_history(
    bot: Slack, fake_slack: FakeSlack, an_event: BuildEvent, a_message: BuildMessage
) -> None:
    fake_slack.page = 2
    old = a_message(an_event(Kind.GAINED), key="old")
    bot.send(old)
    for n in range(5):
        bot.send(a_message(an_event(Kind.LOST), key=f"later-{n}"))
    assert bot.find(old)


def test_find_stops_after_a_bounded_number_of_pages(
    bot: Slack, fake_slack: FakeSlack, an_event: BuildEvent, a_message: BuildMessage
) -> None:
    fake_slack.page = 1
    for n in range(8):
        bot.send(a_message(an_event(Kind.LOST), key=f"later-{n}"))
    assert bot.find(a_message(an_event(Kind.GAINED), key="never sent")) is None
    assert len(fake_slack.called("conversations.history")) == 5


def test_a_history_that_may_not_be_read_counts_as_not_there(
    bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    bot.send(message)
    fake_slack.scopes = frozenset({"chat:write"})
    assert bot.find(message) is None
    fake_slack.scopes = frozenset({"channels:history"})
    fake_slack.channels["C1"] = {"not_in_channel": True}
    assert bot.find(message) is None


def test_a_history_that_cannot_be_read_now_is_asked_again_later(
    bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.limit_rate(7, method="conversations.history")
    with pytest.raises(DeliveryError) as caught:
        bot.find(message)
    assert caught.value.retry_after == 7


def test_somebody_elses_metadata_confuses_nobody(bot: Slack, fake_slack: FakeSlack, message: Message) -> None:
    odd: list[Any] = [
        None,
        {"event_type": "other", "event_payload": {"key": "run-7", "part": 1, "parts": 1}},
        {"event_type": "vigilabel_change", "event_payload": {"key": "run-7"}},
        {"event_type": "vigilabel_change", "event_payload": {"key": "run-7", "part": "x", "parts": 1}},
    ]
    fake_slack.posts["C1"] = [{"ts": f"{n}.0", "text": "hi", "metadata": m} for n, m in enumerate(odd, 1)]
    assert bot.find(message) is None


def test_a_long_message_goes_out_in_parts_with_pauses(
    bot: Slack, fake_slack: FakeSlack, long_message: Message, pauses: list[float]
) -> None:
    receipt = bot.send(long_message)
    posts = fake_slack.received("C1")
    assert len(posts) > 1
    assert receipt.id == " ".join(post["ts"] for post in posts)
    assert len(pauses) == len(posts) - 1
    told = ",".join(post["metadata"]["event_payload"]["events"] for post in posts).split(",")
    assert sorted(map(int, told)) == [event.id for event in long_message.events]
    assert bot.find(long_message) == receipt


@pytest.mark.parametrize("accepted", [True, False])
def test_after_a_failure_in_part_two_part_one_is_not_sent_again(
    accepted: bool, bot: Slack, fake_slack: FakeSlack, long_message: Message
) -> None:
    fake_slack.pass_one(method="chat.postMessage")
    fake_slack.answer(503, accepted=accepted, method="chat.postMessage")
    assert refused(bot, long_message).ambiguous
    assert bot.find(long_message) is None
    receipt = another(bot).send(long_message)
    posts = fake_slack.received("C1")
    numbers = [post["metadata"]["event_payload"]["part"] for post in posts]
    assert numbers == list(range(1, len(drawn.blocks(long_message)) + 1))
    assert receipt.id == " ".join(post["ts"] for post in posts)


def test_without_the_history_this_process_still_remembers_its_parts(
    bot: Slack, fake_slack: FakeSlack, long_message: Message
) -> None:
    fake_slack.scopes = frozenset({"chat:write"})
    fake_slack.pass_one(method="chat.postMessage")
    fake_slack.limit_rate(3, method="chat.postMessage")
    assert refused(bot, long_message).retry_after == 3
    bot.send(long_message)
    assert len(fake_slack.received("C1")) == len(drawn.blocks(long_message))


def test_a_webhook_takes_a_message_and_gives_no_ts(
    webhook: SlackWebhook, fake_slack: FakeSlack, message: Message
) -> None:
    assert webhook.send(message).id == ""
    (post,) = fake_slack.received("webhook")
    assert post["blocks"] == drawn.blocks(message)[0]
    assert webhook.find(message) is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, "invalid_token"),
        (403, "action_prohibited"),
        (404, "no_service"),
        (404, "channel_not_found"),
        (410, "channel_is_archived"),
        (404, "<html>not here</html>"),
        (403, ""),
        (410, "anything"),
    ],
)
def test_a_webhook_that_is_gone_is_permanent(
    status: int, body: str, webhook: SlackWebhook, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.fail(body, status=status)
    trouble = refused(webhook, message)
    assert (trouble.permanent, trouble.unfit, trouble.ambiguous) == (True, False, False)


def test_an_unknown_webhook_is_permanent(
    webhook: SlackWebhook, fake_slack: FakeSlack, message: Message
) -> None:
    assert refused(SlackWebhook(url=fake_slack.url + "/services/T0/B0/gone"), message).permanent


def test_a_webhook_waits_when_told_to(webhook: SlackWebhook, fake_slack: FakeSlack, message: Message) -> None:
    fake_slack.limit_rate(12)
    assert refused(webhook, message).retry_after == 12


@pytest.mark.parametrize("fault", ["drop", "hang", "garble", "500"])
def test_a_webhook_without_a_clear_ok_is_ambiguous(
    fault: str, fake_slack: FakeSlack, message: Message, pauses: list[float]
) -> None:
    patience = 1 if fault == "hang" else 60
    webhook = SlackWebhook(url=fake_slack.webhook_url, timeout=patience, posted=Posted(pause=pauses.append))
    faults: dict[str, Callable[[], None]] = {
        "drop": lambda: fake_slack.drop(accepted=True),
        "hang": lambda: fake_slack.hang(accepted=True),
        "garble": lambda: fake_slack.garble(accepted=True),
        "500": lambda: fake_slack.answer(500, accepted=True),
    }
    faults[fault]()
    trouble = refused(webhook, message)
    assert trouble.ambiguous
    assert not trouble.permanent
    assert len(fake_slack.called("webhook")) == 1


def test_a_webhook_that_refuses_blocks_gets_text(
    webhook: SlackWebhook, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.fail("invalid_payload", status=400)
    webhook.send(message)
    assert "blocks" not in fake_slack.received("webhook")[0]
    fake_slack.fail("invalid_blocks", status=400, times=2)
    assert refused(webhook, message).unfit


def test_a_webhook_does_not_repeat_the_parts_it_has_taken(
    webhook: SlackWebhook, fake_slack: FakeSlack, long_message: Message
) -> None:
    fake_slack.pass_one()
    fake_slack.limit_rate(1)
    refused(webhook, long_message)
    webhook.send(long_message)
    assert len(fake_slack.received("webhook")) == len(drawn.blocks(long_message))


def test_a_webhook_out_of_reach_sent_nothing(
    webhook: SlackWebhook, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.close()
    assert not refused(webhook, message).ambiguous


def provoke(fake: FakeSlack) -> list[Callable[[], None]]:
    """Every kind of trouble, one call each."""
    return [
        lambda: fake.fail("invalid_auth"),
        lambda: fake.fail("invalid_blocks", times=2),
        lambda: fake.fail(f"odd {TOKEN} {fake.webhook_url}"),
        lambda: fake.answer(404),
        lambda: fake.answer(500),
        lambda: fake.drop(accepted=True),
        lambda: fake.garble(),
        lambda: fake.limit_rate(1),
        lambda: fake.close(),
    ]


def test_no_error_log_or_repr_holds_a_secret(
    bot: Slack,
    webhook: SlackWebhook,
    fake_slack: FakeSlack,
    message: Message,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("slack_sdk", "slack_sdk.web.base_client", "slack_sdk.webhook.client"):
        caplog.set_level(logging.DEBUG, logger=name)
    shown = [repr(bot), repr(webhook)]
    for cause in provoke(fake_slack):
        for notifier in (bot, webhook):
            cause()
            trouble = refused(notifier, message)
            assert trouble.__context__ is None
            assert trouble.__cause__ is None
            shown += [str(trouble), repr(trouble)]
            fake_slack.faults.clear()
    everything = " ".join((*shown, caplog.text, *capfd.readouterr()))
    assert "secretsecret" not in everything
    assert "fakefakefake" not in everything


@pytest.mark.parametrize(
    "url", ["not an address", "http://127.0.0.1:1/\nsecretsecret", "ftp://secretsecret/x"]
)
def test_a_webhook_address_that_is_none_does_not_appear_in_the_error(url: str, message: Message) -> None:
    trouble = refused(SlackWebhook(url=url), message)
    assert "secretsecret" not in str(trouble)
    assert (trouble.permanent, trouble.ambiguous) == (True, False)


def test_ok_without_ts_is_no_success(bot: Slack, fake_slack: FakeSlack, message: Message) -> None:
    fake_slack.fail("")
    assert refused(bot, message).ambiguous
