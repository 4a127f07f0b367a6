"""What a body is: the kind of document that was asked for, or something else in its place."""

from __future__ import annotations

import html
import re
from typing import Literal

Expect = Literal["pdf", "html", "xml", "json"]

TAIL = 1024
"""How near the end of a PDF its `%%EOF` must be (ISO 32000-1, Annex H, note 18)."""
HTML_ROOT = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,300})", re.IGNORECASE)


def kind_of(body: bytes) -> str:
    """The kind by the first bytes: pdf, json, html, xml, markup (a fragment of html or xml) or text.

    The server's word is not asked: an old link to a PDF may answer 200 with a page of HTML.
    """
    head = body[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head[:1] in (b"{", b"["):
        return "json"
    if HTML_ROOT.search(head):
        return "html"
    if head.startswith(b"<?xml"):
        return "xml"
    return "markup" if head.startswith(b"<") else "text"


def unexpected(body: bytes, expect: Expect | None) -> str | None:
    """What is wrong with a body ("expected …; found …"), or None when it is what was asked for."""
    if not body.strip():
        return f"expected {_name(expect)}; found an empty body"
    if expect is None:
        return None
    found = kind_of(body)
    if found != expect and not (found == "markup" and expect in ("html", "xml")):
        return f"expected {_name(expect)}; found {_said(found, body)}"
    if expect == "pdf" and b"%%EOF" not in body[-TAIL:]:
        return f"expected a whole PDF; found {len(body)} bytes without %%EOF at their end"
    return None


def _name(expect: Expect | None) -> str:
    return "a document" if expect is None else f"a document in {expect.upper()}"


def _said(found: str, body: bytes) -> str:
    title = TITLE.search(body[:20_000])
    if found == "html" and title:
        text = " ".join(html.unescape(title[1].decode("utf-8", "replace")).split())
        return f"an HTML page titled {text[:120]!r}"
    return f"{'plain text' if found == 'text' else found.upper()} of {len(body)} bytes"
