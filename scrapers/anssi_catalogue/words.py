"""The words ANSSI's catalogue uses, titles, heads and values, and what is known of each label.

Titles and heads change their wording, numbers and footnote marks between editions: they are compared by
keys, and each known wording has its one canonical form here, so that a rewording is no change of a row.
Seen in the editions of 2025-12-05, 2026-01-27 and 2026-03-04.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from state.names import fold
from state.words.labels import LABELS, Family

NAME = "anssi-catalogue"

# Titles explain themselves in brackets; what a table is stands before.
BRACKETS = re.compile(r"\([^)]*\)")
# Chapters are numbered anew when one is put in before them.
NUMBERING = re.compile(r"^\d+(?:\.\d+)*\.?\s+")

TITLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (label, re.compile(pattern))
    for label, pattern in (
        ("cc", r"^produits certifies.*criteres communs"),
        ("cspn", r"^produits certifies.*cspn"),
        ("qualified-product", r"^produits qualifies"),
        ("pacs", r"\bpacs\b|assistance et conseil en securite"),
        ("passi", r"\bpassi\b|audit de la securite des systemes"),
        ("pris", r"\bpris\b|reponse aux incidents"),
        ("pdis", r"\bpdis\b|detection des incidents"),
        ("pvid", r"\bpvid\b|verification d.identite a distance"),
        ("mie", r"\bmie\b|^moyens d.identification electronique"),
        ("eidas-esign-cert", r"certificats? de signature"),
        ("eidas-eseal-cert", r"certificats? de cachet"),
        ("eidas-web-cert", r"certificats? d.authentification de site"),
        ("eidas-timestamp", r"horodatage"),
        ("eidas-esign-validation", r"validation de signature"),
        ("eidas-eseal-validation", r"validation de cachet"),
        ("eidas-esign-preservation", r"conservation de signature"),
        ("eidas-eseal-preservation", r"conservation de cachet"),
        ("eidas-registered-delivery", r"envoi recommande"),
        ("secnumcloud", r"secnumcloud|informatique en nuage"),
        ("pams", r"\bpams\b|infogerance"),
        ("protection-profile", r"^(?:les )?profils de protection"),
        ("site", r"^(?:les )?sites(?: certifies)?(?: archives)?$"),
    )
)
# Centres that evaluate (CESTI) have tables of their own, and hold no label.
AUDITORS = re.compile(r"organismes? d.evaluation")
HOLDERS = re.compile(r"^(?:les )?(?:services|produits|profils de protection|sites) (?:qualifies|certifies)$")
ARCHIVED = re.compile(r"\barchive(?:e?s)?\b|\bnon maintenus?\b")
ENDED = re.compile(r"\b(?:suspendu|retire|revoque|abroge|archive|expire)(?:e?s)?\b|\bnon maintenu")
ANNEX = re.compile(r"^annexes?\b")
NOTHING = re.compile(r"^aucun")

AUDITOR_HEAD = "nomdelorganisme"

HEADS = {
    "holder": "nomdufournisseurdeservice nomdudeveloppeurduproduit",
    "subject": "nomduservice nomduproduit nomduprofildeprotection nomdusite",
    "version": "versionduproduit",
    "level": "niveaudequalification niveaudecertification",
    "agreement_level": "niveaudagrement",
    "national_security": "securitenationale",
    "incident_contact": "contactencasdincident",
    "oid": "oidduservice",
    "sponsor": "nomducommanditaire",
    "evaluation_facility": "nomducentredevaluation",
    "product_type": "typedeproduit",
    "valid_from": "datededebutdequalification datededebutdecertification",
    "valid_until": "datedefindequalification datedefindecertification",
    "link": "lienversladecisiondequalification lienversladecisiondecertification lienverslecertificat",
    "report_url": "lienverslerapportdecertification",
    "target_url": "lienverslacibledesecurite lienversleprofildeprotection",
    "recommendation": "niveauderecommandation",
}
"""By field, the keys of the heads that state it."""
FIELDS = {key: field for field, keys in HEADS.items() for key in keys.split()}

ACTIVITIES = {
    "secnumcloud": ("SaaS", "PaaS", "CaaS", "IaaS"),
    "passi": (
        "Audit organisationnel et physique",
        "Audit d'architecture",
        "Audit de configuration",
        "Audit de code source",
        "Tests d'intrusion",
    ),
    "pacs": (
        "Conseil en homologation de sécurité des systèmes d'information",
        "Conseil en gestion des risques de sécurité des systèmes d'information",
        "Conseil en sécurité des architectures des systèmes d'information",
        "Conseil en préparation à la gestion de crise",
    ),
    "pris": (
        "Recherche d'indicateurs de compromission",
        "Investigation numérique",
        "Analyse de codes malveillants",
        "Pilotage et coordination des investigations",
    ),
}
CRISIS = "Conseil en préparation à la gestion de crise"
REWORDED = {f"{CRISIS} d'origine cyber": CRISIS}  # since 2026

LEVELS = {
    "passi": ("Elevé", "Substantiel", "Sans objet"),
    "pacs": ("Elevé", "Substantiel", "Sans objet"),
    "pris": ("Elevé", "Substantiel", "Sans objet"),
    "pdis": ("Elevé", "Substantiel", "Sans objet"),
    "pvid": ("Elevé", "Substantiel"),
    "mie": ("Elevé", "Substantiel"),
    "qualified-product": ("Standard", "Renforcé", "Elémentaire"),
}
TICKS = {0x94D82D: "green", 0xFCC419: "orange", 0xFA5252: "red"}
# Measured in the editions of December 2025 to March 2026: heads are dark blue, bands between rows light
# grey.
HEADER = 0x373856
BAND = 0xEEEEEE
SHADE = 24  # of 255 by which a colour may be off: other programs convert colours when they save a PDF again
LIGHT_SHADE = 8  # the same for a band, which must not be white


def is_colour(colour: int, known: int, shade: int = SHADE) -> bool:
    """Whether a drawn colour is a known one, or a shade away from it."""
    return all(abs((colour >> bits & 255) - (known >> bits & 255)) <= shade for bits in (0, 8, 16))


@lru_cache(maxsize=1000)
def tick_colour(colour: int) -> str:
    """The name of a tick's colour, "" for any other."""
    return next((name for known, name in TICKS.items() if is_colour(colour, known)), "")


@lru_cache(maxsize=1000)
def is_header(colour: int) -> bool:
    return is_colour(colour, HEADER)


@lru_cache(maxsize=1000)
def is_band(colour: int) -> bool:
    return is_colour(colour, BAND, LIGHT_SHADE)


BASE = frozenset({"holder", "valid_from", "valid_until", "link", "recommendation"})
CERTIFICATE = frozenset(
    {"holder", "subject", "sponsor", "evaluation_facility", "valid_from", "valid_until", "link", "report_url"}
) | {"target_url"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the table of one label must show: its fields, its activities, and whether it prints a tick.

    `distinct` says that a decision covers exactly one row, so that a ref printed twice is a misreading.
    """

    fields: frozenset[str]
    activities: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    distinct: bool = False

    @property
    def ticked(self) -> bool:
        return "recommendation" in self.fields


FURTHER: dict[str, frozenset[str]] = {
    "secnumcloud": frozenset({"subject"}),
    "pams": frozenset({"subject"}),
    "passi": frozenset({"level", "national_security"}),
    "pacs": frozenset({"level", "national_security"}),
    "pris": frozenset({"incident_contact", "level", "national_security"}),
    "pdis": frozenset({"level", "national_security"}),
    "pvid": frozenset({"subject", "oid", "level"}),
    "mie": frozenset({"subject", "level"}),
    **dict.fromkeys(
        (label for label, _ in TITLES if label.startswith("eidas-")), frozenset({"subject", "oid"})
    ),
    "qualified-product": frozenset({"subject", "version", "level", "agreement_level"}),
}
FORMS = {
    label: Form(
        fields=BASE | further,
        activities=ACTIVITIES.get(label, ()),
        levels=LEVELS.get(label, ()),
        distinct=LABELS[label].family in (Family.CLOUD, Family.SERVICES),
    )
    for label, further in FURTHER.items()
} | {
    "cc": Form(fields=CERTIFICATE | {"level", "product_type"}),
    "cspn": Form(fields=CERTIFICATE | {"product_type"}),
    "protection-profile": Form(fields=CERTIFICATE),
    "site": Form(fields=CERTIFICATE),
}


def title_key(title: str) -> str:
    """A title without its number, folded, with plain apostrophes."""
    return fold(NUMBERING.sub("", title)).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


@lru_cache(maxsize=1000)  # a table prints its heads on each page anew
def head_key(head: str) -> str:
    """The key of a column's head: its letters, folded, without brackets and footnote marks."""
    text = fold(head)
    # Behind the last bracket nothing is searched: from each open one a search would go on to the end.
    end = text.rfind(")") + 1
    return "".join(filter(str.isalpha, BRACKETS.sub("", text[:end]) + text[end:]))


SCOPES = {
    label: {head_key(wording): wording for wording in wordings}
    | {head_key(old): new for old, new in REWORDED.items() if new in wordings}
    for label, wordings in ACTIVITIES.items()
}
"""For each label with X columns: the known heads, by key, and the canonical wording of the activity."""
