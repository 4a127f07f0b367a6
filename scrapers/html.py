"""Opening pages nobody has seen: what a person would see on them, whatever their dress.

A page may be HTML, a fragment of it, a Drupal `/views/ajax` command array, JSON that wraps HTML, or plain
JSON records. `open_page` settles that once; `scrapers.records` finds the repeated rows in the result.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from scrapers.challenge import looks_blocked
from scrapers.source import Blocked, LayoutChanged
from state.model import Page
from state.names import fold

UNSEEN = frozenset({"script", "style", "template", "noscript", "select", "option", "textarea", "head"})
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "label",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
TICKED = re.compile(r"\b(check|checked|tick|ok|yes|valid|success|done)\b")
CROSSED = re.compile(r"\b(times|cross|xmark|no|close|error|remove|uncheck|unchecked|minus|ko)\b")
MARKUP = re.compile(r"<(table|tr|ul|li|dl|div|article|section|p)\b", re.IGNORECASE)
COOKIES = re.compile(r"cookie|tarteaucitron|consent|didomi|orejime|klaro|axeptio", re.IGNORECASE)
SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one place of a page says: its text, the same by printed lines, and where it links to."""

    text: str
    lines: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way to another page: its address (absolute), what is printed on it, and what stands around it."""

    address: str
    label: str
    around: str
    current: bool
    letter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One page opened for reading.

    `address` is where it came from, also when a person saved it; `main` the part that carries content, None
    for JSON records, which are in `data`. `headline` is its title, first headings and captions, folded.
    """

    index: int
    address: str
    fetched: bool
    whole: Tag | None
    main: Tag | None
    data: object
    headline: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """All that the page says, folded."""
        return fold(" ".join(self.lines))


def open_page(source: str, index: int, page: Page) -> Document:
    """One page of a look, opened; `LayoutChanged` when it is cut short or no page, `Blocked` on a wall."""
    place = page.requested_url or page.url or f"page {index + 1}"
    reads = b"<tr" in page.body or page.body.count(b"<a ") > 40  # never so on a wall; looking twice costs
    wall = None if reads else looks_blocked(page.body)
    if wall is not None:
        raise Blocked(
            f"{source}: {place}: expected the list; found {wall}. Nothing was read and nothing "
            "changes. Save the "
            f"page from a browser and run `vigilabel import {source} FILE…`"
        )
    data = json_of(source, page.body, place)
    markup = page.body if data is None else fragments_of(data)
    address, fetched = address_of(page)
    if data is not None and not markup:
        return Document(
            index=index,
            address=address,
            fetched=fetched,
            whole=None,
            main=None,
            data=data,
            headline="",
            lines=(),
        )
    refuse_cut(source, markup, place)
    whole = BeautifulSoup(
        markup, "lxml", from_encoding=charset_of(page) if isinstance(markup, bytes) else None
    )
    main = main_of(whole)
    return Document(
        index=index,
        address=address,
        fetched=fetched,
        whole=whole,
        main=main,
        data=json_in(whole),
        headline=headline_of(whole, main),
        lines=lines_of(main),
    )


def address_of(page: Page) -> tuple[str, bool]:
    """Where the page came from, and whether that is a web address: a saved page names it in a comment."""
    saved = SAVED_FROM.search(page.body[:4096])
    if saved:
        return saved.group(1).decode("utf-8", "replace"), True
    address = page.url or page.requested_url
    return address, address.startswith(("http://", "https://"))


def charset_of(page: Page) -> str | None:
    """The character set that the server announced, if any; the document's own is found by the parser."""
    found = re.search(r"charset=[\"']?([\w-]+)", page.content_type, re.IGNORECASE)
    return found.group(1) if found else None


def json_of(source: str, body: bytes, place: str) -> object:
    """The JSON of a page, None when it is not JSON."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start not in (b"{", b"["):
        return None
    try:
        return json.loads(body.decode("utf-8-sig"))
    except ValueError as error:
        raise LayoutChanged(
            source, expected="whole JSON", found=f"JSON that ends early ({error})", place=place
        ) from error


def fragments_of(data: object) -> str:
    """The HTML that JSON wraps: the `insert` commands of Drupal, or values that hold markup; "" for none."""
    if isinstance(data, list) and any(isinstance(c, dict) and "command" in c for c in data):
        inserts = [c.get("data") for c in data if isinstance(c, dict) and c.get("command") == "insert"]
        return "\n".join(d for d in inserts if isinstance(d, str)) or "<div></div>"
    return "\n".join(s for s in strings_of(data) if MARKUP.search(s))


def strings_of(data: object) -> Iterator[str]:
    """Every text inside JSON, in order."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from strings_of(value)
    elif isinstance(data, list):
        for value in data:
            yield from strings_of(value)


def json_in(whole: Tag) -> tuple[object, ...]:
    """The JSON blocks that a page carries for its scripts."""
    found = []
    for script in whole.find_all("script", type=re.compile("json")):
        try:
            found.append(json.loads(script.get_text()))
        except ValueError:
            continue  # a block for somebody else's script; nothing here depends on it
    return tuple(found)


def refuse_cut(source: str, markup: bytes | str, place: str) -> None:
    """Raises `LayoutChanged` when the page ends before its end: half a list is not a shorter list."""
    text = (markup if isinstance(markup, str) else markup.decode("latin-1")).lower()
    for tag in ("html", "table", "ul", "dl"):
        opened = len(re.findall(rf"<{tag}[\s>]", text))
        closed = len(re.findall(rf"</{tag}\s*>", text))
        if opened > closed:
            found = f"{opened} <{tag}> and {closed} </{tag}>"
            raise LayoutChanged(source, expected="a page that is whole", found=found, place=place)
    if not text.strip():
        raise LayoutChanged(source, expected="a page", found="nothing", place=place)


def main_of(whole: Tag) -> Tag:
    """The part of the page that carries its content, without menus, asides, footers and cookie banners."""
    body = whole.body or whole
    main = body.find("main") or body.find(lambda tag: tag.get("role") == "main") or body.find(id="content")
    root = main if isinstance(main, Tag) else body
    for tag in root.find_all(["nav", "aside", "header", "footer", "div", "section", "dialog"]):
        if not tag.decomposed and furniture(tag, root):
            tag["data-furniture"] = "1"
    return root


def furniture(tag: Tag, root: Tag) -> bool:
    """Whether an element is a menu, an aside, the site's header or footer, or a cookie banner."""
    if tag.name in ("nav", "aside"):
        return True
    if tag.name in ("header", "footer"):  # a card may have its own header: only the page's are furniture
        return tag.parent is root or tag.get("role") in ("banner", "contentinfo")
    marks = " ".join((str(tag.get("id") or ""), *classes_of(tag)))
    return bool(COOKIES.search(marks)) and (tag.get("role") == "dialog" or tag.find("button") is not None)


def headline_of(whole: Tag, main: Tag) -> str:
    """Title, first headings and captions of a page, folded: what tells its topic."""
    heads = main.find_all(["h1", "h2", "caption"], limit=20)
    title = [text_of(whole.title)] if whole.title else []
    return fold(" | ".join([*title, *(text_of(h) for h in heads)]))


def classes_of(tag: Tag) -> tuple[str, ...]:
    """The class names of an element."""
    value = tag.get("class")
    return tuple(value) if isinstance(value, list) else tuple(str(value or "").split())


def text_of(node: PageElement | None) -> str:
    """What a person reads in an element, on one line; icons speak by their alternative text."""
    return " ".join(lines_of(node))


def lines_of(node: PageElement | None) -> tuple[str, ...]:
    """What a person reads in an element, by printed lines."""
    parts: list[str] = []
    if node is not None:
        gather(node, parts)
    lines = (" ".join(INVISIBLE.sub("", line).split()) for line in "".join(parts).split("\n"))
    return tuple(line for line in lines if line)


def gather(node: PageElement, parts: list[str]) -> None:
    """Appends the visible text of a node, a line feed at the edges of blocks."""
    if isinstance(node, NavigableString):
        if not isinstance(node, PreformattedString):
            parts.append(re.sub(r"\s+", " ", node))
        return
    if not isinstance(node, Tag) or node.name in UNSEEN or "data-furniture" in node.attrs:
        return
    if node.name == "br":
        parts.append("\n")
        return
    edge = ["\n"] if node.name in BLOCKS else []
    parts += edge
    start = len(parts)
    for child in node.children:
        gather(child, parts)
    if not any(p.strip() for p in parts[start:]):
        parts.append(sign_of(node))
    parts += edge


def sign_of(tag: Tag) -> str:
    """What an element without text says: the words of an image, a ticked box, or the name of an icon."""
    for name in ("alt", "aria-label", "title", "data-label-value"):
        said = str(tag.get(name) or "").strip()
        if said:
            return f" {said} "
    if tag.name == "input" and tag.get("type") in ("checkbox", "radio"):
        return " ✓ " if tag.has_attr("checked") else " ✗ "
    if tag.name in ("i", "span", "svg", "img", "use", "em", "b"):
        marks = " ".join(
            (*classes_of(tag), str(tag.get("src") or ""), str(tag.get("href") or tag.get("xlink:href") or ""))
        )
        marks = re.sub(r"[-_/.#]", " ", marks.lower())
        if CROSSED.search(marks):
            return " ✗ "
        if TICKED.search(marks):
            return " ✓ "
    return ""


def cell_of(node: Tag, base: str = "") -> Cell:
    """The content of an element as a cell; a linked file goes before any other link."""
    lines = lines_of(node)
    holds = any(isinstance(child, Tag) for child in node.children)
    links = [str(a["href"]) for a in node.find_all("a", href=True)] if holds else []
    if node.name == "a" and node.get("href"):
        links.append(str(node["href"]))
    links.sort(key=lambda address: not address.lower().split("?")[0].endswith(".pdf"))
    link = (
        urljoin(base, links[0])
        if links and not links[0].startswith(("#", "mailto:", "javascript:", "tel:"))
        else ""
    )
    return Cell(text=" ".join(lines), lines=lines, link=link)
