"""The command line as scripts meet it: exit codes, one line for an error, and what a call may load."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from command_line import CommandLine

from watcher.cli import Line, vigilabel

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(command, click.Group):
        return [path]
    ctx = click.Context(command)
    below = {name: command.get_command(ctx, name) for name in command.list_commands(ctx)}
    return [leaf for name, sub in below.items() if sub for leaf in leaves(sub, (*path, name))]


COMMANDS = leaves(vigilabel)
CONTRACT = {
    "run", "demo", "scrape", "import", "read", "history", "listing", "was", "provider", "race", "subscribe",
    "unsubscribe", "subscriptions", "sources", "approve", "deliver", "why", "resume", "alias add",
    "alias list", "alias remove",
}  # fmt: skip


def test_every_command_of_the_contract_is_there() -> None:
    assert {" ".join(path) for path in COMMANDS} >= CONTRACT


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_says_what_it_does(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(vigilabel, [*path, "--help"])

    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 3


def test_every_command_is_told_on_a_line_that_is_not_cut() -> None:
    told = (
        CliRunner().invoke(vigilabel, ["--help"]).stdout
        + CliRunner().invoke(vigilabel, ["alias", "-h"]).stdout
    )
    assert [line for line in told.splitlines() if line.endswith("...") and "[ARGS]" not in line] == []


def test_help_loads_nothing_but_click() -> None:
    """Start-up time is felt at every call; a command loads what it needs."""
    code = (
        "import sys; from watcher.cli import vigilabel; vigilabel(['--help'], standalone_mode=False);"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in "
        "{'httpx', 'pydantic', 'rich', 'sqlite3', 'sqlite_utils', 'pypdfium2', 'lxml', 'apscheduler',"
        " 'state', 'scrapers', 'notifiers', 'slack_sdk', 'rapidfuzz'}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr.strip() == "[]"


MISTYPED = [
    ["listing", "secnumclod"],
    ["was", "ovh", "secnumcloud", "yesterday"],
    ["subscribe", "ovh", "--channel", "#alerts"],
    ["subscribe", "ovh"],
    ["history", "--kind", "gone"],
    ["history", "--since", "2026-13-01"],
    ["scrape", "nothing"],
    ["import", "anssi-catalogue", "nowhere.pdf"],
    ["import", "anssi-catalogue"],
    ["approve", "1"],
    ["why", "one"],
    ["frobnicate"],
]


@pytest.mark.parametrize("args", MISTYPED, ids=" ".join)
def test_a_mistyped_command_is_one_clear_line_and_exit_code_2(cli: CommandLine, args: list[str]) -> None:
    result = cli(*args)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert re.fullmatch(r"vigilabel: [^\n]+\n", result.stderr)


@pytest.mark.parametrize(
    "args",
    [["history"], ["race"], ["deliver"], ["why", "1"], ["was", "ovh", "hds", "2026-01-01"]],
    ids=" ".join,
)
def test_a_question_without_a_memory_fails_and_begins_none(cli: CommandLine, args: list[str]) -> None:
    """A mistyped --state must not look like a register where nothing ever happened."""
    result = cli(*args)

    assert result.exit_code == 1
    assert re.fullmatch(r"vigilabel: state .*there is no database.*\n", result.stderr)
    assert not cli.state.exists()


def test_a_file_of_another_kind_is_refused_in_one_line(cli: CommandLine) -> None:
    cli.state.write_text("these are no pages of a database, and were never meant to be" * 20)
    result = cli("history")

    assert result.exit_code == 1
    assert re.fullmatch(r"vigilabel: .*expected a database.*\n", result.stderr)


def test_a_broken_setting_is_named(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.see("2026-03-04", OVH)
    monkeypatch.setenv("VIGILABEL_SOURCES__NOWHERE__URL", "https://register.test")
    result = cli("sources")

    assert result.exit_code == 1
    assert "nowhere" in result.stderr


def test_a_missing_file_of_settings_is_named(cli: CommandLine) -> None:
    result = cli("--config", "absent.toml", "sources")

    assert result.exit_code == 1
    assert "absent.toml" in result.stderr


def test_a_date_alone_is_noon_in_paris_and_a_time_without_a_zone_is_paris_time(cli: CommandLine) -> None:
    page = cli.page("2026-03-04", [OVH])
    cli("import", "anssi-catalogue", str(page), now="2026-03-04")
    cli("import", "anssi-catalogue", str(page), now="2026-07-04T12:30")
    [source] = cli.json("sources")

    assert source["last_look"] == "2026-07-04T10:30:00Z"
    assert cli.json("history")[-1]["seen_at"] == "2026-03-04T11:00:00Z"


def test_text_of_a_register_cannot_act_on_a_terminal_or_a_spreadsheet(cli: CommandLine) -> None:
    """A holder named like a formula, with an escape sequence and a direction override in its subject."""
    row = "secnumcloud | =HYPERLINK(1) | [red]\x1b[31mX\u202egnp | 2026_9 | 2026-01-01 | 2029-01-01"
    cli.see("2026-03-04", row)

    table, csv, json = (
        cli("listing", "secnumcloud", "--format", form).stdout for form in ("table", "csv", "json")
    )
    for text in (table, csv, json):
        assert "\x1b" not in text, repr(text)
        assert "\u202e" not in text, repr(text)
    assert "[red]" in table
    assert ",'=HYPERLINK(1)," in csv
    assert cli.json("listing", "secnumcloud")[0]["subject"] == "[red]\x1b[31mX\u202egnp"


def test_an_error_repeats_no_escape_sequence(cli: CommandLine) -> None:
    result = cli("listing", "\x1b[2Jsecnumcloud")

    assert "\x1b" not in result.stderr


def test_the_log_of_a_call_ends_with_it(cli: CommandLine) -> None:
    import logging

    before = (list(logging.getLogger().handlers), logging.getLogger().level)
    cli.see("2026-03-04", OVH)

    assert (list(logging.getLogger().handlers), logging.getLogger().level) == before


def test_a_word_to_operators_is_one_line_of_the_log(cli: CommandLine) -> None:
    result = cli.see("2026-03-04", OVH, "! column a new column\x1b[31m")

    assert re.fullmatch(r"WARNING: news: [^\x1b\n]+\n", result.stderr)


def test_the_installed_program_answers(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("vigilabel")
    done = subprocess.run(
        [program, "--state", tmp_path / "x.db", "history"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.startswith("vigilabel: state ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("screen", "begin"), [(True, "\r\x1b[K"), (False, "")])
def test_a_record_takes_the_line_of_what_turns_on_a_screen(screen: bool, begin: str) -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "tl-fr: no answer\x1b[2J", (), None)
    assert (
        Line("%(message)s", traces=False, screen=screen).format(record) == begin + "tl-fr: no answer\ufffd[2J"
    )
