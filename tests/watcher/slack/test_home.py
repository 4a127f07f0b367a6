"""The Home tab: a member's own subscriptions, the race, the sources."""

from __future__ import annotations

import json
from typing import Any

from fake_people import People, said
from processes import soon
from slack_limits import view_problems
from syrupy.assertion import SnapshotAssertion

from watcher.slack.doors.door import Door


def opened(people: People, user: str = "U1", event: str = "Ev1") -> dict[str, Any]:
    before = len(people.slack.called("views.publish"))
    body = {
        "type": "event_callback",
        "event_id": event,
        "event": {"type": "app_home_opened", "user": user, "channel": "D1", "tab": "home"},
    }
    people.way.give("events_api", body)
    soon(lambda: len(people.slack.called("views.publish")) > before)
    view = people.slack.called("views.publish")[-1].params["view"]
    return dict(json.loads(view) if isinstance(view, str) else view)


ANYWAY = "Suivre «\u00a0<\u2060!channel>\u00a0» quand même"


def test_home_shows_what_is_ones_own(people: People, snapshot: SnapshotAssertion) -> None:
    asked = people.say("subscribe s3ns <!channel>", channel="C1")
    people.click(asked, ANYWAY, channel="C1")
    people.say("subscribe hds", channel="C2", user="U2")
    view = opened(people)
    assert not list(view_problems(view))
    assert "<!channel>" not in json.dumps(view, ensure_ascii=False)
    assert said(view) == snapshot


def test_a_newcomer_is_told_how_to_begin(team: People) -> None:
    assert "Vous n’avez créé aucun abonnement" in said(opened(team, user="U9"))


def test_an_event_that_slack_repeats_is_published_once(team: People, door: Door) -> None:
    opened(team, event="Ev7")
    body = {"event_id": "Ev7", "event": {"type": "app_home_opened", "user": "U1", "tab": "home"}}
    door.event(body)
    door.event({**body, "event": {"type": "app_home_opened", "user": "U1", "tab": "messages"}})
    team.say("help")
    assert len(team.slack.called("views.publish")) == 1
