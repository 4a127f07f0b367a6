"""What a document looks like at a glance, whichever source it is for: for people, never for reading rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import Tag

from scrapers.wire.challenge import looks_blocked
from scrapers.wire.content import has_pdf_end, kind_of
from state.model import Reason
from watcher.doctor.examination import Glance

BUILDERS = (
    (
        Reason.of("built_with", by="Drupal"),
        re.compile(rb'generator" content="drupal|data-drupal|/views/ajax|drupalsettings', re.I),
    ),
    (Reason.of("built_with", by="WordPress"), re.compile(rb"/wp-content/|/wp-json/", re.I)),
    (Reason.of("built_with", by="Liferay"), re.compile(rb"liferay", re.I)),
    (
        Reason.of("built_app", by="React", other="Next.js"),
        re.compile(rb'__next_data__|data-reactroot|id="root"></div>', re.I),
    ),
    (Reason.of("built_angular"), re.compile(rb"ng-version=|<app-root", re.I)),
    (Reason.of("built_app", by="Vue", other="Nuxt"), re.compile(rb"__nuxt__|data-v-app", re.I)),
)
"""What a page was built with, by marks in its source: it tells where rows may be hiding."""
MAINTENANCE = re.compile(rb"maintenance|temporairement indisponible|service unavailable", re.I)
BARE = 400  # characters of text: a page with less is a shell that a script fills, or a notice
XML = Reason.of("looks_xml")
ROOT_TAG = re.compile(rb"<(?:\w+:)?([A-Za-z]\w*)")


def glance(body: bytes) -> Glance:
    """What a person would say of a document after a second: its kind, its title, what it is made of."""
    cut, instead = _is_cut(body), instead_of(body)
    return Glance(looks=tuple(_looks(body, cut, instead)), instead=instead is not None, cut=cut)


def _looks(body: bytes, cut: bool, instead: Reason | None) -> Iterator[Reason]:
    if not body.strip():
        yield Reason.of("looks_empty")
        return
    match kind_of(body):
        case "pdf":
            yield Reason.of("looks_pdf_cut" if cut else "looks_pdf")
        case "json":
            yield Reason.of("looks_json", what=_json(body))
        case "xml":
            root = _root_of(body)
            yield Reason.of("looks_root_cut" if cut else "looks_root", root=root) if root else XML
        case "text":
            yield Reason.of("looks_text", begins=body[:60].decode("utf-8", "replace"))
        case _:
            yield from _markup(body, cut, instead)


def _root_of(body: bytes) -> str:
    # Not parsed: this must say something of a document that no parser takes.
    root = ROOT_TAG.search(re.sub(rb"<[?!][^>]*>", b"", body[:4096]))
    return root[1].decode() if root else ""


def _json(body: bytes) -> Reason:
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Reason.of("json_damaged")
    if isinstance(data, list):
        commands = bool(data) and all(isinstance(one, dict) and "command" in one for one in data)
        return Reason.of("json_commands" if commands else "json_values", many=len(data))
    if isinstance(data, dict):
        return Reason.of("json_object", names=", ".join(map(repr, list(data)[:6])))
    return Reason.of("json_value")


def _markup(body: bytes, cut: bool, instead: Reason | None) -> Iterator[Reason]:
    soup = BeautifulSoup(body, "lxml")
    title = " ".join(soup.title.get_text(" ").split())[:120] if soup.title else ""
    parts = [*_makings(soup)]
    text = _text(soup, "title")
    counts = (*parts, Reason.of("has_text", characters=len(text)))
    yield (
        Reason.of("looks_page", title=title, counts=counts)
        if title
        else Reason.of("looks_piece", counts=counts)
    )
    yield from [how for how, mark in BUILDERS if mark.search(body)][:1]
    if instead:
        yield Reason.of("looks_instead", notice=instead)
    elif len(text) < BARE and b"<script" in body.lower():
        yield Reason.of("looks_scripted")
    if cut:
        yield Reason.of("looks_cut")


def _text(soup: BeautifulSoup, *beside: str) -> str:
    """The text that a person sees, without these elements, on one line; what is unseen leaves the tree."""
    for unseen in soup.find_all(["script", "style", "template", *beside]):
        unseen.decompose()
    return " ".join(soup.get_text(" ").split())


def _makings(soup: BeautifulSoup) -> Iterator[Reason]:
    rows = [len(table.find_all("tr")) for table in soup.find_all("table")]
    if rows:
        yield Reason.of("has_tables", tables=len(rows), rows=", ".join(map(str, rows[:5])))
    links = soup.find_all("a", href=True)
    for code, found in (
        ("has_items", soup.find_all("li")),
        ("has_links", links),
        ("has_forms", soup.find_all("form")),
        ("has_frames", soup.find_all("iframe")),
    ):
        if found:
            yield Reason(code=code, values={"many": len(found)})
    if files := sum(map(_is_file, links)):
        yield Reason.of("has_files", many=files)


def _is_file(link: Tag) -> bool:
    return bool(re.search(r"\.(pdf|csv|xlsx?|ods)$", str(link["href"]).split("?")[0], re.I))


def instead_of(body: bytes) -> Reason | None:
    """What stands in place of the register (a notice of maintenance), None for what may be the register."""
    if wall := looks_blocked(body):
        return wall
    if kind_of(body) not in ("html", "markup") or not MAINTENANCE.search(body):
        return None
    text = _text(BeautifulSoup(body, "lxml"))
    return Reason.of("wall_maintenance") if len(text) < BARE else None


def _is_cut(body: bytes) -> bool:
    """Whether a document ends before its end."""
    if kind_of(body) == "pdf":
        return not has_pdf_end(body)
    # A proxy or a server that gives up leaves a good beginning, and a status of 200.
    if kind_of(body) == "xml" and (root := _root_of(body)):
        return not re.search(rb"</(?:\w+:)?" + root.encode() + rb"\s*>\s*\Z", body[-1024:])
    low = body.lower()
    return b"<html" in low and b"</html" not in low
