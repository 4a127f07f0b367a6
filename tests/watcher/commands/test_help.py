"""What `--help` shows: every command in its group, in the language of the call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import texts
from click.testing import CliRunner
from command_line import CommandLine
from one_language import strange

from notifiers.said.voice import voice
from watcher.cli import ROOMS, vigilabel
from watcher.commands.typed.helped import GROUPS

FRENCH = texts.read(texts.TEXTS / "fr.po")
TYPED = re.compile(r"^Usage.*$|^  [a-z-]+ |«[^»]*»|--[a-z-]+|\[[^]]*\]|\b[A-Z]{2,}s?\b", re.MULTILINE)
"""What is typed as it stands, and what stands for it."""


def commands(
    command: click.Command = vigilabel, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command and group, and the words that lead to it."""
    yield path, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            assert below is not None
            yield from commands(below, (*path, name))


ALL = dict(commands())


def asked_for() -> Iterator[set[str]]:
    """The texts that the help of the commands asks for, each with another that may stand for it."""
    for path, command in ALL.items():
        name = ".".join(path) or "vigilabel"
        yield {f"command.{name}"}
        for param in command.params:
            if isinstance(param, click.Option) and param.help:
                yield {f"option.{name}.{param.name}", f"option.{param.name}"}
    yield {"option.help"}


def test_all_that_commands_say_of_themselves_is_said_in_french_and_nothing_else() -> None:
    known = {key for key in FRENCH if key.startswith(("command.", "option."))}
    assert [sorted(keys) for keys in asked_for() if not keys & known] == []
    assert known - set().union(*asked_for()) == set()


def helped(*words: str, lang: str) -> str:
    asked = CliRunner(env={"VIGILABEL_LANG": lang, "COLUMNS": "80"}).invoke(
        vigilabel, [*words, "--help"], prog_name="vigilabel"
    )
    assert asked.exit_code == 0
    return asked.stdout


@pytest.mark.parametrize("path", ALL, ids=lambda path: " ".join(path) or "vigilabel")
def test_the_help_of_a_command_is_in_the_language_of_the_watch_alone(path: tuple[str, ...]) -> None:
    french, english = helped(*path, lang="fr"), helped(*path, lang="en")
    assert french.startswith(f"Usage\u00a0: {' '.join(('vigilabel', *path))} ")
    assert english.startswith(f"Usage: {' '.join(('vigilabel', *path))} ")
    assert strange(TYPED.sub(" ", french), "fr") == []
    assert strange(TYPED.sub(" ", english), "fr")


def test_commands_are_told_by_what_people_come_for_each_on_one_line() -> None:
    grouped = [name for _, _, names in GROUPS for name in names.split()]
    assert sorted(grouped) == sorted(name for names in ROOMS.values() for name in names)
    for lang in ("fr", "en"):
        lines = helped(lang=lang).splitlines()
        at = [next(n for n, line in enumerate(lines) if line.startswith(f"  {name} ")) for name in grouped]
        assert at == sorted(at)
        assert lines[at[0] - 1] in ("Ask:", "Demander\u00a0:")
        below = lines[at[0] :]
        assert len([line for line in below if line]) == len(grouped) + len(GROUPS) - 1


def test_the_language_of_the_watch_is_spoken_unless_another_is_asked_for(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Missing argument" in cli("was").stderr
    monkeypatch.setenv("VIGILABEL_LANG", "fr")
    assert "il manque l’argument PROVIDER" in cli("was").stderr
    assert "n’existe pas" in cli("--nope").stderr
    assert "il manque une commande" in cli().stderr
    assert cli("alias").stderr.startswith("Usage\u00a0: vigilabel alias ")
    assert "Missing argument" in cli("--lang", "en", "was").stderr
    cli.see("2026-03-04", "secnumcloud | OVH | Pod | 2025_559 | 2025-03-24 | 2028-03-24")
    assert "Oui" in cli("was", "ovh", "secnumcloud", "2026-03-04").stdout


def test_the_language_of_the_file_of_settings_is_spoken_unless_another_is_asked_for(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("vigilabel.toml").write_text('lang = "fr"\n')
    Path("other.toml").write_text('lang = "en"\n')
    assert "il manque l’argument PROVIDER" in cli("was").stderr
    assert "Missing argument" in cli("--lang", "en", "was").stderr
    assert "Missing argument" in cli("--config", "other.toml", "was").stderr
    assert cli("was", "--help").stdout.startswith("Usage\u00a0: ")
    cli.see("2026-03-04", "secnumcloud | OVH | Pod | 2025_559 | 2025-03-24 | 2028-03-24")
    assert "Oui" in cli("was", "ovh", "secnumcloud", "2026-03-04").stdout
    monkeypatch.setenv("VIGILABEL_LANG", "en")
    assert "Yes" in cli("was", "ovh", "secnumcloud", "2026-03-04").stdout


def test_settings_that_cannot_be_looked_for_are_no_matter_to_what_is_mistyped(cli: CommandLine) -> None:
    """As where a user may not look into the folder in which root stands: the system refuses to say."""
    assert "Missing argument" in cli("--config", "x" * 300, "was").stderr


@pytest.mark.parametrize("text", ['lang = "de"', "lang = 7", "lang = ", ""])
def test_a_file_that_sets_no_language_leaves_the_help_in_english(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("vigilabel.toml").write_text(text)
    assert cli("was", "--help").stdout.startswith("Usage: ")
    assert "Missing argument" in cli("was").stderr


def test_a_language_that_is_none_is_refused_by_the_settings_and_helped_in_english(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGILABEL_LANG", "de")
    assert helped("was", lang="de").startswith("Usage: ")
    assert "lang: expected one of fr, en; found 'de'" in cli("race").stderr


def test_a_mistake_that_a_command_words_itself_is_told_as_it_words_it(cli: CommandLine) -> None:
    asked = ("evidence", "--out", "proof.zip")
    for lang in ("fr", "en"):
        assert voice(lang)("usage.event_or_was") in cli("--lang", lang, *asked).stderr


def test_help_names_the_language_that_is_spoken_unless_another_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the settings, also for who asked in another."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vigilabel.toml").write_text('lang = "fr"\n')
    for words, said in (([], "par défaut\u00a0: fr"), (["--lang", "en"], "default: fr")):
        asked = CliRunner(env={"COLUMNS": "80"}).invoke(vigilabel, [*words, "--help"], prog_name="vigilabel")
        assert f"[{said}]" in asked.stdout
    assert "[default: en]" in CliRunner(env={"VIGILABEL_LANG": "en"}).invoke(vigilabel, ["--help"]).stdout
