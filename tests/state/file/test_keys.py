"""Keys that the memory keeps are those that today's rules make, whoever wrote them and by which rules."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from raw import sqlite_of
from toy_register import ToyRegister, page

from scrapers.source import Bounds
from state import names
from state.file.errors import Broke, Failed, Full
from state.file.opening import open_store
from state.file.sqlite import derived, engine, keys, migrations
from state.file.sqlite.store import MANY
from state.file.store import Bulk, Store
from state.kept import audit
from state.model import NOT_STANDING
from state.names import name_key, print_key, spoken
from state.seen.events import log
from state.seen.looks import chain
from state.seen.who import spellings
from state.seen.who.providers import load_providers
from state.seen.who.spellings import Concern
from watcher.look.check import look
from watcher.look.record import Watch

TOY = ToyRegister(name="ans-hds", labels=("hds",), covers=frozenset({"hds"}))
ROWS = ("hds | Société Été SAS | Coffre | 1-1 | - | -", "hds | Cœur & Cie | - | 2-1 | - | -")
AT = datetime(2026, 3, 4, 18, tzinfo=UTC)
PATIENT = replace(TOY, bounds={"hds": Bounds(floor=0, share=1.0, least=1_000)})
DERIVED = ("spelling", "name", "keyed", "move", "event_count")
COPIED = ("page", "snapshot", "snapshot_page", "run", "source", "event", "event_row", "attestation", "link")
WORDS = ("name_words", "row_words")


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = str(tmp_path / "keys.db")
    with open_store(path) as store:
        watch = Watch(store=store, providers=load_providers(store), operators="")
        look(TOY, [page("\n".join(("edition 2026-03-04", *ROWS)), AT)], watch, AT)
    return path


def kept(store: Store) -> list[dict[str, object]]:
    """What follows from the rows, without the numbers it has: those may be others."""
    columns = {"spelling": "*, null as id", "name": "*, null as id", "keyed": "rules"}
    tables = [store.q(f"select {columns.get(table, '*')} from {table}") for table in DERIVED]
    return [row for rows in (*tables, *said(store)) for row in sorted(rows, key=repr)]


def said(store: Store) -> list[list[dict[str, object]]]:
    """The words that a search finds, each with what it is found in."""
    for table in WORDS:
        store.q(f"create virtual table temp.in_{table} using fts5vocab(main, {table}, instance)")
    words = [
        store.q(
            """select s.line, s.holder, s.subject, s.ref, w.col, w.offset, w.term
                from temp.in_row_words w left join spelling s on s.id = w.doc"""
        ),
        store.q(
            """select n.provider, n.name, w.offset, w.term
                from temp.in_name_words w left join name n on n.id = w.doc"""
        ),
    ]
    for table in WORDS:
        store.q(f"drop table temp.in_{table}")
    return words


def test_another_table_of_unicode_is_other_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    before = names.rules()
    monkeypatch.setattr(names.unicodedata, "unidata_version", "99.0.0")  # type: ignore[attr-defined]

    assert names.rules() != before


def test_keys_of_other_rules_are_made_anew_before_anything_is_asked(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an upgrade; and as when a process of another version writes meanwhile."""
    with open_store(path) as store:
        before = kept(store)
        for where in ("", " where name like 'Soc%'"):
            store.q(f"update name set print = '?', key = '?', slug = '?'{where}")
            store.q("update keyed set rules = 'older'")
            assert spellings.alike(store, "SOCIÉTÉ ÉTÉ SAS") == set()
            with open_store(path) as other:
                assert kept(other) == before
            assert spellings.alike(store, "SOCIÉTÉ ÉTÉ SAS") == {"societe-ete"}


def as_before(path: str, monkeypatch: pytest.MonkeyPatch, steps: int) -> str:
    """The path of a memory with the same looks, written by a version that knew so many steps."""
    names, old = list(migrations.STEPS), f"{path}.{steps}"
    with monkeypatch.context() as earlier:
        earlier.setattr(migrations, "STEPS", {name: migrations.STEPS[name] for name in names[:steps]})
        open_store(old).close()
    with sqlite3.connect(old) as raw:
        keys.lend(raw)
        raw.execute("attach ? as today", [path])
        raw.execute("pragma defer_foreign_keys = on")
        for table in COPIED:
            columns = [row[1] for row in raw.execute(f"pragma table_info({table})")]
            listed = ", ".join(columns)
            raw.execute(f"insert into {table} ({listed}) select {listed} from today.{table} order by 1")
    raw.close()
    return old


@pytest.mark.parametrize("step", ["m0016_spellings", "m0021_search", "m0027_spellings_apart"])
def test_a_memory_from_before_has_the_same_keys_as_one_written_today(
    path: str, monkeypatch: pytest.MonkeyPatch, step: str, step_by_step: None
) -> None:
    old = as_before(path, monkeypatch, list(migrations.STEPS).index(step))
    with open_store(path) as store, open_store(old) as older:
        before = kept(store)
        assert before
        assert kept(older) == before
        assert audit.faults(older) == ()
        assert list(chain.links(older)) == list(chain.links(store))


def test_a_full_disk_leaves_a_memory_from_before_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step_by_step: None
) -> None:
    """Wherever in the steps there is no more room; and with room, all of them are taken the next time."""
    path, really = str(tmp_path / "long.db"), engine.connect
    with open_store(path) as store:
        watch = Watch(store=store, providers=load_providers(store), operators="")
        look(TOY, [page(large(0, 400), AT)], watch, AT)
    old = as_before(path, monkeypatch, list(migrations.STEPS).index("m0027_spellings_apart"))
    with closing(sqlite3.connect(old)) as raw:
        before, failed = list(raw.iterdump()), list[type[Failed]]()
        [size] = raw.execute("pragma page_count").fetchone()

    def cramped(path: str) -> sqlite3.Connection:
        connection = really(path)
        connection.execute(f"pragma max_page_count = {size + len(failed)}")
        return connection

    with monkeypatch.context() as full:
        full.setattr(engine, "connect", cramped)
        while True:
            try:
                open_store(old).close()
            except Failed as error:
                failed.append(type(error))
            else:
                break
            with closing(sqlite3.connect(old)) as raw:
                assert list(raw.iterdump()) == before
    assert set(failed) == {Full}
    assert len(failed) > 5
    with open_store(path) as store, open_store(old) as older:
        assert kept(older) == kept(store)


def test_events_are_found_by_the_name_they_were_written_with(path: str) -> None:
    """Who is who was reviewed since: the log keeps the name of its day."""
    concern = Concern(slugs=frozenset(), keys=frozenset(), words=spoken("cœur cie"))
    with open_store(path) as store:
        store.q("update attestation set provider = 'else', provider_name = 'Else', holder = 'Else'")
        found = log.events(store, concerning=[concern])

    assert [event.provider.slug for event in found] == ["coeur-cie"]


def _real_names() -> Iterator[str]:
    for path in (Path(__file__).parents[2] / "fixtures").rglob("*.approved.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield from (row["holder"], row["subject"])


def test_the_number_of_the_rules_stands_for_what_they_make_of_every_real_name() -> None:
    """Where this fails, keys are made otherwise than before: give `RULES` its next number, and pin anew."""
    texts = sorted(set(_real_names()))
    made = [(text, print_key(text), name_key(text), spoken(text)) for text in texts]
    digest = hashlib.sha256(json.dumps(made).encode()).hexdigest()[:16]

    assert len(texts) > 1_000
    assert (names.RULES, digest) == (1, "fb1e8ca61b3fe393")


def large(text: int, rows: int, day: int = 0) -> str:
    """A page of so many rows; in later texts some of them read otherwise."""
    lines = (
        f"hds | Société {n // 3}{' & Cie' * (n % 7 == 0 and text > 0)} SAS | Coffre n° {n} | {n}-1 | - | "
        + (f"203{text}-01-01" if n % 2 else "-")
        for n in range(rows)
    )
    return "\n".join((f"edition 2026-03-{4 + day:02}", *lines))


@pytest.mark.parametrize("rows", [MANY + 50, MANY - 50])
def test_what_is_written_at_once_is_what_triggers_write_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """Rows that come, change their name, change back, go, and come again."""
    made = []
    for name, many in (("at_once", MANY), ("by_triggers", 10**9)):
        monkeypatch.setattr("state.file.sqlite.store.MANY", many)
        with open_store(str(tmp_path / f"{name}.db")) as store:
            watch = Watch(store=store, providers=load_providers(store), operators="")
            for day, (text, count) in enumerate(
                [(0, rows), (1, rows + 30), (0, rows), (2, MANY - 60), (2, rows + 10)]
            ):
                now = AT + timedelta(days=day)
                assert look(PATIENT, [page(large(text, count, day), now)], watch, now).run.good
            made.append(kept(store))
            spelt = store.q("select count(*) as n from spelling")[0]["n"]

    assert made[0] == made[1]
    assert spelt > rows


@pytest.mark.parametrize("rows", [MANY + 50, MANY * 2])
def test_a_long_listing_is_written_without_a_trigger_for_each_row(tmp_path: Path, rows: int) -> None:
    with open_store(str(tmp_path / "many.db")) as store:
        before = store.q("select name, sql from sqlite_master where type = 'trigger' order by name")
        watch = Watch(store=store, providers=load_providers(store), operators="")
        statements: list[str] = []
        # Told of the statement once, and once more for every trigger that it sets off.
        sqlite_of(store).set_trace_callback(statements.append)
        look(TOY, [page(large(0, rows), AT)], watch, AT)
        sqlite_of(store).set_trace_callback(None)
        after = store.q("select name, sql from sqlite_master where type = 'trigger' order by name")

    written = Counter(" ".join(line.split()[:3]) for line in statements)
    assert written["insert into attestation"] == rows
    assert written["insert into spelling"] == 2
    assert written["insert into row_words"] == 2  # those that went, of which there are none
    assert after == before


def test_a_failure_between_leaves_the_triggers_in_place(tmp_path: Path) -> None:
    """Also for whoever catches it and goes on with the transaction."""
    row = (1, 1)
    with open_store(str(tmp_path / "fails.db")) as store:
        before = store.q("select name from sqlite_master where type = 'trigger' order by name")
        with store.transaction():
            with pytest.raises(Broke):
                store.many_at_once("insert into event (id, run) values (?, ?)", [row], MANY, Bulk.EVENTS)
            during = store.q("select name from sqlite_master where type = 'trigger' order by name")

    assert during == before
    assert len(before) > 10


def test_the_tables_that_follow_know_each_status_under_which_no_row_stands() -> None:
    """They are text of steps that were taken: another status is another step, which counts anew."""
    assert {word.strip("' ") for word in derived._NOT_STANDING.split(",")} == NOT_STANDING
