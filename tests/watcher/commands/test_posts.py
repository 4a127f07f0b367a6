"""Telling people, from the command line: subscribe, deliver, and why."""

from __future__ import annotations

import json

import pytest
from command_line import CommandLine
from fake_slack import FakeSlack

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud | 2025_2057 | 2025-12-17 | 2028-12-17"


@pytest.fixture
def watched(cli: CommandLine) -> CommandLine:
    """A memory with one row; nothing has changed yet."""
    cli.saw(("2026-03-01", OVH))
    return cli


def test_subscribe_says_what_is_watched_and_how_to_undo_it(watched: CommandLine) -> None:
    result = watched("subscribe", "OVH", "secnumcloud", "--channel", "C0123ABCD")

    assert result.exit_code == 0
    assert "C0123ABCD is told of every notable change about OVHcloud under SecNumCloud." in result.stdout
    assert "vigilabel unsubscribe 1" in result.stdout
    assert result.stderr == ""


def test_subscribe_shows_the_last_events_it_would_have_told(watched: CommandLine) -> None:
    watched.see("2026-03-02", OVH, BLEU)
    watched.see("2026-03-03", OVH, BLEU, S3NS)

    assert "Bleu gains" in watched("subscribe", "bleu", "--channel", "console").stdout
    assert "nothing so far" in watched("subscribe", "numspot", "--channel", "console").stdout


def test_a_name_on_no_list_is_watched_as_written_and_said_so(watched: CommandLine) -> None:
    result = watched("subscribe", "secnumclod", "--channel", "console")
    [made] = watched.json("subscriptions")

    assert result.exit_code == 0
    assert "Did you mean secnumcloud" in result.stderr
    assert "It is watched as written" in result.stderr
    assert made["names"] == ["secnumclod"]


def test_subscribing_twice_is_one_subscription(watched: CommandLine) -> None:
    first = watched.json("subscribe", "bleu", "--channel", "console")
    again = watched.json("subscribe", "bleu", "--channel", "console")

    assert first[0]["id"] == again[0]["id"]
    assert len(watched.json("subscriptions")) == 1


@pytest.mark.parametrize("channel", ["console", "webhook", "C0123ABCD", "G01", "D0ABC"])
def test_the_channels_that_can_be_told(watched: CommandLine, channel: str) -> None:
    assert watched("subscribe", "all", "--channel", channel).exit_code == 0


@pytest.mark.parametrize("channel", ["#alerts", "alerts", "c0123", "<!channel>", ""])
def test_a_channel_name_is_refused_with_the_way_to_its_id(watched: CommandLine, channel: str) -> None:
    result = watched("subscribe", "all", "--channel", channel)

    assert result.exit_code == 2
    assert "a Slack channel id" in result.stderr


def slack_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGILABEL_SLACK__BASE_URL", url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")


def test_a_channel_that_nothing_can_be_sent_to_is_said_so_at_once(
    watched: CommandLine, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = watched("subscribe", "hds", "--channel", "C0123ABCD")
    assert "C0123ABCD" in told.stdout
    assert "SLACK_BOT_TOKEN" in told.stdout
    slack_at(fake_slack.api_url, monkeypatch)
    fake_slack.channels |= {
        "C0NOWHERE": {"unknown": True},
        "G0PRIVATE": {"is_private": True, "is_member": False},
        "C0OUTSIDE": {"is_member": False},
    }
    for channel, word in (
        ("C0NOWHERE", "Slack knows no channel C0NOWHERE"),
        ("G0PRIVATE", "/invite @vigilabel"),
        ("C0OUTSIDE", "would send it twice"),
    ):
        told = watched("subscribe", "hds", "--channel", channel)
        assert (told.exit_code, told.stderr) == (0, "")
        assert word in " ".join(told.stdout.split())
    assert "beware" not in watched("subscribe", "hds", "--channel", "C0KNOWN").stdout
    assert "beware" not in watched("subscribe", "hds", "--channel", "console").stdout


def test_a_script_reads_json_and_the_warning_goes_beside_it(watched: CommandLine) -> None:
    told = watched("subscribe", "hds", "--channel", "C0123ABCD", "--format", "json")
    assert "SLACK_BOT_TOKEN" in told.stderr
    assert [one["channel"] for one in json.loads(told.stdout)] == ["C0123ABCD"]


def test_a_slack_that_does_not_answer_keeps_nobody_from_subscribing(
    watched: CommandLine, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack_at(fake_slack.api_url, monkeypatch)
    fake_slack.answer(502, method="conversations.info")
    told = watched("subscribe", "hds", "--channel", "C0123ABCD")
    assert told.exit_code == 0
    assert "did not say whether channel C0123ABCD can be reached" in " ".join(told.stdout.split())
    assert len(watched.json("subscriptions")) == 1


def test_unsubscribe_ends_it_and_says_how_to_take_it_back(watched: CommandLine) -> None:
    watched("subscribe", "cloud temple", "--channel", "console")
    result = watched("unsubscribe", "1")

    assert "vigilabel subscribe 'cloud temple' --channel console" in result.stdout
    assert watched.json("subscriptions") == []
    assert watched("unsubscribe", "1").exit_code == 1


def test_deliver_sends_what_is_owed_once(watched: CommandLine) -> None:
    watched("subscribe", "all", "--channel", "console")
    watched.see("2026-03-02", OVH, BLEU)
    first, second = watched("deliver"), watched("deliver")

    assert first.exit_code == 0
    assert "Bleu obtient la qualification SecNumCloud" in first.stdout
    assert "messages: 1 sent" in first.stderr
    assert second.stdout == ""


def test_a_channel_that_cannot_be_reached_keeps_what_it_is_owed(
    watched: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched("subscribe", "all", "--channel", "C1")
    watched.see("2026-03-02", OVH, BLEU)
    refused = watched("deliver")
    [channel] = watched.json("subscriptions")
    [gained] = watched.json("history", "--provider", "bleu")
    reason = watched.json("why", str(gained["id"]))[0]
    resumed = watched("resume", "C1")

    assert refused.exit_code == 1
    assert channel["state"] == "suspended"
    assert "SLACK_BOT_TOKEN" in channel["reason"]
    assert (reason["state"], reason["channel"]) == ("suspended", "C1")
    assert "vigilabel resume C1" in reason["why"]
    assert "1 delivery is due" in resumed.stdout


def test_why_tells_what_became_of_a_message(watched: CommandLine) -> None:
    watched("subscribe", "bleu", "--channel", "console", now="2026-03-01T21:00")
    watched.see("2026-03-02", OVH, BLEU)
    [gained] = watched.json("history", "--provider", "bleu")
    due = watched("why", str(gained["id"])).stdout
    watched("deliver", now="2026-03-02T21:00")
    sent = watched.json("why", str(gained["id"]), "--channel", "console")[0]

    assert "Wanted by subscription 1 (bleu).\n  Due since" in due
    assert sent["state"] == "sent"
    assert sent["sent_at"] == "2026-03-02T20:00:00Z"
    assert sent["subscriptions"] == [{"id": 1, "words": ["bleu"], "refusal": ""}]


def test_why_tells_why_nobody_was_told(watched: CommandLine) -> None:
    """Another name, another weight, made later, ended, or a first look."""
    watched("subscribe", "numspot", "--channel", "console", now="2026-03-01T21:00")
    watched.see("2026-03-02", OVH, BLEU)
    watched("subscribe", "bleu", "--channel", "console", now="2026-03-03T21:00")
    first, gained = (event["id"] for event in reversed(watched.json("history")))
    text = watched.json("why", str(gained))[0]["why"]

    assert "subscription 1 (numspot): it watches numspot, not Bleu" in text
    assert "subscription 2 (bleu): it was made on 2026-03-03 20:00 UTC, after the event was seen" in text
    assert "cause is baseline" in watched.json("why", str(first), "--channel", "console")[0]["why"]
    assert "No subscription was ever made" in watched.json("why", str(gained), "--channel", "C9")[0]["why"]


def test_why_without_any_subscription_says_so(watched: CommandLine) -> None:
    assert "there is no subscription" in watched("why", "1").stdout


def test_why_says_what_is_read_and_not_believed_yet(cli: CommandLine) -> None:
    firms = [f"hds | Firm {n} | - | {n} | 2024-01-01 | 2027-01-01" for n in range(20)]
    cli.see("2026-03-01", *firms)
    cli.see("2026-03-02", *firms[:3])
    told = cli("why", "999")
    assert told.exit_code == 1
    assert (
        "not yet believed: anssi-catalogue, since 2026-03-02 20:00 (Paris time). hds: 17 of 20" in told.stderr
    )
    assert "still counted as listed: Firm 10, Firm 11, Firm 12, Firm 13, Firm 14, Firm 15" in told.stderr
    assert "Firm 17 and 9 more. An operator compares with the register" in told.stderr
    assert "then: `vigilabel approve 2 --reason TEXT`." in told.stderr
    event = cli.json("history", "--provider", "firm 7")[0]["id"]
    told = cli("why", str(event))
    assert told.exit_code == 0
    assert "still counted as listed: Firm 7. An operator" in told.stderr


def test_an_alias_moves_rows_and_can_be_taken_back(watched: CommandLine) -> None:
    """ "Thales Holding" is reviewed as S3NS: its row moves, and moves back; a name on the log stays."""
    watched.see("2026-03-02", OVH, "secnumcloud | Thales Holding | Cloud | 2026_7 | 2026-01-01 | 2029-01-01")
    place = ("--source", "anssi-catalogue", "--label", "secnumcloud", "--reason", "letter of 2026-02-01")
    added = watched("alias", "add", "s3ns", "Thales Holding", *place)
    listed = watched.json("alias", "list")
    moved = [row["provider"]["slug"] for row in watched.json("listing", "secnumcloud")]
    removed = watched("alias", "remove", "s3ns", "Thales Holding", *place)

    assert (added.exit_code, removed.exit_code) == (0, 0)
    assert "Rows moved: 1" in added.stdout
    assert [(one["provider"], one["name"], one["reason"]) for one in listed] == [
        ("s3ns", "Thales Holding", "letter of 2026-02-01")
    ]
    assert moved == ["ovhcloud", "s3ns"]
    assert [row["provider"]["slug"] for row in watched.json("listing", "secnumcloud")] == [
        "ovhcloud",
        "thales-holding",
    ]
    assert watched("alias", "remove", "s3ns", "Thales Holding", *place).exit_code == 1


def test_an_alias_of_an_unknown_provider_is_refused(watched: CommandLine) -> None:
    result = watched(
        "alias", "add", "nobody", "X", "--source", "anssi-catalogue", "--label", "hds", "--reason", "r"
    )

    assert result.exit_code == 1
    assert "provider nobody" in result.stderr
