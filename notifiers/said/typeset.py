"""Sentences written plainly in the source, set as readers of a language expect them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

NB, THIN = "\u00a0", "\u202f"
BEFORE_COLON = re.compile(r" (?=:)")
BEFORE_SIGN = re.compile(r" (?=[;!?])")
INSIDE_QUOTES = re.compile(r"(?<=«) | (?=»)")


def french(text: str) -> str:
    """A French sentence with the spaces that keep `:`, `;`, `!`, `?` and quotes with their words."""
    return INSIDE_QUOTES.sub(NB, BEFORE_SIGN.sub(THIN, BEFORE_COLON.sub(NB, text)))


@dataclass(frozen=True, slots=True)
class Count:
    """A number that brings its noun: "{rows:row|rows}" becomes "1 row" or "2 rows".

    Zero is plural in English and singular in French.
    """

    number: int
    lang: str

    def __format__(self, spec: str) -> str:
        one, bar, many = spec.partition("|")
        if not bar:
            return format(self.number, spec)
        single = self.number == 1 or (self.number == 0 and self.lang != "en")
        return f"{self.number} {one if single else many}"
