"""`runs-on`: an operator notes what runs on what, one by one or from a table."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import CommandLine

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
OUTSCALE = "secnumcloud | Outscale | IaaS Cloud on Demand | 2023_2118 | 2023-11-30 | 2026-11-30"


@pytest.fixture
def cli(cli: CommandLine) -> CommandLine:
    cli.see("2026-03-04", OVH, OUTSCALE)
    return cli


def noted(cli: CommandLine) -> list[tuple[str, str, str, str]]:
    found = cli.json("runs-on", "list")
    return [(one["provider"], one["service"], one["host"], one["by"]) for one in found]


def test_a_note_names_both_by_any_of_their_names(cli: CommandLine) -> None:
    said = cli("runs-on", "add", "NumSpot", "3DS OUTSCALE", "--reason", "their documentation")
    assert said.stdout == "Noted: NumSpot runs on Outscale.\n"
    assert noted(cli) == [("numspot", "", "outscale", "cli")]
    said = cli("--lang", "fr", "runs-on", "remove", "numspot", "outscale", "--reason", "fini")
    assert said.stdout == "Note retirée\u00a0: NumSpot tourne sur Outscale.\n"
    assert noted(cli) == []


def test_a_table_of_a_french_spreadsheet_is_taken_whole(cli: CommandLine) -> None:
    table = cli.room / "notes.csv"
    lines = (
        "Provider;Service;Host;Reason;By",
        "Whaller;Donjon;OVH;leur site;Léa",
        "Numspot;;Outscale;presse;",
    )
    table.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    said = cli("runs-on", "import", str(table), "--by", "Max")
    assert said.stdout == "Lines read: 2, new notes: 2.\n"
    assert noted(cli) == [("whaller", "Donjon", "ovhcloud", "Léa"), ("numspot", "", "outscale", "Max")]


def test_what_is_listed_as_csv_is_read_again_into_another_memory(cli: CommandLine, tmp_path: Path) -> None:
    cli("runs-on", "add", "Ma Boîte", "OVH", "--reason", "dit par eux", "--service", "Coffre, un")
    (tmp_path / "notes.csv").write_text(cli("runs-on", "list", "--format", "csv").stdout, encoding="utf-8")
    (tmp_path / "other").mkdir()
    other = CommandLine(tmp_path / "other")
    other.see("2026-03-04", OVH)
    assert other("runs-on", "import", str(tmp_path / "notes.csv")).exit_code == 0
    [one] = other.json("runs-on", "list")
    assert (one["provider_name"], one["service"], one["host"]) == ("Ma Boîte", "Coffre, un", "ovhcloud")


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ("provider,host\nOVH,Outscale\n", "reason"),
        ("provider,host,reason\nNumSpot,Outscale,known\nOVH,,known\n", "line 3"),
        ("provider,host,reason\nNumSpot,Outscale,known\nOVH,Nowhere,known\n", "on no list"),
        ("", "reason"),
    ],
)
def test_a_table_with_a_mistake_is_not_taken_at_all(cli: CommandLine, table: str, word: str) -> None:
    (cli.room / "notes.csv").write_text(table)
    said = cli("runs-on", "import", str(cli.room / "notes.csv"))
    assert said.exit_code == 1
    assert word in said.stderr
    assert noted(cli) == []
