"""Lists as lists: filtered, counted, sorted, under letters, page by page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scrapers.ans_hds.words import ACTIVITIES
from state.model import Provider
from state.seen.rows.slim import Slim
from state.words.labels import numbered
from watcher.ask.standing.lists import Sort, Wanted, by_letter, cut, facets, letter_of, listed

PLAIN = Slim(
    line=1,
    label="hds",
    provider=Provider(slug="ovhcloud", name="OVHcloud"),
    status="listed",
    scope=("sauvegarde", "sites physiques"),
    version="v2.0",
    issuer="LNE",
    level="",
    family="",
    start=date(2024, 1, 1),
    end=date(2027, 1, 1),
    missing=False,
)


def row(line: int, name: str, **given: Any) -> Slim:
    return PLAIN._replace(line=line, provider=Provider(slug=name.lower(), name=name), **given)


ROWS = (
    row(1, "Éclat", end=date(2026, 1, 1), version="HDS V2.0"),
    row(2, "Ecla", scope=("sauvegarde",), issuer="Laboratoire national de métrologie et d'essais"),
    row(3, "zeta", end=None, version="v1.1", issuer="BSI"),
    row(4, "3M", start=date(2026, 5, 1)),
)


def lines(**wanted: Any) -> list[int]:
    return [one.line for one in listed(ROWS, Wanted(**wanted))]


def test_the_numbers_of_activities_are_those_of_the_words_that_the_reader_knows() -> None:
    assert numbered("hds") == tuple(ACTIVITIES)
    assert numbered("passi") == numbered("nothing") == ()


@pytest.mark.parametrize(
    ("name", "letter"), [("Éclat", "E"), ("œuvre", "O"), ("3M", "#"), ("雲", "#"), ("ovh", "O"), ("", "#")]
)
def test_a_name_stands_under_its_letter_whatever_its_accents(name: str, letter: str) -> None:
    assert letter_of(name) == letter


def test_names_are_sorted_as_people_sort_them() -> None:
    assert lines() == [4, 2, 1, 3]


def test_a_filter_asks_for_all_of_a_scope_and_knows_a_body_and_a_version_by_any_name() -> None:
    assert lines(scope=("sauvegarde", "sites physiques")) == [4, 1, 3]
    assert lines(issuer="LNE") == [4, 2, 1]
    assert lines(version="2.0") == [4, 2, 1]
    assert lines(ends_by=date(2026, 6, 1)) == [1]
    assert lines(letter="E", issuer="LNE") == [2, 1]
    assert lines(provider="zeta") == [3]


def test_rows_without_the_day_that_a_list_goes_by_come_last() -> None:
    assert lines(sort=Sort.END) == [1, 4, 2, 3]
    assert lines(sort=Sort.LAST_END) == [4, 2, 1, 3]
    assert lines(sort=Sort.START)[0] == 4


def test_facts_are_offered_where_they_differ_with_how_many_rows_have_them() -> None:
    offered = facets(ROWS, "hds")
    assert offered["scope"] == {"sites physiques": 3, "sauvegarde": 4}
    assert list(offered["scope"]) == ["sites physiques", "sauvegarde"]
    assert offered["version"] == {"HDS V2.0": 3, "v1.1": 1}
    assert offered["issuer"] == {"BSI": 1, "LNE": 3}
    assert offered["level"] == {}
    assert facets(ROWS, "qualified-product")["version"] == {}


def test_letters_are_all_named_with_their_rows() -> None:
    letters = by_letter(ROWS)
    assert (letters["E"], letters["Z"], letters["#"], letters["A"], len(letters)) == (2, 1, 1, 0, 27)


@pytest.mark.parametrize(
    ("number", "pages", "numbers"),
    [
        (1, 11, [1, 2, 3, 0, 11]),
        (6, 11, [1, 0, 4, 5, 6, 7, 8, 0, 11]),
        (4, 11, [1, 2, 3, 4, 5, 6, 0, 11]),
        (99, 11, [1, 0, 9, 10, 11]),
        (1, 1, [1]),
    ],
)
def test_pages_have_numbers_and_none_is_past_the_last(number: int, pages: int, numbers: list[int]) -> None:
    page = cut(range(pages * 10 - 3), number, 10)
    assert (page.pages, page.numbers) == (pages, numbers)
    assert page.rows == range(pages * 10 - 3)[(page.number - 1) * 10 : page.number * 10]
    assert cut((), 3, 10).numbers == [1]
