"""Keys that the memory keeps are those that today's rules make, whoever wrote them and by which rules."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from toy_register import ToyRegister, page

from scrapers.source import Bounds
from state import names
from state.file import derived
from state.file.derived import EVENTS
from state.file.store import MANY, Store, open_store
from state.model import NOT_STANDING
from state.names import name_key, print_key, spoken
from state.seen.events import log
from state.seen.who import spellings
from state.seen.who.providers import load_providers
from state.seen.who.spellings import Concern
from watcher.look.check import look
from watcher.look.record import Watch

TOY = ToyRegister(name="ans-hds", labels=("hds",), covers=frozenset({"hds"}))
ROWS = ("hds | Société Été SAS | Coffre | 1-1 | - | -", "hds | Cœur & Cie | - | 2-1 | - | -")
AT = datetime(2026, 3, 4, 18, tzinfo=UTC)
PATIENT = replace(TOY, bounds={"hds": Bounds(floor=0, share=1.0, least=1_000)})
STEPS = ("m0016_spellings", "m0017_counts", "m0021_search")
DERIVED = ("spelling", "called", "move", "event_count", "name", "name_words", "row_words")


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = str(tmp_path / "keys.db")
    with open_store(path) as store:
        watch = Watch(store=store, providers=load_providers(store), operators="")
        look(TOY, [page("\n".join(("edition 2026-03-04", *ROWS)), AT)], watch, AT)
    return path


def kept(store: Store) -> list[dict[str, object]]:
    return [row for table in DERIVED for row in store.q(f"select * from {table}")]


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
        for where in ("", " where holder like 'Soc%'"):
            store.q(f"update spelling set rules = 'older', holder_print = '?', name_print = '?'{where}")
            store.q("update called set rules = 'older', said = '?'")
            assert spellings.alike(store, "SOCIÉTÉ ÉTÉ SAS") == set()
            with open_store(path) as other:
                assert kept(other) == before
            assert spellings.alike(store, "SOCIÉTÉ ÉTÉ SAS") == {"societe-ete"}


def test_a_memory_from_before_has_the_same_keys_as_one_written_today(path: str) -> None:
    with open_store(path) as store:
        before = kept(store)
    with sqlite3.connect(path) as raw:
        for (trigger,) in raw.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            if trigger.startswith((*DERIVED, "event_un")):
                raw.execute(f"drop trigger {trigger}")
        raw.execute("drop index event_row_newest")
        raw.execute("drop index event_kind")
        raw.execute("create index event_row_line on event_row (line)")
        for table in DERIVED:
            raw.execute(f"drop table {table}")
        raw.execute(
            "delete from _sqlite_migrations where name in (select value from json_each(?))",
            [json.dumps(STEPS)],
        )
    raw.close()
    with open_store(path) as store:
        assert before
        assert kept(store) == before


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


def told(store: Store) -> dict[str, list[dict[str, object]]]:
    """What follows from the rows, however it came about."""
    return {
        "spelling": store.q("select *, null as id from spelling order by line, holder, subject, ref"),
        "called": store.q("select * from called"),
        "name": store.q("select provider, name, spellings from name order by provider, name"),
        "row_words": store.q(
            """select s.line, w.holder, w.subject, w.name, w.ref
                from row_words w join spelling s on s.id = w.rowid
                order by s.line, s.holder, s.subject, s.ref"""
        ),
        "move": store.q("select * from move"),
        "event_count": store.q("select * from event_count"),
    }


@pytest.mark.parametrize("rows", [MANY + 50, MANY - 50])
def test_what_is_written_at_once_is_what_triggers_write_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """Rows that come, change their name, change back, go, and come again."""
    made = []
    for name, many in (("at_once", MANY), ("by_triggers", 10**9)):
        monkeypatch.setattr("state.file.store.MANY", many)
        with open_store(str(tmp_path / f"{name}.db")) as store:
            watch = Watch(store=store, providers=load_providers(store), operators="")
            for day, (text, count) in enumerate(
                [(0, rows), (1, rows + 30), (0, rows), (2, MANY - 60), (2, rows + 10)]
            ):
                now = AT + timedelta(days=day)
                assert look(PATIENT, [page(large(text, count, day), now)], watch, now).run.good
            made.append(told(store))

    assert made[0] == made[1]
    assert len(made[0]["spelling"]) > rows


@pytest.mark.parametrize("rows", [MANY + 50, MANY * 2])
def test_a_long_listing_is_written_without_a_trigger_for_each_row(tmp_path: Path, rows: int) -> None:
    with open_store(str(tmp_path / "many.db")) as store:
        before = store.q("select name, sql from sqlite_master where type = 'trigger' order by name")
        watch = Watch(store=store, providers=load_providers(store), operators="")
        statements: list[str] = []
        # Told of the statement once, and once more for every trigger that it sets off.
        store._connection.set_trace_callback(statements.append)
        look(TOY, [page(large(0, rows), AT)], watch, AT)
        store._connection.set_trace_callback(None)
        after = store.q("select name, sql from sqlite_master where type = 'trigger' order by name")

    written = Counter(" ".join(line.split()[:3]) for line in statements)
    assert written["insert into attestation"] == rows
    assert written["insert into spelling"] == 2
    assert after == before


def test_a_failure_between_leaves_the_triggers_in_place(tmp_path: Path) -> None:
    """Also for whoever catches it and goes on with the transaction."""
    row = {"id": 1, "run": 1}
    with open_store(str(tmp_path / "fails.db")) as store:
        before = store.q("select name from sqlite_master where type = 'trigger' order by name")
        with store.transaction():
            with pytest.raises(sqlite3.IntegrityError):
                store.many_at_once("insert into event (id, run) values (:id, :run)", [row], MANY, EVENTS)
            during = store.q("select name from sqlite_master where type = 'trigger' order by name")

    assert during == before
    assert len(before) > 10


def test_the_tables_that_follow_know_each_status_under_which_no_row_stands() -> None:
    """They are text of steps that were taken: another status is another step, which counts anew."""
    assert {word.strip("' ") for word in derived._NOT_STANDING.split(",")} == NOT_STANDING
