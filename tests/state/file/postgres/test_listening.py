"""Who waits is woken by what PostgreSQL says, and looks by himself where nothing comes through."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import TYPE_CHECKING

import pytest
from processes import soon
from toy_memory import NOW, Toy, look

from state.file.opening import open_store
from state.file.postgres import listening
from state.owed import outbox

if TYPE_CHECKING:
    from state.file.store import Ears, Store

NOBODY = Event()
ENOUGH = 30.0
"""Seconds: whoever is not woken within them never is."""


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with open_store(address) as opened:
        look(Toy(opened), 1)
        yield opened


@pytest.fixture
def other(address: str) -> Iterator[Store]:
    with open_store(address) as opened:
        yield opened


@pytest.fixture
def ears(store: Store) -> Iterator[Ears]:
    made = store.ears()
    yield made
    made.close()


def owe(store: Store, channel: str = "C1") -> None:
    assert outbox.owe_events(store, 1, [(1, channel, ())], NOW) == 1


def test_what_another_owes_is_heard_once(ears: Ears, other: Store) -> None:
    assert not ears.heard(0, NOBODY)
    owe(other)
    assert ears.heard(ENOUGH, NOBODY)
    assert not ears.heard(0, NOBODY)


def test_what_another_writes_to_the_log_is_heard(ears: Ears, other: Store) -> None:
    look(Toy(other), 2)
    assert ears.heard(ENOUGH, NOBODY)


def test_what_one_owes_oneself_is_known(ears: Ears, store: Store, other: Store) -> None:
    owe(store)
    assert not ears.heard(0.1, NOBODY)
    owe(other, "C2")
    soon(lambda: ears.heard(0, NOBODY))


def test_what_is_rolled_back_wakes_nobody(ears: Ears, other: Store) -> None:
    def fails() -> None:
        with other.transaction():
            owe(other)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert not ears.heard(0.05, NOBODY)


def test_whoever_is_stirred_does_not_wait(ears: Ears) -> None:
    stirred = Event()
    stirred.set()
    assert ears.heard(ENOUGH, stirred)


def test_a_connection_that_is_lost_is_made_anew_and_something_may_have_been_missed(
    ears: Ears, store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "ANEW", 0.0)
    other.q(
        """select pg_terminate_backend(pid) as gone from pg_stat_activity
            where usename = current_user and datname = current_database() and query like 'listen%'"""
    )
    owe(other)
    soon(lambda: ears.heard(0, NOBODY))
    soon(lambda: not ears.heard(0, NOBODY))
    owe(other, "C2")
    assert ears.heard(ENOUGH, NOBODY)


def test_where_nothing_comes_through_one_looks(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As behind a pooler, which takes `listen` and gives the connection to somebody else."""
    monkeypatch.setattr(listening, "PROOF", 0.05)
    monkeypatch.setattr(listening, "CHANNEL", "nobody_says_anything_there")
    monkeypatch.setattr(listening, "_said", lambda *_: set())
    monkeypatch.setattr(listening, "_DEAF", {})
    ears = store.ears()
    assert not ears.heard(0.01, NOBODY)
    owe(other)
    assert ears.heard(0.01, NOBODY)
    soon(lambda: not ears.heard(0.01, NOBODY))
    owe(other, "C2")
    assert not ears.heard(0, NOBODY), "a round that writes would be woken by itself"
    ears.close()
