"""One call of Slack: through the SDK without its own retries, over TLS that is verified; and by such calls,
whether messages arrive in a channel.

With the SDK's retries a message whose reply is lost would be posted twice. What breaks is a `DeliveryError`
whose text holds no secret.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from notifiers.notifier import DeliveryError
from notifiers.slack.codes import api_refusal, breakage, webhook_refusal
from notifiers.wire.call import BROKEN, tls
from state.model import Reason

BASE_URL = "https://slack.com/api/"
Asked = Callable[[Callable[[WebClient], SlackResponse]], Mapping[str, Any]]
"""Puts one question to Slack: the data of its answer; raises `DeliveryError`."""
UNASKED = frozenset({"missing_scope", "not_allowed_token_type"})
"""What Slack says where the app may not ask."""


def silent() -> logging.Logger:
    """A logger that no setting can turn on: the SDK writes tokens, addresses and bodies."""
    return logging.Logger("slack-sdk", level=logging.CRITICAL + 1)


def make_client(token: str | None, *, base_url: str, timeout: int, proxy: str | None) -> WebClient:
    client = WebClient(
        token=token,
        base_url=base_url.rstrip("/") + "/",
        timeout=timeout,
        ssl=tls(),
        retry_handlers=[],
        logger=silent(),
    )
    client.proxy = proxy  # the SDK takes one from the environment where it is given none
    return client


def ask(
    client: WebClient, question: Callable[[WebClient], SlackResponse]
) -> tuple[dict[str, Any], Mapping[str, str]]:
    """The data and headers of a reply that is `ok: true`.

    All else raises `DeliveryError`, and outside the SDK's own exception: that one holds the request with its
    token.
    """
    trouble: DeliveryError
    try:
        reply = question(client)
    except SlackApiError as refused:
        trouble = _refusal(refused.response)
    except (SlackClientError, *BROKEN) as broken:
        trouble = breakage(broken)
    else:
        if isinstance(reply.data, dict) and reply.data.get("ok") is True:
            return reply.data, reply.headers
        trouble = api_refusal(200, "", {})
    raise trouble


def _refusal(reply: SlackResponse) -> DeliveryError:
    data = reply.data if isinstance(reply.data, dict) else {}
    error, needed = (str(data.get(name) or "") for name in ("error", "needed"))
    return api_refusal(reply.status_code, error, reply.headers, needed)


def hand_in(url: str, body: Mapping[str, Any], *, timeout: int, proxy: str | None, word: str = "") -> None:
    """Posts to an address that Slack gave, which is a secret; `word` is the answer that says it was taken.

    Raises `DeliveryError`, outside the SDK's own exception.
    """
    client = WebhookClient(url=url, timeout=timeout, ssl=tls(), retry_handlers=[], logger=silent())
    client.proxy = proxy
    try:
        reply = client.send_dict(dict(body))
    except (SlackClientError, *BROKEN) as broken:
        trouble = breakage(broken)
    else:
        if reply.status_code == 200 and word in ("", reply.body.strip()):
            return
        trouble = webhook_refusal(reply.status_code, reply.body, reply.headers)
    raise trouble


# Whether messages arrive


def obstacle(asked: Asked, channel: str) -> Reason | None:
    """What stands in the way of messages to a channel, or of finding them again; None for nothing.

    A public channel is joined where the app may join it: it posts there without being in it, but reads no
    history, and after a lost reply it would post a message twice.
    """
    if channel.startswith("D"):
        return _private_talk(asked, channel)
    try:
        known = asked(lambda client: client.conversations_info(channel=channel)).get("channel") or {}
    except DeliveryError as refused:
        return _unseen(refused, channel)
    if known.get("is_archived"):
        return Reason.of("reach_archived", channel=channel)
    if known.get("is_member") or known.get("is_im") or known.get("is_mpim"):
        return None
    if known.get("is_private"):
        return Reason.of("reach_private", channel=channel)
    return _joined(asked, channel)


def _unseen(refused: DeliveryError, channel: str) -> Reason | None:
    name = str(refused.reason.values.get("name", ""))
    if name in UNASKED:
        return None  # `doctor` names the scope that is missing
    if name == "channel_not_found":
        return Reason.of("reach_unknown", channel=channel)
    return Reason.of("reach_unasked", channel=channel, why=refused.reason)


def _joined(asked: Asked, channel: str) -> Reason | None:
    try:
        asked(lambda client: client.conversations_join(channel=channel))
    except DeliveryError as refused:
        if refused.permanent:
            return Reason.of("reach_outside", channel=channel)
        return Reason.of("reach_unasked", channel=channel, why=refused.reason)
    return None


def _private_talk(asked: Asked, channel: str) -> Reason | None:
    """A talk between others, from which a command can be typed, is closed to the app."""
    try:
        asked(lambda client: client.conversations_history(channel=channel, limit=1))
    except DeliveryError as refused:
        name = str(refused.reason.values.get("name", ""))
        return Reason.of("reach_alone") if name in ("channel_not_found", "not_in_channel") else None
    return None
