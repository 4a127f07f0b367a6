"""What Slack's refusals mean, without a network."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from notifiers.refusals import api_refusal, breakage, wait, webhook_refusal


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"Retry-After": ["9"]}, 9.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"Retry-After": "-1"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_as_seconds(headers: dict[str, Any], seconds: float | None) -> None:
    assert wait(headers) == seconds


@pytest.mark.parametrize(
    ("broken", "ambiguous"),
    [
        (ConnectionRefusedError(), False),
        (socket.gaierror(), False),
        (TimeoutError(), True),
        (ConnectionResetError(), True),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "x"), True),
    ],
)
def test_only_what_cannot_have_been_sent_is_unambiguous(broken: Exception, ambiguous: bool) -> None:
    assert breakage(broken).ambiguous is ambiguous


def test_texts_of_errors_never_quote_a_reply() -> None:
    for status in (200, 400, 404, 500):
        for trouble in (
            api_refusal(status, "<b>Secret</b>", {}),
            webhook_refusal(status, "<b>Secret</b>", {}),
        ):
            assert "Secret" not in str(trouble)
