"""Five more dresses of the HDS list in many drawings, and headings that stand between its rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from html import escape

import pytest
from hds_dresses import DRESSES, by_letter, ranged
from hds_layouts import (
    ACTIVITIES,
    BODIES,
    HOME,
    Certificate,
    Site,
    dressed,
    hosts,
    numbered,
    shared_out,
    slashed,
)

from notifiers.said.reasons import said, spoken
from scrapers.ans_hds.source import AnsHds
from scrapers.ans_hds.words import named_columns
from scrapers.source import LayoutChanged
from state.model import Listing

HDS = AnsHds()
HEADS = ("Hébergeur", "Activités", "Organisme certificateur", "N° de certificat", "Date de fin")
Facts = tuple[str, str | None, tuple[str, ...], str | None, date | None]


@pytest.fixture(scope="module")
def rows() -> list[Certificate]:
    return hosts()


def stated(listing: Listing) -> list[Facts]:
    return sorted(
        (a.holder, a.extra.get("certificate_number"), a.scope, a.issuer, a.valid_until)
        for a in listing.attestations
    )


def printed(rows: list[Certificate]) -> list[Facts]:
    named = {n: words[0].lower() + words[1:] for n, words in enumerate(ACTIVITIES, start=1)}
    return sorted((r.host, r.number, tuple(named[n] for n in r.activities), r.body, r.end) for r in rows)


def read(body: str) -> Listing:
    return HDS.read([Site(bodies={HOME: body}).page(HOME)])


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.soak)])
@pytest.mark.parametrize("dress", sorted(DRESSES))
def test_every_drawing_of_a_dress_reads_to_the_same_hosts(
    dress: str, whole: bool, rows: list[Certificate]
) -> None:
    some = rows if whole else shared_out(rows, DRESSES, dress)
    listing = HDS.read([DRESSES[dress](some).page(HOME)])
    assert stated(listing) == printed(some)
    assert not listing.unreadable


# Headings between rows


def line(r: Certificate) -> str:
    cells = (escape(r.host), numbered(r), escape(r.body), escape(r.number), slashed(r.end))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


HEAD = "<tr>" + "".join(f"<th>{head}</th>" for head in HEADS) + "</tr>"
BETWEEN: Mapping[str, str] = {
    "a cell over all columns": "<tr><td colspan='5'>{}</td></tr>",
    "a head over all columns": "<tr><th colspan='5' scope='rowgroup'>{}</th></tr>",
    "a cell over more than all": "<tr><td colspan='9'>{}</td></tr>",
    "a cell over fewer": "<tr><td colspan='3'>{}</td></tr>",
    "a cell alone": "<tr><td>{}</td></tr>",
    "a cell and empty ones": "<tr><td>{}</td><td></td><td></td><td></td><td></td></tr>",
    "a cell and a way up": "<tr><td colspan='4'>{}</td><td><a href='#top'>Haut de page</a></td></tr>",
    "with words": "<tr><td colspan='5'>Lettre {}</td></tr>",
    "with a count": "<tr><td colspan='5'>{} (12)</td></tr>",
    "with a date": "<tr><td colspan='5'>{} – mis à jour le 12/11/2026</td></tr>",
}


@pytest.mark.parametrize("how", sorted(BETWEEN))
@pytest.mark.parametrize("thead", [True, False])
def test_a_heading_between_rows_is_no_broken_row(how: str, thead: bool, rows: list[Certificate]) -> None:
    some = rows[::5]
    body = "".join(
        BETWEEN[how].replace("{}", letter) + "".join(line(r) for r in group)
        for letter, group in by_letter(some)
    )
    head = f"<thead>{HEAD}</thead>" if thead else HEAD
    listing = read(dressed(f"<table>{head}{body}</table>"))
    assert stated(listing) == printed(some)
    assert not listing.unreadable
    assert not [r for r in listing.remarks if r.topic.startswith("column:")]


def test_a_row_cut_down_to_its_name_is_still_a_broken_row(rows: list[Certificate]) -> None:
    body = "".join(map(line, rows)) + "<tr><td>Alpha Santé</td><td></td><td></td><td></td><td></td></tr>"
    listing = read(dressed(f"<table>{HEAD}{body}</table>"))
    assert [u.holder for u in listing.unreadable] == ["Alpha Santé"]


def test_a_heading_between_rows_gives_its_status_to_those_under_it(rows: list[Certificate]) -> None:
    some = rows[::5]
    under = "<tr><td colspan='5'>Certificats suspendus</td></tr>" + line(some[-1])
    listing = read(dressed(f"<table>{HEAD}{''.join(map(line, some[:-1]))}{under}</table>"))
    assert [a.holder for a in listing.attestations if a.status == "suspended"] == [some[-1].host]


def test_old_approvals_under_a_heading_between_rows_are_left_out(rows: list[Certificate]) -> None:
    some = rows[::5]
    old = replace(some[-1], end=date(2020, 1, 1), start=date(2017, 1, 1), host="Vieille Maison")
    under = "<tr><td colspan='5'>Hébergeurs agréés (ancien régime)</td></tr>" + line(old)
    listing = read(dressed(f"<table>{HEAD}{''.join(map(line, some))}{under}</table>"))
    assert stated(listing) == printed(some)


def test_an_error_about_rows_names_no_more_than_five(rows: list[Certificate]) -> None:
    broken = [
        line(r).replace(slashed(r.end), "bientôt") if at % 10 == 0 else line(r) for at, r in enumerate(rows)
    ]
    with pytest.raises(LayoutChanged) as error:
        read(dressed(f"<table>{HEAD}{''.join(broken)}</table>"))
    said = spoken(error.value)
    assert said.count("no date where the end should be") == 5
    assert "and 37 more" in said


# What a reader that guesses would take for something else


def accordion(r: Certificate) -> str:
    return (
        f"<h3>{escape(r.host)}</h3>"
        f"<p>Certificat n° : {escape(r.number)}</p><p>Organisme : {escape(r.body)}</p>"
        f"<p>Activités : {numbered(r)}</p><p>Fin de validité : {slashed(r.end)}</p>"
    )


def test_the_only_valid_list_is_read_even_under_a_heading_about_bodies(rows: list[Certificate]) -> None:
    some = rows[::5]
    page = dressed("").replace("</main>", f"{''.join(map(accordion, some))}</main>")
    page = page.replace(BODIES, "")
    page = page.replace("<h3>Un hébergeur", "<h2>Les organismes certificateurs</h2><h3>Un hébergeur")
    page = page.replace('<section class="faq">', '<section class="faq">' + BODIES)
    listing = read(page)
    assert stated(listing) == printed(some)


def test_candidates_are_never_read_as_the_list(rows: list[Certificate]) -> None:
    content = (
        f"<h2>Candidats en cours de certification</h2><table>{HEAD}{''.join(map(line, rows[::5]))}</table>"
    )
    with pytest.raises(LayoutChanged):
        read(dressed(content))


@pytest.mark.parametrize(
    "words",
    [
        ("Sites", "Matériel", "Virtuel", "Plateforme", "Exploitation", "Nuage"),
        ("Physique", "Matérielle", "Virtuelle", "Applicative", "Infogérance", "Backup"),
        ("Physique", "Site", "Virtuelle", "Applicative", "Infogérance", "Backup"),
        ("Sites physiques", "Infra. physique", "Infra. virt.", "PF", "Admin.", "Sauv."),
    ],
)
def test_six_short_words_are_told_apart(words: tuple[str, ...]) -> None:
    assert list(named_columns(words)) == list(words)
    assert len(set(named_columns(words).values())) == 6


@pytest.mark.parametrize(
    "words",
    [
        ("Sites", "Matériel", "Virtuel", "Plateforme", "Foo", "Bar"),  # two that say nothing
        ("Physique", "Physiques", "Virtuelle", "Applicative", "Infogérance", "Backup"),  # which is which?
        ("Sites", "Matériel", "Virtuel", "Plateforme", "Exploitation"),
    ],
)
def test_words_that_leave_a_doubt_are_not_guessed(words: tuple[str, ...]) -> None:
    assert named_columns(words) == {}


@pytest.mark.parametrize(
    "name",
    [
        "Bergeval – Infogérance hospitalière",
        "Sauvegarde Médicale SAS",
        "Health Data Hub (Plateforme des données de santé)",
        "Dupont, Fils & Cie",
        "LNE Santé",
        "Alpha - Groupe Bêta S.A.S.",
    ],
)
def test_a_name_that_speaks_like_a_field_stays_a_name(name: str, rows: list[Certificate]) -> None:
    named = replace(rows[0], host=name, activities=(5,))
    some = [*rows[::5], named]
    lines = "".join(
        f"<li>{escape(r.host)} – {escape(r.body)} n° {escape(r.number)} – v{r.version} – {ranged(r)} – "
        f"jusqu'au {slashed(r.end)}</li>"
        for r in some
    )
    listing = read(dressed(f"<ul>{lines}</ul>"))
    own = next(a for a in listing.attestations if a.holder == name)
    assert own.scope == ("administration et exploitation",)
    assert (own.issuer, own.extra["certificate_number"]) == (named.body, named.number)


def test_an_icon_that_is_switched_off_is_no_activity(rows: list[Certificate]) -> None:
    def icons(r: Certificate) -> str:
        return "".join(
            f'<i class="act {"" if n in r.activities else "is-off"}" title="{escape(ACTIVITIES[n - 1])}"></i>'
            for n in range(1, 7)
        )

    some = rows[::5]
    lines = "".join(line(r).replace(f"<td>{numbered(r)}</td>", f"<td>{icons(r)}</td>", 1) for r in some)
    assert stated(read(dressed(f"<table>{HEAD}{lines}</table>"))) == printed(some)


def test_activities_answered_one_by_one_in_a_cell_are_those_answered_yes(rows: list[Certificate]) -> None:
    def answers(r: Certificate) -> str:
        return " ".join(
            f'<span title="{escape(ACTIVITIES[n - 1])} : {"Oui" if n in r.activities else "Non"}"></span>'
            for n in range(1, 7)
        )

    some = rows[::5]
    lines = "".join(line(r).replace(f"<td>{numbered(r)}</td>", f"<td>{answers(r)}</td>", 1) for r in some)
    assert stated(read(dressed(f"<table>{HEAD}{lines}</table>"))) == printed(some)


def test_heads_of_a_table_name_the_arrays_of_the_settings(rows: list[Certificate]) -> None:
    some = rows[::5]
    data = [[r.host, numbered(r), r.body, r.number, slashed(r.end)] for r in some]
    script = f'<script type="application/json">{json.dumps({"hds": {"rows": data}})}</script>'
    listing = read(dressed(f"<table><thead>{HEAD}</thead><tbody></tbody></table>{script}"))
    assert stated(listing) == printed(some)


def test_an_array_of_another_length_is_a_row_that_cannot_be_read(rows: list[Certificate]) -> None:
    data: list[list[str]] = [[r.host, numbered(r), r.body, r.number, slashed(r.end)] for r in rows]
    data[7] = data[7][:4]
    script = f'<script type="application/json">{json.dumps({"columns": HEADS, "rows": data})}</script>'
    listing = read(dressed(script))
    assert [said(u.why, "en") for u in listing.unreadable] == ["4 values under 5 columns"]


def of_line(r: Certificate) -> str:
    return (
        f"<li>{escape(r.host)} – {escape(r.body)} n° {escape(r.number)} – v{r.version} – {ranged(r)} – "
        f"jusqu'au {slashed(r.end)}</li>"
    )


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (" – jusqu'au {end}", "no end"),
        (" – {activities}", "no activity"),
        (" n° {number}", "no number"),
        ("{host} – ", "no holder"),
    ],
)
def test_a_line_in_pieces_keeps_its_known_state(damage: str, why: str, rows: list[Certificate]) -> None:
    odd = rows[100]
    gone = damage.format(
        end=slashed(odd.end), activities=ranged(odd), number=escape(odd.number), host=escape(odd.host)
    )
    lines = [of_line(r).replace(gone, "") if r is odd else of_line(r) for r in rows]
    listing = read(dressed(f"<ul>{''.join(lines)}</ul>"))
    assert [why in said(u.why, "en") for u in listing.unreadable] == [True]
    assert len(listing.attestations) == len(rows) - 1


def test_a_line_broken_in_two_is_not_lost_in_silence(rows: list[Certificate]) -> None:
    lines = [
        of_line(r).replace(f" – {ranged(r)}", f"<br>{ranged(r)}") if r is rows[7] else of_line(r)
        for r in rows
    ]
    listing = read(dressed(f"<ul>{''.join(lines)}</ul>"))
    assert len(listing.unreadable) == 1
    assert len(listing.attestations) == len(rows) - 1


def test_lines_about_bodies_are_no_rows(rows: list[Certificate]) -> None:
    bodies = "".join(
        f"<li>{body} – accréditation n° 4-00{n} – jusqu'au 30/06/2028</li>"
        for n, body in enumerate(("LNE", "LSTI", "BSI", "AFNOR Certification", "Bureau Veritas"), start=10)
    )
    plain = f"<h2>Les organismes certificateurs</h2><ul>{bodies.replace('accréditation ', '')}</ul>"
    for apart in (f"<h2>Pour mémoire</h2><ul>{bodies}</ul>", plain):
        listing = read(dressed(f"<ul>{''.join(map(of_line, rows[::5]))}</ul>{apart}"))
        assert stated(listing) == printed(rows[::5])
        assert not listing.unreadable
