"""The Socket Mode door keeps its connection, and opens when Slack is there."""

from __future__ import annotations

from dataclasses import replace

from fake_people import BySocket, People, said
from fake_slack import FakeSlack
from fake_socket import FakeSocket

from state.owed import subscriptions
from watcher.slack.doors.door import Door
from watcher.slack.doors.http import http_doors
from watcher.slack.doors.socket import SocketDoor, socket_doors


def test_an_envelope_that_slack_repeats_is_answered_and_done_once(
    by_socket: BySocket, fake_slack: FakeSlack, door: Door
) -> None:
    people = People(fake_slack, by_socket)
    form = people.form("subscribe s3ns")
    first = by_socket.socket.send("slash_commands", form, envelope="E-a")
    assert by_socket.socket.send("slash_commands", form, envelope="E-b") == first
    with door.desk.app.open_store() as store:
        assert len(subscriptions.subscriptions(store, ended=True)) == 1


def test_an_envelope_that_cannot_be_read_is_acknowledged_and_the_next_is_answered(
    by_socket: BySocket, fake_slack: FakeSlack
) -> None:
    assert by_socket.socket.send("interactive", {"no": "type"}) == {}
    assert by_socket.socket.send("something_new", {}) == {}
    assert "La course" in said(People(fake_slack, by_socket).say("race"))


def test_a_slack_that_is_not_there_yet_is_tried_again(door: Door, fake_slack: FakeSlack) -> None:
    import watcher.slack.doors.socket as module

    before, module.FIRST_WAIT = module.FIRST_WAIT, 0.01
    try:
        with FakeSocket() as socket:
            fake_slack.fail("internal_error", method="apps.connections.open", times=2)
            fake_slack.more["apps.connections.open"] = lambda _: {"ok": True, "url": socket.url}
            opened = SocketDoor(door, "xapp-test")
            opened.start()
            assert socket.connected.wait(60)
            opened.client.auto_reconnect_enabled = False
            socket.drop()
            opened.stop()
    finally:
        module.FIRST_WAIT = before


def test_socket_mode_comes_first_and_no_door_opens_without_a_secret(door: Door) -> None:
    assert http_doors(door.desk.app) == ()
    closed = replace(door.desk.app.settings, slack_app_token=None)
    door.desk.app.settings = closed
    assert socket_doors(door.desk.app) == ()
    assert {route.path for one in http_doors(door.desk.app) for route in one.routes} == {
        "/slack/commands",
        "/slack/interactions",
        "/slack/events",
    }
    door.desk.app.settings = replace(closed, slack_signing_secret=None)
    assert http_doors(door.desk.app) == ()
