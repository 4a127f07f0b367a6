"""`documents`: what a person holds a document for, taken from a table, all of it or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import SOURCE, CommandLine
from toy_memory import together

from state.file.opening import open_store
from state.noted import documents

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
HEAD = (
    "label;provider;service;reference;valid_from;valid_until;withdrawn_on;document_date;issuer;document;page"
)
OLD = "hds;Ancien Hébergeur;;A-2009-1;01/06/2009;31/05/2012;;;Ministère;arrete.pdf;2"
OWN = "secnumcloud;OVH;Private Cloud;2021_1;2021-01-10;2024-01-10;;;ANSSI;arrete.pdf;3"


@pytest.fixture
def cli(cli: CommandLine) -> CommandLine:
    cli.saw(("2026-03-04", OVH))
    (cli.room / "arrete.pdf").write_bytes(b"%PDF-1.4 an old decision")
    return cli


def table(cli: CommandLine, *lines: str, head: str = HEAD) -> str:
    path = cli.room / "old.csv"
    path.write_text("\ufeff" + "\r\n".join((head, *lines)), encoding="utf-8", newline="")
    return str(path)


def kept(cli: CommandLine) -> list[tuple[str, str, str]]:
    return [(one["provider"], one["first_day"], one["document"]) for one in cli.json("documents", "list")]


def test_a_table_of_a_french_spreadsheet_is_taken_whole_and_once(cli: CommandLine) -> None:
    said = cli("documents", "import", table(cli, OLD, OWN), "--by", "Léa")
    assert said.stdout == "Lines read: 2. New: 2. Documents: 1.\n"
    both = [("ancien-hebergeur", "2009-06-01", "arrete.pdf"), ("ovhcloud", "2021-01-10", "arrete.pdf")]
    assert kept(cli) == both
    said = cli("--lang", "fr", "documents", "import", table(cli, OWN, OLD))
    assert said.stdout == "Lignes lues\u00a0: 2. Nouvelles\u00a0: 0. Documents\u00a0: 1.\n"
    assert kept(cli) == both


def test_a_table_between_commas_with_columns_in_another_order_is_read_as_well(cli: CommandLine) -> None:
    head = "Document,Issuer,Provider,Label,valid_from"
    said = cli("documents", "import", table(cli, 'arrete.pdf,"Ministère, Paris",X,HDS,2012-1-2', head=head))
    assert said.exit_code == 0, said.output
    [one] = cli.json("documents", "list")
    assert (one["issuer"], one["label"], one["first_day"], one["last_day"]) == (
        "Ministère, Paris",
        "hds",
        "2012-01-02",
        "2012-01-02",
    )


def test_a_dry_run_shows_whose_page_each_would_be_on_and_writes_nothing(cli: CommandLine) -> None:
    said = cli("documents", "import", table(cli, OLD, OWN), "--dry-run")
    assert "new: ancien-hebergeur" in said.stdout
    assert "known: ovhcloud" in said.stdout
    assert kept(cli) == []


def test_a_dry_run_needs_no_memory_and_begins_none(tmp_path: Path) -> None:
    cli = CommandLine(tmp_path)
    (tmp_path / "arrete.pdf").write_bytes(b"%PDF-1.4")
    assert cli("documents", "import", table(cli, OLD), "--dry-run").exit_code == 0
    assert not cli.state.exists()


def test_all_mistakes_are_told_at_once_each_with_its_line_and_column(cli: CommandLine) -> None:
    (cli.room / "empty.pdf").touch()
    wrong = (
        "hsd;—;;;2012-02-31;2015-05-30;;;;../arrete.pdf;0",
        "secnumcloud+hds;X;;;2012-01-01;;;2030-01-01;ANSSI;gone.pdf;1",
        "hds;X;;;2015-01-01;2012-01-01;;;Ministère;empty.pdf;",
        "hds;X;;;;2012-01-01;;;Ministère;arrete.pdf;",
        "hds;X;;;;2012-01-01;;2014-01-01;Ministère;arrete.pdf;",
        "hds;X;;;1899-01-01;;;;Ministère;arrete.pdf;;;",
    )
    said = cli("documents", "import", table(cli, OLD, *wrong))
    assert said.exit_code == 1
    places = [line.partition(": ")[0] for line in said.stderr.splitlines()]
    columns = ["label", "provider", "valid_from", "issuer", "document", "page"]
    assert places[:6] == [f"line 3, column “{name}”" for name in columns]
    assert "did you mean hds?" in said.stderr
    assert places[6:9] == [
        "line 4, column “label”",
        "line 4, column “document_date”",
        "line 4, column “document”",
    ]
    assert places[9:] == [
        "line 5, column “valid_until”",
        "line 5, column “document”",
        "line 6, column “valid_from”",
        "line 7, column “document_date”",
        "line 8",
        "vigilabel",
    ]
    assert kept(cli) == []


@pytest.mark.parametrize(
    ("written", "word"),
    [
        (b"label;provider\nhds;X", "column “issuer”: expected this column"),
        (b"label;provider;issuer;document;note;note", "column named twice"),
        (b"label;provider;issuer;document;servce\nhds;X;M;arrete.pdf;", "expected: service"),
        (
            "label;provider;issuer;document\nhds;Hébergeur;M;arrete.pdf".encode("cp1252"),
            "line 2: expected UTF-8",
        ),
        (b'label,provider,issuer,document\nhds,"half', "line 2: expected cells"),
        (b"label;provider;issuer;document\n", "expected at least one line"),
        (b"", "column “label”"),
        (b"label;provider;issuer;document\nhds;X\x07;M;arrete.pdf", "U+0007"),
        (b"label;provider;issuer;document\nhds;" + b"X" * 301 + b";M;arrete.pdf", "at most 300 characters"),
    ],
)
def test_a_table_that_is_none_says_what_to_do(cli: CommandLine, written: bytes, word: str) -> None:
    (cli.room / "old.csv").write_bytes(written)
    said = cli("documents", "import", str(cli.room / "old.csv"))
    assert said.exit_code == 1
    assert word in said.stderr
    assert kept(cli) == []


def test_what_is_no_document_is_not_waited_for(cli: CommandLine) -> None:
    os.mkfifo(cli.room / "pipe.pdf")
    said = cli("documents", "import", table(cli, OLD.replace("arrete.pdf", "pipe.pdf")))
    assert "no file “pipe.pdf”" in said.stderr


def test_too_large_a_document_or_table_is_not_read(cli: CommandLine) -> None:
    with (cli.room / "large.pdf").open("wb") as file:
        file.truncate((32 << 20) + 1)
    said = cli("documents", "import", table(cli, OLD.replace("arrete.pdf", "large.pdf")))
    assert "expected at most 33554432" in said.stderr
    with (cli.room / "large.csv").open("wb") as file:
        file.truncate((4 << 20) + 1)
    assert "split the file" in cli("documents", "import", str(cli.room / "large.csv")).stderr


def test_activities_are_numbers_of_a_label_that_has_them(cli: CommandLine) -> None:
    head = "label;provider;issuer;document;valid_from;activities"
    one = cli("documents", "import", table(cli, "hds;X;M;arrete.pdf;2019-01-01;1-3, 6", head=head))
    assert one.exit_code == 0, one.output
    [taken] = cli.json("documents", "list")
    assert len(taken["scope"]) == 4
    for label, activities in (("hds", "7"), ("hds", "all"), ("secnumcloud", "1")):
        line = f"{label};Y;M;arrete.pdf;2019-01-01;{activities}"
        said = cli("documents", "import", table(cli, line, head=head))
        assert "column “activities”" in said.stderr


def test_what_is_taken_back_is_listed_with_its_reason_alone(cli: CommandLine) -> None:
    cli("documents", "import", table(cli, OLD))
    said = cli("documents", "remove", "1", "--reason", "another company", "--by", "Max")
    assert said.stdout.startswith("Taken back: no. 1, Ancien Hébergeur, from 2009-06-01 to 2012-05-31")
    assert kept(cli) == []
    [gone] = cli.json("documents", "list", "--all")
    assert (gone["removed"]["reason"], gone["removed"]["by"]) == ("another company", "Max")
    again = cli("documents", "remove", "1", "--reason", "once more")
    assert again.exit_code == 1
    assert "documents list" in again.stderr


def test_an_alias_moves_what_a_document_says_of_that_name(cli: CommandLine) -> None:
    cli("documents", "import", table(cli, OLD))
    about = ("ovhcloud", "Ancien Hébergeur", "--source", SOURCE, "--label", "hds", "--reason", "bought")
    assert cli("alias", "add", *about).exit_code == 0
    assert kept(cli) == [("ovhcloud", "2009-06-01", "arrete.pdf")]
    cli("alias", "remove", *about)
    assert kept(cli) == [("ancien-hebergeur", "2009-06-01", "arrete.pdf")]


def taken_in(room: str) -> int:
    return CommandLine(Path(room))("documents", "import", f"{room}/old.csv").exit_code


def test_two_that_take_the_same_table_at_once_take_it_once(cli: CommandLine) -> None:
    table(cli, OLD, OWN)
    assert together(taken_in, [(str(cli.room),)] * 3) == [0, 0, 0]
    assert len(kept(cli)) == 2


def test_a_backup_that_is_put_back_has_the_documents(cli: CommandLine) -> None:
    cli("documents", "import", table(cli, OLD))
    cli("backup", str(cli.room / "copy.db"))
    cli.state.rename(cli.room / "away.db")
    for rest in cli.room.glob("watch.db-*"):
        rest.unlink()
    assert cli("restore", str(cli.room / "copy.db")).exit_code == 0
    [one] = cli.json("documents", "list")
    with open_store(str(cli.state)) as store:
        assert documents.body(store, one["sha256"]) == b"%PDF-1.4 an old decision"
    assert cli("replay").exit_code == 0
