"""What a shell offers while a command is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from command_line import CommandLine

from watcher.cli import OneLine, vigilabel
from watcher.commands.typed.completion import OFFERED


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setenv("VIGILABEL_CHANNELS__EQUIPE__KIND", "slack")
    monkeypatch.setenv("VIGILABEL_CHANNELS__EQUIPE__URL", "C0EQUIPE")
    cli = CommandLine(tmp_path)
    cli.see("2025-12-05", "secnumcloud | Outscale | IaaS | 2023_1 | 2023-11-30 | 2026-11-30")
    cli("subscribe", "s3ns", "--channel", "C0123456789")
    return cli


def offered(cli: CommandLine, *typed: str) -> list[str]:
    """What is offered for the last word, which is being typed."""
    *before, last = typed
    shell = ShellComplete(vigilabel, {}, "vigilabel", "_VIGILABEL_COMPLETE")
    return [one.value for one in shell.get_completions(["--state", str(cli.state), *before], last)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (("sub",), ["subscribe", "subscriptions"]),
        (("was", "outsc"), ["outscale"]),
        (("was", "Outsc"), ["outscale"]),
        (("was", "numsp"), ["numspot"]),
        (("was", "outscale", "secn"), ["secnumcloud", "secnumcloud+hds"]),
        (("listing", "eidas-t"), ["eidas-timestamp"]),
        (("history", "--provider", "outs"), ["outscale"]),
        (("history", "--kind", "los"), ["lost"]),
        (("subscribe", "scope_r"), ["scope_reduced"]),
        (("subscribe", "s3ns", "--channel", "c0"), ["C0123456789"]),
        (("doctor", "anssi-p"), ["anssi-pending"]),
        (("doctor", "cha"), ["channels"]),
        (("doctor", "equ"), ["equipe"]),
        (("subscribe", "s3ns", "--channel", "equ"), ["equipe"]),
        (("race", "no-such-name"), []),
    ],
)
def test_names_labels_kinds_sources_and_channels_are_offered(
    watched: CommandLine, typed: tuple[str, ...], found: list[str]
) -> None:
    assert offered(watched, *typed) == found


def test_without_a_memory_what_needs_none_is_offered_and_nothing_is_created(tmp_path: Path) -> None:
    cli = CommandLine(tmp_path)

    assert offered(cli, "was", "s3") == ["s3ns"]
    assert offered(cli, "was", "s3ns", "secn") == ["secnumcloud", "secnumcloud+hds"]
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_memory_keeps_quiet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli = CommandLine(tmp_path)
    cli.state.write_text("something else, and long enough to be looked at as a file of another kind" * 20)

    assert offered(cli, "was", "s3") == ["s3ns"]
    assert capsys.readouterr() == ("", "")


def test_the_table_of_offers_names_commands_and_parameters_that_there_are() -> None:
    assert isinstance(vigilabel, OneLine)
    with vigilabel.make_context("vigilabel", [], resilient_parsing=True) as ctx:
        for name, parameters in OFFERED.items():
            command = vigilabel.get_command(ctx, name)
            below = getattr(command, "commands", {}).values()
            named = {one.name for each in (command, *below) if each is not None for one in each.params}
            assert set(parameters) <= named, name
