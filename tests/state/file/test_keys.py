"""Keys that the memory keeps are those that today's rules make, whoever wrote them and by which rules."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from toy_register import ToyRegister, page

from state import names
from state.file.store import Store, open_store
from state.names import name_key, print_key, spoken
from state.seen import log, spellings
from state.seen.providers import load_providers
from state.seen.spellings import Concern
from watcher.look.check import look
from watcher.look.record import Watch

TOY = ToyRegister(name="ans-hds", labels=("hds",), covers=frozenset({"hds"}))
ROWS = ("hds | Société Été SAS | Coffre | 1-1 | - | -", "hds | Cœur & Cie | - | 2-1 | - | -")
AT = datetime(2026, 3, 4, 18, tzinfo=UTC)
STEPS = ("m0016_spellings", "m0017_counts")
DERIVED = ("spelling", "called", "move", "event_count")


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
