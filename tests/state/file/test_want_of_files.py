"""A process without open files has a memory that is whole; it says so, and goes on when it has some again."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from want_of_files import no_files_left

from state.file.copy import copied
from state.file.errors import Failed, NoFiles
from state.file.opening import open_store
from state.file.sqlite import engine
from state.kept.backup import back_up, restore


@pytest.fixture
def memory(tmp_path: Path) -> str:
    url = str(tmp_path / "w.db")
    open_store(url).close()
    return url


def test_a_memory_that_cannot_be_opened_for_want_of_files_is_not_broken(memory: str) -> None:
    with no_files_left(), pytest.raises(NoFiles, match="no more files"):
        open_store(memory)
    open_store(memory).close()


def test_it_is_tried_again_until_there_are_files(memory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    with no_files_left():
        monkeypatch.setattr("state.file.sqlite.engine.time.sleep", waited.append)
        with pytest.raises(NoFiles):
            open_store(memory)
    assert waited == list(engine.FILES_PAUSES)


def test_a_folder_that_is_gone_is_said_to_be_gone(memory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "check_place", lambda path, create: None)
    with pytest.raises(Failed, match="unable to open"):
        open_store(memory + "/nowhere/w.db")


def test_a_question_that_finds_no_file_says_so(memory: str) -> None:
    with open_store(memory) as store:
        store.q("pragma temp_store = file")
        store.q("pragma cache_size = 1")
        many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000) "
        with no_files_left(), pytest.raises(NoFiles):
            store.q(many + "select i, hex(randomblob(50)) as t from n order by t")
        assert store.q("select 1 as one") == [{"one": 1}]


@pytest.mark.parametrize("read_only", [False, True])
def test_a_copy_and_a_backup_say_so_too(memory: str, tmp_path: Path, read_only: bool) -> None:
    back_up(memory, tmp_path / "good.bak")
    if read_only:
        os.chmod(memory, 0o444)
    for work in (
        lambda: copied(memory).__enter__(),
        lambda: back_up(memory, tmp_path / "b.bak"),
        lambda: restore(tmp_path / "good.bak", str(tmp_path / "new.db")),
    ):
        with no_files_left(), pytest.raises((NoFiles, OSError), match=r"no more files|Too many open files"):
            work()
    assert not (tmp_path / "b.bak").exists()
    assert not (tmp_path / "new.db").exists()


def test_files_that_come_back_meanwhile_open_the_memory(memory: str) -> None:
    opened: list[str] = []

    def ask() -> None:
        with open_store(memory) as store:
            opened.extend(store.q("pragma journal_mode")[0].values())

    with no_files_left():
        waiting = threading.Thread(target=ask)
        waiting.start()
        threading.Event().wait(0.02)
    waiting.join(60)
    assert opened == ["wal"]
