from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from toy_memory import NOW, Toy

from state.file.errors import Broke
from state.file.store import Store
from state.model import Cause, Kind, Provider
from state.seen.events import log


def test_an_event_comes_back_as_it_was_written(store: Store, toy: Toy) -> None:
    event = toy.event(1, expected=True, edition_at=toy.now)
    toy.recorded(event)
    assert log.event(store, 1) == event
    assert log.run_of(store, 1) == 1
    assert log.next_event(store) == 2


@pytest.mark.parametrize("look_up", [log.event, log.run_of])
def test_an_event_that_never_was_is_a_lookup_error(store: Store, look_up: Any) -> None:
    with pytest.raises(LookupError, match="no event 7"):
        look_up(store, 7)


@pytest.mark.parametrize(
    "sql",
    [
        "update event set kind = 'lost'",
        "update event set body = '{}' where id = 1",
        "delete from event",
        "delete from event_row",
        "update event_row set line = 2",
    ],
)
def test_the_log_can_only_grow(store: Store, toy: Toy, sql: str) -> None:
    toy.recorded(toy.event(1))
    with pytest.raises(Broke, match="append-only: an event is never"):
        store.q(sql)
    assert log.event(store, 1) == toy.event(1)


@pytest.mark.sqlite("a statement of its own")
@pytest.mark.parametrize("table", ["event", "event_row"])
def test_no_row_of_the_log_is_replaced(store: Store, toy: Toy, table: str) -> None:
    toy.recorded(toy.event(1))
    with pytest.raises(Broke, match="append-only: an event is never"):
        store.q(f"insert or replace into {table} select * from {table}")
    assert log.event(store, 1) == toy.event(1)


def test_a_number_is_given_once(store: Store, toy: Toy) -> None:
    toy.recorded(toy.event(1))
    with pytest.raises(Broke):
        toy.recorded(toy.event(2, kind=Kind.LOST), toy.event(1, kind=Kind.LOST))
    assert log.events(store) == (toy.event(1),)


def test_events_are_found_by_every_condition_together(store: Store, toy: Toy) -> None:
    ovh = Provider(slug="ovhcloud", name="OVHcloud")
    written = (
        toy.event(1, cause=Cause.BASELINE),
        toy.event(2, provider=ovh, label="secnumcloud", source="anssi-catalogue", seen_at=toy.later(hours=1)),
        toy.event(3, kind=Kind.RENEWED, rows=(2,), seen_at=toy.later(hours=2)),
        toy.event(4, kind=Kind.LOST, attestations=(toy.attestation(), toy.attestation()), rows=(1, 2)),
    )
    toy.recorded(*written)

    def found(**wanted: Any) -> list[int]:
        return [event.id for event in log.events(store, **wanted)]

    assert found() == [1, 2, 3, 4]
    assert found(newest_first=True, limit=2) == [4, 3]
    assert found(providers={"ovhcloud", "s3ns"}) == found(labels=["secnumcloud"]) == [2]
    assert found(sources=["anssi-catalogue"]) == [2]
    assert found(kinds=[Kind.RENEWED, "lost"]) == [3, 4]
    assert found(causes=[Cause.BASELINE]) == [1]
    assert found(rows=[2]) == [3, 4]
    assert found(rows=[1, 2], providers=["bleu"], kinds=["lost"]) == [4]
    assert found(since=toy.later(hours=1)) == [2, 3]
    assert found(since=toy.later(hours=1), until=toy.later(hours=1)) == [2]


@pytest.mark.parametrize("group", ["providers", "labels", "kinds", "sources", "rows", "causes"])
def test_an_empty_choice_lets_nothing_through(store: Store, toy: Toy, group: str) -> None:
    toy.recorded(toy.event(1))
    nothing: Any = {group: ()}
    assert log.events(store, **nothing) == ()


def test_what_the_calendar_said_is_not_said_again(store: Store, toy: Toy) -> None:
    end = date(2027, 1, 1)
    toy.recorded(
        toy.event(1, kind=Kind.EXPIRING, rows=(4,), step=90),
        toy.event(2, kind=Kind.EXPIRED, rows=(5,)),
        toy.event(3, kind=Kind.RENEWED, rows=(6,)),
        toy.event(4, kind=Kind.EXPIRING, rows=(7,), step=30, source="anssi-catalogue"),
    )
    assert log.announced_steps(store, "ans-hds", NOW) == {(4, end, 90), (5, end, 0)}
    assert log.announced_steps(store, "tl-fr", NOW) == frozenset()


def test_the_newest_few_are_those_of_all_whatever_is_asked_and_however_long_the_log(
    store: Store, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows of the log, narrow here, find what a reading of all finds; even where clocks went back."""
    monkeypatch.setattr(log, "WINDOW", 3)
    monkeypatch.setattr(log, "WIDER", 2)
    chance = Random(5)
    hours = [chance.randrange(60) for _ in range(80)]
    written = [
        toy.event(
            id,
            kind=chance.choice((Kind.LOST, Kind.RENEWED)),
            cause=chance.choice((Cause.REGISTER, Cause.BASELINE)),
            label=chance.choice(("hds", "secnumcloud")),
            rows=(chance.randrange(1, 5),),
            seen_at=toy.later(hours=hour),
        )
        for id, hour in enumerate(hours, 1)
    ]
    toy.recorded(*written)
    for _ in range(400):
        asked: dict[str, Any] = {
            "kinds": [Kind.LOST],
            "causes": [Cause.REGISTER],
            "labels": ["hds"],
            "rows": [chance.randrange(1, 6)],
            "since": toy.later(hours=chance.randrange(60)),
            "until": toy.later(hours=chance.randrange(60)),
            "before": chance.randrange(1, 90),
            "sources": ["ans-hds"],
        }
        asked = {name: value for name, value in asked.items() if chance.random() < 0.35}
        whole, limit = log.events(store, newest_first=True, **asked), chance.randrange(1, 9)
        assert log.events(store, newest_first=True, limit=limit, **asked) == whole[:limit]


def test_a_page_of_a_long_log_opens_few_events(
    store: Store, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in numbers looked through: the last window alone, where that has enough."""
    monkeypatch.setattr(log, "WINDOW", 10)
    toy.recorded(*(toy.event(id) for id in range(1, 101)))
    asked: list[dict[str, Any]] = []
    q = store.q

    def counting(sql: str, **params: Any) -> list[dict[str, Any]]:
        asked.append(params)
        return q(sql, **params)

    monkeypatch.setattr(store, "q", counting)
    log.events(store, newest_first=True, limit=5, causes=[Cause.REGISTER])
    assert [(one["low"], one["high"]) for one in asked if "low" in one] == [(90, 100)]
