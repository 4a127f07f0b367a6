"""What the outbox promises holds for channels that the settings name: said, suspended, resumed, recalled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import CommandLine
from fake_slack import FakeSlack
from toy_register import ToyRegister

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
S3NS = "secnumcloud | S3NS | Cloud | 2026_2 | 2026-01-01 | 2029-01-01"


@pytest.fixture
def cli(tmp_path: Path, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A watch whose team and whose operators are named channels."""
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("VIGILABEL_SLACK__BASE_URL", fake_slack.api_url)
    monkeypatch.chdir(tmp_path)
    Path("vigilabel.toml").write_text(
        'operators = "ops"\n'
        f'[channels.equipe]\nkind = "slack-webhook"\nurl = "{fake_slack.webhook_url}"\n'
        '[channels.ops]\nkind = "slack"\nurl = "C0OPS"\n'
    )
    watch = CommandLine(room=tmp_path)
    watch.see("2026-03-01", OVH)
    assert watch("subscribe", "all", "--channel", "equipe").exit_code == 0
    return watch


def told(slack: FakeSlack, place: str) -> list[str]:
    return [post["text"] for post in slack.received(place)]


def test_a_channel_that_is_gone_is_suspended_said_to_operators_and_resumed(
    cli: CommandLine, fake_slack: FakeSlack
) -> None:
    fake_slack.fail("no_service", method="webhook", status=404)
    cli.see("2026-03-02", OVH, BLEU)
    assert cli("deliver", now="2026-03-02T21:00").exit_code == 1
    assert cli("deliver", now="2026-03-02T21:05").exit_code == 0
    [notice] = told(fake_slack, "C0OPS")
    assert "equipe" in notice
    why = json.loads(cli("why", "2", "--channel", "equipe", "--format", "json").stdout)
    assert [(one["channel"], one["state"]) for one in why] == [("equipe", "suspended")]
    assert "no_service" in cli("subscriptions", "--channel", "equipe").output
    assert cli("resume", "equipe", now="2026-03-02T22:00").exit_code == 0
    assert cli("deliver", now="2026-03-02T22:00").exit_code == 0
    assert len(told(fake_slack, "webhook")) == 1
    assert "Bleu" in told(fake_slack, "webhook")[0]


def test_quiet_hours_digest_language_and_pause_are_the_named_channel_s(
    cli: CommandLine, fake_slack: FakeSlack
) -> None:
    for words in ("lang equipe en", "digest equipe weekly mon 08:30", "quiet equipe 20:00-08:00"):
        done = cli(*words.split())
        assert done.exit_code == 0, done.output
    cli.see("2026-03-02", OVH, BLEU)
    cli.see("2026-03-03", OVH, BLEU, S3NS)
    assert cli("deliver", now="2026-03-09T07:00").exit_code == 0
    assert told(fake_slack, "webhook") == []
    assert cli("deliver", now="2026-03-09T08:31").exit_code == 0
    [digest] = told(fake_slack, "webhook")
    assert "2 important changes" in digest


def test_what_is_taken_back_is_taken_back_where_it_was_told_and_nowhere_else(
    cli: CommandLine, fake_slack: FakeSlack
) -> None:
    cli("subscribe", "s3ns", "--channel", "ops")
    cli.see("2026-03-02", OVH, BLEU)
    assert cli("deliver", now="2026-03-02T21:00").exit_code == 0
    assert cli("retract", "2", "--reason", "misread", now="2026-03-02T22:00").exit_code == 0
    assert cli("deliver", now="2026-03-02T22:00").exit_code == 0
    first, follow = told(fake_slack, "webhook")
    assert "Bleu" in first
    assert "misread" in follow
    assert told(fake_slack, "C0OPS") == []


def test_a_bot_s_named_channel_is_edited_where_it_was_told(cli: CommandLine, fake_slack: FakeSlack) -> None:
    cli("subscribe", "bleu", "--channel", "ops")
    cli.see("2026-03-02", OVH, BLEU)
    assert cli("deliver", now="2026-03-02T21:00").exit_code == 0
    assert cli("retract", "2", "--reason", "misread", now="2026-03-02T22:00").exit_code == 0
    assert cli("deliver", now="2026-03-02T22:00").exit_code == 0
    [edit] = fake_slack.called("chat.update")
    assert edit.params["channel"] == "C0OPS"
    assert len(fake_slack.received("C0OPS")) == 2
