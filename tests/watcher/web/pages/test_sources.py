"""The page of sources says in words how often each is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from toy_register import ToyRegister

from watcher.web.pages.sources import rhythm

NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("every", "looks", "key", "following"),
    [
        ("17 */6 * * *", 4, "page.a_day", "2026-03-05 12:17"),
        ("20 5,17 * * mon-sun", 2, "page.a_day", "2026-03-05 17:20"),
        ("40 6 * * mon-sun", 1, "page.a_day", "2026-03-06 06:40"),
        ("0 12 * * mon-fri", 5, "page.a_week", "2026-03-05 12:00"),
        ("0 12 * * sat", 1, "page.a_week", "2026-03-07 12:00"),
        ("0 12 1 * *", 12, "page.a_year", "2026-04-01 12:00"),
        ("0 12 1 1 *", 1, "page.a_year", "2027-01-01 12:00"),
    ],
)
def test_a_rhythm_is_counted_in_days_or_weeks(every: str, looks: int, key: str, following: str) -> None:
    found = rhythm(replace(ToyRegister(), every=every), NOW)
    assert (found.looks, found.key, f"{found.following:%Y-%m-%d %H:%M}") == (looks, key, following)
