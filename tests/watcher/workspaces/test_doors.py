"""Many workspaces through one socket, and as `doctor` tells them."""

from __future__ import annotations

from dataclasses import replace

from cryptography.fernet import Fernet
from fake_people import BySocket, People, said
from fake_socket import FakeSocket
from many_workspaces import ACME, BETA, HOME, ORG, TEAMS, World, token_of

from notifiers.given import Secret
from notifiers.notifier import Probe
from notifiers.said.reasons import said as worded
from notifiers.slack import notifier
from state.file.opening import open_store
from state.model import Reason
from state.owed import subscriptions
from watcher.app import App
from watcher.doctor.channels import workspaces
from watcher.slack.doors.socket import SocketDoor
from watcher.workspaces.shut import shut


def test_one_socket_serves_all_workspaces_and_each_gets_its_own(world: World) -> None:
    with FakeSocket() as socket:
        world.slack.more["apps.connections.open"] = lambda _: {"ok": True, "url": socket.url}
        opened = SocketDoor(world.door, "xapp-test")
        opened.start()
        assert socket.connected.wait(60)
        for workspace in (HOME, ACME, BETA, ORG):
            people = People(world.slack, BySocket(socket), clock=lambda: world.now, **TEAMS[workspace])
            assert "Abonnement créé" in said(people.say("suivre numspot"))
            assert said(people.say("abonnements")).count("n°") == 2, "one, and the button that ends it"
        opened.client.auto_reconnect_enabled = False
        socket.drop()
        opened.client.message_processor.event.set()
        opened.client.enqueue_message('{"type": "goodbye"}')
        opened.stop()
    with open_store(world.app.settings.state) as store:
        made = {one.channel: one.created_by for one in subscriptions.subscriptions(store)}
    assert made == {"C1": "U1", "T1/C1": "T1/U1", "T2/C1": "T2/U1", "E9/C1": "E9/U1"}


def told(probes: list[Probe], lang: str = "fr") -> list[str]:
    def text(part: Reason | str) -> str:
        return worded(part, lang) if isinstance(part, Reason) else part

    return [f"{one.good} {text(one.what)}: {text(one.found)} {text(one.fix)}" for one in probes]


def test_no_token_is_missed_in_the_settings_where_workspaces_bring_their_own(world: World) -> None:
    bare = App(replace(world.app.settings, slack_bot_token=None), world.app.clock)
    first, *_ = notifier.probe(bare.means, ())
    assert (first.good, first.fix) == (None, "")
    alone = replace(bare.settings, slack_client_id="", slack_client_secret=None, slack_token_keys=())
    first, *_ = notifier.probe(App(alone, world.app.clock).means, ())
    assert first.good is False


def test_doctor_tells_each_workspace_and_no_token(world: World) -> None:
    world.see("hds | Host | - | 1 | 2025-03-24 | 2028-03-24")
    world.people(ACME).say("suivre hds")
    world.people(ACME).say("opérateurs ici", user="UADMIN")
    with open_store(world.app.settings.state) as store:
        shut(store, BETA, Reason.of("slack_token", name="token_revoked"), "COPS", world.now, forget=True)
    lines = told(list(workspaces(world.app)))
    assert [line.partition(" ")[0] for line in lines] == ["True", "True", "True", "None"]
    assert "https://labels.example/slack/install" in lines[0]
    [acme] = [line for line in lines if "(T1)" in line]
    assert "abonnements\u00a0: 1" in acme
    assert acme.rstrip().endswith("C1")
    [beta] = [line for line in lines if "(T2)" in line]
    assert "token_revoked" in beta
    keys = (Secret(Fernet.generate_key().decode()),)
    other = App(replace(world.app.settings, slack_token_keys=keys), world.app.clock)
    lines += told(list(workspaces(other)), "en")
    assert [line.partition(" ")[0] for line in lines[4:]] == ["True", "False", "False", "None"]
    assert not [line for line in lines if any(token_of(one) in line for one in (HOME, ACME, BETA, ORG))]
