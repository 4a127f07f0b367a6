"""JSON, columns and schema of a view follow from its fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Annotated

import pytest
from pydantic import ValidationError

from watcher.ask.views.form import (
    LEFT_OUT,
    NO_COLUMN,
    ONE_CELL,
    Day,
    Time,
    Written,
    columns,
    each_json,
    filled,
    json_of,
    view_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    at: Time | None
    by: Annotated[str, NO_COLUMN]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    name: str
    note: Annotated[str, LEFT_OUT] = ""
    first: Seen
    last: Seen | None
    best: Annotated[Seen | None, ONE_CELL]
    other: Annotated[Seen | None, NO_COLUMN] = None
    every: tuple[Seen, ...]
    until: Day | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    name: str
    until: Day | None = None
    secret: str = "not for programs"


AT = datetime(2026, 3, 4, 15, 34, 17, 999_999, timezone(timedelta(hours=1)))
SEEN = Seen(at=AT, by="us")
SHOWN = Shown(name="S3NS", first=SEEN, last=None, best=None, every=(SEEN,), until=AT.date())


def test_json_has_the_fields_in_their_order_with_instants_in_utc_and_null_for_what_is_absent() -> None:
    seen = {"at": "2026-03-04T14:34:17Z", "by": "us"}
    assert list(json_of(SHOWN).items()) == [
        ("name", "S3NS"), ("first", seen), ("last", None), ("best", None), ("other", None), ("every", [seen]),
        ("until", "2026-03-04"),
    ]  # fmt: skip


def test_what_may_be_left_out_is_there_when_it_says_something() -> None:
    shown = Shown(name="S3NS", note="new", first=SEEN, last=None, best=None, every=(), until=None)
    assert json_of(shown)["note"] == "new"


def test_a_view_in_a_view_has_columns_of_its_own_unless_it_is_one_cell_or_may_be_many() -> None:
    assert columns(Shown) == ("name", "note", "first.at", "last.at", "best", "every", "until")


Upper = Annotated[str, Written(str.upper)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    one: Upper
    maybe: Upper | None
    each: tuple[Upper, ...]
    plain: tuple[str, ...] = ("a",)


def test_a_mark_says_how_a_value_is_written_that_is_there_or_one_of_many() -> None:
    assert json_of(Marked(one="a", maybe="b", each=("c", "d"))) == {
        "one": "A", "maybe": "B", "each": ["C", "D"], "plain": ["a"],
    }  # fmt: skip
    assert json_of(Marked(one="a", maybe=None, each=()))["maybe"] is None


def test_many_views_are_written_as_each_alone() -> None:
    other = Shown(name="S3NS", note="new", first=SEEN, last=SEEN, best=None, every=(), until=None)
    marked = [Marked(one="a", maybe=maybe, each=("c",)) for maybe in ("b", None, "d")]
    for views in ([SHOWN, other, SHOWN], [SEEN] * 3, marked, [SEEN, SHOWN], [Kept(name="a"), Kept(name="b")]):
        assert each_json(views) == [json_of(view) for view in views]


def test_a_value_without_a_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="a view holds a object, which has no form"):
        json_of(Kept(name=object()))  # type: ignore[arg-type]  # what is refused


def test_nothing_is_no_views() -> None:
    assert each_json([]) == []


def test_a_view_takes_over_what_it_calls_the_same_and_what_is_given_comes_first() -> None:
    kept = Kept(name="Bleu", until=AT.date())
    shown = filled(Shown, kept, Kept(name="another"), first=SEEN, last=None, best=None, every=(), until=None)
    assert (shown.name, shown.until, shown.note) == ("Bleu", None, "")


def test_a_view_that_nothing_fills_is_an_error() -> None:
    with pytest.raises(TypeError, match="every"):
        filled(Shown, Kept(name="Bleu"), first=SEEN, last=None, best=None)


@pytest.mark.parametrize("body", [b'{"name": 1}', b"{}", b"[]", b"{", b"\xff", b'{"name": "x", "until": 3}'])
def test_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(ValidationError):
        view_of(Kept, body)
