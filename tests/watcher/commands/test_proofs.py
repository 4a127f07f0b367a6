"""Evidence, verify, replay, backup and restore as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import CommandLine

from state.file.opening import open_store
from state.seen.looks import chain
from watcher.errors import BadSettings
from watcher.prove.signature import Signer
from watcher.settings import load_settings

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"
SECRET = "5e" * 32


@pytest.fixture
def watched(cli: CommandLine) -> CommandLine:
    """OVH, then S3NS beside it: event 2 is the gain."""
    assert cli.see("2025-12-06", OVH).exit_code == 0
    assert cli.see("2026-03-04", OVH, S3NS).exit_code == 0
    return cli


@pytest.fixture
def proof(watched: CommandLine) -> Path:
    file = watched.room / "s3ns.zip"
    done = watched("evidence", "2", "--out", str(file))
    assert done.exit_code == 0, done.output
    assert head(watched) in done.stderr
    return file


def head(cli: CommandLine) -> str:
    with open_store(str(cli.state)) as store:
        return chain.head(store)


def test_a_reader_who_has_only_the_file_is_told_what_it_proves(proof: Path, watched: CommandLine) -> None:
    noted = head(watched)
    watched.state.unlink()
    told = watched("verify", str(proof), "--head", noted)
    assert told.exit_code == 0, told.output
    for part in (
        "whole: every byte is as it was written",
        "S3NS",
        "gains the SecNumCloud qualification",
        "2026-03-04 19:00:00 UTC",
        "import:page.txt",
        "row 2 is there (listed)",
        "the head you noted is link 2: nothing up to it was altered since you did",
    ):
        assert part in told.stdout
    assert not watched.state.exists()


def test_one_flipped_byte_fails_in_one_line(proof: Path, watched: CommandLine) -> None:
    data = bytearray(proof.read_bytes())
    data[len(data) // 2] ^= 4
    proof.write_bytes(bytes(data))
    told = watched("verify", str(proof))
    assert (told.exit_code, told.stdout) == (1, "")
    assert "proves nothing: " in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_file_of_another_kind_proves_nothing(watched: CommandLine) -> None:
    told = watched("verify", str(watched.room / "page.txt"))
    assert told.exit_code == 1
    assert "expected an evidence file, found a file of another kind" in told.stderr


def test_programs_are_told_the_same(proof: Path, watched: CommandLine) -> None:
    [record] = watched.json("verify", str(proof))
    assert record["head"] == head(watched)
    assert (record["event"], record["key"], record["noted"]) == (2, None, None)
    assert "head,noted,key" in watched("verify", str(proof), "--format", "csv").stdout


def test_todays_reader_can_be_asked_again(proof: Path, watched: CommandLine) -> None:
    told = watched("verify", str(proof), "--reread")
    assert told.exit_code == 0, told.output
    assert "reader revision 1 on these pages: row 2 is there, p. 1" in told.stderr


def test_evidence_never_overwrites(proof: Path, watched: CommandLine) -> None:
    before = proof.read_bytes()
    again = watched("evidence", "2", "--out", str(proof))
    assert again.exit_code == 1
    assert "never overwrites" in again.stderr
    assert proof.read_bytes() == before


@pytest.mark.parametrize("wrong", [("99",), ("2", "--head", "f" * 64)])
def test_what_cannot_be_proven_leaves_no_file(watched: CommandLine, wrong: tuple[str, ...]) -> None:
    told = watched("evidence", *wrong, "--out", str(watched.room / "none.zip"))
    assert told.exit_code == 1
    assert len(told.stderr.splitlines()) == 1
    assert not (watched.room / "none.zip").exists()


def test_a_memory_that_was_altered_gives_no_evidence(watched: CommandLine) -> None:
    with open_store(str(watched.state)) as store:
        store.q("drop trigger event_never_changes")
        store.q("update event set body = replace(body, 'S3NS', 'Bleu') where id = 2")
    told = watched("evidence", "2", "--out", str(watched.room / "forged.zip"))
    assert told.exit_code == 1
    assert "the memory and its chain disagree: event.json" in told.stderr
    assert not (watched.room / "forged.zip").exists()
    replayed = watched("replay")
    assert replayed.exit_code == 1
    assert "event 2: was altered since run 2" in replayed.stderr


def test_a_watch_with_a_key_signs(watched: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGILABEL_SIGNING_KEY", SECRET)
    file = watched.room / "signed.zip"
    assert watched("evidence", "2", "--out", str(file)).exit_code == 0
    monkeypatch.delenv("VIGILABEL_SIGNING_KEY")
    public = Signer(SECRET).public
    told = watched("verify", str(file), "--key", public)
    assert told.exit_code == 0
    assert f"valid, by {public}" in told.stdout
    assert SECRET not in told.output
    assert SECRET.encode() not in file.read_bytes()
    assert bytes.fromhex(SECRET) not in file.read_bytes()


def test_an_unsigned_file_is_not_taken_for_a_signed_one(proof: Path, watched: CommandLine) -> None:
    told = watched("verify", str(proof), "--key", Signer(SECRET).public)
    assert told.exit_code == 1
    assert "found one without a signature" in told.stderr


def test_a_key_that_cannot_sign_stops_the_program_without_showing_it(
    watched: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGILABEL_SIGNING_KEY", "hunter2")
    with pytest.raises(BadSettings, match="signing_key: expected 64 hex digits") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)
    monkeypatch.setenv("VIGILABEL_SIGNING_KEY", SECRET)
    assert SECRET not in repr(load_settings())


def test_a_replay_says_what_it_rebuilt(watched: CommandLine) -> None:
    told = watched("replay")
    assert told.exit_code == 0, told.output
    assert "the same, byte for byte" in told.stdout
    assert "2 runs, 2 events" in told.stdout
    assert watched.json("replay") == [
        {"head": head(watched), "runs": 2, "events": 2, "taken": {}, "difference": None}
    ]


def test_a_backup_comes_back(watched: CommandLine) -> None:
    backup, before = watched.room / "kept.db", watched.json("history")
    made = watched("backup", str(backup))
    assert (made.exit_code, head(watched) in made.stderr) == (0, True)
    refused = watched("restore", str(backup))
    assert refused.exit_code == 1
    assert "a memory is never overwritten" in refused.stderr
    watched.state.unlink()
    back = watched("restore", str(backup))
    assert back.exit_code == 0, back.output
    assert watched.json("history") == before
    assert json.loads(watched("replay", "--format", "json").stdout)[0]["difference"] is None


def test_a_backup_never_overwrites(watched: CommandLine) -> None:
    (watched.room / "kept.db").write_text("dear diary")
    told = watched("backup", str(watched.room / "kept.db"))
    assert told.exit_code == 1
    assert (watched.room / "kept.db").read_text() == "dear diary"
