"""The command line speaks English, and the language asked for; programs read the same as ever."""

from __future__ import annotations

import pytest
from command_line import SOURCE, CommandLine
from one_language import strange
from toy_register import ToyRegister

from notifiers.said.named import place_text
from notifiers.said.reasons import said
from state.file import claims
from state.file.opening import open_store
from state.model import Reason
from watcher.commands.typed.values import moment
from watcher.planned.looks import LONGEST

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
    cli.saw(("2026-03-02", OVH), ("2026-03-04", OVH, BLEU))
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


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_is_read_stands_under_heads_of_the_language(cli: CommandLine, lang: str) -> None:
    page, none = (str(cli.page("2026-03-04", rows, name)) for rows, name in (([OVH], "one"), ([], "none")))
    table = cli("--lang", lang, "read", SOURCE, page).stdout.splitlines()
    empty = cli("--lang", lang, "read", SOURCE, none).stdout
    assert (" ".join(table[0].split()), table[1].split()[-5:], empty) == {
        "en": (
            "label provider holder subject ref from until status place",
            ["2025-03-24", "2028-03-24", "listed", "p.", "1"],
            "No row.\n",
        ),
        "fr": (
            "label prestataire titulaire objet référence début échéance statut endroit",
            ["24/03/2025", "24/03/2028", "listé", "p.", "1"],
            "Aucune ligne.\n",
        ),
    }[lang]


def test_aliases_are_settled_and_taken_back_in_french(told: CommandLine) -> None:
    where = ("Bleu SAS", "--source", SOURCE, "--label", "secnumcloud", "--reason", "même société")
    none = told("--lang", "fr", "alias", "list").stdout
    added = told("--lang", "fr", "alias", "add", "ovhcloud", *where).stdout
    listed = told("--lang", "fr", "alias", "list").stdout
    assert "(heure de Paris)" in listed
    removed = told("--lang", "fr", "alias", "remove", "ovhcloud", *where).stdout
    assert none == "Aucun alias n’a été ajouté.\n"
    assert listed.split()[:7] == ["prestataire", "nom", "source", "label", "motif", "ajouté", "le"]
    assert (
        added
        == f"«\u00a0Bleu SAS\u00a0» est «\u00a0ovhcloud\u00a0» dans {SOURCE}. Lignes déplacées\u00a0: 1.\n"
    )
    assert removed.startswith("«\u00a0Bleu SAS\u00a0» n’est plus «\u00a0ovhcloud\u00a0»")


def test_proofs_and_copies_of_the_memory_are_told_in_french(told: CommandLine) -> None:
    proof, copy = str(told.room / "proof.zip"), str(told.room / "copy.db")
    told("retract", "2", "--reason", "erreur")
    asked = [
        ("evidence", "2", "--out", proof),
        ("verify", proof, "--reread"),
        ("verify", proof, "--head", head_of(told)),
        ("replay",),
        ("backup", copy),
        ("--state", str(told.room / "new.db"), "restore", copy),
    ]
    answers = []
    for words in asked:
        answer = told("--lang", "fr", *words)
        assert (answer.exit_code, bool(answer.output)) == (0, True), answer.output
        assert strange(answer.output, "fr") == []
        answers.append(answer.output)
    written, whole, noted, rebuilt, kept, back = answers
    assert "maillons 2 à" in written
    assert "la ligne 2 y est (listé)" in whole
    assert "le lecteur, révision 1, dans ces pages\u00a0: la ligne 2 y est, p. 1" in whole
    assert "RETIRÉ" in whole
    assert "rien de ce qui y mène n’a été modifié depuis" in noted
    assert "2 lectures, 2 événements, et la liste après chaque lecture" in rebuilt
    assert "octets, maillons\u00a0:" in kept
    assert f"rétablie depuis {copy}" in back


def head_of(cli: CommandLine) -> str:
    return str(cli.json("replay")[0]["head"])


def test_what_a_replay_takes_over_is_told_in_french_and_to_programs_as_ever(
    told: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(revision=2),))
    answer = told("--lang", "fr", "replay").stdout
    assert "lues par une autre révision du lecteur\u00a0: reprises telles qu’enregistrées" in answer
    assert strange(answer, "fr") == []
    [programs] = told.json("--lang", "fr", "replay")
    assert programs["taken"] == {"read by another revision of the reader": 2}


@pytest.mark.parametrize(
    ("lang", "note"),
    [
        ("en", f"{SOURCE}: another process is looking at it; ask again when it has ended\n"),
        ("fr", f"{SOURCE}\u00a0: un autre processus lit cette source\u202f; redemandez quand il aura fini\n"),
    ],
)
def test_a_look_that_another_process_makes_is_told_in_the_language(
    told: CommandLine, lang: str, note: str
) -> None:
    with open_store(str(told.state)) as store:
        claims.lease(store, f"look/{SOURCE}", "elsewhere", moment(told.now), LONGEST)
    answer = told("--lang", lang, "scrape", SOURCE)
    assert answer.exit_code == 1
    assert answer.stderr.startswith(note)


def test_places_in_the_trusted_list_are_said_in_the_language() -> None:
    """The memory keeps the reader's own words, sealed in its chain; other places are printed."""
    kept = "provider 12 (Certigna (Tessi)), service 3"
    assert place_text(kept, "fr") == "prestataire 12 (Certigna (Tessi)), service 3"
    assert place_text(kept, "en") == kept
    assert [place_text(one, "fr") for one in ("p. 88", "ligne 8", "provider of services")] == [
        "p. 88",
        "ligne 8",
        "provider of services",
    ]
    told = Reason.of("at_place", place=kept, why=Reason.of("no_start_date", place=kept, ref="1"))
    assert "provider" not in said(told, "fr")
