"""`vigilabel doctor slack`: what is wrong with tokens, scopes, channels, and what to do about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fake_slack import FakeSlack
from one_language import strange
from toy_register import ToyRegister

from notifiers.slack.notifier import NEEDED, USEFUL
from watcher.cli import vigilabel

ROOT = Path(__file__).parents[3]


@pytest.fixture
def doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_slack: FakeSlack) -> Doctor:
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIGILABEL_SLACK__BASE_URL", fake_slack.api_url)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "VIGILABEL_OPERATORS"):
        monkeypatch.delenv(name, raising=False)
    return Doctor(monkeypatch)


class Doctor:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._set = monkeypatch.setenv

    def __call__(self, *args: str, lang: str = "en", **settings: str) -> Result:
        for name, value in settings.items():
            self._set(name, value)
        asked = ["--lang", lang, "doctor", "slack", *args]
        return CliRunner().invoke(vigilabel, asked, prog_name="vigilabel")


def test_without_a_token_it_says_where_to_get_one(doctor: Doctor) -> None:
    result = doctor()
    assert result.exit_code == 1
    assert "WRONG  bot token: SLACK_BOT_TOKEN is not set" in result.output
    assert "slack-manifest.yaml" in result.output


def test_all_is_well_with_a_token_a_channel_and_socket_mode(doctor: Doctor, fake_slack: FakeSlack) -> None:
    fake_slack.more["apps.connections.open"] = lambda _: {"ok": True, "url": "ws://127.0.0.1/"}
    result = doctor(SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1", VIGILABEL_OPERATORS="COPS")
    assert result.exit_code == 0, result.output
    assert "WRONG" not in result.output
    assert "test message: arrived in COPS" in result.output
    assert len(fake_slack.received("COPS")) == 1


def test_each_trouble_comes_with_its_way_out(doctor: Doctor, fake_slack: FakeSlack) -> None:
    fake_slack.fail("invalid_auth", method="auth.test")
    fake_slack.fail("not_allowed_token_type", method="apps.connections.open")
    result = doctor(SLACK_BOT_TOKEN="xoxb-secret", SLACK_APP_TOKEN="xapp-secret")
    assert "copy the token again" in result.output
    assert "connections:write" in result.output
    assert "secret" not in result.output
    fake_slack.channels["COPS"] = {"is_private": True, "is_member": False}
    assert "/invite @vigilabel" in doctor(VIGILABEL_OPERATORS="COPS").output
    fake_slack.channels["COPS"] = {"is_archived": True}
    assert "unarchive it" in doctor().output


@pytest.mark.parametrize(
    "channel", [{}, {"is_private": True, "is_member": False}, {"is_archived": True}], ids=str
)
@pytest.mark.parametrize("refused", ["", "auth.test", "apps.connections.open", "chat.postMessage"])
def test_whoever_asks_for_french_is_told_in_french_alone(
    doctor: Doctor, fake_slack: FakeSlack, refused: str, channel: dict[str, bool]
) -> None:
    assert strange(doctor().stdout, "fr")
    for settings in (
        {},
        {"SLACK_BOT_TOKEN": "xoxb-1"},
        {"VIGILABEL_OPERATORS": "COPS"},
        {"SLACK_SIGNING_SECRET": "s"},
        {"SLACK_APP_TOKEN": "xapp-1"},
    ):
        if refused:
            fake_slack.fail("invalid_auth", method=refused)
        fake_slack.channels["COPS"] = {"name": "ops", **channel}
        told = doctor(lang="fr", **settings)
        assert len(told.stdout.splitlines()) > 1
        assert strange(told.stdout, "fr") == []


def test_it_answers_programs_as_well(doctor: Doctor) -> None:
    read = json.loads(doctor("--format", "json").stdout)
    assert {"what", "good", "found", "fix"} == set(read[0])
    assert json.loads(doctor("--format", "json", lang="fr").stdout) == read


def test_the_manifest_asks_for_exactly_the_scopes_that_are_used() -> None:
    lines = (ROOT / "slack-manifest.yaml").read_text().splitlines()
    bot = lines[lines.index("    bot:") + 1 : lines.index("settings:")] if "    bot:" in lines else []
    asked = {line.split("#")[0].strip().removeprefix("- ").strip() for line in bot if line.strip()}
    assert asked == {*NEEDED, *USEFUL}
    assert all("#" in line for line in bot if line.strip()), "each scope says why it is asked for"
