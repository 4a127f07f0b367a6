"""What the memory says of mails is what the server received, whatever broke at which message."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from mail_server import DROP, MailServer, mail_server
from office import Office

from notifiers.mail.notifier import Mail
from notifiers.mail.reports import told_by
from state.file.opening import open_store
from state.owed import subscriptions
from state.words.post import Owed, Receipt

RSSI, DPO, BUYER = "rssi@chu.example", "dpo@chu.example", "achats@chu.example"
FAULTS = ("450 4.2.0 greylisted", "451 4.3.0 busy", "421 4.3.2 closing", DROP)
FIRMS = 5


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def work_off(office: Office, rounds: int = 40) -> tuple[Owed, ...]:
    """Delivers until nothing waits; what became of it."""
    for _ in range(rounds):
        office.deliver()
        owed = office.owed("C1")
        if all(one.state in ("sent", "given_up") for one in owed):
            return owed
        with open_store(office.url) as store:
            subscriptions.resume(store, "C1", office.now)
        office.now += timedelta(hours=7)
    raise AssertionError([(one.state, one.error) for one in owed])


def received(server: MailServer) -> Counter[tuple[str, str]]:
    return Counter((str(one.mail["Message-ID"]), one.recipient) for one in server.got)


def ledger(owed: tuple[Owed, ...]) -> set[tuple[str, str]]:
    return {
        (id, recipient)
        for one in owed
        for id, told in told_by(Receipt(id=one.receipt)).items()
        for recipient in told
    }


@pytest.mark.parametrize("at", [0, FIRMS // 2, FIRMS - 1], ids=["first", "middle", "last"])
@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_one_message_loses_none_and_doubles_only_what_was_in_doubt(
    office: Office, mailing: Callable[..., Mail], fault: str, step: str, at: int
) -> None:
    # Two recipients: each message has two of every step.
    with mail_server(answers={step: [""] * (2 * at) + [fault]}) as server:
        office.lines["C1"] = mailing(server.port, RSSI, DPO)  # type: ignore[assignment]
        office.see(FIRMS)
        owed = work_off(office)
        assert len(owed) == FIRMS
        assert ledger(owed) == set(received(server))
        assert len(ledger(owed)) == 2 * FIRMS
        twice = [key for key, times in received(server).items() if times > 1]
        assert len(twice) == (1 if (step, fault) == ("data", DROP) else 0)


@pytest.mark.parametrize("seed", range(6))
def test_the_ledger_is_true_in_any_weather(office: Office, mailing: Callable[..., Mail], seed: int) -> None:
    weather = random.Random(seed)
    lasting = ("550 5.1.1 no such user", "550 5.7.1 not from you", "554 5.6.0 bad form")
    storm = [weather.choice([*FAULTS, *lasting, *[""] * 10]) for _ in range(60)]
    answers = {"mail": storm[:10], "rcpt": storm[10:35], "data": storm[35:]}
    with mail_server(answers=answers) as server:
        office.lines["C1"] = mailing(server.port, RSSI, DPO, BUYER)  # type: ignore[assignment]
        office.see(FIRMS)
        owed = work_off(office)
        assert ledger(owed) == set(received(server))
        told = Counter(recipient for _, recipient in ledger(owed))
        missed = sum(one.state == "given_up" or bool(one.reasons) for one in owed)
        assert sum(told.values()) == 3 * FIRMS or missed, "who has nothing has a reason"
