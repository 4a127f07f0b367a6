"""Taking back the newest look: nothing of it stands, nobody is told, and the record stays whole."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

import pytest
from command_line import SOURCE, CommandLine

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
RENEWED = "secnumcloud | OVH | Bare Metal Pod | 2026_9 | 2026-03-02 | 2029-03-02"
BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
REASON = "the wrong file"


def answers(cli: CommandLine) -> list[Any]:
    """All that a person can ask of the memory on one day."""
    asked = (
        ("history",),
        ("listing", "secnumcloud"),
        ("was", "bleu", "secnumcloud", "2026-03-04"),
        ("provider", "ovhcloud"),
        ("sources",),
        ("race", "bleu", "ovhcloud"),
    )
    return [json.loads(cli(*words, "--format", "json", now="2026-03-20").stdout) for words in asked]


def forget(cli: CommandLine, run: int) -> str:
    result = cli("forget", str(run), "--reason", REASON, now="2026-03-20")
    assert result.exit_code == 0, result.output
    return result.output


def test_after_forgetting_every_answer_is_what_it_was_before_the_look(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    cli.see("2026-03-02", RENEWED)
    before = answers(cli)
    cli.see("2026-03-04", OVH, BLEU)

    assert answers(cli) != before
    assert "Run 3 of anssi-catalogue is forgotten, and 2 events with it" in forget(cli, 3)
    assert answers(cli) == before


def test_looks_are_forgotten_one_after_the_other_from_the_newest_on(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    before = answers(cli)
    cli.see("2026-03-02", RENEWED, BLEU)
    cli.see("2026-03-04", BLEU)
    refused = cli("forget", "2", "--reason", REASON)

    assert refused.exit_code == 1
    assert "run 2 is not the newest look at anssi-catalogue: run 3 is" in refused.stderr
    forget(cli, 3)
    forget(cli, 2)
    assert answers(cli) == before
    assert "the same, byte for byte" in cli("replay").stdout


def test_the_first_look_forgotten_leaves_a_source_that_was_never_read(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    forget(cli, 1)
    [source] = [one for one in cli.json("sources") if one["source"] == SOURCE]

    assert (source["state"], source["last_look"], source["rows"]) == ("never", None, {})
    assert cli.json("history") == []
    assert "First look" in cli.see("2026-02-01", OVH).stdout


def test_older_pages_can_be_imported_once_the_newer_look_is_forgotten(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    cli.see("2026-03-10", OVH, BLEU)
    page = cli.page("2026-03-04", [OVH, BLEU], "between.txt")
    refused = cli("import", SOURCE, str(page), "--seen-at", "2026-03-05")

    assert "`vigilabel forget 2 --reason TEXT` takes the last one back" in refused.stderr
    forget(cli, 2)
    assert cli("import", SOURCE, str(page), "--seen-at", "2026-03-05", now="2026-03-20").exit_code == 0
    [gained] = cli.json("history", "--provider", "bleu", now="2026-03-20")
    assert gained["seen_at"].startswith("2026-03-05")
    assert "the same, byte for byte" in cli("replay", now="2026-03-20").stdout


def test_what_was_owed_and_not_sent_is_told_nowhere(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    cli("subscribe", "secnumcloud", "--channel", "console")
    cli.see("2026-03-04", OVH, BLEU)
    forget(cli, 2)
    sent = cli("deliver", now="2026-03-21")

    assert "Bleu" not in sent.stdout
    assert "nothing is due" in sent.stderr
    assert REASON in cli("why", "2").stdout


def test_what_was_told_is_named_with_the_way_to_take_it_back(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    cli("subscribe", "secnumcloud", "--channel", "console")
    cli.see("2026-03-04", OVH, BLEU)
    cli("deliver")

    assert "console had been told of event 2: `vigilabel retract 2`" in forget(cli, 2)
    assert "Channels that were told of it, and hear this: 1." in cli("retract", "2", "--reason", "so").stdout
    assert REASON in cli("deliver", now="2026-03-21").stdout


def test_an_event_of_a_forgotten_look_is_shown_as_taken_back_in_its_evidence(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    cli.see("2026-03-04", OVH, BLEU)
    forget(cli, 2)
    file = cli.room / "bleu.zip"
    cli("evidence", "2", "--out", str(file))
    verified = cli("verify", str(file))

    assert verified.exit_code == 0
    assert f"TAKEN BACK  {REASON}" in re.sub(r" {2,}", "  ", verified.stdout)


def test_a_forgotten_look_is_neither_approved_nor_forgotten_again(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    cli.see("2026-03-04", OVH, BLEU)
    forget(cli, 2)

    assert f"run 2 was forgotten: {REASON}" in cli("approve", "2", "--reason", "no").stderr
    assert f"run 2 was forgotten already: {REASON}" in cli("forget", "2", "--reason", "again").stderr
    assert cli("forget", "9", "--reason", REASON).exit_code == 1
    assert cli("forget", "1", "--reason", " ").exit_code == 2


def test_a_removal_that_waited_waits_again_as_before_the_forgotten_look(cli: CommandLine) -> None:
    rows = [OVH, BLEU]
    for day, shown in (("2026-03-01", rows), ("2026-03-02", [BLEU]), ("2026-03-03", rows)):
        page = cli.page("-", shown, f"{day}.txt")
        cli("import", SOURCE, str(page), now=f"{day}T20:00")
    was = ("was", "ovhcloud", "secnumcloud", "2026-03-02")
    assert cli.json(*was, now="2026-03-04")[0]["basis"] == "unconfirmed"
    forget(cli, 3)
    assert "the same, byte for byte" in cli("replay").stdout
    cli("import", SOURCE, str(cli.page("-", [BLEU], "again.txt")), now="2026-03-20T20:00")

    assert next(one["kind"] for one in cli.json("history", now="2026-03-21")) == "lost"


@pytest.mark.sqlite("meddles with a file")
@pytest.mark.parametrize(
    "statement",
    [
        "drop trigger forgotten_never_goes; delete from forgotten",
        "drop trigger forgotten_never_changes; update forgotten set reason = 'another'",
        "delete from forgotten_version",
        "delete from forgotten_ending",
    ],
)
def test_who_meddles_with_what_was_forgotten_is_found_out(cli: CommandLine, statement: str) -> None:
    cli.see("2026-03-01", OVH)
    cli.see("2026-03-04", RENEWED, BLEU)
    forget(cli, 2)
    assert cli("backup", str(cli.room / "sound.bak")).exit_code == 0
    with sqlite3.connect(cli.state) as meddler:
        meddler.executescript(statement)

    assert cli("replay").exit_code == 1


@pytest.mark.sqlite("compares the whole file")
def test_a_page_that_cannot_be_read_is_no_look_and_leaves_no_trace(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    before = cli.state.read_bytes()
    page = cli.room / "maintenance.txt"
    page.write_text("Site en maintenance")
    refused = cli("import", SOURCE, str(page), now="2027-12-01")

    assert refused.exit_code == 1
    assert "expected a first line `edition DAY`" in refused.stderr
    assert "Nothing was recorded" in refused.stderr
    assert cli.state.read_bytes() == before


def test_a_page_that_cannot_be_read_is_kept_when_asked_and_is_no_look_all_the_same(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    before = answers(cli)
    page = cli.room / "maintenance.txt"
    page.write_text("Site en maintenance")
    refused = cli("import", SOURCE, str(page), "--keep", now="2027-12-01")

    assert refused.exit_code == 1
    assert "Kept as snapshot 2; no look was recorded." in refused.stderr
    assert answers(cli) == before
