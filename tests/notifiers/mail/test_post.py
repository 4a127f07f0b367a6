"""Mails handed in at a real server: who gets them, and what becomes of those whom it refuses."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from mail_server import DROP, certified, mail_server, says, scripted
from processes import soon

from notifiers.mail.notifier import Mail
from notifiers.notifier import DeliveryError
from state.model import Event, Kind
from state.words.post import Message, Receipt

RSSI, DPO, BUYER = "rssi@chu.example", "dpo@chu.example", "achats@chu.example"
SECRET = "hunter2é"
Mailing = Callable[..., Mail]


@pytest.fixture
def message(an_event: Callable[..., Event], a_message: Callable[..., Message]) -> Message:
    return a_message(an_event(Kind.GAINED), matched=("s3ns",))


def refused(mail: Mail, message: Message) -> DeliveryError:
    with pytest.raises(DeliveryError) as error:
        mail.send(message)
    return error.value


def test_each_recipient_gets_a_mail_of_their_own(mailing: Mailing, message: Message) -> None:
    with mail_server() as server:
        receipt = mailing(server.port, RSSI, DPO).send(message)
        assert [(one.author, one.recipient, one.mail["To"]) for one in server.got] == [
            ("veille@chu.example", RSSI, RSSI),
            ("veille@chu.example", DPO, DPO),
        ]
        [id] = {one.mail["Message-ID"] for one in server.got}
        assert receipt == Receipt(id=f"{id},{RSSI},{DPO}")


def test_what_begins_with_a_dot_arrives_as_it_was_written(
    mailing: Mailing, an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    with mail_server() as server:
        event = an_event(Kind.GAINED, name=".\r\n..\r\n.hidden")
        mailing(server.port).send(a_message(event))
        assert ". .. .hidden obtient" in server.got[0].part("plain")


def test_where_starttls_is_offered_it_is_taken(mailing: Mailing, message: Message) -> None:
    with mail_server(tls=True) as server:
        mailing(server.port).send(message)
        assert [one.safe for one in server.got] == [True]


def test_tls_from_the_beginning(mailing: Mailing, message: Message) -> None:
    with mail_server(safe=True) as server:
        mailing(server.port, safe=True).send(message)
        assert [one.safe for one in server.got] == [True]


@pytest.mark.parametrize(("way", "password"), [("LOGIN", "hunter2"), ("PLAIN", "hunter2"), ("PLAIN", SECRET)])
def test_a_user_logs_in_over_tls_and_only_then(
    mailing: Mailing, message: Message, way: str, password: str
) -> None:
    with mail_server(tls=True, users={"veille": password}, ways=(way,)) as server:
        mailing(server.port, user="veille", password=password).send(message)
        assert (server.logins, len(server.got)) == (1, 1)


def test_a_password_that_no_way_in_takes_is_said_so(mailing: Mailing, message: Message) -> None:
    with mail_server(tls=True, users={"veille": SECRET}, ways=("LOGIN",)) as server:
        error = refused(mailing(server.port, user="veille", password=SECRET), message)
        assert (error.permanent, error.reason.code, server.logins) == (True, "mail_login_letters", 0)


def test_a_password_never_goes_in_the_open(mailing: Mailing, message: Message) -> None:
    with scripted(says("220 hello", "250-mail\r\n250 AUTH PLAIN LOGIN", "221 bye")) as (port, heard):
        error = refused(mailing(port, user="veille", password=SECRET), message)
    assert (error.permanent, error.reason.code) == (True, "mail_no_tls")
    assert not any(b"AUTH" in line for line in heard)


@pytest.mark.parametrize(
    ("name", "greeted"),
    [("watch.chu.example", b"watch.chu.example"), ("b7c3d2", b"[127.0.0.1]"), ("a_b.chu", b"[127.0.0.1]")],
)
def test_a_machine_that_has_no_name_on_the_network_says_its_address(
    mailing: Mailing, message: Message, monkeypatch: pytest.MonkeyPatch, name: str, greeted: bytes
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: name)
    with scripted(says("220 hello", "550 5.7.1 no")) as (port, heard):
        refused(mailing(port), message)
    assert heard[0] == b"ehlo " + greeted + b"\r\n"


def test_where_starttls_is_required_nothing_is_sent_without_it(mailing: Mailing, message: Message) -> None:
    with mail_server() as server:
        error = refused(mailing(server.port, starttls="required"), message)
        assert (error.permanent, error.reason.code, server.got) == (True, "mail_no_tls", [])


@pytest.mark.parametrize("password", ["", SECRET])
def test_where_tls_fails_nothing_goes_on_without_it(
    mailing: Mailing, message: Message, password: str
) -> None:
    answers = ("220 hello", "250-mail\r\n250 STARTTLS", "454 4.7.0 TLS not available", "250 on you go")
    with scripted(says(*answers)) as (port, heard):
        error = refused(mailing(port, user=password and "veille", password=password), message)
    assert (error.permanent, error.unfit, error.reason.code) == (False, False, "mail_tls")
    assert not any(line.startswith((b"MAIL", b"AUTH", b"EHLO")) for line in heard[1:])


@pytest.mark.parametrize("way", [{"tls": True}, {"safe": True}])
def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    mailing: Mailing, message: Message, way: dict[str, bool]
) -> None:
    with mail_server(**way, users={"veille": SECRET}) as server:
        for wrong in (None, certified("another.example").trust):
            mail = mailing(server.port, safe="safe" in way, context=wrong, user="veille", password=SECRET)
            error = refused(mail, message)
            assert (error.permanent, error.ambiguous, error.reason.code) == (False, False, "mail_untrusted")
        assert (server.logins, server.got) == (0, [])


def test_a_certificate_of_another_name_is_not_believed(mailing: Mailing, message: Message) -> None:
    with mail_server(tls=True) as server:
        mail = mailing(server.port)
        wrong = replace(mail, server=replace(mail.server, host="127.0.0.1"))
        assert refused(wrong, message).reason.code == "mail_untrusted"


def test_what_somebody_on_the_way_says_before_tls_is_forgotten(mailing: Mailing, message: Message) -> None:
    def script(line: socket.socket, heard: list[bytes]) -> None:
        for answer in (b"220 hi\r\n", b"250-mail\r\n250 STARTTLS\r\n"):
            line.sendall(answer)
            heard.append(line.recv(500))
        line.sendall(b"220 go\r\n250-mail\r\n250 AUTH PLAIN\r\n")  # more than was asked, in the open
        with certified().server.wrap_socket(line, server_side=True) as safe:
            for answer in (b"250 mail\r\n", b"221 bye\r\n"):
                heard.append(safe.recv(500))
                safe.sendall(answer)

    with scripted(script) as (port, heard):
        error = refused(mailing(port, user="veille", password=SECRET), message)
    assert error.reason.code == "mail_no_login"
    assert not any(b"AUTH" in line for line in heard)


def test_a_wrong_password_suspends_and_is_repeated_nowhere(
    mailing: Mailing, message: Message, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with mail_server(tls=True, users={"veille": "other"}) as server:
        mail = mailing(server.port, user="veille", password=SECRET)
        error = refused(mail, message)
    assert (error.permanent, error.reason.code) == (True, "mail_login")
    for shown in (str(error), repr(error), repr(error.reason), repr(mail), repr(mail.server), caplog.text):
        assert SECRET not in shown
    assert error.__context__ is None


def test_a_server_that_repeats_a_password_is_not_quoted(mailing: Mailing, message: Message) -> None:
    answers = [
        "220 hi",
        "250-mail\r\n250 AUTH LOGIN PLAIN",
        f"235 welcome {SECRET}",
        f"550 5.7.1 not {SECRET}",
    ]
    with scripted(says(*answers)) as (port, _):
        mail = mailing(port, user="veille", password=SECRET)
        line = replace(mail, server=replace(mail.server, safe=False))
        error = _without_tls(line, message)
    assert error.reason.code == "mail_author"
    assert SECRET not in str(error)


def _without_tls(mail: Mail, message: Message) -> DeliveryError:
    """What a logged in conversation says, were it allowed in the open: the script speaks no TLS."""
    with mail.dialled() as talk:
        talk.connect()
        talk.log_in()
        with pytest.raises(DeliveryError) as error:
            talk.hand_in("veille@chu.example", RSSI, b"x")
    return error.value


REFUSALS = {
    ("mail", "550 5.1.8 unknown domain"): ("permanent", "mail_author"),
    ("mail", "451 4.3.0 try later"): ("", "mail_author"),
    ("mail", "552 5.3.4 too big"): ("unfit", "mail_author"),
    ("rcpt", "550 5.1.1 no such user"): ("permanent", "mail_recipient"),
    ("rcpt", "552 5.2.2 mailbox full"): ("permanent", "mail_recipient"),
    ("rcpt", "450 4.2.0 greylisted"): ("", "mail_recipient"),
    ("data", "552 5.3.4 too big"): ("unfit", "mail_content"),
    ("data", "552 too big"): ("unfit", "mail_content"),
    ("data", "554 5.6.0 bad form"): ("unfit", "mail_content"),
    ("data", "554 not wanted"): ("unfit", "mail_content"),
    ("data", "550 5.7.26 unauthenticated mail of this domain"): ("permanent", "mail_content"),
    ("data", "451 4.7.1 later"): ("", "mail_content"),
    ("data", "421 4.3.2 closing"): ("", "mail_content"),
}


@pytest.mark.parametrize(("given", "expected"), REFUSALS.items(), ids=[f"{s} {a}" for s, a in REFUSALS])
def test_what_a_refusal_means(
    mailing: Mailing, message: Message, given: tuple[str, str], expected: tuple[str, str]
) -> None:
    step, answer = given
    with mail_server(answers={step: [answer]}) as server:
        error = refused(mailing(server.port), message)
    meant = [name for name in ("permanent", "unfit", "ambiguous") if getattr(error, name)]
    assert ([expected[0]] if expected[0] else [], expected[1]) == (meant, error.reason.code)
    assert answer.split(maxsplit=1)[1] in str(error)


def test_one_who_is_refused_keeps_no_other_from_being_told(mailing: Mailing, message: Message) -> None:
    with mail_server(answers={f"rcpt:{DPO}": ["550 5.1.1 no such user"]}) as server:
        receipt = mailing(server.port, RSSI, DPO, BUYER).send(message)
        assert [one.recipient for one in server.got] == [RSSI, BUYER]
        [missed] = receipt.missed
        assert (missed.code, missed.values["recipient"]) == ("mail_recipient", DPO)


def test_who_has_the_mail_does_not_get_it_again_when_another_is_put_off(
    mailing: Mailing, message: Message
) -> None:
    with mail_server(answers={f"rcpt:{RSSI}": ["450 4.2.0 greylisted"]}) as server:
        mail = mailing(server.port, RSSI, DPO)
        error = refused(mail, message)
        assert (error.permanent, error.unfit, error.ambiguous) == (False, False, False)
        receipt = mail.send(replace(message, told=error.told))
        assert [one.recipient for one in server.got] == [DPO, RSSI]
        assert receipt.missed == ()


def test_where_everybody_is_refused_the_channel_is_suspended(mailing: Mailing, message: Message) -> None:
    with mail_server(answers={"rcpt": ["550 5.1.1 no such user"] * 2}) as server:
        error = refused(mailing(server.port, RSSI, DPO), message)
    assert (error.permanent, error.reason.code) == (True, "mail_nobody")
    assert RSSI in str(error)
    assert DPO in str(error)


@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_a_connection_lost_before_the_content_leaves_no_doubt(
    mailing: Mailing, message: Message, step: str
) -> None:
    with mail_server(answers={step: [DROP]}) as server:
        error = refused(mailing(server.port), message)
        assert (error.ambiguous, error.permanent, server.got) == (False, False, [])


def test_an_answer_lost_after_the_content_is_a_doubt_and_the_same_mail_comes_again(
    mailing: Mailing, message: Message
) -> None:
    with mail_server(answers={f"data:{DPO}": [DROP]}) as server:
        mail = mailing(server.port, RSSI, DPO, BUYER)
        error = refused(mail, message)
        assert (error.ambiguous, error.reason.code) == (True, "mail_doubt")
        assert mail.find(message) is None
        mail.send(replace(message, told=error.told))
        assert [one.recipient for one in server.got] == [RSSI, DPO, DPO, BUYER]
        assert len({one.mail["Message-ID"] for one in server.got}) == 1


BROKEN = {
    "greeting refused": (says("554 5.7.1 your address is blocked"), "mail_greeting", True),
    "greeting later": (says("421 4.3.2 come back"), "mail_greeting", False),
    "no mail server": (says("HTTP/1.1 400 Bad Request"), "mail_broken", False),
    "closed at once": (lambda line, heard: None, "mail_broken", False),
    "closed after the greeting": (says("220 hello"), "mail_broken", False),
}


@pytest.mark.parametrize(("script", "code", "lasting"), BROKEN.values(), ids=BROKEN)
def test_a_server_that_does_not_speak_as_it_should(
    mailing: Mailing, message: Message, script: Any, code: str, lasting: bool
) -> None:
    with scripted(script) as (port, _):
        error = refused(mailing(port), message)
    assert (error.reason.code, error.permanent, error.ambiguous) == (code, lasting, False)


def test_a_server_that_nobody_reaches(mailing: Mailing, message: Message) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = refused(mailing(port), message)
    assert (error.reason.code, error.ambiguous, error.permanent) == ("mail_unreached", False, False)
    nowhere = replace(mailing(port).server, host="nowhere.invalid")
    assert refused(replace(mailing(port), server=nowhere), message).reason.code == "mail_unreached"


def test_a_server_that_says_nothing_is_not_waited_for(mailing: Mailing, message: Message) -> None:
    over = threading.Event()
    with scripted(lambda line, heard: [over.wait(10)].clear()) as (port, _):
        error = refused(mailing(port, timeout=0.2), message)
        over.set()
    assert (error.reason.code, error.ambiguous) == ("mail_silent", False)


def test_a_server_that_answers_letter_by_letter_is_left_in_the_end(
    mailing: Mailing, message: Message
) -> None:
    over = threading.Event()

    def drip(line: socket.socket, heard: list[bytes]) -> None:
        while not over.wait(0.05):
            line.sendall(b"2")

    begun = time.monotonic()
    with scripted(drip) as (port, _):
        error = refused(mailing(port, timeout=5.0, longest=0.4), message)
        over.set()
    assert error.reason.code in ("mail_broken", "mail_silent")
    assert time.monotonic() - begun < 5


def test_too_many_recipients_for_one_go_are_told_in_the_next(mailing: Mailing, message: Message) -> None:
    times = iter([0.0, 0.0, 61.0])
    with mail_server() as server:
        error = refused(mailing(server.port, RSSI, DPO, elapsed=lambda: next(times)), message)
        assert (error.reason.code, error.ambiguous) == ("mail_long", False)
        mailing(server.port, RSSI, DPO).send(replace(message, told=error.told))
        assert [one.recipient for one in server.got] == [RSSI, DPO]


def test_what_was_wrong_answers_the_mail_that_said_it_to_those_who_have_it(
    mailing: Mailing, message: Message, a_retraction: Callable[[Message], Message]
) -> None:
    with mail_server(answers={f"rcpt:{DPO}": ["550 no"]}) as server:
        receipt = mailing(server.port, RSSI, DPO).send(message)
        changed = mailing(server.port, BUYER)
        changed.revise(message, receipt)
        changed.send(replace(a_retraction(message), follows=receipt))
        first, back = server.mails(RSSI)
        assert [one.recipient for one in server.got] == [RSSI, RSSI]
        assert back["In-Reply-To"] == first["Message-ID"]
        assert back["Subject"].startswith("Alerte annulée")


def test_nothing_is_left_open(mailing: Mailing, message: Message) -> None:
    before = threading.active_count()
    with mail_server() as server:
        mailing(server.port).send(message)
    soon(lambda: threading.active_count() <= before)  # a thread that has done its work may still be leaving
