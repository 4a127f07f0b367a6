"""Looks from the command line: live on the loopback, from saved pages, and rehearsed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from command_line import SOURCE, CommandLine
from toy_register import ToyRegister

from scrapers.source import Bounds
from state.file import claims
from state.file.opening import open_store
from state.model import Listing, Page
from watcher.demo.register import Replay, replaying
from watcher.planned.looks import LONGEST

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
TEN = [f"secnumcloud | Holder {n} | S | 2026_{n} | 2026-01-01 | 2029-01-01" for n in range(10)]


@pytest.fixture
def register(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """The toy register, live on the loopback."""
    with replaying("/list") as shown:
        monkeypatch.setenv("VIGILABEL_SOURCES__ANSSI_CATALOGUE__URL", shown.url)
        monkeypatch.setenv("VIGILABEL_SOURCES__ANSSI_CATALOGUE__PACE", "0")
        yield shown


def show(register: Replay, edition: str, *rows: str) -> None:
    register.show("\n".join((f"edition {edition}", *rows)).encode(), "text/plain")


def test_scrape_looks_at_the_live_register_and_records(cli: CommandLine, register: Replay) -> None:
    show(register, "2026-03-04", OVH)
    cli("scrape")
    show(register, "2026-03-05", OVH, BLEU)
    [look] = cli.json("scrape", SOURCE, now="2026-03-06")

    assert set(look) == {
        "source",
        "outcome",
        "message",
        "run",
        "edition_at",
        "rows",
        "held",
        "events",
        "missing",
    }
    assert (look["source"], look["outcome"], look["rows"]) == (SOURCE, "ok", {"secnumcloud": 2})
    assert [(event["kind"], event["provider"]["slug"]) for event in look["events"]] == [("gained", "bleu")]
    assert next(event["kind"] for event in cli.json("history")) == "gained"


def test_a_look_that_another_process_makes_is_not_doubled(cli: CommandLine, register: Replay) -> None:
    show(register, "2026-03-04", OVH)
    cli("scrape")
    at = datetime(2026, 3, 6, tzinfo=UTC)
    with open_store(str(cli.state)) as store:
        assert claims.lease(store, f"look/{SOURCE}", "elsewhere", at, LONGEST)
    result = cli("scrape", "--format", "json", now="2026-03-06T00:01:00+00:00")

    assert (result.exit_code, json.loads(result.stdout)) == (1, [])
    assert f"{SOURCE}: another process is looking at it" in result.stderr
    assert len(cli.json("scrape", now="2026-03-07")) == 1


def test_a_dry_run_writes_nothing_and_tells_nobody(cli: CommandLine, register: Replay) -> None:
    show(register, "2026-03-04", OVH)
    cli("scrape")
    cli("subscribe", "all", "--channel", "console")
    show(register, "2026-03-05", OVH, BLEU)
    before = hashlib.sha256(cli.state.read_bytes()).hexdigest()
    [look] = cli.json("scrape", "--dry-run", now="2026-03-06")

    assert [event["kind"] for event in look["events"]] == ["gained"]
    assert hashlib.sha256(cli.state.read_bytes()).hexdigest() == before
    assert {event["cause"] for event in cli.json("history")} == {"baseline"}
    assert "nothing is due" in cli("deliver").stderr


def test_a_dry_run_without_a_memory_begins_none(cli: CommandLine, register: Replay) -> None:
    show(register, "2026-03-04", OVH)
    result = cli("scrape", "--dry-run")

    assert result.exit_code == 0
    assert not cli.state.exists()


def test_a_register_that_cannot_be_read_is_exit_code_1_and_its_page_is_kept(
    cli: CommandLine, register: Replay
) -> None:
    show(register, "2026-03-04", OVH)
    cli("scrape")
    register.show(b"Site en maintenance", "text/plain")
    result = cli("scrape", "--format", "json", now="2026-03-06")

    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["outcome"] == "layout_changed"
    assert result.stderr.splitlines()[-1].startswith(f"vigilabel: {SOURCE}: not read")
    assert len(cli.json("listing", "secnumcloud")) == 1


def test_run_once_looks_and_delivers(cli: CommandLine, register: Replay) -> None:
    show(register, "2026-03-04", OVH)
    cli("run", "--once")
    cli("subscribe", "bleu", "--channel", "console")
    show(register, "2026-03-05", OVH, BLEU)
    result = cli("run", "--once", now="2026-03-06")

    assert result.exit_code == 0
    assert "Bleu obtient la qualification SecNumCloud" in result.stdout
    assert "messages: 1 sent" in result.stderr


def test_an_import_is_recorded_as_seen_then_and_says_what_it_owes(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    cli("subscribe", "secnumcloud", "--channel", "console")
    page = cli.page("2026-03-04", [OVH, BLEU])
    result = cli("import", SOURCE, str(page), "--seen-at", "2026-03-04T18:00")
    [gained] = cli.json("history", "--provider", "bleu")

    assert result.exit_code == 0
    assert "1 delivery is owed" in result.stderr
    assert gained["seen_at"] == "2026-03-04T17:00:00Z"
    assert gained["evidence"]["url"] == "import:page.txt"


def test_an_import_older_than_the_last_look_is_refused_in_one_line(cli: CommandLine) -> None:
    cli.see("2026-03-04", OVH)
    result = cli("import", SOURCE, str(cli.page("2026-02-01", [OVH, BLEU])), "--seen-at", "2026-02-01")

    assert result.exit_code == 1
    assert result.stderr.startswith(f"vigilabel: {SOURCE}: a look of")
    assert len(result.stderr.splitlines()) == 1
    assert cli.json("history", "--provider", "bleu") == []


def test_an_import_reads_its_page_once(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    readings, read = [], ToyRegister.read

    def counted(source: ToyRegister, pages: Sequence[Page]) -> Listing:
        readings.append(len(pages))
        return read(source, pages)

    cli.see("2026-03-01", OVH)
    monkeypatch.setattr(ToyRegister, "read", counted)
    result = cli("import", SOURCE, str(cli.page("2026-03-04", [OVH, BLEU])), "--seen-at", "2026-03-04T18:00")

    assert result.exit_code == 0
    assert readings == [1]


def test_a_page_cannot_be_seen_before_it_is_there(cli: CommandLine) -> None:
    result = cli("import", SOURCE, str(cli.page("2026-03-04", [OVH])), "--seen-at", "2027-01-01")

    assert result.exit_code == 2
    assert "has not come yet" in result.stderr


def test_an_older_edition_is_doubted_and_can_be_approved(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    old = cli.page("2026-02-01", [OVH, BLEU])
    doubted = cli("import", SOURCE, str(old), now="2026-03-02")

    assert doubted.exit_code == 1
    assert "doubtful" in doubted.stdout
    assert len(cli.json("listing", "secnumcloud", now="2026-03-03")) == 1


def test_a_doubted_look_says_which_ends_came_near(cli: CommandLine) -> None:
    row = "passi | Amossys | - | 2024_1 | 2024-01-01 | 2026-04-01"
    cli.see("2025-12-05", row)
    cli("import", SOURCE, str(cli.page("2025-12-08", [row])), now="2025-12-08T18:00")
    told = cli("import", SOURCE, str(cli.page("2025-12-04", [row])), now="2026-03-05")
    assert told.exit_code == 1
    assert "No reliable reading" in told.stdout
    assert "Amossys, PASSI (audit): ends on 1 Apr 2026" in told.stdout


def test_held_removals_are_exit_code_1_until_they_are_approved(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = ToyRegister(bounds={"secnumcloud": Bounds(floor=5)})
    monkeypatch.setattr("scrapers.SOURCES", (register,))
    cli.see("2026-03-01", *TEN)
    held = cli.see("2026-03-02", *TEN[:2])
    waiting = len(cli.json("listing", "secnumcloud"))
    approved = cli("approve", "2", "--reason", "seen on paper", now="2026-03-03")

    assert held.exit_code == 1
    assert "8 removals held" in held.stdout
    assert waiting == 10
    assert approved.exit_code == 0
    assert [row["holder"] for row in cli.json("listing", "secnumcloud")] == ["Holder 0", "Holder 1"]


@pytest.mark.parametrize(("run", "says"), [("1", "believed in full"), ("9", "no run 9")])
def test_what_cannot_be_approved_is_said_in_one_line(cli: CommandLine, run: str, says: str) -> None:
    cli.see("2026-03-01", OVH)
    result = cli("approve", run, "--reason", "because")

    assert result.exit_code == 1
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_read_shows_a_listing_and_stores_nothing(cli: CommandLine) -> None:
    page = cli.page("2026-03-04", [OVH, BLEU, "! column a new column"])
    rows = cli.json("read", SOURCE, str(page))
    table = cli("read", SOURCE, str(page))

    assert [row["provider"]["slug"] for row in rows] == ["ovhcloud", "bleu"]
    assert "remark: a new column" in table.stderr
    assert "rows: secnumcloud 2" in table.stderr
    assert not cli.state.exists()


def test_read_says_in_one_line_what_it_cannot_read(cli: CommandLine) -> None:
    page = cli.room / "wall.html"
    page.write_text("<html>Just a moment…</html>")
    result = cli("read", SOURCE, str(page))

    assert result.exit_code == 1
    assert result.stderr.startswith(f"vigilabel: {SOURCE} at line 1: expected")


def test_a_source_that_is_switched_off_is_not_looked_at(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGILABEL_SOURCES__ANSSI_CATALOGUE__ENABLED", "false")

    assert cli("scrape", SOURCE).exit_code == 2
    assert cli("scrape").exit_code == 0
