"""The text of a row in a document that is no print: the place in it that names the row, as it was received.

Found by looking for what the row prints, without reading the document as the page that it is: a stranger's
bytes are parsed by nobody here, and the same bytes give the same place for whoever checks.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from state.model import Attestation

MOST = 1_200
"""Characters that are quoted: a row of a table, or a service of the trusted list without its certificates."""
NEAR = 20_000
"""Characters within which all that names a row must stand: a service with its certificates has as many."""
OPENS = ("<tr", "<li", "<article", "<TSPService>", "<tsl:TSPService>", "{")
"""Where a row may begin, whatever the page calls it."""


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
            at = text.find(way, at + NEAR)


def _ways(name: str) -> tuple[str, ...]:
    return name, escape(name, quote=False), escape(name), name.replace('"', '\\"')


def _row(text: str, at: int) -> str:
    """From where the row begins, as far as one can see, and no more of it than is read."""
    start = max(text.rfind(mark, max(0, at - MOST), at) for mark in OPENS)
    start = start if start >= 0 else max(0, at - MOST // 4)
    return text[start : start + MOST].replace("\r", "")
