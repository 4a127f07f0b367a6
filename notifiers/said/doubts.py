"""Why a reading is not believed, or not all of it, and what to do: words made of reasons, in both languages.

The code decides the sentence; nothing is looked up in a sentence. The memory keeps the English one beside the
data, for logs and for programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from notifiers.said.reasons import reason_text
from notifiers.said.typeset import Count, french
from notifiers.said.wording import label_name, value_text
from state.model import Reason, Run
from state.words.post import Notice

ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)(?::\d\d)?Z")
AS_SAID = "as_said"
"""What the network, a register or a reader said, verbatim, in `text`."""
COUNTS = frozenset({"since", "looks"})
"""The values that say how long it has lasted: they move while the reason stays the same."""


ENGLISH = {
    # what concerns the whole reading
    "older_edition": (
        "the edition of {edition} is older than the one known, of {known}: "
        "a stale copy, or the publisher put it back; ignored"
    ),
    "same_edition": (
        "the edition of {edition} is the one known, yet its rows are others: {came} came, {left} left; "
        "one stamp cannot state two lists"
    ),
    "rereading_loses": "our own reader changed: it reads fewer rows in the page that is known",
    "cannot_reread": (
        "revision {revision} of the reader cannot read the snapshot that the revision before it accepted: "
        "{text}"
    ),
    "unknown_signer": (
        "the signer is not one of the {accepted} accepted; found {signer}. Compare it with the certificates "
        "of the French scheme operator in the EU list of trusted lists "
        "(https://ec.europa.eu/tools/lotl/eu-lotl.xml); if it is there, add its fingerprint to "
        "VIGILABEL_SOURCES__TL_FR__SIGNERS, or approve this run to believe this one list"
    ),
    "signer_named_since": (
        "the EU's list names that certificate only since {begins}, and this list is of {issued}"
    ),
    "signer_named_until": (
        "the EU's list named that certificate from {begins} until {ends}, and this list is of {issued}"
    ),
    "short_list": (
        "first look at {label}: {rows:row|rows}, at least {floor} expected; "
        "a short list would make a false baseline"
    ),
    # what concerns one label
    "short_label": (
        "first look at {label}: {rows:row|rows}, at least {floor} expected; the label stays unread"
    ),
    "few_rows": ("{label}: {rows:row|rows} read, at least {floor} expected; {held:removal|removals} held"),
    "many_lost": (
        "{label}: {lost} of {holders:holder|holders} would be lost at once, more than {most}; "
        "{held:removal|removals} held"
    ),
    "many_moved": (
        "{label}: {moved} of {rows:row|rows} would be archived or withdrawn at once, more than {most}; "
        "{held:row keeps its known state|rows keep their known state}"
    ),
    "second_look": "{label}: {held:row|rows} missing from an undated page; a second look will tell",
    "moved_page": "{label}: {held:row|rows} {text}",
    # how long it has lasted
    "repeated": "so since {since}, {looks:look|looks}",
    "waits": "what is held has waited since {since}, {looks:look|looks}",
    # what operators are told below it
    "failed_since": "{failed} failed since the last good one; last good reading {when}.",
    "never_read": "{failed} failed since the last good one; never read yet.",
    "see_sources": "The known listing stands. `vigilabel sources` shows when the register answers again.",
    "import_page": (
        "The known listing stands. Save the page from a browser and run `vigilabel import {source} FILE`."
    ),
    "learn_shape": (
        "The known listing stands. The page is kept as evidence: "
        "the reader of {source} must learn this shape."
    ),
    "approve_doubt": (
        "The known listing stands. Look at the page, then `vigilabel approve {run} --reason TEXT` if it is "
        "right."
    ),
    "no_approval": (
        "The known listing stands. No approval can replace what is missing here: "
        "check the address of {source}, "
        "or save the right page and run `vigilabel import {source} FILE`."
    ),
    "our_fault": "The known listing stands. This is a fault of vigilabel: the log has the traceback.",
    "reads_again": "The register reads again; it had been in trouble since {when}.",
    "approve_held": (
        "Additions and changes were applied. The removals wait until the reading is repeated on three runs "
        "over 24 h, or until `vigilabel approve {run} --reason TEXT`."
    ),
    "approve_label": (
        "The rest was read. A later look with enough rows will be the first one at that label; "
        "if it is really so short, `vigilabel approve {run} --reason TEXT`."
    ),
    "released": "Nothing is held any more: the rows are listed again, or their removal is now believed.",
    "odd_row": "{label}, {place}: {text}; its last state is kept",
    "stale_edition": (
        "The edition of {edition} is {age:day|days} old; one is expected every {every:day|days} at most. "
        "Is the address still the right one?"
    ),
    "promised_edition": (
        "The edition of {edition} promised the next one by {promised}, and none came. "
        "Is the address still the right one?"
    ),
    # why there is nothing to approve
    "was_forgotten": "run {run} was forgotten: {text}",
    "no_page": "run {run} fetched no page: there is nothing to believe",
    "in_full": "run {run} was believed in full",
    "forgotten_already": "run {run} was forgotten already: {text}",
    "not_newest": (
        "run {run} is not the newest look at {source}: run {newest} is, and would have to be forgotten first"
    ),
    "unknown_word": "'{found}': expected a provider, a label, a kind of event, or `all`",
    "nothing_to_watch": "nothing to watch: name a provider, a label, a kind of event, or `all`",
    "nothing_read": "run {run} read no list that anybody could believe: {text}",
    "followed": (
        "run {run} was followed by another reading, run {later}: look at that one, "
        "then `vigilabel approve {later} --reason TEXT`"
    ),
    "followed_in_full": "run {run} was followed by another reading, run {later}, which was believed in full",
    # why the calendar waits
    "clock_date": "The clock says {now}, the server of the register {other}: {days:day|days} apart.",
    "clock_leap": "The clock says {now}, {days:day|days} after the last look or edition, of {other}.",
    "clock_behind": "The clock says {now}, {days:day|days} before the last look, of {other}.",
    "clock_early": "The clock says {now}, {days:day|days} before the edition, of {other}.",
    "clock_waits": "Printed ends are not told until a second day confirms it. Set the clock if it is wrong.",
    "clock_approve": (
        "Printed ends are not told until a second day confirms it. Set the clock if it is wrong; "
        "else `vigilabel approve {run} --reason TEXT`."
    ),
    # what is said of rows that are no news
    "new_print": (
        "{rows:row is|rows are} only printed in another way (“{before}” is now “{after}”): "
        "subscribers are told nothing"
    ),
    "reshelved": (
        "{label}: {rows:row that was over goes|rows that were over go} from {before} to {after}; "
        "recorded with low weight"
    ),
}
FRENCH = {
    "older_edition": (
        "l’édition du {edition} est plus ancienne que celle qui est connue, du {known} : "
        "copie périmée, ou remise en ligne par l’éditeur ; elle est ignorée"
    ),
    "same_edition": (
        "l’édition du {edition} est celle qui est connue, mais ses lignes diffèrent : "
        "{came:nouvelle|nouvelles}, {left:disparue|disparues} ; une même date ne peut porter deux listes"
    ),
    "rereading_loses": "notre lecteur a changé : il lit moins de lignes dans la page déjà connue",
    "cannot_reread": (
        "la révision {revision} du lecteur ne sait plus lire la page que la précédente avait acceptée : "
        "{text}"
    ),
    "unknown_signer": (
        "le signataire n’est pas l’un des {accepted} acceptés : {signer}. À comparer avec les certificats "
        "de l’opérateur français dans la liste européenne des listes de confiance "
        "(https://ec.europa.eu/tools/lotl/eu-lotl.xml) ; s’il y est, ajoutez son empreinte à "
        "VIGILABEL_SOURCES__TL_FR__SIGNERS, ou approuvez cette lecture pour croire cette seule liste"
    ),
    "signer_named_since": (
        "la liste européenne ne nomme ce certificat que depuis le {begins}, or cette liste est du {issued}"
    ),
    "signer_named_until": (
        "la liste européenne a nommé ce certificat du {begins} au {ends}, or cette liste est du {issued}"
    ),
    "short_list": (
        "première lecture de {label} : {rows:ligne|lignes}, {floor} attendues au moins ; "
        "une liste trop courte fausserait le point de départ"
    ),
    "short_label": (
        "première lecture de {label} : {rows:ligne|lignes}, {floor} attendues au moins ; "
        "ce label reste non lu"
    ),
    "few_rows": (
        "{label} : {rows:ligne lue|lignes lues}, {floor} attendues au moins ; "
        "{held:disparition retenue|disparitions retenues}"
    ),
    "many_lost": (
        "{label} : {lost} titulaires sur {holders} disparaîtraient d’un coup, la limite est {most} ; "
        "{held:disparition retenue|disparitions retenues}"
    ),
    "many_moved": (
        "{label} : {moved} lignes sur {rows} seraient archivées ou retirées d’un coup, "
        "la limite est {most} ; "
        "{held:ligne garde son état connu|lignes gardent leur état connu}"
    ),
    "second_look": (
        "{label} : {held:ligne absente|lignes absentes} d’une page sans date ; une deuxième lecture tranchera"
    ),
    "moved_page": (
        "{label} : {held:ligne absente|lignes absentes} d’une page qui a déménagé ; "
        "une deuxième lecture tranchera"
    ),
    "repeated": "il en est ainsi depuis le {since}, {looks:lecture|lectures}",
    "waits": "ce qui est retenu attend depuis le {since}, {looks:lecture|lectures}",
    "failed_since": "Dernière bonne lecture le {when}, lectures échouées depuis : {failed}.",
    "never_read": "Jamais lu jusqu’ici, lectures échouées : {failed}.",
    "see_sources": "La liste connue reste en place. « vigilabel sources » dira quand le registre répond.",
    "import_page": (
        "La liste connue reste en place. Enregistrez la page depuis un navigateur, "
        "puis « vigilabel import {source} FICHIER »."
    ),
    "learn_shape": (
        "La liste connue reste en place. La page est conservée, le lecteur doit apprendre sa nouvelle forme."
    ),
    "approve_doubt": (
        "La liste connue reste en place. Regardez la page, puis, si elle est juste, "
        "« vigilabel approve {run} --reason MOTIF »."
    ),
    "no_approval": (
        "La liste connue reste en place. Aucune approbation ne remplace ce qui manque ici : "
        "vérifiez l’adresse de la source {source}, ou enregistrez la bonne page, "
        "puis « vigilabel import {source} FICHIER »."
    ),
    "our_fault": "La liste connue reste en place. C’est une erreur de vigilabel : le journal en a la trace.",
    "reads_again": "Le registre se lit de nouveau. Il était en difficulté depuis le {when}.",
    "approve_held": (
        "Les ajouts et les changements sont pris en compte. Les disparitions attendent trois lectures "
        "concordantes sur 24 heures, ou « vigilabel approve {run} --reason MOTIF »."
    ),
    "approve_label": (
        "Le reste est lu. Une lecture assez longue de ce label en sera la première ; "
        "s’il est vraiment si court, « vigilabel approve {run} --reason MOTIF »."
    ),
    "released": "Plus rien n’est retenu : les lignes figurent de nouveau, ou leur disparition est confirmée.",
    "odd_row": "{label}, {place} : {text} ; son dernier état est gardé",
    "stale_edition": (
        "L’édition du {edition} a {age:jour|jours} ; il en paraît une tous les {every} jours au plus. "
        "L’adresse est-elle toujours la bonne ?"
    ),
    "promised_edition": (
        "L’édition du {edition} promettait la suivante pour le {promised}, et rien n’est venu. "
        "L’adresse est-elle toujours la bonne ?"
    ),
    "was_forgotten": "la lecture {run} a été oubliée : {text}",
    "no_page": "la lecture {run} n’a reçu aucune page : il n’y a rien à croire",
    "in_full": "la lecture {run} a été crue en entier",
    "forgotten_already": "la lecture {run} a déjà été oubliée : {text}",
    "not_newest": (
        "la lecture {run} n’est pas la dernière de {source} : c’est la lecture {newest}, à oublier d’abord"
    ),
    "unknown_word": ("« {found} » n’est ni un prestataire, ni un label, ni un type d’événement, ni « tout »"),
    "nothing_to_watch": ("rien à suivre : nommez un prestataire, un label, un type d’événement, ou « tout »"),
    "nothing_read": "la lecture {run} n’a trouvé aucune liste que l’on puisse croire : {text}",
    "followed": (
        "la lecture {run} a été suivie d’une autre, la lecture {later} : regardez celle-là, "
        "puis « vigilabel approve {later} --reason MOTIF »"
    ),
    "followed_in_full": "la lecture {run} a été suivie d’une autre, la lecture {later}, crue en entier",
    "clock_date": "L’horloge dit {now}, le serveur du registre {other} : {days:jour|jours} d’écart.",
    "clock_leap": "L’horloge dit {now}, {days:jour|jours} après la dernière lecture ou édition, du {other}.",
    "clock_behind": "L’horloge dit {now}, {days:jour|jours} avant la dernière lecture, du {other}.",
    "clock_early": "L’horloge dit {now}, {days:jour|jours} avant l’édition, du {other}.",
    "clock_waits": (
        "Les échéances attendent qu’un second jour confirme l’horloge. Réglez-la si elle est fausse."
    ),
    "clock_approve": (
        "Les échéances attendent qu’un second jour confirme l’horloge. Réglez-la si elle est fausse ; "
        "sinon, « vigilabel approve {run} --reason MOTIF »."
    ),
    "new_print": (
        "{rows:ligne ne change|lignes ne changent} que d’écriture (« {before} » devient « {after} ») : "
        "rien n’est annoncé aux abonnés"
    ),
    "reshelved": (
        "{label} : {rows:ligne déjà hors vigueur passe|lignes déjà hors vigueur passent} "
        "de « {before} » à « {after} » ; noté avec un poids faible"
    ),
}
SAID: Mapping[str, Mapping[str, str]] = {
    "en": ENGLISH,
    "fr": {code: french(text) for code, text in FRENCH.items()},
}


def as_said(text: str) -> Reason:
    """What somebody said, as a reason."""
    return Reason(code=AS_SAID, values={"text": text})


def said(reason: Reason, lang: str) -> str:
    """A reason in words."""
    if reason.code == AS_SAID:
        return reason_text(str(reason.values["text"]), lang)
    values = {name: _value(name, value, lang) for name, value in reason.values.items()}
    return SAID["en" if lang == "en" else "fr"][reason.code].format(**values)


def _value(name: str, value: str | int | float | tuple[Reason, ...], lang: str) -> str | Count:
    """One value as readers of a language write it."""
    if isinstance(value, tuple):
        return "; ".join(said(one, lang) for one in value)
    if isinstance(value, int):
        return Count(value, lang)
    if isinstance(value, float):
        return f"{value:g}" if lang == "en" else f"{value:g}".replace(".", ",")
    text = str(value)
    if name in ("before", "after") and lang != "en":
        return value_text("status", text, lang)
    if name == "label" and lang != "en":
        return label_name(text, lang)
    if lang != "en" and (found := ISO_DAY.fullmatch(text)):
        return "/".join(reversed(found.groups()))
    if found := INSTANT.fullmatch(text):
        year, month, day, time = found.groups()
        return f"{year}-{month}-{day} {time} UTC" if lang == "en" else f"{day}/{month}/{year} {time} UTC"
    return text


def sameness(reasons: Iterable[Reason]) -> str:
    """What tells one set of doubts from another, however long each has lasted."""
    kept = sorted(
        f"{one.code} {sorted((name, str(value)) for name, value in one.values.items())}"
        for one in reasons
        if not one.values.keys() >= COUNTS
    )
    return "; ".join(kept)


def held_reasons(run: Run) -> tuple[Reason, ...]:
    """What a run holds back or leaves unread, as data."""
    whys = tuple(one for one in run.reasons if not one.values.keys() >= COUNTS)
    if len(whys) != len(run.held):  # recorded before reasons were kept as data
        return tuple(Reason(code=AS_SAID, values={"text": text}) for text in run.held)
    return whys


def held_said(run: Run, lang: str) -> tuple[str, ...]:
    """What a run holds back or leaves unread, a text each."""
    return tuple(said(one, lang) for one in held_reasons(run))


def message_said(run: Run, lang: str) -> str:
    """What went wrong with a run, or how long something has waited; "" for neither."""
    told = run.reasons if not run.held else run.reasons[len(run.held) :]
    return "; ".join(said(one, lang) for one in told) or reason_text(run.message, lang)


def notice_text(notice: Notice, lang: str) -> str:
    """A word to operators, line by line: from its data where it has some."""
    if not notice.said:
        return reason_text(notice.text, lang)
    return "\n".join(said(one, lang) for one in notice.said)
