"""Backups: whole while the watch goes on, and put back only when everything in them holds."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy_memory import Toy, look

from state.file.errors import StoreError
from state.file.opening import open_store
from state.file.store import Store
from state.kept import audit
from state.kept.backup import Copied, back_up, restore
from state.seen.looks import chain, runs


@pytest.fixture
def full(toy: Toy) -> Toy:
    for run in (1, 2, 3):
        look(toy, run)
    return toy


@pytest.fixture
def kept(full: Toy, file: Path, tmp_path: Path) -> Path:
    """A backup of the memory."""
    back_up(str(file), tmp_path / "kept.backup")
    return tmp_path / "kept.backup"


def everything(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return list(database.iterdump())


def test_a_restored_memory_is_the_one_that_was_backed_up(
    full: Toy, kept: Path, file: Path, tmp_path: Path
) -> None:
    back = tmp_path / "back.db"
    copied = restore(kept, str(back))
    assert (copied.head, copied.links, copied.faults) == (chain.head(full.store), 3, ())
    assert everything(back) == everything(file)
    with open_store(str(back)) as again:
        assert audit.faults(again) == ()
        look(Toy(again), 4)
        assert audit.faults(again) == ()


def test_a_backup_is_one_file(kept: Path, tmp_path: Path) -> None:
    assert sorted(path.name for path in tmp_path.glob("kept*")) == ["kept.backup"]
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.copy(kept, moved)
    assert restore(moved / kept.name, str(moved / "back.db")).links == 3
    assert sorted(path.name for path in moved.iterdir()) == ["back.db", "kept.backup"]


def test_a_backup_is_consistent_while_others_write(full: Toy, file: Path, tmp_path: Path) -> None:
    done = threading.Event()

    def write() -> None:
        with open_store(str(file)) as store:
            busy = Toy(store)
            for run in range(4, 40):
                look(busy, run)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    copies: list[Copied] = []
    while not done.is_set() or not copies:
        copies.append(back_up(str(file), tmp_path / f"{len(copies)}.backup"))
    writer.join()
    assert all(copied.faults == () for copied in copies)
    assert [copied.links for copied in copies] == sorted(copied.links for copied in copies)
    assert restore(tmp_path / "0.backup", str(tmp_path / "back.db")).head == copies[0].head


def test_what_is_uncommitted_is_not_in_the_backup(full: Toy, file: Path, tmp_path: Path) -> None:
    with full.store.transaction():
        runs.record(full.store, full.run(9))
        back_up(str(file), tmp_path / "b")
    with open_store(str(tmp_path / "b")) as copy:
        assert [run.id for run in runs.runs(copy)] == [1, 2, 3]


def test_nothing_is_ever_overwritten(full: Toy, kept: Path, file: Path, tmp_path: Path) -> None:
    before, memory = kept.read_bytes(), everything(file)
    with pytest.raises(StoreError, match="a backup is never overwritten"):
        back_up(str(file), kept)
    with pytest.raises(StoreError, match="a memory is never overwritten: move it away first"):
        restore(kept, str(file))
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match="a memory is never overwritten"):
        restore(kept, str(tmp_path / "empty.db"))
    assert (kept.read_bytes(), everything(file)) == (before, memory)


def test_the_leftovers_of_a_lost_memory_are_not_mixed_with_a_backup(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "lost.db-wal").write_bytes(b"something")
    with pytest.raises(StoreError, match="leftovers"):
        restore(kept, str(tmp_path / "lost.db"))
    assert not (tmp_path / "lost.db").exists()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("update event set body = replace(body, 'bleu', 'blau') where id = 2", "event 2: was altered"),
        ("delete from link where number = 3", "run 3 of ans-hds: is not in the chain"),
        ("update run set message = 'fine' where id = 1", "run 1: its message"),
        ("update page set body = zeroblob(30)", "evidence damaged"),
    ],
)
def test_a_backup_that_was_tampered_with_is_refused(kept: Path, tmp_path: Path, sql: str, said: str) -> None:
    with closing(sqlite3.connect(kept)) as database:
        for [name] in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f"drop trigger {name}")
        database.execute(sql)
        database.commit()
    with pytest.raises(StoreError, match=said):
        restore(kept, str(tmp_path / "back.db"))
    assert not list(tmp_path.glob("back.db*"))


def test_a_memory_that_disagrees_with_its_chain_is_backed_up_and_said_so(
    full: Toy, file: Path, tmp_path: Path
) -> None:
    full.store.q("update run set message = 'fine' where id = 1")
    assert back_up(str(file), tmp_path / "b").faults == ("run 1: its message is not what the chain has",)
    assert (tmp_path / "b").exists()


def other_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table bookmarks (url)")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "there is no such file"),
        (lambda path: path.touch(), "expected a memory of vigilabel"),
        (lambda path: path.write_text("a letter " * 200), "expected a whole database"),
        (other_program, "expected a memory of vigilabel"),
    ],
)
def test_what_is_no_backup_is_refused(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    make(tmp_path / "odd")
    with pytest.raises(StoreError, match=said):
        restore(tmp_path / "odd", str(tmp_path / "back.db"))
    assert not list(tmp_path.glob("back.db*"))


def test_a_backup_that_was_cut_short_is_refused(kept: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    cut.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    with pytest.raises(StoreError, match="expected a whole database"):
        restore(cut, str(tmp_path / "back.db"))
    assert not list(tmp_path.glob("back.db*"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 0.999), mask=st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_changes_nothing(
    kept: Path, tmp_path: Path, share: float, mask: int
) -> None:
    """Some bytes of a database mean nothing: whatever is accepted has the whole chain and all it covers."""
    data = bytearray(kept.read_bytes())
    data[int(share * len(data))] ^= mask
    flipped, back = tmp_path / "flipped", tmp_path / "back.db"
    flipped.write_bytes(bytes(data))
    try:
        restored = restore(flipped, str(back))
    except StoreError:
        assert not list(tmp_path.glob("back.db*"))
        return
    with open_store(str(kept)) as original:
        assert restored.head == chain.head(original)
    for left in tmp_path.glob("back.db*"):
        left.unlink()


def test_a_backup_of_a_newer_vigilabel_is_refused_by_its_own_name(kept: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(kept)) as database:
        database.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('vigilabel', 'm9', '')"
        )
        database.commit()
    with pytest.raises(StoreError, match=r"kept\.backup: comes from a newer vigilabel"):
        restore(kept, str(tmp_path / "back.db"))


def test_there_is_no_backup_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database"):
        back_up(str(tmp_path / "none.db"), tmp_path / "b")
    with pytest.raises(StoreError, match="gone with its process"):
        back_up(":memory:", tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_the_address_may_be_written_either_way(store: Store, file: Path, tmp_path: Path) -> None:
    assert back_up(f"sqlite:///{file}", tmp_path / "b").head == chain.START
    assert restore(tmp_path / "b", f"sqlite:///{tmp_path}/back.db").links == 0


def test_a_folder_that_cannot_take_the_backup_is_not_called_a_damaged_memory(
    store: Store, file: Path, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nowhere"
    with pytest.raises(StoreError, match=f"^{nowhere}: expected a folder that can be written to"):
        back_up(str(file), nowhere / "backup.db")


def test_a_full_disk_is_not_called_a_damaged_memory(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_: sqlite3.Connection, __: Path) -> None:
        with closing(sqlite3.connect(tmp_path / "small.db")) as small:
            small.execute("pragma max_page_count = 1")
            small.execute("create table t (x)")

    monkeypatch.setattr("state.kept.backup._require_whole", no_room)
    with pytest.raises(StoreError, match="no room for the copy: the disk is full"):
        restore(kept, str(tmp_path / "back.db"))
