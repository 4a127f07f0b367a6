"""A row as its document shows it: the picture cut from a print, else the text around what the row prints.

The text is found without reading the document as the page that it is: a stranger's bytes are parsed by nobody
here, and the same bytes give the same place for whoever checks.
"""

from __future__ import annotations

from base64 import b64decode
from html import escape
from typing import TYPE_CHECKING

from notifiers.said import named
from scrapers.source import Pictures
from watcher.prove.sheet import Shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from notifiers.said.voice import Voice
    from scrapers.source import Source
    from state.model import Attestation, Page

OPENED = (".pdf", ".xml", ".json", ".txt")
"""Documents that a sheet leads to. A page of a register may run scripts, and is quoted instead."""
MOST = 1_200
"""Characters that are quoted: a row of a table, or a service of the trusted list without its certificates."""
NEAR = 20_000
"""Characters within which all that names a row must stand: a service with its certificates has as many."""
OPENS = ("<tr", "<li", "<article", "<TSPService>", "<tsl:TSPService>", "{")
"""Where a row may begin, whatever the page calls it."""


def picture_name(line: int) -> str:
    """The name of the picture of a row in an evidence file."""
    return f"pictures/{line}.png"


def pictures(
    source: Source | None, pages: Iterable[Page], sha256: str, rows: Iterable[tuple[int, Attestation]]
) -> Mapping[str, bytes]:
    """The rows cut from the document of that hash, by their names in a file, as far as they can be."""
    if not isinstance(source, Pictures):
        return {}
    page = next(page for page in pages if page.sha256 == sha256)
    found = ((line, source.picture(page, row)) for line, row in rows)
    return {picture_name(line): b64decode(one) for line, one in found if one is not None}


def cut_otherwise(source: Source, page: Page, row: Attestation, picture: bytes) -> bool:
    """Whether a picture is not what a source that can cut one cuts of the page again."""
    if not isinstance(source, Pictures):
        return False
    cut = source.picture(page, row)
    return cut is None or b64decode(cut) != picture


def shown_row(row: Attestation, document: tuple[str, Page], picture: str, say: Voice) -> Shown:
    """A row as a document in the file shows it: by the name of its picture, or by its text where there is
    none ("")."""
    name, kept = document
    opens = name.endswith(OPENED)
    place = named.place_text(row.place, say.lang) or "–"
    return Shown(
        said=_said(row, say.lang),
        document=f"{name}{_at(row.place)}" if opens else "",
        link=say("sheet.open" if opens else "sheet.named", file=name, place=place),
        picture=picture,
        quote="" if picture or name.endswith(".pdf") else quoted(kept.body, row),
    )


def _at(place: str) -> str:
    """The part of an address that opens a PDF at its page."""
    number = place.removeprefix("p. ").partition(",")[0]
    return f"#page={number}" if place.startswith("p. ") and number.isdecimal() else ""


def _said(row: Attestation, lang: str) -> str:
    """A row in a line: the holder as printed, the service, the decision, the dates."""
    parts = (
        named.printed(row.holder),
        named.subject_text(row, lang),
        named.ref_text(row, lang),
        named.validity_text(row, lang),
    )
    return " · ".join(filter(None, parts))


def unproven(say: Voice, key: str | None, pictures: Collection[object]) -> tuple[str, ...]:
    """What no evidence file shows by itself."""
    alone = say("sheet.not_signed") if key is None else say("sheet.not_whose")
    return (say("sheet.not_true"), *([say("sheet.not_picture")] if pictures else []), alone)


def sealed(head: str, key: str | None, say: Voice) -> Mapping[str, str]:
    """The head of the chain, and whose signature stands below."""
    return {"head": head, "signature": key or say("sheet.none")}


def quoted(body: bytes, row: Attestation) -> str:
    """The text around what a row prints, or "" where that is not found: nothing else is ever shown for it."""
    text = body.decode("utf-8", "replace")
    printed = [name for name in (row.printed_ref, row.subject, row.holder) if name]
    # Some references are keys of ours, which no document prints.
    names = [name for name in printed if any(way in text for way in _ways(name))]
    if not names or (row.holder and row.holder not in names):
        return ""
    for at in _places(text, names[0]):
        near = text[max(0, at - NEAR) : at + NEAR]
        if all(any(way in near for way in _ways(name)) for name in names[1:]):
            return _row(text, at)
    return ""


def _places(text: str, name: str) -> Iterator[int]:
    """Where a name stands, however it is written in markup or JSON."""
    for way in dict.fromkeys(_ways(name)):
        at = text.find(way)
        while at >= 0:
            yield at
            at = text.find(
                way, at + NEAR
            )  # nearer ones have the same neighbours, among which one was lacking


def _ways(name: str) -> tuple[str, ...]:
    return name, escape(name, quote=False), escape(name), name.replace('"', '\\"')


def _row(text: str, at: int) -> str:
    """From where the row begins, as far as one can see, and no more of it than is read."""
    start = max(text.rfind(mark, max(0, at - MOST), at) for mark in OPENS)
    start = start if start >= 0 else max(0, at - MOST // 4)
    return text[start : start + MOST].replace("\r", "")
