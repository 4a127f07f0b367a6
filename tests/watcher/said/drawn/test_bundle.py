"""The bundle of all public data: whole, without anything private, replaced in one go, made once a night."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from command_line import CommandLine

from state.file.opening import open_store
from state.file.store import Store
from state.kept.away import VIEWS
from watcher.app import App
from watcher.said.drawn.bundle import bundle_of, write_bundle
from watcher.settings import Settings
from watcher.upkeep import nightly

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
ODD = 'secnumcloud | =HYPERLINK("http://evil.test") | Cloud, "one"; two | 2026_1 | 2026-01-01 | 2029-01-01'
DOCUMENT = Path(__file__).parents[4] / "docs" / "analysts.md"


@pytest.fixture
def watched(cli: CommandLine) -> CommandLine:
    cli.saw(("2026-03-02", OVH), ("2026-03-04", OVH, ODD))
    cli("subscribe", "ovhcloud", "--channel", "C0SECRET99")
    return cli


@pytest.fixture
def made(watched: CommandLine) -> ZipFile:
    out = watched.room / "all.zip"
    result = watched("bundle", "--out", str(out))
    assert result.exit_code == 0, result.output
    return ZipFile(out)


def test_each_table_is_there_three_times_and_says_the_same(made: ZipFile, tmp_path: Path) -> None:
    made.extract("vigilabel.sqlite", tmp_path)
    with closing(sqlite3.connect(tmp_path / "vigilabel.sqlite")) as copy:
        copy.row_factory = sqlite3.Row
        tables = {name for (name,) in copy.execute("select name from sqlite_master where type = 'table'")}
        assert tables == set(VIEWS)
        for view in VIEWS:
            stored = [dict(row) for row in copy.execute(f"select * from {view}")]
            assert stored
            assert json.loads(made.read(f"json/{view}.json")) == stored
            rows = list(csv.DictReader(io.StringIO(made.read(f"csv/{view}.csv").decode())))
            assert [list(row) for row in rows] == [list(row) for row in stored]


def test_nothing_private_is_in_it(watched: CommandLine, made: ZipFile) -> None:
    assert "C0SECRET99" in watched("subscriptions").output
    for name in made.namelist():
        assert b"C0SECRET99" not in made.read(name), name


def test_no_cell_is_a_formula(made: ZipFile) -> None:
    rows = csv.reader(io.StringIO(made.read("csv/listed_now.csv").decode()))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_its_dictionary_and_the_document_for_analysts_say_the_same(made: ZipFile) -> None:
    said = DOCUMENT.read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(made.read("columns.csv").decode())))
    for row in rows:
        assert row["fr"]
        assert row["fr"] != row["en"] or row["column"] in ("", "level")
        assert (f"| `{row['column']}` | {row['en']} |" if row["column"] else row["en"]) in said
    assert {row["table"] for row in rows} == set(VIEWS)


def test_it_says_where_it_comes_from_and_how_recent_it_is(made: ZipFile) -> None:
    text = made.read("README.txt").decode()
    assert "Licence Ouverte 2.0" in text
    assert "dernière bonne lecture le 04/03/2026" in text


def test_it_is_made_once_a_night_and_puts_itself_in_place_whole(watched: CommandLine) -> None:
    at = datetime(2026, 3, 5, 1, tzinfo=UTC)
    app = App(Settings(state=str(watched.state)), lambda: at)
    there = bundle_of(app.settings.state)
    assert there is not None
    assert [nightly(app), nightly(app)] == [True, False]
    with there.open("rb") as reading:  # who reads the old one meanwhile
        at = datetime(2026, 3, 6, 1, tzinfo=UTC)
        assert nightly(app)
        with ZipFile(reading) as old:
            assert old.testzip() is None
            assert old.comment == b"2026-03-05"
    assert ZipFile(there).comment == b"2026-03-06"
    assert [path.name for path in there.parent.iterdir() if path.name.startswith(".bundle")] == []


def test_what_a_killed_process_left_is_taken_away_and_nobody_at_work_is_disturbed(
    watched: CommandLine,
) -> None:
    left, busy = (watched.room / f".bundle-{name}" for name in ("left", "busy"))
    for room in (left, busy):
        room.mkdir()
        (room / "bundle.zip").write_bytes(b"PK half of a file")
    day_ago = left.stat().st_mtime - 86400
    os.utime(left, (day_ago, day_ago))
    assert watched("bundle", "--out", str(watched.room / "all.zip")).exit_code == 0
    assert [left.exists(), busy.exists()] == [False, True]


def test_a_broken_file_is_made_again_and_before_the_first_look_there_is_none(tmp_path: Path) -> None:
    app = App(Settings(state=str(tmp_path / "empty.db")), lambda: datetime(2026, 3, 5, tzinfo=UTC))
    assert not nightly(app)
    assert bundle_of("sqlite:///:memory:") is None


def test_it_is_replaced_where_what_lies_there_is_no_bundle(watched: CommandLine) -> None:
    app = App(Settings(state=str(watched.state)), lambda: datetime(2026, 3, 5, tzinfo=UTC))
    there = bundle_of(app.settings.state)
    assert there is not None
    there.write_bytes(b"PK half of a file")
    assert nightly(app)
    assert ZipFile(there).testzip() is None


@pytest.mark.parametrize("times", [4, pytest.param(10, marks=pytest.mark.soak)])
def test_memory_does_not_grow_with_the_log(watched: CommandLine, times: int) -> None:
    """Many times as many events take no more room than a batch of rows and a page of the archive."""

    def peak() -> int:
        with open_store(str(watched.state)) as store:
            tracemalloc.start()
            write_bundle(store, watched.room / "big.zip", datetime(2026, 3, 5, tzinfo=UTC))
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return most

    with open_store(str(watched.state)) as store, store.transaction():
        store.q(
            """insert into event (id, run, kind, weight, cause, provider, label, source, seen_at, body)
                with recursive n(i) as (select 1000 union all select i + 1 from n where i < 2500)
                select i, run, kind, weight, cause, provider, label, source, seen_at, body
                from n, (select * from event order by id limit 1)"""
        )
    small = peak()
    with open_store(str(watched.state)) as store, store.transaction():
        store.q(
            """insert into event (id, run, kind, weight, cause, provider, label, source, seen_at, body)
                with recursive n(i) as (select 10000 union all select i + 1 from n where i < 10000 + :more)
                select i, run, kind, weight, cause, provider, label, source, seen_at, body
                from n, (select * from event order by id limit 1)""",
            more=times * 1_500,
        )
    assert peak() < 1.5 * small


def test_a_full_disk_leaves_the_bundle_of_yesterday_and_the_watch_at_work(
    watched: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was told from a broken memory by nobody, and ended the watch every five minutes."""
    app = App(Settings(state=str(watched.state)), lambda: datetime(2026, 3, 5, tzinfo=UTC))
    there = bundle_of(app.settings.state)
    assert there is not None
    assert nightly(app)
    kept = there.read_bytes()
    tomorrow = App(Settings(state=str(watched.state)), lambda: datetime(2026, 3, 6, tzinfo=UTC))

    def small(store: Store, file: Path) -> None:
        with closing(sqlite3.connect(file)) as copy:
            copy.execute("pragma max_page_count = 1")
            copy.execute("create table t (x)")

    with monkeypatch.context() as patched:
        patched.setattr("state.kept.away.write_copy", small)
        assert not nightly(tomorrow)
    assert there.read_bytes() == kept
    assert [one.name for one in there.parent.iterdir() if one.name.startswith(".bundle-")] == []
    assert nightly(tomorrow)


def test_where_a_bundle_would_fill_the_disk_none_is_begun(
    watched: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nearly_full(_: Path) -> object:
        return SimpleNamespace(free=1_000_000)

    def begun(*_: object) -> None:
        raise AssertionError("it was begun")

    monkeypatch.setattr("watcher.said.drawn.bundle.disk_usage", nearly_full)
    monkeypatch.setattr("watcher.said.drawn.bundle._write", begun)
    app = App(Settings(state=str(watched.state)), lambda: datetime(2026, 3, 5, tzinfo=UTC))
    assert not nightly(app)
    result = watched("bundle", "--out", str(watched.room / "all.zip"))
    assert result.exit_code == 1
    assert f"{watched.room}: expected 17 MB of free space, found 1 MB" in result.output
    assert not (watched.room / "all.zip").exists()
