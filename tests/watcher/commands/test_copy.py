"""A memory copied to another place, as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import CommandLine
from postgres_server import Server

from state.file.opening import open_store
from state.file.postgres.pool import close_all
from state.kept import audit
from state.kept.carried import carry

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"


@pytest.fixture
def watched(cli: CommandLine) -> CommandLine:
    assert cli.see("2025-12-06", OVH).exit_code == 0
    assert cli.see("2026-03-04", OVH, S3NS).exit_code == 0
    return cli


def elsewhere(cli: CommandLine) -> CommandLine:
    return CommandLine(cli.room / "elsewhere", now=cli.now)


@pytest.fixture
def there(watched: CommandLine) -> str:
    (watched.room / "elsewhere").mkdir()
    return str(elsewhere(watched).state)


def test_a_copy_answers_what_the_memory_answers(watched: CommandLine, there: str) -> None:
    done = watched("copy", str(watched.state), there)
    assert done.exit_code == 0, done.output
    assert "whole: every row was read again and is the same" in done.stdout
    assert f"{there} is ready: start the watch with this address" in done.stderr
    for asked in (("was", "S3NS", "secnumcloud", "2026-03-05"), ("history",), ("replay",)):
        assert elsewhere(watched).json(*asked) == watched.json(*asked)


def test_programs_are_told_what_was_copied(watched: CommandLine, there: str) -> None:
    [told] = watched.json("copy", str(watched.state), there)
    assert list(told) == ["origin", "copy", "head", "links", "rows", "kept", "faults"]
    assert (told["origin"], told["copy"], told["links"], told["kept"]) == (str(watched.state), there, 2, 0)
    assert (told["rows"]["event"], told["faults"]) == (2, [])


def test_a_place_that_is_taken_is_refused_in_one_line(watched: CommandLine, there: str) -> None:
    assert watched("copy", str(watched.state), there).exit_code == 0
    again = watched("copy", str(watched.state), there)
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == (
        f"vigilabel: state {there}: expected nothing there, found a memory, which is never overwritten; name "
        "another place, or move that one away first\n"
    )


def test_a_watch_does_not_begin_on_a_copy_that_was_not_finished(watched: CommandLine, there: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        carry(str(watched.state), there, tell=_interrupted)
    for command in ("run", "sources", "history"):
        told = elsewhere(watched)("--lang", "fr", command)
        assert (told.exit_code, told.stdout) == (1, "")
        assert told.stderr == (
            f"vigilabel: mémoire {there}\u00a0: contient une copie inachevée de {watched.state}\u202f; "
            "redonnez le même `vigilabel copy` pour la poursuivre, ou avec --anew pour la recommencer\n"
        )
    assert watched("copy", str(watched.state), there).exit_code == 0
    assert elsewhere(watched)("history").exit_code == 0


def _interrupted(what: str, done: int, of: int) -> None:
    if what == "link":
        raise KeyboardInterrupt


def test_a_memory_that_was_altered_is_copied_and_said_to_be(watched: CommandLine, there: str) -> None:
    with open_store(str(watched.state)) as store:
        store.q("drop trigger event_never_changes")
        store.q("update event set body = replace(body, 'S3NS', 'Bleu') where id = 2")
    done = watched("copy", str(watched.state), there)
    assert done.exit_code == 1
    assert "does not agree with its chain: event 2: was altered since run 2" in done.stderr
    assert Path(there).exists()


def test_no_password_of_a_server_is_ever_said(watched: CommandLine, postgres: Server) -> None:
    secret = postgres.url(postgres.database()).replace("owner@", "owner:geheim@")
    bare = postgres.url(postgres.database()).replace("owner@", "owner:geheim@")
    kept = str(watched.room / "kept.backup")
    there = CommandLine(watched.room)
    typed: list[tuple[str, ...]] = [
        ("copy", str(watched.state), secret),
        ("copy", str(watched.state), secret, "--format", "json"),
        ("--state", secret, "backup", kept),
        ("--state", secret, "restore", kept),
        ("--state", bare, "history"),
        ("--state", bare, "restore", kept),
        ("--state", bare, "doctor", "state"),
        ("--lang", "fr", "copy", bare, secret),
    ]
    for words in typed:
        told = there(*words)
        assert "geheim" not in told.output + told.stderr, words
    with open_store(bare) as store:
        assert audit.faults(store) == ()
    close_all(secret)
    close_all(bare)
