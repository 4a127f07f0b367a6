"""The curve of a label: counted, documented and reported numbers never mix."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from state.model import Provider
from state.words.documented import Documented
from state.words.sizes import SIZES
from watcher.ask.standing.curve import documented_by_day

PAPER = Documented(
    label="hds",
    provider=Provider(slug="a", name="A"),
    holder="A",
    ref="1",
    issuer="Ministère",
    valid_from=date(2012, 1, 1),
    valid_until=date(2014, 12, 31),
    file="a.pdf",
    sha256="0" * 64,
    by="Léa",
)
OTHER = replace(PAPER, provider=Provider(slug="b", name="B"), ref="2", valid_from=date(2013, 6, 1))
UNTIL = date(2026, 1, 1)


def test_providers_are_counted_once_whatever_they_renew() -> None:
    renewed = replace(PAPER, ref="3", valid_from=date(2015, 1, 1), valid_until=date(2017, 12, 31))
    assert documented_by_day([PAPER, renewed], UNTIL) == ((date(2012, 1, 1), 1), (date(2018, 1, 1), 0))
    assert documented_by_day([PAPER, OTHER], UNTIL) == (
        (date(2012, 1, 1), 1),
        (date(2013, 6, 1), 2),
        (date(2015, 1, 1), 0),
    )


def test_nothing_is_counted_from_the_first_reading_on_or_after_a_withdrawal() -> None:
    assert documented_by_day([PAPER], date(2013, 1, 1)) == ((date(2012, 1, 1), 1), (date(2013, 1, 1), 0))
    assert documented_by_day([PAPER], date(2012, 1, 1)) == ()
    letter = replace(PAPER, valid_from=None, valid_until=None, withdrawn_on=date(2012, 7, 1))
    assert documented_by_day([PAPER, letter], UNTIL) == ((date(2012, 1, 1), 1), (date(2012, 7, 1), 0))


def test_reported_sizes_are_in_order_and_name_a_source_whole_or_not_at_all() -> None:
    for sizes in SIZES.values():
        assert [one.day for one in sizes] == sorted(one.day for one in sizes)
        for one in sizes:
            assert one.within in ("day", "month", "year")
            assert bool(one.title) == bool(one.publisher) == one.url.startswith("https://")
            if one.within != "day":
                assert (one.day + timedelta(days=1)).day == 1
