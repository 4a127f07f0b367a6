"""A mail that comes back later is as good as refused: said, suspended, resumed; a forged one is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import getaddresses
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner, Result
from command_line import CommandLine
from mail_server import MailServer, mail_server
from returned_mails import SERVERS, Draw, headers_of, postfix, report
from toy_register import ToyRegister

from notifiers.mail.notifier import Mail
from state.file.opening import open_store
from watcher.app import App
from watcher.cli import vigilabel
from watcher.tell.letters import LEASE

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
FIRMS = [
    f"secnumcloud | {name} | Cloud | 2026_{at} | 2026-01-01 | 2029-01-01" for at, name in enumerate("ABCD")
]
RSSI, DPO, OPS = "rssi@chu.example", "dpo@chu.example", "ops@chu.example"


class Desk:
    """A watch with a channel `equipe` and operators, all by mail, and what came of it."""

    def __init__(self, room: Path, server: MailServer) -> None:
        self.cli, self.server, self.day = CommandLine(room=room), server, 1

    def set_up(self, *to: str) -> None:
        listed = ", ".join(f'"{one}"' for one in to)
        channel = (
            f'kind = "mail"\nurl = "smtp://localhost:{self.server.port}"\nfrom = "veille@chu.example"\n'
            'starttls = "never"\n'
        )
        Path("vigilabel.toml").write_text(
            f'operators = "ops"\n[channels.equipe]\n{channel}to = [{listed}]\n'
            f'[channels.ops]\n{channel}to = ["{OPS}"]\n'
        )

    def tell(self) -> bytes:
        """One more event, told to the channel: the first of its mails, as it was sent."""
        before = len(self.server.got)
        self.day += 1
        self.cli.see(f"2026-03-{self.day:02}", OVH, *FIRMS[: self.day - 1])
        self.deliver()
        return next(one.raw for one in self.server.got[before:] if one.recipient != OPS)

    def deliver(self, at: str = "21:00") -> Result:
        return self.cli("deliver", now=f"2026-03-{self.day:02}T{at}")

    def bounced(self, mail: bytes, *options: str, file: str = "") -> Result:
        words = ["--state", str(self.cli.state), "--now", f"2026-03-{self.day:02}T22:00", *options, "bounced"]
        return CliRunner().invoke(vigilabel, [*words, *([file] if file else [])], input=mail)

    def notices(self) -> list[str]:
        """What operators are told by now, a text each."""
        self.deliver("23:00")
        return [one.part("plain") for one in self.server.got if one.recipient == OPS]

    def state(self, channel: str = "equipe") -> str:
        return str(self.cli.json("subscriptions", "--channel", channel)[0]["state"])

    def why(self, event: int = 2) -> str:
        return " ".join(self.cli("why", str(event), "--channel", "equipe").stdout.split())

    def kept(self) -> list[dict[str, Any]]:
        """All that the memory has of messages, notices and channels."""
        with open_store(str(self.cli.state)) as store:
            return [
                row for table in ("message", "notice", "channel") for row in store.q(f"select * from {table}")
            ]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(cast("dict[str, Any]", Mail.__init__.__kwdefaults__), "pace", 0.0)
    with mail_server() as server:
        made = Desk(tmp_path, server)
        made.set_up(RSSI)
        made.cli.see("2026-03-01", OVH)
        assert made.cli("subscribe", "all", "--channel", "equipe").exit_code == 0
        yield made


@pytest.mark.parametrize("draw", SERVERS.values(), ids=SERVERS)
def test_a_channel_whose_only_recipient_it_was_is_suspended_with_the_words_of_the_server(
    desk: Desk, draw: Draw
) -> None:
    told = desk.bounced(draw(desk.tell(), RSSI))
    assert (told.exit_code, desk.state()) == (0, "suspended")
    assert f"mail for {RSSI} came back (5." in told.stdout
    assert "vigilabel resume equipe" in told.stdout.replace("\n", " ")
    [notice] = desk.notices()
    assert "equipe" in notice
    assert "550" in notice
    assert len(notice) < 1_500
    assert f"since then: mail for {RSSI} came back" in desk.why()


def test_what_is_owed_is_kept_until_the_channel_is_resumed(desk: Desk) -> None:
    desk.bounced(postfix(desk.tell(), RSSI))
    desk.day += 1
    desk.cli.see("2026-03-03", OVH, *FIRMS[:2])
    desk.deliver()
    assert [one for one in desk.server.mails(RSSI) if "B" in str(one["Subject"])] == []
    assert desk.cli("resume", "equipe").exit_code == 0
    desk.deliver()
    assert len(desk.server.mails(RSSI)) == 2


def test_the_same_report_twice_changes_nothing_even_after_the_channel_is_resumed(desk: Desk) -> None:
    came = postfix(desk.tell(), RSSI)
    desk.bounced(came)
    for _ in range(2):
        before = desk.kept()
        again = desk.bounced(came)
        assert (again.exit_code, desk.kept()) == (0, before)
        assert "nothing changed" in again.stdout
        desk.cli("resume", "equipe")
    assert desk.state() == "active"
    assert len(desk.notices()) == 1


def test_one_among_several_is_told_to_operators_once_and_named_by_why(desk: Desk) -> None:
    desk.set_up(RSSI, DPO)
    for _ in range(3):
        told = desk.bounced(postfix(desk.tell(), DPO))
        assert (told.exit_code, desk.state()) == (0, "active")
    [notice] = desk.notices()
    assert DPO in notice
    assert all(f"since then: mail for {DPO} came back (5.1.1" in desk.why(event) for event in (2, 3, 4))
    assert len(desk.server.mails(RSSI)) == 3


def test_reports_that_come_in_another_order_are_told_of_once_too(desk: Desk) -> None:
    desk.set_up(RSSI, DPO)
    first, second = desk.tell(), desk.tell()
    desk.bounced(postfix(second, DPO))
    desk.bounced(postfix(first, DPO))
    assert len(desk.notices()) == 1


def test_operators_hear_again_when_a_mail_did_arrive_in_between(desk: Desk) -> None:
    desk.set_up(RSSI, DPO)
    desk.bounced(postfix(desk.tell(), DPO))
    desk.tell()
    desk.bounced(postfix(desk.tell(), DPO))
    assert len(desk.notices()) == 2


def test_the_channel_is_suspended_once_nobody_of_several_is_left(desk: Desk) -> None:
    desk.set_up(RSSI, DPO)
    mail = desk.tell()
    desk.bounced(postfix(mail, DPO))
    assert desk.state() == "active"
    assert "suspended" in desk.bounced(postfix(mail, RSSI)).stdout
    assert desk.state() == "suspended"
    assert any(RSSI in one and DPO in one for one in desk.notices())


def test_who_is_no_recipient_any_more_suspends_nothing(desk: Desk) -> None:
    mail = desk.tell()
    desk.set_up(DPO)
    assert desk.bounced(postfix(mail, RSSI)).exit_code == 0
    assert desk.state() == "active"


def test_a_mail_that_was_too_long_under_way_is_given_up_and_the_channel_goes_on(desk: Desk) -> None:
    told = desk.bounced(postfix(desk.tell(), RSSI, status="4.4.1"))
    assert (told.exit_code, desk.state()) == (0, "active")
    [notice] = desk.notices()
    assert RSSI in notice
    assert "4.4.1" in notice


def test_one_behind_an_address_suspends_nothing_and_is_told_of_once(desk: Desk) -> None:
    mail = desk.tell()
    for further in ("parti@chu.example", "autre@chu.example"):
        assert desk.bounced(postfix(mail, RSSI, final=further)).exit_code == 0
    [notice] = desk.notices()
    assert "parti@chu.example" in notice
    assert desk.state() == "active"


def stranger(mail: bytes) -> bytes:
    """The same mail under a name that somebody made up, in our domain."""
    head = mail.index(b"Message-ID: <") + len(b"Message-ID: <")
    return mail[:head] + b"0" * 32 + mail[head + 32 :]


@pytest.mark.parametrize(
    "forge",
    [
        lambda mail: postfix(stranger(mail), RSSI),
        lambda mail: postfix(mail, DPO),
        lambda mail: postfix(b"Subject: no name\n\n", RSSI),
        lambda mail: postfix(mail.replace(b"@chu.example>", b"@chu.example>x", 1), "rssi"),
        lambda mail: postfix(b"Message-ID: <%>\n\n", RSSI),
        lambda mail: postfix(b"Message-ID: <rssi@chu.example>\n\n", RSSI),
    ],
    ids=["another name", "another recipient", "no name", "a part of a recipient", "a pattern", "an address"],
)
def test_a_forged_report_is_an_error_and_changes_nothing(desk: Desk, forge: Draw) -> None:
    mail = desk.tell()
    before = desk.kept()
    told = desk.bounced(forge(mail))
    assert (told.exit_code, desk.kept()) == (1, before)
    assert told.stderr.startswith("vigilabel: this report names no message")
    assert told.stderr.count("\n") == 1


ABSENT = b"Auto-Submitted: auto-replied\nSubject: Absent\n\nDe retour lundi.\n"
READ = report(
    ("text/plain", "lu"), ("message/disposition-notification", "x: y"), kind="disposition-notification"
)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_is_late_or_arrived_asks_for_nothing(desk: Desk, action: str) -> None:
    mail = desk.tell()
    before = desk.kept()
    told = desk.bounced(postfix(mail, RSSI, action=action, status="4.4.1"))
    assert (told.exit_code, desk.kept()) == (0, before)
    assert told.stdout.startswith("Nothing to do: ")
    assert told.stdout.count("\n") == 1


@pytest.mark.parametrize("mail", [ABSENT, READ], ids=["absent", "read"])
def test_the_answers_of_machines_ask_for_nothing(desk: Desk, mail: bytes) -> None:
    told = desk.bounced(mail)
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout.startswith("Nothing to do: ")
    assert told.stdout.count("\n") == 1


GARBAGE = {
    "nothing": b"",
    "bytes": bytes(range(256)) * 40,
    "a letter": b"From: rssi@chu.example\nSubject: Merci\n\nMerci.\n",
    "a report without parts": b"Content-Type: multipart/report; report-type=delivery-status\n\nno parts\n",
    "a report of nobody": report(("message/delivery-status", "Reporting-MTA: dns; relay.example\n")),
    "a report of one part": report(("text/plain", "sorry")),
    "broken parts": report(
        ("message/delivery-status; charset=\xff", "\n\n\n: \n\nAction\n"), ("message/rfc822", "")
    ),
    "too large": b"x" * ((1 << 20) + 1),
}


@pytest.mark.parametrize("mail", GARBAGE.values(), ids=GARBAGE)
def test_what_is_no_report_is_one_clear_line_and_changes_nothing(desk: Desk, mail: bytes) -> None:
    before = desk.kept()
    told = desk.bounced(mail)
    assert (told.exit_code, desk.kept()) == (1, before)
    assert told.stderr.startswith("vigilabel: this mail ")
    assert told.stderr.count("\n") == 1


def test_a_report_cut_anywhere_is_never_a_fault(desk: Desk) -> None:
    """Whatever is left of it: noted where it still names the mail and the recipient, else an error."""
    whole = postfix(desk.tell(), RSSI)
    for end in range(0, len(whole), 211):
        assert desk.bounced(whole[:end]).exit_code in (0, 1)


def test_parts_within_parts_without_end_are_no_report(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(data: bytes) -> None:
        raise RecursionError

    monkeypatch.setattr("notifiers.mail.reports.message_from_bytes", endless)
    assert desk.bounced(ABSENT).exit_code == 1


def test_what_a_server_said_forges_no_line_and_is_cut(desk: Desk) -> None:
    words = "no\x1b[31m such\u202e user " + "very " * 200
    told = desk.bounced(postfix(desk.tell(), RSSI, words=words))
    assert "\x1b" not in told.stdout
    assert "\u202e" not in told.stdout
    assert len(told.stdout) < 600


def test_a_message_still_under_way_to_others_is_said_so_and_its_report_waits(desk: Desk) -> None:
    desk.set_up(RSSI, DPO)
    desk.server.answers[f"rcpt:{DPO}"] = ["450 4.2.0 greylisted"]
    mail = desk.tell()
    before = desk.kept()
    told = desk.bounced(postfix(mail, RSSI))
    assert (told.exit_code, desk.kept()) == (1, before)
    assert "hand this mail in again later" in told.stderr
    desk.cli("deliver", now="2026-03-02T21:30")
    assert desk.bounced(postfix(mail, RSSI)).exit_code == 0
    assert RSSI in desk.why()


def test_it_is_read_from_a_file_and_said_in_french(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "revenu.eml").write_bytes(postfix(desk.tell(), RSSI).replace(b"\n", b"\r\n"))
    told = desk.bounced(b"", "--lang", "fr", file="revenu.eml")
    assert told.exit_code == 0, told.output
    said = " ".join(told.stdout.split())  # a no-break space as well
    assert said.startswith(
        "equipe : envois suspendus, car le courrier pour rssi@chu.example est revenu (5.1.1"
    )
    assert desk.bounced(b"", file="nowhere.eml").exit_code == 2


def test_what_is_returned_is_found_by_its_headers_alone(desk: Desk) -> None:
    head = headers_of(desk.tell())
    assert getaddresses([head.split("To: ")[1].split("\n")[0]])[0][1] == RSSI
    assert desk.bounced(postfix(head.encode(), RSSI)).exit_code == 0


def test_the_line_that_a_mail_server_puts_before_a_mail_for_a_program_is_none_of_it(desk: Desk) -> None:
    piped = b"From MAILER-DAEMON  Tue Mar  3 21:00:05 2026\n" + postfix(desk.tell(), RSSI)
    assert desk.bounced(piped).exit_code == 0
    assert desk.state() == "suspended"


def test_a_mail_that_comes_back_before_its_receipt_is_written_is_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relay on the same machine is faster than a message to many recipients."""
    came = postfix(desk.tell(), RSSI)
    with open_store(str(desk.cli.state)) as store:
        [sent] = store.q("select * from message where channel = 'equipe'")
        sql = (
            "update message set state = 'sending', lease_until = '2026-03-03', receipt = '', closed_at = null"
        )
        store.q(f"{sql} where key = :key", key=sent["key"])

    def settle(app: App, seconds: float) -> None:
        back = "state = 'sent', lease_until = null, receipt = :receipt, closed_at = :closed_at"
        with open_store(str(desk.cli.state)) as store:
            known = {name: sent[name] for name in ("receipt", "closed_at", "key")}
            store.q(f"update message set {back} where key = :key", **known)

    monkeypatch.setattr(App, "pause", settle)
    assert desk.bounced(came).exit_code == 0
    assert desk.state() == "suspended"


def test_a_stranger_s_report_waits_no_longer_than_a_sending_may_take(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = desk.tell()
    with open_store(str(desk.cli.state)) as store:
        store.q("update message set state = 'sending', lease_until = '2026-03-03', closed_at = null")
    waited: list[float] = []
    monkeypatch.setattr(App, "pause", lambda _, seconds: waited.append(seconds))
    assert desk.bounced(postfix(stranger(mail), RSSI)).exit_code == 1
    assert 0 < sum(waited) <= LEASE.total_seconds()
