"""Backups of a memory in a PostgreSQL are those of the same memory in a file, and go back into either."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from postgres_server import Server
from toy_memory import Toy, look

from state.file.errors import StoreError
from state.file.opening import open_store
from state.file.postgres.pool import close_all
from state.kept import audit
from state.kept import backup as backups
from state.kept.backup import back_up, restore
from state.kept.carried import carry
from state.seen.looks import chain

pytestmark = pytest.mark.sqlite  # from one engine to the other: once says all


@pytest.fixture
def full(toy: Toy) -> Toy:
    for run in (1, 2, 3):
        look(toy, run)
    return toy


@pytest.fixture
def database(postgres: Server) -> Iterator[Callable[[], str]]:
    made: list[str] = []

    def new() -> str:
        made.append(postgres.url(postgres.database()))
        return made[-1]

    yield new
    for url in made:
        close_all(url)


def all_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        rows = (
            line for line in database.iterdump() if "_sqlite_migrations" not in line and "_words_" not in line
        )
        return sorted(rows)


def test_a_backup_is_the_same_file_whichever_engine_keeps_the_memory(
    full: Toy, file: Path, tmp_path: Path, database: Callable[[], str]
) -> None:
    carry(str(file), served := database())
    ours, theirs = tmp_path / "ours.backup", tmp_path / "theirs.backup"
    assert back_up(served, theirs) == back_up(str(file), ours)
    assert all_of(theirs) == all_of(ours)
    assert sorted(path.name for path in tmp_path.glob("theirs*")) == ["theirs.backup"]


def test_a_backup_goes_back_into_a_server_and_lives_on(
    full: Toy, file: Path, tmp_path: Path, database: Callable[[], str]
) -> None:
    back_up(str(file), kept := tmp_path / "kept.backup")
    before = kept.read_bytes()
    copied = restore(kept, served := database())
    assert (copied.head, copied.links, copied.faults) == (chain.head(full.store), 3, ())
    with open_store(served) as store:
        look(Toy(store), 4)
        assert audit.faults(store) == ()
    assert kept.read_bytes() == before


def test_no_memory_in_a_server_is_overwritten(
    full: Toy, file: Path, tmp_path: Path, database: Callable[[], str]
) -> None:
    back_up(str(file), kept := tmp_path / "kept.backup")
    open_store(served := database()).close()
    with pytest.raises(StoreError, match="never overwritten"):
        restore(kept, served)


def test_a_restore_that_was_interrupted_is_gone_on_with(
    full: Toy, file: Path, tmp_path: Path, database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(str(file), kept := tmp_path / "kept.backup")

    def interrupted(url: str, to: str, *, name: str) -> None:
        def tell(what: str, done: int, of: int) -> None:
            if what == "link":
                raise KeyboardInterrupt

        carry(url, to, name=name, tell=tell)

    served = database()
    monkeypatch.setattr(backups, "carry", interrupted)
    with pytest.raises(KeyboardInterrupt):
        restore(kept, served)
    monkeypatch.undo()
    with pytest.raises(StoreError, match=f"holds a copy of {kept} that was not finished"):
        open_store(served)
    assert restore(kept, served).links == 3
    with open_store(served) as store:
        assert audit.faults(store) == ()


def test_a_backup_that_was_altered_goes_nowhere(
    full: Toy, file: Path, tmp_path: Path, database: Callable[[], str]
) -> None:
    back_up(str(file), kept := tmp_path / "kept.backup")
    with closing(sqlite3.connect(kept)) as tool, tool:
        tool.execute("drop trigger event_never_changes")
        tool.execute("update event set body = replace(body, 'Bleu', 'Rouge') where id = 2")
    with pytest.raises(StoreError, match="does not agree with its chain"):
        restore(kept, served := database())
    with pytest.raises(StoreError, match="there is no memory"):
        open_store(served, create=False)
