"""What an operator is told of a memory in a PostgreSQL, each thing that is wrong made so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from postgres_server import Server

from state.file.found import Finding
from state.file.opening import open_store
from state.file.postgres import examined, pool

pytestmark = pytest.mark.sqlite  # of PostgreSQL alone: once is enough
OFF = {"memory_synchronous_commit", "memory_fsync", "memory_full_page_writes", "memory_autovacuum"}
"""What is off on the server of tests, and is to be told."""


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    open_store(made := postgres.url(postgres.database())).close()
    yield made
    pool.close_all(made)


def found(url: str, ahead: timedelta = timedelta()) -> dict[str, Finding]:
    return {one.what.code: one for one in examined.examined(url, lambda: datetime.now(UTC) + ahead)}


def wrong(url: str, ahead: timedelta = timedelta()) -> set[str]:
    return {code for code, one in found(url, ahead).items() if one.good is False} - OFF


def root(postgres: Server, url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("owner@", "root@"), autocommit=True)


def test_a_sound_memory_is_said_to_be_and_what_the_server_skips_is_told(url: str) -> None:
    told = found(url)
    assert {code for code, one in told.items() if one.good is False} == OFF
    assert {
        "memory_server",
        "memory_sessions",
        "memory_notify",
        "memory_rights",
        "memory_chain",
    } <= told.keys()
    assert all(one.fix is not None for code, one in told.items() if code in OFF)


def test_no_password_is_told(postgres: Server, url: str) -> None:
    told = found(url.replace("owner@", "owner:geheim@"))
    assert "geheim" not in repr(told)
    assert url.split("@/")[1].split("?")[0] in str(told["memory_server"].found.values["where"])


def test_a_clock_that_is_off_is_told(url: str) -> None:
    assert wrong(url, timedelta(minutes=3)) == {"memory_clock"}


def test_a_server_that_only_reads_is_told(postgres: Server, url: str) -> None:
    with root(postgres, url) as connection:
        name = connection.execute("select current_database()").fetchone()
        assert name
        connection.execute(f"alter database {name[0]} set default_transaction_read_only = on")
    pool.close_all(url)
    assert wrong(url) == {"memory_standby"}


def test_rights_that_are_missing_are_told(postgres: Server, url: str) -> None:
    with root(postgres, url) as connection:
        connection.execute("alter table vigilabel.event owner to root")
        connection.execute("grant all on vigilabel.event to owner")
    told = found(url)["memory_rights"]
    assert (told.good, told.found.values) == (False, {"user": "owner", "tables": "event"})


def test_tables_of_others_and_steps_not_taken_are_told(postgres: Server, url: str) -> None:
    with root(postgres, url) as connection:
        connection.execute("create table vigilabel.notes (id int)")
        connection.execute("alter table vigilabel.notes owner to owner")
        connection.execute("delete from vigilabel.step_taken where name = 'm0034_workspaces'")
    one_by_one = examined.examined(url, lambda: datetime.now(UTC))
    told = {one.what.code for one in (next(one_by_one) for _ in range(10)) if one.good is False} - OFF
    assert told == {"memory_steps", "memory_strange"}


def test_who_keeps_the_others_waiting_is_told(
    postgres: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examined, "LONG", 0)
    with open_store(url) as store, store.transaction():
        store.q("select pg_sleep(1)")
        told = found(url)
    assert told["memory_oldest"].good is False
    assert told["memory_writing"].found.values["number"] == told["memory_oldest"].found.values["number"]


def test_connections_that_run_out_are_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examined, "CROWDED", 0.0)
    told = found(url)["memory_connections"]
    assert told.good is False
    assert told.found.values["mine"] in (1, 2)


class Lent:
    """A connection through a pooler that lends `free` sessions by the transaction, the last one first."""

    def __init__(self, free: list[int], own: int | None = None) -> None:
        self.free, self.own, self.kept = free, own, False

    def execute(self, sql: str) -> Any:
        if sql in ("begin", "rollback"):
            self.kept = sql == "begin" and self.own is None
            if self.kept:
                self.own = self.free.pop()
            return self
        self.answer = self.own if self.own is not None else self.free[-1]
        return self

    def fetchall(self) -> list[tuple[int]]:
        return [(self.answer,)]

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("first", "second", "good"),
    [
        (lambda free: Lent(free, own=1), lambda free: Lent(free, own=2), True),
        (lambda free: Lent(free), lambda free: Lent(free), False),
    ],
    ids=["a session for each", "lent by the transaction"],
)
@pytest.mark.parametrize("sessions", [[7, 8], [7, 8, 9]])
def test_a_pooler_that_lends_sessions_by_the_transaction_is_told(
    monkeypatch: pytest.MonkeyPatch, first: Any, second: Any, good: bool, sessions: list[int]
) -> None:
    free = list(sessions)
    monkeypatch.setattr(examined, "connect", lambda _: second(free))
    [told] = examined._pooled(first(free), None)  # type: ignore[arg-type]
    assert told.good is good
