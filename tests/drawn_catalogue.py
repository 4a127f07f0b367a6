"""A small catalogue drawn in ANSSI's manner: every label has a section of one page and two rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

VISAS = "https://messervices.cyber.gouv.fr/visas/"
STAMP = "Catalogue mis à jour le 04/03/2026 à 15:34:17"
GREEN, ORANGE, BLUE = "#94D82D", "#FCC419", "#1C7ED6"

HOLDER, SERVICE = "Nom du fournisseur de service (par ordre alphabétique)", "Nom du service"
START, END = "Date de début de qualification", "Date de fin de qualification"
DECISION, TICK = "Lien vers la décision de qualification", "Niveau de recommandation"
LEVEL, NATIONAL = "Niveau de qualification", "Sécurité nationale14"
FILES = ["Lien vers le certificat", "Lien vers le rapport de certification", "Lien vers la cible de sécurité"]
CERTIFIED = ["Date de début de certification", "Date de fin de certification"]
MADE_BY = ["Nom du commanditaire", "Nom du centre d'évaluation (CESTI)"]
MAKER = "Nom du développeur du produit (par ordre alphabétique)"
AUDITS = [
    "Audit organisationnel et physique",
    "Audit d'architecture",
    "Audit de configuration",
    "Audit de code source",
    "Tests d'intrusion",
]
ADVICE = [
    "Conseil en homologation de sécurité des systèmes d'information",
    "Conseil en gestion des risques de sécurité des systèmes d'information",
    "Conseil en sécurité des architectures des systèmes d'information",
    "Conseil en préparation à la gestion de crise d'origine cyber",
]
RESPONSE = [
    "Recherche d'indicateurs de compromission",
    "Investigation numérique",
    "Analyse de codes malveillants",
    "Pilotage et coordination des investigations",
]
TAIL = [START, END, DECISION, TICK]
TRUST = [HOLDER, SERVICE, "OID du service", *TAIL]


@dataclass
class Section:
    """One section: its place in the outline, its table, and words below the heading."""

    level: int
    title: str
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    words: str = ""
    astray: bool = False


def value(head: str, ref: str) -> str:
    """What a row prints under a head; what starts with '>' is a link, with '#' a tick."""
    known = {START: "01/02/2025", END: "01/02/2028", DECISION: f">{ref}_np.pdf", TICK: GREEN, LEVEL: "Elevé"}
    known |= {CERTIFIED[0]: "01/02/2025", CERTIFIED[1]: "01/02/2030", NATIONAL: "Oui"}
    known |= {"Niveau de certification": "Substantiel"}
    known |= {
        name: f">ANSSI-{ref}-{end}.pdf"
        for name, end in zip(FILES, ("certificat", "rapport", "cible"), strict=True)
    }
    if head in [*AUDITS, *ADVICE, *RESPONSE, "SaaS", "IaaS"]:
        return "X"
    return known.get(head, "" if head in ("PaaS", "CaaS") else f"{head[:9]} {ref[-2:]}")


def certified_as(section: Section, level: str) -> Section:
    """The section with another level in its rows: levels are worded differently from label to label."""
    for row in section.rows:
        for index, cell in enumerate(row):
            row[index] = level if cell in ("Elevé", "Substantiel") else cell
    return section


def section_of(level: int, title: str, heads: list[str], number: int) -> Section:
    refs = [f"2025_{number}0", f"2025_{number}1"]
    return Section(level, title, heads, [[value(head, ref) for head in heads] for ref in refs])


def a_catalogue() -> list[Section]:
    qualified = [HOLDER, "Nom du produit", "Version du produit", LEVEL, "Niveau d’agrément1", *TAIL]
    certified = [MAKER, "Nom du produit", *MADE_BY, "Type de produit", *CERTIFIED, *FILES]
    return [
        Section(0, "2 Produits"),
        certified_as(
            section_of(
                1,
                "2.1 Produits certifiés selon les Critères Communs",
                [*certified, "Niveau de certification"],
                10,
            ),
            "EAL4+",
        ),
        section_of(1, "2.2 Produits certifiés selon la CSPN", certified, 11),
        Section(1, "2.3 Produits qualifiés et agréés"),
        certified_as(section_of(2, "2.3.1 Chiffreurs", qualified, 12), "Standard"),
        Section(2, "2.3.2 Moyens d'identification électronique", words="Aucun produit qualifié à ce jour."),
        Section(0, "3 Services"),
        Section(1, "3.1 Assistance et conseil en sécurité des systèmes d'information (PACS)"),
        section_of(2, "3.1.1 Les services qualifiés", [HOLDER, *ADVICE, LEVEL, NATIONAL, *TAIL], 13),
        Section(
            2,
            "3.1.2 Les organismes d'évaluation de la conformité",
            ["Nom de l'organisme", "Contact", TICK],
            [["LSTI", "Saint-Malo", GREEN]],
        ),
        section_of(
            1,
            "3.2 Audit de la sécurité des systèmes d'information (PASSI)",
            [HOLDER, *AUDITS, LEVEL, NATIONAL, *TAIL],
            14,
        ),
        section_of(
            1,
            "3.3 Réponse aux incidents de sécurité (PRIS)",
            [HOLDER, "Contact en cas d'incident", *RESPONSE, LEVEL, NATIONAL, *TAIL],
            15,
        ),
        section_of(1, "3.4 Détection des incidents de sécurité (PDIS)", [HOLDER, LEVEL, NATIONAL, *TAIL], 16),
        section_of(
            1, "3.5 Vérification d'identité à distance (PVID)", [*TRUST, "Niveau de certification"], 17
        ),
        section_of(
            1,
            "3.6 Moyens d'identification électronique (MIE)",
            [HOLDER, SERVICE, "Niveau de certification", *TAIL],
            18,
        ),
        section_of(1, "3.7 Délivrance de certificats de signature électronique", TRUST, 19),
        section_of(1, "3.8 Délivrance de certificats de cachet électronique", TRUST, 20),
        section_of(1, "3.9 Délivrance de certificats d'authentification de sites Internet", TRUST, 21),
        section_of(1, "3.10 Horodatage électronique", TRUST, 22),
        section_of(1, "3.11 Validation de signatures électroniques", TRUST, 23),
        section_of(1, "3.12 Validation de cachets électroniques", TRUST, 24),
        section_of(1, "3.13 Conservation de signatures électroniques", TRUST, 25),
        section_of(1, "3.14 Conservation de cachets électroniques", TRUST, 26),
        section_of(1, "3.15 Envoi recommandé électronique", TRUST, 27),
        section_of(
            1,
            "3.16 Services d'informatique en nuage (SecNumCloud)",
            [HOLDER, SERVICE, "SaaS", "PaaS", "CaaS", "IaaS", *TAIL],
            28,
        ),
        section_of(1, "3.17 Services d'infogérance", [HOLDER, SERVICE, *TAIL], 29),
        section_of(
            0,
            "4 Les profils de protection",
            [MAKER, "Nom du profil de protection", *MADE_BY, *CERTIFIED, *FILES],
            30,
        ),
        section_of(0, "5 Les sites", [MAKER, "Nom du site", *MADE_BY, *CERTIFIED, *FILES], 31),
    ]


class Pencil:
    """Draws sections one page each; stamp and outline can be left out, the file locked."""

    left, right, size = 57.0, 540.0, 5.0
    header, band = "#373856", "#EEEEEE"

    def __init__(self, *, stamp: str = STAMP, outline: bool = True, lock: str | None = None) -> None:
        self.out = BytesIO()
        self.canvas = Canvas(self.out, pagesize=(595, 842), encrypt=lock)
        self.stamp, self.outline, self.footer = stamp, outline, "Page {} sur {}"

    def catalogue(self, sections: Sequence[Section]) -> bytes:
        total = len(sections) + 1
        self.canvas.drawString(400, 30, self.stamp)
        self.canvas.showPage()
        for index, section in enumerate(sections):
            self.section(section, index)
            self.canvas.setFont("Helvetica", 7)
            self.canvas.drawString(500, 20, self.footer.format(index + 2, total))
            self.canvas.showPage()
        self.canvas.save()
        return self.out.getvalue()

    def section(self, section: Section, index: int) -> None:
        self.canvas.setFont("Helvetica-Bold", 14)
        self.canvas.drawString(60, 770, section.title)
        self.canvas.bookmarkPage(f"s{index}", fit="XYZ", top=300 if section.astray else 787)
        if self.outline:
            self.canvas.addOutlineEntry(section.title, f"s{index}", section.level)
        self.canvas.setFont("Helvetica", 9)
        self.canvas.drawString(60, 740, section.words)
        if section.words.endswith(".pdf"):
            self.canvas.linkURL(VISAS + section.words, (60, 738, 100, 748))
        if section.heads:
            self.table(section)

    def table(self, section: Section) -> None:
        width = (self.right - self.left) / len(section.heads)
        for column, head in enumerate(section.heads):
            self.canvas.setFillColor(HexColor(self.header))
            self.canvas.rect(self.left + column * width, 650, width, 60, stroke=0, fill=1)
            self.text(head, column, width, 680, size=4, colour="#FFFFFF")
        for number, row in enumerate(section.rows):
            top = 650 - 30 * number
            for column, cell in enumerate(row):
                if number % 2:
                    self.canvas.setFillColor(HexColor(self.band))
                    self.canvas.rect(self.left + column * width, top - 30, width, 30, stroke=0, fill=1)
                self.cell(cell, column, width, top - 15)

    def cell(self, cell: str, column: int, width: float, middle: float) -> None:
        left = self.left + column * width
        if cell.startswith("#"):
            self.canvas.setFillColor(HexColor(cell))
            self.canvas.rect(left + width / 2 - 4, middle - 4, 8, 8, stroke=0, fill=1)
        elif cell.startswith(">"):
            self.text("lien", column, width, middle)
            self.canvas.linkURL(VISAS + cell[1:], (left + 3, middle - 4, left + 20, middle + 4))
        else:
            self.text(cell, column, width, middle)

    def text(
        self, text: str, column: int, width: float, middle: float, size: float = 5, colour: str = "#000000"
    ) -> None:
        lines: list[str] = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            fits = self.canvas.stringWidth(longer, "Helvetica", size) < width - 6
            lines = [*lines[:-1], longer] if fits or not lines[-1] else [*lines, word]
        self.canvas.setFillColor(HexColor(colour))
        self.canvas.setFont("Helvetica", size)
        for index, line in enumerate(lines):
            height = middle + 8 * (len(lines) - 1) / 2 - 8 * index - size / 3
            self.canvas.drawString(self.left + column * width + 3, height, line)
