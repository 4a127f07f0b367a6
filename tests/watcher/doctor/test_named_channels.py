"""`doctor channels`: a test message to each channel that the settings name, and what became of it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import CommandLine
from fake_slack import FakeSlack
from toy_register import ToyRegister

from watcher.doctor import channels

SECRET = "hunter2"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    monkeypatch.chdir(tmp_path)
    return CommandLine(room=tmp_path)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/{SECRET}"


def named(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch, more: str = "") -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", f"xoxb-{SECRET}")
    monkeypatch.setenv("VIGILABEL_SLACK__BASE_URL", slack.api_url)
    slack.channels |= {"C0EQUIPE": {"id": "C0EQUIPE", "name": "equipe", "is_member": True}}
    Path("vigilabel.toml").write_text(
        '[channels.equipe]\nkind = "slack"\nurl = "C0EQUIPE"\n'
        f'[channels.presse]\nkind = "slack-webhook"\nurl = "{slack.webhook_url}"\n{more}'
    )


def test_each_channel_gets_a_test_message_and_each_step_is_a_line(
    cli: CommandLine, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(fake_slack, monkeypatch)
    told = cli("--lang", "fr", "doctor", "channels")
    assert told.exit_code == 0, told.output
    steps = [" ".join(line.split()[:2]) for line in told.stdout.splitlines()]
    assert steps == ["ok equipe"] * 3 + ["ok presse"]
    assert [len(fake_slack.received(place)) for place in ("C0EQUIPE", "webhook")] == [1, 1]
    assert "vigilabel doctor channels" in fake_slack.received("webhook")[0]["text"]
    assert SECRET not in told.output


def test_one_that_refuses_is_said_with_what_to_do_and_the_others_are_tried(
    cli: CommandLine, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(fake_slack, monkeypatch)
    fake_slack.fail("no_service", method="webhook", status=404)
    told = cli("doctor", "channels")
    assert told.exit_code == 1
    assert (
        "WRONG  presse  test message: Slack refused (no_service): create a new incoming webhook"
        in told.stdout
    )
    assert "-> copy the address again" in told.stdout
    assert "channels: to be fixed: presse" in told.stderr
    assert len(fake_slack.received("C0EQUIPE")) == 1
    answered = json.loads(cli("doctor", "channels", "--format", "json").stdout)
    assert [(one["channel"], one["good"]) for one in answered] == [("equipe", True)] * 3 + [("presse", True)]


def test_a_channel_can_be_tried_alone(
    cli: CommandLine, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(fake_slack, monkeypatch)
    told = cli("doctor", "presse")
    assert (told.exit_code, told.stdout.split()) == (0, ["ok", "presse", "test", "message:", "taken"])
    assert fake_slack.received("C0EQUIPE") == []


def test_a_silent_server_is_left_at_the_deadline_and_keeps_no_answer_of_another(
    cli: CommandLine, fake_slack: FakeSlack, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(fake_slack, monkeypatch, f'[channels.muet]\nkind = "slack-webhook"\nurl = "{silent}"\n')
    monkeypatch.setattr(channels, "PATIENCE", 2.0)
    told = cli("doctor", "channels")
    assert told.exit_code == 1
    assert "WRONG  muet    test message: no answer within 2 s" in told.stdout
    assert "ok     presse  test message: taken" in told.stdout
    assert SECRET not in told.output


def test_a_bug_in_one_notifier_hides_nothing_of_another(
    cli: CommandLine, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(fake_slack, monkeypatch)

    def broken(*_: object) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr("notifiers.slack.webhook._tried", broken)
    told = cli("doctor", "channels")
    assert told.exit_code == 1
    assert "WRONG  presse  test message: our notifier failed with KeyError" in told.stdout
    assert "ok     equipe  test message: arrived" in told.stdout
    assert SECRET not in told.stdout


def test_where_no_channel_is_named_it_says_how_to(cli: CommandLine) -> None:
    told = cli("doctor", "channels")
    assert (told.exit_code, told.stdout) == (
        0,
        "The settings name no channel: add [channels.NAME] with kind and url.\n",
    )
