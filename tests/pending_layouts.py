"""Guesses of how a page of candidates may look, in the dress of the State's site builder; none ever seen.

The names were reported by readers of the SecNumCloud page in summer 2026; addresses and most offers are made up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape

from scrapers.anssi_pending.source import PREFIX
from state.model import Page

SEEN_AT = datetime(2026, 11, 24, 6, tzinfo=UTC)
HOME = PREFIX + "prestataires-secnumcloud/"
Candidate = tuple[str, str, str]
CANDIDATES: tuple[Candidate, ...] = (
    ("Adista", "Adista Cloud Secure (IaaS)", "9 rue Blaise Pascal, 54320 Maxéville"),
    ("Bleu SAS", "Cloud de Confiance Bleu (IaaS, PaaS, CaaS)", "13-15 rue Jean Jaurès, 92800 Puteaux"),
    ("BLUE", "BLUE Sovereign (IaaS)", "1 place du Lac, 69003 Lyon"),
    ("Cegedim.cloud", "CegNumCloud PaaS (PaaS, CaaS)", "137 rue d'Aguesseau, 92100 Boulogne-Billancourt"),
    ("GIP Mipih", "Cloud santé souverain (IaaS)", "12 rue Michel Labrousse, 31100 Toulouse"),
    ("OVH SAS", "OVH SNC Cloud Platform (IaaS, PaaS)", "2 rue Kellermann, 59100 Roubaix"),
    ("Scaleway", "Scaleway SecNumCloud (IaaS, PaaS)", "8 rue de la Ville-l'Évêque, 75008 Paris"),
    ("Wimi", "Wimi Armoured (SaaS)", "4 rue de Penthièvre, 75008 Paris"),
)


def page(body: str, url: str = HOME) -> Page:
    """A page as fetched."""
    return Page(url=url, requested_url=url, body=body.encode(), fetched_at=SEEN_AT, content_type="text/html")


def dressed(content: str, scheme: str = "Prestataires SecNumCloud") -> str:
    """A page of the site around its content."""
    return f"""<!DOCTYPE html><html lang="fr" data-fr-scheme="system"><head><title>{scheme} en cours de qualification | ANSSI</title>
</head><body><header role="banner" class="fr-header"><nav class="fr-nav"><ul><li><a href="/">Accueil</a></li></ul></nav></header>
<main id="content" role="main"><div class="fr-container"><h1>{scheme} en cours de qualification</h1></div>
<div class="fr-container cmsfr-block-paragraph"><p>Les prestataires ci-dessous ont engagé une démarche de qualification. Leur
présence ne préjuge pas de la décision de l'ANSSI.</p></div>{content}
<div class="fr-container cmsfr-block-callout"><h3>Une question ?</h3><p>Écrivez au bureau de la qualification.</p></div></main>
<footer class="fr-footer"><p>ANSSI, 51 boulevard de La Tour-Maubourg, 75007 Paris</p></footer></body></html>"""


def as_table(rows: Sequence[Candidate]) -> str:
    lines = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    head = "<tr><th>Prestataire</th><th>Service</th><th>Adresse</th></tr>"
    return dressed(f'<div class="fr-table"><table><thead>{head}</thead><tbody>{lines}</tbody></table></div>')


def as_items(rows: Sequence[Candidate]) -> str:
    items = "".join(f"<li><b>{escape(h)}</b> – {escape(o)} – {escape(a)}</li>" for h, o, a in rows)
    return dressed(
        f'<div class="fr-container"><h2>Liste des prestataires en cours de qualification</h2><ul>{items}</ul></div>'
    )


def as_accordions(rows: Sequence[Candidate]) -> str:
    return dressed(
        "".join(
            f'<section class="fr-accordion"><h3 class="fr-accordion__title"><button aria-expanded="false" '
            f'aria-controls="a-{n}f3">{escape(h)}</button></h3><div class="fr-collapse" id="a-{n}f3"><p>{escape(o)}</p>'
            f"<p>{escape(a)}</p></div></section>"
            for n, (h, o, a) in enumerate(rows)
        )
    )


def as_cards(rows: Sequence[Candidate]) -> str:
    return dressed(
        '<div class="fr-grid-row">'
        + "".join(
            f'<div class="fr-card"><h4 class="fr-card__title">{escape(h)}</h4><p class="fr-card__desc">{escape(o)}<br/>{escape(a)}</p></div>'
            for h, o, a in rows
        )
        + "</div>"
    )


def as_lines(rows: Sequence[Candidate]) -> str:
    return dressed(
        '<div class="rich-text">'
        + "".join(f"<p><strong>{escape(h)}</strong><br/>{escape(o)}<br/>{escape(a)}</p>" for h, o, a in rows)
        + "</div>"
    )


def as_labels(rows: Sequence[Candidate]) -> str:
    return dressed(
        "".join(
            f"<div><h3>{escape(h)}</h3><ul><li>Offre : {escape(o)}</li><li>Adresse : {escape(a)}</li></ul></div>"
            for h, o, a in rows
        )
    )


LAYOUTS: Mapping[str, Callable[[Sequence[Candidate]], str]] = {
    "table": as_table,
    "items": as_items,
    "accordions": as_accordions,
    "cards": as_cards,
    "lines": as_lines,
    "labels": as_labels,
}
