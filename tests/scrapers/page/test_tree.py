"""Bytes of a page as its text, and its text as elements."""

from __future__ import annotations

import codecs

import pytest

from scrapers.page.tree import decoded, grown

TEXT = "<p>Société d’hébergement « Œuvre » – 3 €</p>"
NAMED = '<meta charset="windows-1252">'


@pytest.mark.parametrize(
    ("body", "announced"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("cp1252"), ""),
        (TEXT.encode("cp1252"), "windows-1252"),
        (TEXT.encode("cp1252"), "iso-8859-1"),
        (TEXT.encode("cp1252"), "utf-8"),
        (TEXT.encode(), "no-such-charset"),
        (codecs.BOM_UTF8 + TEXT.encode(), "iso-8859-1"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-8"),
    ],
)
def test_a_page_reads_the_same_in_any_character_set(body: bytes, announced: str) -> None:
    assert decoded(body, announced) == TEXT


def test_a_page_that_names_its_own_character_set_is_believed() -> None:
    assert decoded((NAMED + TEXT).encode("cp1252")) == NAMED + TEXT


def test_a_damaged_place_does_not_change_the_character_set_of_the_page() -> None:
    assert decoded(TEXT.encode() + b"\xe9") == TEXT + "\ufffd"


def test_elements_know_what_lies_under_them_and_around_them() -> None:
    page = grown("<div id=a><p>one<!-- not said --><b>two</b></p></div><p>three</p>")
    first = page.first("div")
    assert first is not None
    assert [tag.name for tag in first.inside] == ["p", "b"]
    assert [tag.name for tag in first.inside[1].parents] == ["p", "div", "body", "html", "[document]"]
    assert first.covers(first.inside[1])
    assert not first.inside[1].covers(first)
    assert first.inside[0].children[0] == "one"
    assert [tag.name for tag in page.every("p")[1].before][:3] == ["b", "p", "div"]
