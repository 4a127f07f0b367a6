"""Whether messages arrive in a channel of Slack, and can be found there again: joined where that is possible.

An app posts in public channels without being in them, but reads no history there: after a lost reply it could
not tell whether its message arrived, and would post it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from notifiers.notifier import DeliveryError
from state.model import Reason

Ask = Callable[[Callable[[WebClient], SlackResponse]], Mapping[str, Any]]
"""Puts one question to Slack: the data of its answer; raises `DeliveryError`."""
UNASKED = frozenset({"missing_scope", "not_allowed_token_type"})
"""What Slack says where the app may not ask."""


def obstacle(ask: Ask, channel: str) -> Reason | None:
    """What stands in the way of messages to a channel, or of finding them again; None for nothing.

    A public channel is joined where the app may join it.
    """
    if channel.startswith("D"):
        return _private_talk(ask, channel)
    try:
        known = ask(lambda client: client.conversations_info(channel=channel)).get("channel") or {}
    except DeliveryError as refused:
        return _unseen(refused, channel)
    if known.get("is_archived"):
        return Reason.of("reach_archived", channel=channel)
    if known.get("is_member") or known.get("is_im") or known.get("is_mpim"):
        return None
    if known.get("is_private"):
        return Reason.of("reach_private", channel=channel)
    return _joined(ask, channel)


def _unseen(refused: DeliveryError, channel: str) -> Reason | None:
    name = str(refused.reason.values.get("name", ""))
    if name in UNASKED:
        return None  # `doctor` names the scope that is missing
    if name == "channel_not_found":
        return Reason.of("reach_unknown", channel=channel)
    return Reason.of("reach_unasked", channel=channel, why=refused.reason)


def _joined(ask: Ask, channel: str) -> Reason | None:
    try:
        ask(lambda client: client.conversations_join(channel=channel))
    except DeliveryError as refused:
        if refused.permanent:
            return Reason.of("reach_outside", channel=channel)
        return Reason.of("reach_unasked", channel=channel, why=refused.reason)
    return None


def _private_talk(ask: Ask, channel: str) -> Reason | None:
    """A talk between others, from which a command can be typed, is closed to the app."""
    try:
        ask(lambda client: client.conversations_history(channel=channel, limit=1))
    except DeliveryError as refused:
        name = str(refused.reason.values.get("name", ""))
        return Reason.of("reach_alone") if name in ("channel_not_found", "not_in_channel") else None
    return None
