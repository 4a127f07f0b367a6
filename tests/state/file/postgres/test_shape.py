"""What SQLite keeps, PostgreSQL keeps: the catalogues of both are held against each other."""

from __future__ import annotations

import re
import sqlite3

from both_engines import Server

# What only FTS5 and sqlite-utils need, and the tables that PostgreSQL has of them.
SQLITE_ALONE = re.compile(r"_sqlite_migrations|sqlite_sequence|(name|row)_words_(data|idx|config)")
WORDS = {"name_words", "row_words"}
# `owed_count` is a view there: see follow.sql.
ADDED_UP = {"owed_kept", "owed_change", "step_taken"}
TURN = ("message", "rowid")
TYPES = {"TEXT": "text", "INTEGER": "bigint", "BIGINT": "bigint", "BLOB": "bytea"}
# An entry of an index holds 2,700 bytes: a text without bound is told apart by its digest.
DIGESTED = {"notice_once": "text", "subscription_once": "wanted"}
# SQLite need not open a row that is whole in the index; PostgreSQL does where an expression is asked for.
COVERING = {"attestation_holder": 2, "attestation_state": 4}


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
        (table, name, kind, must, bare(default))
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


def test_the_same_keys(ours: sqlite3.Connection, theirs: Server) -> None:
    expected = set()
    for table in tables(ours):
        columns = ours.execute(f"pragma table_xinfo({table})").fetchall()
        expected.add((table, "p", tuple(c[1] for c in sorted(columns, key=lambda c: c[5]) if c[5])))
        for _, index, unique, origin, _ in ours.execute(f"pragma index_list({table})").fetchall():
            names = tuple(row[2] for row in ours.execute(f"pragma index_info({index})"))
            if unique and origin == "u":
                expected.add((table, "u", names))
    expected -= {("keyed", "p", ()), ("notice", "u", ("kind", "subject", "at", "text"))}

    found = theirs.execute(
        """select c.conrelid::regclass::text, c.contype::text, array(select a.attname::text
                from unnest(c.conkey) with ordinality k (number, place)
                join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number order by k.place)
            from pg_constraint c
            where c.contype in ('p', 'u') and c.connamespace = 'vigilabel'::regnamespace"""
    ).fetchall()
    kept = {(str(table), str(kind), tuple(columns)) for table, kind, columns in found}

    assert {one for one in kept if one[0] not in WORDS | ADDED_UP} == expected - {
        ("owed_count", "p", ("channel", "state"))
    }


def test_the_same_references_checked_as_late(ours: sqlite3.Connection, theirs: Server) -> None:
    late = re.compile(r"(\w+) \w+[^,]*references \w+ \(\w+\) deferrable initially deferred")
    expected = {
        (table, column, other, to, column in late.findall(sql))
        for table, sql in tables(ours).items()
        for _, _, other, column, to, *_ in ours.execute(f"pragma foreign_key_list({table})")
    }
    found = theirs.execute(
        """select c.conrelid::regclass::text, f.attname::text, c.confrelid::regclass::text, t.attname::text,
                c.condeferrable and c.condeferred
            from pg_constraint c
            join pg_attribute f on f.attrelid = c.conrelid and f.attnum = c.conkey[1]
            join pg_attribute t on t.attrelid = c.confrelid and t.attnum = c.confkey[1]
            where c.contype = 'f' and c.connamespace = 'vigilabel'::regnamespace"""
    ).fetchall()

    assert set(found) == expected
    assert {late for *_, late in expected} == {False, True}


def test_the_same_checks(ours: sqlite3.Connection, theirs: Server) -> None:
    """SQLite's own words are checks of an empty table beside ours: PostgreSQL writes both in one way."""
    said = """select pg_get_constraintdef(oid) from pg_constraint
        where conrelid = %s::regclass and contype = 'c' order by 1"""
    counted = 0
    for table, sql in tables(ours).items():
        kept = "owed_kept" if table == "owed_count" else table
        checks = [enclosed(sql, found.end() - 1) for found in re.finditer(r"\bcheck \(", sql)]
        theirs.execute(f"create temp table beside (like {kept})")
        for check in checks:
            theirs.execute(f"alter table beside add check ({check})")
        assert theirs.execute(said, [kept]).fetchall() == theirs.execute(said, ["beside"]).fetchall(), table
        theirs.execute("drop table beside")
        counted += len(checks)
    assert counted > 50


def test_the_same_indexes(ours: sqlite3.Connection, theirs: Server) -> None:
    """As with checks: SQLite's own words make an index of an empty table beside ours.

    Ours may go on with the number of the row, with which every index of SQLite ends.
    """
    said = """select indisunique, pg_get_expr(indpred, indrelid), array(
                select pg_get_indexdef(indexrelid, place, true) from generate_series(1, indnatts) place)
            from pg_index where indexrelid = %s::regclass"""
    sql = "select name, tbl_name, sql from sqlite_master where type = 'index' and sql is not null"
    found = [row for row in ours.execute(sql) if row[1] in tables(ours)]
    for name, table, words in found:
        start = words.index("(")
        columns = enclosed(words, start)
        rest = words[start + len(columns) + 2 :]
        placed = ", ".join(one if one.isidentifier() else f"({one})" for one in pieces(columns))
        theirs.execute(f"create temp table beside (like {table})")
        unique = "unique" * words.upper().startswith("CREATE UNIQUE")
        theirs.execute(f"create {unique} index beside_it on beside ({placed}) {rest}")
        kept, expected = (
            theirs.execute(said, [one]).fetchone() for one in (f"vigilabel.{name}", "beside_it")
        )
        assert kept
        assert expected
        keys, asked = list(kept[2]), list(expected[2])
        asked = asked[: len(asked) - COVERING.get(name, 0)]
        asked = [f"md5({one})" if one == DIGESTED.get(name) else one for one in asked]
        turn = "rowid" if table == "message" else "id"
        assert kept[:2] == expected[:2], name
        assert keys in (asked, [*asked, turn]), name
        theirs.execute("drop table beside")
    assert len(found) > 50

    # And those of constraints that became indexes, or that only one engine needs.
    more = theirs.execute(
        """select indexrelid::regclass::text from pg_index where not exists (
                select 1 from pg_constraint c where c.conindid = indexrelid) and indrelid in (
                select oid from pg_class where relnamespace = 'vigilabel'::regnamespace)"""
    ).fetchall()
    assert {str(name) for (name,) in more} - {name for name, *_ in found} == {
        "name_words_said",
        "row_words_said",
        "notice_once",
    }


def test_the_same_views(ours: sqlite3.Connection, theirs: Server) -> None:
    views = [name for (name,) in ours.execute("select name from sqlite_master where type = 'view'")]
    for view in views:
        expected = [row[1] for row in ours.execute(f"pragma table_xinfo({view})")]
        found = theirs.execute(f"select * from {view}").description
        assert [column.name for column in found or ()] == expected, view
        assert {column.type_display for column in found or ()} <= {"text", "int8"}, view
    assert len(views) == 6


def test_whoever_owns_a_plain_database_makes_a_memory_of_it(theirs: Server) -> None:
    assert theirs.execute("select rolsuper from pg_roles where rolname = user").fetchone() == (False,)
