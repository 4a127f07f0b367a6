"""What a person cannot tell apart has one key; what a person can tell apart has two."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state import names
from state.names import name_key, print_key, slug, spoken, version_key, words

NAME = "Société d'hébergement Œuvre & Cie (Île-de-France)"


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


REWRITINGS: dict[str, Callable[[str], str]] = {
    "composed letters": lambda text: unicodedata.normalize("NFC", text),
    "decomposed letters": lambda text: unicodedata.normalize("NFD", text),
    "curly apostrophes": lambda text: text.replace("'", "’"),
    "a modifier letter as apostrophe": lambda text: text.replace("'", "ʼ"),
    "hyphens that do not break": lambda text: text.replace("-", "\u2011"),
    "en dashes": lambda text: text.replace("-", "–"),
    "minus signs": lambda text: text.replace("-", "\u2212"),
    "soft hyphens": lambda text: text.replace("b", "b\u00ad"),
    "zero-width spaces": lambda text: text.replace("e", "e\u200b"),
    "zero-width joiners": lambda text: text.replace("e", "\u2060e\u200d"),
    "a byte order mark": lambda text: "\ufeff" + text,
    "direction marks": lambda text: f"\u200f\u202a{text}\u202c\u200e",
    "spaces that do not break": lambda text: text.replace(" ", "\u00a0"),
    "narrow spaces": lambda text: text.replace(" ", "\u202f"),
    "two spaces": lambda text: f" {text.replace(' ', '  ')} ",
    "lines": lambda text: text.replace(" ", "\n"),
    "escaped for HTML": html.escape,
    "escaped twice": lambda text: html.escape(html.escape(text)),
    "letters as entities": lambda text: text.replace("é", "&amp;eacute;").replace("&", "&amp;"),
    "capitals": str.upper,
    "no accents": lambda text: "".join(
        c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)
    ),
    "no ligatures": lambda text: text.replace("Œ", "OE"),
    "full-width letters": _full_width,
}


@pytest.mark.parametrize("rewriting", REWRITINGS)
def test_two_prints_that_a_person_cannot_tell_apart_have_one_key(rewriting: str) -> None:
    assert print_key(REWRITINGS[rewriting](NAME)) == print_key(NAME)
    assert name_key(REWRITINGS[rewriting](NAME)) == name_key(NAME)
    assert words(REWRITINGS[rewriting](NAME)) == words(NAME)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bleu", "BLUE"),
        ("Orange", "Orange Cyberdefense"),
        ("S3NS", "S3NSEN6"),
        ("36741-6", "36741-5"),
        ("Яндекс Cloud", "Cloud"),
        ("日本 Cloud", "Cloud"),
        ("クラウド", "クラウト"),
        ("Край", "Краи"),
        ("กรุง", "กรง"),
    ],
)
def test_two_prints_that_a_person_can_tell_apart_have_two_keys(one: str, other: str) -> None:
    assert print_key(one) != print_key(other)
    assert name_key(one) != name_key(other)
    assert slug(one) != slug(other)


@pytest.mark.parametrize("name", ["Край", "クラウド", "Ελλάς", "กรุงเทพ", "हिन्दी"])
def test_a_name_in_another_script_is_the_same_in_pieces_and_in_one(name: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    assert print_key(composed) == print_key(decomposed)
    assert slug(composed) == slug(decomposed)


@pytest.mark.parametrize(
    "number", ["36741\u20116", "36741–6", "３６７４１-６", "36741-\u200b6", "\u200e36741-6"]
)
def test_a_number_is_the_same_whatever_its_hyphen(number: str) -> None:
    assert print_key(number) == "36741-6"


@pytest.mark.parametrize("version", ["HDS\u00a0v2.0", "Version\u202f2.0", "ｖ２.０", "V2\u200b.0"])
def test_a_version_is_the_same_however_it_is_printed(version: str) -> None:
    assert version_key(version) == "2.0"


@pytest.mark.parametrize("empty", ["", " ", "\u200b", "\ufeff\u00a0"])
def test_what_prints_nothing_has_no_key(empty: str) -> None:
    assert print_key(empty) == ""


def test_a_name_of_many_thousand_escapes_has_its_key_at_once() -> None:
    assert print_key("R&" + "amp;" * 50_000 + "D " + "é" * 1_000) == "r&d " + "e" * 1_000


@given(st.text())
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert print_key(print_key(text)) == print_key(text)


@given(st.text(min_size=1))
def test_every_name_has_a_key_and_a_slug_of_plain_letters(text: str) -> None:
    assert name_key(text)
    assert slug(text).isascii()


WESTERN = "".join(letter for letter in map(chr, range(0x20, 0x180)) if names._PLAIN.fullmatch(letter))


@given(st.text(WESTERN))
def test_western_letters_are_folded_at_once_as_they_are_step_by_step(text: str) -> None:
    slowly = text
    while (plain := names._bare(names.tidy(slowly))) != slowly:
        slowly = plain

    assert names._folded(text) == print_key(text) == slowly
    assert spoken(text) == f" {' '.join(word for word in names.SPLIT.split(slowly) if word)} "
