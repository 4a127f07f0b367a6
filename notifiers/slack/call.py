"""One call of Slack: through the SDK without its own retries, over TLS that is verified.

With the SDK's retries a message whose reply is lost would be posted twice. What breaks is a `DeliveryError`
whose text holds no secret.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from notifiers.slack.codes import api_refusal, breakage, webhook_refusal
from notifiers.wire.call import BROKEN, tls

if TYPE_CHECKING:
    from notifiers.notifier import DeliveryError

BASE_URL = "https://slack.com/api/"


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
