"""The Socket Mode door keeps its connection, and opens when Slack is there."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from fake_people import BySocket, People, said
from fake_slack import FakeSlack
from fake_socket import FakeSocket
from processes import soon

from state.file import claims
from state.file.errors import Away
from state.file.store import Store
from state.owed import subscriptions
from watcher.app import App
from watcher.parts.holding import SOCKET
from watcher.parts.owner import owner_of
from watcher.slack.doors.door import Door
from watcher.slack.doors.http import http_doors
from watcher.slack.doors.socket import LENGTH, SocketDoor, socket_doors
from watcher.slack.reply import Json


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


@contextmanager
def waiting(door: Door, owner: str, socket: FakeSocket, fake_slack: FakeSlack) -> Iterator[SocketDoor]:
    """The same door in another process, which waits until it is its turn."""
    app = App(door.desk.app.settings, door.desk.app.clock)
    app.owner = owner
    fake_slack.more["apps.connections.open"] = lambda _: {"ok": True, "url": socket.url}
    opened = SocketDoor(Door(app, soon=60), "xapp-test")
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def _at_a_glance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.slack.doors.socket.GLANCE", 0.01)
    monkeypatch.setattr("watcher.slack.doors.socket.PROLONG", 0.01)


@pytest.mark.usefixtures("_at_a_glance")
def test_one_process_is_connected_and_hands_over_after_its_last_answer(
    door: Door, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ready = threading.Event(), threading.Event()

    def slow(form: Mapping[str, str]) -> Json:
        begun.set()
        assert ready.wait(60)
        return {"text": "the last answer"}

    monkeypatch.setattr(door, "command", slow)
    with FakeSocket() as here, FakeSocket() as there, ThreadPoolExecutor() as pool:
        fake_slack.more["apps.connections.open"] = lambda _: {"ok": True, "url": here.url}
        first = SocketDoor(door, "xapp-test")
        first.start()
        assert here.connected.wait(60)
        with waiting(door, "elsewhere:7:x", there, fake_slack):
            asked = pool.submit(here.send, "slash_commands", {"text": "race"})
            assert begun.wait(60)
            ended = pool.submit(first.stop)
            assert not there.connected.wait(0.2), "somebody waits for an answer"
            ready.set()
            assert asked.result() == {"text": "the last answer"}
            assert there.connected.wait(60)
            ended.result()
            people = People(fake_slack, BySocket(there))
            assert "La course" in said(people.say("race"))


@pytest.mark.usefixtures("_at_a_glance")
def test_who_is_killed_on_another_machine_is_followed_when_its_lease_runs_out(
    door: Door, fake_slack: FakeSlack, time: Any
) -> None:
    with door.desk.app.open_store() as store:
        assert claims.lease(store, SOCKET, "elsewhere:7:x", time(), LENGTH)
    with FakeSocket() as socket, waiting(door, "here:1:y", socket, fake_slack):
        assert not socket.connected.wait(0.2)
        time.pass_by(seconds=30)
        assert socket.connected.wait(60)


@pytest.mark.usefixtures("_at_a_glance")
def test_who_is_killed_on_this_machine_is_followed_at_once(door: Door, fake_slack: FakeSlack) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as killed:
        with door.desk.app.open_store() as store:
            assert claims.lease(store, SOCKET, owner_of(killed.pid), door.desk.app.clock(), LENGTH)
        killed.kill()
    with FakeSocket() as socket, waiting(door, "here:1:y", socket, fake_slack):
        assert socket.connected.wait(60)


@pytest.mark.usefixtures("_at_a_glance")
def test_who_finds_another_connected_leaves_and_comes_back_in_its_turn(
    door: Door, fake_slack: FakeSlack
) -> None:
    app = door.desk.app
    with FakeSocket() as socket, waiting(door, "here:1:y", socket, fake_slack):
        assert socket.connected.wait(60)
        with app.open_store() as store:  # this machine slept, and another took over
            claims.release(store, SOCKET, "here:1:y")
            soon(lambda: claims.lease(store, SOCKET, "elsewhere:7:x", app.clock(), LENGTH))
        soon(lambda: socket.closed)
        socket.connected.clear()
        with app.open_store() as store:
            claims.release(store, SOCKET, "elsewhere:7:x")
        assert socket.connected.wait(60)


@pytest.mark.usefixtures("_at_a_glance")
def test_who_is_connected_stays_so_while_the_memory_is_away(
    door: Door, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(create: bool = True) -> Store:
        asked.append(create)
        raise Away("the server does not answer")

    asked: list[bool] = []
    with FakeSocket() as socket, waiting(door, "here:1:y", socket, fake_slack) as opened:
        assert socket.connected.wait(60)
        app = opened.door.desk.app
        with monkeypatch.context() as patched:
            patched.setattr(app, "open_store", away)
            patched.setattr(app.holding, "_open_store", away)
            soon(lambda: len(asked) > 5)
            people = People(fake_slack, BySocket(socket))
            assert "injoignable" in said(people.say("race"))
        assert "La course" in said(people.say("race"))
    assert socket.connections == 1
