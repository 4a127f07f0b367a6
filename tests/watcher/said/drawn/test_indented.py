"""JSON in lines: the very text that the library of Python writes, in half of its time."""

from __future__ import annotations

import json
from enum import Enum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.said.drawn.indented import indented

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NAMES = st.text() | st.integers() | st.booleans() | st.none() | st.floats()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(NAMES, inner),
    max_leaves=30,
)


class Word(StrEnum):
    YES = "oui «\n»"


class Bare(Enum):
    ONE = 1


@given(VALUES)
def test_a_value_is_written_as_the_library_does(value: object) -> None:
    assert indented(value) == json.dumps(value, ensure_ascii=False, indent=2)


def test_names_that_are_equal_but_of_other_types_are_not_mixed_up() -> None:
    for value in ({1: 1}, {True: 1}, {1.0: 1}, {"1": 1}, {Word.YES: Word.YES}):
        assert indented(value) == json.dumps(value, ensure_ascii=False, indent=2)


def test_records_of_one_shape_are_written_as_the_library_does() -> None:
    rows = [{"a": n, "100 %s": {"b": [n], "c": "x%d"}, "d": None if n % 2 else "é"} for n in range(2100)]
    turned = [{"a": 1, "b": 2}, {"b": 2, "a": 1}]
    values: tuple[object, ...] = (
        rows,
        [rows[:3]] * 2,
        turned,
        [{1: 1}, {True: 1}],
        [{}] * 2,
        [{"a": {}}] * 2,
    )
    for value in values:
        assert indented(value) == json.dumps(value, ensure_ascii=False, indent=2)


@pytest.mark.parametrize("value", [Bare.ONE, {"a": {1, 2}}, [object()]], ids=["bare word", "set", "object"])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        indented(value)
