"""Who may read the memory: its owner alone, from the first byte on, and whoever was let in on purpose."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from toy_memory import Toy

from state.file.opening import open_store
from state.file.sqlite.engine import open_to_others
from state.kept.backup import back_up, restore


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=["umask 000", "umask 022", "umask 077"])
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class Watched:
    """Notes the rights of every file of a folder whenever a statement of the program runs."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: dict[str, set[int]] = {}
        self.folder = folder
        opened = os.open

        def open_and_look(*args: object, **named: object) -> int:
            handle = opened(*args, **named)  # type: ignore[arg-type]
            self.look()
            return handle

        monkeypatch.setattr(os, "open", open_and_look)

    def look(self) -> None:
        for path in self.folder.iterdir():
            self.seen.setdefault(path.name, set()).add(rights(path))


@pytest.mark.usefixtures("_umask")
def test_memory_log_index_backup_and_what_is_restored_are_their_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(tmp_path, monkeypatch)
    with open_store(str(tmp_path / "v.db")) as store:
        with store.transaction():
            store.q("insert into lease values ('look', 'me', '2026-03-05T00:00:00Z')")
            watched.look()
        back_up(str(tmp_path / "v.db"), tmp_path / "v.backup")
        watched.look()
        restore(tmp_path / "v.backup", str(tmp_path / "again.db"))
        watched.look()
    assert {"v.db", "v.db-wal", "v.db-shm", "v.backup", "again.db"} <= watched.seen.keys()
    assert {name: seen for name, seen in watched.seen.items() if seen != {0o600}} == {}


def test_a_memory_that_is_shared_on_purpose_stays_shared_and_so_do_its_log_and_index(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "v.db")):
        pass
    (tmp_path / "v.db").chmod(0o640)
    with open_store(str(tmp_path / "v.db")) as store:
        store.q("insert into lease values ('look', 'me', '2026-03-05T00:00:00Z')")
        found = {path.name: rights(path) for path in tmp_path.iterdir()}
    assert found == {"v.db": 0o640, "v.db-wal": 0o640, "v.db-shm": 0o640}


@pytest.mark.parametrize(("mode", "expected"), [(0o600, False), (0o640, False), (0o644, True), (0o604, True)])
def test_a_memory_that_everybody_may_read_is_known_as_such(
    toy: Toy, file: Path, mode: int, expected: bool
) -> None:
    file.chmod(mode)
    assert open_to_others(str(file)) == expected


def test_no_memory_is_open_to_nobody(tmp_path: Path) -> None:
    assert not open_to_others(":memory:")
    assert not open_to_others(str(tmp_path / "none.db"))


def test_a_memory_behind_a_link_that_leads_to_no_file_yet_is_private_too(tmp_path: Path) -> None:
    there = tmp_path / "disk"
    there.mkdir()
    (tmp_path / "v.db").symlink_to(there / "real.db")
    with open_store(str(tmp_path / "v.db")):
        assert rights(there / "real.db") == 0o600
