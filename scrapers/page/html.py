"""Opening pages nobody has seen: what a person would see on them, whatever their dress.

A page may be HTML, a fragment of it, a Drupal `/views/ajax` command array, JSON that wraps HTML, or plain
JSON records. `open_page` settles that once; `scrapers.page.records` finds the repeated rows in the result.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from scrapers.page.shown import DRAWN, SETTINGS, holds_data, without_tokens
from scrapers.page.tree import DEEPEST, Element, decoded, grown
from scrapers.source import Blocked, LayoutChanged, NotReadable, effort
from scrapers.wire.challenge import looks_blocked
from scrapers.wire.content import bare
from state.model import Page, Reason
from state.names import fold

UNSEEN = frozenset({"script", "style", "template", "noscript", "select", "option", "textarea", "head"})
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details",
    "div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "label", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
SPACES = re.compile(r"\s+")
SPACED = re.compile(r"[^\S ]|  ")
"""White space that is printed otherwise than it stands in the source."""
NOWHERE = ("#", "mailto:", "javascript:", "tel:")
INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
"""Marks that print nothing: joiners, soft hyphens, directions, variants."""
# Icons are named by their class or title; "uncheck" is no whole "check".
TICKED = re.compile(r"\b(check|checked|tick|ok|yes|valid|success|done)\b")
CROSSED = re.compile(r"\b(times|cross|xmark|no|close|error|remove|uncheck|unchecked|minus|ko)\b")
OFF = re.compile(r"(^|[-_])(off|inactive|inactif|disabled|desactive|grise|greyed)$", re.IGNORECASE)
MARKUP = re.compile(r"<(table|tr|ul|li|dl|div|article|section|p)\b", re.IGNORECASE)
BANNERS = ("banner", "contentinfo")
# The banners that French public sites use; their tables have dates of expiry as well.
COOKIES = re.compile(r"cookie|tarteaucitron|consent|didomi|orejime|klaro|axeptio", re.IGNORECASE)
# A page of scripts has thousands of brackets; data begin at one of the first.
MOST_TRIES = 200
VALUE = 10
"""Steps: how often a value of JSON is looked at before it is known whether it belongs to a list."""
OPENING = re.compile(r"[=(:,]\s*(?=[\[{])")
TAG = re.compile(rb"<[a-z!/]", re.IGNORECASE)
FILES = (
    (rb"%PDF-", Reason.of("a_pdf")),
    (rb"PK\x03\x04", Reason.of("a_zip")),
    (rb"bplist00", Reason.of("a_web_archive")),
    (rb".{0,1000}?^MIME-Version:.{0,1000}?multipart/related", Reason.of("an_mhtml_archive")),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF", Reason.of("a_picture")),
)
"""What people have saved instead of the page, by its first bytes."""
EDGES = re.compile(r"<(?:(html|table|ul|dl)[\s>]|/(html|table|ul|dl)\s*>)")
"""Where what a page cut short leaves open begins, and where it ends."""
CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)
# Browsers say so when they save a page: its links then lead where the page was.
SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")


class Cell(NamedTuple):
    """What one place of a page says: its text, the same by printed lines, and where it links to.

    No dataclass, since a list has thousands of them, and a frozen one takes four times as long to make.
    """

    text: str
    lines: tuple[str, ...] = ()
    link: str = ""

    @classmethod
    def of(cls, *lines: str, link: str = "") -> Cell:
        """The cell that prints these lines, blank ones left out."""
        kept = tuple(filter(None, lines))
        return cls(text=" ".join(kept), lines=kept, link=link)


CELL = partial(tuple.__new__, Cell)  # without a call of Python each


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One page opened for reading.

    `address` is where it came from, also when a person saved it; `main` the part that carries content, None
    for JSON records, which are in `data`. `headline` is its title, first headings and captions, folded.
    `lines` are what its content says, `folded` the same without accents and case.
    `source` is its markup as text, "" of JSON records; `day` the one on which it was fetched.
    """

    index: int
    address: str
    fetched: bool
    whole: Element | None
    main: Element | None
    data: object
    headline: str
    lines: tuple[str, ...]
    folded: tuple[str, ...]
    source: str
    day: date

    @property
    def text(self) -> str:
        return " ".join(self.folded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """One page as it came, nothing of it understood yet: its markup, the tree of it, the JSON that it has.

    These are all that a reader is given of the bytes; `address` and `fetched` are those of a `Document`.
    """

    address: str
    fetched: bool
    markup: str
    whole: Element | None
    data: object


def bared(source: str, page: Page, *, every: bool = False) -> Bare:
    """One page as it came; `LayoutChanged` when it is cut short or no page, `Blocked` on a wall.

    Its elements have `every` attribute only where somebody names one (`scrapers.page.shown`).
    """
    place = page.url if page.url.startswith("import:") else page.requested_url or page.url
    refuse_file(source, page.body, place)
    refuse_wall(source, page.body, place)
    data = json_of(source, page.body, place)
    address, fetched = address_of(page)
    charset = CHARSET.search(page.content_type)
    markup = fragments_of(data) if data is not None else decoded(page.body, charset[1] if charset else "")
    markup = markup if markup.isascii() else INVISIBLE.sub("", markup)
    whole = None
    if markup:
        refuse_cut(source, markup, place)
        whole = tree_of(source, markup, place, every=every)
        # Some pages print their rows by script only: then these are all there is.
        data = json_in(whole)
    return Bare(address=address, fetched=fetched, markup=markup, whole=whole, data=data)


def open_page(source: str, index: int, page: Page, selector: str = "", *, every: bool = False) -> Document:
    """One page of a look, opened for reading; raises as `bared` does.

    An operator's CSS selector narrows where rows are looked for, when it points at anything.
    """
    bare = bared(source, page, every=every or bool(selector))
    markup, whole = bare.markup, bare.whole
    main = main_of(whole) if whole is not None else None
    lines = lines_of(main)
    told = {line: fold(line) for line in set(lines)}  # the cells of a list say the same few things
    return Document(
        index=index,
        address=bare.address,
        fetched=bare.fetched,
        whole=whole,
        main=narrowed(markup, whole, main, selector) if selector and whole and main else main,
        data=bare.data,
        headline=headline_of(whole, main) if whole and main else "",
        lines=lines,
        folded=tuple(map(told.__getitem__, lines)),
        source=markup,
        day=page.fetched_at.date(),
    )


def refuse_wall(source: str, body: bytes, place: str) -> None:
    """Raises `Blocked` for a challenge, a refusal or a login in place of the page."""
    reads = b"<tr" in body or body.count(b"<a ") > 40  # never so on a wall; looking twice costs
    wall = None if reads else looks_blocked(body)
    if wall is not None:
        raise Blocked(Reason.of("list_walled", address=place, wall=wall, source=source), source=source)


def tree_of(source: str, markup: str, place: str, *, every: bool = False) -> Element:
    """The page as a tree; `LayoutChanged` for damage without bottom."""
    try:
        return grown(markup, every=every)
    except NotReadable as error:
        raise LayoutChanged(source, error.reason, place) from error


def refuse_file(source: str, body: bytes, place: str) -> None:
    """Raises `LayoutChanged` for what is no page at all: an archive, a picture, plain text, nothing."""
    start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    found = next((file for mark, file in FILES if re.match(mark, start, re.DOTALL | re.MULTILINE)), None)
    if found is None and start[:1] not in (b"{", b"[") and not TAG.search(body.replace(b"\0", b"")):
        said = start[:40].decode("utf-8", "replace")
        found = Reason.of("a_text", start=said) if start else Reason.of("nothing")
    if found is not None:
        raise LayoutChanged(source, Reason.of("no_page_but", found=found), place)


def address_of(page: Page) -> tuple[str, bool]:
    """Where the page came from, and whether that is a web address: a saved page names it in a comment."""
    saved = SAVED_FROM.search(page.body[:4096])
    if saved:
        return saved.group(1).decode("utf-8", "replace"), True
    address = page.url or page.requested_url
    return address, address.startswith(("http://", "https://"))


def json_of(source: str, body: bytes, place: str) -> object:
    """The JSON of a page, None when it is not JSON."""
    plain = bare(body)
    if plain[:1] not in (b"{", b"["):
        return None
    try:
        return loaded(plain.decode())
    except NotReadable as error:
        raise LayoutChanged(source, error.reason, place) from error
    except ValueError as error:
        raise LayoutChanged(source, Reason.of("json_cut", error=str(error)), place) from error


def loaded(text: str) -> object:
    """The value of a JSON text; raises `ValueError` for any other, and `NotReadable` for one too deep."""
    try:
        return shallow(json.loads(text))
    except RecursionError:
        raise NotReadable(Reason.of("too_deep", depth=DEEPEST)) from None


def shallow(value: object) -> object:
    """The value, where it is nested no deeper than pages are: who walked it would end in a stack overflow.

    Raises `TooMuch` for one that holds far more values than any list has: each is looked at many times.
    """
    level, work = [value], effort()
    for _ in range(DEEPEST):
        work.spend(sum(VALUE * len(one) for one in level if isinstance(one, dict | list)))
        level = [inner for one in level for inner in inner_of(one)]
        if not level:
            return value
    raise NotReadable(Reason.of("too_deep", depth=DEEPEST))


def inner_of(value: object) -> Iterable[object]:
    """The lists and objects within one."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in inner if isinstance(one, dict | list)]


def fragments_of(data: object) -> str:
    """The HTML that JSON wraps: the `insert` commands of Drupal, or values that hold markup; "" for none."""
    if isinstance(data, list) and any(isinstance(c, dict) and "command" in c for c in data):
        inserts = [c.get("data") for c in data if isinstance(c, dict) and c.get("command") == "insert"]
        return "\n".join(d for d in inserts if isinstance(d, str)) or "<div></div>"
    return "\n".join(s for s in strings_of(data) if MARKUP.search(s))


def strings_of(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from strings_of(value)
    elif isinstance(data, list):
        for value in data:
            yield from strings_of(value)


def json_in(whole: Element) -> tuple[object, ...]:
    """The JSON that a page carries for its scripts: in blocks, assigned to names, or in attributes."""
    found: list[object] = []
    for script in whole.every("script"):
        text = script_of(script)
        if "json" in script.get("type"):
            with suppress(ValueError, NotReadable):  # somebody else's script; nothing here depends on it
                found.append(loaded(text))
        elif len(text) > SETTINGS:
            found += assigned(text)
    values = [value for tag in whole.inside if tag.attrs for value in tag.attrs.values()]
    for value in values:
        if len(value) > SETTINGS and holds_data(value):
            with suppress(ValueError, NotReadable):
                found.append(loaded(value))
    return tuple(without_tokens(one) for one in found)


def assigned(script: str) -> Iterator[object]:
    """The JSON that a script assigns or passes on: what reads as whole, and is long enough to be data."""
    at, decoder = 0, json.JSONDecoder()
    for _ in range(MOST_TRIES):
        begin = OPENING.search(script, at)
        if begin is None:
            return
        try:
            value, end = decoder.raw_decode(script, begin.end())
            shallow(value)
        except (ValueError, RecursionError, NotReadable):
            at = begin.end() + 1
            continue
        if end - begin.end() > SETTINGS:
            yield value
        at = end


def script_of(script: Element) -> str:
    return "".join(text for text in script.children if isinstance(text, str))


def refuse_cut(source: str, markup: str, place: str) -> None:
    """Raises `LayoutChanged` when the page ends before its end: half a list is not a shorter list."""
    found = Counter(EDGES.findall(markup.lower()))  # in one pass over the page
    for tag in ("html", "table", "ul", "dl"):
        opened, closed = found[tag, ""], found["", tag]
        if opened > closed:
            cut = Reason.of("page_cut", tag=tag, opened=opened, closed=closed)
            raise LayoutChanged(source, cut, place)


def main_of(whole: Element) -> Element:
    """The part of the page that carries its content, without menus, asides, footers and cookie banners."""
    body = whole.first("body") or whole
    main = body.first("main")
    main = main or next((tag for tag in body.inside if tag.get("role") == "main"), None)
    main = main or next((tag for tag in body.inside if tag.get("id") == "content"), None)
    # Parsers put what stands behind `</html>` beside the body.
    root = whole if goes_on(whole) else main or body
    for tag in root.every("nav", "aside", "header", "footer", "div", "section", "dialog"):
        tag.aside = furniture(tag, root)
    return root


def goes_on(whole: Element) -> bool:
    """Whether a page says anything after its end: a part of the list may stand there."""
    late = (tag for part in whole.elements[1:] for tag in (part, *part.inside) if tag.name not in UNSEEN)
    return any(isinstance(child, str) and child.strip() for tag in late for child in tag.children)


def narrowed(markup: str, whole: Element, main: Element, selector: str) -> Element:
    """The smallest part of a page with all that a CSS selector points at, `main` when that is nothing."""
    # The one place that needs CSS selectors; both trees come of one parser, so that places agree.
    soup = BeautifulSoup(markup, "lxml")
    places = {id(tag): place for place, tag in enumerate(soup.find_all(True))}
    chosen = [whole.inside[places[id(tag)]] for tag in soup.select(selector)]
    if len(chosen) < 2:
        return chosen[0] if chosen else main
    around = [list(tag.parents) for tag in chosen]
    return next(tag for tag in around[0] if all(tag in parents for parents in around))


def furniture(tag: Element, root: Element) -> bool:
    """Whether an element is a menu, an aside, the site's header or footer, or a cookie banner."""
    if tag.name in ("nav", "aside"):
        return True
    if tag.name in ("header", "footer"):  # a card may have its own header: only the page's are furniture
        around = tag.parent.name if tag.parent is not None else ""
        return tag.parent is root or around in ("body", "html") or tag.get("role") in BANNERS
    marked = tag.attrs and (COOKIES.search(tag.get("id")) or COOKIES.search(tag.get("class")))
    return bool(marked) and (tag.get("role") == "dialog" or tag.holds("button"))


def headline_of(whole: Element, main: Element) -> str:
    """Title, first headings and captions of a page, folded: what tells its topic."""
    heads = main.every("h1", "h2", "caption")[:20]
    title = whole.first("title")
    return fold(" | ".join(text_of(head) for head in ([title] if title else []) + heads))


def classes_of(tag: Element) -> tuple[str, ...]:
    return tuple(tag.get("class").split())


def text_of(node: Element | str | None) -> str:
    """What a person reads in an element, on one line; icons speak by their alternative text."""
    return " ".join(lines_of(node))


def lines_of(node: Element | str | None) -> tuple[str, ...]:
    """What a person reads in an element, by printed lines."""
    said = spoken(node).strip("\n") if node is not None else ""
    said = said if said.isascii() else INVISIBLE.sub("", said)
    if "\n" not in said:  # as a cell of a table, once the edges of its block are gone
        return (line,) if (line := " ".join(said.split())) else ()
    return tuple([line for raw in said.split("\n") if (line := " ".join(raw.split()))])


def spoken(node: Element | str) -> str:
    """The visible text of a node, a line feed at the edges of blocks; kept, for it is asked at each level."""
    if isinstance(node, str):
        return SPACES.sub(" ", node) if SPACED.search(node) else node
    if node.said is None:
        node.said = "" if node.aside or node.name in UNSEEN else heard(node)
    return node.said


def heard(node: Element) -> str:
    """The visible text of an element that shows."""
    if node.name == "br":
        return "\n"
    text = "".join([spoken(child) for child in node.children])
    text = text if text and not text.isspace() else text + sign_of(node)
    return f"\n{text.strip()}\n" if node.name in BLOCKS else text


def sign_of(tag: Element) -> str:
    """What an element without text says: the words of an image, a ticked box, or the name of an icon."""
    if switched_off(tag):
        return ""
    for name in ("alt", "aria-label", "title", "data-label-value"):
        said = tag.get(name).strip()
        if said:
            return f" {said} "
    if tag.name == "input" and tag.get("type") in ("checkbox", "radio"):
        return " ✓ " if tag.has("checked") else " ✗ "
    if tag.name in DRAWN:
        marks = " ".join((tag.get("class"), tag.get("src"), tag.get("href") or tag.get("xlink:href")))
        marks = re.sub(r"[-_/.#]", " ", marks.lower())
        if CROSSED.search(marks):
            return " ✗ "
        if TICKED.search(marks):
            return " ✓ "
    return ""


def switched_off(tag: Element) -> bool:
    """Whether an icon is drawn as off by its class: its words then tell what is not so, and are not heard."""
    return tag.name in DRAWN and tag.has("class") and any(OFF.search(name) for name in classes_of(tag))


def cell_of(node: Element, base: str = "") -> Cell:
    """The content of an element as a cell; a linked file goes before any other link."""
    lines = lines_of(node)
    return CELL((" ".join(lines), lines, link_in(node, base)))


def link_in(node: Element, base: str) -> str:
    """Where an element leads, "" for nowhere: to a file before any other place."""
    if node.leaf and node.name != "a":  # as most cells
        return ""
    links = [a.attrs["href"] for a in node.inside if a.name == "a" and "href" in a.attrs]
    if node.name == "a" and node.get("href"):
        links.append(node.get("href"))
    if not links:
        return ""
    link = next((at for at in links if at.lower().split("?")[0].endswith(".pdf")), links[0])
    return urljoin(base, link) if not link.startswith(NOWHERE) else ""
