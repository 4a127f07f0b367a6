"""What a document looks like at a glance, whichever source it is for: for people, never for reading rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import Tag

from notifiers.said.doubts import said
from scrapers.wire.challenge import looks_blocked
from scrapers.wire.content import has_pdf_end, kind_of

BUILDERS = (
    ("Drupal", re.compile(rb'generator" content="drupal|data-drupal|/views/ajax|drupalsettings', re.I)),
    ("WordPress", re.compile(rb"/wp-content/|/wp-json/", re.I)),
    ("Liferay", re.compile(rb"liferay", re.I)),
    ("a React or Next.js application", re.compile(rb'__next_data__|data-reactroot|id="root"></div>', re.I)),
    ("an Angular application", re.compile(rb"ng-version=|<app-root", re.I)),
    ("a Vue or Nuxt application", re.compile(rb"__nuxt__|data-v-app", re.I)),
)
"""What a page was built with, by marks in its source: it tells where rows may be hiding."""
MAINTENANCE = re.compile(rb"maintenance|temporairement indisponible|service unavailable", re.I)
BARE = 400  # characters of text: a page with less is a shell that a script fills, or a notice
ROOT_TAG = re.compile(rb"<(?:\w+:)?([A-Za-z]\w*)")


def glance(body: bytes) -> str:
    """What a person would say of a document after a second: its kind, its title, what it is made of."""
    if not body.strip():
        return "an empty document"
    kind = kind_of(body)
    if kind == "pdf":
        return "a PDF that is CUT OFF before its end" if is_cut(body) else "a PDF"
    if kind == "json":
        return f"JSON: {_json(body)}"
    if kind == "xml":
        cut = " that is CUT OFF before its end" if is_cut(body) else ""
        return f"XML with the root element {_root_of(body)}{cut}" if _root_of(body) else "XML"
    if kind == "text":
        return f"plain text that begins {body[:60].decode('utf-8', 'replace')!r}"
    return _markup(body)


def _root_of(body: bytes) -> str:
    root = ROOT_TAG.search(re.sub(rb"<[?!][^>]*>", b"", body[:4096]))
    return root[1].decode() if root else ""


def _json(body: bytes) -> str:
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return "damaged, or cut off before its end"
    if isinstance(data, list):
        commands = bool(data) and all(isinstance(one, dict) and "command" in one for one in data)
        what = "Drupal commands that change a page" if commands else "values"
        return f"a list of {len(data)} {what}"
    return f"an object with {', '.join(map(repr, list(data)[:6]))}" if isinstance(data, dict) else "a value"


def _markup(body: bytes) -> str:
    soup = BeautifulSoup(body, "lxml")
    title = " ".join(soup.title.get_text(" ").split()) if soup.title else ""
    said = f"an HTML page titled {title[:120]!r}" if title else "a piece of HTML without a title"
    parts = [*_makings(soup)]
    for unseen in soup.find_all(["script", "style", "template", "title"]):
        unseen.decompose()
    text = " ".join(soup.get_text(" ").split())
    parts.append(f"{len(text)} characters of text")
    said += ", with " + ", ".join(parts)
    if built := next((name for name, mark in BUILDERS if mark.search(body)), ""):
        said += f"; built with {built}" if " " not in built else f"; {built}"
    return "; ".join([said, *_warnings(body, text)])


def _makings(soup: BeautifulSoup) -> Iterator[str]:
    rows = [len(table.find_all("tr")) for table in soup.find_all("table")]
    if rows:
        yield f"{len(rows)} table{'s' if len(rows) > 1 else ''} ({', '.join(map(str, rows[:5]))} rows)"
    for name, selector in (
        ("list items", "li"),
        ("links", "a[href]"),
        ("forms", "form"),
        ("frames", "iframe"),
    ):
        found = soup.select(selector)
        if found:
            yield f"{len(found)} {name if len(found) > 1 else name.removesuffix('s')}"
    if files := sum(_is_file(link) for link in soup.select("a[href]")):
        yield f"{files} of the links to files (PDF, CSV, XLSX)"


def _is_file(link: Tag) -> bool:
    return bool(re.search(r"\.(pdf|csv|xlsx?|ods)$", str(link["href"]).split("?")[0], re.I))


def _warnings(body: bytes, text: str) -> Iterator[str]:
    if notice := instead_of(body):
        yield f"this is {notice}, not the register"
    elif len(text) < BARE and b"<script" in body.lower():
        yield "hardly any text: a script seems to fill this page, its rows then come from a data address"
    if is_cut(body):
        yield "it is CUT OFF before its end"


def instead_of(body: bytes) -> str:
    """What stands in place of the register ("a notice of maintenance"), "" for what may be the register."""
    if wall := looks_blocked(body):
        return said(wall, "en")
    if kind_of(body) in ("html", "markup") and MAINTENANCE.search(body):
        soup = BeautifulSoup(body, "lxml")
        for unseen in soup.find_all(["script", "style", "template"]):
            unseen.decompose()
        return "a notice of maintenance" if len(" ".join(soup.get_text(" ").split())) < BARE else ""
    return ""


def is_cut(body: bytes) -> bool:
    """Whether a document ends before its end."""
    if kind_of(body) == "pdf":
        return not has_pdf_end(body)
    if kind_of(body) == "xml" and (root := _root_of(body)):
        return not re.search(rb"</(?:\w+:)?" + root.encode() + rb"\s*>\s*\Z", body[-1024:])
    low = body.lower()
    return b"<html" in low and b"</html" not in low
