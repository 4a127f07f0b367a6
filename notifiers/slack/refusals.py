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
ELSEWHERE = "choose another channel"
ADMINISTRATOR = "ask the workspace's administrator"
UPDATE = "install a newer vigilabel"
PERMANENT = {
    "channel_not_found": f"check the channel id, and {INVITE}",
    "is_archived": f"unarchive the channel, or {ELSEWHERE}",
    "is_inactive": f"unarchive the channel, or {ELSEWHERE}",
    "not_in_channel": INVITE,
    "no_permission": f"give the app the scope chat:write, and {INVITE}",
    "missing_scope": "give the app the scope chat:write (and chat:write.public)",
    "user_not_found": "check the channel id",
    "user_disabled": ELSEWHERE,
    "messages_tab_disabled": ELSEWHERE,
    "cannot_dm_bot": ELSEWHERE,
    "method_not_supported_for_channel_type": ELSEWHERE,
    "restricted_action_thread_only_channel": f"{ADMINISTRATOR}, or {ELSEWHERE}",
    # the token
    "invalid_auth": TOKEN,
    "not_authed": TOKEN,
    "token_revoked": TOKEN,
    "token_expired": TOKEN,
    "account_inactive": TOKEN,
    "not_allowed_token_type": TOKEN,
    "team_not_found": TOKEN,
    # the workspace: its plan, its rules, its network
    "message_limit_exceeded": "the workspace reached the limit of its plan; ask its administrator",
    "org_login_required": "the workspace is being moved to an organisation; resume once that is done",
    "access_denied": ADMINISTRATOR,
    "accesslimited": ADMINISTRATOR,
    "app_access_restricted": ADMINISTRATOR,
    "ekm_access_denied": ADMINISTRATOR,
    "enterprise_is_restricted": ADMINISTRATOR,
    "team_access_not_granted": ADMINISTRATOR,
    "two_factor_setup_required": ADMINISTRATOR,
    # Slack no longer takes what this version says
    "deprecated_endpoint": UPDATE,
    "method_deprecated": UPDATE,
    # incoming webhooks
    "no_service": WEBHOOK,
    "no_service_id": WEBHOOK,
    "no_team": WEBHOOK,
    "team_disabled": WEBHOOK,
    "invalid_token": WEBHOOK,
    "no_active_hooks": WEBHOOK,
    "channel_is_archived": f"unarchive the channel, or {WEBHOOK}",
    "action_prohibited": ADMINISTRATOR,
    "posting_to_general_channel_denied": ELSEWHERE,
}
"""What lasts until a person acts: the channel is suspended, and what is owed to it is kept."""
RESTRICTED = "restricted_action"  # and restricted_action_read_only_channel
RULE = "a rule of the workspace forbids posting there: ask its administrator"
UNFIT = frozenset(
    {
        # what a message is made of
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_payload",
        "markdown_text_conflict",
        "metadata_must_be_sent_from_app",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "slack_connect_canvas_sharing_blocked",
        "slack_connect_file_link_sharing_blocked",
        "slack_connect_lists_sharing_blocked",
        "too_many_attachments",
        "too_many_contact_cards",
        # how the call was made
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_charset",
        "invalid_form_data",
        "invalid_post_type",
        "missing_post_type",
        # edits, and answers in a thread: the same goes without a thread
        "cannot_reply_to_message",
        "cant_broadcast_message",
        "cant_update_message",
        "edit_window_closed",
        "invalid_thread_ts",
        "message_not_found",
        "no_dual_broadcast_content_update",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_locked",
        "thread_not_found",
    }
)
"""What concerns this message alone: it is said in another way, or given up; the channel is fine."""
LIMITED = frozenset({"ratelimited", "rate_limited"})
UNCERTAIN = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        # Slack took the client_msg_id for one it has seen, and does not find that message
        "duplicate_channel_not_found",
        "duplicate_message_not_found",
    }
)
PASSING = frozenset(
    {
        "team_added_to_org",  # "intermittently unavailable" while a workspace moves
        "external_channel_migrating",
        "streaming_state_conflict",
        "update_failed",
        # these concern fields that are never sent: whatever made Slack say so may pass
        "agent_prompt_display_not_allowed",
        "as_user_not_supported",
        "draft_already_deleted",
        "draft_already_sent",
        "draft_has_conflict",
        "draft_not_found",
        "missing_file_data",
        "send_on_behalf_not_allowed",
    }
)
"""What is tried again, as every name is that Slack may add: better told late than given up."""
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
    if name in LIMITED or (status == 429 and (name not in PERMANENT or wait(headers) is not None)):
        return DeliveryError("Slack: too many messages, asked to wait", retry_after=wait(headers))
    if name in UNFIT:
        return DeliveryError(f"Slack refused the message itself ({name})", unfit=True)
    if name in PERMANENT or name.startswith(RESTRICTED):
        advice = PERMANENT.get(name, RULE)
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
