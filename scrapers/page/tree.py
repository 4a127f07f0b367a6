"""A page as a plain tree of elements and texts: read once by lxml, then only walked.

A tree made for editing keeps far more about each element than reading needs, and searches it anew each time:
on a list of three thousand hosts that alone takes seconds.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping

from bs4.dammit import EncodingDetector
from lxml import etree

from scrapers.page.shown import shown
from scrapers.source import Effort, NotReadable, effort
from state.model import Reason

ROOT = "[document]"
LADEN = 10_000
"""Characters between two elements from which the attributes of the first are counted."""
# They may hold "<" and tags as text, and are no markup.
SCRIPTS = re.compile(r"<(script|style)\b.*?</\1", re.IGNORECASE | re.DOTALL)
# Values in quotes may hold blanks and "=", which else part attributes.
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
PARTED = re.compile(r"[\s/=]+")
DEEPEST = 200
"""Elements within one another; pages have some 40, and who walks deeper ends in a stack overflow."""


class Element:
    """One element of a page.

    `children` are elements and texts in order, comments left out; `inside` all elements under it. `aside`
    marks what is no content (a menu, a banner); `said` is for the reader of texts, who comes by many times.
    """

    __slots__ = ("_all", "_end", "_order", "aside", "attrs", "children", "name", "parent", "said")

    def __init__(
        self, name: str, attrs: Mapping[str, str], parent: Element | None, known: list[Element]
    ) -> None:
        self.name = name
        self.attrs = attrs
        self.parent = parent
        self.children: list[Element | str] = []
        self.aside = False
        self.said: str | None = None
        self._all = known
        self._order = len(known)
        self._end = self._order + 1
        known.append(self)

    def get(self, name: str) -> str:
        """The value of an attribute, "" when it has none."""
        return self.attrs.get(name, "")

    def has(self, name: str) -> bool:
        return name in self.attrs

    def covers(self, other: Element) -> bool:
        return self._order < other._order < self._end

    @property
    def leaf(self) -> bool:
        """Whether no element lies under this one."""
        return self._end == self._order + 1

    @property
    def inside(self) -> list[Element]:
        """All elements under this one, in the order of the page."""
        return self._all[self._order + 1 : self._end]

    @property
    def before(self) -> list[Element]:
        """All elements that begin before this one, the nearest first."""
        return self._all[: self._order][::-1]

    @property
    def following(self) -> list[Element | str]:
        """What stands after this element in the one around it."""
        around = self.parent.children if self.parent is not None else []
        at = next((n for n, child in enumerate(around) if child is self), len(around))
        return around[at + 1 :]

    @property
    def elements(self) -> list[Element]:
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def parents(self) -> Iterator[Element]:
        """The elements around this one, the nearest first."""
        around = self.parent
        while around is not None:
            yield around
            around = around.parent

    @property
    def lineage(self) -> Iterator[Element]:
        yield self
        yield from self.parents

    def every(self, *names: str) -> list[Element]:
        """All elements under this one that have one of these names."""
        return [tag for tag in self.inside if tag.name in names]

    def first(self, *names: str) -> Element | None:
        """The first element under this one that has one of these names."""
        return next((tag for tag in self.inside if tag.name in names), None)

    def holds(self, *names: str) -> bool:
        """Whether an element of one of these names lies under this one."""
        return any(tag.name in names for tag in self.inside)

    def close(self) -> None:
        """Nothing more begins under this element."""
        self._end = len(self._all)


class Grower:
    """What lxml calls while it reads: grows the tree, each element with what is shown of it, or with `every`
    attribute."""

    def __init__(self, *, every: bool = False) -> None:
        self.every = every
        self.known: list[Element] = []
        self.open = [Element(ROOT, {}, None, self.known)]
        self.text: list[str] = []

    def start(self, name: str, attrs: Mapping[str, str]) -> None:
        if self.text:
            self.flush()
        if len(self.open) > DEEPEST:
            raise NotReadable(Reason.of("too_deep", depth=DEEPEST))
        around = self.open[-1]
        seen = (dict(attrs) if self.every else shown(name, attrs)) if attrs else {}
        tag = Element(name, seen, around, self.known)
        around.children.append(tag)
        self.open.append(tag)

    def end(self, _name: str) -> None:
        if self.text:
            self.flush()
        self.open.pop().close()

    def data(self, text: str) -> None:
        self.text.append(text)

    def comment(self, _text: str) -> None:
        self.flush()

    def pi(self, _target: str, _text: str) -> None:
        self.flush()

    def close(self) -> Element:
        self.flush()
        self.open[0].close()
        return self.open[0]

    def flush(self) -> None:
        """Puts what was said since the last tag into the tree."""
        if self.text:
            # libxml2 hands a long text over in pieces: parted there, a word would read as two.
            self.open[-1].children.append("".join(self.text))
            self.text.clear()


def grown(markup: str, *, every: bool = False) -> Element:
    """The tree of a page; what follows the end of a page stands beside it under the root.

    Elements have `every` attribute only where somebody names one, as a recipe does. `NotReadable` for
    elements that lie in one another as on no page.
    """
    weigh_tags(markup, effort())
    # With a target lxml builds no tree of its own; encoded anew, since it would guess what `decoded` knows.
    parser = etree.HTMLParser(target=Grower(every=every), encoding="utf-8", recover=True)
    parser.feed(markup.encode("utf-8", "replace"))
    tree: Element = parser.close()
    return tree


def weigh_tags(markup: str, work: Effort) -> None:
    """Raises `TooMuch` for an element with attributes by the ten thousand: libxml2 compares each with all of
    those before it, in one go that nothing of ours could end."""
    if len(markup) < LADEN or max(map(len, markup.split("<"))) < LADEN:
        return
    # Long is mostly a script, in which "<" begins no element.
    for piece in SCRIPTS.sub("", markup).split("<"):
        if len(piece) >= LADEN and piece[0].isalpha():
            marks = len(PARTED.findall(QUOTED.sub("", piece).partition(">")[0]))
            work.spend(marks * marks // 2)


def decoded(body: bytes, charset: str = "") -> str:
    """The text of a page: by its byte order mark, else as announced, as it says itself, UTF-8, windows-1252.

    A page in UTF-8 with a damaged place stays UTF-8; the place then reads U+FFFD.
    """
    marked, bom = EncodingDetector.strip_byte_order_mark(body)
    own = EncodingDetector.find_declared_encoding(marked, is_html=True)
    for name in (bom, charset, own, "utf-8"):
        try:
            return marked.decode(codec_of(name)) if name else marked.decode("ascii")
        except (LookupError, UnicodeDecodeError):
            continue  # a character set that nobody knows, or not that of this page: the next guess
    damaged = marked.decode("utf-8", "replace")
    broken = damaged.count("\ufffd")
    sound = sum(not char.isascii() for char in damaged) - broken
    return damaged if sound > broken else marked.decode("windows-1252", "replace")


def codec_of(charset: str) -> str:
    """The codec of a character set; who announces Latin-1 or ASCII means windows-1252, as browsers know."""
    name = codecs.lookup(charset).name
    return "cp1252" if name in ("iso8859-1", "ascii") else name
