"""A look that is tried leaves nothing, copies nothing, and keeps nobody from writing while it reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from toy_register import ToyRegister

from state.file import copy
from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Listing, Page
from state.seen.looks import runs
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Checked, Watch
from watcher.look.rehearsal import rehearse

NOW = datetime(2026, 3, 6, tzinfo=UTC)
OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
BLEU = "secnumcloud | Bleu | Bleu Cloud | 2025_560 | 2025-03-24 | 2028-03-24 | scope=IaaS"


def page(day: str, *rows: str) -> Page:
    return Page(
        url="https://register.example", body="\n".join((f"edition {day}", *rows)).encode(), fetched_at=NOW
    )


def watched(store: Store) -> Watch:
    return Watch(store=store, providers=load_providers(store))


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A memory that knows one row, which nobody can copy."""
    url = str(tmp_path / "watch.db")
    with open_store(url) as store:
        look(ToyRegister(), [page("2026-03-04", OVH)], watched(store), datetime(2026, 3, 5, tzinfo=UTC))
    monkeypatch.setattr(copy, "copied", lambda url: pytest.fail("copied"))
    return url


def all_of(url: str) -> list[str]:
    with closing(sqlite3.connect(url)) as database:
        return list(database.iterdump())


@dataclass(frozen=True, kw_only=True)
class Disturbed(ToyRegister):
    """A register during whose reading somebody else writes to the memory."""

    memory: str = ""
    readings: list[str] = field(default_factory=list)

    def read(self, pages: Sequence[Page]) -> Listing:
        self.readings.append(f"reading {len(self.readings) + 1}")
        with open_store(self.memory) as other:
            other.q("pragma busy_timeout = 0")
            other.q(
                "insert into remark (source, topic, at) values ('x', :topic, '2026-03-06T00:00:00+00:00')",
                topic=self.readings[-1],
            )
        return super().read(pages)


def test_a_look_is_judged_as_it_would_be_and_nothing_of_it_stays(memory: str) -> None:
    before = all_of(memory)

    def act(store: Store, source: ToyRegister) -> Checked:
        checked = look(source, [page("2026-03-06", OVH, BLEU)], watched(store), NOW)
        assert runs.run(store, 2).believed
        return checked

    tried = rehearse(memory, ToyRegister(), act)  # type: ignore[arg-type]
    assert [(event.provider.name, event.cause) for event in tried.events] == [("Bleu", Cause.REGISTER)]
    assert all_of(memory) == before


@pytest.mark.sqlite("sets how long it waits")
def test_nobody_waits_for_a_document_that_is_being_read(memory: str) -> None:
    source = Disturbed(memory=memory)
    pages = [page("2026-03-06", OVH, BLEU)]
    tried = rehearse(memory, source, lambda store, ahead: look(ahead, pages, watched(store), NOW))
    assert len(tried.events) == 1
    with open_store(memory) as store:
        assert (
            [row["topic"] for row in store.q("select topic from remark")] == source.readings == ["reading 1"]
        )


def test_a_reader_that_fails_is_the_outcome_of_the_look_that_is_tried(memory: str) -> None:
    class Failing(ToyRegister):
        def read(self, pages: Sequence[Page]) -> Listing:
            raise ZeroDivisionError

    tried = rehearse(
        memory, Failing(), lambda store, ahead: look(ahead, [page("2026-03-06", OVH)], watched(store), NOW)
    )
    assert tried.run.outcome.value == "crashed"


@pytest.mark.sqlite("sets how long it waits")
def test_a_page_that_shows_what_is_known_is_not_read(memory: str) -> None:
    source = Disturbed(memory=memory)
    known = [page("2026-03-04", OVH)]
    tried = rehearse(memory, source, lambda store, ahead: look(ahead, known, watched(store), NOW))
    assert (tried.run.believed, tried.events, source.readings) == (True, (), [])
