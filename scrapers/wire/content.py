"""What a body is: the kind of document that was asked for, or something else in its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from state.model import Reason

if TYPE_CHECKING:
    from scrapers.source import Expect

HEAD = 1024
"""How near its beginning a PDF must say what it is: what a server or a script prints before it is passed over
by every reader (ISO 32000-1, Annex H, note 13)."""
TAIL = 4096
"""How near the end of a PDF its `%%EOF` must be; readers look back as far as that for the way in."""
PADDING = b"\0 \t\r\n\f"
MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
UTF_16 = tuple(mark for mark, _ in MARKS)
HTML_ROOT = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,300})", re.IGNORECASE)


def kind_of(body: bytes) -> str:
    """The kind by the first bytes: pdf, json, html, xml, markup (a fragment of html or xml) or text.

    The server's word is not asked: an old link to a PDF may answer 200 with a page of HTML.
    """
    start = pdf_start(body)
    if start >= 0 and (not bare(body[:start]) or has_pdf_end(body)):
        return "pdf"
    head = _decoded(body[:4096]).removeprefix(b"\xef\xbb\xbf").lstrip(PADDING)
    if head[:1] in (b"{", b"["):
        return "json"
    if HTML_ROOT.search(head):
        return "html"
    if head.startswith(b"<?xml"):
        return "xml"
    return "markup" if head.startswith(b"<") else "text"


def _decoded(head: bytes) -> bytes:
    """Bytes as UTF-8, where a mark says that they are UTF-16."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace").encode()
    return head


def bare_xml(body: bytes) -> bytes:
    """A document in UTF-8 without what stands around it: byte order marks, blank space, zero bytes. One in
    UTF-16 is rewritten, without its declaration."""
    plain = bare(_decoded(body))
    return re.sub(rb"\A<\?xml[^>]*\?>", b"", plain) if body.startswith(UTF_16) else plain


def bare(body: bytes) -> bytes:
    """A text in UTF-8 without what stands around it: byte order marks, blank space, zero bytes."""
    return body.strip(PADDING).removeprefix(b"\xef\xbb\xbf").strip(PADDING)


def pdf_start(body: bytes) -> int:
    """Where a PDF begins in a body, -1 when none does: after the bytes that readers pass over."""
    return body.find(b"%PDF-", 0, HEAD + len(b"%PDF-"))


def has_pdf_end(body: bytes) -> bool:
    """Whether a PDF reaches its end mark; what a server adds behind it is passed over."""
    return b"%%EOF" in body.rstrip(PADDING)[-TAIL:]


def unexpected(body: bytes, expect: Expect | None) -> Reason | None:
    """What is wrong with a body, or None when it is what was asked for."""
    wanted = (expect or "").upper()
    if not body.strip():
        return Reason.of("empty_document", wanted=wanted) if wanted else Reason.of("empty_body")
    found = kind_of(body)
    if expect is None or (found == "markup" and expect in ("html", "xml")):
        return None
    if found != expect:
        return _other(found, body, wanted)
    if expect == "pdf" and not has_pdf_end(body):
        return Reason.of("pdf_cut_off", size=len(body))
    return None


def _other(found: str, body: bytes, wanted: str) -> Reason:
    title = TITLE.search(body[:20_000])
    if found == "html" and title:
        from html import unescape

        text = " ".join(unescape(title[1].decode("utf-8", "replace")).split())
        return Reason.of("other_page", wanted=wanted, title=text[:120])
    if found == "text":
        return Reason.of("other_text", wanted=wanted, size=len(body))
    return Reason.of("other_kind", wanted=wanted, found=found.upper(), size=len(body))
