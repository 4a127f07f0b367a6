"""A mail channel from its settings to the mail: read, examined, subscribed to, told, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from command_line import CommandLine
from mail_server import mail_server
from toy_register import ToyRegister

from notifiers.mail.notifier import Mail
from watcher.errors import BadSettings
from watcher.settings import load_settings

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
RSSI, DPO = "rssi@chu.example", "dpo@chu.example"


@pytest.fixture(autouse=True)
def _unhurried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(cast("dict[str, Any]", Mail.__init__.__kwdefaults__), "pace", 0.0)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    watch = CommandLine(room=tmp_path)
    watch.see("2026-03-01", OVH)
    return watch


def set_up(port: int, *to: str, more: str = "") -> None:
    listed = ", ".join(f'"{one}"' for one in to or (RSSI,))
    Path("vigilabel.toml").write_text(
        f'[channels.equipe]\nkind = "mail"\nurl = "smtp://localhost:{port}"\n'
        f'from = "Veille <veille@chu.example>"\nto = [{listed}]\n{more}',
        encoding="utf-8",
    )


def test_a_channel_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "KIND": "mail",
        "URL": "smtps://veille:p%40ss@smtp.chu.example",
        "FROM": "veille@chu.example",
        "TO": f"{RSSI}, {DPO}, {RSSI}",
    }
    for key, value in given.items():
        monkeypatch.setenv(f"VIGILABEL_CHANNELS__EQUIPE__{key}", value)
    named = load_settings().channels["equipe"]
    assert dict(named.options) == {"from": ("", "veille@chu.example"), "to": (RSSI, DPO)}
    assert "p%40ss" not in repr(named)


GOOD = {"url": "smtp://localhost:25", "from": "a@b.example", "to": "a@b.example"}
UNFIT = {
    "equipe.url: .*needs it": {"url": None},
    "equipe.from: .*needs it": {"from": None},
    "equipe.to: .*needs it": {"to": None},
    "equipe.url: expected an address smtp://": {"url": "https://hunter2"},
    "equipe.url: expected an address smtp": {"url": "smtp://veille:hunter2#@chu.example"},
    "equipe.url: expected an address": {"url": "smtp://veille:hunter2/x@chu.example"},
    "equipe.url: expected an": {"url": "smtp://veille@chu.example"},
    "equipe.url: expected": {"url": "smtp://chu.example/hunter2"},
    "equipe.url: expecte": {"url": "smtp://veille:hunter2@chu.example:x"},
    "equipe.from: expected an address such as": {"from": "veille"},
    "equipe.from: expected an address": {"from": "a@b.example\\r\\nBcc: c@d.example"},
    "equipe.from: expected a.*two": {"from": "a@two.example, b@two.example"},
    "equipe.from: expected an": {"from": '\\"a b\\"@c.example'},
    "equipe.to: expected an address such as": {"to": "a@b.example, équipe@b.example"},
    "equipe.starttls: expected one of offered, required, never": {"starttls": "sometimes"},
    "equipe.starttls: a password never goes in the open": {
        "url": "smtp://veille:hunter2@chu.example",
        "starttls": "never",
    },
    "equipe.bcc: no such setting": {"bcc": "a@b.example"},
}


@pytest.mark.parametrize(("said", "given"), UNFIT.items(), ids=UNFIT)
def test_what_no_mail_channel_can_be_made_of_is_named_without_its_secret(
    said: str, given: dict[str, str | None]
) -> None:
    lines = [f'{key} = "{value}"' for key, value in (GOOD | given).items() if value is not None]
    Path("vigilabel.toml").write_text("\n".join(['[channels.equipe]\nkind = "mail"', *lines]), "utf-8")
    with pytest.raises(BadSettings, match=said) as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)


def test_who_subscribed_gets_a_mail_and_learns_that_it_was_wrong(cli: CommandLine) -> None:
    with mail_server() as server:
        set_up(server.port, RSSI, DPO)
        assert cli("subscribe", "bleu", "--channel", "equipe").exit_code == 0
        cli.see("2026-03-02", OVH, BLEU)
        assert cli("deliver", now="2026-03-02T21:00").exit_code == 0
        done = cli("retract", "2", "--reason", "misread", now="2026-03-03")
        assert done.exit_code == 0, done.output
        done = cli("deliver", now="2026-03-03T21:00")
        assert done.exit_code == 0, done.output
        for who in (RSSI, DPO):
            told, back = server.mails(who)
            assert "Bleu" in told["Subject"]
            assert back["In-Reply-To"] == told["Message-ID"]
            assert "misread" in str(back.get_body(("plain",)))


def test_who_subscribes_hears_at_once_that_a_recipient_is_unknown(cli: CommandLine) -> None:
    with mail_server(answers={f"rcpt:{DPO}": ["550 5.1.1 no such user"]}) as server:
        set_up(server.port, RSSI, DPO)
        said = cli("subscribe", "bleu", "--channel", "equipe")
        assert said.exit_code == 0
        assert f"the server refuses the recipient {DPO} (550: 5.1.1 no such user)" in said.output
        assert server.got == []
    assert (
        "the mail server localhost cannot be reached" in cli("subscribe", "ovh", "--channel", "equipe").output
    )


def test_a_recipient_who_is_refused_is_named_by_why(cli: CommandLine) -> None:
    with mail_server(answers={f"rcpt:{DPO}": ["550 5.1.1 no such user"] * 2}) as server:
        set_up(server.port, RSSI, DPO)
        cli("subscribe", "bleu", "--channel", "equipe")
        cli.see("2026-03-02", OVH, BLEU)
        assert cli("deliver", now="2026-03-02T21:00").exit_code == 0
    said = cli("why", "2", "--channel", "equipe", now="2026-03-03").output
    assert f"not to all: the server refuses the recipient {DPO} (550: 5.1.1 no such user)" in said


def test_doctor_says_each_step_and_sends_a_mail(cli: CommandLine) -> None:
    with mail_server(tls=True) as server:
        set_up(server.port, RSSI, DPO, more='starttls = "never"')
        said = cli("doctor", "channels")
        assert said.exit_code == 0, said.output
        assert [line.split(maxsplit=2)[-1] for line in said.output.splitlines()] == [
            f"mail server: localhost answers at port {server.port}",
            "encrypted connection: no: the server does not offer it, or it is set to never",
            "login: none: url has no user",
            f"recipient {RSSI}: accepted by the server",
            f"recipient {DPO}: accepted by the server",
            "test message: taken",
        ]
        assert [one.recipient for one in server.got] == [RSSI, DPO]
        assert server.got[0].mail["Subject"].startswith("Message d’essai du canal equipe")


@pytest.mark.parametrize(
    ("answers", "more", "said"),
    [
        (
            {},
            'starttls = "required"',
            "encrypted connection: the mail server localhost offers no",
        ),
        ({"mail": ["550 not you"]}, "", "recipient rssi@chu.example: the server refuses mail from veille@"),
        (
            {"rcpt": ["550 5.1.1 unknown"]},
            "",
            "recipient rssi@chu.example: the server refuses the recipient",
        ),
        (
            {"data": ["550 5.7.1 spam"]},
            "",
            "test message: the server refuses this message for rssi@",
        ),
        (
            {f"data:{DPO}": ["550 5.7.1 spam"]},
            "",
            f"test message: the server refuses this message for {DPO}",
        ),
    ],
)
def test_doctor_says_at_which_step_a_channel_fails(
    cli: CommandLine, answers: dict[str, list[str]], more: str, said: str
) -> None:
    with mail_server(answers=answers) as server:
        set_up(server.port, RSSI, *([DPO] if f"data:{DPO}" in answers else []), more=more)
        found = cli("doctor", "channels")
    assert found.exit_code == 1
    assert said in found.output
    assert "WRONG  equipe" in found.output
