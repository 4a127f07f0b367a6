"""What a first reading found never stands above the news of its day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from toy_memory import Toy

from state.file.opening import open_store
from state.model import Cause
from watcher.ask.history import by_day, news_first


@pytest.fixture
def toy() -> Iterator[Toy]:
    with open_store(":memory:") as store:
        yield Toy(store)


def test_news_of_a_day_stands_above_hundreds_of_rows_that_were_there_already(toy: Toy) -> None:
    first = [toy.event(id, cause=Cause.BASELINE) for id in range(1000, 100, -1)]
    news = toy.event(7, seen_at=toy.later(hours=-2))
    again = toy.event(8, seen_at=toy.later(hours=-1), cause=Cause.REREADING)
    assert [event.id for event in news_first([*first, again, news])][:3] == [7, 8, 1000]


def test_days_keep_their_order_and_events_theirs(toy: Toy) -> None:
    today = [toy.event(id) for id in (9, 8)]
    before = [replace(toy.event(7), seen_at=toy.later() - timedelta(days=1), cause=Cause.BASELINE)]
    assert [[event.id for event in own] for _, own in by_day([*today, *before])] == [[9, 8], [7]]
