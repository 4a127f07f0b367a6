"""Text that comes from a register, made harmless for the place it goes to, and otherwise left as printed; and
the lines that are made of it.

Rules and their reasons are in `docs/decisions/0004-wording-claims-only-what-was-seen.md`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))  # left behind by PDF line breaks; mean nothing
REPLACEMENT = "\ufffd"
# It prints nothing, breaks no line, and stands between Slack's marks and the letters they would mark.
JOINER = "\u2060"
SLACK_CONTROL = re.compile(r"<(?=[!@#a-zA-Z/])")
SLACK_STYLE = re.compile(r"[*_~`]")
LONGEST_LINK = 2_000
WITHIN = re.compile(
    r" (?:(?<=\d )|(?<=\der ))[^\W\d]{3,9}\.? \d{4}(?: (?:à |at )?\d\d:\d\d)?"
    r"| (?<=\d )(?:à |at )?\d\d:\d\d| (?<=\bno\. )\d+"
)
"""Spaces within days, times and numbers of several words, as our texts write them. Each begins with the
space: a search for one letter is six times faster than for any digit, and pages are searched whole."""
ALONE = r"(?<![\w/.,:-])"
COUNTED = re.compile(
    rf" (?:(?<={ALONE}\d )|(?<={ALONE}\d\d )|(?<={ALONE}\d\d\d ))(?=[^\W\d_]{{2}})|(?<=\(\d) | (?=[:;?!»])"
)
"""Between a number and what it counts; before signs that French sets apart, as registers print them too."""


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


def literal(text: str) -> str:
    """The text for a field that Slack shows as it is (`plain_text`, elements of `rich_text`).

    Slack interprets nothing there. An invisible joiner still breaks what would be a control sequence
    (`<!channel>`, `<@U1>`, a link), so that it stays text wherever the message is quoted or forwarded.
    """
    return SLACK_CONTROL.sub("<" + JOINER, text)


def mrkdwn(text: str) -> str:
    """The text for a field that Slack interprets: `& < >` as entities, and style marks made inert.

    Slack has no escape for `* _ ~` and the backtick; each is fenced by invisible joiners, so that it never
    stands at a word's edge, where Slack looks for marks.
    """
    entities = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return SLACK_STYLE.sub(lambda mark: JOINER + mark[0] + JOINER, entities)


def unbroken(text: str, space: str = "\u00a0") -> str:
    """The text, whose days ("4 Mar 2026"), times and numbers ("no. 2057") stay on one line.

    For what is drawn for people, and last: to programs, and to who searches a pipe, a day has plain spaces.
    """
    return WITHIN.sub(lambda found: found[0].replace(" ", space), text)


def counted_together(text: str, space: str = "\u00a0") -> str:
    """The text, in which a number stays on the line of what it counts ("4 renewals")."""
    return COUNTED.sub(space, text)


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


def line_text(line: Line) -> str:
    """A line as plain text, addresses in brackets."""
    return "".join(span.text + (f" <{span.url}>" if span.url else "") for span in line)
