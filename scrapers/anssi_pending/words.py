"""The words of the ANSSI pages of candidates: their schemes, and how an offer and an address are printed."""

from __future__ import annotations

import re

from scrapers.page.vocabulary import Vocabulary

NAME = "anssi-pending"

SCHEMES = {
    "secnumcloud": r"secnumcloud",
    "passi": r"\bpassi\b|audit de la securite",
    "pams": r"\bpams\b|administration et de maintenance securisees",
    "pacs": r"\bpacs\b|accompagnement et (de )?conseil en securite",
    "pris": r"\bpris\b|reponse aux incidents",
    "pdis": r"\bpdis\b|detection d.incidents|detection des incidents",
    "pvid": r"\bpvid\b|verification d.identite a distance",
    "mie": r"\bmie\b|moyens? d.identification electronique",
}
"""By label, the words of a page's title that name its scheme (folded)."""

PENDING = re.compile(
    r"en cours (de|d.) ?(qualification|evaluation|instruction)|candidats?\b|demande de qualification"
)
# A page without candidates is a listing of nobody, and not a page that cannot be read.
NOBODY = re.compile(r"\b(aucune?|pas de) .{0,60}(en cours|candidat|qualification)")
# Cards print the head office of a candidate, a line that is neither name nor service.
ADDRESS = re.compile(r"\b(?:F-?|FR-?|L-?|B-?)?\d{4,5}\s+[A-ZÉÈÀÂÎÔ][\w'’-]+|\bCEDEX\b", re.IGNORECASE)
STREET = re.compile(
    r"\b\d{1,4}\s?(bis|ter)?,?\s+(rue|avenue|av\.?|boulevard|bd|place|quai|chemin|allee|allée|route|impasse|cours"
    r"|parvis|square|esplanade|zone|parc)\b"
    r"|^\s*(rue|avenue|boulevard|place|quai|chemin|allée|route|parvis|parc|zone|bâtiment|immeuble|tour|cs|bp)\s",
    re.IGNORECASE,
)
TYPES = re.compile(r"\b(SaaS|PaaS|CaaS|IaaS)\b", re.IGNORECASE)
# A hyphen without blanks is part of a name ("Cloud-Avenue").
BETWEEN = re.compile(r"\s+[–—|-]\s+|\s*[|;]\s*|\s:\s|:\s+")
PROSE = re.compile(
    r"[?!]$|^(en savoir plus|contact|voir aussi|haut de page|partager|retour|plan|accueil|"
    r"sommaire|liens? utiles?|documents?)\b"
)

WORDS = Vocabulary(
    fields={
        "holder": (
            (
                r"(prestataires?|societes?|entreprises?|organismes?|fournisseurs?|candidats?|"
                r"operateurs?|editeurs?|titulaires?|raisons? sociales?)( de service.*| candidate?s?| "
                r"d.informatique.*)?"
            ),
            (
                r"(nom|raison sociale)( (du|de la|de l.|des) ?(prestataire|societe|entreprise|"
                r"organisme|fournisseur|candidat|operateur).*)?"
            ),
        ),
        "subject": (
            (
                r"(nom (du|de la|de l.|des) ?)?(offres?|services?|solutions?|produits?|moyens?)( "
                r"(candidate?s?|concernee?s?|de service|cloud|evaluee?s?|proposee?s?|en cours.*))?"
            ),
            r"intitules?( .*)?|denominations?( .*)?",
        ),
        "scope": (
            r"types?( de services?| d.offres?)?|perimetres?( .*)?|portees?|activites?( .*)?|categories?",
        ),
        "address": (r"adresses?( postale| du siege)?|sieges?( social)?|coordonnees|localisations?|villes?",),
        "milestone": (r"statuts?|etats?|jalons?|etapes?|avancements?|phases?",),
        "since": (r"dates?( .*)?|depuis( le)?|debut( .*)?",),
        "website": (r"sites?( internet| web)?|liens?|url|site de .*",),
    },
    ignored=(r"contacts?|e-?mails?|courriels?|telephones?|tel|logos?|en savoir plus|details?|",),
)
