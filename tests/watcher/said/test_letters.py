"""Answers in every locale: UTF-8 for programs, and no letter that a terminal lacks ends an answer."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import SOURCE, CommandLine

from watcher.said.drawn.table import Table, draw

THALES = "secnumcloud | Thales Cloud Sécurisé | Cloud Œuvre 雲 | 2025_2057 | 2025-12-17 | 2028-12-17"
LOCALES = (
    {"PYTHONIOENCODING": "latin-1"},
    {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
    *(
        pytest.param(each, marks=pytest.mark.soak)
        for each in (
            {"LC_ALL": "C"},
            {"PYTHONIOENCODING": "ascii"},
            {"PYTHONUTF8": "0", "LC_ALL": "POSIX", "PYTHONIOENCODING": "cp437"},
        )
    ),
)


def asked(cli: CommandLine, locale: dict[str, str], *words: str) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own, in that locale."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PY"))}
    program = [sys.executable, "-c", "from watcher.cli import main; main()", "--state", str(cli.state)]
    return subprocess.run(
        [*program, *words], env=clean | locale, capture_output=True, check=False, cwd=cli.room
    )


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_json_and_csv_are_utf8_and_tables_print_whatever_the_locale(
    cli: CommandLine, locale: dict[str, str]
) -> None:
    cli.see("2026-03-04", THALES)
    for form in ("json", "csv"):
        ended = asked(cli, locale, "history", "--format", form)
        assert "Thales Cloud Sécurisé" in ended.stdout.decode("utf-8")
        assert "雲" in ended.stdout.decode("utf-8")
    drawn = asked(cli, locale, "history", "--label", "secnumcloud")
    assert (drawn.returncode, drawn.stderr) == (0, b"")
    assert b"Cloud " in drawn.stdout


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_a_name_typed_with_accents_is_understood_in_every_locale(
    cli: CommandLine, locale: dict[str, str]
) -> None:
    cli.see("2026-03-04", THALES)
    words = ("was", "Thales Cloud Sécurisé", "secnumcloud", "2026-03-04", "--format", "json")
    ended = asked(cli, locale, *words)
    [answer] = json.loads(ended.stdout)
    assert answer["provider"]["slug"] == "s3ns", ended.stderr


def test_a_file_whose_name_is_no_utf8_is_read_all_the_same(cli: CommandLine) -> None:
    page = cli.page("2026-03-04", [THALES])
    odd = os.fsencode(cli.room) + b"/caf\xe9.txt"
    Path(os.fsdecode(odd)).write_bytes(page.read_bytes())
    program = (
        "import scrapers, sys; from toy_register import ToyRegister; scrapers.SOURCES = (ToyRegister(),)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", f"{program}; from watcher.cli import main; main()", "read", SOURCE, odd],
        capture_output=True,
        check=False,
        cwd=cli.room,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert (ended.returncode, b"1 row" in ended.stderr or b"secnumcloud 1" in ended.stderr) == (0, True)


def test_a_table_shows_by_number_what_its_stream_cannot_print() -> None:
    written = io.BytesIO()
    screen = io.TextIOWrapper(written, encoding="latin-1", write_through=True)
    draw(Table(rows=[["Sécurisé", "雲"]]), screen)
    assert written.getvalue() == b"S\xe9curis\xe9  \\u96f2\n"
