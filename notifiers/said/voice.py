"""Texts in a reader's language: one gettext catalogue a language, `texts/<code>.po`.

A text is asked for by our own key. Its gaps are filled as `str.format` does, with values set as its readers
write them: days, moments in Paris, decimals. A gap may name a unit, so that a number brings its noun
in the right number: "{rows:row}" is said by the plural text `count.row`, "1 ligne" or "3 lignes".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from notifiers.said.catalogue import read_catalogue
from notifiers.said.texts import LANGUAGES
from state.model import PARIS

TEXTS = Path(__file__).with_name("texts")
DATE = re.compile("d+|M+|y+")


class Gaps(Protocol):
    """What fills the gaps of a text, by name."""

    def __getitem__(self, name: str, /) -> str:
        """The text for one gap."""


@dataclass(frozen=True, slots=True)
class Voice:
    """The texts of one language; `plurals` hold a form for each number that `form` tells apart."""

    lang: str
    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    form: Callable[[int], int]

    def __call__(self, key: str, /, **gaps: object) -> str:
        """The text of a key with its gaps filled; raises `KeyError` for a key that no catalogue has."""
        return self._filled(self.texts[key], gaps)

    def count(self, key: str, n: int, /, **gaps: object) -> str:
        """The plural text of a key for a number, which fills its gap `n`."""
        return self._filled(self.plurals[key][self.form(n)], {"n": str(n), **gaps})

    def each(self, prefix: str, code: str, /, **gaps: object) -> str:
        """The text of one of our codes: `each("kind", "gained")` is the text `kind.gained`."""
        return self(f"{prefix}.{code}", **gaps)

    def each_of(self, prefix: str, code: str, gaps: Gaps) -> str:
        """The same with gaps that are texts, of which only those are made that the text names."""
        return self.texts[f"{prefix}.{code}"].format_map(gaps)

    def counted(self, prefix: str, code: str, n: int, /, **gaps: object) -> str:
        """The plural text of one of our codes for a number: `counted("counted", "gained", 8)`."""
        return self.count(f"{prefix}.{code}", n, **gaps)

    def knows(self, prefix: str, code: str) -> bool:
        """Whether there is a text for a code, which may come from a register."""
        return f"{prefix}.{code}" in self.texts

    def day(self, day: date) -> str:
        """A day: 04/03/2026, or 4 Mar 2026 in English."""
        return DATE.sub(lambda part: self._part(day, part[0]), self.texts["format.day"])

    def _part(self, day: date, part: str) -> str:
        """A part of a day, written as often as CLDR does: `d`, `dd`, `M`, `MM`, `MMM` a name, `yyyy`."""
        if part == "MMM":
            return self.texts["format.months"].split("|")[day.month - 1]
        number = {"d": day.day, "M": day.month, "y": day.year}[part[0]]
        return f"{number:0{len(part)}}"

    def moment(self, at: datetime) -> str:
        """An aware moment in Paris, and that it is: "04/03/2026 à 08:30 (heure de Paris)"."""
        local = at.astimezone(PARIS)
        return self("format.moment", day=self.day(local.date()), time=f"{local:%H:%M}")

    def decimal(self, value: float) -> str:
        """A figure: 0,7 in French."""
        plain = f"{value:.6f}".rstrip("0").rstrip(".")
        return plain.replace(".", self.texts["format.decimal"])

    def both(self, names: Iterable[str]) -> str:
        """All of several names: "A, B et C"."""
        return self._listed(list(names), "list.pair_both", "list.last_both")

    def either(self, names: Iterable[str]) -> str:
        """One of several names: "A, B ou C"."""
        return self._listed(list(names), "list.pair_either", "list.last_either")

    def _listed(self, names: list[str], pair: str, last: str) -> str:
        """Names in a row: of two by the text `pair`, of more by the text `last`, which closes them."""
        if len(names) < 2:
            return "".join(names)
        before = self.texts["list.comma"].join(names[:-1])
        return self.texts[pair if len(names) == 2 else last].format(first=before, last=names[-1])

    def language(self, code: str) -> str:
        """The name of a language: "français", or French in English."""
        from babel import Locale  # the one thing here that needs its tables, and 40 ms to load them

        return str(Locale.parse(self.texts["format.locale"]).languages[code])

    def _filled(self, text: str, gaps: Mapping[str, object]) -> str:
        return text.format_map({name: self._value(value) for name, value in gaps.items()})

    def _value(self, value: object) -> object:
        match value:
            case bool() | str():
                return value
            case int():
                return Counted(value, self)
            case float():
                return self.decimal(value)
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
        return value


@dataclass(frozen=True, slots=True)
class Counted:
    """A number in a gap, which brings the noun that the gap names."""

    number: int
    say: Voice

    def __format__(self, unit: str) -> str:
        return self.say.count(f"count.{unit}", self.number) if unit else str(self.number)


def voice(lang: str) -> Voice:
    """The texts of a language; those of the house's first one for a language that we do not speak."""
    return _read(lang if lang in LANGUAGES else LANGUAGES[0])


@cache
def _read(lang: str) -> Voice:
    read = read_catalogue(TEXTS / f"{lang}.po")
    return Voice(lang=lang, texts=read.texts, plurals=read.plurals, form=read.form)
