"""The catalogues: no text missing, none unused, the same gaps, and set as French readers expect."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
import texts
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from notifiers.said import voice as voices
from notifiers.said.catalogue import read_catalogue
from notifiers.said.reasons import said
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import Voice, voice
from state.model import Reason

ROOT = Path(__file__).parents[3]

CATALOGUES = {lang: texts.read(texts.TEXTS / f"{lang}.po") for lang in LANGUAGES}
KEYS = sorted(set().union(*CATALOGUES.values()))
AGREEMENT = {"e"}
"""What French words about a feminine thing end in; other languages have no gap for it."""
FRENCH = [text for forms in CATALOGUES["fr"].values() for text in forms]


@cache
def all_asked() -> texts.Asked:
    return texts.asked(ROOT)


def gaps(forms: Iterable[str]) -> set[str]:
    """What a text has room for, whatever its form."""
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name} - AGREEMENT


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_that_is_asked_for_is_there_and_every_text_is_asked_for(lang: str) -> None:
    known = CATALOGUES[lang]
    asked = all_asked()
    assert texts.missing(known, {*KEYS, *asked.keys}) == []
    assert [key for key, forms in known.items() if not all(forms)] == []
    assert texts.unused(known, asked) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_plural_has_all_its_forms_and_a_unit_all_its_texts(lang: str) -> None:
    say = voice(lang)
    number = {len(forms) for forms in say.plurals.values()}
    assert number == {max(map(say.form, range(1000))) + 1}
    said = [*say.texts.values(), *(form for forms in say.plurals.values() for form in forms)]
    units = {unit for text in said for unit in texts.UNIT.findall(text)}
    assert {f"count.{unit}" for unit in units} <= say.plurals.keys()


def test_a_text_has_the_same_gaps_in_every_language() -> None:
    found = {key: [gaps(each[key]) for each in CATALOGUES.values() if key in each] for key in KEYS}
    assert {key: each for key, each in found.items() if any(other != each[0] for other in each)} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_make_texts_would_change_nothing(lang: str) -> None:
    path = texts.TEXTS / f"{lang}.po"
    assert texts.arranged(path, ()) == path.read_bytes()


def test_french_spaces_do_not_break_before_double_marks_nor_inside_quotes() -> None:
    loose = re.compile(r" [:;?!»%]|« |(?<=\w)[;?!»](?!\w)|«(?!\u00a0)|(?<=[a-zé)}])'(?=[a-zé{])")
    marked = [re.sub(r"https?://\S+|`[^`]*`|(?m:^ {6}.*$)", "", text) for text in FRENCH]
    assert [text for text in marked if loose.search(text)] == []


def test_a_number_brings_its_noun() -> None:
    french, english = voice("fr"), voice("en")
    assert [french.count("count.row", n) for n in (0, 1, 2)] == ["0 ligne", "1 ligne", "2 lignes"]
    assert [english.count("count.row", n) for n in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]


def test_one_removal_held_is_said_in_the_singular_in_both_languages() -> None:
    reason = Reason.of("few_rows", label="pacs", rows=1, floor=3, held=1)
    assert said(reason, "en") == "pacs: 1 row read, at least 3 expected; 1 removal held"
    assert said(reason, "fr") == (
        "PACS (conseil)\u00a0: 1 ligne lue, 3 attendues au moins\u202f; 1 disparition retenue"
    )


def test_names_are_listed_and_figures_written_as_readers_do() -> None:
    french, english = voice("fr"), voice("en")
    assert french.both(["Bleu", "S3NS", "Numspot"]) == "Bleu, S3NS et Numspot"
    assert english.either(["Bleu", "S3NS", "Numspot"]) == "Bleu, S3NS or Numspot"
    assert (french.decimal(0.7), english.decimal(0.7)) == ("0,7", "0.7")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_days_figures_and_lists_are_written_as_unicode_says(lang: str) -> None:
    """The catalogues say so themselves, since Babel and its tables take 40 ms to load."""
    say = voice(lang)
    locale = say.texts["format.locale"]
    for day in (date(2026, month, day) for month in range(1, 13) for day in (1, 28)):
        assert say.day(day) == format_date(day, say.texts["format.day"], locale)
    for figure in (0.0, 0.7, 1.0, 99.5, 0.123456789, -12345.5, 100 / 3):
        assert say.decimal(figure) == format_decimal(figure, "0.######", locale)
    for names in ((), ("A",), ("A", "{last}"), ("A", "B", "C"), "ABCD"):
        assert say.both(names) == format_list(list(names), "standard", locale)
        assert say.either(names) == format_list(list(names), "or", locale)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_catalogue_is_read_as_the_tools_of_translators_read_it(lang: str) -> None:
    say = voice(lang)
    forms = {key: (text,) for key, text in say.texts.items()} | dict(say.plurals)
    assert forms == CATALOGUES[lang]


TOOLED = r"""# Written by a tool.
msgid ""
msgstr ""
"Language: en\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\n"

#. a word for translators
#: somewhere.py:3
#, python-brace-format
msgid "page.home"
msgstr ""
"A \"home\",\n"
"and a \\ in it"

msgid "count.row"
msgid_plural "count.row"
msgstr[0] "one"
msgstr[1] "two"
msgstr[2] "more"

#~ msgid "page.gone"
#~ msgstr "Gone"
"""


def test_a_catalogue_may_be_broken_and_commented_as_tools_do(tmp_path: Path) -> None:
    (tmp_path / "en.po").write_text(TOOLED, "utf-8")
    read, plurals, form = read_catalogue(tmp_path / "en.po")
    assert read == {"page.home": 'A "home",\nand a \\ in it'}
    assert plurals == {"count.row": ("one", "two", "more")}
    assert [form(n) for n in (1, 2, 3)] == [0, 1, 2]
    assert texts.read(tmp_path / "en.po")["page.home"] == (read["page.home"],)


@pytest.mark.parametrize("line", ['msgstr "open', "msgstr bare", '"lonely"', "text"])
def test_a_line_that_belongs_in_no_catalogue_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "en.po").write_text(f"# a comment\n{line}\n", "utf-8")
    with pytest.raises(ValueError, match=r"en.po:2: expected a line of a gettext catalogue"):
        read_catalogue(tmp_path / "en.po")


def test_a_third_language_is_one_file_and_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tiny = texts.TEXTS.joinpath("en.po").read_text("utf-8")
    tiny = tiny.replace('"Language: en\\n"', '"Language: pl\\n"').replace(
        "nplurals=2; plural=(n != 1);",
        "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    )
    forms = "\n".join(
        f'msgstr[{n}] "{{n}} {word}"' for n, word in enumerate(("wiersz", "wiersze", "wierszy"))
    )
    tiny = re.sub(r'(msgid_plural "count\.row"\n)msgstr\[0\] .*\nmsgstr\[1\] .*', rf"\1{forms}", tiny)
    (tmp_path / "pl.po").write_text(tiny.replace('"label gained"', '"znak uzyskany"'), "utf-8")
    monkeypatch.setattr(voices, "TEXTS", tmp_path)
    monkeypatch.setattr(voices, "LANGUAGES", (*LANGUAGES, "pl"))
    say: Voice = voice("pl")
    assert [say.count("count.row", n) for n in (1, 3, 5)] == ["1 wiersz", "3 wiersze", "5 wierszy"]
    assert say.each("kind", "gained") == "znak uzyskany"
