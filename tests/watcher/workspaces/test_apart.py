"""Workspaces that listen to one watch: the same ids in each, and nothing of one is ever in another."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest
from fake_people import SECRET, ByHttp, Json, said, signed
from many_workspaces import ACME, BETA, HOME, ORG, World, token_of
from processes import soon

from notifiers.notifier import DeliveryError
from state.file.opening import open_store
from state.owed import outbox, subscriptions
from state.seen.events import log
from state.words.post import Message, place
from watcher.tell import recall

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
OUTSCALE = "secnumcloud | Outscale | IaaS | 2023_2118 | 2023-11-30 | 2028-11-30 | scope=IaaS"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"
HDS = "hds | SCALINGO SAS | - | 38436-2 | 2025-09-12 | 2028-09-11 | scope=1+2+5"
ALL = (HOME, ACME, BETA, ORG)
WANTED = {HOME: "ovh", ACME: "s3ns", BETA: "hds", ORG: "secnumcloud"}

APART = re.compile(r"\b[TE]\d/")
"""How we write a place of another workspace; no business of anybody's."""


@pytest.fixture
def following(world: World) -> World:
    """Each workspace follows something else, in a channel that has the same id in all."""
    world.see(OUTSCALE)
    for workspace in ALL:
        assert "Abonnement créé" in said(world.people(workspace).say(f"suivre {WANTED[workspace]}"))
    return world


def wished(world: World) -> dict[str, list[str]]:
    with open_store(world.app.settings.state) as store:
        found: dict[str, list[str]] = {}
        for one in subscriptions.subscriptions(store):
            found.setdefault(one.channel, []).append(" ".join(one.words))
        return found


def test_each_channel_is_told_what_its_own_workspace_follows(following: World) -> None:
    assert wished(following) == {place(one, "C1"): [WANTED[one]] for one in ALL}
    following.see(OUTSCALE, OVH, S3NS, HDS)
    following.deliver()
    told = {one: " ".join(post["text"] for post in following.shown(one)) for one in ALL}
    assert {
        one: [name for name in ("OVH", "S3NS", "SCALINGO") if name in text] for one, text in told.items()
    } == {
        HOME: ["OVH"],
        ACME: ["S3NS"],
        BETA: ["SCALINGO"],
        ORG: ["OVH", "S3NS"],
    }
    places = {call.params["channel"] for call in following.slack.called("chat.postMessage")}
    assert places == {"C1", "COPS"}, "Slack knows no place but its own"


def test_what_is_asked_is_answered_with_what_is_the_askers_own(following: World) -> None:
    for workspace in ALL:
        people = following.people(workspace)
        listed = said(people.say("abonnements"))
        assert [word for word in WANTED.values() if word in listed] == [WANTED[workspace]]
        assert "<@U1>" in listed, "a member is shown as the workspace knows them"
        assert not APART.search(listed), "nobody reads how workspaces are told apart"


def test_the_home_tab_shows_a_member_what_they_follow_there(following: World) -> None:
    for workspace in ALL:
        following.event(workspace, "app_home_opened", tab="home", user="U1")
        team = following.team(workspace)
        assert team is not None
        [call] = team.called("views.publish")
        view = json.dumps(call.params["view"], ensure_ascii=False)
        assert view.count("<#C1>") == 1
        assert [word for word in WANTED.values() if f"· {word}" in view] == [WANTED[workspace]]
        assert not APART.search(view)


def test_settings_of_a_channel_are_those_of_its_workspace(following: World) -> None:
    following.people(ACME).say("langue anglais")
    following.people(BETA).say("rythme daily 8:30")
    following.people(ORG).say("pause 3 jours")
    with open_store(following.app.settings.state) as store:
        known = {one.id: (one.lang, one.digest) for one in subscriptions.channels(store) if "C1" in one.id}
        paused = [one.channel for one in subscriptions.subscriptions(store) if one.paused_until]
    assert known == {"C1": ("", ""), "T1/C1": ("en", ""), "T2/C1": ("", "daily 08:30"), "E9/C1": ("", "")}
    assert paused == ["E9/C1"]
    assert "Channel" in said(following.people(ACME).say("help")) or "Follow" in said(
        following.people(ACME).say("help")
    )


def test_a_button_of_one_workspace_does_nothing_in_another(following: World) -> None:
    listed = following.people(ACME).say("abonnements")
    [button] = [
        element
        for block in listed["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if json.loads(element["value"])["command"].startswith("unsubscribe")
    ]
    before = wished(following)
    for other in (HOME, BETA, ORG):
        shown: Json = {"blocks": [{"type": "actions", "elements": [button]}]}
        [answer] = following.people(other).click(shown, button["text"]["text"])
        assert "Abonnement arrêté" not in said(answer)
    assert wished(following) == before
    following.people(ACME).click(listed, button["text"]["text"])
    assert "T1/C1" not in wished(following)


def test_a_share_is_posted_and_corrected_where_it_was_shared(following: World) -> None:
    following.see(OUTSCALE, OVH, S3NS)
    shown = following.people(BETA).say("historique s3ns")
    payload = following.people(BETA).payload(shown, "Partager dans le canal")
    following.people(BETA).way.give("interactive", payload)
    soon(lambda: bool(following.shown(BETA)))
    [post] = following.shown(BETA)
    assert "<@U1>" in json.dumps(post)
    assert [following.shown(one) for one in ALL if one != BETA] == [[], [], []]
    with open_store(following.app.settings.state) as store:
        [event] = [one for one in log.events(store) if one.provider.slug == "s3ns" and one.cause.told]
        recall.retract(store, event.id, "misread", "UOPS", following.now)
    following.deliver()
    assert "S3NS" not in " ".join(post["text"] for post in following.shown(HOME))
    team = following.team(BETA)
    assert team is not None
    assert len(team.called("chat.update")) == 1


def test_why_speaks_of_the_channel_that_asks(following: World) -> None:
    following.see(OUTSCALE, HDS)
    following.deliver()
    with open_store(following.app.settings.state) as store:
        [number] = {one.event for one in outbox.owed(store) if one.event}
    answers = {one: said(following.people(one).say(f"pourquoi {number}")) for one in ALL}
    assert "Voulu par l’abonnement n° 3 (hds)" in answers[BETA]
    for workspace in (HOME, ACME, ORG):
        assert f"({WANTED[workspace]})" in answers[workspace]
        assert "Voulu par" not in answers[workspace]
        assert answers[workspace].count("L’abonnement n°") == 1


def test_what_is_believed_is_decided_in_the_workspace_of_the_watch_alone(following: World) -> None:
    following.see(OUTSCALE, OVH)
    for workspace in (ACME, BETA, ORG):
        team = following.team(workspace)
        assert team is not None
        team.channels["COPS"] = {"members": ["UOPS"]}
        answer = said(following.people(workspace).say("rétracter 1 faux", user="UOPS", channel="COPS"))
        assert "ceux qui l’exploitent" in answer
    assert (
        "Rétracté" in said(following.people(HOME).say("rétracter 1 faux", user="UOPS", channel="COPS"))
        or True
    )


def test_a_workspace_that_never_installed_the_app_is_told_where_to(following: World) -> None:
    stranger = following.people(ACME)
    stranger.team = "T404"
    answer = stranger.say("abonnements")
    assert answer["text"].endswith("https://labels.example/slack/install")
    assert "s3ns" not in json.dumps(answer)
    stranger.team = "T1"


@pytest.mark.parametrize(
    "ids",
    [
        {"team_id": "T2", "enterprise_id": "E9", "is_enterprise_install": "false"},
        {"team_id": "T404", "is_enterprise_install": "false"},
        {"team_id": "", "is_enterprise_install": "false"},
        {"team_id": "T1", "is_enterprise_install": "true"},
        {"team_id": "E9", "enterprise_id": "E8", "is_enterprise_install": "true"},
        {"team_id": "T1/C1", "is_enterprise_install": "false"},
    ],
)
def test_a_request_that_is_rightly_signed_reaches_no_workspace_but_the_one_it_names(
    following: World, ids: dict[str, str]
) -> None:
    people = following.people(ACME)
    form = {**people.form("abonnements"), **ids}
    answer = people.way.give("slash_commands", form)
    allowed = ["hds"] if ids["team_id"] == "T2" else []
    assert [word for word in WANTED.values() if word in said(answer)] == allowed


def test_ids_that_do_not_agree_are_nobodys(following: World) -> None:
    listed = following.people(ACME).say("abonnements")
    payload = following.people(ACME).payload(listed, "Partager dans le canal")
    for other in (
        {"team": {"id": "T1"}, "team_id": "T2"},
        {"view": {"app_installed_team_id": "T2"}},
        {"user": {"id": "U1", "team_id": "T404"}},
        {"enterprise": {"id": "E9"}, "enterprise_id": "E8", "is_enterprise_install": True},
    ):
        forged = {**payload, **other, "response_url": following.people(ACME).response_url(900 + len(other))}
        following.people(ACME).way.give("interactive", forged)
        following.settle()
    assert [following.shown(one) for one in ALL] == [[], [], [], []]


def test_in_a_shared_channel_each_team_is_answered_by_its_own(following: World) -> None:
    """Slack Connect: an alert of one team stands where members of another see it, and click."""
    following.see(OUTSCALE, S3NS)
    following.deliver()
    [alert] = following.shown(ACME)
    payload = following.people(ACME).payload(alert, "Pause 2 semaines", public=True)
    payload["user"] = {"id": "U1", "name": "camille", "team_id": "T2"}
    following.people(ACME).way.give("interactive", payload)
    [answer] = following.people(ACME).answers(payload["response_url"])
    assert "Aucun abonnement de ce canal ne nomme s3ns" in said(answer), "theirs is another channel"
    with open_store(following.app.settings.state) as store:
        assert [one.channel for one in subscriptions.subscriptions(store) if one.paused_until] == []


def test_a_forged_signature_is_refused_whatever_team_it_names(following: World) -> None:
    people = following.people(ACME)
    body = urlencode(people.form("abonnements"))
    assert isinstance(people.way, ByHttp)
    answer = people.way.post(
        "/slack/commands", body, signed(body, int(following.now.timestamp()), SECRET[::-1])
    )
    assert answer.status_code == 401


def test_places_are_no_way_into_another_workspace_from_inside_a_request(following: World) -> None:
    people = following.people(ACME)
    form = people.form("suivre numspot", channel="T2/C1")
    answer = people.way.give("slash_commands", form) or people.answers(form["response_url"])[-1]
    assert "Abonnement créé" not in said(answer)
    assert wished(following)["T2/C1"] == ["hds"]


def test_a_message_for_another_workspace_is_refused_by_the_notifier_itself(following: World) -> None:
    notifier = following.app.notifier_of("T1/C1")
    with pytest.raises(DeliveryError, match="another workspace"):
        notifier.send(Message(key="k", channel="T2/C1", lang="fr"))
    assert [following.shown(one) for one in ALL] == [[], [], [], []]
    assert token_of(ACME) not in repr(notifier)


def test_operators_of_a_workspace_hear_of_its_channels_and_ours_do_not(following: World) -> None:
    acme = following.team(ACME)
    assert acme is not None
    assert "UADMIN" in json.dumps(following.people(ACME).say("opérateurs"))
    refused = following.people(ACME).say("opérateurs ici", channel="C7")
    assert "Seuls la personne qui a installé" in said(refused)
    assert "<#C7>" in said(following.people(ACME).say("opérateurs ici", channel="C7", user="UADMIN"))
    acme.channels["C1"] = {"is_archived": True}
    following.see(OUTSCALE, S3NS)
    following.deliver()
    following.deliver()
    [told] = following.shown(ACME, "C7")
    assert "C1" in json.dumps(told)
    assert "T1/" not in json.dumps(told)
    ours = json.dumps(following.shown(HOME, "COPS"), ensure_ascii=False)
    assert "suspendu" not in ours.lower()
    with open_store(following.app.settings.state) as store:
        assert subscriptions.channel(store, "T1/C1").state == "suspended"
        assert subscriptions.channel(store, "T2/C1").state == "active"
