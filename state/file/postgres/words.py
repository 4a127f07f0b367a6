"""Words as PostgreSQL keeps and asks them: written by us, so that no dictionary of a server has a say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from state.search import ROW, All, Both, Either, OneOf, Phrase, Wish

WEIGHTS = "ABCD"
"""A column of a row each; a name has the first alone."""
WEIGHT_OF = dict(zip((*ROW, "name"), WEIGHTS + WEIGHTS[0], strict=True))
LONGEST = 2_046
"""Bytes of a word: of a longer one the beginning stands for all, here and in what is asked."""
LAST = 16_383
"""The last place that a word can have; all that follow share it."""
MOST = 900_000
"""Bytes of all words of a row: PostgreSQL takes a megabyte. A text of such a length names nobody."""


def quoted(word: str) -> str:
    """A word as PostgreSQL reads it, whatever it is made of."""
    whole = word.encode()
    if len(whole) > LONGEST:
        word = whole[:LONGEST].decode(errors="ignore")
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def vector(columns: Sequence[Sequence[str]]) -> str:
    """The words of some columns, each with its places. No two columns touch: a phrase is in one of them."""
    places: dict[str, list[str]] = {}
    place, room = 0, MOST
    for weight, words in zip(WEIGHTS, columns, strict=False):
        for word in words:
            place += 1
            if word not in places:
                if (room := room - len(word.encode())) < 0:
                    break
                places[word] = []
            places[word].append(f"{min(place, LAST)}{weight}")
        place += 1
    return " ".join(f"{quoted(word)}:{','.join(islice(at, 255))}" for word, at in places.items())


def said(wish: Wish) -> str:
    """A wish as `tsquery` reads it."""
    match wish:
        case All():
            return _joined("&", (_one(word, wish.where, begin=wish.begin) for word in wish.words))
        case OneOf():
            return _joined("|", (_one(word, wish.where) for word in wish.words))
        case Phrase():
            return _joined("<->", (_one(word, wish.where) for word in wish.words))
        case Both():
            return _joined("&", map(said, wish.wishes))
        case Either():
            return _joined("|", map(said, wish.wishes))


def _joined(sign: str, parts: Iterable[str]) -> str:
    return f"({f' {sign} '.join(parts)})"


def _one(word: str, where: Sequence[str], *, begin: bool = False) -> str:
    how = "*" * begin + "".join(WEIGHT_OF[column] for column in where)
    return f"{quoted(word)}:{how}" if how else quoted(word)
