"""The plan of a simulated year: it is as bad as it should be, and a short one is no other year."""

from __future__ import annotations

from datetime import timedelta

import pytest
from years import BEGIN, FULL, TROUBLES, TURNS, WATCHED, WHOLE, Plan


def test_the_year_knows_and_troubles_every_register_that_a_new_watch_looks_at() -> None:
    """One that it does not know would be served the page of candidates, and fail at every look."""
    assert TROUBLES.keys() == WATCHED.keys()


def test_a_whole_year_has_two_hundred_outages_of_twenty_sorts_and_both_turned_nights() -> None:
    year = Plan()
    assert len(year.outages) == 200
    assert len({each.trouble for each in year.outages}) == 20
    assert year.kills == 300
    assert dict(FULL) == year.full
    assert year.nights == TURNS
    assert len(year.changes) == 41


@pytest.mark.parametrize("days", [8, 22, 80, WHOLE])
def test_nothing_is_planned_beyond_the_days_that_are_lived(days: int) -> None:
    """A night of delivering months later found what had expired until then, in the year of trouble alone,
    and owed a digest of it that no morning came for."""
    year = Plan(days=days)
    turns = year.turns(WATCHED)
    assert BEGIN <= turns[0].at <= turns[-1].at < year.end
    assert year.end - turns[-1].at < timedelta(days=1)
    assert all(BEGIN < each.since < each.until < year.end for each in year.outages)


@pytest.mark.parametrize("days", [8, 22, 80, WHOLE])
def test_the_registers_stand_still_before_the_end(days: int) -> None:
    year = Plan(days=days)
    quiet = year.end - timedelta(days=5)
    for path in ("/anssi-catalogue/", "/tl-fr/"):
        assert year.shown(quiet, path) == year.shown(year.end, path)
    assert year.listed(quiet) == year.listed(year.end)
