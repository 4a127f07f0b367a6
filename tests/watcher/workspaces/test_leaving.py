"""Workspaces that go and come back: what they are owed waits, nothing is told twice, nobody else notices."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from fake_people import said
from many_workspaces import ACME, BETA, HOME, ORG, World

from notifiers.given import Secret
from state.file.opening import open_store
from state.owed import outbox
from state.workspaces import installations
from watcher.app import App

S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"
OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
HDS = "secnumcloud | SCALINGO SAS | - | 38436-2 | 2025-09-12 | 2028-09-11"
OTHERS = (HOME, BETA, ORG)


@pytest.fixture
def following(world: World) -> World:
    world.see(OVH)
    for workspace in (HOME, ACME, BETA, ORG):
        world.people(workspace).say("suivre secnumcloud")
    world.people(ACME).say("suivre secnumcloud", channel="C2")
    return world


def counts(world: World) -> dict[str, int]:
    return {one: len(world.shown(one)) for one in (HOME, ACME, BETA, ORG)}


def die(world: World, workspace: str, name: str) -> None:
    """From now on Slack refuses the token of a workspace."""
    team = world.team(workspace)
    assert team is not None
    team.dead = name


def states(world: World) -> dict[str, str]:
    with open_store(world.app.settings.state) as store:
        return {one.id: one.state for one in installations.everyone(store)}


@pytest.mark.parametrize("name", ["account_inactive", "token_revoked", "invalid_auth"])
def test_a_token_that_works_no_more_suspends_its_workspace_alone_and_we_hear_of_it(
    following: World, name: str
) -> None:
    die(following, ACME, name)
    following.see(OVH, S3NS)
    following.deliver()
    assert counts(following) == {HOME: 1, ACME: 0, BETA: 1, ORG: 1}
    assert states(following) == {"T1": "suspended", "T2": "active", "E9": "active"}
    following.deliver()
    told = following.shown(HOME, "COPS")[-1]
    assert "Espace de travail suspendu" in said(told)
    assert f"({name})" in json.dumps(told, ensure_ascii=False)
    following.see(OVH, S3NS, HDS)
    calls = len(following.slack.called("chat.postMessage"))
    following.deliver()
    assert len(following.slack.called("chat.postMessage")) == calls + 3, "nobody asks in vain again"
    following.install(ACME, "xoxb-new")
    following.deliver()
    assert counts(following) == {HOME: 2, ACME: 2, BETA: 2, ORG: 2}
    assert [len(following.shown(ACME, channel)) for channel in ("C1", "C2")] == [2, 2]
    texts = [post["text"] for post in following.shown(ACME)]
    assert ["S3NS" in texts[0], "Scalingo" in texts[1] or "SCALINGO" in texts[1]] == [True, True]
    back = said(following.shown(HOME, "COPS")[-1])
    assert "Espace de travail de retour" in back
    assert "envois en attente : 4" in back.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("kind", "more"),
    [("app_uninstalled", {}), ("tokens_revoked", {"tokens": {"oauth": [], "bot": ["UBOT"]}})],
)
@pytest.mark.parametrize("workspace", [ACME, ORG])
def test_an_uninstalled_app_is_told_and_its_token_is_forgotten(
    following: World, kind: str, more: dict[str, object], workspace: str
) -> None:
    die(following, workspace, "account_inactive")
    following.event(workspace, kind, **more)
    with open_store(following.app.settings.state) as store:
        gone = installations.find(store, workspace)
    assert gone is not None
    assert (gone.state, gone.sealed) == ("suspended", "")
    assert set(states(following).values()) == {"active", "suspended"}
    following.see(OVH, S3NS)
    following.deliver()
    assert counts(following) == {HOME: 1, ACME: 1, BETA: 1, ORG: 1} | {workspace: 0}
    answer = following.people(workspace).say("abonnements")
    assert answer["text"].endswith("/slack/install")


def test_a_late_word_that_the_app_was_taken_away_does_not_undo_its_return(following: World) -> None:
    following.event(ACME, "app_uninstalled")
    assert states(following)["T1"] == "active", "Slack takes the token"


def test_slack_out_of_reach_is_not_taken_for_a_goodbye(following: World) -> None:
    following.slack.drop(accepted=False, method="auth.test")
    following.event(ACME, "app_uninstalled")
    assert states(following)["T1"] == "active"


def test_an_answer_about_the_token_of_before_does_not_suspend_who_just_came_back(following: World) -> None:
    following.see(OVH, S3NS)
    following.install(ACME, "xoxb-new")
    die(following, ACME, "token_revoked")
    following.deliver()
    assert states(following)["T1"] == "active"
    die(following, ACME, "")
    following.now += timedelta(minutes=3)
    following.deliver()
    assert len(following.shown(ACME)) == 1


def test_what_was_in_doubt_when_a_workspace_left_is_looked_for_when_it_is_back(following: World) -> None:
    following.see(OVH, S3NS)
    following.slack.drop(accepted=True, method="chat.postMessage", times=5)
    following.deliver()
    die(following, ACME, "token_revoked")
    following.now += timedelta(minutes=3)
    following.deliver()
    following.install(ACME, "xoxb-new")
    following.now += timedelta(minutes=3)
    following.deliver()
    following.deliver()
    assert counts(following) == {HOME: 1, ACME: 1, BETA: 1, ORG: 1}
    assert len(following.shown(ACME, "C2")) == 1


def test_keys_that_open_nothing_lose_nothing(following: World) -> None:
    right = following.app
    wrong = replace(right.settings, slack_token_keys=(Secret(Fernet.generate_key().decode()),))
    following.see(OVH, S3NS)
    following.now = following.now.replace(hour=23)
    following.app = App(wrong, right.clock)
    following.deliver()
    assert counts(following) == {HOME: 1, ACME: 0, BETA: 0, ORG: 0}
    following.app = right
    for workspace in (ACME, BETA, ORG):
        following.install(workspace)
    following.deliver()
    assert counts(following) == {HOME: 1, ACME: 1, BETA: 1, ORG: 1}
    with open_store(right.settings.state) as store:
        assert {one.state for one in outbox.owed(store) if one.event} == {"sent"}
