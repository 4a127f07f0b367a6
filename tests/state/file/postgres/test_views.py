"""A memory of real editions, copied row by row: what follows and what people are shown is the same."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from both_engines import Both, Server
from psycopg import sql
from real_registers import watched

# In an order in which nothing names what is not there yet. All else follows from these.
TABLES = (
    *("page", "snapshot", "snapshot_page", "run", "source", "approval", "remark", "attestation", "event"),
    *("event_row", "absence", "link", "subscription", "channel", "notice", "message", "delivery", "alias"),
    *("retraction", "canary", "forgotten", "forgotten_version", "forgotten_ending", "footing", "share"),
    *("share_event", "documented"),
)
FOLLOW = (
    "select line, source, label, provider, provider_name, holder, subject, ref, versions from spelling",
    "select label, day, provider, change from move",
    "select kind, cause, counted from event_count",
    # How many spellings give a name is counted by Python when a transaction ends.
    "select provider, name, called, documented from name where called + documented > 0",
)
VIEWS = ("listed_now", "holdings", "events_plain", "expiries", "looks", "holdings_by_basis")
DOCUMENT = Path(__file__).parents[4] / "docs" / "analysts.md"


@pytest.fixture
def both(shared: Path, tmp_path: Path, theirs: Server) -> Iterator[Both]:
    file = tmp_path / "real.db"
    watched(shared, file)
    with closing(sqlite3.connect(file, isolation_level=None)) as ours:
        with theirs.transaction():
            for table in TABLES:
                copy(ours, theirs, table)
        yield Both(ours=ours, theirs=theirs)


def copy(ours: sqlite3.Connection, theirs: Server, table: str) -> None:
    rows = ours.execute(f"select * from {table}")
    kept = [
        place for place, column in enumerate(rows.description) if (table, column[0]) != ("link", "previous")
    ]
    names = sql.SQL(", ").join(sql.Identifier(rows.description[place][0]) for place in kept)
    order = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), names)
    with theirs.cursor() as cursor, cursor.copy(order) as copied:
        for row in rows:
            copied.write_row([row[place] for place in kept])


def test_real_editions_are_told_alike(both: Both) -> None:
    assert all(both.asked(asked) for asked in FOLLOW)
    assert all(both.asked(f"select * from {view}") for view in VIEWS)


def test_what_was_taken_back_and_noted_is_told_alike(both: Both) -> None:
    event, sha256 = both.ours.execute("select max(e.id), min(p.sha256) from event e, page p").fetchone()
    assert both.tell("insert into retraction values (?, 'wrong', 'ops', '2026-12-01T00:00:00Z')", event)
    assert both.tell("insert into forgotten values (13, 'doubtful', '2026-12-01T00:00:00Z', 13)")
    assert both.tell("delete from attestation where since_run = 13")
    assert both.tell(
        """insert into documented
            (id, label, provider, provider_name, holder, service, ref, scope, issuer, valid_from, file,
            sha256, note, "by", at)
            values (1, 'hds', 'été', 'Été', 'Été SAS', '', 'N° 7', '[]', 'LSTI', '2019-01-01', 'a.pdf', ?,
                '', 'ops', '2026')""",
        sha256,
    )

    assert all(both.asked(asked) for asked in FOLLOW)
    shown = {view: both.asked(f"select * from {view}") for view in VIEWS}
    assert sum(row[0] == "document" for row in shown["holdings_by_basis"]) == 1
    assert sum("wrong" in row for row in shown["events_plain"]) == 1
    assert sum("doubtful" in row for row in shown["looks"]) == 1


def test_what_analysts_are_told_to_ask_is_answered_by_both(both: Both) -> None:
    questions = re.findall(r"\| `(select [^`]+)`(?:; on PostgreSQL `([^`]+)`)?", DOCUMENT.read_text())
    assert len(questions) == 4
    for asked, theirs in questions:
        if theirs:  # days from today on, by what each calls them
            ours, asked = asked, re.sub(r"between .* (?=order)", f"{theirs} ", asked)
            expected = sorted(map(repr, both.ours.execute(ours).fetchall()))
            both.theirs.execute("set timezone = 'UTC'")
            assert sorted(map(repr, both.theirs.execute(asked).fetchall())) == expected
        else:
            both.asked(asked)
