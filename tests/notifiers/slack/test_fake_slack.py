"""The fake must be as strict as Slack, or tests against it prove nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fake_slack import FakeSlack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


def test_the_fake_refuses_what_slack_documents_as_too_much(fake_slack: FakeSlack) -> None:
    plain = {"type": "plain_text", "text": "x"}
    too_much: list[list[dict[str, Any]]] = [
        [{"type": "divider"}] * 51,
        [{"type": "header", "text": plain | {"text": "x" * 151}}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "section", "text": plain | {"text": "x" * 3001}}],
        [{"type": "section", "text": plain | {"text": ""}}],
        [{"type": "section", "fields": [plain] * 11}],
        [{"type": "section", "fields": [plain | {"text": "x" * 2001}]}],
        [{"type": "context", "elements": [plain] * 11}],
        [{"type": "actions", "elements": [{"type": "button", "text": plain}] * 26}],
        [{"type": "unheard-of"}],
    ]
    client = WebClient(token="x", base_url=fake_slack.api_url, retry_handlers=[])
    for refused_blocks in too_much:
        reply = json.loads(json.dumps(_reply(client, refused_blocks)))
        assert reply == {"ok": False, "error": "invalid_blocks"}


def _reply(client: Any, wanted: list[dict[str, Any]]) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="C1", text="x", blocks=wanted)
    return {name: caught.value.response[name] for name in ("ok", "error")}
