"""A memory that is copied is the same to the last row, or nobody can open it; an interrupted copy goes on."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psycopg
import pytest
from toy_memory import NOW, Toy, look

from state import search
from state.file.errors import StoreError
from state.file.making import MARK, Table
from state.file.opening import begin_copy, in_server, open_store, shown
from state.file.postgres.pool import close_all
from state.file.store import Store
from state.kept import audit
from state.kept.carried import READ, WHOLE, Carried, carry
from state.names import words
from state.seen.looks import chain, runs
from state.seen.rows import listings
from state.words.kept import Transition

pytestmark = pytest.mark.sqlite  # of both engines, each way: once says all
ENGINES = ("sqlite", "postgresql")
WAYS = [(origin, there) for origin in ENGINES for there in ENGINES]
each_way = pytest.mark.parametrize("way", WAYS, ids=" to ".join, indirect=True)
ALIKE = {
    "sqlite": """select type, name, tbl_name, sql from sqlite_master
        where name not like '%_words_%' order by 1, 2""",
    "postgresql": """select 'index', pg_get_indexdef(oid) from pg_class
            where relnamespace = 'vigilabel'::regnamespace and relkind = 'i'
        union all select 'constraint', conname || pg_get_constraintdef(oid) from pg_constraint
            where connamespace = 'vigilabel'::regnamespace
        union all select 'trigger', tgenabled::text || pg_get_triggerdef(oid)
            from pg_trigger where not tgisinternal
        union all select 'table', relname from pg_class where relnamespace = 'vigilabel'::regnamespace
        union all select 'step', name from step_taken order by 1, 2""",
}


@pytest.fixture(params=WAYS[:2], ids=" to ".join)
def way(request: pytest.FixtureRequest) -> tuple[str, str]:
    """From which engine to which: into each, unless a test is about all ways."""
    found: tuple[str, str] = request.param
    return found


class Places:
    """Where nothing is, for either engine."""

    def __init__(self, request: pytest.FixtureRequest, room: Path) -> None:
        self._request, self._room = request, room
        self.made: list[str] = []

    def new(self, engine: str) -> str:
        if engine == "sqlite":
            self.made.append(str(self._room / f"place{len(self.made)}.db"))
        else:
            server = self._request.getfixturevalue("postgres")
            self.made.append(server.url(server.database()))
        return self.made[-1]


@pytest.fixture
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Places]:
    places = Places(request, tmp_path)
    yield places
    for url in filter(in_server, places.made):
        close_all(url)


@pytest.fixture
def url(places: Places, way: tuple[str, str]) -> str:
    """The address of the memory that is copied."""
    return places.new(way[0])


@pytest.fixture
def there(places: Places, way: tuple[str, str]) -> str:
    """Where it is copied to."""
    return places.new(way[1])


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def full(toy: Toy) -> Toy:
    """Some looks, with rows, messages out of the order of their keys, and all that follows."""
    for run in (1, 2):
        look(toy, run)
    with toy.store.transaction():
        runs.record(toy.store, toy.run(3, at=toy.later(days=3)))
        known = [toy.known(row, holder=f"Hébergeur n° {row} SAS") for row in (1, 2)]
        listings.accept(toy.store, "ans-hds", 3, NOW, None, Transition(added=tuple(known)))
        chain.extend(toy.store, 3)
        for key in ("b", "c", "a"):
            owe(toy.store, key)
        toy.store.q("delete from message where key = 'c'")
        toy.store.q(
            """insert into delivery (id, channel, event, run, due, matched, message)
                values (1, 'C1', 1, 1, '2026-03-04T12:00:00+00:00', '[]', 'a')"""
        )
    return toy


def owe(store: Store, key: str) -> None:
    store.q(
        """insert into message (key, channel, state, due, tries, interrupted, error, receipt)
            values (:key, 'C1', 'due', '2026-03-04T12:00:00+00:00', 0, 0, '', '')""",
        key=key,
    )


@pytest.fixture
def tables(tmp_path: Path) -> list[Table]:
    with begin_copy(str(tmp_path / "shape.db"), {"origin": "", "root": ""}, anew=False) as copy:
        return list(copy.tables())


@pytest.fixture
def everything(tables: list[Table]) -> Any:
    def all_of(url: str) -> dict[str, list[Any]]:
        with open_store(url) as store:
            return {
                table.name: [row for rows in store.batches(table.rows) for row in rows] for table in tables
            }

    return all_of


@contextmanager
def strange(url: str) -> Iterator[Any]:
    """A connection of some other tool, which keeps to no rule of ours."""
    if in_server(url):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("set search_path = vigilabel")
            yield connection
    else:
        with closing(sqlite3.connect(url, isolation_level=None)) as database:
            yield database


def unguarded(url: str) -> str:
    """The statement that lets an event be changed."""
    return (
        "alter table event disable trigger user"
        if in_server(url)
        else "drop trigger if exists event_never_changes"
    )


class Stop(Exception):
    """Stands for whatever ends a process in the middle of its work."""


class Stops:
    """Hears how far a copy is, and ends it where it is told to."""

    def __init__(self, what: str, after: int = 0) -> None:
        self.what, self.after = what, after

    def __call__(self, what: str, done: int, of: int) -> None:
        if what == self.what and done >= self.after:
            raise Stop


@each_way
def test_a_copy_is_the_memory_to_the_last_row(full: Toy, url: str, there: str, everything: Any) -> None:
    before = everything(url)
    carried = carry(url, there)
    assert carried == Carried(head=chain.head(full.store), links=3, rows=carried.rows, kept=0, faults=())
    assert (carried.rows["event"], carried.rows["message"]) == (2, 2)
    assert everything(there) == before == everything(url)


def test_a_copy_has_the_shape_of_a_memory_that_took_its_steps(
    full: Toy, url: str, there: str, way: tuple[str, str], places: Places, step_by_step: None
) -> None:
    carry(url, there)
    open_store(new := places.new(way[1])).close()
    with strange(there) as found, strange(new) as expected:
        asked = ALIKE[way[1]]
        assert found.execute(asked).fetchall() == expected.execute(asked).fetchall()


def test_a_copy_lives_on_like_the_memory(full: Toy, url: str, there: str) -> None:
    carry(url, there)
    with open_store(there) as store:
        with store.transaction():
            owe(store, "0")
        turns = store.q("select key, rowid from message order by rowid")
        assert [tuple(row.values()) for row in turns] == [("b", 1), ("a", 3), ("0", 4)]
        look(Toy(store), 4)
        assert audit.faults(store) == audit.faults(full.store)
        with pytest.raises(StoreError, match="append-only"):
            store.q("delete from event")


def test_a_search_finds_in_the_copy_what_it_finds_in_the_memory(full: Toy, url: str, there: str) -> None:
    carry(url, there)
    match = search.all_of(words("hebergeur"))
    found = [one.line for one in search.lines(full.store, match)]
    assert found == [1, 2]
    with open_store(there) as store:
        assert [one.line for one in search.lines(store, match)] == found


def test_nobody_opens_what_is_not_finished(full: Toy, url: str, there: str) -> None:
    for what in ("event", WHOLE, READ):
        with pytest.raises(Stop):
            carry(url, there, tell=Stops(what))
        with pytest.raises(StoreError, match="that was not finished") as told:
            open_store(there)
        assert (told.value.code, told.value.values["origin"]) == ("half_made", shown(url))


@pytest.mark.parametrize("what", ["event", "message", READ])
def test_a_copy_that_ended_in_the_middle_goes_on_with_what_the_memory_is_by_then(
    full: Toy, url: str, there: str, everything: Any, what: str
) -> None:
    with pytest.raises(Stop):
        carry(url, there, tell=Stops(what))
    look(full, 4)
    with full.store.transaction():
        full.store.q("update message set state = 'given_up', closed_at = due where key = 'b'")
        full.store.q("delete from delivery")
        full.store.q("delete from message where key = 'a'")
    carry(url, there)
    assert everything(there) == everything(url)


def test_a_killed_process_leaves_nothing_that_passes_for_a_memory(
    full: Toy, url: str, there: str, everything: Any
) -> None:
    full.store.close()
    child = get_context("fork").Process(target=_killed, args=(url, there))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with pytest.raises(StoreError, match="not finished"):
        open_store(there)


@pytest.mark.postgresql
def test_once_such_a_text_is_written_without_it_the_memory_is_copied(places: Places) -> None:
    with open_store(origin := places.new("sqlite")) as store:
        for topic in ("a\0b", '{"x":"\\u0000"}'):
            store.q("insert into remark (source, topic, at) values ('x', :topic, '2026')", topic=topic)
    there = places.new("postgresql")
    for row in (1, 2):
        with pytest.raises(StoreError) as told:
            carry(origin, there)
        assert "copy again" in str(told.value)
        with open_store(origin) as store:
            store.q(
                "update remark set topic = :n where topic = :key",
                n=f"t{row}",
                key=told.value.values["key"][3:],
            )
    assert carry(origin, there).rows["remark"] == 2


def _killed(url: str, there: str) -> None:
    def tell(what: str, done: int, of: int) -> None:
        if what == WHOLE:
            os.kill(os.getpid(), signal.SIGKILL)

    carry(url, there, tell=tell)


def test_a_row_that_was_altered_in_an_unfinished_copy_is_written_again(
    full: Toy, url: str, there: str, everything: Any
) -> None:
    with pytest.raises(Stop):
        carry(url, there, tell=Stops(WHOLE))
    with strange(there) as tool:
        tool.execute("update event set body = replace(body, 'Bleu', 'Rouge') where id = 2")
        tool.execute("insert into retraction values (1, 'no', 'nobody', '2026-03-05T00:00:00+00:00')")
        tool.execute("delete from link where number = 2")
    carry(url, there)
    assert everything(there) == everything(url)


def test_a_row_that_is_altered_before_the_copy_is_read_again_is_told(
    full: Toy, url: str, there: str, everything: Any
) -> None:
    def tell(what: str, done: int, of: int) -> None:
        if what == READ and not done:
            with strange(there) as tool:
                tool.execute(unguarded(there))
                tool.execute("update event set seen_at = '2020-01-01T00:00:00+00:00' where id = 2")

    with pytest.raises(StoreError, match="table event differs") as told:
        carry(url, there, tell=tell)
    assert told.value.code == "copy_differs"
    with pytest.raises(StoreError, match="not finished"):
        open_store(there)
    carry(url, there)
    assert everything(there) == everything(url)


@each_way
def test_what_is_written_meanwhile_waits_for_the_next_copy(full: Toy, url: str, there: str) -> None:
    head = chain.head(full.store)
    with open_store(url) as other:
        toy = Toy(other)

        def write(what: str, done: int, of: int) -> None:
            if what in ("event", "link") and not done:
                look(toy, 4 if what == "event" else 5)

        assert carry(url, there, tell=write).head == head
    with open_store(there) as store:
        assert (chain.head(store), audit.faults(store)) == (head, ())
    assert chain.head(full.store) != head


def test_a_memory_that_does_not_agree_with_its_chain_is_copied_and_told(
    full: Toy, url: str, there: str
) -> None:
    with strange(url) as tool:
        tool.execute(unguarded(url))
        tool.execute("update event set body = replace(body, 'Bleu', 'Rouge') where id = 2")
    assert carry(url, there).faults == audit.faults(full.store) != ()


@pytest.mark.parametrize("anew", [False, True])
def test_nothing_that_is_there_is_ever_overwritten(
    full: Toy, url: str, there: str, everything: Any, anew: bool
) -> None:
    carry(url, there)
    before = everything(there)
    for origin in (url, there):
        with pytest.raises(StoreError, match="never overwritten") as told:
            carry(origin, there, anew=anew)
        assert told.value.code == "not_empty"
    assert everything(there) == before


@pytest.mark.parametrize("anew", [False, True])
def test_tables_of_another_program_are_left_as_they_are(full: Toy, url: str, there: str, anew: bool) -> None:
    with strange(there) as tool:
        if in_server(there):
            tool.execute("create schema vigilabel")
        tool.execute("create table things (id integer)")
        tool.execute("insert into things values (7)")
    with pytest.raises(StoreError, match="another program") as told:
        carry(url, there, anew=anew)
    assert told.value.values["tables"] == "things"
    with strange(there) as tool:
        assert tool.execute("select id from things").fetchall() == [(7,)]


def test_a_copy_of_another_memory_is_gone_on_with_by_nobody(
    full: Toy, url: str, there: str, places: Places, everything: Any
) -> None:
    with open_store(another := places.new("sqlite")) as other:
        look(Toy(other), 7)
    with pytest.raises(Stop):
        carry(another, there, tell=Stops("event"))
    with pytest.raises(StoreError, match=r"a copy of .*place2\.db that was not finished"):
        carry(url, there)
    carry(url, there, anew=True)
    assert everything(there) == everything(url)


def test_of_two_that_copy_to_one_place_the_first_stops(
    full: Toy, url: str, there: str, everything: Any
) -> None:
    mark = {"origin": shown(url), "root": chain.origin(full.store)}

    def tell(what: str, done: int, of: int) -> None:
        if what == "event" and not done:
            with begin_copy(there, mark, anew=False) as second:
                assert second.mark()["origin"] == shown(url)

    with pytest.raises(StoreError, match="another process goes on with this copy"):
        carry(url, there, tell=tell)
    carry(url, there)
    assert everything(there) == everything(url)


def test_no_table_of_either_engine_is_left_out(full: Toy, url: str, tables: list[Table]) -> None:
    if in_server(url):
        asked = """select relname as name from pg_class where relkind in ('r', 'v')
            and relnamespace = 'vigilabel'::regnamespace"""
        anew = {"step_taken", "owed_kept", "owed_change", "name_words", "row_words"}
    else:
        asked = "select name from sqlite_master where type in ('table', 'view')"
        anew = {"_sqlite_migrations"}
    kept = {row["name"] for row in full.store.q(asked)}
    anew |= {"keyed", *(name for name in kept if name.startswith(("name_words", "row_words")))}
    views = {"listed_now", "holdings", "events_plain", "expiries", "looks", "holdings_by_basis"}
    assert kept - anew - views == {table.name for table in tables}
    assert MARK not in kept


def test_a_source_that_is_not_there_makes_no_copy(places: Places, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database"):
        carry(str(tmp_path / "none.db"), there := places.new("sqlite"))
    assert not Path(there).exists()


@pytest.mark.postgresql
def test_a_text_that_postgresql_does_not_take_is_named(places: Places) -> None:
    with open_store(origin := places.new("sqlite")) as store:
        store.q("insert into remark (source, topic, at) values ('x', :nul, '2026')", nul="a\0b")
    with pytest.raises(StoreError, match="does not take the rows of remark from x, a\\0b") as told:
        carry(origin, there := places.new("postgresql"))
    assert told.value.code == "row_with_nul"
    assert told.value.values["column"] == "topic"
    with pytest.raises(StoreError, match="not finished"):
        open_store(there)
