"""What a person reads on a page, whatever its tags."""

from __future__ import annotations

import json

import pytest
from hds_layouts import SEEN_AT
from refusals import refuses

from scrapers.ans_hds.words import WORDS
from scrapers.page.data import json_in
from scrapers.page.html import lines_of, open_page, text_of
from scrapers.page.json_rows import object_tables
from scrapers.page.records import cells_of, grid_of, own_rows
from scrapers.page.tree import grown
from scrapers.source import LayoutChanged, TooMuch
from state.model import Page


def said(markup: str) -> str:
    return text_of(grown(markup))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<img src="x.svg" alt="Oui">', "Oui"),
        ('<i class="fa fa-check" title="Certifié"></i>', "Certifié"),
        ('<i class="fa-solid fa-check"></i>', "✓"),
        ('<i class="fa fa-times"></i>', "✗"),
        ('<input type="checkbox" checked>', "✓"),
        ('<svg aria-label="Non"><path/></svg>', "Non"),
        ("a<!-- note --><script>b</script>c", "ac"),
        ("Sys­tème​s\xa0 d'information", "Systèmes d'information"),
        ("<p>un</p><p>deux</p>", "un deux"),
        ("<b>Ca</b>ps", "Caps"),
    ],
)
def test_words_are_read_as_a_person_reads_them(markup: str, text: str) -> None:
    assert said(markup) == text


def test_lines_end_where_print_ends() -> None:
    assert lines_of(grown("<td>12 rue X<br>75000 Paris<div>France</div></td>")) == (
        "12 rue X",
        "75000 Paris",
        "France",
    )


def test_the_address_of_a_saved_page_is_the_one_in_its_comment() -> None:
    body = (
        b"<!DOCTYPE html>\n<!-- saved from url=(0031)https://esante.gouv.fr/node/2383 "
        b"-->\n<html><body>x</body></html>"
    )
    page = Page(url="file:///tmp/x.html", body=body, fetched_at=SEEN_AT)
    assert open_page("ans-hds", 0, page).address == "https://esante.gouv.fr/node/2383"


DEEP = 300
BRACKETS = 5000
"""So deep that the library itself gives up."""


@pytest.mark.parametrize("depth", [DEEP, BRACKETS])
def test_data_nested_deeper_than_any_list_is_another_layout(depth: int) -> None:
    body = b"[" * depth + b"]" * depth
    with refuses(LayoutChanged, match="200 deep"):
        open_page("ans-hds", 0, Page(url="https://esante.gouv.fr/", body=body, fetched_at=SEEN_AT))


@pytest.mark.parametrize("depth", [DEEP, BRACKETS])
@pytest.mark.parametrize(
    "carrier",
    [
        '<script type="application/json">{}</script>',
        "<script>window.liste = {};" + " " * 3000 + "</script>",
        "<div data-rows='{}'></div>",
    ],
)
def test_deep_data_of_somebody_elses_script_is_passed_over(depth: int, carrier: str) -> None:
    data = "[" * depth + '{"a": 1}' + "]" * depth
    rows = "<table><tr><td>Alpha</td></tr></table>"
    body = f"<html><body><h1>Liste</h1>{rows}{carrier.replace('{}', data)}</body></html>".encode()
    page = open_page("ans-hds", 0, Page(url="https://esante.gouv.fr/", body=body, fetched_at=SEEN_AT))
    assert page.text == "liste alpha"
    assert page.whole is not None
    assert json_in(page.whole) == ()


def test_an_element_with_attributes_without_end_is_another_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrapers.source.MOST_STEPS", 20_000)
    monkeypatch.setattr("scrapers.page.tree.LADEN", 500)
    marks, quoted = " ".join(f"a{n}" for n in range(300)), "b='x > y'" * 300
    for laden in (marks, quoted):
        body = f"<html><body><p {laden}>Alpha</p></body></html>".encode()
        with refuses(LayoutChanged, match="more than 20000 steps"):
            open_page("ans-hds", 0, Page(url="https://esante.gouv.fr/", body=body, fetched_at=SEEN_AT))
    said = f"<p title='{marks}'>Alpha</p><script>for(i=0;i<n;i++){{{marks}}}</script><p>{marks}</p>"
    body = f"<html><body>{said}</body></html>".encode()
    page = open_page("ans-hds", 0, Page(url="https://esante.gouv.fr/", body=body, fetched_at=SEEN_AT))
    assert page.lines == ("Alpha", marks)


def test_data_of_far_more_values_than_any_list_has_is_another_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrapers.source.MOST_STEPS", 2000)
    wides: tuple[object, ...] = (list(range(300)), {str(n): n for n in range(300)}, [[]] * 300)
    for wide in wides:
        body = json.dumps(wide).encode()
        with refuses(LayoutChanged, match="more than 2000 steps"):
            open_page("ans-hds", 0, Page(url="https://esante.gouv.fr/", body=body, fetched_at=SEEN_AT))
        rows = "<table><tr><td>Alpha</td></tr></table>"
        carrier = f'<script type="application/json">{body.decode()}</script>'
        body = f"<html><body>{rows}{carrier}</body></html>".encode()
        page = open_page("ans-hds", 0, Page(url="https://esante.gouv.fr/", body=body, fetched_at=SEEN_AT))
        assert (page.text, page.data) == ("alpha", ())


def test_rows_that_would_be_far_more_than_their_data_are_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrapers.source.MOST_STEPS", 2000)
    row = {**{f"k{n}": n for n in range(60)}, "list": [{"n": 1}] * 60}
    with refuses(TooMuch, match="more than 2000 steps"):
        [*object_tables([row], WORDS)]


def test_cells_that_span_far_more_places_than_there_are_cells_are_another_layout() -> None:
    """Each span is within bounds; together they would cover a thousand places a cell."""
    first = '<td colspan="100" rowspan="2000">x</td>' * 5
    table = grown(f"<table><tr>{first}</tr>{'<tr><td>y</td></tr>' * 50}</table>")
    (found,) = table.every("table")
    rows = own_rows(found)
    with refuses(LayoutChanged, match="span more than 11100 places"):
        grid_of([cells_of(row) for row in rows])


@pytest.mark.parametrize(
    "body", [b"<html><body><table><tr><td>1", b'[{"command": "insert"', b"", b"<ul><li>x"]
)
def test_half_a_page_is_no_page(body: bytes) -> None:
    with pytest.raises(LayoutChanged):
        open_page("ans-hds", 0, Page(url="https://esante.gouv.fr/", body=body, fetched_at=SEEN_AT))


def test_what_stands_after_the_end_of_a_page_is_read_all_the_same() -> None:
    body = b"<html><body><main><ul><li>Alpha</li></ul></main></body></html><ul><li>Beta</li></ul>"
    document = open_page("ans-hds", 0, Page(url="https://esante.gouv.fr/", body=body, fetched_at=SEEN_AT))
    assert document.lines == ("Alpha", "Beta")


@pytest.mark.parametrize("selector", ["ul.two > li", "li + li", "ul:nth-of-type(2)"])
def test_a_selector_narrows_a_page_to_all_that_it_points_at(selector: str) -> None:
    body = (
        b"<html><body><ul><li>Alpha</li></ul><ul class='two'><li>Beta</li><li>Gamma</li></ul></body></html>"
    )
    page = Page(url="https://esante.gouv.fr/", body=body, fetched_at=SEEN_AT)
    assert "Alpha" not in text_of(open_page("ans-hds", 0, page, selector).main)
    assert "Gamma" in text_of(open_page("ans-hds", 0, page, selector).main)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"%PDF-1.7\n<</Type /Catalog>>\n%%EOF", "a PDF"),
        (b"PK\x03\x04<a>", "a ZIP file"),
        (b"bplist00<html>", "Safari web archive"),
        (
            b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\r\n<p>",
            "MHTML",
        ),
        (b"\x89PNG\r\n\x1a\n<p>", "a picture"),
        ("Hébergeur;Fin\nAlpha;2028\n".encode(), "text without any markup"),
        (b"", "nothing"),
        (b" \n", "nothing"),
    ],
)
def test_what_was_saved_instead_of_the_page_is_called_by_its_name(body: bytes, found: str) -> None:
    with refuses(LayoutChanged, match=f"import:x.html: .*complete.*found {found}|{found}"):
        open_page("ans-hds", 0, Page(url="import:x.html", body=body, fetched_at=SEEN_AT))


def test_elements_without_end_are_a_damaged_page_and_no_overflow() -> None:
    body = b"<html><body>" + b"<div>" * 5000 + b"</div>" * 5000 + b"</body></html>"
    with refuses(LayoutChanged, match="200 deep"):
        open_page("ans-hds", 0, Page(url="https://esante.gouv.fr/", body=body, fetched_at=SEEN_AT))


def test_a_page_as_deep_as_allowed_is_read() -> None:
    body = b"<html><body>" + b"<div>" * 190 + b"Alpha" + b"</div>" * 190 + b"</body></html>"
    page = Page(url="https://esante.gouv.fr/", body=body, fetched_at=SEEN_AT)
    assert open_page("ans-hds", 0, page).lines == ("Alpha",)
