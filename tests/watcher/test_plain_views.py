"""What people with SQL see: plain columns that say what the program says."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from command_line import CommandLine

VIEWS = ("listed_now", "holdings", "events_plain", "expiries", "looks", "holdings_by_basis")
DOCUMENT = Path(__file__).parents[2] / "docs" / "analysts.md"
OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS+PaaS"
RENEWED = OVH.replace("2028", "2031")
BLEU = "secnumcloud | Bleu SAS | Cloud | 2026_1 | 2026-01-01 | -"
ARCHIVED = "cc | Idemia | Chip | CC-1 | 2020-01-01 | 2025-01-01 | status=archived"


@pytest.fixture
def database(cli: CommandLine) -> Iterator[sqlite3.Connection]:
    """A memory of three editions, as anybody opens it: no function of ours is known there."""
    cli.saw(
        ("2026-03-02", OVH, ARCHIVED),
        ("2026-03-04", RENEWED, ARCHIVED, BLEU),
        ("2026-03-06", RENEWED, ARCHIVED),
    )
    with closing(sqlite3.connect(f"file:{cli.state}?mode=ro", uri=True)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def asked(database: sqlite3.Connection, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in database.execute(sql)]


def test_who_is_listed_now_are_those_of_the_listing(cli: CommandLine, database: sqlite3.Connection) -> None:
    shown = cli.json("listing", "secnumcloud", now="2026-03-06T21:00")
    assert asked(database, "select provider, service, scope, valid_until, decision from listed_now") == [
        (
            row["provider"]["slug"],
            row["subject"],
            "; ".join(row["scope"]),
            row["valid_until"],
            row["ref"],
        )
        for row in shown
    ]
    assert len(shown) == 1


def test_a_renewal_is_one_holding_and_what_is_archived_none(database: sqlite3.Connection) -> None:
    assert asked(
        database, "select provider, valid_until, seen_from, seen_until from holdings order by 1"
    ) == [
        ("bleu", None, "2026-03-04T19:00:00Z", "2026-03-06T19:00:00Z"),
        ("ovhcloud", "2031-03-24", "2026-03-02T19:00:00Z", None),
    ]


def test_every_event_is_there_once_in_words_of_the_log(
    cli: CommandLine, database: sqlite3.Connection
) -> None:
    told = cli.json("history", now="2026-03-06T21:00")
    columns = "id, kind, weight, cause, provider, label, holder, valid_until, seen_at, place"
    assert sorted(asked(database, f"select {columns} from events_plain"), reverse=True) == [
        (
            *(one[name] for name in ("id", "kind", "weight", "cause")),
            one["provider"]["slug"],
            *(one[name] for name in ("label", "holder", "valid_until", "seen_at")),
            one["evidence"]["place"],
        )
        for one in told
    ]


def test_what_was_taken_back_says_so_and_why(cli: CommandLine, database: sqlite3.Connection) -> None:
    gained = "select id from events_plain where kind = 'gained' and cause = 'register'"
    [(event,)] = asked(database, gained)
    cli("retract", str(event), "--reason", "misread", now="2026-03-07")
    cli("forget", "3", "--reason", "wrong file", now="2026-03-07")
    told = asked(database, "select id, taken_back_why from events_plain where taken_back_at is not null")
    assert (event, "misread") in told
    assert {why for _, why in told} == {"misread", "wrong file"}
    assert asked(database, "select look, forgotten_why from looks where forgotten_at is not null") == [
        (3, "wrong file")
    ]


def test_ends_and_looks_are_told_without_ours(database: sqlite3.Connection) -> None:
    assert asked(database, "select last_printed_day, provider, to_be_confirmed from expiries") == [
        ("2031-03-24", "ovhcloud", "no")
    ]
    assert asked(database, 'select look, outcome, believed, "rows", documents from looks') == [
        (1, "ok", "yes", 2, 1),
        (2, "ok", "yes", 3, 1),
        (3, "ok", "yes", 2, 1),
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_no_cell_needs_a_parser(database: sqlite3.Connection, view: str) -> None:
    rows = database.execute(f"select * from {view}").fetchall()
    assert rows
    assert not [cell for row in rows for cell in row if str(cell).startswith(("{", "["))]


@pytest.mark.parametrize("view", VIEWS)
def test_every_column_is_documented(database: sqlite3.Connection, view: str) -> None:
    columns = [row["name"] for row in database.execute(f"pragma table_info({view})")]
    assert documented(view) == columns


def documented(view: str) -> Sequence[str]:
    text = DOCUMENT.read_text("utf-8").partition(f"## `{view}`")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \| .+ \|$", text, re.MULTILINE)


def test_documents_stand_beside_what_was_seen_by_their_basis(cli: CommandLine) -> None:
    cli.see("2026-03-02", OVH)
    (cli.room / "paper.pdf").write_bytes(b"%PDF-1.4 an old decision")
    (cli.room / "old.csv").write_text(
        "label,provider,issuer,document,valid_from,valid_until\n"
        "secnumcloud,OVH,ANSSI,paper.pdf,2021-01-10,2024-01-10\n"
        "secnumcloud,Ancien,ANSSI,paper.pdf,2019-01-01,2022-01-01\n"
    )
    assert cli("documents", "import", str(cli.room / "old.csv")).exit_code == 0
    assert cli("documents", "remove", "2", "--reason", "wrong").exit_code == 0
    with closing(sqlite3.connect(f"file:{cli.state}?mode=ro", uri=True)) as opened:
        opened.row_factory = sqlite3.Row
        sql = "select basis, provider, valid_from, seen_until, document from holdings_by_basis order by 1"
        assert asked(opened, sql) == [
            ("document", "ovhcloud", "2021-01-10", None, "paper.pdf"),
            ("observed", "ovhcloud", "2025-03-24", None, None),
        ]
        assert asked(opened, "select count(*) from holdings") == [(1,)]
