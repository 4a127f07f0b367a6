"""Guesses of how the HDS list may look: the same hosts in many dresses, made for tests, none ever seen.

Each layout turns certificates into a site: addresses with bodies, the way a server or a browser's "save as"
would give them. Around the list stand the things that are not the list: menus, certification bodies, a
glossary, a cookie banner.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import escape
from itertools import groupby
from pathlib import Path

from notifiers.said.reasons import as_said
from scrapers.source import Unreachable
from state.model import Page
from state.names import fold

FIXTURES = Path(__file__).parent / "fixtures" / "ans_hds"
HOME = "https://esante.gouv.fr/node/2383"
SEEN_AT = datetime(2026, 11, 24, 6, tzinfo=UTC)
ACTIVITIES = (
    "Sites physiques",
    "Infrastructure matérielle",
    "Infrastructure virtuelle",
    "Plateforme d'hébergement d'applications",
    "Administration et exploitation",
    "Sauvegarde",
)
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """One line of `hosts.csv`; `activities` count from 1 in the order of the law."""

    host: str
    number: str
    body: str
    version: str
    start: date
    end: date
    activities: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Site:
    """What a server answers, by address; `asked` takes down the requests."""

    bodies: Mapping[str, str]
    home: str = HOME
    asked: list[str] = field(default_factory=list)

    def get(self, url: str) -> Page:
        """The page at an address, as the fetcher would give it."""
        self.asked.append(url)
        if url not in self.bodies:
            raise Unreachable(as_said(f"{url}: expected a document; found status 404"))
        return self.page(url)

    def page(self, url: str) -> Page:
        """The same, without asking."""
        body = self.bodies[url].encode()
        kind = "application/json" if body[:1] in b"[{" else "text/html; charset=utf-8"
        return Page(url=url, requested_url=url, body=body, fetched_at=SEEN_AT, content_type=kind)


def hosts() -> list[Certificate]:
    """The 418 certificates of 404 hosts of the fixture, in its order."""
    with (FIXTURES / "hosts.csv").open(encoding="utf-8", newline="") as file:
        return [
            Certificate(
                host=row["host"],
                number=row["certificate_number"],
                body=row["certification_body"],
                version=row["version"],
                start=date.fromisoformat(row["start"]),
                end=date.fromisoformat(row["end"]),
                activities=tuple(int(n) for n in row["activities_law_order"].split("|")),
            )
            for row in csv.DictReader(file)
        ]


def shared_out(rows: Sequence[Certificate], layouts: Iterable[str], name: str) -> list[Certificate]:
    """The certificates that one of several layouts is drawn with: a fifth of all and the hosts that have two,
    so that five layouts read every row. Each with all of them is what `make soak` reads."""
    hosts_of = [r.host for r in rows]
    at = sorted(layouts).index(name) % 5
    return [r for n, r in enumerate(rows) if n % 5 == at or hosts_of.count(r.host) > 1]


def initial(name: str) -> str:
    """The letter a host is sorted under."""
    first = fold(name.replace("Œ", "O"))[0].upper()
    return "0-9" if first.isdigit() else first


def by_host(rows: Iterable[Certificate]) -> list[tuple[str, list[Certificate]]]:
    """Certificates gathered by host."""
    return [(host, list(group)) for host, group in groupby(rows, key=lambda r: r.host)]


def slashed(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def written(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def worded(row: Certificate, separator: str = "<br />") -> str:
    return separator.join(escape(f"{n}. {ACTIVITIES[n - 1]}") for n in row.activities)


def numbered(row: Certificate) -> str:
    return ", ".join(str(n) for n in row.activities)


# What stands around the list

MENU = """<header class="site-header"><nav><ul class="menu"><li><a href="/">Accueil</a></li>
<li><a href="/labels-certifications">Labels et certifications</a></li></ul></nav>
<form action="/recherche"><label for="k">Rechercher</label><input id="k" name="keys"></form></header>
<div class="js-notification" data-url="/asip-notification-display/%3Cfront%3E" data-source="/api/notifications"></div>"""
BODIES = """<h2>Les organismes certificateurs</h2><table><caption>Organismes accrédités</caption><thead><tr>
<th>Organisme certificateur</th><th>N° d'accréditation</th><th>Fin de validité</th><th>Contact</th></tr></thead>
<tbody><tr><td>AFNOR Certification</td><td>4-0001</td><td>31/12/2029</td><td>hds@afnor.example</td></tr>
<tr><td>LSTI SAS</td><td>4-0027</td><td>30/06/2028</td><td>hds@lsti.example</td></tr></tbody></table>
<h2>Hébergeurs agréés (ancien régime)</h2><table><tr><th>Hébergeur</th><th>N° d'agrément</th><th>Fin de l'agrément</th></tr>
<tr><td>Ancienne Maison</td><td>2012-01</td><td>31/03/2019</td></tr></table>"""
FAQ = """<section class="faq"><h2>Questions fréquentes</h2><h3>Un hébergeur ne figure pas dans la liste ?</h3>
<p>Contactez votre organisme certificateur : seul le certificat fait foi. Hébergeur : toute entité qui héberge.</p>
<dl><dt>Certificat</dt><dd>Document délivré par l'organisme.</dd><dt>Société</dt><dd>Titulaire du certificat.</dd></dl>
</section>"""
FOOT = """<footer><ul><li><a href="/mentions-legales">Mentions légales</a></li></ul><p>© Agence du Numérique en Santé,
page mise à jour le 02/01/2026</p></footer><div id="tarteaucitronRoot" class="cookie-banner" role="dialog">
<button>Tout accepter</button><table><tr><th>Nom</th><th>Finalité</th><th>Date d'expiration</th></tr>
<tr><td>_ga</td><td>Mesure d'audience</td><td>13 mois</td></tr></table></div>"""
LEGEND = (
    "<ul>"
    + "".join(
        f"<li><strong>Activité {n}</strong> : {words}</li>"
        for n, words in enumerate(
            (
                "La mise à disposition et le maintien en condition opérationnelle des sites physiques permettant d'héberger "
                "l'infrastructure matérielle du système d'information",
                "La mise à disposition et le maintien en condition opérationnelle de l'infrastructure matérielle",
                "La mise à disposition et le maintien en condition opérationnelle de l'infrastructure virtuelle",
                "La mise à disposition et le maintien en condition opérationnelle de la plateforme d'hébergement d'applications",
                "L'administration et l'exploitation du système d'information contenant les données de santé",
                "La sauvegarde des données de santé",
            ),
            start=1,
        )
    )
    + "</ul>"
)


def dressed(content: str, *, count: int | None = None, legend: bool = True) -> str:
    """A whole page around a list."""
    counter = (
        f'<p class="compteur"><strong>{count}</strong> hébergeurs certifiés</p>' if count is not None else ""
    )
    return (
        '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8" />'
        "<title>Liste des hébergeurs certifiés | Agence du Numérique en Santé</title></head>"
        f"<body>{MENU}<main role='main'><h1>Liste des hébergeurs certifiés</h1>"
        f"<p>La certification porte sur une ou plusieurs des six activités.</p>{counter}"
        f"<h2>Les activités d'hébergement</h2>{LEGEND if legend else ''}{content}{BODIES}{FAQ}</main>{FOOT}</body></html>"
    )


def table(
    heads: Sequence[str], lines: Iterable[Sequence[str]], *, thead: bool = True, tag: str = "th"
) -> str:
    """A table of cells that are HTML already."""
    head = "<tr>" + "".join(f"<{tag}>{h}</{tag}>" for h in heads) + "</tr>"
    body = "\n".join("<tr>" + "".join(f"<td>{c}</td>" for c in line) + "</tr>" for line in lines)
    return f"<table>{f'<thead>{head}</thead><tbody>' if thead else head}{body}{'</tbody>' if thead else ''}</table>"


# The layouts


def plain_table(rows: Sequence[Certificate]) -> Site:
    """One table without `thead`, heads in ordinary cells, bare numbers explained by a legend."""
    lines = [
        (escape(r.host), numbered(r), f"v{r.version}", escape(r.body), escape(r.number), slashed(r.end))
        for r in rows
    ]
    heads = ("Raison sociale", "Activités", "Version", "Organisme de certification", "Numéro", "Échéance")
    return Site(bodies={HOME: dressed(table(heads, lines, thead=False, tag="td"), count=len(by_host(rows)))})


def rowspan_table(rows: Sequence[Certificate]) -> Site:
    """The host cell spans its certificates; two rows of heads."""
    lines = []
    for host, certificates in by_host(rows):
        for at, r in enumerate(certificates):
            first = f'<td rowspan="{len(certificates)}">{escape(host)}</td>' if at == 0 else ""
            lines.append(
                f"<tr>{first}<td>{escape(r.number)}</td><td>{escape(r.body)}</td><td>{slashed(r.start)}</td>"
                f"<td>{slashed(r.end)}</td><td>{worded(r, '; ')}</td></tr>"
            )
    head = (
        '<thead><tr><th rowspan="2">Hébergeur</th><th colspan="4">Certificat</th><th rowspan="2">Périmètre certifié</th></tr>'
        "<tr><th>N°</th><th>Délivré par</th><th>Début</th><th>Fin</th></tr></thead>"
    )
    return Site(bodies={HOME: dressed(f"<table>{head}<tbody>{''.join(lines)}</tbody></table>")})


def ticked_table(rows: Sequence[Certificate]) -> Site:
    """One column per activity, ticked in as many ways as people tick."""
    ticks = (
        "X", "Oui", "✓", '<img src="/ok.svg" alt="Oui" />', '<i class="fa fa-check" title="Certifié"></i>',
        '<input type="checkbox" checked disabled />',
    )  # fmt: skip
    blanks = (
        "",
        "Non",
        "-",
        '<img src="/ko.svg" alt="Non" />',
        '<i class="fa fa-times"></i>',
        '<input type="checkbox" disabled />',
    )
    lines = []
    for at, r in enumerate(rows):
        ticked = [ticks[at % 6] if n in r.activities else blanks[at % 6] for n in range(1, 7)]
        period = f"du {slashed(r.start)} au {slashed(r.end)}"
        lines.append((escape(r.host), *ticked, escape(f"{r.number}"), escape(r.body), period))
    heads = (
        "Société",
        *(f"{n}. {escape(a)}" for n, a in enumerate(ACTIVITIES, start=1)),
        "N° certificat",
        "Certificateur",
        "Validité",
    )
    return Site(bodies={HOME: dressed(table(heads, lines), legend=False)})


def cards(rows: Sequence[Certificate]) -> Site:
    """One card per certificate: a heading and lines with bold labels."""
    content = "".join(
        f'<article class="card"><header><h3 class="card__title"><a href="/hebergeur/{at}">{escape(r.host)}</a></h3></header>'
        f'<div class="card__body"><p><strong>Activités :</strong> {worded(r, ", ")}</p>'
        f"<p><strong>Référentiel :</strong> HDS v{r.version}</p>"
        f"<p><strong>Organisme certificateur :</strong> {escape(r.body)}</p><p><strong>Certificat n° :</strong> {escape(r.number)}</p>"
        f"<p><strong>Valable jusqu'au :</strong> {written(r.end)}</p></div></article>"
        for at, r in enumerate(rows)
    )
    return Site(bodies={HOME: dressed(f'<div class="cards">{content}</div>', count=len(by_host(rows)))})


def definition_lists(rows: Sequence[Certificate]) -> Site:
    """A heading per host, and a definition list per certificate; no element around them."""
    parts = []
    for host, certificates in by_host(rows):
        parts.append(f"<h3>{escape(host)}</h3>")
        for r in certificates:
            activities = "".join(f"<dd>{escape(ACTIVITIES[n - 1])}</dd>" for n in r.activities)
            parts.append(
                f"<dl><dt>Numéro de certificat</dt><dd>{escape(r.number)}</dd><dt>Délivré par</dt><dd>{escape(r.body)}</dd>"
                f"<dt>Activités certifiées</dt>{activities}<dt>Date de début</dt><dd>{written(r.start)}</dd>"
                f"<dt>Date de fin</dt><dd>{written(r.end)}</dd></dl>"
            )
    return Site(bodies={HOME: dressed("".join(parts))})


def accordions(rows: Sequence[Certificate]) -> Site:
    """One accordion per host, of the State's design system, with lines "Libellé : valeur"."""
    parts = []
    for at, (host, certificates) in enumerate(by_host(rows)):
        inside = "".join(
            f"<h4>Certificat {n}</h4><ul><li>Version du référentiel : {r.version}</li><li>Certificat n° : {escape(r.number)}</li>"
            f"<li>Organisme certificateur : {escape(r.body)}</li><li>Activités : {numbered(r)}</li>"
            f"<li>Fin de validité : {slashed(r.end)}</li></ul>"
            for n, r in enumerate(certificates, start=1)
        )
        parts.append(
            f'<section class="fr-accordion"><h3 class="fr-accordion__title"><button class="fr-accordion__btn" '
            f'aria-expanded="false" aria-controls="accordion-{at}-x">{escape(host)}</button></h3>'
            f'<div class="fr-collapse" id="accordion-{at}-x">{inside}</div></section>'
        )
    return Site(bodies={HOME: dressed("".join(parts), count=len(by_host(rows)))})


def views_rows(rows: Sequence[Certificate]) -> Site:
    """Drupal: `views-row`, `field__label` and `field__item`."""

    def shown(name: str, label: str, *values: str) -> str:
        items = "".join(f'<div class="field__item">{v}</div>' for v in values)
        return (
            f'<div class="field field--name-field-{name} field--label-inline"><div class="field__label">{label}</div>'
            f'<div class="field__items">{items}</div></div>'
        )

    content = "".join(
        '<div class="views-row"><article class="node node--type-hebergeur">'
        + shown("hebergeur", "Hébergeur", escape(r.host))
        + shown("activites", "Activités", *(escape(ACTIVITIES[n - 1]) for n in r.activities))
        + shown("organisme", "Organisme certificateur", escape(r.body))
        + shown("numero", "Numéro du certificat", escape(r.number))
        + shown("fin", "Date de fin", f'<time datetime="{r.end}T12:00:00Z">{slashed(r.end)}</time>')
        + "</article></div>"
        for r in rows
    )
    return Site(bodies={HOME: dressed(f'<div class="view"><div class="view-content">{content}</div></div>')})


def paged_table(rows: Sequence[Certificate], size: int = 50) -> Site:
    """A Drupal pager, counted from 0, that shows only its neighbours and the last page."""
    chunks = [rows[at : at + size] for at in range(0, len(rows), size)]
    heads = ("Nom de l'hébergeur", "Activités", "Certifié par", "N° de certificat", "Valable jusqu'au")
    bodies = {}
    for at, chunk in enumerate(chunks):
        ways = [(n, str(n + 1)) for n in (at - 1, at + 1) if 0 <= n < len(chunks)]
        ways += [(at + 1, "Suivant ›"), (len(chunks) - 1, "Dernier »")] if at + 1 < len(chunks) else []
        links = "".join(f'<li class="pager__item"><a href="?page={n}">{label}</a></li>' for n, label in ways)
        pager = f'<nav class="pager"><ul><li class="pager__item is-active">{at + 1}</li>{links}</ul></nav>'
        lines = [(escape(r.host), worded(r), escape(r.body), escape(r.number), written(r.end)) for r in chunk]
        address = HOME if at == 0 else f"{HOME}?page={at}"
        bodies[address] = dressed(table(heads, lines) + pager, count=len(by_host(rows)))
    return Site(bodies=bodies)


def letter_pages(rows: Sequence[Certificate]) -> Site:
    """One page per letter; the first one is shown at once; list items with a title and a line of values."""
    letters = sorted({initial(r.host) for r in rows})
    bodies = {}
    for letter in letters:
        links = "".join(
            f'<li class="active">{le}</li>' if le == letter else f'<li><a href="?lettre={le}">{le}</a></li>'
            for le in letters
        )
        items = "".join(
            f'<li class="hebergeur"><span class="hebergeur-nom">{escape(r.host)}</span><br />'
            f"Activités : {', '.join(escape(ACTIVITIES[n - 1]) for n in r.activities)}<br />Certificat : {escape(r.number)} | "
            f"Organisme certificateur : {escape(r.body)} | Fin : {slashed(r.end)}</li>"
            for r in rows
            if initial(r.host) == letter
        )
        page = dressed(f'<ul class="alphabet">{links}</ul><ul class="hebergeurs">{items}</ul>')
        bodies[f"{HOME}?lettre={letter}"] = page
        if letter == letters[0]:
            bodies[HOME] = page
    return Site(bodies=bodies)


def json_records(rows: Sequence[Certificate]) -> Site:
    """An empty page that names a data address; records in two parts, with a total."""
    half = len(rows) // 2
    bodies = {HOME: dressed('<div id="app" data-source="/api/hds/hebergeurs.json"></div>')}
    for part, start, end in ((1, 0, half), (2, half, len(rows))):
        address = "https://esante.gouv.fr/api/hds/hebergeurs.json" + ("?part=2" if part == 2 else "")
        data = {
            "total": len(rows),
            "next": "/api/hds/hebergeurs.json?part=2" if part == 1 else None,
            "results": [
                {
                    "id": 1000 + at,
                    "raisonSociale": r.host,
                    "field_activites": [{"libelle": ACTIVITIES[n - 1]} for n in r.activities],
                    "organisme_certificateur": {"name": r.body},
                    "numero_certificat": r.number,
                    "version_referentiel": r.version,
                    "date_debut": f"{r.start}T00:00:00+02:00",
                    "date_fin": f"{r.end}",
                }
                for at, r in enumerate(rows[start:end], start=start)
            ],
        }
        bodies[address] = json.dumps(data)
    return Site(bodies=bodies)


def json_in_page(rows: Sequence[Certificate]) -> Site:
    """Records inside a script of the page, one object per host with its certificates inside."""
    data = {
        "hebergeurs": [
            {
                "nom": host,
                "certificats": [
                    {
                        "numero": r.number,
                        "certificateur": r.body,
                        "activites": {a: n in r.activities for n, a in enumerate(ACTIVITIES, start=1)},
                        "fin": slashed(r.end),
                    }
                    for r in certificates
                ],
            }
            for host, certificates in by_host(rows)
        ]
    }
    script = f'<script type="application/json" id="data">{json.dumps(data)}</script><div id="root"></div>'
    return Site(bodies={HOME: dressed(script)})


def lines_in_cells(rows: Sequence[Certificate]) -> Site:
    """One row per host; several certificates are lines of its cells."""
    lines = [
        (
            f"<b>{escape(host)}</b>",
            "<br>".join(escape(r.number) for r in certificates),
            "<br>".join(escape(r.body) for r in certificates),
            "<br>".join(f"{r.end}" for r in certificates),
            "<br>".join(numbered(r) for r in certificates),
        )
        for host, certificates in by_host(rows)
    ]
    heads = (
        "Hébergeur certifié",
        "N° certificat HDS",
        "Organisme certificateur",
        "Date de fin de validité",
        "Activités HDS",
    )
    return Site(bodies={HOME: dressed(table(heads, lines))})


def letters_in_sections(rows: Sequence[Certificate]) -> Site:
    """One page; a bar that jumps to a section per letter, each with a table of its own."""
    letters = sorted({initial(r.host) for r in rows})
    bar = "".join(f'<li><a href="#lettre-{le}">{le}</a></li>' for le in letters)
    heads = ("Hébergeur", "Activités", "Organisme certificateur", "N° de certificat", "Date d'expiration")
    sections = ""
    for letter in letters:
        lines = [
            (escape(r.host), worded(r), escape(r.body), escape(r.number), slashed(r.end))
            for r in rows
            if initial(r.host) == letter
        ]
        sections += (
            f'<details id="lettre-{letter}"><summary>{letter}</summary>{table(heads, lines)}</details>'
        )
    return Site(bodies={HOME: dressed(f"<ul>{bar}</ul>{sections}")})


def roles(rows: Sequence[Certificate]) -> Site:
    """A table made of `div` with ARIA roles."""

    def line(kind: str, cells: Iterable[str]) -> str:
        return '<div role="row">' + "".join(f'<div role="{kind}">{c}</div>' for c in cells) + "</div>"

    heads = ("Hébergeur", "Activités", "Organisme certificateur", "N° de certificat", "Date d'expiration")
    body = "".join(
        line("cell", (escape(r.host), worded(r), escape(r.body), escape(r.number), slashed(r.end)))
        for r in rows
    )
    return Site(bodies={HOME: dressed(f'<div role="table">{line("columnheader", heads)}{body}</div>')})


def data_labels(rows: Sequence[Certificate]) -> Site:
    """List items whose values carry their label in an attribute."""
    content = "".join(
        f'<li><div data-label="Hébergeur">{escape(r.host)}</div><div data-label="Activités">{worded(r)}</div>'
        f'<div data-label="Organisme certificateur">{escape(r.body)}</div><div data-label="N° de certificat">{escape(r.number)}'
        f'</div><div data-label="Fin de validité">{slashed(r.end)}</div></li>'
        for r in rows
    )
    return Site(bodies={HOME: dressed(f"<ul>{content}</ul>")})


def one_definition_list(rows: Sequence[Certificate]) -> Site:
    """One definition list: the host is the term, its certificate the lines of the definition."""
    content = "".join(
        f"<dt>{escape(r.host)}</dt><dd>Activités : {numbered(r)}<br>Certificat n° {escape(r.number)}<br>"
        f"Délivré par : {escape(r.body)}<br>Valable jusqu'au {written(r.end)}</dd>"
        for r in rows
    )
    return Site(bodies={HOME: dressed(f"<dl>{content}</dl>")})


def tagged_cards(rows: Sequence[Certificate]) -> Site:
    """Cards without any heading: the name is the first line, activities are tags, labels have no colon."""
    content = "".join(
        f'<div class="bloc"><p class="h">{escape(r.host)}</p><ul class="tags">'
        + "".join(f"<li>{escape(ACTIVITIES[n - 1])}</li>" for n in r.activities)
        + f"</ul><div><span>N° de certificat</span><span>{escape(r.number)}</span></div>"
        f"<div><span>Organisme certificateur</span><span>{escape(r.body)}</span></div>"
        f"<div><span>Date de fin</span><span>{slashed(r.end)}</span></div></div>"
        for r in rows
    )
    return Site(bodies={HOME: dressed(f"<div>{content}</div>")})


def saved_letters(rows: Sequence[Certificate]) -> Site:
    """The letter pages as a browser saves them: links rewritten, a comment with the address, marks of add-ons."""
    site = letter_pages(rows)
    bodies = {}
    for address, body in site.bodies.items():
        if address == HOME:
            continue
        saved = body.replace('href="?lettre=', 'href="https://esante.gouv.fr/node/2383?lettre=')
        saved = saved.replace("<html", f"<!-- saved from url=({len(address):04d}){address} -->\n<html", 1)
        saved = saved.replace(
            '<li class="hebergeur">', '<li class="hebergeur" data-darkreader-inline="1" style="">'
        )
        bodies[f"file:///home/x/{address[-1]}.html"] = saved.replace(
            "<main", '<script src="./x_files/js.js"></script><main'
        )
    return Site(bodies=bodies, home=next(iter(bodies)))


LAYOUTS: Mapping[str, Callable[[Sequence[Certificate]], Site]] = {
    "plain-table": plain_table,
    "rowspan-table": rowspan_table,
    "ticked-table": ticked_table,
    "cards": cards,
    "definition-lists": definition_lists,
    "accordions": accordions,
    "views-rows": views_rows,
    "paged-table": paged_table,
    "letter-pages": letter_pages,
    "json-records": json_records,
    "json-in-page": json_in_page,
    "lines-in-cells": lines_in_cells,
    "letters-in-sections": letters_in_sections,
    "roles": roles,
    "data-labels": data_labels,
    "one-definition-list": one_definition_list,
    "tagged-cards": tagged_cards,
    "saved-letters": saved_letters,
}
