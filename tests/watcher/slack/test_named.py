"""A channel that the settings name, as its members meet it on Slack: what they type and click is about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from fake_people import People, said
from fake_slack import FakeSlack
from processes import soon

from notifiers.slack.post import event_buttons, held_buttons
from state.owed import subscriptions
from state.seen.events import log
from state.seen.looks import runs
from state.words.post import Notice, Subscription
from watcher.slack.doors.door import Door
from watcher.tell.deliver import deliver

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
MANY = [f"hds | Hébergeur {n:02} | - | {n}-1 | 2025-09-12 | 2028-09-11" for n in range(20)]
CHANNELS: Mapping[str, Any] = {
    "equipe": {"kind": "slack", "url": "C1"},
    "ops": {"kind": "slack", "to": "COPS"},
    "ailleurs": {"kind": "slack", "url": "C2", "secret": "xoxb-of-another-workspace"},
    "presse": {"kind": "slack-webhook", "url": "https://hooks.slack.com/services/x"},
}


@pytest.fixture
def watching(watching: Any) -> Any:
    app = watching.app
    app.settings = replace(app.settings, channels=CHANNELS, operators="ops")
    return watching


def alert(door: Door, number: int) -> dict[str, Any]:
    with door.desk.app.open_store() as store:
        return {"text": "alert", "blocks": [event_buttons(log.event(store, number), "fr")]}


def held(door: Door, run: int) -> dict[str, Any]:
    with door.desk.app.open_store() as store:
        at = runs.run(store, run).at
    notice = Notice(id=1, kind="held", subject="anssi-catalogue", text="held", at=at)
    head = {"type": "header", "text": {"type": "plain_text", "text": "Retenu"}}
    return {"text": "held", "blocks": [head, held_buttons(notice, "fr")]}


def made(door: Door) -> list[Subscription]:
    with door.desk.app.open_store() as store:
        return list(subscriptions.subscriptions(store))


def test_what_is_typed_and_clicked_in_its_place_is_about_the_named_channel(
    team: People, door: Door, watching: Any, fake_slack: FakeSlack
) -> None:
    team.say("subscribe s3ns bleu")
    [one] = made(door)
    assert one.channel == "equipe"
    [shown] = team.click(alert(door, 3), "Pause 2 semaines", public=True)
    assert shown["response_type"] == "in_channel"
    assert any(each.names == ("s3ns",) and each.paused_until for each in made(door))
    assert "s3ns" in said(team.say("subscriptions"))


def test_a_channel_of_another_workspace_is_not_the_one_with_its_id_here(team: People, door: Door) -> None:
    app = door.desk.app
    assert [app.name_on_slack(place) for place in ("C1", "COPS", "C2", "C9")] == ["equipe", "ops", "C2", "C9"]
    places = {name: app.place_on_slack(name) for name in (*CHANNELS, "C9", "webhook", "console")}
    assert places == {
        "equipe": "C1", "ops": "COPS", "ailleurs": "", "presse": "", "C9": "C9", "webhook": "", "console": "",
    }  # fmt: skip


def test_operators_are_the_members_of_their_named_channel(people: People, door: Door, watching: Any) -> None:
    watching.see("2026-03-05", *MANY)
    run = watching.see("2026-03-06", *MANY[:3])
    [refused] = people.click(held(door, run), "Approuver", public=True, user="U1")
    assert "réservé" in said(refused).lower() or "COPS" in said(refused)
    decided, _ = people.click(held(door, run), "Approuver", public=True, answers=2, user="UOPS")
    assert "Approuvée par <@UOPS>" in said(decided)


def test_a_message_of_a_named_channel_arrives_in_its_place_and_its_home_line_leads_there(
    team: People, door: Door, watching: Any, fake_slack: FakeSlack
) -> None:
    team.say("subscribe hds")
    watching.see("2026-03-05", OVH, *MANY[:1])
    app = door.desk.app
    assert deliver(app.post(), app.clock).sent >= 1
    assert "Hébergeur 00" in said(fake_slack.received("C1")[-1])
    before = len(fake_slack.called("views.publish"))
    event = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"}
    team.way.give("events_api", {"type": "event_callback", "event_id": "Ev1", "event": event})
    soon(lambda: len(fake_slack.called("views.publish")) > before)
    assert "<#C1>" in json.dumps(fake_slack.called("views.publish")[-1].params)
    shared = team.share(team.say("race s3ns"), user="U7")
    assert shared["channel"] == "C1"
