"""What other tools may do with a memory, a shell of SQLite or a spreadsheet: they lack our functions."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from toy_register import ToyRegister, page

from state import search
from state.file.opening import open_store
from state.kept import audit
from state.seen.who import spellings
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Watch

TOY = ToyRegister(name="ans-hds", labels=("hds",), covers=frozenset({"hds"}))
AT = datetime(2026, 3, 4, 18, tzinfo=UTC)
COEUR, SOCIETE = 1, 2  # the lines of life, numbered by what they are
ROWS = "edition 2026-03-04\nhds | Société Été SAS | Coffre | 1-1 | - | -\nhds | Cœur & Cie | - | 2-1 | - | -"


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    path = tmp_path / "memory.db"
    with open_store(str(path)) as store:
        watch = Watch(store=store, providers=load_providers(store), operators="")
        look(TOY, [page(ROWS, AT)], watch, AT)
    return path


@pytest.fixture
def outside(memory: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(memory, isolation_level=None)) as connection:
        yield connection


def test_every_table_and_view_is_read(outside: sqlite3.Connection) -> None:
    found = outside.execute("select name, type from sqlite_master where type in ('table', 'view')").fetchall()
    counted = {name: len(outside.execute(f'select * from "{name}"').fetchall()) for name, _ in found}

    assert sum(kind == "view" for _, kind in found) >= 5
    assert counted["listed_now"] == counted["holdings"] == counted["spelling"] == counted["row_words"] == 2


def test_words_are_asked_and_show_the_texts_they_are_of(outside: sqlite3.Connection) -> None:
    rows = outside.execute("select holder, subject from row_words where row_words match 'coffre'").fetchall()
    names = outside.execute("select name from name_words where name_words match 'coeur'").fetchall()

    assert (rows, names) == ([("Société Été SAS", "Coffre")], [("Cœur & Cie",)])


@pytest.mark.parametrize(
    "order", ["vacuum", "analyze", "reindex", "pragma optimize", "pragma wal_checkpoint"]
)
def test_what_keeps_a_file_in_order_leaves_a_memory_whole(
    memory: Path, outside: sqlite3.Connection, order: str
) -> None:
    outside.execute(order)

    assert outside.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert outside.execute("pragma foreign_key_check").fetchall() == []
    with open_store(str(memory)) as store:
        assert audit.faults(store) == ()
        assert spellings.alike(store, "COEUR & CIE") == {"coeur-cie"}
        assert [one.line for one in search.lines(store, search.all_of(["coffre"]))] == [SOCIETE]


def test_a_memory_is_written_out_as_statements(outside: sqlite3.Connection) -> None:
    assert any("Cœur" in line for line in outside.iterdump())


def test_a_row_that_another_tool_writes_is_found_once_the_memory_is_opened(
    memory: Path, outside: sqlite3.Connection
) -> None:
    columns = [row[1] for row in outside.execute("pragma table_info(attestation)") if row[1] != "id"]
    fresh = {"line": "77", "holder": "'Nuage d''Œuvre SARL'", "provider": "'nuage-d-oeuvre'"}
    values = ", ".join(fresh.get(name, name) for name in columns)
    outside.execute(
        f"insert into attestation ({', '.join(columns)}) select {values} from attestation where line = 1"
    )
    assert outside.execute("select count(*) from listed_now").fetchone() == (3,)
    with open_store(str(memory)) as store:
        assert spellings.alike(store, "NUAGE D'ŒUVRE SARL") == {"nuage-d-oeuvre"}
        assert [one.line for one in search.lines(store, search.all_of(["oeuvre"]))] == [77]

    outside.execute("delete from attestation where line = 77")
    with open_store(str(memory)) as store:
        assert spellings.alike(store, "NUAGE D'ŒUVRE SARL") == set()
        assert search.lines(store, search.all_of(["oeuvre"])) == []


def test_a_row_that_another_tool_alters_is_found_by_what_it_says_then(
    memory: Path, outside: sqlite3.Connection
) -> None:
    outside.execute("update attestation set holder = 'Cœur Atout' where holder = 'Cœur & Cie'")
    with open_store(str(memory)) as store:
        assert [one.line for one in search.lines(store, search.all_of(["atout"]))] == [COEUR]
        # The log still has the name it was written with, and the provider is still called so.
        assert search.names(store, search.all_of(["atout"])) == [("coeur-cie", "Cœur Atout")]


def test_our_next_transaction_follows_what_another_tool_wrote(
    memory: Path, outside: sqlite3.Connection
) -> None:
    with open_store(str(memory)) as store:
        outside.execute("update attestation set holder = 'Cœur Atout' where holder = 'Cœur & Cie'")
        with store.transaction():
            pass
        assert [one.line for one in search.lines(store, search.all_of(["atout"]))] == [COEUR]


APPEND_ONLY = (
    ("update event set kind = 'lost'", "the event log is append-only: an event is never changed"),
    ("delete from event", "the event log is append-only: an event is never deleted"),
    ("update event_row set line = 9", "the event log is append-only: an event is never changed"),
    ("delete from event_row", "the event log is append-only: an event is never deleted"),
    ("update link set hash = hash", "the chain is append-only: a link is never changed"),
    ("delete from link", "the chain is append-only: a link is never deleted"),
    (
        "insert into link (number, kind, record, hash, body) select number + 1, 'x', 1, hash, body from link",
        "the chain is append-only: a link names the hash of the last",
    ),
)


@pytest.mark.parametrize(("statement", "words"), APPEND_ONLY)
def test_the_log_and_the_chain_refuse_in_words(
    outside: sqlite3.Connection, statement: str, words: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=words):
        outside.execute(statement)


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="no shell of SQLite here")
@pytest.mark.parametrize(
    "order", ["select * from listed_now", "select * from events_plain", ".dump", "pragma integrity_check"]
)
def test_the_shell_of_sqlite_reads_it(memory: Path, order: str) -> None:
    done = subprocess.run(
        ["sqlite3", "-readonly", str(memory), order], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()
