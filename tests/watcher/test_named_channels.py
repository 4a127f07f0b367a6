"""Channels that operators name in their settings: read, subscribed to, told; refused where they cannot be."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from command_line import CommandLine
from fake_slack import FakeSlack
from toy_register import ToyRegister

from notifiers.channels import NAMED
from notifiers.given import Secret
from watcher.app import App
from watcher.errors import BadSettings
from watcher.settings import load_settings

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
HOOK = "https://hooks.slack.com/services/hunter2"


@pytest.fixture(autouse=True)
def _empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    watch = CommandLine(room=tmp_path)
    watch.see("2026-03-01", OVH)
    return watch


def test_channels_of_the_file_and_of_the_environment_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("vigilabel.toml").write_text(
        f'[channels.equipe]\nkind = "slack-webhook"\nurl = "{HOOK}"\n[channels.garde-nuit]\nkind = "slack"\n'
    )
    monkeypatch.setenv("VIGILABEL_CHANNELS__GARDE_NUIT__URL", "C0123ABCD")
    monkeypatch.setenv("VIGILABEL_CHANNELS__GARDE_NUIT__SECRET", "12345")
    channels = load_settings().channels
    assert set(channels) == {"equipe", "garde-nuit"}
    assert (channels["equipe"].kind, channels["equipe"].url) == ("slack-webhook", HOOK)
    assert (channels["garde-nuit"].kind, channels["garde-nuit"].url) == ("slack", "C0123ABCD")
    assert channels["garde-nuit"].options == {"secret": Secret("12345")}


HOOKED = '[channels.equipe]\nkind = "slack-webhook"\n'
BOT = '[channels.equipe]\nkind = "slack"\n'
UNFIT = {
    '[channels.equipe]\nkind = "slak"': "equipe.kind: expected one of slack, slack-webhook.*found 'slak'",
    f'[channels.equipe]\nurl = "{HOOK}"': "equipe.kind: expected the kind .* add kind, one of slack",
    HOOKED: "equipe.url: .*kind slack-webhook needs it.*add url",
    BOT: "equipe.url: .*kind slack needs it.*add url, to",
    f'{HOOKED}url = "{HOOK}"\nto = "x"': "equipe.to: no such setting; known are kind, url",
    f'{HOOKED}url = "ftp://hunter2/x"': "equipe.url: expected an address such as https://.*found ftp://…",
    f'{HOOKED}url = "hunter2"': "equipe.url: expected a whole address",
    f'{HOOKED}url = "https://[hunter2"': "equipe.url: expected a whole address",
    f'{HOOKED}url = "https://a.fr:hunter2/x"': "equipe.url: expected a whole address",
    f"{HOOKED}url = 5": "equipe.url: expected a whole address",
    f'{BOT}url = "#hunter2"': "equipe.url: expected the id of a Slack channel",
    f'{BOT}url = "C012345"\nsecret = 5': "equipe.secret: expected a text$",
    '[channels]\nequipe = "https://hunter2"': "equipe: expected a table with kind and url",
    'channels = "https://hunter2"': "channels: expected a table",
    '[channels.C0123ABCD]\nkind = "slack"': "C0123ABCD: this already is a channel",
    '[channels.webhook]\nkind = "slack"': "webhook: this already is a channel",
    '[channels.console]\nkind = "slack"': "console: this already is a channel",
    '[channels.slack]\nkind = "slack"': "slack: this already is a channel",
    '[channels.Equipe]\nkind = "slack"': "Equipe: expected a name of plain lower-case letters.*found Equipe",
    '[channels."équipe"]\nkind = "slack"': "équipe: expected a name",
    f'operators = "equipes"\n{BOT}url = "C1"': "operators: no channel equipes is named; named are equipe",
    f'canary = "ops"\n{BOT}url = "C1"': "canary: no channel ops is named; named are equipe",
    '[channels.""]\nkind = "slack"': "channels: expected a name",
}


@pytest.mark.parametrize(("text", "said"), UNFIT.items(), ids=UNFIT.values())
def test_what_no_channel_can_be_made_of_is_named_without_its_secret(text: str, said: str) -> None:
    Path("vigilabel.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings, match=said) as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)


def test_all_that_is_wrong_with_channels_is_said_at_once_and_in_french(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("vigilabel.toml").write_text(
        f'lang = "fr"\nport = "x"\n{BOT}nope = 1\n[channels.presse]\nkind = "fax"\n'
    )
    refused = cli("sources")
    assert refused.exit_code == 1
    kinds = ", ".join(kind.name for kind in NAMED)
    assert refused.stderr.replace("\u00a0", " ").splitlines() == [
        "vigilabel: réglages : channels.equipe.nope : ce réglage n’existe pas ; ceux qui existent : kind, "
        f"secret, to, url; channels.presse.kind : attendu : {kinds} ; trouvé : 'fax'; port : un nombre d’au "
        "moins 0 est attendu ; trouvé : 'x'"
    ]


def test_secrets_of_channels_are_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGILABEL_CHANNELS__EQUIPE__KIND", "slack-webhook")
    monkeypatch.setenv("VIGILABEL_CHANNELS__EQUIPE__URL", HOOK)
    monkeypatch.setenv("VIGILABEL_CHANNELS__GARDE__KIND", "slack")
    monkeypatch.setenv("VIGILABEL_CHANNELS__GARDE__TO", "C0123ABCD")
    monkeypatch.setenv("VIGILABEL_CHANNELS__GARDE__SECRET", "xoxb-hunter2")
    app = App(load_settings(), lambda: datetime.now(UTC))
    shown = repr(app.settings) + repr(app.notifier_of("equipe")) + repr(app.notifier_of("garde"))
    assert "hunter2" not in shown + repr(vars(app))


def test_several_slack_channels_and_webhooks_are_told_at_once(
    cli: CommandLine, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = FakeSlack()
    with other:
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
        monkeypatch.setenv("VIGILABEL_SLACK__BASE_URL", fake_slack.api_url)
        Path("vigilabel.toml").write_text(
            f'[channels.equipe]\nkind = "slack"\nurl = "https://acme.slack.com/archives/C0EQUIPE"\n'
            f'[channels.direction]\nkind = "slack"\nto = "C0DIRECTION"\nsecret = "xoxb-2"\n'
            f'[channels.presse]\nkind = "slack-webhook"\nurl = "{fake_slack.webhook_url}"\n'
            f'[channels.amis]\nkind = "slack-webhook"\nurl = "{other.webhook_url}"\n'
        )
        for name in ("equipe", "direction", "presse", "amis", "C0DIRECT"):
            done = cli("subscribe", "bleu", "--channel", name)
            assert done.exit_code == 0, done.output
        cli.see("2026-03-02", OVH, BLEU)
        told = cli("deliver", now="2026-03-02T21:00")
        assert told.exit_code == 0, told.output
        for place in ("C0EQUIPE", "C0DIRECTION", "C0DIRECT", "webhook"):
            assert len(fake_slack.received(place)) == 1
        assert len(other.received("webhook")) == 1
        tokens = {call.params["channel"]: call.token for call in fake_slack.called("chat.postMessage")}
        assert tokens == {"C0EQUIPE": "xoxb-1", "C0DIRECTION": "xoxb-2", "C0DIRECT": "xoxb-1"}
    why = cli("why", "2", "--channel", "equipe", "--format", "json")
    assert '"channel": "equipe"' in why.output


def test_an_unknown_name_is_refused_with_those_that_there_are(cli: CommandLine) -> None:
    Path("vigilabel.toml").write_text(f'[channels.equipe]\nkind = "slack-webhook"\nurl = "{HOOK}"\n')
    refused = cli("subscribe", "bleu", "--channel", "equipes")
    assert refused.exit_code == 2
    assert "'equipes': did you mean equipe? expected `console`," in refused.stderr
    assert "or a channel that the settings name: equipe" in refused.stderr
    assert "hunter2" not in refused.output


def test_a_channel_that_the_settings_name_no_more_keeps_what_is_owed_and_says_so(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = Path("vigilabel.toml")
    named.write_text(f'[channels.equipe]\nkind = "slack-webhook"\nurl = "{HOOK}"\n')
    assert cli("subscribe", "bleu", "--channel", "equipe").exit_code == 0
    cli.see("2026-03-02", OVH, BLEU)
    named.unlink()
    assert cli("deliver", now="2026-03-02T21:00").exit_code == 1
    assert "no channel equipe is set: add [channels.equipe]" in cli("subscriptions").output
    again = cli("deliver", now="2026-03-02T21:01")
    assert (again.exit_code, "1 kept for a suspended channel" in again.stderr) == (0, True)
    assert "nothing is due" not in again.stderr


def test_what_waits_for_its_hour_is_not_said_to_be_nothing(cli: CommandLine, fake_slack: FakeSlack) -> None:
    Path("vigilabel.toml").write_text(
        f'[channels.equipe]\nkind = "slack-webhook"\nurl = "{fake_slack.webhook_url}"\n'
    )
    cli("subscribe", "bleu", "--channel", "equipe")
    cli("digest", "equipe", "daily", "08:30")
    assert "nothing is due" in cli("deliver", now="2026-03-02T21:00").stderr
    cli.see("2026-03-02", OVH, BLEU)
    waiting = cli("deliver", now="2026-03-02T21:00").stderr
    assert "nothing can go now: 1 delivery waits for its hour or is under way" in waiting
    assert "1 sent" in cli("deliver", now="2026-03-03T08:31").stderr


def test_operators_may_listen_in_a_named_channel_or_in_one_that_needs_no_name() -> None:
    for place in ("equipe", "C0123", "#ops", "console", ""):
        Path("vigilabel.toml").write_text(f'operators = "{place}"\n{BOT}url = "C1"\n')
        assert load_settings().operators == place
    Path("vigilabel.toml").write_text('operators = "general"\n')  # Slack's own name of a channel
    assert load_settings().operators == "general"
