"""Buttons: pages, sharing, undo, pausing from an alert, and what operators decide."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from fake_people import People, said
from processes import soon
from slack_limits import block_problems

from notifiers.slack.post import event_buttons, held_buttons
from state.owed import subscriptions
from state.seen.events import log
from state.seen.looks import runs
from state.seen.taken_back import retractions
from state.words.post import Message, Notice
from watcher.app import App
from watcher.slack.doors.door import Door

MANY = [f"hds | Hébergeur {n:02} | - | {n}-1 | 2025-09-12 | 2028-09-11" for n in range(20)]


def alert(door: Door, number: int) -> dict[str, Any]:
    with door.desk.app.open_store() as store:
        return {"text": "alert", "blocks": [event_buttons(log.event(store, number), "fr")]}


def held(door: Door, run: int) -> dict[str, Any]:
    with door.desk.app.open_store() as store:
        at = runs.run(store, run).at
    notice = Notice(id=1, kind="held", subject="anssi-catalogue", text="held", at=at)
    head = {"type": "header", "text": {"type": "plain_text", "text": "Retenu"}}
    return {"text": "held", "blocks": [head, held_buttons(notice, "fr")]}


def test_a_long_answer_pages_both_ways(people: People, watching: Any) -> None:
    watching.see("2026-03-05", *MANY)
    first = people.say("listing hds")
    assert "Page 1 sur 3" in said(first)
    assert "Hébergeur 07" in said(first)
    [second] = people.click(first, "Suite")
    assert second["replace_original"] is True
    assert "Page 2 sur 3" in said(second)
    assert "Hébergeur 08" in said(second)
    assert said(people.click(second, "Précédent")[0]) == said(first)
    assert not list(block_problems(second["blocks"]))


def test_share_shows_the_answer_to_the_channel_and_names_who_shared_it(people: People) -> None:
    shared = people.share(people.say("race s3ns"), user="U7")
    assert shared["channel"] == "C1"
    assert "Partagé par <@U7> · /vigilabel course s3ns" in said(shared)
    assert "actions" not in {block["type"] for block in shared["blocks"]}


def test_undo_puts_back_what_was(people: People) -> None:
    made = people.say("subscribe s3ns")
    [undone] = people.click(made, "Annuler")
    assert "L’abonnement n° 1 est arrêté" in said(undone)
    people.click(undone, "Annuler")
    assert "2 · s3ns" in said(people.say("list"))
    spoken = people.say("lang en")
    assert "français" in said(people.click(spoken, "Undo")[0])


def test_a_click_that_slack_repeats_is_done_once(people: People, door: Door) -> None:
    payload = people.payload(people.say("race s3ns"), "Partager dans le canal")
    people.way.give("interactive", payload)
    people.say("help")  # what came before it was handled
    if hasattr(people.way, "clock"):
        people.way.clock.pass_by(seconds=5)
    people.way.give("interactive", payload)
    people.say("help")
    door.close()
    assert len(people.slack.received("C1")) == 1


def test_an_alert_opens_history_and_proof_beside_itself(people: People, door: Door) -> None:
    shown = alert(door, 3)
    [past] = people.click(shown, "Historique", public=True)
    assert past["response_type"] == "ephemeral"
    assert past["replace_original"] is False
    assert "# Historique" in said(past)
    assert "Preuve de l’événement n° 3" in said(people.click(shown, "Preuve", public=True)[0])


def test_an_alert_pauses_one_provider_and_no_other(people: People, door: Door) -> None:
    people.say("subscribe s3ns bleu")
    [shown] = people.click(alert(door, 3), "Pause 2 semaines", public=True, user="U7")
    assert shown["response_type"] == "in_channel"
    assert "Mis en pause par <@U7>" in said(shown)
    assert "Partagé" not in said(shown)
    with door.desk.app.open_store() as store:
        found = {one.names: one.paused_until for one in subscriptions.subscriptions(store)}
    assert found[("bleu",)] is None
    assert found[("s3ns",)] is not None


def test_where_nothing_is_subscribed_nothing_is_paused(people: People) -> None:
    shown = people.say("pause 2w")
    assert "Introuvable" in said(shown)
    assert "Aucun abonnement ici" in said(shown)


def test_a_pause_that_cannot_part_the_provider_from_all_others_pauses_nothing(
    team: People, door: Door
) -> None:
    team.say("subscribe all")
    [shown] = team.click(alert(door, 3), "Pause 2 semaines", public=True)
    assert shown["response_type"] == "ephemeral"
    with door.desk.app.open_store() as store:
        assert [one.paused_until for one in subscriptions.subscriptions(store)] == [None]


def mass_removal(watching: Any) -> int:
    watching.see("2026-03-05", *MANY)
    return int(watching.see("2026-03-06", *MANY[:3]))


def test_an_operator_approves_a_held_reading_and_the_message_says_who(
    people: People, door: Door, watching: Any
) -> None:
    run = mass_removal(watching)
    decided, result = people.click(held(door, run), "Approuver", public=True, answers=2, user="UOPS")
    assert decided["replace_original"] is True
    assert "Approuvée par <@UOPS>" in said(decided)
    assert "actions" not in {block["type"] for block in decided["blocks"]}
    assert f"Lecture n° {run} approuvée" in said(result)
    assert "Hébergeur 19 n’est plus listé" in said(people.say("history lost"))


def test_somebody_who_is_no_operator_any_more_decides_nothing(
    people: People, door: Door, watching: Any, fake_slack: Any
) -> None:
    run = mass_removal(watching)
    shown = held(door, run)
    fake_slack.channels["COPS"]["members"] = ["UBOT"]
    for button in ("Approuver", "Garder retenu"):
        [refused] = people.click(shown, button, public=True, user="UOPS")
        assert "Réservé aux opérateurs" in said(refused)
    assert "Réservé aux opérateurs" in said(people.say(f"approve {run} because", user="UOPS"))
    assert "Hébergeur 19 n’est plus listé" not in said(people.say("history hds lost"))


def test_a_right_that_cannot_be_checked_is_no_right(team: People, door: Door, watching: Any) -> None:
    run = mass_removal(watching)
    team.slack.fail("missing_scope", method="conversations.members")
    assert "Impossible de vérifier" in said(team.say(f"approve {run} because", user="UOPS"))


def test_what_is_approved_is_what_waits_at_the_click(team: People, door: Door, watching: Any) -> None:
    run = mass_removal(watching)
    shown = held(door, run)
    watching.see("2026-03-07", *MANY)
    [late] = team.click(shown, "Approuver", public=True, user="UOPS")
    assert "Rien n’attend d’approbation" in said(late)


def test_keep_holding_takes_the_buttons_away(team: People, door: Door, watching: Any) -> None:
    [kept] = team.click(held(door, mass_removal(watching)), "Garder retenu", public=True, user="UOPS")
    assert "Gardé retenu par <@UOPS>" in said(kept)


def test_an_operator_retracts_with_a_reason(people: People, door: Door) -> None:
    shown = people.say("why 3", channel="COPS", user="UOPS")
    payload = people.payload(shown, "Rétracter…", channel="COPS", user="UOPS")
    people.way.give("interactive", payload)
    people.say("help")
    [opened] = _called(people, "views.open")
    reply = people.way.give("interactive", submission(opened, "  mauvaise lecture  "))
    assert reply["response_action"] == "update"
    with door.desk.app.open_store() as store:
        assert retractions.retractions(store, [3])[3].reason == "mauvaise lecture"
    for asked in ("why 3", "proof 3", "history", "provider s3ns", "subscribe s3ns"):
        told = said(people.say(asked))
        assert "⚠️ Rétracté\u00a0: S3NS obtient la qualification SecNumCloud" in told, asked
        assert "Motif\u00a0: mauvaise lecture" in told
    assert "Rétracté" not in said(people.say("history hds"))


def test_a_dialogue_says_in_the_readers_language_what_slack_refused(team: People, door: Door) -> None:
    shown = team.say("why 3", channel="COPS", user="UOPS")
    payload = team.payload(shown, "Rétracter…", channel="COPS", user="UOPS")
    team.way.give("interactive", payload)
    team.say("help")
    [opened] = _called(team, "views.open")
    team.slack.fail("missing_scope", method="conversations.members")
    refused = team.way.give("interactive", submission(opened, "mauvaise lecture"))
    assert "qui est opérateur (refusé par Slack (missing_scope)" in refused["errors"]["reason"]
    with door.desk.app.open_store() as store:
        assert not retractions.retractions(store, [3])
    team.slack.fail("expired_trigger_id", method="views.open")
    [late] = team.click(shown, "Rétracter…", channel="COPS", user="UOPS")
    assert "n’a pas pu s’ouvrir (" in said(late)
    assert "expired_trigger_id" in said(late)


def test_an_alert_in_the_operators_channel_is_retracted_where_it_stands(people: People, door: Door) -> None:
    """From the alert that the notifier makes to the word that follows it."""
    slack, app = people.slack, door.desk.app
    people.say("subscribe secnumcloud", channel="COPS", user="UOPS")
    with app.open_store() as store:
        told = Message(key="k", channel="COPS", lang="fr", events=(log.event(store, 3),))
    app.notifier_of("COPS").send(told)
    [post] = slack.received("COPS")
    people.way.give("interactive", people.payload(post, "Rétracter…", public=True, channel="COPS", user="U1"))
    refused = people.answers(people.response_url(people.numbers))
    assert "Réservé aux opérateurs" in said(refused[-1])
    assert not slack.called("views.open")
    people.way.give(
        "interactive", people.payload(post, "Rétracter…", public=True, channel="COPS", user="UOPS")
    )
    [opened] = _called(people, "views.open")
    assert "S3NS obtient la qualification SecNumCloud" in said(opened)
    people.way.give("interactive", submission(opened, "mauvaise lecture"))
    with app.open_store() as store:
        assert retractions.retractions(store, [3])[3].by == "UOPS"
    assert "[Rétracter…]" not in said(people.say("why 3", channel="COPS", user="UOPS"))


@pytest.mark.parametrize(
    ("settings", "buttons"),
    [
        ({}, True),
        ({"slack_app_token": None}, True),
        ({"slack_app_token": None, "slack_signing_secret": None}, False),
    ],
)
def test_alerts_have_buttons_where_a_door_hears_them(
    settings: dict[str, Any], buttons: bool, watching: Any, fake_slack: Any
) -> None:
    app = App(replace(watching.app.settings, **settings), watching.time)
    with app.open_store() as store:
        told = Message(key="k", channel="C1", lang="fr", events=(log.event(store, 3),))
    app.notifier_of("C1").send(told)
    [post] = fake_slack.received("C1")
    assert ("[Historique] [Preuve]" in said(post)) is buttons
    assert "Rétracter" not in said(post)


def test_a_retraction_is_refused_to_everybody_else(team: People, door: Door) -> None:
    assert "Réservé aux opérateurs" in said(team.say("retract 3 wrong", user="U1"))
    view = {"private_metadata": '{"event": 3, "channel": "C1"}'}
    reply = team.way.give("interactive", submission(view, "wrong", user="U1"))
    assert reply["response_action"] == "errors"
    with door.desk.app.open_store() as store:
        assert not retractions.retractions(store, [3])


def submission(view: Mapping[str, Any], reason: str, user: str = "UOPS") -> dict[str, Any]:
    values = {"reason": {"text": {"type": "plain_text_input", "value": reason}}}
    return {
        "type": "view_submission",
        "user": {"id": user},
        "view": {
            "id": "V1",
            "hash": "1",
            "callback_id": "vigilabel.retract",
            "private_metadata": view["private_metadata"],
            "state": {"values": values},
        },
    }


def _called(people: People, method: str) -> list[dict[str, Any]]:
    import json

    soon(lambda: people.slack.called(method))
    calls = people.slack.called(method)
    return [json.loads(v) if isinstance(v := call.params["view"], str) else v for call in calls]


def test_buttons_that_are_not_ours_or_are_garbled_do_no_harm(team: People) -> None:
    shown = team.say("race s3ns")
    payload = team.payload(shown, "Partager dans le canal")
    payload["actions"][0]["value"] = "not json"
    team.way.give("interactive", payload)
    assert "plus valable" in said(team.answers(payload["response_url"])[-1])
    other = team.payload(shown, "Partager dans le canal")
    other["actions"][0]["action_id"] = "somebody.else"
    team.way.give("interactive", other)


@pytest.mark.parametrize(
    "address", [None, 7, ["https://hooks.slack.com/x"], "https://[", "https://elsewhere.example/x"]
)
def test_an_answer_goes_to_an_address_of_slack_or_nowhere(
    team: People, address: object, caplog: pytest.LogCaptureFixture
) -> None:
    shown = team.say("race s3ns")
    payload = team.payload(shown, "Partager dans le canal")
    team.way.give("interactive", {**payload, "response_url": address})
    assert "La course" in said(team.say("race"))
    assert [one.levelname for one in caplog.records if one.levelno >= logging.ERROR] == []


def test_a_double_click_is_done_once_though_slack_tells_two(team: People, door: Door, time: Any) -> None:
    team.say("subscribe s3ns bleu")
    for shown, text, public in (
        (alert(door, 3), "Pause 2 semaines", True),
        (team.say("race s3ns"), "Partager dans le canal", False),
    ):
        for payload in [team.payload(shown, text, public=public) for _ in range(2)]:
            team.way.give("interactive", payload)
        team.say("help")
        time.pass_by(seconds=5)
    door.pool.shutdown(wait=True)
    paused = [one for came in team.slack.responses.values() for one in came if "En pause" in said(one)]
    assert len(paused) == 1
    assert len(team.slack.received("C1")) == 1


def test_a_button_is_heard_again_a_moment_later(team: People, time: Any) -> None:
    shown = team.say("race s3ns")
    team.share(shown)
    time.pass_by(seconds=5)
    team.share(shown)
    assert len(team.slack.received("C1")) == 2


def test_a_button_that_outlived_a_restore_does_nothing_to_what_has_its_number_now(
    team: People, door: Door, time: Any
) -> None:
    made, shown = team.say("suivre s3ns"), alert(door, 3)
    listed = team.say("abonnements")
    with door.desk.app.open_store() as store:
        store.q("delete from subscription")  # a backup from before it is put back
    time.pass_by(hours=1)
    team.say("suivre outscale")
    for old, button in ((made, "Annuler"), (listed, "Arrêter n°\u00a01")):
        [told] = team.click(old, button)
        assert "Ce bouton n’est plus valable" in said(told)
    assert "n°\u00a01 · outscale" in said(team.say("abonnements"))
    other = {"blocks": [event_buttons(replace(event_of(door, 3), seen_at=time()), "fr", retract=True)]}
    for button in ("Preuve", "Rétracter…"):
        [told] = team.click(other, button, public=True, channel="COPS", user="UOPS")
        assert "Ce bouton n’est plus valable" in said(told)
    assert "Preuve de l’événement" in said(team.click(shown, "Preuve", public=True)[0])


def event_of(door: Door, number: int) -> Any:
    with door.desk.app.open_store() as store:
        return log.event(store, number)


def test_the_second_half_of_a_double_click_is_told_by_when_it_was_made_not_heard(
    team: People, door: Door, time: Any
) -> None:
    shown = team.say("race s3ns")
    halves = [team.payload(shown, "Partager dans le canal", public=False) for _ in range(2)]
    team.way.give("interactive", halves[0])
    soon(lambda: team.slack.received("C1"))
    time.pass_by(seconds=30)  # a desk with much to do
    team.way.give("interactive", halves[1])
    door.pool.shutdown(wait=True)
    assert len(team.slack.received("C1")) == 1
