"""What Slack's refusals mean for a delivery: wait, act, or change the message.

Names of errors are those of https://docs.slack.dev/reference/methods/chat.postMessage and
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Mapping
from urllib.error import URLError

from slack_sdk.errors import SlackRequestError

from notifiers.notifier import DeliveryError

INVITE = "invite the app to the channel"
TOKEN = "give vigilabel a valid bot token"  # noqa: S105 advice, not a token
WEBHOOK = "create a new incoming webhook"
PERMANENT = {
    "channel_not_found": "check the channel id, and " + INVITE,
    "is_archived": "unarchive the channel or choose another",
    "not_in_channel": INVITE,
    "user_not_found": "check the channel id",
    "user_disabled": "choose another channel",
    "messages_tab_disabled": "choose another channel",
    "cannot_dm_bot": "choose another channel",
    "invalid_auth": TOKEN,
    "not_authed": TOKEN,
    "token_revoked": TOKEN,
    "token_expired": TOKEN,
    "account_inactive": TOKEN,
    "not_allowed_token_type": TOKEN,
    "missing_scope": "give the app the scope chat:write (and chat:write.public)",
    "method_not_supported_for_channel_type": "choose a channel",
    "no_permission": "give the app the scope chat:write, and " + INVITE,
    "access_denied": "ask the workspace's administrator",
    "ekm_access_denied": "ask the workspace's administrator",
    "team_access_not_granted": "ask the workspace's administrator",
    "enterprise_is_restricted": "ask the workspace's administrator",
    # incoming webhooks
    "no_service": WEBHOOK,
    "no_service_id": WEBHOOK,
    "no_team": WEBHOOK,
    "team_disabled": WEBHOOK,
    "invalid_token": WEBHOOK,
    "no_active_hooks": WEBHOOK,
    "channel_is_archived": "unarchive the channel, or " + WEBHOOK,
    "action_prohibited": "ask the workspace's administrator",
    "posting_to_general_channel_denied": "choose another channel",
}
RESTRICTED = "restricted_action"  # and restricted_action_read_only_channel, …_thread_locked…
UNFIT = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_attachments",
        "invalid_payload",
        "invalid_arguments",
        "invalid_arg_name",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
        "metadata_must_be_sent_from_app",
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
        "too_many_attachments",
        # edits, and answers in a thread
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "thread_not_found",
        "cannot_reply_to_message",
        "thread_locked",
    }
)
LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
UNCERTAIN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
NAME = re.compile(r"[a-z][a-z0-9_]{1,60}")
GONE = frozenset({401, 403, 404, 410})
NEVER_SENT = (
    ConnectionRefusedError,
    socket.gaierror,
    ssl.SSLCertVerificationError,
)
BROKEN = (OSError, http.client.HTTPException, ValueError, LookupError)
"""What the SDK lets through when the exchange breaks: sockets, TLS, half replies, replies in no charset."""


def api_refusal(status: int, error: str, headers: Mapping[str, str]) -> DeliveryError:
    """The error for a reply of the Web API that is not `ok: true`; `error` is the reply's own word."""
    name = error if NAME.fullmatch(error) else ""
    if status == 429 or name in LIMITED:
        return DeliveryError("Slack: too many messages, asked to wait", retry_after=wait(headers))
    if name in UNFIT:
        return DeliveryError(f"Slack refused the message itself ({name})", unfit=True)
    if name in PERMANENT or name.startswith(RESTRICTED):
        advice = PERMANENT.get(name, "a rule of the workspace forbids posting there: ask its administrator")
        return DeliveryError(f"Slack refused ({name}): {advice}", permanent=True)
    # Slack warns that after its own errors part of the work may have been done; a reply that is not JSON
    # (a proxy, a login page) says nothing either.
    uncertain = status >= 500 or name in UNCERTAIN or (status == 200 and not name)
    said = f"error {name}" if name else f"an unreadable reply, status {status}"
    return DeliveryError(f"Slack answered with {said}", ambiguous=uncertain, retry_after=wait(headers))


def webhook_refusal(status: int, body: str, headers: Mapping[str, str]) -> DeliveryError:
    """The error for a reply of an incoming webhook that is not 200 `ok`."""
    name = body.strip()
    if NAME.fullmatch(name) and (name in UNFIT or name in PERMANENT or name in LIMITED or status == 429):
        return api_refusal(status, name, headers)
    if status == 413:
        return DeliveryError("the webhook refused the message itself (too large)", unfit=True)
    if status in GONE:
        return DeliveryError(f"the webhook is refused (status {status}): {WEBHOOK}", permanent=True)
    return api_refusal(status, name, headers)


def breakage(error: BaseException) -> DeliveryError:
    """The error for an exchange that broke: ambiguous unless nothing can have been sent.

    The SDK's own text is left out: it can hold the address of a webhook, which is a secret.
    """
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, SlackRequestError | http.client.InvalidURL) or type(reason) is ValueError:
        return DeliveryError("the configured Slack address is not an http(s) address", permanent=True)
    if isinstance(reason, NEVER_SENT):
        return DeliveryError(f"Slack could not be reached ({type(reason).__name__})")
    if isinstance(reason, TimeoutError):
        return DeliveryError("Slack did not answer in time", ambiguous=True)
    kind = type(reason).__name__ if isinstance(reason, BaseException) else "connection broken"
    return DeliveryError(f"the exchange with Slack broke off ({kind})", ambiguous=True)


def wait(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` asks for, None when it is missing or no number."""
    for name, value in headers.items():
        said = value[0] if isinstance(value, list) and value else value
        if name.lower() == "retry-after" and re.fullmatch(r"\s*\d{1,6}(\.\d+)?\s*", str(said)):
            return float(said)
    return None
