"""Whoever asks for French is told in French what went wrong, with the exit code that everybody gets."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from command_line import SOURCE, CommandLine
from one_language import strange

from state.file.errors import Failed
from watcher.cli import vigilabel
from watcher.commands.typed.mistakes import error_text

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
NAMES = ("Thales DIS", "Thales SIX")
TWO = [f"passi | {name} | Audit | {name} | 2026-01-01 | 2029-01-01" for name in NAMES]
MISTYPED = (
    "", "frobnicate", "histori", "was", "was ovhcloud", "was ovhcloud hds",
    "was ovhcloud hds 2026-03-03 more", "was ovhcloud nothing 2026-03-03", "was ovhcloud hds yesterday",
    "was ovhcloud hds 1850-01-01", "history --since", "history --nothing", "history --provder x",
    "history --kind nothing", "history --source nowhere", "history --label nothing",
    "history --format xml", "sources --format", "was thales passi 2026-03-04", "run --once=yes",
    "--now never sources", "subscribe --channel console", "subscribe all",
    "subscribe all --channel nowhere!", "subscribe all --channel", "unsubscribe x", "pause 1 sometimes",
    "digest console never", "quiet console 25:00", "lang console zz", "why x", "evidence 1",
    "evidence x --out proof.zip", "verify nowhere.zip", "verify .", "import nowhere page.txt",
    f"import {SOURCE} nowhere.txt", f"import {SOURCE} page.txt --seen-at 2199-01-01", "retract 1",
    "approve 1", "read nowhere page.txt", "doctor nowhere", "alias add ovhcloud OVH",
    "restore nowhere.db", "backup", "demo now",
)  # fmt: skip
FAILING = (
    "unsubscribe 99", "pause 99 off", "why 99", "retract 99 --reason faux",
    "evidence 99 --out proof.zip", "evidence 1 --out page.txt", "evidence 1 --out proof.zip --head 00",
    "verify page.txt", "approve 99 --reason vu", "approve 1 --reason vu", "forget 99 --reason faux",
    "backup page.txt", "restore page.txt", f"import {SOURCE} rubbish.txt", f"read {SOURCE} rubbish.txt",
    "demo", "alias add nobody X --source " + SOURCE + " --label passi --reason dit",
    "alias remove ovhcloud X --source " + SOURCE + " --label passi --reason dit",
)  # fmt: skip


@pytest.fixture
def told(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    cli.see("2026-03-02", OVH, *TWO)
    (cli.room / "rubbish.txt").write_text("nothing that the toy register shows\n")
    monkeypatch.chdir(cli.room)
    return cli


def both(cli: CommandLine, words: str) -> tuple[str, str]:
    """What is said of a call in English and in French."""
    english, french = cli(*words.split()), cli("--lang", "fr", *words.split())
    assert english.exit_code == french.exit_code, (words, english.output, french.output)
    assert english.exit_code in (1, 2), (words, english.output)
    return english.stderr, french.stderr


@pytest.mark.parametrize("words", MISTYPED)
def test_what_was_mistyped_is_said_in_french(told: CommandLine, words: str) -> None:
    english, french = both(told, words)
    assert strange(french, "fr") == []
    assert french.startswith("vigilabel: ")
    assert french != english


@pytest.mark.parametrize("words", FAILING)
def test_what_failed_is_said_in_french(told: CommandLine, words: str) -> None:
    english, french = both(told, words)
    assert strange(french, "fr") == []
    assert french != english


def test_a_mistyped_word_is_named_with_what_may_have_been_meant(told: CommandLine) -> None:
    assert "histori n’existe pas. Vouliez-vous dire history" in both(told, "histori")[1]
    assert "--provder n’existe pas. Vouliez-vous dire --provider" in both(told, "history --provder x")[1]
    assert "«\u00a0vigilabel was --help\u00a0» en dit plus" in both(told, "was")[1]
    assert "il manque l’argument PROVIDER" in both(told, "was")[1]
    assert "l’option --since demande une valeur" in both(told, "history --since")[1]
    assert "l’option --once ne prend pas de valeur" in both(told, "run --once=yes")[1]
    assert "peut désigner thales-dis, thales-six" in both(told, "was thales passi 2026-03-04")[1]


def broken_memories(room: Path) -> dict[str, Path]:
    """Places where no memory can be, each wrong in its own way."""
    other, text = room / "other.db", room / "text.db"
    text.write_text("no database\n" * 100)
    with sqlite3.connect(other) as database:
        database.execute("create table recipes (name text)")
    database.close()
    left = room / "left.db"
    Path(f"{left}-wal").write_bytes(b"left over")
    return {
        "none": room / "none.db",
        "folder": room,
        "no folder": room / "nowhere" / "x.db",
        "other program": other,
        "other file": text,
        "lost": left,
    }


def test_a_memory_that_cannot_be_used_is_said_so_in_french(told: CommandLine) -> None:
    for why, place in broken_memories(told.room).items():
        english, french = (
            CliRunner().invoke(vigilabel, [*lang, "--state", str(place), "history"], prog_name="vigilabel")
            for lang in ((), ("--lang", "fr"))
        )
        assert (english.exit_code, french.exit_code) == (1, 1), why
        assert french.stderr.startswith(f"vigilabel: mémoire {place}\u00a0: "), (why, french.stderr)
        assert strange(french.stderr.replace(str(place), "…"), "fr") == []
        assert french.stderr != english.stderr


def test_a_memory_of_a_newer_program_is_said_so_in_french(told: CommandLine) -> None:
    with sqlite3.connect(told.state) as database:
        database.execute("insert into _sqlite_migrations (migration_set, name, applied_at) "
                         "values ('vigilabel', 'm9999_later', '2030-01-01')")  # fmt: skip
    database.close()
    french = both(told, "history")[1]
    assert "m9999_later" in french
    assert "plus récent" in french
    assert strange(french, "fr") == []


def test_what_sqlite_says_is_quoted() -> None:
    said = error_text(Failed("database is locked"), "fr")
    assert said == "la mémoire a fait défaut\u00a0: «\u00a0database is locked\u00a0»"
    assert error_text(Failed("database is locked"), "en") == ("the memory failed: database is locked")


def test_the_demo_is_told_in_french(tmp_path: Path) -> None:
    state = str(tmp_path / "demo.db")
    played = CliRunner().invoke(vigilabel, ["--lang", "fr", "--state", state, "demo"])
    assert played.exit_code == 0, played.output
    story = played.stdout.partition("À essayer ensuite")[0].replace("powered by VMware", "…")
    assert strange(story, "fr") == []
    assert "4 mars 2026, une nouvelle édition\u00a0: 372 changements" in played.stdout
    again = CliRunner().invoke(vigilabel, ["--lang", "fr", "--state", state, "demo"])
    assert again.exit_code == 1
    assert strange(again.stderr.replace(state, "…"), "fr") == []
