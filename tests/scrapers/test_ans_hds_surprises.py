"""Pages of the HDS list drawn, edited and damaged in ways that hide rows: the same rows are read, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape

import pytest
from hds_layouts import ACTIVITIES, HOME, SEEN_AT, Certificate, dressed, hosts, numbered, slashed, worded

from scrapers.ans_hds import AnsHds
from scrapers.source import Doubtful, LayoutChanged
from state.model import Listing, Page

HDS = AnsHds()
LIST = hosts()[::3]
HEADS = ("Hébergeur", "Activités", "Organisme certificateur", "N° de certificat", "Date de fin")


def cells(r: Certificate) -> tuple[str, ...]:
    return (escape(r.host), worded(r), escape(r.body), escape(r.number), slashed(r.end))


def row(texts: Sequence[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{text}</{tag}>" for text in texts) + "</tr>"


HEAD = row(HEADS, "th")
ROWS = [row(cells(r)) for r in LIST]
LINES = [f"<li>{escape(r.host)} – {numbered(r)} – {escape(r.number)} – {slashed(r.end)}</li>" for r in LIST]


def card(r: Certificate) -> str:
    said = zip(HEADS[1:], cells(r)[1:], strict=True)
    lines = "".join(f"<p><strong>{head} :</strong> {text}</p>" for head, text in said)
    return f"<article><h3>{escape(r.host)}</h3>{lines}</article>"


CARDS = [card(r) for r in LIST]


def table(rows: Sequence[str], head: str = HEAD, foot: str = "") -> str:
    return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody>{foot}</table>"


def read(content: str, hds: AnsHds = HDS) -> Listing:
    body = dressed(content).encode()
    return hds.read(
        [Page(url=HOME, requested_url=HOME, body=body, fetched_at=SEEN_AT, content_type="text/html")]
    )


def stated(listing: Listing) -> list[tuple[object, ...]]:
    return sorted(
        (a.holder, a.extra["certificate_number"], a.valid_until, a.scope) for a in listing.attestations
    )


@pytest.fixture(scope="module")
def whole() -> list[tuple[object, ...]]:
    found = stated(read(table(ROWS)))
    assert len(found) == len(LIST)
    return found


def nested(r: Certificate) -> str:
    inner = "".join(f"<tr><td>{n}. {escape(ACTIVITIES[n - 1])}</td></tr>" for n in r.activities)
    return row(cells(r)).replace(worded(r), f"<table>{inner}</table>")


def labelled(r: Certificate) -> str:
    return row([f"<span>{head} :</span> {text}" for head, text in zip(HEADS, cells(r), strict=True)])


def linked(r: Certificate) -> str:
    said = "<span class='sr-only'> (nouvelle fenêtre)</span>"
    return row((f"<a href='/h'>{escape(r.host)}{said}</a> <a href='#'>voir plus</a>", *cells(r)[1:]))


OLD = row(("Vieille Maison", "3, 4", "LNE", "30001", "01/01/2020"))
SAME = {
    "tables within cells": table([nested(r) for r in LIST]),
    "a table that lays out": f"<table><tr><td>{table(ROWS[:5])}</td><td>{table(ROWS[5:])}</td></tr></table>",
    "rows beyond the end of the page": f"{table(ROWS[:50])}</main></body></html>{table(ROWS[50:])}<main>",
    "rows hidden until a script pages them": table([r.replace("<tr>", "<tr hidden>") for r in ROWS]),
    "rows printed twice": table(ROWS + ROWS[10:20]),
    "a second table for telephones": table(ROWS) + table(ROWS),
    "cards for telephones": table(ROWS) + "".join(CARDS),
    "cards of a few for telephones": table(ROWS) + "".join(CARDS[:30]),
    "copies for later and for no script": table(ROWS)
    + f"<template>{table(ROWS[:9])}</template><noscript>{table(ROWS[:9])}</noscript>",
    "headings between rows": table([*ROWS[:50], "<tr><td colspan='5'>De L à Z</td></tr>", *ROWS[50:]]),
    "heads repeated": table([*ROWS[:50], HEAD, *ROWS[50:]], foot=f"<tfoot>{HEAD}</tfoot>"),
    "a footnote": table([*ROWS, "<tr><td colspan='5'>* sous réserve</td></tr>"]),
    "a total": table(ROWS, foot=f"<tfoot><tr><td>Total</td><td colspan='4'>{len(ROWS)}</td></tr></tfoot>"),
    "rows in comments": table([*ROWS[:50], f"<!-- {OLD} -->", *ROWS[50:]]),
    "comments in cells": table([r.replace("<td>", "<td><!-- x -->") for r in ROWS]),
    "labels in cells for telephones": table([labelled(r) for r in LIST]),
    "words of links beside names": table([linked(r) for r in LIST]),
    "an empty row to copy": table([*ROWS, row(["{{x}}"] * 5)]),
    "dates of bodies": table(ROWS)
    + "".join(f"<p>Organisme {n}, accréditation jusqu'au {n:02d}/07/2031</p>" for n in range(1, 9)),
}


@pytest.mark.parametrize("how", sorted(SAME))
def test_a_list_dressed_otherwise_states_the_same(how: str, whole: list[tuple[object, ...]]) -> None:
    assert stated(read(SAME[how])) == whole


def under(heading: str) -> str:
    return f"<h2>Hébergeurs</h2>{table(ROWS[:-8])}<h2>{heading}</h2>{table(ROWS[-8:])}"


def broken(at: str) -> str:
    """The table with something in its middle."""
    return table([*ROWS[:50], at, *ROWS[50:]])


PAGER = "<nav class='pagination'><a href='#'>1</a><a href='#' title='Suivant'>»</a></nav>"
HIDDEN = {
    "rows without heads": table(ROWS[:-3]) + f"<table>{''.join(ROWS[-3:])}</table>",
    "rows as lines": table(ROWS[:-6]) + f"<ul>{''.join(LINES[-6:])}</ul>",
    "rows in an aside": table(ROWS[:-6]) + f"<aside>{table(ROWS[-6:])}</aside>",
    "cards in an aside": "".join(CARDS[:-6]) + f"<aside>{''.join(CARDS[-6:])}</aside>",
    "cards in a template": "".join(CARDS[:-6]) + f"<template>{''.join(CARDS[-6:])}</template>",
    "a second main": table(ROWS[:50]) + f"</main><main>{table(ROWS[50:])}",
    "rows beside main": table(ROWS[:50]) + f"</main><section>{table(ROWS[50:])}</section><main>",
    "those that expire": under("Certificats qui expirent en 2027"),
    "those of the old version": under("Sous l'ancien référentiel"),
    "those of other bodies": under("Certifiés par un organisme certificateur étranger"),
    "those accredited": under("Titulaires sous accréditation belge"),
    **{
        f"damage by {tag}": broken(tag)
        for tag in (
            "</table>", "</body></html>", "<textarea>", "<title>", "<style>", "<script>", "<!-- ", "<iframe>",
            "<xmp>", "<plaintext>", "<tr><td class=\"x>y</td>", "<td title='",
        )
    },
    "a pager for scripts": table(ROWS[:-8]) + PAGER,
    "a button for more": table(ROWS[:-8]) + "<button>Afficher plus de résultats</button>",
    "a button in a pager": table(ROWS[:-8]) + "<div class='load-more'><button>Charger plus</button></div>",
    "a page of two": table(ROWS[:-8]) + "<p>Page 1 sur 2</p>",
}  # fmt: skip


@pytest.mark.parametrize("how", sorted(HIDDEN))
def test_rows_that_a_page_hides_are_no_shorter_list(how: str) -> None:
    with pytest.raises(LayoutChanged):
        read(HIDDEN[how])


@pytest.mark.parametrize(
    "words",
    [
        "Affichage de l'élément 1 à 132 sur 140 éléments",
        "Showing 1 to 132 of 140 entries",
        "132 hébergeurs affichés sur 140",
        "Résultats 1 - 132 sur 140",
        "140 résultats",
    ],
)
def test_a_number_that_the_page_prints_is_compared(words: str) -> None:
    assert len(LIST) == 140
    with pytest.raises(Doubtful, match="140"):
        read(table(ROWS[:-8]) + f"<p>{words}</p>")


def test_a_switched_off_pager_leads_nowhere(whole: list[tuple[object, ...]]) -> None:
    off = "<ul class='pagination'><li class='disabled'><a href='#'>Suivant</a></li></ul>"
    assert stated(read(table(ROWS) + off)) == whole


@pytest.mark.parametrize("thead", [True, False])
def test_rows_dressed_as_heads_are_rows(thead: bool, whole: list[tuple[object, ...]]) -> None:
    heads = [row(cells(r), "th") for r in LIST[:9]]
    drawn = table(ROWS[9:], head=HEAD + "".join(ROWS[:9])) if thead else table([*heads, *ROWS[9:]])
    assert stated(read(drawn)) == whole


def test_other_dates_of_a_page_are_named_with_the_setting_that_leaves_them_out() -> None:
    fair = "".join(f"<p>Salon le {n:02d}/06/2027</p>" for n in range(1, 7))
    content = f"<div id='liste'>{table(ROWS)}</div>{fair}"
    with pytest.raises(LayoutChanged, match=r"0[1-6]/06/2027.*selector"):
        read(content)
    assert len(read(content, replace(HDS, selector="#liste")).attestations) == len(LIST)


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (("A<br>B", "1, 2", "LNE", "39991<br>39992", "01/01/2028<br>01/02/2028"), "one host or several"),
        (("Soci\ufffdt\ufffd Alpha", "1, 2", "LNE", "39991", "01/01/2028"), "damaged or cut short"),
        (("Société Alph…", "1, 2", "LNE", "39991", "01/01/2028"), "damaged or cut short"),
    ],
)  # fmt: skip
def test_a_row_that_may_be_misread_keeps_its_known_state(texts: tuple[str, ...], why: str) -> None:
    listing = read(table([*ROWS, row(texts)]))
    assert len(listing.attestations) == len(LIST)
    assert re.search(why, listing.unreadable[0].why)


def test_old_rows_under_a_word_of_the_past_are_left_out_and_told() -> None:
    listing = read(table(ROWS) + f"<h2>Historique</h2>{table([OLD])}")
    assert len(listing.attestations) == len(LIST)
    assert [r.topic for r in listing.remarks] == ["left-out:Historique"]


def test_a_host_named_as_its_head_begins_keeps_its_name() -> None:
    listing = read(table([*ROWS, row(("Hébergeur de France", "1, 2", "LNE", "39991", "01/01/2028"))]))
    assert listing.attestations[-1].holder == "Hébergeur de France"
