"""The words of the HDS list: how its fields, its six activities and its certification bodies are printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import permutations

from scrapers.page.vocabulary import UNDER, Vocabulary, plain

ACTIVITIES = {
    "sites physiques": r"sites? physiques?",
    "infrastructure matérielle": r"materiel",
    "infrastructure virtuelle": r"virtuel|virtualisation",
    "plateforme d'hébergement d'applications": r"plate-?formes?|hebergement d.application",
    "administration et exploitation": r"administration|exploitation",
    "sauvegarde": r"sauvegarde",
}
"""The six activities of article R1111-9 of the Code de la santé publique, in its order, by their wording.

Numbers 3 and 4 change places between publishers: the words decide, and a number only means what the page says
it means.
"""
GROUPED = {
    r"hebergeu?r?(ment)? d.infrastructures? physique": ("sites physiques", "infrastructure matérielle"),
    r"hebergeu?r? infogereu?r?|infogerance": tuple(ACTIVITIES)[2:],
    r"(toutes|six|6) (les )?activites|toutes|activites? 1 a 6": tuple(ACTIVITIES),
}
"""The two scopes of the first référentiel, and ways to print all six."""
SHORT = {
    "sites physiques": r"\bsites?\b|\bphys|\blocaux\b|data ?cent|\bdc\b|batiment",
    "infrastructure matérielle": r"\bmat|hardware|serveurs?\b|equipement|infra\w*\.? phys|^phys\w*$",
    "infrastructure virtuelle": r"virt|\bvms?\b|hypervis",
    "plateforme d'hébergement d'applications": r"\bplat|\bpf\b|\bappli|\bpaas\b|logiciel",
    "administration et exploitation": r"\badm|\bexpl|infoger|\bgestion|\bao\b",
    "sauvegarde": r"sauv|backup|\bsvg\b",
}
"""Short words that say which activity a column is, where six columns stand side by side."""
NUMBERED = re.compile(r"(?:activites? ?|act\.? ?|a ?|n ?[°o]? ?)?([1-6])")
ACTIVITY = (
    "sites? physiques?|infrastructures? (materielle|virtuelle)|plate-?formes? .*hebergement|"
    "administration|exploitation|sauvegarde"
)

CERTIFICATE = r"(certificats?|certifications?|attestations?)( hds)?"
NUMBER = r"(n(?:[°ºo]\.?|\.)|no|nr|num(ero)?\.?|ref(erence)?\.?)"
HOST = (
    r"(hebergeurs?|hebergeur de donnees( de sante)?|titulaires?|societes?|entreprises?|"
    r"organisations?|organismes? heberg\w+|entites?( juridiques?)?|structures?|raisons? "
    r"sociales?|denominations?( sociales?)?|prestataires?|clients?|fournisseurs?)"
)
END = r"(fin|expiration|echeance|terme|limite|expire|peremption)"
START = (
    r"(debut|delivrance|obtention|emission|effet|attribution|octroi|certification|"
    r"decision|prise d.effet|depart|signature)"
)


@lru_cache(maxsize=1024)
def named_columns(words: tuple[str, ...]) -> Mapping[str, str]:
    """Which activity each of six short words is, {} when they do not say so beyond doubt.

    Each word must fit one activity, and all six be named; one word may be told by the five others.
    """
    if len(words) != len(ACTIVITIES) or len(set(words)) != len(words):
        return {}
    fits = [{name for name, pattern in SHORT.items() if re.search(pattern, plain(word))} for word in words]
    if sum(not fit for fit in fits) > 1:
        return {}
    every = [
        names
        for names in permutations(ACTIVITIES)
        if all(name in fit or not fit for name, fit in zip(names, fits, strict=True))
    ]
    return dict(zip(words, every[0], strict=True)) if len(every) == 1 else {}


def names_all(words: tuple[str, ...], together: bool) -> bool:
    """Whether words are short names of the six activities: beyond doubt where nothing stands over them."""
    if not together:
        known = all(any(re.search(p, plain(word)) for p in SHORT.values()) for word in words)
        return known and bool(named_columns(words))
    numbers = {found[1] for word in words if (found := NUMBERED.fullmatch(plain(word)))}
    return bool(named_columns(words)) or len(numbers) == len(words) == len(ACTIVITIES)


WORDS = Vocabulary(
    several=frozenset({"activities", "activity"}),
    whole_set=(len(ACTIVITIES), names_all),
    split=frozenset({"activities"}),
    spare_holders=("organisme", "organismes"),
    fields={
        "holder": (
            HOST,
            (
                r"(nom|nom complet|raison sociale|denomination( sociale)?|identite|nom et \w+)( (de |du |"
                rf"des |d')?(l'|la |le )?{HOST}.*)"
            ),
            rf"{HOST}( (certifiee?s?|hds|certifiee?s? hds|du certificat|de donnees de sante.*))",
            rf"{HOST} ?[/,(-] ?.*{HOST}\)?",
            r"noms?( (commercial|usuel|complet))?|title|titre|name",
        ),
        "activity": (
            rf".*{UNDER} ?.+",
            r"activites? ?\d|act\.? ?\d|[1-6]",
            rf"(activites? ?|act\.? ?|a)?([1-6] ?[-.:)–] ?)?(l'|la |les )?({ACTIVITY})[\w' -]*",
            rf"activites? .*(\b[1-6]\b|{ACTIVITY}).*",
        ),
        "activities": (
            (
                r"activites?|activites? (certifiee?s?|couvertes?|hds|concernees?|d.hebergement|du "
                r"certificat|du referentiel)( .*)?"
            ),
            r"(perimetres?|portees?|domaines?|champs?)( (de|du|des|d').*(certif|activit).*| certifie.*)?",
            r"(types?|liste|numeros?) (d'|des )activites?.*|services? certifies?|scope",
        ),
        "body": (
            (
                r"(organismes?|organisme tiers|societe|entite|cabinet) (de certification|"
                r"certificateurs?|accredites?|emetteurs?)"
            ),
            (
                r"certificateurs?|certifie par|delivre par|emis par|auditeur|(nom )?(de l'|du "
                r")?(organisme )?certificateur|organisme (ayant|qui a) .*certif.*|certificat (delivre|"
                r"emis) par"
            ),
            r"organismes?|oc|emetteur|delivrance par",
        ),
        "number": (
            rf"identifiant (du |de |de la )?{CERTIFICATE}",
            rf"{NUMBER} ?(de |du |d'|des )?(l')?{CERTIFICATE}.*|{NUMBER}( hds)|{CERTIFICATE} ?{NUMBER}",
            rf"{NUMBER}",
            rf"{CERTIFICATE}",
        ),
        "start": (
            rf"(dates? )?(de |d'|du )?(la )?{START}( .*)?",
            (
                r"(certifie |valide |valable )?(depuis|a partir|a compter|des)( le| du)?|du|date (du "
                r"certificat|initiale.*)|certifie le|delivre le|en vigueur le|debut"
            ),
        ),
        "end": (
            rf"(dates? )?(de |d'|du )?(la )?{END}( .*)?",
            (
                r"(certificat |certification )?(valide|valable|validite|certifie|en vigueur)( jusqu'?.*)|"
                r"jusqu'?(au|a)?|au|expire( le)?|dates? (de )?fin.*|fin"
            ),
            r"dates? de validite|date limite.*|validite (du certificat )?(jusqu'?au|au)",
        ),
        "period": (
            r"(periodes?|durees?|dates?)( de)? (validite|certification).*|validites?( du certificat)?",
            r"periode|dates",
        ),
        "version": (
            r"(versions?|v)(( du| de)? (referentiel|certification|hds).*)?",
            r"referentiels?( (de certification|hds|applicable|de reference|utilise).*)?|norme|exigences",
        ),
        "status": (r"statuts?|etats?|situation", r"(statut|etat) (du|de la|de) .*|valide|actif"),
        "perimeter": (
            (
                r"perimetre (detaille|technique|geographique|du certificat).*|description.*|"
                r"services?( proposes| couverts)?|offres?|libelle du certificat"
            ),
        ),
        "address": (
            (
                r"adresses?( postale| du siege.*)?|sieges?( social)?|villes?|localisations?|pays|code "
                r"postal|cp|departements?|regions?"
            ),
        ),
        "website": (
            r"sites?( internet| web)?|adresse (internet|web)|url|site de l'hebergeur|liens?( vers .*)?|www",
        ),
        "document": (
            (
                r"(certificat|attestation) (pdf|a telecharger|numerise)|pdf|documents?|"
                r"telechargements?|telecharger( .*)?|fichiers?|pieces? jointes?"
            ),
        ),
    },
    leads=(
        (
            "end",
            (
                r"(certificat )?(valable|valide|certifiee?|en cours de validite) jusqu'?(au|a|en)\b|"
                r"expire le\b|echeance( le)?(?= \d)"
            ),
            "fin de validité",
        ),
        ("start", r"(certifiee?|valable|valide) (depuis( le)?|a (partir|compter) du)\b", "date de début"),
        ("period", r"(valable |valide |validite )?du (?=\d)", "période de validité"),
        ("number", r"certificat( hds)? (n[°ºo]?\.?|numero)(?= )", "n° de certificat"),
        ("version", r"referentiel( hds)?(?= v?\d)|version(?= v?\d)", "version du référentiel"),
        ("body", r"(certifiee?|delivree?|emis|certificat delivre) par\b", "organisme certificateur"),
    ),
    ignored=(
        (
            r"actions?|details?( .*)?|en savoir plus|voir( .*)?|logos?|contacts?|e-?mails?|mails?|"
            r"courriels?|telephones?|tel|commentaires?|plus"
        ),
        (
            r"id|identifiant|nid|uuid|uid|langcode|type|created|changed|path|alias|weight|delta|"
            r"metatag|links|relationships|self|slug|lettre|letter|initiale"
        ),
        (
            r"date de (mise a jour|publication|modification|creation).*|mis a jour.*|derniere "
            r"mise a jour.*|modifie.*"
        ),
        r"",
    ),
)

MARK = r"(?:r[ée]v(?:ision)?|indice|ind|version|ver|v|r)"
REVISIONS = (
    re.compile(rf"^(.*\d.*?)[\s\-_/.]*\b{MARK}[\s.\-_]*\d{{1,2}}$", re.IGNORECASE),
    re.compile(r"^(.*\d{4,})\s*[-.]\s*\d{1,2}$"),
)
MARKED = re.compile(r"[a-z][\s.\-_]*\d{1,2}$", re.IGNORECASE)
"""How a number with a marked revision ends: seen at once, where trying each place for the mark takes long."""
# "HDS-2025-12": what follows a year counts certificates, and is no revision of one.
YEAR = re.compile(r"(?:^|\D)(?:19|20)\d\d$")


@lru_cache(maxsize=4096)
def activities_of(words: str) -> tuple[str, ...]:
    """The activities that a wording names, in the order of the law; () for a bare number or other words."""
    text = plain(words)
    for pattern, names in GROUPED.items():
        if re.fullmatch(rf"(une?|les|l'|activites? )?({pattern})\b.*", text):
            return names
    # the law's sentence for the sites also names the equipment that they house
    text = re.split(r"\b(?:permettant|abritant|hebergeant|afin|pour) ", text)[0]
    return tuple(name for name, pattern in ACTIVITIES.items() if re.search(pattern, text))


def root_of(number: str) -> str:
    """A certificate number without its revision ("38436-2" and "11516-rev4" are 38436 and 11516).

    A year before the hyphen or a longer number after it is part of the number ("HDS-2025-0257").
    """
    text = " ".join(number.split())
    for pattern in REVISIONS if MARKED.search(text) else REVISIONS[1:]:
        found = pattern.match(text)
        if found and not YEAR.search(found.group(1)):
            return found.group(1).rstrip(" -_/.")
    return text
