"""What people read: texts of ours in their language, what registers print made harmless, and lines of both.

A text of ours is asked for by its key in a gettext catalogue, one a language (`texts/<code>.po`). Its gaps
are filled as `str.format` does, with values set as its readers write them: days, moments in Paris, decimals.
A gap may name a unit, so that a number brings its noun in the right number: "{rows:row}" is said by the
plural text `count.row`, "1 ligne" or "3 lignes".

What comes from a register is made harmless for the place it goes to, and otherwise left as printed: rules
and their reasons are in `docs/decisions/0004-wording-claims-only-what-was-seen.md`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

from notifiers.said.catalogue import read_catalogue
from notifiers.said.texts import LANGUAGES
from state.model import PARIS

TEXTS = Path(__file__).with_name("texts")
DATE = re.compile("d+|M+|y+")
UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))  # left behind by PDF line breaks; mean nothing
REPLACEMENT = "\ufffd"
# It prints nothing, breaks no line, and stands between a service's marks and the letters they would mark.
JOINER = "\u2060"
LONGEST_LINK = 2_000
WITHIN = re.compile(
    r" (?:(?<=\d )|(?<=\der ))[^\W\d]{3,9}\.? \d{4}(?: (?:à |at )?\d\d:\d\d)?"
    r"| (?<=\d )(?:à |at )?\d\d:\d\d| (?<=\bno\. )\d+"
)
"""Spaces within days, times and numbers of several words, as our texts write them. Each begins with the
space: a search for one letter is six times faster than for any digit, and pages are searched whole."""
ALONE = r"(?<![\w/.,:-])"
TOGETHER = re.compile(
    rf" (?:(?<={ALONE}\d )|(?<={ALONE}\d\d )|(?<={ALONE}\d\d\d ))(?=[^\W\d_]{{2}})|(?<=\(\d) | (?=[:;?!»])"
)
"""Between a number and what it counts; before signs that French sets apart, as registers print them too."""


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
    return Voice(lang, *read_catalogue(TEXTS / f"{lang}.po"))


# What registers print


def clean(text: str) -> str:
    """The text on one line, without anything that could act on a reader's screen.

    Control characters (terminal escapes among them), direction overrides, other invisible format characters
    and lone surrogates become a visible U+FFFD: the reader sees that something stood there. Soft hyphens and
    zero-width spaces, which PDF line breaks leave behind, go. White space is run together.
    """
    # A printable text has nothing to show or to drop: nearly all are, and pages clean hundreds of them.
    seen = text if text.isprintable() else text.translate(SHOWN)
    return re.sub(" {2,}", " ", seen).strip(" ") if "  " in seen else seen.strip(" ")


class _Shown(dict[int, str | int | None]):
    """How characters are shown, each learnt when it is met: every text of ours has a space that breaks no
    line, and is none that Python calls printable."""

    def __missing__(self, code: int) -> str | int:
        character = chr(code)
        category = unicodedata.category(character)
        if character in "\t\n\v\f\r\u0085" or category in ("Zl", "Zp"):
            shown: str | int = " "
        else:
            shown = REPLACEMENT if category in ("Cc", "Cf", "Cs") else code
        self[code] = shown
        return shown


SHOWN = _Shown(UNSEEN)


def size(text: str) -> int:
    """The length in UTF-16 units, as Slack's clients count: never less than the number of characters."""
    return len(text) + (0 if text.isascii() else sum(c > "\uffff" for c in text))


def room_of(text: str) -> int:
    """Columns on a screen: wide characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def clip(text: str, limit: int) -> str:
    """The text, cut with an ellipsis when it is longer than `limit` UTF-16 units."""
    if size(text) <= limit:
        return text
    kept, room = [], limit - 1
    for character in text:
        room -= size(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def unbroken(text: str, space: str = "\u00a0") -> str:
    """The text, whose days ("4 Mar 2026"), times and numbers ("no. 2057") stay on one line.

    For what is drawn for people, and last: to programs, and to who searches a pipe, a day has plain spaces.
    """
    return WITHIN.sub(lambda found: found[0].replace(" ", space), text)


def counted_together(text: str, space: str = "\u00a0") -> str:
    """The text, in which a number stays on the line of what it counts ("4 renewals")."""
    return TOGETHER.sub(space, text)


def link(url: str | None) -> str | None:
    """The address when it can be followed safely, percent-encoded, else None.

    Only http and https, to a plain host: an address with a user name in it hides where it leads.
    """
    if not url or len(url) > LONGEST_LINK:
        return None
    try:
        parts = urlsplit(url.strip())
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        host = re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", parts.netloc)
    except ValueError:
        return None
    if not plain or not host:
        return None
    encoded = quote(parts.geturl().encode("utf-8", "replace"), safe="%/:=&?~#+!$,;@()[]-._")
    return encoded if len(encoded) <= LONGEST_LINK else None


def encodable(text: str, encoding: str | None) -> str:
    """The text with what an encoding lacks made visible: an ASCII terminal must not lose an alert."""
    known = encoding or "utf-8"
    return text.encode(known, "backslashreplace").decode(known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of text, cleaned but not escaped; `url` is an address that may be followed.

    With `mention` (channel or user), the text is the id of one on Slack, which Slack shows by its name.
    """

    text: str
    bold: bool = False
    url: str | None = None
    mention: str = ""
    struck: bool = False


Line = tuple[Span, ...]


def merged(line: Line) -> Line:
    """The same line in as few spans as it can be written with; none of them empty."""
    whole: list[Span] = []
    for span in line:
        if whole and replace(whole[-1], text=span.text) == span and not span.url:
            whole[-1] = replace(span, text=whole[-1].text + span.text)
        elif span.text:
            whole.append(span)
    return tuple(whole)


def words_of(line: Line) -> str:
    """A line as plain text, without its addresses."""
    return "".join(span.text for span in line)


def line_text(line: Line) -> str:
    """A line as plain text, addresses in brackets."""
    return "".join(span.text + (f" <{span.url}>" if span.url else "") for span in line)


def capital(text: str) -> str:
    """Words of ours at the start of a line."""
    return text[:1].upper() + text[1:]


def joined(spans: list[Span]) -> Line:
    """The spans with a middle dot between them."""
    dotted: list[Span] = []
    for span in spans:
        dotted += [Span(text=" · "), span] if dotted else [span]
    return tuple(dotted)
