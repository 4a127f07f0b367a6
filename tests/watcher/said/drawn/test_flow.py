"""What is printed beside answers: notes, errors, reports; broken between words alone."""

from __future__ import annotations

import pytest

from notifiers.said.voice import room_of
from watcher.said.drawn.flow import flowed

NOTE = (
    "anssi-catalogue, édition du 04/03/2026, lue le 04/03/2026 19:30 (heure de Paris)\u00a0: 14 jours "
    "«\u00a0là\u00a0», no. 2057, read on 4 Mar 2026 19:30; 3 lignes"
)


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 200])
def test_no_line_is_wider_than_the_screen_and_no_day_or_word_is_broken(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = flowed(NOTE).split("\n")
    assert max(map(room_of, lines)) <= columns
    assert " ".join(lines) == NOTE
    whole = ("04/03/2026 19:30", "14 jours", "no. 2057", "4 Mar 2026 19:30", "3 lignes", "«\u00a0là\u00a0»,")
    assert [one for one in whole if not any(one in line for line in lines)] == []


def test_the_rest_of_a_line_stands_as_far_in_and_short_lines_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    text = "1. Head\n\n   one two three four five six\n   ok     seven"
    assert flowed(text) == "1. Head\n\n   one two three\n   four five six\n   ok     seven"


def test_a_word_longer_than_the_screen_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    address = "https://register.example/list/of/all"
    assert flowed(f"found at {address} today") == f"found at\n{address}\ntoday"
