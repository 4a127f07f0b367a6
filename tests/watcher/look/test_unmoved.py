"""A look that sees what the look before saw costs next to nothing, and keeps every promise all the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from toy_register import day
from toy_story import Story, kinds

from state.file.store import Store, open_store
from state.kept.audit import faults
from state.model import day_of
from state.seen import chain

MANY = [f"cc | Holder {n} | Card {n} | 2026_{n} | 2025-01-01 | 2031-01-01" for n in range(300)]
OLD = "cc | Old House | Card | 2021_1 | 2021-05-01 | 2026-07-01"
FEW = "\n".join(("edition 2026-03-04", OLD, *MANY[:2]))
PAGE = "\n".join(("edition 2026-03-04", OLD, *MANY))


@pytest.fixture
def story() -> Iterator[Story]:
    with open_store(":memory:") as store:
        yield Story(store)


@pytest.fixture
def rows_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows of a listing each statement brought."""
    asked, brought = Store.q, []

    def counted(self: Store, sql: str, **params: Any) -> list[dict[str, Any]]:
        rows = asked(self, sql, **params)
        brought.extend([len(rows)] if "facts" in sql else [])
        return rows

    monkeypatch.setattr(Store, "q", counted)
    return brought


def test_a_second_look_on_a_day_opens_no_row_of_the_listing(story: Story, rows_read: list[int]) -> None:
    story.see("2026-03-05", PAGE)
    rows_read.clear()
    again = story.see("2026-03-05", PAGE)
    assert (again.run.rows, again.events) == ({"cc": 301}, ())
    assert sum(rows_read) == 0


def test_the_first_look_of_a_day_opens_only_the_rows_whose_end_is_near(
    story: Story, rows_read: list[int]
) -> None:
    story.see("2026-03-05", PAGE)
    rows_read.clear()
    assert kinds(story.see("2026-04-03", PAGE)) == ["expiring old-house"]
    assert sum(rows_read) == 1


def test_what_the_calendar_says_does_not_hang_on_how_many_looks_a_day_has() -> None:
    days = [day("2026-03-05") + timedelta(hours=7 * n) for n in range(450)]
    heard = []
    for looks in (days, [at for n, at in enumerate(days) if n == 0 or day_of(at) != day_of(days[n - 1])]):
        with open_store(":memory:") as store:
            story = Story(store)
            told = [story.see(at, FEW).events for at in looks]
            heard.append([(e.kind, e.step, day_of(e.seen_at)) for events in told for e in events])
    assert heard[0] == heard[1]
    assert [step for _, step, _ in heard[0] if step is not None] == [180, 90, 30, 7, 0]  # the first is silent


def test_the_chain_says_of_an_unchanged_listing_what_going_through_it_would(story: Story) -> None:
    first = story.see("2026-03-05", PAGE).run.id
    for run in (story.see("2026-03-05", PAGE).run.id, story.fail("2026-03-06").run.id):
        sealed = chain.link_of(story.store, run).facts["listing"]
        assert sealed == chain.listing_digest(story.store, story.source.name, run)
        assert sealed == chain.link_of(story.store, first).facts["listing"]
    assert faults(story.store) == ()
