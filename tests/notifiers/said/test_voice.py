"""What keeps together in the lines that people read."""

from __future__ import annotations

import pytest

from notifiers.said.voice import counted_together, unbroken


@pytest.mark.parametrize(
    "text",
    ["4 Mar 2026", "24 Sept 2026", "1er mars 2026", "4 décembre 2025", "24 juil. 2027", "no. 2057"],
)
def test_a_day_or_a_number_of_several_words_is_one_word(text: str) -> None:
    held = text.replace(" ", "\u00a0")
    assert unbroken(f"read on {text} and later") == f"read on {held} and later"


@pytest.mark.parametrize(
    "text",
    ["4 Mar 2026 19:30", "04/03/2026 19:30", "2026-03-04 19:30", "04/03/2026 à 19:30", "4 Mar 2026 at 19:30"],
)
def test_a_day_stays_with_its_time(text: str) -> None:
    assert unbroken(text) == text.replace(" ", "\u00a0")


@pytest.mark.parametrize("text", ["3 rows of 2026 events", "in 2026", "page 4", "casino. 12 rows", "4 2026"])
def test_other_words_may_be_parted(text: str) -> None:
    assert unbroken(text) == text


@pytest.mark.parametrize(
    "text", ["4 renewals", "46 services ou produits de moins", "(9 lignes)", "dans 165 jours"]
)
def test_a_number_stays_with_what_it_counts(text: str) -> None:
    said = counted_together(f"x, {text}, 04/03/2026 et 36741-6 du")
    number = next(word for word in text.strip("()").split() if word.isdigit())
    assert f"{number}\u00a0" in said
    assert said.endswith(", 04/03/2026 et 36741-6 du")
