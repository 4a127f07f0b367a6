"""Why a reading is not believed, or not all of it, and what to do: words made of reasons, in both languages.

The code decides the sentence; nothing is looked up in a sentence. The memory keeps the English one beside the
data, for logs and for programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from notifiers.reasons import reason_text
from notifiers.wording import label_name, value_text
from state.model import Notice, Reason, Run

NB = "\u00a0"
C = NB + ": "
THIN = "\u202f"  # before ; ! ?
AND = THIN + "; "
ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)(?::\d\d)?Z")
AS_SAID = "as_said"
"""What the network, a register or a reader said, verbatim, in `text`."""
COUNTS = frozenset({"since", "looks"})
"""The values that say how long it has lasted: they move while the reason stays the same."""


def command(text: str) -> str:
    """A command as French readers are shown it."""
    return f"«{NB}{text}{NB}»"


APPROVE = command("vigilabel approve {run} --reason MOTIF")
STANDS = "La liste connue reste en place."
HELD = AND + "{held} disparitions retenues"
MOVED = AND + "{held} lignes gardent leur état connu"

ENGLISH = {
    # what concerns the whole reading
    "older_edition": "edition of {edition} is older than the one known, of {known}: a stale copy, or the "
    "publisher "
    "put it back; ignored",
    "same_edition": "the edition of {edition} is the one known, yet its rows are others: {came} came, "
    "{left} left; "
    "one stamp cannot state two lists",
    "rereading_loses": "our own reader changed: it reads fewer rows in the page that is known",
    "cannot_reread": "revision {revision} of the reader cannot read the snapshot that the revision before it "
    "accepted: {text}",
    "unknown_signer": "the signer is not one of the {accepted} accepted; found {signer}. Compare it with the "
    "certificates of the French scheme operator in the EU list of trusted lists "
    "(https://ec.europa.eu/tools/lotl/eu-lotl.xml); if it is there, add its fingerprint to "
    "VIGILABEL_SOURCES__TL_FR__SIGNERS, or approve this run to believe this one list",
    "signer_named_since": "the EU's list names that certificate since {begins}, this list is of {issued}",
    "signer_named_until": "the EU's list named that certificate from {begins} until {ends}, this list is of "
    "{issued}",
    "short_list": "first look at {label}: {rows} rows, at least {floor} expected; a short list would make "
    "a false "
    "baseline",
    # what concerns one label
    "short_label": "first look at {label}: {rows} rows, at least {floor} expected; the label stays unread",
    "few_rows": "{label}: {rows} rows read, at least {floor} expected; {held} removals held",
    "many_lost": "{label}: {lost} of {holders} holders would be lost at once, more than {most}; "
    "{held} removals held",
    "many_moved": "{label}: {moved} of {rows} rows would be archived or withdrawn at once, more than {most}; "
    "{held} rows keep their known state",
    "second_look": "{label}: {held} rows not on an undated page: a second look will tell",
    "moved_page": "{label}: {held} rows {text}",
    # how long it has lasted
    "repeated": "so since {since}, {looks} looks",
    "waits": "what is held has waited since {since}, {looks} looks",
    # what operators are told below it
    "failed_since": "{failed} failed since the last good one; last good reading {when}.",
    "never_read": "{failed} failed since the last good one; never read yet.",
    "see_sources": "The known listing stands. `vigilabel sources` shows when the register answers again.",
    "import_page": "The known listing stands. Save the page from a browser and run "
    "`vigilabel import {source} FILE`.",
    "learn_shape": "The known listing stands. The page is kept as evidence: the reader of {source} must "
    "learn this "
    "shape.",
    "approve_doubt": "The known listing stands. Look at the page, then `vigilabel approve {run} --reason "
    "TEXT` if it "
    "is right.",
    "no_approval": "The known listing stands. No approval can replace what is missing here: check the "
    "address of "
    "{source}, or save the right page and run `vigilabel import {source} FILE`.",
    "our_fault": "The known listing stands. This is a fault of vigilabel: the log has the traceback.",
    "reads_again": "The register reads again; it had been in trouble since {when}.",
    "approve_held": "Additions and changes were applied. The removals wait until the reading is repeated "
    "on three "
    "runs over 24 h, or until `vigilabel approve {run} --reason TEXT`.",
    "approve_label": "The rest was read. A later look with enough rows will be the first one at that "
    "label; if it is "
    "really so short, `vigilabel approve {run} --reason TEXT`.",
    "released": "Nothing is held any more: the rows are listed again, or their removal is now believed.",
    "odd_row": "{label}, {place}: {text}; its last state is kept",
    "stale_edition": "The edition of {edition} is {age} days old; one is expected every {every} days at "
    "most. Is the address still the right one?",
    "promised_edition": "The edition of {edition} promised the next one by {promised}, and none came. Is the "
    "address still the right one?",
    # why there is nothing to approve
    "was_forgotten": "run {run} was forgotten: {text}",
    "no_page": "run {run} fetched no page: there is nothing to believe",
    "in_full": "run {run} was believed in full",
    "nothing_read": "run {run} read no list that anybody could believe: {text}",
    "followed": "run {run} was followed by another reading, run {later}: look at that one, then `vigilabel "
    "approve {later} --reason TEXT`",
    "followed_in_full": "run {run} was followed by another reading, run {later}, which was believed in full",
    # why the calendar waits
    "clock_date": "The clock says {now}, the server of the register {other}: {days} days apart.",
    "clock_leap": "The clock says {now}, {days} days after the last look or edition, of {other}.",
    "clock_behind": "The clock says {now}, {days} days before the last look, of {other}.",
    "clock_early": "The clock says {now}, {days} days before the edition, of {other}.",
    "clock_waits": "Printed ends are not told until a second day confirms it. Set the clock if it is wrong.",
    "clock_approve": "Printed ends are not told until a second day confirms it. Set the clock if it is "
    "wrong; else `vigilabel approve {run} --reason TEXT`.",
    "new_print": "{rows} rows are only printed in another way (“{before}” is now “{after}”): subscribers are "
    "told nothing",
    "reshelved": "{label}: {rows} rows that were over go from {before} to {after}; recorded with low weight",
}
FRENCH = {
    "older_edition": "l’édition du {edition} est plus ancienne que celle qui est connue, du {known}"
    + C
    + "copie "
    "périmée, ou remise en ligne par l’éditeur" + AND + "elle est ignorée",
    "same_edition": "l’édition du {edition} est celle qui est connue, mais ses lignes sont autres"
    + C
    + "{came} "
    "venues, {left} parties" + AND + "une même date ne peut porter deux listes",
    "rereading_loses": "notre lecteur a changé" + C + "il lit moins de lignes dans la page déjà connue",
    "cannot_reread": "la révision {revision} du lecteur ne sait plus lire la page que la précédente avait "
    "acceptée" + C + "{text}",
    "unknown_signer": "le signataire n’est pas l’un des {accepted} acceptés"
    + C
    + "{signer}. À comparer avec les certificats de l’opérateur français dans la liste européenne des "
    "listes de confiance (https://ec.europa.eu/tools/lotl/eu-lotl.xml)"
    + AND
    + "s’il y est, ajoutez son empreinte à VIGILABEL_SOURCES__TL_FR__SIGNERS, ou approuvez cette lecture "
    "pour croire cette seule liste",
    "signer_named_since": "la liste européenne nomme ce certificat depuis le {begins}, cette liste est du "
    "{issued}",
    "signer_named_until": "la liste européenne a nommé ce certificat du {begins} au {ends}, cette liste est "
    "du {issued}",
    "short_list": "première lecture de {label}"
    + C
    + "{rows} lignes, {floor} attendues au moins"
    + AND
    + "une liste "
    "trop courte fausserait le point de départ",
    "short_label": "première lecture de {label}"
    + C
    + "{rows} lignes, {floor} attendues au moins"
    + AND
    + "ce label "
    "reste non lu",
    "few_rows": "{label}" + C + "{rows} lignes lues, {floor} attendues au moins" + HELD,
    "many_lost": "{label}" + C + "{lost} titulaires sur {holders} disparaîtraient d’un coup, la limite est "
    "{most}" + HELD,
    "many_moved": "{label}"
    + C
    + "{moved} lignes sur {rows} seraient archivées ou retirées d’un coup, la limite est "
    "{most}" + MOVED,
    "second_look": "{label}"
    + C
    + "{held} lignes absentes d’une page sans date"
    + AND
    + "une deuxième lecture "
    "tranchera",
    "moved_page": "{label}"
    + C
    + "{held} lignes absentes d’une page qui a déménagé"
    + AND
    + "une deuxième lecture "
    "tranchera",
    "repeated": "il en est ainsi depuis le {since}, {looks} lectures",
    "waits": "ce qui est retenu attend depuis le {since}, {looks} lectures",
    "failed_since": "Dernière bonne lecture le {when}, lectures échouées depuis" + C + "{failed}.",
    "never_read": "Jamais lu jusqu’ici, lectures échouées" + C + "{failed}.",
    "see_sources": f"{STANDS} " + command("vigilabel sources") + " dira quand le registre répond.",
    "import_page": f"{STANDS} Enregistrez la page depuis un navigateur, puis "
    + command("vigilabel import {source} FICHIER")
    + ".",
    "learn_shape": f"{STANDS} La page est conservée, le lecteur doit apprendre sa nouvelle forme.",
    "approve_doubt": f"{STANDS} Regardez la page, puis, si elle est juste, {APPROVE}.",
    "no_approval": f"{STANDS} Aucune approbation ne remplace ce qui manque ici"
    + C
    + "vérifiez l’adresse de {source}, "
    "ou enregistrez la bonne page, puis " + command("vigilabel import {source} FICHIER") + ".",
    "our_fault": f"{STANDS} C’est une erreur de vigilabel" + C + "le journal en a la trace.",
    "reads_again": "Le registre se lit de nouveau. Il était en difficulté depuis le {when}.",
    "approve_held": "Les ajouts et les changements sont pris en compte. Les disparitions attendent trois "
    "lectures "
    f"concordantes sur 24 heures, ou {APPROVE}.",
    "approve_label": "Le reste est lu. Une lecture assez longue de ce label en sera la première"
    + AND
    + "s’il est "
    f"vraiment si court, {APPROVE}.",
    "released": "Plus rien n’est retenu"
    + C
    + "les lignes figurent de nouveau, ou leur disparition est confirmée.",
    "odd_row": "{label}, {place}" + C + "{text}" + AND + "son dernier état est gardé",
    "stale_edition": "L’édition du {edition} a {age} jours"
    + AND
    + "il en paraît une tous les {every} jours au plus. L’adresse est-elle toujours la bonne"
    + THIN
    + "?",
    "promised_edition": "L’édition du {edition} promettait la suivante pour le {promised}, et rien n’est "
    "venu. L’adresse est-elle toujours la bonne" + THIN + "?",
    "was_forgotten": "la lecture {run} a été oubliée" + C + "{text}",
    "no_page": "la lecture {run} n’a reçu aucune page" + C + "il n’y a rien à croire",
    "in_full": "la lecture {run} a été crue en entier",
    "nothing_read": "la lecture {run} n’a trouvé aucune liste que l’on puisse croire" + C + "{text}",
    "followed": "la lecture {run} a été suivie d’une autre, la lecture {later}"
    + C
    + "regardez celle-là, puis "
    + command("vigilabel approve {later} --reason MOTIF"),
    "followed_in_full": "la lecture {run} a été suivie d’une autre, la lecture {later}, crue en entier",
    "clock_date": "L’horloge dit {now}, le serveur du registre {other}" + C + "{days} jours d’écart.",
    "clock_leap": "L’horloge dit {now}, {days} jours après la dernière lecture ou édition, du {other}.",
    "clock_behind": "L’horloge dit {now}, {days} jours avant la dernière lecture, du {other}.",
    "clock_early": "L’horloge dit {now}, {days} jours avant l’édition, du {other}.",
    "clock_waits": "Les échéances attendent qu’un second jour confirme l’horloge. Réglez-la si elle est "
    "fausse.",
    "clock_approve": "Les échéances attendent qu’un second jour confirme l’horloge. Réglez-la si elle est "
    f"fausse{AND}sinon, {APPROVE}.",
    "new_print": "{rows} lignes ne changent que d’écriture ("
    + command("{before}")
    + " devient "
    + command("{after}")
    + ")"
    + C
    + "rien n’est annoncé aux abonnés",
    "reshelved": "{label}"
    + C
    + "{rows} lignes qui n’étaient plus en vigueur passent de «"
    + NB
    + "{before}"
    + NB
    + "» à «"
    + NB
    + "{after}"
    + NB
    + "»"
    + AND
    + "noté avec un poids faible",
}
SAID: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "fr": FRENCH}


def as_said(text: str) -> Reason:
    """What somebody said, as a reason."""
    return Reason(code=AS_SAID, values={"text": text})


def said(reason: Reason, lang: str) -> str:
    """A reason in words."""
    if reason.code == AS_SAID:
        return reason_text(str(reason.values["text"]), lang)
    values = {name: _value(name, value, lang) for name, value in reason.values.items()}
    return SAID["en" if lang == "en" else "fr"][reason.code].format(**values)


def _value(name: str, value: str | int | float, lang: str) -> str:
    """One value as readers of a language write it."""
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
