"""Both languages say the same things with the same gaps."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from state.words.labels import LABELS
from watcher.web import words_en, words_fr
from watcher.web.pages.drawing import ROOM
from watcher.web.refusals import STATUS

TEMPLATES = sorted((ROOM / "templates").glob("*.html"))


def test_both_languages_have_the_same_texts() -> None:
    assert words_fr.FRENCH.keys() == words_en.ENGLISH.keys()
    assert words_fr.EXPLAINED.keys() == words_en.EXPLAINED.keys() == set(LABELS)


@pytest.mark.parametrize("key", sorted(words_fr.FRENCH))
def test_both_languages_fill_the_same_gaps(key: str) -> None:
    def gaps(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert gaps(words_fr.FRENCH[key]) == gaps(words_en.ENGLISH[key])


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_anything_by_itself(path: Path) -> None:
    """What is left of a template without markup, marks and our name is no sentence of either language."""
    marks = r"<pre>.*?</pre>|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>"
    text = re.sub(marks, " ", path.read_text(), flags=re.DOTALL)
    words = set(re.findall(r"[^\W\d_]{3,}", text)) - {"vigilabel", "OpenAPI"}
    assert words == set()


@pytest.mark.parametrize("code", STATUS)
@pytest.mark.parametrize("table", [words_fr.FRENCH, words_en.ENGLISH], ids=["fr", "en"])
def test_whatever_can_be_wrong_is_said(table: dict[str, str], code: str) -> None:
    assert table[code]
    assert table[f"{code}_text"].endswith(".")


def test_no_text_is_kept_that_no_page_says() -> None:
    files = (*ROOM.rglob("*.py"), *TEMPLATES)
    code = " ".join(path.read_text() for path in files if not path.name.startswith("words_"))
    made = ("basis_", "cause_", "state_", "weight_", "expected_", *STATUS)
    unused = [
        key
        for key in words_fr.FRENCH
        if not re.search(rf"\bt\.{key}\b|[\"']{key}[\"']", code) and not key.startswith(made)
    ]
    assert unused == []


@pytest.mark.parametrize("text", words_fr.FRENCH.values())
def test_french_spaces_do_not_break_before_double_marks(text: str) -> None:
    assert not re.search(r" [:;?!»]|« ", text)
