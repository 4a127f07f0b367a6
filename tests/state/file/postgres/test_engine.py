"""A memory in a server keeps the promises of one in a file: what is given comes back, all or nothing."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
import pytest
from postgres_server import Server
from psycopg import errors

from state.file.errors import Away, Broke, Busy, Failed, Full, StoreError
from state.file.opening import is_begun, open_store
from state.file.postgres import dialect, migrations, pool, refused
from state.file.postgres.address import address_of
from state.file.postgres.migrations import FIRST
from state.file.steps import STEPS, Step
from state.file.store import Store
from state.search import All

LEASES = "select name, owner, until from lease order by name"
TAKE = "insert into lease (name, owner, until) values (?, ?, ?)"


def took(store: Store, *names: str) -> None:
    store.many(TAKE, ((name, "me", "later") for name in names))


def held(store: Store) -> list[str]:
    return [row["name"] for row in store.q(LEASES)]


@pytest.mark.parametrize(
    ("sql", "text", "order"),
    [
        ("select :a, :b, :a", "select $1, $2, $1", ("a", "b")),
        ("select ?, ?", "select $1, $2", (0, 1)),
        ("select ?2, ?1, ?2", "select $1, $2, $1", (1, 0)),
        ("select ':a', \":a\", x::text -- :a\n, :a", "select ':a', \":a\", x::text -- :a\n, $1", ("a",)),
        (":a is null or x = :a", "$1::text is null or x = $2", ("a", "a")),
        ("x = :a or :a is not null", "x = $1 or $2::text is not null", ("a", "a")),
        ("select 5 % 2, 'it''s :a'", "select 5 % 2, 'it''s :a'", ()),
        ("from a cross join b c on c.x = a.x", "from a join b c on c.x = a.x", ()),
        ("from a cross join b", "from a cross join b", ()),
        ("where +kind = :a and 1 +x = 2", "where kind = $1 and 1 x = 2", ("a",)),
        ("select max(+id), min(+e.since_at), 1 +x", "select max(+id), min(e.since_at || ''), 1 x", ()),
        (
            "id in (select r.event from r) order by id desc",
            "id in (select r.event from r) order by +id desc",
            (),
        ),
        ("where row_words match :wish", "where words @@ $1", ("wish",)),
    ],
)
def test_a_statement_is_said_as_postgresql_takes_it(
    sql: str, text: str, order: tuple[str | int, ...]
) -> None:
    found = dialect.translated(sql)
    assert (found.text.decode(), found.order) == (text, order)


def test_values_come_back_as_they_are_from_sqlite(address: str) -> None:
    asked = """select :text as text, :number as number, :truth as truth, :bytes as bytes, :nothing as missing,
        1 = 1 as yes, 1 = 2 as no, sum(x.n) as sum, count(*) as count, '[1]' as json
        from (select 1 as n union all select 2) x"""
    given = {"text": "é\\'%s", "number": 2**62, "truth": True, "bytes": b"\0\xff", "nothing": None}
    expected = {
        "text": given["text"],
        "number": 2**62,
        "truth": 1,
        "bytes": b"\0\xff",
        "missing": None,
        "yes": 1,
        "no": 0,
        "sum": 3,
        "count": 2,
        "json": "[1]",
    }
    with open_store(address) as server, open_store(":memory:") as file:
        for store in (server, file):
            [row] = store.q(asked, **given)
            assert row == expected
            assert [type(value) for value in row.values()] == [type(value) for value in expected.values()]


def test_what_has_no_room_in_a_text_is_shown_by_a_sign(address: str) -> None:
    with open_store(address) as store:
        took(store, "a\0b", '{"x":"\\u0000 \\\\u0000"}')
        store.q("insert into lease (name, owner, until) values (:name, 'me', '')", name="c\0")
        assert held(store) == ["a␀b", "c␀", '{"x":"␀ \\\\u0000"}']
        assert store.q("select :said ->> 'x' as x", said='{"x":"\\u0000"}') == [{"x": "␀"}]


def test_a_transaction_is_whole_or_not_at_all(address: str) -> None:
    with open_store(address) as store, open_store(address) as other:
        with suppress(ZeroDivisionError), store.transaction():
            took(store, "a")
            assert held(other) == []
            raise ZeroDivisionError
        with store.transaction(), store.transaction():
            took(store, "b")
        with pytest.raises(Broke, match="duplicate key"):
            took(store, "c", "b")
        assert held(other) == ["b"]


def test_one_writer_at_a_time_whatever_it_read_before(address: str) -> None:
    def add(_: int) -> None:
        with open_store(address) as store:
            for _ in range(25):
                with store.transaction():
                    last = store.q("select coalesce(max(id), 0) as last from snapshot")[0]["last"]
                    store.q(
                        "insert into snapshot values (:id, 's', :digest, '')",
                        id=last + 1,
                        digest=f"{last:064}",
                    )

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(4)))
    with open_store(address) as store:
        assert store.q("select count(*) as n, max(id) as last from snapshot") == [{"n": 100, "last": 100}]


def test_whoever_shares_waits_for_no_writer(address: str) -> None:
    with open_store(address) as store, open_store(address) as other:
        took(store, "a", "b")
        with store.transaction(), other.sharing():
            [taken] = other.q(f"select name from lease order by name limit 1 {other.taking}")
            assert store.q(f"select name from lease order by name limit 1 {store.taking}") == [{"name": "b"}]
            other.q("update lease set owner = 'other' where name = :name", **taken)
        assert [row["owner"] for row in store.q(LEASES)] == ["other", "me"]


def test_what_is_read_together_is_of_one_moment(address: str) -> None:
    with open_store(address) as store, open_store(address) as other:
        with store.reading():
            assert held(store) == []
            took(other, "a")
            assert held(store) == []
        assert held(store) == ["a"]


def test_it_moves_when_somebody_else_commits_and_stands_still_when_nobody_does(address: str) -> None:
    with open_store(address) as store, open_store(address) as other:
        before = store.moved()
        assert store.moved() == before
        with other.transaction():
            took(other, "a")
            during = store.moved()
        after = store.moved()
        assert after not in (before, during)
        with store.transaction():
            took(store, "b")
        assert store.moved() == after  # its own
        with store.transaction():
            held(store)
        other.q("delete from lease")
        assert store.moved() != after


def test_batches_outlive_what_is_written_between_them(address: str) -> None:
    with open_store(address) as store, open_store(address) as other:
        took(store, *(f"{n:03}" for n in range(100)))
        names = []
        for rows in store.batches("select name from lease where name < :last order by name", 30, last="1"):
            names += [name for (name,) in rows]
            store.q("update lease set owner = 'seen' where name = :name", name=names[-1])
            assert other.q("select owner from lease where name = :name", name=names[-1]) == [
                {"owner": "seen"}
            ]
        assert names == [f"{n:03}" for n in range(100)]
        with store.reading():
            assert [len(rows) for rows in store.batches("select name from lease", 60)] == [60, 40]


def test_a_connection_that_only_answers_is_no_other_s(address: str) -> None:
    with open_store(address) as store:
        store.read_only()
        with pytest.raises(StoreError) as refused:
            store.q("delete from lease")
        assert refused.value.code == "read_only"
        with pytest.raises(StoreError):
            took(store, "a")
    with open_store(address) as store:  # the same connection
        took(store, "a")
        assert held(store) == ["a"]


def test_what_was_set_to_read_only_is_written_again_once_it_is_set_back(
    postgres: Server, bare: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "SET_SO", 0)
    name = bare.partition("@/")[2].partition("?")[0]
    open_store(bare).close()
    postgres.root.execute(f"alter database {name} set default_transaction_read_only = on")
    pool.close_all(bare)
    with open_store(bare) as one, open_store(bare) as other:
        assert "only reads" in one.reads_only
        assert other.reads_only
    postgres.root.execute(f"alter database {name} reset default_transaction_read_only")
    for who in ("a", "b"):
        with open_store(bare) as store:
            assert not store.reads_only
            took(store, who)


def test_a_memory_is_begun_once_by_however_many_open_it_at_once(bare: str) -> None:
    assert not is_begun(bare)
    with pytest.raises(StoreError) as none:
        open_store(bare, create=False)
    assert none.value.code == "none"
    at_once = threading.Barrier(8)

    def begin(_: int) -> list[str]:
        at_once.wait()
        with open_store(bare) as store:
            return [row["name"] for row in store.q("select name from step_taken order by name")]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(begin, range(8))) == [sorted([FIRST, *STEPS])] * 8
    assert is_begun(bare)


def test_a_memory_of_a_newer_vigilabel_is_refused_also_by_a_process_that_knew_it_before(address: str) -> None:
    open_store(address).close()
    with psycopg.connect(address, autocommit=True) as newer:
        newer.execute("insert into vigilabel.step_taken values ('m9999_later')")
        with pytest.raises(StoreError, match="m9999_later") as refused:
            open_store(address)
        assert refused.value.code == "newer"
        newer.execute("delete from vigilabel.step_taken where name = 'm9999_later'")


def test_a_step_that_came_later_is_taken_by_whoever_opens_the_memory_next(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(address).close()
    later = Step(sqlite=(), postgres=("alter table channel add column nickname text",))
    monkeypatch.setattr(migrations, "STEPS", {**STEPS, "m9998_nickname": later})
    for _ in range(2):
        with open_store(address) as store:
            assert store.columns("channel").count("nickname") == 1


def test_keys_of_other_rules_are_made_anew_before_anything_is_asked(address: str) -> None:
    with open_store(address) as store:
        rules = store.q("select rules from keyed")
        store.q("update keyed set rules = 'older'")
    with open_store(address) as store:
        assert store.q("select rules from keyed") == rules


def test_no_empty_memory_takes_the_place_of_one_that_was_there(postgres: Server, bare: str) -> None:
    with open_store(bare) as store:
        took(store, "a")
    with psycopg.connect(bare, autocommit=True) as other:
        other.execute("alter schema vigilabel rename to elsewhere")
        for _ in range(2):
            with pytest.raises(StoreError, match="there is no memory in this database"):
                open_store(bare)
        assert not is_begun(bare)
        other.execute("alter schema elsewhere rename to vigilabel")
    with open_store(bare) as store:
        assert held(store) == ["a"]


def test_what_fails_is_said_once_and_in_our_words(address: str, caplog: pytest.LogCaptureFixture) -> None:
    sql = "insert into lease (name, owner, until) values (lower(:name), 'me', '')"
    with open_store(address) as store, pytest.raises(Broke):
        store.many(sql, ({"name": str(n % 1_000)} for n in range(20_000)))
    assert caplog.messages == []


def test_tables_of_another_program_are_left_alone(bare: str) -> None:
    with psycopg.connect(bare, autocommit=True) as other:
        other.execute("create schema vigilabel; create table vigilabel.invoice (id bigint)")
        with pytest.raises(StoreError, match="invoice") as refused:
            open_store(bare)
        assert refused.value.code == "other_program"
        assert other.execute("select count(*) from vigilabel.invoice").fetchone() == (0,)


def test_a_lost_connection_is_another_one_for_who_asks_and_an_error_for_who_was_writing(
    postgres: Server, address: str
) -> None:
    def cut() -> None:
        postgres.root.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'owner'"
        )

    def write(store: Store, *, caught: bool) -> None:
        with store.transaction():
            took(store, "b")
            cut()
            with suppress(*([Away] if caught else [])):
                held(store)
            took(store, "c")  # whatever was caught: nothing is written apart from what is lost

    with open_store(address) as store:
        took(store, "a")
        cut()
        assert held(store) == ["a"]
        for caught in (False, True):
            with pytest.raises(Away) as lost:
                write(store, caught=caught)
            assert lost.value.code == "pg_lost"
            assert held(store) == ["a"]
    cut()
    with open_store(address) as store:
        assert held(store) == ["a"]


def test_who_finds_no_connection_is_told_after_a_while(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool.pool_of(address), "_size", 2)
    monkeypatch.setattr(pool.pool_of(address), "_wait", 0.05)
    with open_store(address), open_store(address) as second:
        with pytest.raises(Away) as waited:
            open_store(address)
        assert waited.value.code == "pg_none_free"
        monkeypatch.setattr(pool.pool_of(address), "_wait", 30.0)
        with ThreadPoolExecutor(1) as threads:
            third = threads.submit(open_store, address)
            second.close()
            third.result().close()
    kept = open_store(address)
    del kept  # nobody closed it, and it keeps no connection all the same
    with open_store(address), open_store(address):
        pass


def test_a_server_without_room_lets_who_waits_have_what_this_process_gives_back(
    postgres: Server, bare: str
) -> None:
    name = bare.partition("@/")[2].partition("?")[0]
    open_store(bare).close()
    postgres.root.execute(f"alter database {name} connection limit 1")
    with ThreadPoolExecutor(1) as threads:
        with open_store(bare):
            waits = threads.submit(open_store, bare)
        waits.result().close()
    pool.close_all(bare)
    with connected(bare), pytest.raises(Away) as refused:
        open_store(bare)
    assert refused.value.code == "pg_crowded"


def test_whoever_waits_at_a_full_server_for_what_is_never_given_back_hears_that_it_is_full(
    postgres: Server, bare: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine more would be let be made: it is the server that has no room."""
    name = bare.partition("@/")[2].partition("?")[0]
    open_store(bare).close()
    postgres.root.execute(f"alter database {name} connection limit 1")
    monkeypatch.setattr(pool.pool_of(bare), "_wait", 0.05)
    with open_store(bare), pytest.raises(Away) as refused:
        open_store(bare)
    assert refused.value.code == "pg_crowded"


def connected(bare: str) -> psycopg.Connection[tuple[object, ...]]:
    """The one connection that there is room for: who leaves is counted for a moment more."""
    while True:
        with suppress(psycopg.OperationalError):
            return psycopg.connect(bare)


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (errors.DiskFull, Full, "failed"),
        (errors.LockNotAvailable, Busy, "failed"),
        (errors.QueryCanceled, Busy, "failed"),
        (errors.DeadlockDetected, Busy, "failed"),
        (errors.UniqueViolation, Broke, "failed"),
        (errors.RaiseException, Broke, "failed"),
        (errors.OutOfMemory, Failed, "failed"),
        (errors.TooManyConnections, Away, "pg_crowded"),
        (errors.AdminShutdown, Away, "pg_lost"),
        (errors.IdleInTransactionSessionTimeout, Away, "pg_lost"),
        (errors.CannotConnectNow, Away, "pg_unreachable"),
        (psycopg.OperationalError, Away, "pg_lost"),
        (errors.ReadOnlySqlTransaction, StoreError, "read_only"),
        (errors.InsufficientPrivilege, StoreError, "pg_no_rights"),
    ],
)
def test_each_code_of_the_server_has_its_words(
    error: type[psycopg.Error], kind: type[StoreError], code: str
) -> None:
    where = address_of("postgresql://me:hunter2@example.org/db")
    told = refused.told(error("what it says\nand a row"), where)
    assert (type(told), told.code) == (kind, code)
    assert "a row" not in str(told)
    assert "hunter2" not in f"{told} {where!r}"


def test_a_server_that_is_too_old_is_told_so(bare: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "OLDEST", 99)
    with pytest.raises(StoreError, match="expected PostgreSQL 99 or later"):
        open_store(bare)


def test_a_child_has_connections_of_its_own(address: str) -> None:
    with open_store(address) as store:
        reads, writes = os.pipe()
        if (child := os.fork()) == 0:
            with open_store(address) as own:
                took(own, "of the child")
            os.write(writes, b"done")
            os._exit(0)
        assert os.read(reads, 4) == b"done"
        os.waitpid(child, 0)
        os.close(reads)
        os.close(writes)
        assert held(store) == ["of the child"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("postgresql://owner:hunter2@127.0.0.1:1/none", "pg_unreachable"),
        ("postgresql://owner:hunter2@/nowhere?host={room}", "pg_no_database"),
        ("postgresql://owner:hunter2@/closed?host={room}", "pg_refuses"),
        ("postgresql://owner:hunter2@/guarded?host={room}", "pg_password"),
        ("postgresql://owner@/guarded?host={room}", "pg_password"),
        ("postgresql://stranger:hunter2@/postgres?host={room}", "pg_no_rights"),
        ("postgresql://owner:hunter2@/latin?host={room}", "pg_encoding"),
        ("postgresql://owner:hunter2@x@127.0.0.1:1/none", "pg_address"),
        ("postgresql://owner:hunter2/x@127.0.0.1:1/none", "pg_address"),
        ("postgresql://owner:hunter2%zz@127.0.0.1/none", "pg_address"),
    ],
)
def test_why_there_is_no_memory_is_told_by_a_code_and_never_with_the_password(
    postgres: Server, address: str, code: str
) -> None:
    known = {name for (name,) in postgres.root.execute("select datname from pg_database")}
    if "latin" not in known:
        postgres.root.execute("create database guarded owner owner")
        postgres.root.execute(
            "create database latin owner owner template template0 encoding latin1 locale 'C'"
        )
        postgres.root.execute("create database closed owner owner allow_connections false")
        postgres.root.execute("create role stranger login")
    with pytest.raises(StoreError) as refused:
        open_store(address.format(room=postgres.room))
    assert refused.value.code == code
    assert "hunter2" not in f"{refused.value!r} {refused.value} {refused.value.values}"
    assert isinstance(refused.value, Away) == (code == "pg_unreachable")


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_a_pooler_is_seen_by_who_answers_and_refused_where_it_mixes_processes(
    address: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for a pooler: it lets several connections be answered by one process, or not."""
    really, answers = pool.process_of, list[int]()
    pool.close_all(address)

    def process_of(connection: pool.Connection) -> int:
        answers.append(-1 if mode == "transaction" else -really(connection))
        return answers[-1]

    monkeypatch.setattr(pool, "process_of", process_of)
    if mode == "session":
        open_store(address).close()
    else:
        with pytest.raises(StoreError) as refused:
            open_store(address)
        assert refused.value.code == "pg_pooler"
    assert len(answers) == 2


def test_the_right_password_opens_it(postgres: Server) -> None:
    name = postgres.database()
    with open_store(postgres.url(name).replace("owner@", "owner:secret@")) as store:
        assert held(store) == []
    pool.close_all()
    postgres.root.execute(f"drop database {name} with (force)")


def test_a_schema_that_was_made_for_us_is_enough(postgres: Server, bare: str) -> None:
    name = bare.partition("@/")[2].partition("?")[0]
    with psycopg.connect(postgres.url(name, "root"), autocommit=True) as root:
        root.execute("do $$ begin create role tenant login; exception when duplicate_object then end $$")
        root.execute(f"revoke create on database {name} from public")
        root.execute("create schema vigilabel authorization tenant")
    with open_store(postgres.url(name, "tenant")) as store:
        assert held(store) == []
    pool.close_all(postgres.url(name, "tenant"))


RUN = """insert into run (id, source, at, outcome, message, revision, counts, held, believed)
    values (1, 's', '2026-01-01T00:00:00+00:00', 'ok', '', 1, '{}', '[]', 1)"""
ROWS = """insert into attestation (id, line, source, label, provider, provider_name, holder, facts, page,
        place, end_seen_at, missing_looks, since_run, since_at)
    select n, n, 's', 'cc', 'p', 'P', 'P', '{"status": "archived"}', 0, '', '', 0, 1, '2026-01-01'
    from generate_series(1, 3000) n"""


def test_a_plan_that_is_kept_walks_an_index_also_where_most_rows_would_do(address: str) -> None:
    """Of a question that was put often the plan is made without its values, as if any row were the one."""
    asked = "select 1 as one from attestation where label = $1 and facts ->> 'status' <> 'archived' limit 1"
    with open_store(address) as store:
        with store.transaction():
            store.q(RUN)
            store.q(ROWS)
        store.q("analyze attestation")
        store.q("set plan_cache_mode = force_generic_plan")
        store.q("prepare kept (text) as " + asked)
        plan = " ".join(str(row) for row in store.q("explain execute kept ('secnumcloud')"))
        store.q("deallocate kept")
        store.q("reset plan_cache_mode")
    assert "Index" in plan
    assert "Seq Scan" not in plan


def test_no_plan_of_a_search_is_kept_and_that_of_any_other_question_is(address: str) -> None:
    """One plan for every word takes ten times as long; to make one for each answer of a few rows is dear."""
    searched = "select rowid from row_words where row_words match :wish"
    other = "select name from source where name = :name"
    with open_store(address) as store:
        for _ in range(5):
            store.q(searched, wish=All(words=("s3ns",), where=(), begin=False))
            store.q(other, name="anssi-catalogue")
        kept = [str(row["statement"]) for row in store.q("select statement from pg_prepared_statements")]
    assert [text for text in kept if "from source" in text]
    assert [text for text in kept if "row_words" in text] == []
