"""How answers are printed."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.said.drawn.table import Table, cell, csv_text, draw, json_text, table_text
from watcher.said.told import Told, plain


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_columns_are_aligned_by_what_a_screen_shows() -> None:
    """A wide character takes two columns, a combining accent none."""
    lines = table_text(Table(columns=("a", "b"), rows=[("日本", "x"), ("e\u0301te", "y")])).splitlines()

    assert lines == ["a     b", "日本  x", "e\u0301te   y"]


def test_an_empty_table_says_so() -> None:
    assert table_text(Table(columns=("a",), rows=[], empty="Nobody.")) == "Nobody.\n"


def test_markup_of_a_register_is_text_on_a_terminal() -> None:
    screen = Terminal()
    draw(Table(columns=("holder",), rows=[("[bold]X[/bold] :smile: \x1b[2J",)]), screen)

    assert "[bold]X[/bold] :smile: \ufffd[2J" in screen.getvalue()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\u200b=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        ([], ""),
        ({}, ""),
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (-3, "-3"),
        (0.5, "0.5"),
        (["IaaS", "PaaS"], "IaaS; PaaS"),
        ({"a": 1}, '{"a": 1}'),
    ],
)
def test_values_as_cells(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_a_dotted_field_reaches_inside_and_null_is_empty() -> None:
    records: list[dict[str, object]] = [{"a": {"b": "x"}}, {"a": None}, {}]

    assert csv_text(records, ("a.b",)) == 'a_b\nx\n""\n""\n'


def test_records_that_are_nothing_are_an_empty_array() -> None:
    assert json.loads(json_text([])) == []


@given(st.text())
def test_json_gives_back_what_was_printed_and_acts_on_no_screen(text: str) -> None:
    printed = json_text([{"holder": text}])

    assert json.loads(printed) == [{"holder": text}]
    assert not set(printed) & set("\x1b\x07\x9b\u202e\u2066\x7f")
    printed.encode()


def test_json_escapes_every_character_that_could_act_on_a_screen() -> None:
    """All of them, whatever the short way lets through unseen."""
    acting = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) in ("Cc", "Cf", "Cs")]
    printed = json_text([{"holder": "x".join(acting)}])

    assert json.loads(printed) == [{"holder": "x".join(acting)}]
    assert {c for c in acting if c in printed} == {"\n"}


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_csv_keeps_one_line_a_record(texts: list[str]) -> None:
    read = list(csv.reader(io.StringIO(csv_text([{"x": text} for text in texts], ("x",)))))

    assert len(read) == len(texts) + 1


ROW = {
    "label": "secnumcloud",
    "provider": "s3ns",
    "holder": "Thales Cloud Sécurisé",
    "subject": "Cloud de confiance S3NS pour les administrations et les opérateurs d’importance vitale",
    "ref": "2025_2057",
    "from": "2025-12-17",
    "until": "17 Dec 2028",
    "read": "04/03/2026 19:30",
    "place": "p.\u00a068",
}


@pytest.mark.parametrize("width", [40, 60, 80, 120, 300])
def test_no_day_number_or_word_is_broken_at_any_width(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    screen = Terminal()
    draw(Table(columns=tuple(ROW), rows=[tuple(ROW.values())] * 3), screen)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()

    whole = [*ROW["subject"].split(), *(ROW[name] for name in ROW if name not in ("holder", "subject"))]
    assert all(any(word in line for line in lines) for word in whole)
    assert max(map(len, lines)) <= width
    assert not any(unicodedata.category(letter) == "Cn" for letter in screen.getvalue())


@pytest.mark.parametrize("width", range(70, 100))
def test_no_letter_is_cut_off_where_one_column_is_as_wide_as_its_longest_word(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """A hash is one word of 64 letters, and its neighbours are sentences."""
    monkeypatch.setenv("COLUMNS", str(width))
    head = "0123456789abcdef" * 4
    rows = [
        ("names sought", "a sentence " * 12),
        ("head", head),
        ("not shown", "more words " * 9),
    ]
    screen = Terminal()
    draw(Table(rows=rows), screen)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()

    assert max(map(len, lines)) <= width
    for name, text in rows:
        words = " ".join(" ".join(lines).split())
        assert text.split()[-1] in words
        assert name.split()[0] in words
    assert head in "".join(lines)
    assert not any(one and not one.strip() for one in lines[1:-1])


@pytest.mark.parametrize("start", range(60, 80))
def test_an_answer_breaks_no_line_within_a_day(monkeypatch: pytest.MonkeyPatch, start: int) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    days = ("4 Dec 2024", "1er mars 2026", "04/03/2026 19:30", "2026-03-04 19:30", "no. 2057", "n°\u00a02057")
    for day in days:
        screen = Terminal()
        draw(Told(intro=(plain(f"{'a' * start} {day} and more"),)), screen)
        assert day in screen.getvalue()
