"""Whatever Slack signs is answered or refused, and breaks nothing behind it. `make soak`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from fake_people import ByHttp, People, said, signed
from fuzz import ODD, altered, edited, fuzzed
from hypothesis import strategies as st

pytestmark = pytest.mark.soak

Ask = Callable[[str, str], list[str]]

COMMANDS = [
    line
    for line in """
subscribe s3ns secnumcloud
was numspot hds 2026-03-05
history outscale perdu
listing secnumcloud 2026-02-20
race
digest daily 8h
quiet 20:00-08:00 Europe/Paris
pause 2 j
approve 3 relu
retract 3 page mal lue
scrape ans-hds
lang en
why 3
find 2057
aide
""".splitlines()
    if line
]
UNREADABLE = ("slack: a signed request that cannot be read", "slack: no answer could be made")
"""What is logged of a request of another shape than Slack's; its sender is told as well."""


def events(text: str) -> list[dict[str, Any]]:
    """What Slack sends of a mention, a direct message, and a home tab that is opened."""
    return [
        {
            "type": "event_callback",
            "team_id": "T1",
            "event_id": "Ev1",
            "event": {"channel": "C1", "user": "U1", "ts": "1.2", "text": text, **each},
        }
        for each in (
            {"type": "app_mention"},
            {"type": "message", "channel_type": "im"},
            {"type": "app_home_opened", "tab": "home"},
        )
    ]


@pytest.fixture
def ask(by_http: ByHttp, caplog: pytest.LogCaptureFixture) -> Ask:
    """Asks, signed; the errors that were logged meanwhile."""

    def asked(path: str, body: str) -> list[str]:
        caplog.clear()
        answer = by_http.post(path, body, signed(body, int(by_http.clock().timestamp())))
        assert answer.status_code in (200, 400, 401, 413), (answer.status_code, answer.text)
        return [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]

    return asked


def test_whatever_somebody_types_is_answered(ask: Ask, team: People) -> None:
    def tried(text: str) -> None:
        assert ask("/slack/commands", urlencode(team.form(text))) == []

    fuzzed(edited(st.sampled_from(COMMANDS), ODD) | ODD, tried)


def test_a_request_of_another_shape_is_refused_and_breaks_nothing(ask: Ask, team: People) -> None:
    click = team.payload(team.say("race"), "Partager dans le canal")
    forms = altered(st.just(team.form("race"))).map(lambda form: ("/slack/commands", urlencode(flat(form))))
    clicks = altered(st.just(click)).map(
        lambda payload: ("/slack/interactions", urlencode({"payload": json.dumps(payload)}))
    )
    told = altered(st.sampled_from(events("race"))).map(lambda event: ("/slack/events", json.dumps(event)))

    def tried(request: tuple[str, str]) -> None:
        assert set(ask(*request)) <= set(UNREADABLE)
        assert "La course" in said(team.say("race"))

    fuzzed(forms | clicks | told, tried)


def flat(value: Any) -> dict[str, str]:
    """The fields of a form, of whatever became of them."""
    return {str(key): str(one) for key, one in value.items()} if isinstance(value, dict) else {}
