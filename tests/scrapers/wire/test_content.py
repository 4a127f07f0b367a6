from __future__ import annotations

import pytest
from lxml import etree

from notifiers.said.reasons import said
from scrapers.source import Expect
from scrapers.wire.content import bare_xml, kind_of, unexpected
from state.model import Reason

KINDS = {
    "pdf": b"\n%PDF-1.4\n1 0 obj",
    "html": b"<!DOCTYPE html>\n<html lang='fr'><head>",
    "html with a warning before it": b"Notice: undefined index<br>\n<html><body>",
    "html as xhtml": b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'><html xmlns='x'>",
    "xml": b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><TrustServiceStatusList>",
    "json": b'\r\n[{"command": "insert"}]',
    "markup": b"<div class='view-content'><p>OVH</p></div>",
    "text": b"error code: 1020",
}


@pytest.mark.parametrize(("kind", "body"), KINDS.items(), ids=KINDS.keys())
def test_a_body_is_known_by_its_first_bytes(kind: str, body: bytes) -> None:
    assert kind_of(body) == kind.split()[0]


@pytest.mark.parametrize("expect", ["html", "xml"])
def test_a_fragment_may_be_html_or_xml(expect: Expect) -> None:
    assert unexpected(KINDS["markup"], expect) is None


def in_english(reason: Reason | None) -> str:
    return said(reason, "en") if reason else ""


@pytest.mark.parametrize(
    ("expect", "found"),
    [("pdf", "html"), ("html", "pdf"), ("html", "json"), ("xml", "html"), ("json", "html"), ("json", "text")],
)
def test_another_kind_in_its_place_is_refused(expect: Expect, found: str) -> None:
    wrong = unexpected(KINDS[found], expect)

    assert wrong is not None
    assert said(wrong, "en").startswith(f"expected a document in {expect.upper()}; found ")
    assert unexpected(KINDS[found], None) is None


def test_the_title_of_a_page_in_place_of_a_pdf_is_said() -> None:
    page = b"<html><head><title>\n Guides &amp; r\xc3\xa9f\xc3\xa9rentiels </title></head>"

    assert in_english(unexpected(page, "pdf")) == (
        "expected a document in PDF; found an HTML page titled 'Guides & référentiels'"
    )


def test_a_pdf_ends_with_its_mark() -> None:
    whole = b"%PDF-1.4\n" + bytes(5000) + b"%%EOF\n"

    assert unexpected(whole, "pdf") is None
    assert unexpected(whole + bytes(900), "pdf") is None
    assert in_english(unexpected(whole[:-3], "pdf")) == (
        "expected a whole PDF; found 5012 bytes without %%EOF at their end"
    )


def test_a_page_that_speaks_of_pdf_is_none() -> None:
    page = b"<html><title>%PDF-1.7 could not be made</title></html>"
    assert in_english(unexpected(page, "pdf")) == (
        "expected a document in PDF; found an HTML page titled '%PDF-1.7 could not be made'"
    )


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8"])
def test_xml_is_known_in_every_encoding_that_marks_itself(encoding: str) -> None:
    body = "\ufeff\n<?xml version='1.0'?><list/>".encode(encoding)
    assert unexpected(body, "xml") is None
    assert etree.fromstring(bare_xml(body)).tag == "list"
