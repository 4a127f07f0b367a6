"""Whether a channel takes messages, and shows them again: said at once, and mended where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fake_slack import FakeSlack

from notifiers.notifier import DeliveryError
from notifiers.said.reasons import said
from notifiers.slack.bot import Slack
from notifiers.wire.posted import Posted
from state.model import Event, Kind
from state.words.post import Message

ALL = frozenset(
    {"chat:write", "channels:read", "channels:history", "channels:join", "im:history", "im:write"}
)


@pytest.fixture
def bot(fake_slack: FakeSlack) -> Slack:
    fake_slack.scopes = ALL
    return Slack(
        token="xoxb-1", base_url=fake_slack.api_url, timeout=60, posted=Posted(pause=lambda seconds: None)
    )


@pytest.fixture
def message(an_event: Callable[..., Event], a_message: Callable[..., Message]) -> Message:
    return a_message(an_event(Kind.GAINED))


@pytest.mark.parametrize(
    ("channel", "known", "code"),
    [
        ("C1", {"is_member": True}, ""),
        ("C1", {"is_archived": True}, "reach_archived"),
        ("G1", {"is_private": True, "is_member": False}, "reach_private"),
        ("G1", {"is_private": True, "is_member": True}, ""),
        ("C1", {"unknown": True}, "reach_unknown"),
        ("D1", {"unknown": True}, "reach_alone"),
        ("D1", {}, ""),
    ],
)
def test_what_stands_in_the_way_of_a_channel(
    bot: Slack, fake_slack: FakeSlack, channel: str, known: dict[str, Any], code: str
) -> None:
    fake_slack.channels[channel] = known
    found = bot.reach(channel)
    assert (found.code if found else "") == code
    for lang in ("fr", "en"):
        assert not found or said(found, lang)


def test_a_public_channel_is_joined_so_that_its_messages_are_found_again(
    bot: Slack, fake_slack: FakeSlack, message: Message
) -> None:
    fake_slack.channels["C1"] = {"is_member": False, "not_in_channel": True}
    assert bot.reach("C1") is None
    fake_slack.drop(accepted=True, method="chat.postMessage")
    with pytest.raises(DeliveryError):
        bot.send(message)
    assert bot.find(message) is not None


def test_a_channel_that_may_not_be_joined_is_said_so(bot: Slack, fake_slack: FakeSlack) -> None:
    fake_slack.scopes = ALL - {"channels:join"}
    fake_slack.channels["C1"] = {"is_member": False}
    found = bot.reach("C1")
    assert found is not None
    assert found.code == "reach_outside"
    assert "/invite @vigilabel" in said(found, "fr")


@pytest.mark.parametrize("method", ["conversations.info", "conversations.join"])
def test_what_slack_does_not_answer_is_no_verdict_on_the_channel(
    bot: Slack, fake_slack: FakeSlack, method: str
) -> None:
    fake_slack.channels["C1"] = {"is_member": False}
    fake_slack.fail("missing_scope", method="conversations.info")
    assert bot.reach("C1") is None
    fake_slack.answer(502, method=method)
    found = bot.reach("C1")
    assert found is not None
    assert found.code in ("reach_unasked", "reach_outside")


@pytest.mark.parametrize(
    ("scopes", "there"), [(ALL, True), (ALL - {"im:history"}, False), (ALL - {"im:write"}, False)]
)
def test_a_lost_reply_in_a_direct_message_is_found_where_the_app_may_read_it(
    bot: Slack,
    fake_slack: FakeSlack,
    an_event: Callable[..., Event],
    a_message: Callable[..., Message],
    scopes: frozenset[str],
    there: bool,
) -> None:
    fake_slack.scopes = scopes
    direct = a_message(an_event(Kind.GAINED), channel="U7")
    fake_slack.drop(accepted=True, method="chat.postMessage")
    with pytest.raises(DeliveryError):
        bot.send(direct)
    assert len(fake_slack.received("U7")) == 1
    assert (bot.find(direct) is not None) is there
