"""Pages of the HDS list drawn, edited and damaged in ways that hide rows: the same rows are read, or none."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape

import pytest
from hds_layouts import ACTIVITIES, HOME, SEEN_AT, Certificate, dressed, hosts, numbered, slashed, worded
from refusals import refuses

from notifiers.said.reasons import said
from scrapers.ans_hds.source import AnsHds
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
    with refuses(Doubtful, match="140"):
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
    with refuses(LayoutChanged, match=r"0[1-6]/06/2027.*selector"):
        read(content)
    assert len(read(content, replace(HDS, selector="#liste")).attestations) == len(LIST)


AGENDA = (
    "<h2>Agenda</h2><ul>" + "".join(f"<li>Webinaire du {n} mars 2027</li>" for n in range(1, 6)) + "</ul>"
)


@pytest.mark.parametrize("around", ["<aside>{}</aside>", "<section class='bloc'>{}</section>"])
def test_the_days_of_an_agenda_beside_the_list_hide_no_row(around: str) -> None:
    assert len(read(table(ROWS) + around.replace("{}", AGENDA)).attestations) == len(LIST)


def test_an_agenda_that_swallowed_rows_is_seen_by_what_rows_print() -> None:
    swallowed = "".join(f"<p>Alpha, LNE n° 3999{n}, 0{n}/06/2027</p>" for n in range(1, 6))
    with refuses(LayoutChanged, match="hidden by damage"):
        read(f"{table(ROWS)}<aside>{AGENDA}{swallowed}</aside>")


@pytest.mark.parametrize("day", ["{:%d.%m.%y}", "{:%d/%m/%y}", "{:%d / %m / %Y}"])
def test_a_day_is_read_however_its_figures_are_set(day: str, whole: list[tuple[object, ...]]) -> None:
    assert stated(read(table([row((*cells(r)[:4], day.format(r.end))) for r in LIST]))) == whole


def test_activities_with_hyphens_between_are_a_list() -> None:
    sure = [r for r in LIST if len(r.activities) != 2 or r.activities[1] - r.activities[0] == 1]
    hyphened = [(c[0], " - ".join(f"A{n}" for n in r.activities), *c[2:]) for r in sure if (c := cells(r))]
    listed = {
        (holder, scope) for holder, _, _, scope in stated(read(table([row(texts) for texts in hyphened])))
    }
    assert listed == {
        (holder, scope) for holder, _, _, scope in stated(read(table([row(cells(r)) for r in sure])))
    }


def test_a_page_of_one_host_has_one_row_whatever_its_title_says() -> None:
    said = zip(HEADS, cells(LIST[0]), strict=True)
    terms = "".join(f"<div><dt>{head}</dt><dd>{text}</dd></div>" for head, text in said)
    listing = read(f"<p>La liste est publiée par l'Agence.</p><article><dl>{terms}</dl></article>")
    assert ([a.holder for a in listing.attestations], listing.unreadable) == ([LIST[0].host], ())


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (("A<br>B", "1, 2", "LNE", "39991<br>39992", "01/01/2028<br>01/02/2028"), "one host or several"),
        (("Soci\ufffdt\ufffd Alpha", "1, 2", "LNE", "39991", "01/01/2028"), "damaged or cut short"),
        (("Soci?t? Alpha", "1, 2", "LNE", "39991", "01/01/2028"), "damaged or cut short"),
        (("SociÃ©tÃ© Alpha", "1, 2", "LNE", "39991", "01/01/2028"), "damaged or cut short"),
        (("Société Alph…", "1, 2", "LNE", "39991", "01/01/2028"), "damaged or cut short"),
    ],
)  # fmt: skip
def test_a_row_that_may_be_misread_keeps_its_known_state(texts: tuple[str, ...], why: str) -> None:
    listing = read(table([*ROWS, row(texts)]))
    assert len(listing.attestations) == len(LIST)
    assert re.search(why, said(listing.unreadable[0].why, "en"))


def test_old_rows_under_a_word_of_the_past_are_left_out_and_told() -> None:
    listing = read(table(ROWS) + f"<h2>Historique</h2>{table([OLD])}")
    assert len(listing.attestations) == len(LIST)
    assert [r.topic for r in listing.remarks] == ["left-out:Historique"]


def test_a_host_named_as_its_head_begins_keeps_its_name() -> None:
    listing = read(table([*ROWS, row(("Hébergeur de France", "1, 2", "LNE", "39991", "01/01/2028"))]))
    assert listing.attestations[-1].holder == "Hébergeur de France"


RECORDS = [
    {
        "denomination": r.host,
        "certificat": {
            "numero": r.number,
            "organisme": {"libelle": r.body, "numero": "4-0027", "finAccreditation": "2030-01-01"},
            "validite": {"debut": f"{r.start}", "fin": f"{r.end}"},
            "lien": {"url": "https://esante.gouv.fr/c.pdf", "titre": "Certificat (PDF)"},
        },
        "activites": [{"code": str(n), "libelle": ACTIVITIES[n - 1]} for n in r.activities],
    }
    for r in LIST
]


def test_a_certificate_that_is_an_object_of_its_own_is_read_by_its_parts(
    whole: list[tuple[object, ...]],
) -> None:
    body = json.dumps({"count": len(RECORDS), "items": RECORDS}).encode()
    page = Page(url=HOME, requested_url=HOME, body=body, fetched_at=SEEN_AT, content_type="application/json")
    listing = HDS.read([page])
    assert stated(listing) == whole
    first = min(listing.attestations, key=lambda a: a.holder)
    assert (first.valid_from, first.issuer) == (LIST[0].start, LIST[0].body)


def test_a_whole_certificate_in_the_cell_of_a_number_is_no_number() -> None:
    swollen = "39991 LNE du 01/01/2025 au 31/12/2027"
    listing = read(table([*ROWS, row(("Alpha", "1, 2", "LNE", swollen, "31/12/2027"))]))
    assert [u.holder for u in listing.unreadable] == ["Alpha"]


@pytest.mark.parametrize(
    "said",
    [
        " (en cours de renouvellement)", " – renouvellement en cours",
        "<br>Certificat en cours de renouvellement",
        " (en cours de transition vers HDS v2)", ", certificat valide jusqu'au 31/12/2027",
    ],
)  # fmt: skip
def test_a_renewal_under_way_beside_a_name_is_no_part_of_it(said: str) -> None:
    listing = read(table([*ROWS, row((f"Alpha Santé{said}", "1, 2", "LNE", "39991", "31/12/2027"))]))
    assert [(a.holder, a.status) for a in listing.attestations[-1:]] == [("Alpha Santé", "listed")]


@pytest.mark.parametrize("host", ["Fin Conseil", "Sauvegarde 01", "Certificat Plus"])
def test_a_host_whose_name_sounds_like_a_label_is_a_host(host: str) -> None:
    listing = read("".join([*CARDS, card(replace(LIST[0], host=host, number="49001"))]))
    assert ([a.holder for a in listing.attestations][-1], listing.unreadable) == (host, ())


@pytest.mark.parametrize(
    "words",
    [" (voir certificat)", " Télécharger (PDF, 212 Ko)", " consulter l'attestation", " (PDF - 1,2 Mo)"],
)
def test_what_a_link_adds_to_a_number_is_no_part_of_it(words: str) -> None:
    listing = read(table([*ROWS, row(("Alpha", "1, 2", "LNE", f"39991-2{words}", "31/12/2027"))]))
    last = listing.attestations[-1]
    assert (last.printed_ref, last.ref) == ("39991-2", "39991 LNE")


def test_a_revision_with_an_accent_is_one() -> None:
    listing = read(table([*ROWS, row(("Alpha", "1, 2", "LNE", "39991 rév. 2", "31/12/2027"))]))
    assert listing.attestations[-1].ref == "39991 LNE"
