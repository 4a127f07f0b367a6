"""What Slack's refusals mean for a delivery: wait, act, or change the message.

Names of errors are those of https://docs.slack.dev/reference/methods/chat.postMessage and
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from slack_sdk.errors import SlackRequestError

from notifiers.notifier import DeliveryError
from notifiers.said.voice import clean, clip
from notifiers.wire import call
from notifiers.wire.call import wait
from state.model import Reason

PERMANENT = {
    "channel_not_found": "slack_check_and_invite",
    "is_archived": "slack_unarchive",
    "is_inactive": "slack_unarchive",
    "not_in_channel": "slack_invite",
    "no_permission": "slack_grant_and_invite",
    "missing_scope": "slack_grant",
    "user_not_found": "slack_check",
    "user_disabled": "slack_elsewhere",
    "messages_tab_disabled": "slack_elsewhere",
    "cannot_dm_bot": "slack_elsewhere",
    "method_not_supported_for_channel_type": "slack_elsewhere",
    "restricted_action_thread_only_channel": "slack_administrator_or_elsewhere",
    # the token
    "invalid_auth": "slack_token",
    "not_authed": "slack_token",
    "token_revoked": "slack_token",
    "token_expired": "slack_token",
    "account_inactive": "slack_token",
    "not_allowed_token_type": "slack_token",
    "team_not_found": "slack_token",
    # the workspace: its plan, its rules, its network
    "message_limit_exceeded": "slack_plan",
    "org_login_required": "slack_moving",
    "access_denied": "slack_administrator",
    "accesslimited": "slack_administrator",
    "app_access_restricted": "slack_administrator",
    "ekm_access_denied": "slack_administrator",
    "enterprise_is_restricted": "slack_administrator",
    "team_access_not_granted": "slack_administrator",
    "two_factor_setup_required": "slack_administrator",
    # Slack no longer takes what this version says
    "deprecated_endpoint": "slack_update",
    "method_deprecated": "slack_update",
    # incoming webhooks
    "no_service": "slack_webhook",
    "no_service_id": "slack_webhook",
    "no_team": "slack_webhook",
    "team_disabled": "slack_webhook",
    "invalid_token": "slack_webhook",
    "no_active_hooks": "slack_webhook",
    "channel_is_archived": "slack_unarchive_or_webhook",
    "action_prohibited": "slack_administrator",
    "posting_to_general_channel_denied": "slack_elsewhere",
}
"""What lasts until a person acts, and the reason that says how: the channel is suspended, and what is owed to
it is kept."""
RESTRICTED = "restricted_action"  # and restricted_action_read_only_channel
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
NAME = re.compile(r"[a-z][a-z0-9_]{1,60}")
GONE = frozenset({401, 403, 404, 410})


def api_refusal(status: int, word: str, headers: Mapping[str, str], needed: str = "") -> DeliveryError:
    """The error for a reply of the Web API that is not `ok: true`; `word` is its name for it, `needed` the
    scope that it misses."""
    name = word if NAME.fullmatch(word) else ""
    if name in LIMITED or (status == 429 and (name not in PERMANENT or wait(headers) is not None)):
        return DeliveryError(Reason.of("slack_busy"), retry_after=wait(headers))
    if name in UNFIT:
        return DeliveryError(Reason.of("slack_unfit", name=name), unfit=True)
    if name in PERMANENT or name.startswith(RESTRICTED):
        told = Reason.of(PERMANENT.get(name, "slack_rule"), name=name)
        if name == "missing_scope" and needed and not needed.startswith("chat:write"):
            told = Reason.of("slack_scope", name=name, needed=clip(clean(needed), 60))
        return DeliveryError(told, permanent=True)
    # Slack warns that after its own errors part of the work may have been done; a reply that is not JSON
    # (a proxy, a login page) says nothing either.
    uncertain = status >= 500 or name in UNCERTAIN or (status == 200 and not name)
    said = Reason.of("slack_error", name=name) if name else Reason.of("slack_unreadable", status=status)
    return DeliveryError(said, ambiguous=uncertain, retry_after=wait(headers))


def webhook_refusal(status: int, body: str, headers: Mapping[str, str]) -> DeliveryError:
    """The error for a reply of an incoming webhook that is not 200 `ok`."""
    name = body.strip()
    if NAME.fullmatch(name) and (name in UNFIT or name in PERMANENT or name in LIMITED or status == 429):
        return api_refusal(status, name, headers)
    if status == 413:
        return DeliveryError(Reason.of("webhook_too_large"), unfit=True)
    if status in GONE:
        return DeliveryError(Reason.of("webhook_gone", status=status), permanent=True)
    return api_refusal(status, name, headers)


def breakage(error: BaseException) -> DeliveryError:
    """The error for an exchange that broke: ambiguous unless nothing can have been sent."""
    if isinstance(error, SlackRequestError):  # an address that the SDK cannot read
        return DeliveryError(Reason.of("slack_address"), permanent=True)
    return call.breakage(error, lambda how: f"slack_{how}")
