"""Why a message did not go, or a removal is not believed yet, in the reader's language.

The memory and the logs keep one text, the English one; what it says is told in French by its
pattern. A text that no pattern fits stays as it is: better English than silence.
"""

from __future__ import annotations

import re

from notifiers.said.voice import voice
from notifiers.said.wording import label_name
from notifiers.slack.refusals import ADMINISTRATOR, ELSEWHERE, INVITE, PERMANENT, RULE, TOKEN, UPDATE, WEBHOOK
from state.model import Kind

NB = "\u00a0"
C = NB + ": "
AND = "\u202f; "
PLACE = "vérifiez l’identifiant du canal"
ADVICE = {
    INVITE: "invitez l’application dans le canal",
    TOKEN: "donnez à vigilabel un jeton de bot valide",
    WEBHOOK: "créez un nouveau webhook entrant",
    ELSEWHERE: "choisissez un autre canal",
    ADMINISTRATOR: "demandez à l’administrateur de l’espace de travail",
    UPDATE: "installez une version plus récente de vigilabel",
    RULE: "une règle de l’espace de travail interdit d’y écrire" + NB + ": demandez à son administrateur",
    "check the channel id": PLACE,
    f"check the channel id, and {INVITE}": f"{PLACE} et invitez l’application dans le canal",
    f"unarchive the channel, or {ELSEWHERE}": "désarchivez le canal ou choisissez-en un autre",
    f"unarchive the channel, or {WEBHOOK}": "désarchivez le canal ou créez un nouveau webhook entrant",
    f"give the app the scope chat:write, and {INVITE}": "donnez à l’application le droit chat:write et "
    "invitez-la dans le canal",
    "give the app the scope chat:write (and chat:write.public)": "donnez à l’application les droits "
    "chat:write et chat:write.public",
    f"{ADMINISTRATOR}, or {ELSEWHERE}": "demandez à l’administrateur de l’espace de travail, ou choisissez "
    "un autre canal",
    PERMANENT["message_limit_exceeded"]: "l’espace de travail a atteint la limite de son forfait"
    + NB
    + ": demandez à son administrateur",
    PERMANENT["org_login_required"]: "l’espace de travail rejoint une organisation"
    + NB
    + ": reprenez une fois que c’est fait",
}
SAID = (
    # why a message did not go (`refusals`, `watcher.app`)
    (r"Slack refused \((?P<name>\w+)\): (?P<advice>.+)", "refusé par Slack ({name})" + C + "{advice}"),
    (
        r"the webhook is refused \(status (?P<name>\d+)\): (?P<advice>.+)",
        "webhook refusé (statut {name})" + C + "{advice}",
    ),
    (
        r"Slack refused the message itself \((?P<name>\w+)\)",
        "le message lui-même est refusé par Slack ({name})",
    ),
    (r"the webhook refused the message itself \(too large\)", "message trop long pour le webhook"),
    (r"Slack: too many messages, asked to wait", "Slack demande d’attendre" + C + "trop de messages"),
    (r"Slack did not answer in time", "Slack n’a pas répondu à temps"),
    (r"Slack could not be reached \((?P<name>\w+)\)", "Slack est injoignable ({name})"),
    (r"the exchange with Slack broke off \((?P<name>.+)\)", "l’échange avec Slack s’est interrompu ({name})"),
    (r"Slack answered with error (?P<name>\w+)", "erreur de Slack ({name})"),
    (
        r"Slack answered with an unreadable reply, status (?P<name>\d+)",
        "réponse illisible de Slack (statut {name})",
    ),
    (r"(?P<name>[A-Z_]+) is not set: .+", "{name} n’est pas configuré"),
    # why a removal is not believed yet, and what is said below it (`watcher.look.health`)
    (
        r"(?P<label>[\w-]+): (?P<lost>\d+) of (?P<all>\d+) holders would be lost at once, more than "
        r"(?P<most>\S+); (?P<held>\d+) removals held",
        "{label}"
        + C
        + "{lost} titulaires sur {all} disparaîtraient d’un coup, la limite est {most}"
        + AND
        + "{held} disparitions retenues",
    ),
    (
        r"(?P<label>[\w-]+): (?P<rows>\d+) rows read, at least (?P<least>\d+) expected;"
        r" (?P<held>\d+) removals held",
        "{label}"
        + C
        + "{rows} lignes lues, {least} attendues au moins"
        + AND
        + "{held} disparitions retenues",
    ),
    (
        r"Additions and changes were applied\. The removals wait until the reading is repeated on three runs "
        r"over 24 h, or until `vigilabel approve (?P<run>\d+) --reason TEXT`\.",
        "Les ajouts et les changements sont pris en compte. Les disparitions attendent trois lectures "
        "concordantes sur 24 heures, ou «" + NB + "vigilabel approve {run} --reason MOTIF" + NB + "».",
    ),
    (
        r"(?P<failed>\d+) failed since the last good one; last good reading (?P<when>.+) UTC\.",
        "Dernière bonne lecture le {when} UTC, lectures échouées depuis" + C + "{failed}.",
    ),
    (
        r"(?P<failed>\d+) failed since the last good one; never read yet\.",
        "Jamais lu jusqu’ici, lectures échouées" + C + "{failed}.",
    ),
    (
        r"The known listing stands\. `vigilabel sources` shows when the register answers again\.",
        "La liste connue reste en place. «"
        + NB
        + "vigilabel sources"
        + NB
        + "» dira quand le registre répond.",
    ),
    (
        r"The known listing stands\. Save the page from a browser and run "
        r"`vigilabel import (?P<name>\S+) FILE`\.",
        "La liste connue reste en place. Enregistrez la page depuis un navigateur, puis «"
        + NB
        + "vigilabel import {name} FICHIER"
        + NB
        + "».",
    ),
    (
        r"The known listing stands\. The page is kept as evidence: the reader of \S+ must learn this shape\.",
        "La liste connue reste en place. La page est conservée, le lecteur doit apprendre sa nouvelle forme.",
    ),
    (
        r"The known listing stands\. Look at the page, then `vigilabel approve (?P<run>\d+) --reason TEXT` "
        r"if it is right\.",
        "La liste connue reste en place. Regardez la page, puis, si elle est juste, «"
        + NB
        + "vigilabel approve {run} --reason MOTIF"
        + NB
        + "».",
    ),
    (
        r"The known listing stands\. This is a fault of vigilabel: the log has the traceback\.",
        "La liste connue reste en place. C’est une erreur de vigilabel" + C + "le journal en a la trace.",
    ),
    (
        r"The register reads again; it had been in trouble since (?P<when>.+)\.",
        "Le registre se lit de nouveau. Il était en difficulté depuis le {when}.",
    ),
    (
        r"The edition of (?P<day>\S+) is (?P<age>\d+) days old; one is expected every (?P<every>\d+) days at "
        r"most\. Is the address still the right one\?",
        "L’édition du {day} a {age} jours" + AND + "il en paraît une tous les {every} jours au plus.",
    ),
    (
        r"A word of (?P<day>\S+) from the watch: what it has to say gets through to this channel\.",
        "Signal du {day}" + C + "ce que la veille a à dire arrive bien dans ce canal.",
    ),
    (
        r"Nothing is held any more: the rows are listed again, or their removal is now believed\.",
        "Plus rien n’est retenu" + C + "les lignes figurent de nouveau, ou leur disparition est confirmée.",
    ),
)
PATTERNS = tuple((re.compile(pattern), said) for pattern, said in SAID)


HEADS = {
    "Coverage": "Couverture",
    "Blind": "Sans vue",
    "Events": "Événements",
    "Messages": "Messages",
    "Ends printed for the next 90 days": "Échéances imprimées dans les 90 jours",
    "Head of the log": "Tête du journal",
}
"""The heads of the lines of a weekly summary."""
WORDS = {
    **{kind.value: voice("fr").each("kind", kind) for kind in Kind},
    "never": "jamais",
    "none": "aucun",
    "sent": "envoyés",
    "due": "dus",
    "sending": "en cours d’envoi",
    "given_up": "abandonnés",
    "suspended": "suspendus",
}
WORD = re.compile(r"[a-z_]+")
COUNTED = re.compile(r"(\d+) ([a-z_]+)")
MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})\b")


def reason_text(text: str, lang: str) -> str:
    """Why something did not happen, or how it went, line by line, as readers of a language are told."""
    return text if lang == "en" else "\n".join(_french(line) for line in text.split("\n"))


def _french(line: str) -> str:
    head, colon, rest = line.partition(": ")
    if head == "Events":
        rest = COUNTED.sub(r"\2 (\1)", rest)
    if colon and head in HEADS:
        ours = rest == "none" or head in ("Blind", "Events", "Messages")  # printed names stay as they are
        return HEADS[head] + C + (WORD.sub(lambda word: WORDS.get(word[0], word[0]), rest) if ours else rest)
    for pattern, said in PATTERNS:
        if found := pattern.fullmatch(line):
            return said.format(**{name: _gap(name, text) for name, text in found.groupdict().items()})
    return line


def _gap(name: str, text: str) -> str:
    """What stands in a gap, as French readers write it."""
    if name == "advice":
        return ADVICE.get(text, text)
    if name == "label":
        return label_name(text, "fr")
    return text.replace(".", ",") if name == "most" else MOMENT.sub(r"\3/\2/\1", text)
