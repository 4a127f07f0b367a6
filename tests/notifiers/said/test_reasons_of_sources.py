"""Every reason that a source or a look gives has words in each language, filled by what it is given with."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import voice
from scrapers.tl_fr.rows import UNKNOWN

ROOT = Path(__file__).parents[3]
Given = tuple[str, frozenset[str]]
LATER = frozenset({"held", "label", "source", "run"})
"""Values that a hold or a notice adds to what it is made of."""


def codes_in(node: ast.expr) -> Iterator[str]:
    """The codes that an expression may be: a literal, or either side of a choice."""
    match node:
        case ast.IfExp(body=one, orelse=other):
            yield from codes_in(one)
            yield from codes_in(other)
        case ast.Constant(value=str(code)):
            yield code


def given() -> Iterator[Given]:
    """The codes that sources and looks give, each with the values it is given with."""
    for package in ("scrapers", "watcher/look", "watcher/tell"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "Reason.of":
                    values = frozenset(word.arg or "**" for word in node.keywords)
                    yield from ((code, values) for code in codes_in(node.args[0]))


GIVEN = sorted({*given(), *((code, frozenset({"word", "services"})) for code in UNKNOWN)}, key=str)


def test_the_reasons_of_sources_are_found() -> None:
    assert len({code for code, _ in GIVEN}) > 200


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_its_words_and_they_need_no_value_that_is_not_given(lang: str) -> None:
    say = voice(lang)
    told = {code: say.texts.get(f"doubt.{code}", "") for code, _ in GIVEN}
    assert [code for code, text in told.items() if not text] == []
    for code, values in GIVEN:
        gaps = {name for _, name, _, _ in Formatter().parse(told[code]) if name}
        assert "**" in values or gaps <= values | LATER, (code, gaps, values)
