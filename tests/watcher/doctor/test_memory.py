"""`doctor state`: what keeps the memory, and what is wrong with it, each with what to do."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command_line import CommandLine

from state.file.opening import open_store
from state.file.sqlite import examined
from state.kept.carried import carry

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"


@pytest.fixture
def watched(cli: CommandLine) -> CommandLine:
    assert cli.see("2025-12-06", OVH).exit_code == 0
    return cli


def told(cli: CommandLine) -> dict[str, tuple[bool | None, str, str]]:
    """What was looked at, whether it is good, what was found and what to do; exit code 1 where one is not."""
    result = cli("doctor", "state", "--format", "json")
    found = {one["what"]: (one["good"], one["found"], one["fix"]) for one in json.loads(result.stdout)}
    assert (result.exit_code == 1) == any(good is False for good, _, _ in found.values()), result.output
    return found


def test_a_sound_memory_says_where_it_is_how_large_and_how_far_its_chain_goes(watched: CommandLine) -> None:
    found = told(watched)
    with open_store(str(watched.state)) as store:
        [link] = store.q("select hash from link")
    assert found["kept by"] == (None, f"SQLite {sqlite3.sqlite_version}, {watched.state}", "")
    assert found["chain"] == (None, f"1 links, head {link['hash']}", "")
    assert {what for what, (good, _, _) in found.items() if good is False} == set()
    assert {"size", "room on its disk", "file system", "shape", "who may read it"} <= found.keys()


def test_an_operator_reads_it_in_french(watched: CommandLine) -> None:
    os.chmod(watched.state, 0o644)
    result = watched("--lang", "fr", "doctor", "state")
    assert result.exit_code == 1
    assert f"-      gardée par\u00a0: SQLite {sqlite3.sqlite_version}, {watched.state}" in result.stdout
    assert (
        f"       -> quiconque sur cette machine peut lire qui suit quoi\u00a0: chmod o-r {watched.state}"
        in (result.stdout)
    )
    assert "vigilabel: state\u00a0: à régler\u00a0: qui peut la lire" in result.stderr


def test_a_memory_that_is_not_there_is_said_to_be_missing(cli: CommandLine) -> None:
    found = told(cli)
    assert found["opened"][0] is False
    assert "there is no database" in found["opened"][1]
    assert not cli.state.exists()


def test_a_copy_that_was_not_finished_is_said_to_be_one(watched: CommandLine) -> None:
    (watched.room / "elsewhere").mkdir()
    there = CommandLine(watched.room / "elsewhere")

    def interrupted(what: str, done: int, of: int) -> None:
        if what == "link":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry(str(watched.state), str(there.state), tell=interrupted)
    good, found, _ = told(there)["opened"]
    assert good is False
    assert f"holds a copy of {watched.state} that was not finished" in found


def test_tables_of_somebody_else_are_told(watched: CommandLine) -> None:
    with closing(sqlite3.connect(watched.state)) as tool, tool:
        tool.execute("create table notes (id)")
    assert told(watched)["tables of others"] == (
        False,
        "notes",
        "move them to a database of their own: no backup and no copy of the memory holds them",
    )


def test_steps_that_are_missing_are_told_and_not_taken(watched: CommandLine) -> None:
    with closing(sqlite3.connect(watched.state)) as tool, tool:
        tool.execute("delete from _sqlite_migrations where name = 'm0033_in_turn'")
    for _ in range(2):
        good, found, fix = told(watched)["shape"]
        assert (good, fix.split(":")[0]) == (False, "any other command takes the missing steps")
        assert "steps taken" in found


def test_a_disk_that_is_nearly_full_is_told(watched: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 50_000_000}))
    good, found, fix = told(watched)["room on its disk"]
    assert (good, found) == (False, "50 MB are free")
    assert fix.startswith("make room for at least 200 MB: a full disk stops the watch")


def test_a_log_that_is_not_taken_in_is_told(watched: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examined, "LARGE_LOG", 1000)
    with closing(sqlite3.connect(watched.state)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from run").fetchone()
        with open_store(str(watched.state)) as store:
            for n in range(60):
                store.q("insert into remark values ('x', :topic, '2026')", topic=f"{n}" + "x" * 5000)
        good, found, _ = told(watched)["log"]
    assert good is False
    assert "somebody has been reading since before" in found


def test_who_is_at_it_is_told(watched: CommandLine) -> None:
    with open_store(str(watched.state)) as store, store.transaction():
        assert told(watched)["writing"] == (None, "another process is writing at this moment", "")
    assert examined.processes(watched.state) == []


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("25 1 8:1 / / rw - ext4 /dev/sda rw\n", "ext4"),
        ("25 1 8:1 / / rw - ext4 /dev/sda rw\n30 25 0:9 / /srv rw shared:1 - nfs4 box:/srv rw\n", "nfs4"),
        ("25 1 8:1 / / rw - ext4 d rw\n30 25 0:9 / /srv/w rw - nfs4 box:/srv rw\n", "ext4"),
        ("30 25 0:9 / /srv rw - nfs4 b rw\n31 30 0:9 / /srv/watch rw - xfs d rw\n", "xfs"),
        ("31 30 0:9 / /srv\\040x rw - cifs d rw\n", ""),
    ],
)
def test_the_file_system_is_that_of_the_nearest_place(tmp_path: Path, mounts: str, kind: str) -> None:
    (tmp_path / "mounts").write_text(mounts)
    assert examined.file_system(Path("/srv/watch/a.db"), tmp_path / "mounts") == kind


def test_a_memory_over_a_network_is_told(watched: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examined, "file_system", lambda _: "nfs4")
    good, found, fix = told(watched)["file system"]
    assert (good, found) == (False, "nfs4")
    assert "several machines share a PostgreSQL" in fix
