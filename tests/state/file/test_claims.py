from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from toy_memory import NOW, Toy, together

from state.file import claims
from state.file.opening import open_store
from state.file.store import Store

MINUTE = timedelta(minutes=1)


def test_a_slot_has_one_claimant(store: Store, toy: Toy) -> None:
    assert claims.claim_slot(store, "anssi-catalogue", toy.now, "a", toy.now)
    assert not claims.claim_slot(store, "anssi-catalogue", toy.now, "b", toy.now)
    assert not claims.claim_slot(store, "anssi-catalogue", toy.now, "a", toy.now)
    assert claims.claim_slot(store, "anssi-catalogue", toy.later(hours=1), "b", toy.now)
    assert claims.claim_slot(store, "ans-hds", toy.now, "b", toy.now)


def test_a_lease_has_one_holder_until_it_runs_out(store: Store, toy: Toy) -> None:
    assert claims.lease(store, "deliver", "a", toy.now, MINUTE)
    assert not claims.lease(store, "deliver", "b", toy.later(seconds=59), MINUTE)
    assert claims.lease(store, "deliver", "b", toy.later(seconds=60), MINUTE)
    assert not claims.lease(store, "deliver", "a", toy.later(seconds=61), MINUTE)


def test_the_holder_prolongs_its_lease(store: Store, toy: Toy) -> None:
    assert claims.lease(store, "deliver", "a", toy.now, MINUTE)
    assert claims.lease(store, "deliver", "a", toy.later(seconds=50), MINUTE)
    assert not claims.lease(store, "deliver", "b", toy.later(seconds=70), MINUTE)


def test_a_lease_is_given_back_by_its_holder_only(store: Store, toy: Toy) -> None:
    assert claims.lease(store, "deliver", "a", toy.now, MINUTE)
    claims.release(store, "deliver", "b")
    assert not claims.lease(store, "deliver", "b", toy.now, MINUTE)
    claims.release(store, "deliver", "a")
    assert claims.lease(store, "deliver", "b", toy.now, MINUTE)


def test_a_slot_whose_claimant_fell_silent_goes_to_one_other(store: Store, toy: Toy) -> None:
    assert claims.claim_slot(store, "ans-hds", toy.now, "a", toy.now, MINUTE)
    assert not claims.claim_slot(store, "ans-hds", toy.now, "b", toy.later(seconds=59), MINUTE)
    assert claims.claim_slot(store, "ans-hds", toy.now, "b", toy.later(seconds=60), MINUTE)
    assert not claims.claim_slot(store, "ans-hds", toy.now, "a", toy.later(seconds=60), MINUTE)


def test_a_slot_that_was_made_goes_to_nobody_however_late(store: Store, toy: Toy) -> None:
    assert claims.claim_slot(store, "ans-hds", toy.now, "a", toy.now, MINUTE)
    claims.slot_made(store, "ans-hds", toy.now, "a")
    assert not claims.claim_slot(store, "ans-hds", toy.now, "b", toy.later(hours=1), MINUTE)


def test_a_slot_that_is_given_back_goes_to_the_next_at_once(store: Store, toy: Toy) -> None:
    assert claims.claim_slot(store, "ans-hds", toy.now, "a", toy.now, MINUTE)
    claims.free_slot(store, "ans-hds", toy.now, "a")
    assert claims.claim_slot(store, "ans-hds", toy.now, "b", toy.now, MINUTE)


def test_what_is_held_is_told_by_the_beginning_of_its_name(store: Store, toy: Toy) -> None:
    for name, length in (("part/web/a", MINUTE), ("part/watch/b", 2 * MINUTE), ("look/ans-hds", MINUTE)):
        assert claims.lease(store, name, name[-1], toy.now, length)
    assert claims.held(store, "part/", toy.now) == {
        "part/watch/b": ("b", toy.now + 2 * MINUTE),
        "part/web/a": ("a", toy.now + MINUTE),
    }
    assert list(claims.held(store, "part/", toy.now + MINUTE)) == ["part/watch/b"]
    claims.forget_old(store, toy.now + claims.OLD + MINUTE)
    assert [row["name"] for row in store.q("select name from lease")] == ["part/watch/b"]


def _claim_slots(path: str, owner: str) -> list[int]:
    with open_store(path) as store:
        slots = range(30)
        return [n for n in slots if claims.claim_slot(store, "ans-hds", NOW + timedelta(hours=n), owner, NOW)]


def test_processes_never_claim_one_slot_twice(store: Store, file: Path) -> None:
    claimed = together(_claim_slots, [(str(file), owner) for owner in "abc"])
    assert sorted(slot for slots in claimed for slot in slots) == list(range(30))
