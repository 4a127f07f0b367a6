"""Opening pages nobody has seen: what a person would see on them, whatever their dress.

A page may be HTML, a fragment of it, a Drupal `/views/ajax` command array, JSON that wraps HTML, or plain
JSON records. `open_page` settles that once; `scrapers.page.records` finds the repeated rows in the result.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from scrapers.page.data import fragments_of, json_in, json_of
from scrapers.page.shown import DRAWN
from scrapers.page.tree import Element, decoded, grown
from scrapers.source import Blocked, LayoutChanged, NotReadable
from scrapers.wire.challenge import looks_blocked
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
BANNERS = ("banner", "contentinfo")
# The banners that French public sites use; their tables have dates of expiry as well.
COOKIES = re.compile(r"cookie|tarteaucitron|consent|didomi|orejime|klaro|axeptio", re.IGNORECASE)
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
class Bare:
    """One page as it came, nothing of it understood yet: its markup, the tree of it, the JSON that it has.

    These are all that a reader is given of the bytes. `address` is where it came from, also when a person
    saved it; `markup` is "" and `whole` None for JSON records, which are in `data`.
    """

    address: str
    fetched: bool
    markup: str
    whole: Element | None
    data: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Bare):
    """One page opened for reading.

    `main` is the part that carries content, `headline` its title, first headings and captions, folded.
    `lines` are what its content says, `folded` the same without accents and case; `day` is the one on which
    it was fetched.
    """

    index: int
    main: Element | None
    headline: str
    lines: tuple[str, ...]
    folded: tuple[str, ...]
    day: date

    @property
    def text(self) -> str:
        return " ".join(self.folded)


def bared(source: str, page: Page, *, every: bool = False) -> Bare:
    """One page as it came; `LayoutChanged` when it is cut short or no page, `Blocked` on a wall.

    Its elements have `every` attribute only where somebody names one (`scrapers.page.shown`).
    """
    place = page.url if page.url.startswith("import:") else page.requested_url or page.url
    address, fetched = address_of(page)
    charset = CHARSET.search(page.content_type)
    whole = None
    try:
        refuse_file(page.body)
        refuse_wall(source, page.body, place)
        data = json_of(page.body)
        markup = fragments_of(data) if data is not None else decoded(page.body, charset[1] if charset else "")
        markup = markup if markup.isascii() else INVISIBLE.sub("", markup)
        if markup:
            refuse_cut(markup)
            whole = grown(markup, every=every)
            # Some pages print their rows by script only: then these are all there is.
            data = json_in(whole)
    except NotReadable as error:
        raise LayoutChanged(source, error.reason, place) from error
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
        markup=markup,
        day=page.fetched_at.date(),
    )


def refuse_wall(source: str, body: bytes, place: str) -> None:
    """Raises `Blocked` for a challenge, a refusal or a login in place of the page."""
    reads = b"<tr" in body or body.count(b"<a ") > 40  # never so on a wall; looking twice costs
    if not reads and (wall := looks_blocked(body)):
        raise Blocked(Reason.of("list_walled", address=place, wall=wall, source=source), source=source)


def refuse_file(body: bytes) -> None:
    """Raises `NotReadable` for what is no page at all: an archive, a picture, plain text, nothing."""
    start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    found = next((file for mark, file in FILES if re.match(mark, start, re.DOTALL | re.MULTILINE)), None)
    if found is None and start[:1] not in (b"{", b"[") and not TAG.search(body.replace(b"\0", b"")):
        said = start[:40].decode("utf-8", "replace")
        found = Reason.of("a_text", start=said) if start else Reason.of("nothing")
    if found is not None:
        raise NotReadable(Reason.of("no_page_but", found=found))


def address_of(page: Page) -> tuple[str, bool]:
    """Where the page came from, and whether that is a web address: a saved page names it in a comment."""
    if saved := SAVED_FROM.search(page.body[:4096]):
        return saved[1].decode("utf-8", "replace"), True
    address = page.url or page.requested_url
    return address, address.startswith(("http://", "https://"))


def refuse_cut(markup: str) -> None:
    """Raises `NotReadable` when the page ends before its end: half a list is not a shorter list."""
    found = Counter(EDGES.findall(markup.lower()))  # in one pass over the page
    for tag in ("html", "table", "ul", "dl"):
        opened, closed = found[tag, ""], found["", tag]
        if opened > closed:
            raise NotReadable(Reason.of("page_cut", tag=tag, opened=opened, closed=closed))


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
    # An icon may be drawn as off by its class: its words then tell what is not so, and are not heard.
    if tag.name in DRAWN and tag.has("class") and any(OFF.search(name) for name in classes_of(tag)):
        return ""
    for name in ("alt", "aria-label", "title", "data-label-value"):
        if said := tag.get(name).strip():
            return f" {said} "
    if tag.name == "input" and tag.get("type") in ("checkbox", "radio"):
        return " ✓ " if tag.has("checked") else " ✗ "
    if tag.name in DRAWN:
        marks = " ".join((tag.get("class"), tag.get("src"), tag.get("href") or tag.get("xlink:href")))
        marks = re.sub(r"[-_/.#]", " ", marks.lower())
        return " ✗ " if CROSSED.search(marks) else " ✓ " if TICKED.search(marks) else ""
    return ""


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
