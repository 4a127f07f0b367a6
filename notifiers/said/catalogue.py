"""A gettext catalogue as its texts. The tools of translators write it; here it is read, at every start.

By few lines of our own: Babel's reader, which keeps comments and places for editors, takes 30 ms of a
command, and a compiled form beside the catalogue could be older than it.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

WORD = re.compile(r'(msgid|msgid_plural|msgstr(?:\[\d\])?) *(".*")')
ESCAPED = re.compile(r"\\(.)")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
Catalogue = tuple[Mapping[str, str], Mapping[str, tuple[str, ...]], Callable[[int], int]]
RULE = re.compile(r"plural=([^;]+);")


def read_catalogue(path: Path) -> Catalogue:
    """Texts by key, plural ones in as many forms as the language has, and which form a number asks for.

    Raises `ValueError` for a line that belongs in no catalogue.
    """
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for key, forms in _entries(_pairs(path)):
        if len(forms) == 1:
            texts[key] = forms[0]
        else:
            plurals[key] = tuple(forms)
    rule = RULE.search(texts.pop("", ""))
    return texts, plurals, gettext.c2py(rule[1] if rule else "n != 1")


def _entries(pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    key, forms = "", list[str]()
    for word, text in pairs:
        if word == "msgid":
            if forms:
                yield key, forms
            key, forms = text, []
        elif word != "msgid_plural":
            forms.append(text)
    if forms:
        yield key, forms


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Each word of the catalogue with its text, whose further lines are joined to it."""
    word, parts = "", list[str]()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        found = WORD.fullmatch(line.rstrip())
        if found is None and not (word and line.startswith('"') and line.rstrip().endswith('"')):
            raise ValueError(
                f"{path.name}:{number}: expected a line of a gettext catalogue; found {line[:60]!r}"
            )
        if found is None:
            parts.append(line.rstrip()[1:-1])
            continue
        if word:
            yield word, _text(parts)
        word, parts = found[1], [found[2][1:-1]]
    if word:
        yield word, _text(parts)


def _text(parts: list[str]) -> str:
    text = "".join(parts)
    return ESCAPED.sub(lambda one: ESCAPES.get(one[1], one[1]), text) if "\\" in text else text
