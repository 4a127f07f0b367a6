"""What SQLite keeps, PostgreSQL keeps: the catalogues of both are held against each other."""

from __future__ import annotations

import re
import sqlite3

import psycopg

Server = psycopg.Connection[tuple[object, ...]]

# What only FTS5 and sqlite-utils need, and the tables that PostgreSQL has of them.
SQLITE_ALONE = re.compile(r"_sqlite_migrations|sqlite_sequence|(name|row)_words_(data|idx|config)")
WORDS = {"name_words", "row_words"}
# `owed_count` is a view there: see follow.sql.
ADDED_UP = {"owed_kept", "owed_change"}
TURN = ("message", "rowid")
TYPES = {"TEXT": "text", "INTEGER": "bigint", "BIGINT": "bigint", "BLOB": "bytea"}
# An entry of an index holds 2,700 bytes: a text without bound is told apart by its digest.
DIGESTED = {"notice_once": "text", "subscription_once": "wanted"}
# SQLite need not open a row whose columns are all in the index; beside an expression PostgreSQL always does.
COVERING = {"attestation_holder": 1, "attestation_state": 4}


def tables(ours: sqlite3.Connection) -> dict[str, str]:
    found = ours.execute("select name, sql from sqlite_master where type = 'table' order by rowid").fetchall()
    return {name: sql for name, sql in found if not SQLITE_ALONE.fullmatch(name) and name not in WORDS}


def bare(default: str | None) -> str | None:
    return default and default.removesuffix("::text")


def pieces(columns: str) -> list[str]:
    """What commas part, but for those in parentheses."""
    found, depth = [""], 0
    for sign in columns:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [piece.strip() for piece in found]


def enclosed(sql: str, start: int) -> str:
    """What stands in the parentheses that open at `start`."""
    depth = 0
    for place in range(start, len(sql)):
        depth += (sql[place] == "(") - (sql[place] == ")")
        if not depth:
            return sql[start + 1 : place]
    raise AssertionError(sql)


def test_the_same_tables_and_columns(ours: sqlite3.Connection, theirs: Server) -> None:
    expected = {
        (table, name, TYPES[kind.upper()], bool(must) or bool(key), bare(default))
        for table in tables(ours)
        for _, name, kind, must, default, key, _ in ours.execute(f"pragma table_xinfo({table})")
    }
    found = theirs.execute(
        """select table_name, column_name, data_type, is_nullable = 'NO', column_default
            from information_schema.columns where table_schema = 'vigilabel' and table_name not in
            (select table_name from information_schema.views where table_name <> 'owed_count')"""
    ).fetchall()
    kept = {
        (table, name, kind, must, bare(default))  # type: ignore[arg-type]
        for table, name, kind, must, default in found
        if table not in WORDS | ADDED_UP and (table, name) != TURN
    }

    assert {one for one in kept if one[0] != "owed_count"} == {
        one for one in expected if one[0] != "owed_count"
    }
    assert {one[:3] for one in kept} == {one[:3] for one in expected}
    assert len(expected) > 250


def test_texts_are_compared_by_their_bytes(theirs: Server) -> None:
    strange = theirs.execute(
        """select table_name, column_name from information_schema.columns c
            where table_schema = 'vigilabel' and data_type = 'text' and collation_name is distinct from 'C'
            and exists (select 1 from information_schema.tables t
                where t.table_name = c.table_name and t.table_type = 'BASE TABLE')"""
    ).fetchall()

    assert strange == []
