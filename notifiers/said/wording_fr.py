"""French: every text that people read. Spaces that must not break are written `NB` and `THIN`."""

from __future__ import annotations

from datetime import date

from notifiers.said.words import Label, Register, Words
from state.model import Kind

NB = "\u00a0"  # before a colon, inside « », after n°
THIN = "\u202f"  # before ; ! ?


def _service(name: str, mark: str) -> Label:
    return Label(name=name, mark=mark, thing="service", things="services", paper="décision")


def _firm(name: str) -> Label:
    return Label(
        name=name,
        mark=f"la qualification {name}",
        thing="qualification",
        things="qualifications",
        paper="décision",
        feminine=True,
    )


def _eidas(what: str) -> Label:
    return _service(f"eIDAS ({what})", f"la qualification eIDAS ({what})")


def _product(name: str, mark: str, thing: str = "produit", things: str = "produits") -> Label:
    return Label(name=name, mark=mark, thing=thing, things=things, paper="certificat")


LABELS = {
    "hds": Label(
        name="HDS",
        mark="la certification HDS",
        thing="certificat",
        things="certificats",
        paper="certificat",
    ),
    "secnumcloud": _service("SecNumCloud", "la qualification SecNumCloud"),
    "pams": _service("PAMS (infogérance)", "la qualification PAMS (infogérance)"),
    "passi": _firm("PASSI (audit)"),
    "pacs": _firm("PACS (conseil)"),
    "pris": _firm("PRIS (réponse à incident)"),
    "pdis": _firm("PDIS (détection d’incidents)"),
    "pvid": _service("PVID (vérification d’identité)", "la certification PVID (vérification d’identité)"),
    "mie": _service(
        "MIE (identification électronique)", "la certification MIE (identification électronique)"
    ),
    "eidas-esign-cert": _eidas("certificats de signature"),
    "eidas-eseal-cert": _eidas("certificats de cachet"),
    "eidas-web-cert": _eidas("certificats de site web"),
    "eidas-timestamp": _eidas("horodatage"),
    "eidas-esign-validation": _eidas("validation de signatures"),
    "eidas-eseal-validation": _eidas("validation de cachets"),
    "eidas-esign-preservation": _eidas("conservation de signatures"),
    "eidas-eseal-preservation": _eidas("conservation de cachets"),
    "eidas-registered-delivery": _eidas("envoi recommandé"),
    "qualified-product": Label(
        name="Produit qualifié",
        mark="une qualification de produit",
        thing="produit",
        things="produits",
        paper="décision",
    ),
    "cc": _product("Critères communs", "la certification Critères communs"),
    "cspn": _product("CSPN", "la certification CSPN"),
    "protection-profile": _product(
        "Profil de protection", "une certification de profil de protection", "profil", "profils"
    ),
    "site": _product("Site certifié", "une certification de site", "site", "sites"),
}

KINDS = {
    Kind.GAINED: "label obtenu",
    Kind.LOST: "n’est plus listé",
    Kind.SERVICE_REMOVED: "service qui n’est plus listé",
    Kind.SCOPE_REDUCED: "périmètre réduit",
    Kind.SHORTENED: "échéance avancée",
    Kind.EXPIRED: "échéance dépassée, toujours listé",
    Kind.SERVICE_ADDED: "service ajouté",
    Kind.SCOPE_EXTENDED: "périmètre étendu",
    Kind.LEVEL_CHANGED: "niveau modifié",
    Kind.RENEWED: "renouvelé",
    Kind.REISSUED: "nouvelle décision, même échéance",
    Kind.RENAMED: "nom imprimé modifié",
    Kind.EXPIRING: "échéance proche",
    Kind.CANDIDATE_LISTED: "nouveau candidat",
    Kind.CANDIDATE_DELISTED: "n’est plus parmi les candidats",
    Kind.RECOMMENDATION_CHANGED: "recommandation modifiée",
    Kind.AMENDED: "mention modifiée",
}

_HEAD = "{who}, {label}" + NB + ": "

TITLES = {
    "gained": "{who} obtient {mark}",
    "gained_after": "{who} est désormais listé" + NB + ": {label}",
    "gained_baseline": "{who}, déjà listé à la première lecture" + NB + ": {label}",
    "gained_rereading": "{who}, listé, relu par nos soins" + NB + ": {label}",
    "lost": "{who} n’est plus listé" + NB + ": {label}",
    "lost_rereading": "{who}, non listé, relu par nos soins" + NB + ": {label}",
    "lost_withdrawn": _HEAD + "statut «" + NB + "retiré" + NB + "» imprimé au registre",
    "lost_suspended": _HEAD + "statut «" + NB + "suspendu" + NB + "» imprimé au registre",
    "lost_archived": _HEAD + "désormais parmi les certificats archivés",
    "service_removed": _HEAD + "un{e} {thing} n’est plus listé{e}",
    "service_removed_withdrawn": _HEAD + "un{e} {thing} au statut «" + NB + "retiré" + NB + "»",
    "service_removed_suspended": _HEAD + "un{e} {thing} au statut «" + NB + "suspendu" + NB + "»",
    "service_removed_archived": _HEAD + "un certificat passe aux archives",
    "scope_reduced": _HEAD + "périmètre réduit",
    "shortened": _HEAD + "échéance avancée au {until}",
    "shortened_announced": _HEAD + "fin annoncée pour le {until}",
    "shortened_sooner": _HEAD + "fin annoncée avancée au {until}",
    "expired": _HEAD + "échéance du {until} dépassée, toujours listé",
    "gained_late": "{who} est désormais listé" + NB + ": {label}, {certified} depuis le {since}",
    "service_added": _HEAD + "un{e} {thing} de plus",
    "service_added_late": _HEAD + "un{e} {thing} de plus au registre, {certified}{e} depuis le {since}",
    "service_added_baseline": _HEAD + "un{e} {thing} déjà listé{e} à la première lecture",
    "service_added_rereading": _HEAD + "un{e} {thing} listé{e}, relu{e} par nos soins",
    "scope_extended": _HEAD + "périmètre étendu",
    "level_changed": _HEAD + "niveau modifié",
    "renewed": "{who}, {label} renouvelé jusqu’au {until}",
    "renewed_put_off": _HEAD + "fin annoncée reportée au {until}",
    "renewed_taken_back": _HEAD + "plus de fin annoncée",
    "reissued": _HEAD + "nouvelle décision, échéance inchangée",
    "reissued_certificate": _HEAD + "certificat réédité, échéance inchangée",
    "reissued_key": _HEAD + "certificat d’un service remplacé",
    "renamed": _HEAD + "nom imprimé modifié",
    "renamed_holder": _HEAD + "le titulaire imprimé passe de {old_holder} à {new_holder}",
    "expiring": _HEAD + "échéance le {until} ({days})",
    "candidate_listed": "{who} figure parmi les candidats" + NB + ": {label}",
    "candidate_listed_baseline": "{who}, déjà candidat à la première lecture" + NB + ": {label}",
    "candidate_delisted": "{who} ne figure plus parmi les candidats" + NB + ": {label}",
    "recommendation_changed": _HEAD + "niveau de recommandation «" + NB + "{after}" + NB + "»",
    "amended": _HEAD + "mention modifiée",
    "amended_baseline": _HEAD + "déjà {status} à la première lecture",
}

_SAID = "{whom}, {label}" + NB + ": "
_RETIRED = "porte désormais le statut «" + NB + "retiré" + NB + "» {where}"
_PAUSED = "porte désormais le statut «" + NB + "suspendu" + NB + "» {where}"
_FIRST = "Première lecture" + NB + ": "
_BEFORE = " Avant" + NB + ": pas encore lu."
_READ_AGAIN = " C’est notre lecteur qui a changé, pas le registre."
_KEEPS = " {who} garde {mark}."

SENTENCES = {
    "gained": "{whom} obtient {mark}{items}.",
    "gained_after": "{whom} est désormais listé {where} pour {mark}{items}.",
    "gained_baseline": _FIRST + "{whom} est déjà listé {where} pour {mark}{items}." + _BEFORE,
    "gained_rereading": "{whom} est listé {where} pour {mark}{items}." + _READ_AGAIN,
    "lost": "{whom} ne figure plus {where} pour {mark}{items}.",
    "lost_rereading": "{whom} ne figure pas {where} pour {mark}{items}." + _READ_AGAIN,
    "lost_withdrawn": "{whom}" + NB + ": {mark} " + _RETIRED + "{about}.",
    "lost_suspended": "{whom}" + NB + ": {mark} " + _PAUSED + "{about}.",
    "lost_archived": "{whom}" + NB + ": {mark} ne figure plus que parmi les archives {where}{about}.",
    "service_removed": _SAID + "{what} ne figure plus {where}{about}." + _KEEPS,
    "service_removed_withdrawn": _SAID + "{what} " + _RETIRED + "{about}." + _KEEPS,
    "service_removed_suspended": _SAID + "{what} " + _PAUSED + "{about}." + _KEEPS,
    "service_removed_archived": _SAID
    + "{what} ne figure plus que parmi les archives {where}{about}."
    + _KEEPS,
    "scope_reduced": _SAID + "périmètre réduit{about}. {change}",
    "shortened": _SAID + "échéance avancée{about}. {change}",
    "shortened_announced": _SAID + "fin annoncée pour le {until}{about}. D’ici là, statut {status}.",
    "shortened_sooner": _SAID + "fin annoncée avancée{about}. {change}",
    "expired": _SAID + "échéance du {until} dépassée, toujours listé {where}{about}.",
    "gained_late": _SAID + "listé le {listed_on}, {certified} depuis le {since}{listed}.",
    "service_added": _SAID + "un{e} {thing} de plus{listed}.",
    "service_added_late": _SAID
    + "un{e} {thing} de plus, listé{e} le {listed_on}, {certified}{e} depuis le {since}{listed}.",
    "service_added_baseline": _FIRST + _SAID + "un{e} {thing} déjà listé{e} {where}{listed}." + _BEFORE,
    "service_added_rereading": _SAID + "un{e} {thing} listé{e} {where}{listed}." + _READ_AGAIN,
    "scope_extended": _SAID + "périmètre étendu{about}. {change}",
    "level_changed": _SAID + "niveau modifié{about}. {change}",
    "renewed": "{whom}, {label} renouvelé{about}. {change}",
    "renewed_put_off": _SAID + "fin annoncée reportée{about}. {change}",
    "renewed_taken_back": _SAID + "la fin annoncée pour le {ended} n’est plus imprimée{about}.",
    "reissued": _SAID + "nouvelle décision, échéance inchangée{about}. {change}",
    "reissued_certificate": _SAID + "certificat réédité, échéance inchangée{about}. {change}",
    "reissued_key": _SAID + "le certificat du service est remplacé{about}. {change}",
    "renamed": _SAID + "nom imprimé modifié{about}. {change}",
    "renamed_holder": _SAID + "titulaire imprimé modifié{about}. {change}",
    "expiring": _SAID + "échéance le {until}, {days}{about}. Aucun renouvellement publié à ce jour.",
    "candidate_listed": "{whom} figure désormais parmi les candidats à {mark}{items}.",
    "candidate_listed_baseline": _FIRST
    + "{whom} figure déjà parmi les candidats à {mark} {where}{items}."
    + _BEFORE,
    "candidate_delisted": "{whom} ne figure plus parmi les candidats à {mark}{items}.",
    "recommendation_changed": _SAID
    + "le niveau de recommandation de l’ANSSI passe de «"
    + NB
    + "{before}"
    + NB
    + "» à «"
    + NB
    + "{after}"
    + NB
    + "»{about}.",
    "amended": _SAID + "mention modifiée{about}. {change}",
    "amended_baseline": _FIRST + _SAID + "déjà {status} {where}{about}." + _BEFORE,
}

NOTES = {
    "end_passed": "Échéance imprimée" + NB + ": {until}, déjà passée.",
    "end_ahead": "Échéance imprimée"
    + NB
    + ": {until}, pas encore atteinte. Le registre n’en donne pas la raison.",
    "ends_passed": "Échéances imprimées" + NB + ": {until}, déjà passées.",
    "ends_ahead": "Échéances imprimées"
    + NB
    + ": {until}, pas toutes atteintes. Le registre n’en donne pas la "
    "raison.",
    "ends_plain": "Échéances imprimées" + NB + ": {until}.",
    "end_none": "Aucune échéance n’était imprimée. Le registre n’en donne pas la raison.",
    "end_plain": "Échéance imprimée" + NB + ": {until}.",
    "as_announced": "Le registre l’avait annoncé pour ce jour.",
    "status_only": "Le registre imprime ce statut sans en donner la raison.",
    "successor": "Successeur probable" + NB + ": {name}, désormais listé (événement {number}).",
    "predecessor": "Prédécesseur probable" + NB + ": {name}, qui n’est plus listé (événement {number}).",
    "means_optimal": "Pour l’ANSSI" + NB + ": recommandé sans réserve.",
    "means_moderate": "Pour l’ANSSI"
    + NB
    + ": acceptable si déjà déployé, non recommandé pour de nouveaux projets.",
    "means_critical": "Pour l’ANSSI" + NB + ": n’est plus recommandé, retrait de service recommandé.",
    "by_rule": "Comme la date d’échéance le prévoyait.",
    "by_hand": "Modifié manuellement par l’ANSSI"
    + NB
    + ": la date d’échéance ne l’explique pas, et la raison n’est "
    "pas publiée.",
    "lagging": "Cette page peut retarder sur le catalogue, qui seul fait foi.",
    "no_outcome": "Cela ne dit rien de l’issue" + NB + ": seul le catalogue fait foi.",
    "no_renewal": "Aucun renouvellement publié à ce jour.",
    "keeps": "{who} garde {mark}.",
}

FIELDS = {
    "holder": "Titulaire",
    "subject": "Objet",
    "version": "Version",
    "scope": "Périmètre",
    "level": "Niveau",
    "status": "Statut",
    "national_security": "Sécurité nationale",
    "recommendation": "Niveau de recommandation",
    "issuer": "Organisme",
    "ref": "Référence",
    "status_to_come": "Statut à venir",
    "status_to_come_on": "À partir du",
    "statuses": "Statuts imprimés",
    "valid_from": "Début",
    "valid_until": "Échéance",
    "validity": "Validité",
    "certificate": "Certificat",
    "family": "Famille",
    "oid": "OID",
    "agreement_level": "Niveau d’agrément",
    "incident_contact": "Contact en cas d’incident",
    "sponsor": "Commanditaire",
    "cesti": "CESTI",
    "product_type": "Type de produit",
}

VALUES = {"true": "oui", "false": "non", "none": "aucun"}

STATUSES = {
    "listed": "listé",
    "granted": "accordé",
    "withdrawn": "retiré",
    "suspended": "suspendu",
    "archived": "archivé",
    "candidate": "candidat",
    "unmaintained": "non maintenu",
    "announced": "annoncé",
    "unstated": "n’est plus indiqué pour cet usage",
    "optimal": "optimal",
    "moderate": "modéré",
    "critical": "critique",
}

SOURCES = {
    "anssi-catalogue": Register(title="Catalogue de l’ANSSI", of="du catalogue de l’ANSSI"),
    "anssi-pending": Register(title="Candidats, site de l’ANSSI", of="de la page des candidats de l’ANSSI"),
    "ans-hds": Register(title="Liste HDS de l’ANS", of="de la liste HDS de l’ANS"),
    "tl-fr": Register(title="Liste de confiance française", of="de la liste de confiance française"),
}

NOTICES = {
    "trouble": (
        "Source illisible" + NB + ": {subject}",
        "Rien n’est annoncé tant que la source n’est pas relue. Pour comprendre"
        + NB
        + ": «"
        + NB
        + "vigilabel doctor {name}"
        + NB
        + "».",
    ),
    "doubted": (
        "Lecture douteuse" + NB + ": {subject}",
        "Rien n’en est annoncé. À faire" + NB + ": comparer avec le registre.",
    ),
    "recovered": ("Source de nouveau lue" + NB + ": {subject}", "Rien à faire."),
    "held": (
        "Lecture retenue en partie" + NB + ": {subject}",
        "Personne n’en a été averti. À faire" + NB + ": comparer avec le registre.",
    ),
    "released": ("Fin de la retenue" + NB + ": {subject}", "Rien à faire."),
    "news": (
        "Du nouveau dans la forme du registre" + NB + ": {subject}",
        "Lu et conservé. À faire" + NB + ": l’apprendre au lecteur.",
    ),
    "stale": (
        "Plus de nouvelle édition" + NB + ": {subject}",
        "À faire" + NB + ": vérifier que le registre est toujours publié à cette adresse.",
    ),
    "clock": (
        "Horloge douteuse" + NB + ": {subject}",
        "Ce que le registre montre est annoncé comme d’habitude.",
    ),
    "canary": ("Canari" + NB + ": la voie est libre", "Rien à faire."),
    "summary": ("Bilan de la semaine du {subject}", ""),
    "given_up": (
        "Message abandonné" + NB + ": {subject}",
        "À faire" + NB + ": «" + NB + "vigilabel why" + NB + "» dit ce qu’il est advenu d’un événement.",
    ),
    "suspended": (
        "Envois suspendus" + NB + ": {subject}",
        "Ce qui est dû est conservé. Ensuite"
        + NB
        + ": «"
        + NB
        + "/vigilabel resume"
        + NB
        + "» dans ce canal, ou «"
        + NB
        + "vigilabel resume {name}"
        + NB
        + "».",
    ),
    "baseline": (
        "Première lecture" + NB + ": {subject}",
        "La veille commence ici" + NB + ": cette lecture n’annonce rien.",
    ),
}

PHRASES = {
    "colon": NB + ": ",
    "quoted": "«" + NB + "{text}" + NB + "»",
    "printed": " (imprimé {text})",
    "edition_of": "dans l’édition du {date} {of}",
    "reading_of": "à la lecture du {date} {of}",
    "last_reading_of": "à la dernière lecture {of}",
    "unknown_of": "de {text}",
    "source_edition": "{title} du {date}",
    "source_reading": "{title}, lecture du {date}",
    "from_to": "du {start} au {end}",
    "from": "depuis le {start}",
    "until": "jusqu’au {end}",
    "between": "du {start} au {end}",
    "decision_of_year": "décision n°" + NB + "{number} de {year}",
    "number_of_year": "n°" + NB + "{number} de {year}",
    "décision": "décision {ref}",
    "certificat": "certificat {ref}",
    "certified": "certifié",
    "qualified": "qualifié",
    "event": "événement {number}",
    "removed": "Retiré du périmètre",
    "added": "Ajouté au périmètre",
    "and_more": "et {count} autres",
    "and_one_more": "et 1 autre",
    "level": "niveau {level}",
    "version": "référentiel {version}",
    "of_issuer": "délivré par {issuer}",
    "national_security": "sécurité nationale",
    "some": "un{e} {thing}",
    "renewed_by": "{before} → {after}",
    "activities": "activités {numbers}",
    "fingerprint": "empreinte {start}…",
    "activity": "activité {number}",
    "day": "dans 1 jour",
    "days": "dans {count} jours",
    "today": "aujourd’hui",
    "past": "dépassée",
    "undated": "(date non imprimée)",
    "first_reading": "première lecture",
    "read_again": "relecture",
    "missing_one": "absent de la lecture du {day}, à confirmer",
    "missing_many": "absent de {count} lectures depuis le {day}, à confirmer",
    "shown_as": "imprimé «\u00a0{status}\u00a0» dans la lecture du {day}, à confirmer",
    "row_shown": "1 ligne imprimée «\u00a0{status}\u00a0» dans la lecture du {day}, à confirmer",
    "rows_shown": "{count} lignes imprimées «\u00a0{status}\u00a0» dans la lecture du {day}, à confirmer",
    "row_missing": "1 ligne absente de la lecture du {day}, à confirmer",
    "rows_missing": "{count} lignes absentes de la lecture du {day}, à confirmer",
    "one_lacks": "1 ligne à confirmer par une autre lecture",
    "many_lack": "{count} lignes à confirmer par une autre lecture",
    "end_to_come": "fin annoncée pour le {day}",
    "start_to_come": "début annoncé pour le {day}",
    "matched": "Vos abonnements" + NB + ": {items}",
    "changes": "{count} changements",
    "change": "1 changement",
    "important": ", dont {count} importants",
    "one_important": ", dont 1 important",
    "all_important": "{count} changements importants",
    "notices": "{count} avis sur la veille",
    "heading_high": "Importants",
    "heading_normal": "Autres changements",
    "heading_low": "Détails",
    "part": " (suite, {part}/{parts})",
    "retracted": "Alerte annulée" + NB + ": {title}",
    "retracted_why": "Cette alerte n’aurait pas dû être envoyée. Raison" + NB + ": {reason}",
    "unknown_notice": "Avis" + NB + ": {subject}",
    "semicolon": THIN + "; ",
}


def date_text(day: date) -> str:
    """The day as French registers print it: 04/03/2026."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


FRENCH = Words(
    labels=LABELS,
    kinds=KINDS,
    titles=TITLES,
    sentences=SENTENCES,
    notes=NOTES,
    fields=FIELDS,
    values=VALUES,
    statuses=STATUSES,
    sources=SOURCES,
    notices=NOTICES,
    phrases=PHRASES,
    date=date_text,
)
