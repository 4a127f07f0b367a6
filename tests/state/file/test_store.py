from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from toy_memory import Toy, together

from state.file import claims
from state.file.errors import Broke, Failed, Full, StoreError
from state.file.opening import open_store
from state.file.sqlite import migrations
from state.file.store import Store
from state.model import Cause, Kind, Outcome, Weight
from state.seen.events import log
from state.seen.looks import runs


def test_a_new_memory_is_made_where_the_directory_exists(file: Path) -> None:
    open_store(f"sqlite:///{file}").close()
    assert file.stat().st_size > 0


@pytest.mark.parametrize("url", [":memory:", "sqlite://", "sqlite:///:memory:"])
def test_a_memory_can_live_in_memory_alone(url: str) -> None:
    with open_store(url) as store:
        assert runs.states(store) == ()


def test_an_address_may_be_relative(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    open_store("sqlite:///one.db").close()
    open_store("two.db").close()
    assert {path.name for path in file.parent.iterdir()} >= {"one.db", "two.db"}


def test_an_address_of_another_kind_is_refused_without_its_password() -> None:
    with pytest.raises(StoreError, match="or postgresql://…, found a mysql://") as caught:
        open_store("mysql://me:hunter2@example.org/db")
    assert "hunter2" not in str(caught.value)


def test_an_empty_address_is_refused() -> None:
    with pytest.raises(StoreError, match="empty address"):
        open_store("")


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere does not exist"):
        open_store(str(tmp_path / "nowhere" / "x.db"))


def test_a_directory_is_not_a_memory(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="found a directory"):
        open_store(str(tmp_path))


def test_a_file_of_another_kind_is_refused_and_left_alone(file: Path) -> None:
    file.write_bytes(b"%PDF-1.7 " * 1000)
    with pytest.raises(StoreError, match="found a file of another kind"):
        open_store(str(file))
    assert file.read_bytes() == b"%PDF-1.7 " * 1000


def test_a_database_of_another_program_is_refused_and_left_alone(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("create table invoice (id integer)")
    with pytest.raises(StoreError, match=r"another program \(tables invoice"):
        open_store(str(file))
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("select name from sqlite_master").fetchall() == [("invoice",)]


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
@pytest.mark.parametrize("empty_file", [True, False])
def test_a_watch_never_starts_empty_where_a_database_was(file: Path, suffix: str, empty_file: bool) -> None:
    if empty_file:
        file.touch()
    Path(f"{file}{suffix}").write_bytes(b"left behind")
    with pytest.raises(StoreError, match="restore it from a backup"):
        open_store(str(file))


@pytest.mark.parametrize("empty_file", [True, False])
def test_no_memory_is_made_where_one_must_be(file: Path, empty_file: bool) -> None:
    if empty_file:
        file.touch()
    with pytest.raises(StoreError, match="there is no database"):
        open_store(str(file), create=False)
    assert file.exists() == empty_file


def test_a_memory_of_a_newer_vigilabel_is_refused(store: Store, file: Path) -> None:
    store.q(
        """update _sqlite_migrations set name = 'm9999_next'
            where name = (select max(name) from _sqlite_migrations)"""
    )
    with pytest.raises(StoreError, match="newer vigilabel, which made m9999_next"):
        open_store(str(file))


def test_a_damaged_database_goes_up_as_it_is(store: Store, file: Path) -> None:
    store.close()
    damaged = bytearray(file.read_bytes())
    damaged[100:4096] = b"\xff" * 3996
    file.write_bytes(damaged)
    with pytest.raises(Failed):
        open_store(str(file))


def test_opening_again_changes_nothing(store: Store, again: Callable[[], Store]) -> None:
    before = store.q("select name, sql from sqlite_master order by name")
    assert again().q("select name, sql from sqlite_master order by name") == before


def test_the_promises_of_a_connection(store: Store) -> None:
    assert store.q("pragma journal_mode") == [{"journal_mode": "wal"}]
    assert store.q("pragma foreign_keys") == [{"foreign_keys": 1}]
    assert store.q("pragma synchronous") == [{"synchronous": 2}]
    assert store.q("pragma busy_timeout")[0]["timeout"] >= 10_000


def test_a_transaction_is_all_or_nothing(store: Store, toy: Toy) -> None:
    def fail_half_way() -> None:
        with store.transaction():
            runs.record(store, toy.run(1))
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    assert runs.runs(store) == ()


def test_a_nested_transaction_joins_the_outer_one(store: Store, toy: Toy, again: Callable[[], Store]) -> None:
    other = again()
    with store.transaction():
        with store.transaction():
            runs.record(store, toy.run(1))
        assert runs.runs(other) == ()
    assert len(runs.runs(other)) == 1


def test_many_rows_are_written_all_or_none(store: Store) -> None:
    sql = "insert into lease (name, owner, until) values (:name, 'me', '')"
    with pytest.raises(Broke):
        store.many(sql, [{"name": "a"}, {"name": "b"}, {"name": "a"}])
    assert store.q("select * from lease") == []


def test_a_commit_that_fails_leaves_no_transaction_open(store: Store, toy: Toy) -> None:
    with pytest.raises(Broke, match="FOREIGN KEY"), store.transaction():
        log.append(store, 77, [toy.event(1)])
    runs.record(store, toy.run(1))
    assert log.events(store) == ()


def test_a_full_disk_goes_up_and_rolls_back(store: Store, toy: Toy) -> None:
    runs.record(store, toy.run(1))
    store.q("pragma max_page_count = 1")

    def fill() -> None:
        with store.transaction():
            for id in range(2, 10_000):
                runs.record(store, toy.run(id, message="x" * 1000))

    with pytest.raises(Full, match="full"):
        fill()
    assert [run.id for run in runs.runs(store)] == [1]


def test_a_read_only_memory_answers_and_refuses_to_write(store: Store, toy: Toy) -> None:
    runs.record(store, toy.run(1))
    store.q("pragma query_only = 1")
    with pytest.raises(Failed, match="readonly"):
        runs.record(store, toy.run(2))
    assert len(runs.runs(store)) == 1


def test_a_connection_belongs_to_one_thread(store: Store) -> None:
    failures: list[BaseException] = []

    def use() -> None:
        try:
            runs.runs(store)
        except Failed as error:
            failures.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert len(failures) == 1


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("run", "outcome", Outcome),
        ("source", "outcome", Outcome),
        ("event", "kind", Kind),
        ("event", "weight", Weight),
        ("event", "cause", Cause),
        ("subscription", "floor", Weight),
    ],
)
def test_the_checks_of_the_tables_know_every_word_of_the_model(
    store: Store, table: str, column: str, words: type[Outcome]
) -> None:
    sql = store.q("select sql from sqlite_master where name = :table", table=table)[0]["sql"]
    stated = sql.split(f"{column} in (", 1)[1].split(")", 1)[0]
    assert {word.strip(" '\n") for word in stated.split(",")} == {word.value for word in words}


def test_an_unknown_word_is_refused_by_the_table_itself(store: Store, toy: Toy) -> None:
    runs.record(store, toy.run(1))
    with pytest.raises(Broke, match="CHECK"):
        store.q("update run set outcome = 'fine'")


def test_every_step_is_applied_once_and_in_one_transaction(file: Path) -> None:
    with open_store(str(file)) as store:
        applied = store.q("select name from _sqlite_migrations order by id")
    assert [row["name"] for row in applied] == list(migrations.STEPS)


def _open(path: str) -> int:
    with open_store(path) as store:
        return len(store.q("select name from _sqlite_migrations"))


def test_processes_that_open_a_new_memory_at_once_make_one(file: Path) -> None:
    found = together(_open, [(str(file),)] * 4)
    assert found == [len(migrations.STEPS)] * 4


def _count(path: str, times: int) -> None:
    """Reads then writes: what loses transactions under a deferred BEGIN."""
    with open_store(path) as store:
        for _ in range(times):
            with store.transaction():
                held = store.q("select until from lease where name = 'n'")[0]["until"]
                store.q("update lease set until = :n where name = 'n'", n=str(int(held) + 1))


def test_concurrent_transactions_that_read_first_lose_nothing(store: Store, file: Path) -> None:
    store.q("insert into lease (name, owner, until) values ('n', 'me', '0')")
    together(_count, [(str(file), 100)] * 3)
    assert store.q("select until from lease") == [{"until": "300"}]


def test_a_process_killed_inside_a_transaction_leaves_no_trace(
    store: Store, file: Path, toy: Toy, again: Callable[[], Store]
) -> None:
    runs.record(store, toy.run(1))
    script = """
        import sys, time
        from state.file.opening import open_store
        store = open_store(sys.argv[1])
        with store.transaction():
            store.q("update run set message = 'half'")
            store.q("insert into lease (name, owner, until) values ('a', 'dead', '')")
            print("written", flush=True)
            time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path.cwd()) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        os.kill(process.pid, signal.SIGKILL)
    survivor = again()
    assert runs.run(survivor, 1).message == ""
    assert claims.lease(survivor, "a", "me", toy.now, toy.later(hours=1) - toy.now)
