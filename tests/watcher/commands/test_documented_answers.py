"""What documents say in answers: with their basis, never in place of what was read."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import SOURCE, CommandLine

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
HEAD = (
    "label;provider;service;reference;valid_from;valid_until;withdrawn_on;document_date;issuer;document;page"
)
LINES = (
    "secnumcloud;OVH;Private Cloud;2021_1;2021-01-10;2024-01-10;;;ANSSI;paper.pdf;3",
    "secnumcloud;Ancien;;2019_7;2019-01-01;2022-01-01;;;ANSSI;paper.pdf;1",
    "secnumcloud;Ancien;;2019_7;;;2021-06-01;2021-05-20;ANSSI;letter.pdf;",
    "secnumcloud;Bleu;;2026_1;2026-01-01;2029-01-01;;;ANSSI;paper.pdf;9",
    "hds;OVH;;H-1;2013-01-01;2030-01-01;;;BSI;paper.pdf;2",
)


@pytest.fixture
def cli(cli: CommandLine) -> CommandLine:
    cli.saw(("2026-03-04", OVH))
    (cli.room / "paper.pdf").write_bytes(b"%PDF-1.4 old decisions")
    (cli.room / "letter.pdf").write_bytes(b"%PDF-1.4 a letter")
    (cli.room / "old.csv").write_text("\n".join((HEAD, *LINES)), encoding="utf-8")
    assert cli("documents", "import", str(cli.room / "old.csv"), "--by", "Léa").exit_code == 0
    return cli


def was(cli: CommandLine, who: str, day: str, label: str = "secnumcloud") -> tuple[str, str]:
    [one] = cli.json("was", who, label, day)
    return one["answer"], one["basis"]


def test_before_the_watch_a_document_answers_by_name_and_says_whose_word_it_is(cli: CommandLine) -> None:
    [one] = cli.json("was", "OVH", "secnumcloud", "2022-05-05")
    assert (one["answer"], one["basis"], one["source"], one["evidence"]) == ("yes", "document", None, [])
    assert one["sources"] == {SOURCE: {"answer": "unknown", "basis": "not_watched"}}
    [paper] = one["documents"]
    assert (paper["document"], paper["page"], paper["by"], paper["says"]) == ("paper.pdf", 3, "Léa", "held")
    said = "yes. By a document that was provided, never observed: “Private Cloud”"
    assert one["sentence"].startswith(f"OVHcloud, SecNumCloud, 2022-05-05: {said}")
    said = cli("--lang", "fr", "was", "ovhcloud", "secnumcloud", "2022-05-05").stdout
    assert "D’après un document fourni, jamais observé" in said
    assert "paper.pdf, page 3, fourni par Léa" in said
    assert paper["sha256"] in said


def test_where_no_document_covers_the_day_unknown_stays_unknown(cli: CommandLine) -> None:
    for day in ("2021-01-09", "2024-01-11"):
        assert was(cli, "OVH", day) == ("unknown", "not_watched")
    assert was(cli, "Ancien", "2018-12-31") == ("unknown", "unknown_name")


def test_a_contradiction_with_what_was_read_is_shown_apart(cli: CommandLine) -> None:
    [one] = cli.json("was", "Bleu", "secnumcloud", "2026-03-04")
    assert (one["answer"], one["basis"]) == ("no", "absent")
    assert [paper["document"] for paper in one["documents"]] == ["paper.pdf"]
    assert "says the contrary" in one["sentence"]
    assert "says the contrary" in cli("was", "Bleu", "secnumcloud", "2026-03-04").stdout


def test_a_name_that_no_reading_of_that_day_has_is_not_answered_by_a_document(cli: CommandLine) -> None:
    line = "secnumcloud;Inconnu;;2026_8;2025-01-01;2029-01-01;;;ANSSI;paper.pdf;8"
    (cli.room / "old.csv").write_text(f"{HEAD}\n{line}", encoding="utf-8")
    cli("documents", "import", str(cli.room / "old.csv"))
    assert was(cli, "Inconnu", "2025-06-01") == ("yes", "document")
    assert was(cli, "Inconnu", "2026-03-04") == ("unknown", "unknown_name")


def test_documents_that_disagree_are_both_told(cli: CommandLine) -> None:
    assert was(cli, "Ancien", "2021-05-31") == ("yes", "document")
    [one] = cli.json("was", "Ancien", "secnumcloud", "2021-06-01")
    assert (one["answer"], one["basis"]) == ("unknown", "document")
    assert [paper["says"] for paper in one["documents"]] == ["held", "withdrawn"]
    assert "do not settle it" in one["sentence"]


def test_what_is_taken_back_answers_no_more(cli: CommandLine) -> None:
    cli("documents", "remove", "1", "--reason", "wrong company")
    assert was(cli, "OVH", "2022-05-05") == ("unknown", "not_watched")
    cli("documents", "remove", "3", "--reason", "wrong letter")
    assert was(cli, "Ancien", "2021-06-01") == ("yes", "document")


def test_labels_together_vouch_no_more_than_the_document_for_one_of_them(cli: CommandLine) -> None:
    [one] = cli.json("was", "OVH", "secnumcloud+hds", "2026-03-04")
    assert (one["answer"], one["basis"]) == ("yes", "document")
    assert [part["basis"] for part in one["parts"]] == ["observed", "document"]
    assert "since 2025-03-24" in one["sentence"]


def test_whoever_is_on_no_list_is_found_and_unknown_today(cli: CommandLine) -> None:
    [found] = cli.json("find", "ancien")
    assert found["provider"]["slug"] == "ancien"
    [standing] = [one for one in cli.json("race", "Ancien") if one["label"] == "secnumcloud"]
    assert standing["state"] == "unknown"


def test_the_log_and_its_chain_know_nothing_of_documents(cli: CommandLine, tmp_path: Path) -> None:
    before = len(cli.json("history"))
    other = CommandLine(tmp_path / "other")
    other.room.mkdir()
    other.see("2026-03-04", OVH)
    assert len(other.json("history")) == before
    assert cli("replay").exit_code == 0


def test_a_list_of_a_day_that_nobody_saw_has_documents_apart_with_their_basis(cli: CommandLine) -> None:
    told = cli.json("listing", "secnumcloud", "--on", "2021-03-03")
    by_basis = {(one["provider"]["slug"], one["basis"], one["answer"]) for one in told}
    assert by_basis == {
        ("ovhcloud", "not_watched", "unknown"),
        ("ovhcloud", "document", "yes"),
        ("ancien", "document", "yes"),
    }
    [paper] = [one for one in told if one["provider"]["slug"] == "ancien"]
    assert (paper["source"], paper["status"], paper["extra"]["document"]) == ("", "documented", "paper.pdf")
    said = cli("listing", "secnumcloud", "--on", "2021-03-03").stdout
    assert "2 providers by documents that were provided, never observed" in said
    assert "basis" in cli("listing", "secnumcloud", "--on", "2021-03-03", "--format", "csv").stdout


@pytest.mark.parametrize("day", ["2026-03-04", "2026-03-05", "2018-01-01", "2028-01-01"])
def test_a_list_of_a_day_that_was_read_or_is_to_come_has_none(cli: CommandLine, day: str) -> None:
    told = cli.json("listing", "secnumcloud", "--on", day)
    assert "document" not in {one["basis"] for one in told}


def test_a_list_counts_nobody_whose_documents_disagree(cli: CommandLine) -> None:
    told = cli.json("listing", "secnumcloud", "--on", "2021-06-01")
    assert [one["provider"]["slug"] for one in told if one["basis"] == "document"] == ["ovhcloud"]


def test_a_list_of_a_gap_in_the_watch_asks_for_each_provider(cli: CommandLine) -> None:
    cli.see("2026-09-04", OVH)
    line = "secnumcloud;Inconnu;;2026_8;2025-01-01;2029-01-01;;;ANSSI;paper.pdf;8"
    (cli.room / "old.csv").write_text(f"{HEAD}\n{line}", encoding="utf-8")
    cli("documents", "import", str(cli.room / "old.csv"), now="2026-09-05")
    told = cli.json("listing", "secnumcloud", "--on", "2026-06-01", now="2026-09-05")
    assert [(one["provider"]["slug"], one["basis"]) for one in told] == [
        ("ovhcloud", "observed"),
        ("bleu", "document"),
        ("inconnu", "document"),
    ]


def test_all_that_is_known_of_a_provider_has_its_documents_apart(cli: CommandLine) -> None:
    [known] = cli.json("provider", "Ancien")
    assert [one["ref"] for one in known["documents"]] == ["2019_7", "2019_7"]
    assert known["attestations"] == []
    said = cli("--lang", "fr", "provider", "ovh").stdout
    assert "d’après un document fourni" in said
    assert "paper.pdf, page 3" in said
    assert "documents" not in cli.json("provider", "outscale")[0]
