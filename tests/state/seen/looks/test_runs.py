from __future__ import annotations

from typing import Any

import pytest
from toy_memory import Toy

from state.file.errors import Broke
from state.file.store import Store
from state.model import Outcome
from state.seen.looks import evidence, runs
from state.words.kept import SourceState


def test_a_run_comes_back_as_it_was_recorded(store: Store, toy: Toy) -> None:
    snapshot = evidence.keep(store, "ans-hds", [toy.page()], toy.now)
    run = toy.run(
        1,
        outcome=Outcome.DOUBTFUL,
        message="12 of 40 holders would be lost",
        snapshot=snapshot.id,
        revision=3,
        edition_at=toy.later(days=-1),
        rows={"hds": 40, "passi": 2},
        held=("hds: 12",),
        believed=False,
    )
    runs.record(store, run)
    assert runs.run(store, 1) == run
    assert runs.next_run(store) == 2


def test_a_run_is_recorded_once(store: Store, toy: Toy) -> None:
    runs.record(store, toy.run(1))
    with pytest.raises(Broke):
        runs.record(store, toy.run(1, message="again"))


def test_a_run_that_never_was_is_a_lookup_error(store: Store) -> None:
    with pytest.raises(LookupError, match="no run 7"):
        runs.run(store, 7)


def test_runs_are_found_by_every_condition_together(store: Store, toy: Toy) -> None:
    runs.record(store, toy.run(1))
    runs.record(store, toy.run(2, at=toy.later(hours=1), outcome=Outcome.BLOCKED, believed=False))
    runs.record(store, toy.run(3, at=toy.later(hours=2), source="tl-fr"))
    runs.record(store, toy.run(4, at=toy.later(hours=3), believed=False))

    def found(**wanted: Any) -> list[int]:
        return [run.id for run in runs.runs(store, **wanted)]

    assert found() == [1, 2, 3, 4]
    assert found(good=True) == [1, 3]
    assert found(good=False) == [2, 4]
    assert found(source="ans-hds", good=True) == [1]
    assert found(since=toy.later(hours=1), until=toy.later(hours=2)) == [2, 3]
    assert found(newest_first=True, limit=2) == [4, 3]


def test_a_source_never_looked_at_has_a_blank_state(store: Store) -> None:
    assert runs.state_of(store, "ans-hds") == SourceState(source="ans-hds")
    assert runs.states(store) == ()


def test_the_state_of_a_source_is_what_was_saved_last(store: Store, toy: Toy) -> None:
    snapshot = evidence.keep(store, "ans-hds", [toy.page()], toy.now)
    first = SourceState(
        source="ans-hds",
        revision=2,
        snapshot=snapshot.id,
        edition_at=toy.later(days=-1),
        covers=frozenset({"hds", "cc:archived"}),
        last_look=toy.now,
        last_good=toy.now,
        outcome=Outcome.OK,
        message="",
        failures=1,
        failing_since=toy.now,
        told="trouble",
    )
    runs.save_state(store, first)
    assert runs.state_of(store, "ans-hds") == first
    blank = SourceState(source="ans-hds")
    runs.save_state(store, blank)
    runs.save_state(store, SourceState(source="a-source"))
    assert runs.states(store) == (SourceState(source="a-source"), blank)


def test_an_approval_is_remembered_with_its_reason(store: Store, toy: Toy) -> None:
    runs.record(store, toy.run(1))
    assert runs.approved(store, 1) is None
    runs.record_approval(store, 1, "checked by telephone", toy.now)
    runs.record_approval(store, 1, "checked by telephone with ANS", toy.now)
    assert runs.approved(store, 1) == "checked by telephone with ANS"


def test_a_run_that_never_was_cannot_be_approved(store: Store, toy: Toy) -> None:
    with pytest.raises(LookupError, match="no run 7"):
        runs.record_approval(store, 7, "why not", toy.now)


def test_a_topic_is_new_once_for_each_source(store: Store, toy: Toy) -> None:
    assert runs.remarked(store, "ans-hds", ["column:Pays", "column:Note"], toy.now) == {
        "column:Pays",
        "column:Note",
    }
    assert runs.remarked(store, "ans-hds", ["column:Pays", "column:Site"], toy.now) == {"column:Site"}
    assert runs.remarked(store, "tl-fr", ["column:Pays"], toy.now) == {"column:Pays"}
    assert runs.remarked(store, "ans-hds", [], toy.now) == frozenset()
