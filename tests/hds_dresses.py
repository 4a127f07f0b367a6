"""Five more dresses of the HDS list, each drawn in several ways: other words, classes, orders and wrappers.

Guesses like those of `hds_layouts`; what is drawn here is what a reader that goes by one drawing would miss.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import groupby

from hds_layouts import (
    ACTIVITIES,
    BODIES,
    FAQ,
    FOOT,
    HOME,
    LEGEND,
    MENU,
    Certificate,
    Site,
    by_host,
    dressed,
    initial,
    numbered,
    slashed,
    worded,
    written,
)

Draw = Callable[[Sequence[Certificate]], Site]


def around(content: str, *, head: str, after: str = BODIES + FAQ) -> Site:
    """A page with another order of headings than `dressed`: what stands over the list is `head`."""
    return Site(
        bodies={
            HOME: '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8" />'
            "<title>Hébergeurs certifiés HDS | Agence du Numérique en Santé</title></head>"
            f"<body>{MENU}<div role='main' class='l-main'>{head}{content}{after}</div>{FOOT}</body></html>"
        }
    )


def by_letter(rows: Sequence[Certificate]) -> list[tuple[str, list[Certificate]]]:
    """Certificates gathered under the letter of their host."""
    ordered = sorted(rows, key=lambda r: initial(r.host))
    return [(letter, list(group)) for letter, group in groupby(ordered, key=lambda r: initial(r.host))]


# Accordions whose headings stand one level under the last other heading of the page


def accordion_under(rows: Sequence[Certificate]) -> Site:
    """`h4` per host under an `h3` that is about something else; lines in paragraphs."""
    parts = []
    for at, (host, certificates) in enumerate(by_host(rows)):
        lines = "".join(
            f"<p>N° de certificat : {escape(r.number)}</p><p>Organisme certificateur : {escape(r.body)}</p>"
            f"<p>Activités certifiées : {numbered(r)}</p><p>Référentiel : v{r.version}</p>"
            f"<p>Date de début : {slashed(r.start)}</p><p>Date de fin : {slashed(r.end)}</p>"
            for r in certificates
        )
        parts.append(
            f'<div class="accordion-item"><h4 class="accordion-header"><button aria-expanded="false" '
            f'aria-controls="c{at}">{escape(host)}</button></h4><div id="c{at}" class="accordion-collapse">'
            f'<div class="accordion-body">{lines}</div></div></div>'
        )
    head = (
        f"<h1>Hébergeurs certifiés</h1><h2>La certification</h2><h3>Comprendre les activités</h3>{LEGEND}"
        "<h3>Consulter la liste</h3><p>Cliquez sur un nom.</p>"
    )
    return around(f'<div class="accordion">{"".join(parts)}</div>', head=head)


def accordion_bare(rows: Sequence[Certificate]) -> Site:
    """`h3` without any button or class, nothing around a host; one `ul` of lines for each certificate."""
    parts = []
    for host, certificates in by_host(rows):
        parts.append(f"<h3>{escape(host)}</h3>")
        parts += [
            f"<ul><li>Certificat : {escape(r.number)}</li><li>Délivré par : {escape(r.body)}</li>"
            f"<li>Périmètre : {worded(r, ' ; ')}</li><li>Valable du : {written(r.start)}</li>"
            f"<li>Valable jusqu'au : {written(r.end)}</li></ul>"
            for r in certificates
        ]
    return around("".join(parts), head="<h1>Liste des hébergeurs</h1><h2>Les hébergeurs certifiés</h2>")


def accordion_details(rows: Sequence[Certificate]) -> Site:
    """`details` with an `h5` in the summary, after an `h4`; lines in one block, bold labels."""
    parts = [
        f"<details><summary><h5>{escape(r.host)}</h5></summary><div><b>Numéro</b> : {escape(r.number)}<br>"
        f"<b>Organisme de certification</b> : {escape(r.body)}<br><b>Échéance</b> : {slashed(r.end)}<br>"
        f"<b>Activités</b> : {worded(r, ', ')}</div></details>"
        for r in rows
    ]
    head = f"<h1>Hébergeurs</h1><h2>Les activités</h2>{LEGEND}<h4>Résultats</h4>"
    return around(f"<div>{''.join(parts)}</div>", head=head)


def accordion_lettered(rows: Sequence[Certificate]) -> Site:
    """A heading per letter, and under it one per host, a level below."""
    parts = []
    for letter, group in by_letter(rows):
        items = ""
        for at, (host, certificates) in enumerate(by_host(group)):
            lines = "".join(
                f"<div>Certificat n° : {escape(r.number)}</div><div>Organisme : {escape(r.body)}</div>"
                f"<div>Fin de validité : {slashed(r.end)}</div><div>Activités : {numbered(r)}</div>"
                for r in certificates
            )
            items += (
                f'<div class="panel"><h4 class="panel-title"><a data-toggle="collapse" href="#p{letter}{at}">'
                f'{escape(host)}</a></h4><div id="p{letter}{at}" class="panel-collapse">{lines}</div></div>'
            )
        parts.append(f"<h3>{letter}</h3><div class='panel-group'>{items}</div>")
    return around("".join(parts), head=f"<h1>Hébergeurs certifiés</h1><h2>Activités</h2>{LEGEND}")


def accordion_after_faq(rows: Sequence[Certificate]) -> Site:
    """The questions come first: the hosts' `h4` stand under the `h3` of the last question."""
    parts = "".join(
        f'<section><h4><span role="button">{escape(r.host)}</span></h4><ul>'
        f"<li>Activité(s) : {numbered(r)}</li><li>Certificateur : {escape(r.body)}</li>"
        f"<li>N° certificat : {escape(r.number)}</li><li>Expire le : {slashed(r.end)}</li>"
        f"<li>Site internet : www.exemple.fr</li></ul></section>"
        for r in rows
    )
    head = f"<h1>Hébergeurs certifiés</h1><h2>Activités</h2>{LEGEND}{FAQ}"
    return around(parts, head=head, after=BODIES)


# Two rows of heads, the activities spanning six columns of Oui or Non


SHORT = (
    (
        "Sites physiques",
        "Infra. matérielle",
        "Infra. virtuelle",
        "Plateforme",
        "Administration",
        "Sauvegarde",
    ),
    ("Sites", "Matériel", "Virtuel", "Plateforme", "Exploitation", "Sauvegarde"),
    ("Site physique", "Infra mat.", "Infra virt.", "PF applicative", "Admin./exploit.", "Sauveg."),
    ("1", "2", "3", "4", "5", "6"),
    ("Act. 1", "Act. 2", "Act. 3", "Act. 4", "Act. 5", "Act. 6"),
    ("Physique", "Matérielle", "Virtuelle", "Applicative", "Infogérance", "Backup"),
)


def spanned(
    words: Sequence[str],
    *,
    over: str = "Activités certifiées",
    yes: str = "Oui",
    no: str = "Non",
    first: bool = True,
    thead: bool = True,
    legend: bool = True,
) -> Draw:
    """A table with two rows of heads: `words` under `over`, ticked in `yes` and `no`."""

    def drawn(rows: Sequence[Certificate]) -> Site:
        rest = ("N° de certificat", "Organisme certificateur", "Date de fin")
        span = f'<th colspan="6">{over}</th>'
        others = "".join(f'<th rowspan="2">{h}</th>' for h in rest)
        top = f'<tr><th rowspan="2">Hébergeur</th>{span + others if first else others + span}</tr>'
        heads = top + "<tr>" + "".join(f"<th>{w}</th>" for w in words) + "</tr>"
        lines = ""
        for r in rows:
            ticks = "".join(f"<td>{yes if n in r.activities else no}</td>" for n in range(1, 7))
            values = "".join(f"<td>{v}</td>" for v in (escape(r.number), escape(r.body), slashed(r.end)))
            lines += f"<tr><td>{escape(r.host)}</td>{ticks + values if first else values + ticks}</tr>"
        body = f"<thead>{heads}</thead><tbody>{lines}</tbody>" if thead else heads + lines
        return Site(bodies={HOME: dressed(f"<table>{body}</table>", legend=legend)})

    return drawn


# A table of `div` with roles, labels in attributes, and icons that speak by their title


TICKS = {
    "i": ('<i class="ico ico-1" title="Oui"></i>', '<i class="ico ico-0" title="Non"></i>'),
    "svg": ("<svg><title>Oui</title><path d='M0'/></svg>", "<svg><title>Non</title><path d='M1'/></svg>"),
    "words": (
        '<span class="icon" title="Activité certifiée"></span>',
        '<span class="icon" title="Activité non certifiée"></span>',
    ),
    "hidden": (
        '<span aria-hidden="true">●</span><span class="visually-hidden">Oui</span>',
        '<span aria-hidden="true">○</span><span class="visually-hidden">Non</span>',
    ),
    "label": ('<span role="img" aria-label="oui"></span>', '<span role="img" aria-label="non"></span>'),
    "blank": ('<i class="material-icons" title="Oui">check</i>', ""),
    "abbr": ('<abbr title="Oui">O</abbr>', '<abbr title="Non">N</abbr>'),
}


def role_table(tick: str, *, heads: bool = True, labels: bool = True, groups: bool = True) -> Draw:
    """`div` with `role`: table, rowgroup, row, columnheader, cell; each cell with `data-label`."""
    yes, no = TICKS[tick]

    def drawn(rows: Sequence[Certificate]) -> Site:
        names = ("Hébergeur", *ACTIVITIES, "N° du certificat", "Organisme certificateur", "Fin de validité")
        top = "".join(f'<div role="columnheader" class="th">{escape(h)}</div>' for h in names)
        lines = ""
        for r in rows:
            values = (
                escape(r.host),
                *(yes if n in r.activities else no for n in range(1, 7)),
                escape(r.number),
                escape(r.body),
                f'<time datetime="{r.end}">{slashed(r.end)}</time>',
            )
            cells = "".join(
                f'<div role="{"rowheader" if at == 0 else "cell"}" class="td"'
                f"{f' data-label={chr(34)}{escape(h)}{chr(34)}' if labels else ''}>{v}</div>"
                for at, (h, v) in enumerate(zip(names, values, strict=True))
            )
            lines += f'<div class="tr" role="row">{cells}</div>'
        first = f'<div role="row" class="tr head">{top}</div>' if heads else ""
        if groups:
            first = f'<div role="rowgroup">{first}</div>' if heads else ""
            lines = f'<div role="rowgroup">{lines}</div>'
        return Site(bodies={HOME: dressed(f'<div class="tbl" role="table">{first}{lines}</div>')})

    return drawn


def role_labelled(*, heads: bool) -> Draw:
    """Each cell prints its label once more, for narrow screens, right before its value."""

    def drawn(rows: Sequence[Certificate]) -> Site:
        names = ("Raison sociale", "Activités du certificat", "N° du certificat", "Certificateur", "Jusqu'au")
        lines = ""
        for r in rows:
            values = (escape(r.host), numbered(r), escape(r.number), escape(r.body), slashed(r.end))
            cells = "".join(
                f'<div role="cell" data-label="{h}"><span class="lbl" aria-hidden="true">{h}</span>'
                f'<span class="val">{v}</span></div>'
                for h, v in zip(names, values, strict=True)
            )
            lines += f'<div role="row">{cells}</div>'
        top = "".join(f'<div role="columnheader">{h}</div>' for h in names)
        first = f'<div role="row">{top}</div>' if heads else ""
        return Site(bodies={HOME: dressed(f'<div role="table">{first}{lines}</div>')})

    return drawn


def role_summed(rows: Sequence[Certificate]) -> Site:
    """One cell of six icons, each named by its title; the others have words."""
    names = ("Société", "Certificat", "Organisme", "Activités", "Jusqu'au")
    lines = ""
    for r in rows:
        icons = "".join(
            f'<i class="act act-{n}" title="{escape(ACTIVITIES[n - 1])}"></i>' for n in r.activities
        )
        values = (escape(r.host), escape(r.number), escape(r.body), icons, slashed(r.end))
        cells = "".join(
            f'<div role="gridcell" data-label="{h}"><div class="in">{v}</div></div>'
            for h, v in zip(names, values, strict=True)
        )
        lines += f'<div role="row">{cells}</div>'
    top = "".join(f'<span role="columnheader">{h}</span>' for h in names)
    return Site(bodies={HOME: dressed(f'<div role="grid"><div role="row">{top}</div>{lines}</div>')})


# Rows as arrays inside the settings of the page


def settings(
    columns: object, line: Callable[[Certificate], object], *, key: str = "hds", rows_key: str = "rows",
    columns_key: str = "columns", inner: Callable[[object], object] = lambda table: table, script: str = "",
) -> Draw:  # fmt: skip
    """A page whose script holds its settings, and in them the table: columns, and rows as arrays."""

    def drawn(rows: Sequence[Certificate]) -> Site:
        table = {columns_key: columns, rows_key: [line(r) for r in rows]}
        data = {
            "path": {"baseUrl": "/", "currentPath": "node/2383", "langcode": "fr"},
            "pluralDelimiter": "\u0003",
            "suppressDeprecationErrors": True,
            key: inner(table),
            "ajaxTrustedUrl": {"/recherche": True},
            "user": {"uid": 0, "permissionsHash": "abc"},
        }
        said = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
        tag = script or (
            '<script type="application/json" data-drupal-selector="drupal-settings-json">{}</script>'
        )
        said = escape(said) if tag.startswith("<div") else said
        return Site(bodies={HOME: dressed(tag.replace("{}", said) + '<div id="hds-app"></div>')})

    return drawn


PLAIN = [
    "Hébergeur",
    "N° de certificat",
    "Organisme certificateur",
    "Activités",
    "Référentiel",
    "Fin de validité",
]


def plain_line(r: Certificate) -> list[object]:
    return [r.host, r.number, r.body, list(r.activities), f"v{r.version}", slashed(r.end)]


def lettered(rows: Sequence[Sequence[object]]) -> dict[str, list[Sequence[object]]]:
    """Rows gathered under the letter of their first value."""
    found: dict[str, list[Sequence[object]]] = {}
    for row in rows:
        found.setdefault(initial(str(row[0])), []).append(row)
    return found


def flags_line(r: Certificate) -> list[object]:
    return [r.host, *(n in r.activities for n in range(1, 7)), f"{r.end}", r.number, r.body]


def html_line(r: Certificate) -> list[object]:
    return [f'<a href="/h/{escape(r.number)}">{escape(r.host)}</a>', worded(r), escape(r.number), escape(r.body),
            f"{r.end}T00:00:00+01:00"]  # fmt: skip


# Plain lines under headings of letters


def said_lines(
    line: Callable[[Certificate], str], *, item: str = "<li>{}</li>", group: str = "<h3>{}</h3><ul>{}</ul>",
    legend: bool = True,
) -> Draw:  # fmt: skip
    """A plain list: one line per certificate under the heading of its letter."""

    def drawn(rows: Sequence[Certificate]) -> Site:
        content = ""
        for letter, own in by_letter(rows):
            items = "".join(item.replace("{}", line(r)) for r in own)
            content += group.replace("{}", letter, 1).replace("{}", items, 1)
        return Site(bodies={HOME: dressed(content, legend=legend)})

    return drawn


def ranged(r: Certificate) -> str:
    """The activities in words as people print numbers: "activités 1 à 6", "activité 5", "activités 1, 2 et 5"."""
    run = r.activities
    if len(run) == 1:
        return f"activité {run[0]}"
    if len(run) > 2 and run[-1] - run[0] + 1 == len(run):
        return f"activités {run[0]} à {run[-1]}"
    return f"activités {', '.join(map(str, run[:-1]))} et {run[-1]}"


def dash_line(r: Certificate) -> str:
    return f"{escape(r.host)} – {escape(r.body)} n° {escape(r.number)} – v{r.version} – {ranged(r)} – jusqu'au {slashed(r.end)}"


def bold_line(r: Certificate) -> str:
    return (
        f"<strong>{escape(r.host)}</strong> - certificat {escape(r.body)} n°{escape(r.number)} - référentiel HDS "
        f"v{r.version} - {ranged(r)} - valable jusqu’au {written(r.end)}"
    )


def comma_line(r: Certificate) -> str:
    return (
        f"<a href='/h'>{escape(r.host)}</a> ; {ranged(r)} ; certifié par {escape(r.body)} (n° {escape(r.number)}) ; "
        f"du {slashed(r.start)} au {slashed(r.end)}"
    )


def under_line(r: Certificate) -> str:
    return (
        f"{escape(r.host)} - certifié par {escape(r.body)} sous le n° {escape(r.number)} - {ranged(r).capitalize()} - "
        f"fin de validité : {slashed(r.end)}"
    )


def issued_line(r: Certificate) -> str:
    return f"{escape(r.host)} | certificat n° {escape(r.number)} délivré par {escape(r.body)} | {slashed(r.end)} | {ranged(r)}"


def bar_line(r: Certificate) -> str:
    return (
        f"{escape(r.host)} | Certificat n° {escape(r.number)}, {escape(r.body)} | Activités : {numbered(r)} | "
        f"Fin : {slashed(r.end)}"
    )


def long_line(r: Certificate) -> str:
    return f"{escape(r.host)} — {worded(r, ', ')} — {escape(r.body)} — n° {escape(r.number)} — expire le {written(r.end)}"


DRESSES: Mapping[str, Draw] = {
    "accordion-under": accordion_under,
    "accordion-bare": accordion_bare,
    "accordion-details": accordion_details,
    "accordion-lettered": accordion_lettered,
    "accordion-after-faq": accordion_after_faq,
    "spanned-words": spanned(SHORT[0]),
    "spanned-shorter": spanned(SHORT[1], first=False),
    "spanned-cut": spanned(SHORT[2], yes="O", no="N", thead=False),
    "spanned-numbers": spanned(SHORT[3], over="Activités", yes="X", no=""),
    "spanned-numbered": spanned(SHORT[4], over="Périmètre du certificat"),
    "spanned-adjectives": spanned(SHORT[5], over="Activités HDS", yes="oui", no="non", first=False),
    "spanned-no-legend": spanned(SHORT[0], over="Activités d'hébergement certifiées", legend=False),
    "roles-icons": role_table("i"),
    "roles-svg": role_table("svg", groups=False),
    "roles-words": role_table("words"),
    "roles-hidden": role_table("hidden", labels=False),
    "roles-label": role_table("label"),
    "roles-blank": role_table("blank"),
    "roles-abbr": role_table("abbr"),
    "roles-without-heads": role_table("i", heads=False),
    "roles-summed": role_summed,
    "roles-labelled": role_labelled(heads=True),
    "roles-labelled-only": role_labelled(heads=False),
    "settings-plain": settings(PLAIN, plain_line),
    "settings-objects": settings(
        [{"key": f"c{n}", "title": head} for n, head in enumerate(PLAIN)], plain_line, key="hdsList", rows_key="data"
    ),
    "settings-flags": settings(
        ["Nom", *ACTIVITIES, "Date de fin", "Numéro de certificat", "Certificateur"], flags_line,
        rows_key="lignes", columns_key="colonnes", inner=lambda table: {"liste": {"tableau": table}},
    ),
    "settings-html": settings(
        [{"data": "nom", "label": "Société"}, {"data": "act", "label": "Activités"}, {"data": "num", "label": "Certificat"},
         {"data": "org", "label": "Organisme"}, {"data": "fin", "label": "Fin"}],
        html_line, key="datatables", rows_key="data", inner=lambda table: {"#hds": table},
    ),
    "settings-machine": settings(
        ["raison_sociale", "numero_certificat", "organisme_certificateur", "activites", "version_referentiel", "date_fin"],
        plain_line, rows_key="values", columns_key="fields",
    ),
    "settings-header-row": settings(
        None, plain_line, inner=lambda table: [PLAIN, *table["rows"]],  # type: ignore[index]
        script='<script type="application/json" id="donnees">{}</script>',
    ),
    "settings-assigned": settings(PLAIN, plain_line, script="<script>window.hds = {};</script>"),
    "settings-attribute": settings(PLAIN, plain_line, script="<div id='app' data-settings=\"{}\"></div>"),
    "settings-places": settings({name: at for at, name in enumerate(PLAIN)}, plain_line),
    "settings-letters": settings(
        PLAIN, plain_line,
        inner=lambda table: {"columns": PLAIN, "rows": lettered(table["rows"])},  # type: ignore[index]
    ),
    "lines-dashes": said_lines(dash_line),
    "lines-under": said_lines(under_line, item="<dd>{}</dd>", group="<dl><dt>{}</dt>{}</dl>"),
    "lines-issued": said_lines(issued_line, item="<p>{}</p>", group="<h4>{}</h4>{}"),
    "lines-bold": said_lines(bold_line, item="<p>{}</p>", group="<h2>{}</h2>{}"),
    "lines-commas": said_lines(comma_line, group="<section><h4>{}</h4><ul class='list'>{}</ul></section>"),
    "lines-bars": said_lines(bar_line, item="<div class='l'>{}</div>", group="<h3>{}</h3><div>{}</div>"),
    "lines-long": said_lines(long_line, legend=False),
    "lines-breaks": said_lines(dash_line, item="{}<br>", group="<h3>{}</h3><p>{}</p>"),
    "lines-letters-bold": said_lines(dash_line, group="<p><strong>{}</strong></p><ul>{}</ul>"),
}  # fmt: skip
"""Dresses by name; the first word names the kind."""
