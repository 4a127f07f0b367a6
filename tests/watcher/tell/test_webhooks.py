"""Webhooks by the commands of an operator: every event once, in order, whatever the receiving program does.

Event 1 is that of the first look, which nobody is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from command_line import CommandLine
from hook_receiver import Receiver, Taken, Turn
from standardwebhooks.webhooks import WebhookVerificationError
from toy_register import ToyRegister

NEW, OLD = "whsec_bmV3LXNlY3JldC1mb3ItdGVzdHMtMTIzNDU2", "whsec_b2xkLXNlY3JldC1mb3ItdGVzdHMtMTIzNDU2"


@pytest.fixture
def program() -> Iterator[Receiver]:
    with Receiver() as one:
        yield one


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: Receiver) -> CommandLine:
    """A watch whose webhook `siem` is told everything."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    set_up(program, secret=NEW, allow_private=True)
    watch = CommandLine(room=tmp_path)
    watch.see("2026-03-01", row(0))
    assert watch("subscribe", "all", "low", "--channel", "siem").exit_code == 0
    return watch


def set_up(program: Receiver, **options: Any) -> None:
    lines = [f"{name} = {json.dumps(value)}" for name, value in options.items()]
    url = options.pop("url", program.url)
    head = ["[channels.siem]", 'kind = "webhook"', *([] if "url" in "".join(lines) else [f'url = "{url}"'])]
    Path("vigilabel.toml").write_text("\n".join([*head, *lines]))


def row(number: int) -> str:
    return f"passi | Firm {number} | - | 2025_{number} | 2025-01-01 | 2028-01-01"


def rows(count: int) -> list[str]:
    return [row(number) for number in range(count)]


def deliver(cli: CommandLine, program: Receiver, start: int = 1) -> None:
    """Delivers every hour until nothing is due."""
    for hour in range(start, 24):
        if "nothing is due" in cli("deliver", now=f"2026-03-03T{hour:02}:00").stderr:
            break
    assert program.turns == []


def event(taken: Taken) -> Any:
    return from_http_event(HTTPMessage(headers=dict(taken.headers), body=taken.body))


def test_a_hundred_events_are_a_hundred_requests_that_the_reference_verifier_takes(
    cli: CommandLine, program: Receiver
) -> None:
    set_up(program, secret=[NEW, OLD], allow_private=True)
    cli.see("2026-03-02", *rows(101))
    deliver(cli, program)
    log = {str(one["id"]): one for one in cli.json("history") if one["cause"] != "baseline"}
    assert program.ids() == sorted(log, key=int)
    assert len(program.got) == 100
    sources = set()
    for taken in program.got:
        read = event(taken)
        for secret in (NEW, OLD):
            assert taken.checked(secret)["data"] == log[taken.id]
        assert (read.get_id(), read.get_data(), read.get_type()) == (
            taken.id,
            log[taken.id],
            "vigilabel.event.gained",
        )
        sources.add(read.get_source())
    assert len(sources) == 1
    touched = Taken(headers=taken.headers, body=taken.body.replace(b"Firm", b"Form"))
    with pytest.raises(WebhookVerificationError):
        touched.checked(NEW)


TROUBLE = {
    "the reply is lost": Turn(lost=True),
    "it fails": Turn(status=500),
    "it asks to wait": Turn(status=429, headers={"Retry-After": "5"}),
    "it is under repair": Turn(status=503, headers={"Retry-After": "5"}),
}


@pytest.mark.parametrize("place", [0, 3, 6], ids=["first", "middle", "last"])
@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_whatever_happens_to_one_request_all_events_arrive_in_order(
    cli: CommandLine, program: Receiver, trouble: Turn, place: int
) -> None:
    program.turns = [*[Turn()] * place, trouble, trouble]
    cli.see("2026-03-02", *rows(8))
    deliver(cli, program)
    assert [one.id for one in program.once()] == [str(number) for number in range(2, 9)]
    assert program.ids() == sorted(program.ids(), key=int), "none overtook another"
    doubles = len(program.got) - 7
    assert doubles == (2 if trouble.lost else 0)
    assert {one["state"] for one in cli.json("why", "5")} == {"sent"}


def test_every_attempt_has_its_own_time_and_the_same_id_and_body(cli: CommandLine, program: Receiver) -> None:
    program.turns = [Turn(lost=True)]
    cli.see("2026-03-02", *rows(2))
    deliver(cli, program)
    first, second = program.got
    assert (first.id, first.body) == (second.id, second.body)
    assert first.checked(NEW) == second.checked(NEW)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (410, "at this address (status 410)"),
        (401, "at this address (status 401)"),
        (400, "check that the secret is the same"),
        (308, "at this address (status 308)"),
    ],
)
def test_a_program_that_takes_nothing_any_more_is_left_alone_and_loses_nothing(
    cli: CommandLine, program: Receiver, status: int, why: str
) -> None:
    program.turns = [Turn(status=status, headers={"Location": f"{program.url}/elsewhere"})]
    cli.see("2026-03-02", *rows(4))
    deliver(cli, program)
    assert program.got == []
    [fate] = cli.json("why", "2")
    assert fate["state"] == "suspended"
    assert why in fate["why"]
    cli("resume", "siem")
    deliver(cli, program)
    assert program.ids() == ["2", "3", "4"]


def test_an_event_that_a_program_can_not_take_is_given_up_and_the_next_is_told(
    cli: CommandLine, program: Receiver
) -> None:
    program.turns = [Turn(), Turn(status=413)]
    cli.see("2026-03-02", *rows(4))
    deliver(cli, program)
    assert program.ids() == ["2", "4"]
    assert [one["state"] for one in cli.json("why", "3")] == ["given_up"]


def test_a_digest_is_still_one_event_a_request_in_order(cli: CommandLine, program: Receiver) -> None:
    cli("digest", "siem", "daily", "08:30")
    cli.see("2026-03-02", *rows(9))
    cli("deliver", now="2026-03-03T07:00")
    assert program.got == []
    deliver(cli, program, start=9)
    assert program.ids() == [str(number) for number in range(2, 10)]


def test_what_is_taken_back_follows_as_a_request_of_its_own(cli: CommandLine, program: Receiver) -> None:
    cli.see("2026-03-02", *rows(3))
    deliver(cli, program)
    assert cli("retract", "2", "--reason", "misread", now="2026-03-04").exit_code == 0
    cli("deliver", now="2026-03-05")
    back = program.got[-1]
    assert (back.id, event(back).get_type()) == ("2-retracted", "vigilabel.event.retracted")
    assert back.checked(NEW)["data"]["retracted"]["reason"] == "misread"
    [known] = [one for one in cli.json("history") if one["id"] == 2]
    assert back.checked(NEW)["data"] == known


def test_an_address_in_a_network_of_ones_own_takes_nothing_unless_it_is_allowed(
    cli: CommandLine, program: Receiver
) -> None:
    set_up(program, secret=NEW, url=program.url.replace("http:", "https:"))
    cli.see("2026-03-02", *rows(2))
    assert cli("deliver", now="2026-03-03").exit_code == 1
    [fate] = cli.json("why", "2")
    assert (fate["state"], program.got) == ("suspended", [])
    assert "leads to a private or local machine" in fate["why"]


def test_it_goes_in_the_clear_only_where_that_is_allowed(cli: CommandLine, program: Receiver) -> None:
    set_up(program, secret=NEW)
    refused = cli("sources")
    assert refused.exit_code == 1
    assert "channels.siem.url: expected an address that begins with https://" in refused.stderr


@pytest.mark.parametrize(
    "secret", ["hunter2", "whsec_", "whsec_hunter2", ["whsec_!"], [NEW, OLD, NEW], [], 5, f"{NEW} hunter2"]
)
def test_a_secret_that_signs_nothing_is_refused_and_not_repeated(
    cli: CommandLine, program: Receiver, secret: object
) -> None:
    set_up(program, secret=secret, allow_private=True)
    refused = cli("sources")
    assert refused.exit_code == 1
    assert "channels.siem.secret: expected a secret such as whsec_…" in refused.stderr
    assert "hunter2" not in refused.output


def test_two_secrets_may_stand_in_one_variable(
    cli: CommandLine, program: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGILABEL_CHANNELS__SIEM__SECRET", f"{NEW},{OLD}")
    cli.see("2026-03-02", *rows(2))
    deliver(cli, program)
    [taken] = program.got
    assert taken.checked(NEW) == taken.checked(OLD)


def test_addresses_and_secrets_are_shown_nowhere(
    cli: CommandLine, program: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    program.turns = [Turn(status=500), Turn(lost=True), Turn(status=410)]
    cli.see("2026-03-02", *rows(3))
    shown = "".join(cli("deliver", now=f"2026-03-03T{hour:02}:00").output for hour in range(6))
    shown += "".join(cli(*words).output for words in (["why", "2"], ["subscriptions"], ["sources"]))
    shown += caplog.text
    assert "suspended" in shown
    assert "hunter2" not in shown
    assert NEW.removeprefix("whsec_") not in shown


def again(cli: CommandLine, *more: str, now: str = "2026-03-05") -> dict[str, Any]:
    [made] = cli.json("redeliver", "siem", "--since", "2026-03-03", *more, now=now)
    return made


def test_a_program_that_lost_all_is_sent_its_events_again_as_they_were(
    cli: CommandLine, program: Receiver
) -> None:
    cli.see("2026-03-02", *rows(9))
    deliver(cli, program)
    first = {one.id: one.body for one in program.got}
    program.got.clear()
    made = again(cli)
    assert (made["channel"], made["owed"], made["already"], made["until"]) == ("siem", 8, 0, None)
    assert again(cli)["owed"] == 0, "what is on its way already is not owed twice"
    assert again(cli)["already"] == 8
    french = cli("--lang", "fr", "redeliver", "siem", "--since", "2026-03-03").stdout
    assert "8 envois sont déjà en route, aucun autre n’est dû." in french
    cli("deliver", now="2026-03-05T01:00")
    assert {one.id: one.body for one in program.got} == first
    assert program.ids() == sorted(first, key=int)
    assert all(one.checked(NEW) for one in program.got)
    assert again(cli)["owed"] == 8, "it may be asked for once more"


def test_the_range_is_of_when_they_were_sent(cli: CommandLine, program: Receiver) -> None:
    cli.see("2026-03-02", *rows(2))
    cli("deliver", now="2026-03-03T09:00")
    cli.see("2026-03-03", *rows(3))
    cli("deliver", now="2026-03-04T09:00")
    program.got.clear()
    again(cli, "--until", "2026-03-04T09:00")
    cli("deliver", now="2026-03-05T01:00")
    assert program.ids() == ["2"]
    again(cli, "--until", "2026-03-04T09:01", now="2026-03-06")
    cli("deliver", now="2026-03-06T01:00")
    assert program.ids() == ["2", "2", "3"]


def test_what_was_taken_back_is_so_again_and_what_was_given_up_is_not_lost(
    cli: CommandLine, program: Receiver
) -> None:
    program.turns = [Turn(), Turn(status=413)]
    cli.see("2026-03-02", *rows(4))
    deliver(cli, program)
    cli("retract", "2", "--reason", "misread", now="2026-03-04")
    cli("deliver", now="2026-03-04T01:00")
    before = program.got[-1]
    program.got.clear()
    again(cli)
    cli("deliver", now="2026-03-05T01:00")
    assert program.ids() == ["2", "3", "4", "2-retracted"]
    assert program.got[0].checked(NEW)["data"]["retracted"]["reason"] == "misread"
    assert program.got[-1].body == before.body


def test_what_arrived_only_again_is_taken_back_too(cli: CommandLine, program: Receiver) -> None:
    program.turns = [Turn(status=413)]
    cli.see("2026-03-02", *rows(2))
    deliver(cli, program)
    again(cli)
    cli("deliver", now="2026-03-05T01:00")
    cli("retract", "2", "--reason", "misread", now="2026-03-06")
    cli("deliver", now="2026-03-06T01:00")
    assert program.ids() == ["2", "2-retracted"]


def test_why_tells_of_both_times_and_a_failure_on_the_second_is_put_off_in_order(
    cli: CommandLine, program: Receiver
) -> None:
    cli.see("2026-03-02", *rows(4))
    deliver(cli, program)
    again(cli)
    program.got.clear()
    program.turns = [Turn(), Turn(status=500)]
    cli("deliver", now="2026-03-05T01:00")
    [fate] = cli.json("why", "3", now="2026-03-05T01:00")
    assert fate["state"] == "sent"
    assert "Asked for again: Put off" in fate["why"]
    cli("deliver", now="2026-03-05T02:00")
    assert program.ids() == ["2", "3", "4"]
    french = cli("--lang", "fr", "why", "3").stdout.replace("\u00a0", " ")
    assert "Redemandé : " in french


def test_a_suspended_program_is_sent_again_when_it_is_mended(cli: CommandLine, program: Receiver) -> None:
    cli.see("2026-03-02", *rows(2))
    deliver(cli, program)
    program.turns = [Turn(status=410)]
    cli.see("2026-03-03", *rows(3))
    cli("deliver", now="2026-03-04")
    told = cli("redeliver", "siem", "--since", "2026-03-01")
    assert "1 delivery is owed again." in told.stdout
    assert "vigilabel resume siem" in told.stdout
    cli("resume", "siem")
    cli("deliver", now="2026-03-05T01:00")
    assert program.ids() == ["2", "3", "2"]


def test_an_empty_range_says_so_in_the_language_of_the_watch(cli: CommandLine) -> None:
    told = cli("--lang", "fr", "redeliver", "siem", "--since", "2026-03-04")
    assert told.exit_code == 0
    assert "Rien n’a été envoyé" in told.stdout


def test_people_are_not_told_again(cli: CommandLine) -> None:
    refused = cli("redeliver", "console", "--since", "2026-03-04")
    assert refused.exit_code == 2
    assert "'console' is no channel of kind = \"webhook\"" in refused.stderr
    assert "those of the settings: siem" in refused.stderr
    assert cli("redeliver", "siems", "--since", "2026-03-04").exit_code == 2
    assert cli("redeliver", "siem", "--since", "yesterday").exit_code == 2


def test_labels_that_come_together_are_told_taken_back_and_told_again(
    cli: CommandLine, program: Receiver
) -> None:
    cli("unsubscribe", "1")
    cli("subscribe", "secnumcloud+hds", "--channel", "siem")
    cloud = "secnumcloud | Wimi | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
    health = "hds | Wimi | - | 2026_2 | 2026-01-01 | 2029-01-01"
    cli.see("2026-03-02", row(0), cloud)
    cli.see("2026-03-03", row(0), cloud, health)
    cli("deliver", now="2026-03-04")
    [told] = [event(one) for one in program.got]
    assert (told.get_id(), told.get_type(), told.get_extension("together")) == (
        "3",
        "vigilabel.event.gained",
        "secnumcloud+hds",
    )
    assert "Wimi" in told.get_extension("because")
    cli("retract", "2", "--reason", "misread", now="2026-03-05")
    cli("deliver", now="2026-03-05T01:00")
    back = event(program.got[-1])
    assert (back.get_id(), back.get_type()) == ("3-apart-2", "vigilabel.event.together_retracted")
    assert (back.get_extension("reason"), "retracted" in back.get_data()) == ("misread", False)
    program.got.clear()
    again(cli, now="2026-03-06")
    cli("deliver", now="2026-03-06T01:00")
    assert program.ids() == ["3", "3-apart-2"]
    assert "together" not in program.got[0].checked(NEW), "it is not so by now"
