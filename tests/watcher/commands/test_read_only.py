"""A memory that cannot be written to answers every question, and says in one line what it cannot do."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from command_line import SOURCE, CommandLine

from state.file.copy import copied
from state.file.errors import StoreError
from state.file.opening import open_store
from state.file.sqlite import engine
from state.seen.looks import runs

NOBODY = 65534
OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
QUESTIONS = (
    ("history",),
    ("listing", "secnumcloud"),
    ("was", "ovhcloud", "secnumcloud", "2026-03-05"),
    ("provider", "ovhcloud"),
    ("race",),
    ("sources",),
    ("subscriptions",),
    ("why", "1"),
    ("replay",),
    ("deliver",),
)
WISHES = (
    ("subscribe", "all", "--channel", "console"),
    ("import", SOURCE, "page.txt"),
    ("documents", "import", "old.txt"),
    ("pause", "1", "off"),
    ("digest", "console", "off"),
    ("forget", "1", "--reason", "wrong"),
)


@contextmanager
def read_only(*paths: Path) -> Iterator[None]:
    """The paths as somebody sees them who may not write to them."""
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.fixture
def kept(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandLine]:
    """A memory of one look, in a room that everybody may enter."""
    with TemporaryDirectory() as room:
        Path(room).chmod(0o755)
        cli.room = Path(room)
        monkeypatch.chdir(room)
        cli.see("2026-03-04", OVH)
        (cli.room / "old.pdf").write_bytes(b"%PDF-1.4 an old decision")
        old = "label,provider,issuer,document,valid_from\nhds,Ancien,Ministère,old.pdf,2009-06-01"
        (cli.room / "old.txt").write_text(old, encoding="utf-8")
        yield cli


def test_every_question_is_answered_and_every_wish_refused_in_a_line(
    kept: CommandLine, tmp_path: Path
) -> None:
    for wish in WISHES:  # loads what they need: somebody else may not read where this Python lies
        CommandLine(tmp_path)(*wish)
    answered = [kept(*words, now="2026-03-05") for words in QUESTIONS]
    with read_only(kept.state, kept.room):
        for words, before in zip(QUESTIONS, answered, strict=True):
            now = kept(*words, now="2026-03-05")
            assert (now.exit_code, now.stdout) == (0, before.stdout), words
        for wish in WISHES:
            refused = kept(*(str(kept.room / word) if word.endswith(".txt") else word for word in wish))
            said = "cannot be written to (read-only media, or no right to); it only answers questions"
            assert (refused.exit_code, refused.stderr) == (1, f"vigilabel: state {kept.state}: {said}\n")


def left_half_way(state: Path) -> None:
    """A process that wrote to the write-ahead log and died before anything reached the file."""
    code = (
        "import sqlite3, os, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute('pragma wal_autocheckpoint = 0');"
        "c.execute(\"update run set message = 'the newest word'\"); c.commit(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(state)], check=True)


@pytest.mark.parametrize("index", [True, False])
def test_what_a_killed_process_left_in_the_log_is_read_too(kept: CommandLine, index: bool) -> None:
    left_half_way(kept.state)
    beside = [kept.room / f"{kept.state.name}{suffix}" for suffix in ("-wal", "-shm")]
    if not index:  # a copy made without the index of the log
        beside.pop().unlink()
    with read_only(kept.state, *beside, kept.room), open_store(str(kept.state), create=False) as store:
        assert runs.run(store, 1).message == "the newest word"
    with read_only(kept.state, *beside, kept.room), copied(str(kept.state)) as copy:
        assert runs.run(copy, 1).message == "the newest word"


def test_a_memory_of_an_older_shape_is_read_on_a_copy(kept: CommandLine) -> None:
    with sqlite3.connect(kept.state) as database:
        database.execute("drop index run_clock")
        database.execute("drop index run_number")
        for column in ("stated", "served_at", "clock", "clock_confirmed"):
            database.execute(f"alter table run drop column {column}")
        database.execute("delete from _sqlite_migrations where name = 'm0010_clock'")
    database.close()
    with read_only(kept.state, kept.room):
        assert kept("listing", "secnumcloud").exit_code == 0
        with open_store(str(kept.state)) as store, pytest.raises(StoreError, match="only answers questions"):
            store.q("delete from remark")


def test_a_backup_of_it_can_be_made(kept: CommandLine) -> None:
    with TemporaryDirectory() as elsewhere:
        Path(elsewhere).chmod(0o777)
        with read_only(kept.state, kept.room):
            made = kept("backup", f"{elsewhere}/kept.backup")
        assert (made.exit_code, Path(elsewhere, "kept.backup").exists()) == (0, True), made.output


def test_a_room_that_is_closed_but_has_the_log_is_written_to(kept: CommandLine) -> None:
    with open_store(str(kept.state)):
        for path in kept.room.glob(f"{kept.state.name}*"):
            path.chmod(0o666)
        with read_only(kept.room):
            assert engine.writable(str(kept.state))
