"""A memory that is copied is the same to the last row, or nobody can open it; an interrupted copy goes on."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest
from raw import sqlite_of
from toy_memory import NOW, Toy, look

from state import search
from state.file import making
from state.file.errors import StoreError
from state.file.opening import begin_copy, open_store
from state.kept import audit
from state.kept.carried import READ, WHOLE, Carried, carry
from state.names import words
from state.seen.looks import chain
from state.seen.rows import listings
from state.words.kept import Transition


@pytest.fixture
def full(toy: Toy) -> Toy:
    """Some looks, with names, messages out of the order of their keys, and all that follows."""
    for run in (1, 2, 3):
        look(toy, run)
    with toy.store.transaction():
        for key in ("b", "c", "a"):
            toy.store.q(
                """insert into message (key, channel, state, due, tries, interrupted, error, receipt)
                    values (:key, 'C1', 'due', '2026-03-04T12:00:00+00:00', 0, 0, '', '')""",
                key=key,
            )
        toy.store.q("delete from message where key = 'c'")
        toy.store.q(
            """insert into delivery (id, channel, event, run, due, matched, message)
                values (1, 'C1', 1, 1, '2026-03-04T12:00:00+00:00', '[]', 'a')"""
        )
    return toy


@pytest.fixture
def there(tmp_path: Path) -> str:
    return str(tmp_path / "there.db")


def everything(path: str | Path) -> list[str]:
    """All statements that a memory can be made of, but for when its steps were taken, counts that fell to
    nothing, and the pages of its index of words, which its own past has shaped."""
    with closing(sqlite3.connect(path)) as database:
        return sorted(line for line in database.iterdump() if not APART.search(line))


APART = re.compile(r'^INSERT INTO "(?:_sqlite_migrations|\w+_words_\w+|owed_count" VALUES\(.*,0\);$)')


class Stop(Exception):
    """Stands for whatever ends a process in the middle of its work."""


class Stops:
    """Hears how far a copy is, and ends it where it is told to."""

    def __init__(self, what: str, after: int = 0) -> None:
        self.what, self.after, self.heard = what, after, 0

    def __call__(self, what: str, done: int, of: int) -> None:
        if what == self.what and done >= self.after:
            raise Stop


def test_a_copy_is_the_memory_to_the_last_row_and_index(full: Toy, file: Path, there: str) -> None:
    before = everything(file)
    carried = carry(str(file), there)
    assert carried == Carried(
        head=chain.head(full.store), links=3, rows=carried.rows, kept=0, faults=audit.faults(full.store)
    )
    assert carried.faults == ()
    assert (carried.rows["event"], carried.rows["message"]) == (3, 2)
    assert everything(there) == before == everything(file)


def test_a_copy_lives_on_like_the_memory(full: Toy, file: Path, there: str) -> None:
    carry(str(file), there)
    with open_store(there) as store:
        assert store.q("select key, rowid from message order by rowid") == [
            {"key": "b", "rowid": 1},
            {"key": "a", "rowid": 3},
        ]
        look(Toy(store), 4)
        assert audit.faults(store) == ()
        with pytest.raises(StoreError, match="append-only"):
            store.q("delete from event")


def test_a_search_finds_in_the_copy_what_it_finds_in_the_memory(full: Toy, file: Path, there: str) -> None:
    with full.store.transaction():
        known = [full.known(row, holder=f"Hébergeur n° {row} SAS") for row in (1, 2)]
        listings.accept(full.store, "ans-hds", 1, NOW, None, Transition(added=tuple(known)))
    carry(str(file), there)
    match = search.all_of(words("hebergeur"))
    found = [one.line for one in search.lines(full.store, match)]
    assert found == [1, 2]
    with open_store(there) as store:
        assert [one.line for one in search.lines(store, match)] == found


def test_nobody_opens_what_is_not_finished(full: Toy, file: Path, there: str) -> None:
    for what in ("page", "event", "link", WHOLE, READ):
        with pytest.raises(Stop):
            carry(str(file), there, tell=Stops(what))
        with pytest.raises(StoreError, match=f"holds a copy of {file} that was not finished") as told:
            open_store(there)
        assert (told.value.code, told.value.values["origin"]) == ("half_made", str(file))


@pytest.mark.parametrize("what", ["page", "run", "attestation", "event", "message", "link", WHOLE, READ])
def test_a_copy_that_ended_in_the_middle_goes_on_with_what_the_memory_is_by_then(
    full: Toy, file: Path, there: str, what: str
) -> None:
    with pytest.raises(Stop):
        carry(str(file), there, tell=Stops(what))
    look(full, 4)
    with full.store.transaction():
        full.store.q("update message set state = 'given_up', closed_at = due where key = 'b'")
        full.store.q("delete from delivery")
        full.store.q("delete from message where key = 'a'")
    carry(str(file), there)
    assert everything(there) == everything(file)


def test_a_killed_process_leaves_nothing_that_passes_for_a_memory(
    full: Toy, file: Path, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    full.store.close()
    child = get_context("fork").Process(target=_killed, args=(str(file), there))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with pytest.raises(StoreError, match="not finished"):
        open_store(there)
    assert carry(str(file), there).kept > 0
    assert everything(there) == everything(file)


def _killed(url: str, there: str) -> None:
    def tell(what: str, done: int, of: int) -> None:
        if what == "link":
            os.kill(os.getpid(), signal.SIGKILL)

    carry(url, there, tell=tell)


def test_a_row_that_was_altered_in_an_unfinished_copy_is_written_again(
    full: Toy, file: Path, there: str
) -> None:
    with pytest.raises(Stop):
        carry(str(file), there, tell=Stops("link"))
    with closing(sqlite3.connect(there)) as strange, strange:
        strange.execute("update event set body = replace(body, 'Bleu', 'Rouge') where id = 2")
        strange.execute("insert into retraction values (3, 'no', 'nobody', '2026-03-05T00:00:00+00:00')")
    carry(str(file), there)
    assert everything(there) == everything(file)


def test_a_row_that_is_altered_while_the_copy_is_read_again_is_told(
    full: Toy, file: Path, there: str
) -> None:
    def tell(what: str, done: int, of: int) -> None:
        if what == READ and not done:
            with closing(sqlite3.connect(there)) as strange, strange:
                strange.execute("drop trigger event_never_changes")
                strange.execute("update event set seen_at = '2020-01-01T00:00:00+00:00' where id = 2")

    with pytest.raises(StoreError, match="table event differs") as told:
        carry(str(file), there, tell=tell)
    assert told.value.code == "copy_differs"
    with pytest.raises(StoreError, match="not finished"):
        open_store(there)
    carry(str(file), there)
    assert everything(there) == everything(file)


def test_what_is_written_meanwhile_waits_for_the_next_copy(full: Toy, file: Path, there: str) -> None:
    head = chain.head(full.store)

    with open_store(str(file)) as other:
        toy = Toy(other)

        def write(what: str, done: int, of: int) -> None:
            if what in ("event", "link") and not done:
                look(toy, 4 if what == "event" else 5)

        assert carry(str(file), there, tell=write).head == head
    with open_store(there) as store:
        assert (chain.head(store), audit.faults(store)) == (head, ())
    assert chain.head(full.store) != head


def test_a_memory_that_does_not_agree_with_its_chain_is_copied_and_told(
    full: Toy, file: Path, there: str
) -> None:
    sqlite_of(full.store).execute("drop trigger event_never_changes")
    full.store.q("update event set body = replace(body, 'Bleu', 'Rouge') where id = 2")
    assert carry(str(file), there).faults == audit.faults(full.store) != ()


@pytest.mark.parametrize("anew", [False, True])
def test_nothing_that_is_there_is_ever_overwritten(full: Toy, file: Path, there: str, anew: bool) -> None:
    carry(str(file), there)
    before = everything(there)
    with pytest.raises(StoreError, match="never overwritten") as told:
        carry(str(file), there, anew=anew)
    assert told.value.code == "not_empty"
    with pytest.raises(StoreError, match="never overwritten"):
        carry(there, there, anew=anew)
    assert everything(there) == before


@pytest.mark.parametrize("anew", [False, True])
def test_a_database_of_another_program_is_left_as_it_is(
    full: Toy, file: Path, there: str, anew: bool
) -> None:
    with closing(sqlite3.connect(there)) as other, other:
        other.execute("create table things (id)")
    with pytest.raises(StoreError, match="another program"):
        carry(str(file), there, anew=anew)
    with closing(sqlite3.connect(there)) as other:
        assert other.execute("select name from sqlite_master").fetchall() == [("things",)]


def test_a_copy_of_another_memory_is_gone_on_with_by_nobody(
    full: Toy, file: Path, there: str, tmp_path: Path
) -> None:
    with open_store(str(tmp_path / "other.db")) as other:
        look(Toy(other), 7)
    with pytest.raises(Stop):
        carry(str(tmp_path / "other.db"), there, tell=Stops("event"))
    with pytest.raises(StoreError, match=r"a copy of .*other\.db that was not finished"):
        carry(str(file), there)
    carry(str(file), there, anew=True)
    assert everything(there) == everything(file)


def test_of_two_that_copy_to_one_place_the_first_stops(full: Toy, file: Path, there: str) -> None:
    def tell(what: str, done: int, of: int) -> None:
        if what == "event" and not done:
            with begin_copy(there, mark, anew=False) as second:
                assert second.mark()["origin"] == str(file)

    mark = {"origin": str(file), "root": chain.origin(full.store)}
    with pytest.raises(StoreError, match="another process goes on with this copy"):
        carry(str(file), there, tell=tell)
    carry(str(file), there)
    assert everything(there) == everything(file)


def test_no_table_of_the_memory_is_left_out(full: Toy, there: str) -> None:
    with begin_copy(there, {"origin": "", "root": ""}, anew=False) as copy:
        carried = {table.name for table in copy.tables()}
    kept = {row["name"] for row in full.store.q("select name from sqlite_master where type = 'table'")}
    made_anew = {name for name in kept if name.startswith(("name_words", "row_words", "_sqlite"))}
    assert kept - made_anew == carried | {"keyed"}
    assert making.MARK not in kept


def test_a_source_that_is_not_there_makes_no_copy(tmp_path: Path, there: str) -> None:
    with pytest.raises(StoreError, match="there is no database"):
        carry(str(tmp_path / "none.db"), there)
    assert not Path(there).exists()
