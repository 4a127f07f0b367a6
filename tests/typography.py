"""Ways to print a text anew that a person does not see, or hardly: what changes only so is no event."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

Rewriting = Callable[[str], str]


def full_width(text: str) -> str:
    """Latin letters, figures, stops and strokes as they are set among Chinese ones."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and (c.isalnum() or c in "/.") else c for c in text)


def unaccented(text: str) -> str:
    """The text as a system prints it that has no accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def softened(text: str) -> str:
    """The text with a soft hyphen in each long word."""
    return re.sub(r"([^\W\d_]{4})([^\W\d_]{2})", "\\1\u00ad\\2", text)


REWRITINGS: dict[str, Rewriting] = {
    "composed letters": lambda text: unicodedata.normalize("NFC", text),
    "decomposed letters": lambda text: unicodedata.normalize("NFD", text),
    "curly apostrophes": lambda text: text.replace("'", "’"),
    "straight apostrophes": lambda text: text.replace("’", "'").replace("ʼ", "'"),
    "modifier letters as apostrophes": lambda text: text.replace("'", "ʼ"),
    "hyphens that do not break": lambda text: text.replace("-", "\u2011"),
    "en dashes": lambda text: text.replace("-", "–"),
    "soft hyphens": softened,
    "zero-width spaces": lambda text: re.sub(r"(\w)(?=\W|$)", "\\1\u200b", text),
    "word joiners": lambda text: re.sub(r"(?<=\w)(?=\w)", "\u2060", text, count=1),
    "a byte order mark": lambda text: "\ufeff" + text,
    "direction marks": lambda text: f"\u200f{text}\u200e",
    "spaces that do not break": lambda text: text.replace(" ", "\u00a0"),
    "narrow spaces": lambda text: text.replace(" ", "\u202f"),
    "spaces escaped once more": lambda text: text.replace(" ", "&nbsp;"),
    "letters that print nothing": lambda text: f"{text}\u3164",
    "thin spaces": lambda text: text.replace(" ", "\u2009"),
    "two spaces": lambda text: f"  {text.replace(' ', '  ')}  ",
    "capitals": str.upper,
    "no accents": unaccented,
    "full-width letters": full_width,
    "escaped once more": html.escape,
    "escaped twice more": lambda text: html.escape(html.escape(text)),
}
