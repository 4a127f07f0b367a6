"""Notes on what runs on what: a person's word, kept apart, never changed, only taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from toy_memory import NOW, Toy

from state.file.errors import Broke, StoreError
from state.file.store import Store
from state.model import Provider
from state.noted.footings import Footing, footings, note, take_back

NUMSPOT, OUTSCALE = Provider(slug="numspot", name="NumSpot"), Provider(slug="outscale", name="Outscale")
NOTE = Footing(provider=NUMSPOT, host=OUTSCALE, reason="their documentation", by="Léa")
DONJON = replace(NOTE, provider=Provider(slug="whaller", name="Whaller"), service="Whaller Donjon")


def test_a_note_is_found_from_both_sides_with_who_wrote_it_and_when(store: Store) -> None:
    assert note(store, [NOTE, DONJON], NOW) == 2
    [own] = footings(store, provider="numspot")
    assert (own.host, own.by, own.reason, own.at) == (OUTSCALE, "Léa", "their documentation", NOW)
    assert [one.service for one in footings(store, host="outscale")] == ["", "Whaller Donjon"]
    assert footings(store, host="numspot") == ()


def test_the_same_note_again_changes_nothing(store: Store, toy: Toy) -> None:
    note(store, [NOTE, DONJON], NOW)
    again = [replace(DONJON, service="WHALLER  donjon", by="Max", reason="said again"), NOTE, NOTE]
    assert note(store, again, toy.later(days=1)) == 0
    assert [one.by for one in footings(store)] == ["Léa", "Léa"]


def test_a_note_taken_back_stays_on_record_and_may_be_written_anew(store: Store, toy: Toy) -> None:
    note(store, [NOTE], NOW)
    take_back(store, replace(NOTE, by="Max", reason="they moved"), toy.later(days=1))
    assert footings(store) == ()
    [kept] = store.q("select reason, removed_by, removed_reason from footing")
    assert kept == {"reason": "their documentation", "removed_by": "Max", "removed_reason": "they moved"}
    with pytest.raises(LookupError):
        take_back(store, NOTE, toy.later(days=2))
    assert note(store, [NOTE], toy.later(days=3)) == 1


@pytest.mark.parametrize(
    "wrong", [replace(NOTE, reason=""), replace(NOTE, by=""), replace(NOTE, host=NUMSPOT)]
)
def test_one_note_that_says_nothing_keeps_all_from_being_written(store: Store, wrong: Footing) -> None:
    with pytest.raises(StoreError):
        note(store, [DONJON, wrong], NOW)
    assert footings(store) == ()


@pytest.mark.parametrize("change", ["update footing set host = 'ovhcloud'", "delete from footing"])
def test_the_memory_itself_lets_nobody_change_a_note(store: Store, change: str) -> None:
    note(store, [NOTE], NOW)
    with pytest.raises(Broke, match="taken back"):
        store.q(change)


def test_another_process_sees_a_note_at_once(store: Store, again: Callable[[], Store]) -> None:
    other = again()
    assert footings(other) == ()
    note(store, [NOTE], NOW)
    assert len(footings(other)) == 1
