"""The demo, played once on the two real editions; and what its memory answers afterwards."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from watcher.cli import vigilabel
from watcher.demo import editions
from watcher.demo import show as demo

if TYPE_CHECKING:
    from postgres_server import Server


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the demo printed, and its memory."""
    state = tmp_path_factory.mktemp("demo") / "demo.db"
    out = io.StringIO()
    demo.show_demo(str(state), out)
    return out.getvalue(), state


def ask(state: Path, *args: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(vigilabel, ["--state", str(state), *args, "--format", "json"])
    assert done.exit_code == 0, done.output
    read: list[dict[str, object]] = json.loads(done.stdout)
    return read


def test_the_demo_tells_what_a_channel_received(played: tuple[str, Path]) -> None:
    text, _ = played

    assert "S3NS obtient la qualification SecNumCloud" in text
    assert "Docaposte n’est plus listé" in text
    assert "périmètre réduit" in text
    assert "SHA-256 686c17f01543" in text


def test_the_demo_shows_the_race_and_the_ends_to_come(played: tuple[str, Path]) -> None:
    text, _ = played
    lines = [line.split() for line in text.splitlines()]

    assert ["S3NS", "until", "2028-12-17"] in lines
    assert ["Bleu", "not", "listed"] in lines
    assert ["2026-11-30", "Outscale", "IaaS", "Cloud", "on", "Demand"] in lines


def test_the_commands_that_the_demo_names_work(played: tuple[str, Path]) -> None:
    text, _state = played
    commands = [line.strip() for line in text.splitlines() if "vigilabel --state " in line]

    assert len(commands) == 3
    for command in commands:
        done = CliRunner().invoke(vigilabel, command.split()[1:])
        assert done.exit_code == 0, done.output
        assert len(done.stdout.splitlines()) > 1


@pytest.mark.parametrize(
    ("who", "answer", "basis"),
    [
        ("s3ns", "yes", "decision"),
        ("bleu", "unknown", "not_watched"),
        ("outscale", "yes", "observed"),
    ],
)
def test_what_was_true_in_january_between_the_two_editions(
    played: tuple[str, Path], who: str, answer: str, basis: str
) -> None:
    _, state = played
    [found] = ask(state, "was", who, "secnumcloud", "2026-01-15")

    assert (found["answer"], found["basis"]) == (answer, basis)


def test_the_demo_replaces_no_memory(tmp_path: Path) -> None:
    mine = tmp_path / "mine.db"
    mine.write_bytes(b"precious")
    done = CliRunner().invoke(vigilabel, ["--state", str(mine), "demo"])

    assert done.exit_code == 1
    assert "begins with an empty memory" in done.stderr
    assert mine.read_bytes() == b"precious"


def test_no_memory_in_a_server_is_replaced_and_no_password_is_told(postgres: Server) -> None:
    begun, bare = (url.replace("owner@", "owner:word-of-mouth@") for url in (
        postgres.memory(), postgres.url(postgres.database())
    ))  # fmt: skip
    replaced, asked = (
        CliRunner().invoke(vigilabel, ["--state", url, command])
        for url, command in ((begun, "demo"), (bare, "sources"))
    )

    assert (replaced.exit_code, asked.exit_code) == (1, 0)
    for told in (replaced.output, asked.output):
        assert "postgresql://" in told
        assert "word-of-mouth" not in told


def test_the_demo_without_its_editions_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editions, "CHECKOUT", tmp_path)
    done = CliRunner().invoke(vigilabel, ["--state", str(tmp_path / "new.db"), "demo"])

    assert done.exit_code == 1
    assert "install vigilabel again" in done.stderr
    assert len(done.stderr.splitlines()) == 1


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_story_is_as_wide_as_the_screen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """But for the commands to copy, and what is done meanwhile, whose line is gone afterwards."""
    monkeypatch.setenv("COLUMNS", "80")
    screen = Terminal()
    demo.show_demo(str(tmp_path / "demo.db"), screen, lang="fr")
    lines = [line for line in screen.getvalue().split("\n") if "--state" not in line and "\x1b" not in line]
    assert [line for line in lines if len(line) > 80] == []
    assert "   │ S3NS obtient la qualification SecNumCloud" in lines
    assert "prestataire en obtient" in " ".join(lines)
