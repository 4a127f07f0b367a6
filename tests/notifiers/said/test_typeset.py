"""Sentences set as readers expect them: spaces that stay with their words, nouns that agree."""

from __future__ import annotations

import pytest

from notifiers.said.doubts import FRENCH, said
from notifiers.said.typeset import Count, french
from state.model import Reason


def test_french_signs_keep_their_words_and_addresses_stay_as_they_are() -> None:
    assert french("Vu : « oui » ; et après ?") == "Vu\u00a0: «\u00a0oui\u00a0»\u202f; et après\u202f?"
    assert french("https://ec.europa.eu/tools : {rows:a|b}") == "https://ec.europa.eu/tools\u00a0: {rows:a|b}"


@pytest.mark.parametrize(
    ("number", "lang", "expected"),
    [
        (0, "en", "0 rows"),
        (1, "en", "1 row"),
        (2, "en", "2 rows"),
        (0, "fr", "0 row"),
        (1, "fr", "1 row"),
        (2, "fr", "2 rows"),
    ],
)
def test_a_noun_agrees_with_its_number(number: int, lang: str, expected: str) -> None:
    assert f"{Count(number, lang):row|rows}" == expected
    assert f"{Count(number, lang)}" == str(number)


def test_one_removal_held_is_said_in_the_singular_in_both_languages() -> None:
    reason = Reason.of("few_rows", label="pacs", rows=1, floor=3, held=1)
    assert said(reason, "en") == "pacs: 1 row read, at least 3 expected; 1 removal held"
    assert said(reason, "fr") == (
        "PACS (conseil)\u00a0: 1 ligne lue, 3 attendues au moins\u202f; 1 disparition retenue"
    )


def test_french_doubts_are_written_with_plain_spaces() -> None:
    set_by_hand = [code for code, text in FRENCH.items() if {"\u00a0", "\u202f"} & set(text)]
    assert not set_by_hand, "plain spaces here, `french` sets the others"
