"""The command line speaks English, and the language asked for; programs read the same as ever."""

from __future__ import annotations

import pytest
from command_line import SOURCE, CommandLine
from one_language import strange

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
BLEU = "secnumcloud | Bleu SAS | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
ASKED = (
    ("sources",), ("was", "ovhcloud", "secnumcloud", "2026-03-03"), ("was", "nobody", "hds", "2026-03-03"),
    ("provider", "ovhcloud"), ("provider", "nobody"), ("listing", "secnumcloud"), ("race",), ("history",),
    ("history", "--provider", "nobody"), ("subscribe", "all", "--channel", "console"), ("subscriptions",),
    ("why", "1"), ("digest", "console", "daily 08:30"), ("pause", "1", "2 weeks"), ("lang", "console", "fr"),
)  # fmt: skip


@pytest.fixture
def told(cli: CommandLine) -> CommandLine:
    cli.see("2026-03-02", OVH)
    cli.see("2026-03-04", OVH, BLEU)
    cli("subscribe", "all", "--channel", "console")
    return cli


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_whoever_asks_for_french_is_answered_in_french_alone(
    told: CommandLine, words: tuple[str, ...]
) -> None:
    english = told(*words)
    french = told("--lang", "fr", *words)
    assert english.exit_code == french.exit_code == 0, french.output
    assert strange(f"{french.stdout} {french.stderr}", "fr") == []
    assert french.stdout != english.stdout


def test_notes_beside_an_answer_are_french_too(told: CommandLine) -> None:
    told.see("2026-03-05", OVH, BLEU, BLEU.replace("Bleu SAS", "Autre SAS").replace("2026_1", "2026_2"))
    page = str(told.page("2026-03-06", [OVH, BLEU]))
    notes = []
    for words in (
        ("import", SOURCE, page),
        ("deliver",),
        ("deliver",),
        ("retract", "3", "--reason", "erreur"),
        ("retract", "3", "--reason", "encore"),
    ):
        notes.append(told("--lang", "fr", *words, now="2026-03-07").stderr.partition("vigilabel: ")[0])
    assert [bool(note) for note in notes] == [True] * 5
    assert strange(" ".join(notes), "fr") == []


def test_a_memory_that_is_not_there_is_said_in_french_too(cli: CommandLine) -> None:
    note = cli("--lang", "fr", "sources").stderr
    assert note
    assert strange(note, "fr") == []


def test_french_is_seen_to_be_french(told: CommandLine) -> None:
    answer = told("--lang", "fr", "was", "ovhcloud", "secnumcloud", "2026-03-03").stdout
    assert "Oui. Listé dans l’édition du 02/03/2026" in answer
    assert strange(answer, "en")


@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize("words", [one for one in ASKED if one[0] in ("sources", "was", "why", "history")])
def test_programs_are_answered_the_same_in_every_language(
    told: CommandLine, words: tuple[str, ...], form: str
) -> None:
    asked = (*words, "--format", form)
    assert told("--lang", "fr", *asked).stdout == told(*asked).stdout


def test_a_language_that_nobody_speaks_is_a_usage_error_that_names_all(cli: CommandLine) -> None:
    result = cli("--lang", "zz", "sources")
    assert result.exit_code == 2
    assert "'fr', 'en'" in result.stderr


def test_a_reading_is_told_in_french_with_what_cannot_be_read(cli: CommandLine) -> None:
    page = str(cli.page("2026-03-04", [OVH, "? secnumcloud | 2025_559 | OVH", "! column a new column"]))
    result = cli("--lang", "fr", "read", SOURCE, page)
    assert "édition\u00a0: 04/03/2026" in result.stderr
    assert strange(result.stderr, "fr") == []
