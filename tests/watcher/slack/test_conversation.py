"""A whole conversation, through each door; what it says is approved in the snapshots."""

from __future__ import annotations

import pytest
from fake_people import People, said
from slack_limits import block_problems
from syrupy.assertion import SnapshotAssertion

from watcher.slack.doors.door import Door

ASKED = (
    "help",
    "history",
    "history hds",
    "provider outscale",
    "listing secnumcloud",
    "listing hds on 2026-02-20",
    "was outscale secnumcloud 2026-02-20",
    "was outscale secnumcloud 2026-02-25",
    "race s3ns outscale numspot",
    "race outscale, scalingo; nunspot",
    "sources",
    "proof 3",
    "why 3",
    "find outscale",
    "chercher décision n° 2118 de 2023",
    "trouver cloud de confiance",
    "recherche nunspot",
)
FRENCH_SAID = {
    "subscribe ???": "«\u00a0???\u00a0» n’est ni un prestataire, ni un label, ni un type d’événement.",
    "subscribe high": "Que faut-il suivre",
    "history ???": "«\u00a0???\u00a0» n’est ni un prestataire",
}
ENGLISH_SAID = {
    "subscribe ???": "“???” is no provider, label or kind of event.",
    "subscribe high": "What should be watched?",
    "history ???": "“???” is no provider",
}
MISTYPED = (
    "histry",
    "s3ns",
    "subscribe",
    "was s3ns",
    "find",
    "find ???",
    "listing cloud",
    "was s3ns hds hier",
    "why",
    "lang de",
)


@pytest.mark.parametrize("text", [*ASKED, *MISTYPED])
def test_what_is_asked_is_answered_in_words_that_were_read_by_a_person(
    team: People, text: str, snapshot: SnapshotAssertion
) -> None:
    shown = team.say(text)
    assert not list(block_problems(shown["blocks"]))
    assert shown["response_type"] == "ephemeral"
    assert said(shown) == snapshot


def test_words_that_name_nothing_are_refused_in_the_language_of_the_channel(team: People) -> None:
    for lang, expected in (("fr", FRENCH_SAID), ("en", ENGLISH_SAID)):
        team.say(f"lang {lang}")
        for text, words in expected.items():
            assert words in said(team.say(text)), text


@pytest.mark.parametrize("text", ASKED)
def test_english_is_a_word_away(team: People, text: str, snapshot: SnapshotAssertion) -> None:
    team.say("lang en")
    assert said(team.say(text)) == snapshot


def test_a_team_subscribes_and_changes_its_mind(people: People, snapshot: SnapshotAssertion) -> None:
    words = (
        "subscribe s3ns numspot numspo",
        "subscribe s3ns numspot",
        "abonner NumSpot et S3NS",
        "pause s3ns 2w",
        "list",
        "resume",
        "digest weekly mon",
        "quiet 20:00-08:00",
        "list",
        "unsubscribe 3",
        "list",
        "digest",
        "silence",
        "langue",
        "pause",
    )
    heard = [f"» {text}\n{said(people.say(text))}" for text in words]
    assert "\n\n".join(heard) == snapshot


def test_subscriptions_belong_to_the_channel_they_were_made_in(team: People) -> None:
    team.say("subscribe s3ns", channel="C1")
    assert "Aucun abonnement" in said(team.say("list", channel="C2"))
    assert "Aucun abonnement n° 1 dans ce canal" in said(team.say("unsubscribe 1", channel="C2"))
    assert "1 · s3ns" in said(team.say("list", channel="C1"))


def test_a_name_of_several_words_is_one_name_where_only_that_is_a_provider(team: People) -> None:
    assert "Cloud Temple ou S3NS" in said(team.say("subscribe cloud temple s3ns"))


def test_a_channel_that_cannot_be_posted_to_is_said_so(team: People) -> None:
    team.slack.channels["G1"] = {"is_private": True, "is_member": False}
    assert "/invite @vigilabel" in said(team.say("subscribe hds", channel="G1"))
    assert "/invite" not in said(team.say("subscribe hds", channel="C1"))


def test_a_public_channel_that_subscribes_is_joined_or_told_why_it_should_be(team: People) -> None:
    team.slack.channels["C5"] = {"is_member": False}
    assert "sans y être" in said(team.say("subscribe hds", channel="C5"))
    assert "sans y être" not in said(team.say("list", channel="C5"))
    team.slack.scopes |= {"channels:join"}
    assert "sans y être" not in said(team.say("subscribe s3ns", channel="C5"))
    assert team.slack.channels["C5"]["is_member"] is True


def test_nothing_is_joined_where_nothing_is_followed_yet(team: People) -> None:
    team.slack.channels["C5"] = {"is_member": False}
    for text in ("subscribe", "subscribe licorne", "help"):
        team.say(text, channel="C5")
    assert team.slack.called("conversations.join") == []


def test_a_talk_between_others_is_no_place_to_subscribe(team: People) -> None:
    team.slack.scopes |= {"im:history"}
    team.slack.channels["D5"] = {"unknown": True}
    assert "tapez la commande dans un canal" in said(team.say("subscribe hds", channel="D5"))


def test_what_a_register_prints_stays_text(team: People, door: Door, watching: object) -> None:
    hostile = "hds | <!channel> *Evil* & <http://x.y> | `a` _b_ ‮gpj | 66-6 | 2025-09-12 | 2028-09-11"
    watching.see("2026-03-05", hostile)  # type: ignore[attr-defined]
    for text in ("history hds", "listing hds", 'history "<!channel> *Evil*"', "subscribe <!channel>"):
        shown = team.say(text)
        assert not list(block_problems(shown["blocks"]))
        for block in shown["blocks"]:
            if block["type"] == "context":
                assert "<!channel>" not in block["elements"][0]["text"]
        assert "<!channel>" not in shown["text"]
        assert "<!channel>" not in said(shown)  # an invisible joiner keeps it text when it is quoted
        assert "‮" not in said(shown)
