"""Slack fails in the midst of things: what the ledger says and what people see agree afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from fake_people import BySocket, People, said
from fake_slack import FakeSlack
from fake_socket import FakeSocket

from notifiers.slack.bot import Slack
from state.owed import outbox, subscriptions
from watcher.slack import workspace
from watcher.slack.dispatch import run
from watcher.slack.doors.door import Door
from watcher.slack.doors.reception import Reception
from watcher.slack.doors.socket import SocketDoor
from watcher.tell.deliver import deliver
from watcher.tell.send import Sent

OUTSCALE = "secnumcloud | Outscale | IaaS Cloud on Demand | 2026_7 | 2026-03-10 | 2029-03-10 | scope=IaaS"
STANDING = (
    "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS",
    "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17",
    "hds | SCALINGO SAS | - | 38436-2 | 2025-09-12 | 2028-09-11 | scope=1+2+5",
)


@pytest.fixture
def hasty(door: Door, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A door that waits for nothing; how long it would have waited."""
    waits: list[float] = []
    door.desk = replace(door.desk, workspace=replace(door.desk.workspace, pause=waits.append))
    door.reception = Reception(door.desk)
    monkeypatch.setattr(workspace, "TIMEOUT", 1)
    return waits


@pytest.fixture
def send(door: Door, time: Any) -> Callable[[], Sent]:
    """Sends what is owed, an hour later each time, and without pauses."""
    notifier = door.desk.app.notifier_of("C1")
    assert isinstance(notifier, Slack)
    post = replace(door.desk.app.post(), notifier_of=lambda _: replace(notifier, pace=0.0))

    def sent() -> Sent:
        time.pass_by(hours=1)
        return deliver(post, time)

    return sent


def wished(door: Door) -> list[str]:
    with door.desk.app.open_store() as store:
        return [" ".join(one.words) for one in subscriptions.subscriptions(store, ended=True)]


def plain(shown: Any) -> str:
    return said(shown).replace("\u2060", "")


def states(door: Door, channel: str) -> list[str]:
    with door.desk.app.open_store() as store:
        return [one.state for one in outbox.owed(store, channel=channel)]


@pytest.mark.parametrize(
    "error",
    [
        "message_limit_exceeded",
        "team_access_not_granted",
        "org_login_required",
        "ekm_access_denied",
        "accesslimited",
        "restricted_action",
        "restricted_action_read_only_channel",
        "is_archived",
        "not_in_channel",
        "token_revoked",
    ],
)
def test_a_workspace_that_takes_no_messages_is_owed_them_until_somebody_resumes(
    error: str, team: People, door: Door, watching: Any, time: Any, send: Callable[[], Sent]
) -> None:
    team.say("subscribe secnumcloud")
    time.pass_by(days=3)
    watching.see("2026-03-12", *STANDING, OUTSCALE)
    team.slack.fail(error, method="chat.postMessage")
    assert send() + send() == Sent(sent=2, suspended=1)
    assert states(door, "C1") == ["suspended"]
    for reader in ("COPS", "U1"):
        [word] = team.slack.received(reader)
        assert error in plain(word)
        assert "<#C1>" in said(word)
        assert "/vigilabel reprendre" in said(word)
    assert send() == Sent()
    assert f"refusé par Slack ({error})" in plain(team.say("list"))
    assert "refused" not in plain(team.say("why 6"))
    assert "1 envoi est dû et part maintenant" in said(team.say("resume"))
    assert send() == Sent(sent=1)
    [post] = team.slack.received("C1")
    assert "Outscale obtient la qualification SecNumCloud" in said(post)
    assert states(door, "C1") == ["sent"]
    assert [len(team.slack.received(reader)) for reader in ("COPS", "U1")] == [1, 1]


def late(people: People, door: Door, text: str) -> str:
    """An order whose answer can only come through the `response_url`; the address of that."""
    door.soon = 0.0
    form = people.form(text)
    assert "arrive ici" in said(people.way.give("slash_commands", form))
    return str(form["response_url"])


def settled(door: Door) -> None:
    """Waits for all that the door has begun."""
    door.pool.shutdown(wait=True)
    door.desk.slow.shutdown(wait=True)


@pytest.mark.parametrize("fault", ["500", "timeout", "dropped", "limited"])
def test_an_answer_that_does_not_get_through_is_tried_again_and_done_once(
    fault: str, people: People, door: Door, hasty: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = slow_down(monkeypatch)
    slack = people.slack
    {
        "500": lambda: slack.answer(500, method="response_url", times=2),
        "timeout": lambda: slack.hang(accepted=False, method="response_url"),
        "dropped": lambda: slack.drop(accepted=False, method="response_url"),
        "limited": lambda: slack.limit_rate(7, method="response_url"),
    }[fault]()
    url = late(people, door, "subscribe s3ns")
    goes_on.set()
    assert "Abonnement créé" in said(people.answers(url)[0])
    assert wished(door) == ["s3ns"]
    assert hasty == {"500": [1.0, 3.0], "limited": [7.0]}.get(fault, [1.0])


def slow_down(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Every command takes longer than its acknowledgement waits: until the event is set."""
    goes_on = Event()

    def slowly(*given: Any) -> Any:
        assert goes_on.wait(60)
        return run(*given)

    monkeypatch.setattr("watcher.slack.doors.door.run", slowly)
    return goes_on


def test_an_answer_to_an_expired_address_is_lost_and_what_it_did_stands(
    people: People, door: Door, hasty: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = slow_down(monkeypatch)
    people.slack.answer(404, method="response_url")
    url = late(people, door, "subscribe s3ns")
    goes_on.set()
    settled(door)
    assert url.removeprefix(people.slack.url) not in people.slack.responses
    assert wished(door) == ["s3ns"]
    assert hasty == []


def test_an_answer_that_was_taken_without_a_word_may_come_twice_but_acts_once(
    team: People, door: Door, hasty: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = slow_down(monkeypatch)
    team.slack.drop(accepted=True, method="response_url")
    url = late(team, door, "subscribe s3ns")
    goes_on.set()
    first, second = team.answers(url, 2)
    assert first == second
    assert wished(door) == ["s3ns"]


@pytest.mark.parametrize("accepted", [True, False])
def test_what_the_whole_channel_sees_is_never_posted_twice(
    accepted: bool, team: People, door: Door, hasty: list[float]
) -> None:
    shown = team.say("race s3ns")
    payload = team.payload(shown, "Partager dans le canal")
    team.slack.drop(accepted=accepted, method="chat.postMessage")
    team.way.give("interactive", payload)
    settled(door)
    path = payload["response_url"].removeprefix(team.slack.url)
    told = [said(one) for one in team.slack.responses.get(path, [])]
    assert len(team.slack.received("C1")) == int(accepted)
    assert ["si la réponse n’apparaît pas" in one for one in told] == ([] if accepted else [True])


@pytest.mark.parametrize("accepted", [True, False])
def test_where_the_app_may_not_post_an_answer_is_shared_once_as_well(
    accepted: bool, team: People, door: Door, hasty: list[float]
) -> None:
    shown = team.say("race s3ns")
    payload = team.payload(shown, "Partager dans le canal")
    team.slack.fail("not_in_channel", method="chat.postMessage")
    team.slack.drop(accepted=accepted, method="response_url")
    team.way.give("interactive", payload)
    settled(door)
    path = payload["response_url"].removeprefix(team.slack.url)
    kinds = [one["response_type"] for one in team.slack.responses.get(path, [])]
    assert kinds == (["in_channel"] if accepted else []) + ["ephemeral"]


def test_an_answer_comes_although_the_socket_broke_after_the_acknowledgement(
    by_socket: BySocket, door: Door, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = slow_down(monkeypatch)
    people = People(fake_slack, by_socket)
    url = late(people, door, "subscribe s3ns")
    by_socket.socket.drop()
    goes_on.set()
    assert "Abonnement créé" in said(people.answers(url)[0])
    assert wished(door) == ["s3ns"]


def test_an_envelope_whose_acknowledgement_was_lost_is_done_once_over_the_next_connection(
    door: Door, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The socket breaks before the acknowledgement: Slack gives the envelope again where it finds us."""
    with FakeSocket() as socket:
        fake_slack.more["apps.connections.open"] = lambda _: {"ok": True, "url": socket.url}
        opened = SocketDoor(door, "xapp-test")
        opened.start()
        assert socket.connected.wait(60)
        people = People(fake_slack, BySocket(socket))
        form, inner = people.form("subscribe s3ns"), door.command

        def broken(form: Any) -> Any:
            answered = inner(form)
            socket.drop()
            return answered

        monkeypatch.setattr(door, "command", broken)
        with pytest.raises(AssertionError, match="no acknowledgement"):
            socket.send("slash_commands", form, seconds=0.5)
        monkeypatch.setattr(door, "command", inner)
        socket.connected.clear()
        opened.client.connect()
        assert "Abonnement créé" in said(socket.send("slash_commands", form))
        assert wished(door) == ["s3ns"]
        opened.client.auto_reconnect_enabled = False
        socket.drop()
        opened.stop()
