"""Why a message did not go, or a removal is not believed yet, in the reader's language.

The memory and the logs keep one text, the English one; what it says is told in French by its
pattern. A text that no pattern fits stays as it is: better English than silence.
"""

from __future__ import annotations

import re

from notifiers.refusals import (
    ADMINISTRATOR,
    ELSEWHERE,
    INVITE,
    PERMANENT,
    RULE,
    TOKEN,
    UPDATE,
    WEBHOOK,
)
from notifiers.wording import label_name

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
    # why a removal is not believed yet (`watcher.judge`), and what is said below it (`watcher.health`)
    (
        r"(?P<label>[\w-]+): (?P<lost>\d+) of (?P<all>\d+) holders would be lost at once, more than "
        r"(?P<most>\S+); (?P<held>\d+) removals held",
        "{label}"
        + C
        + "{lost} titulaires sur {all} disparaîtraient d’un coup, plus que {most}"
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
        r"Nothing is held any more: the rows are listed again, or their removal is now believed\.",
        "Plus rien n’est retenu" + C + "les lignes figurent de nouveau, ou leur disparition est confirmée.",
    ),
)
PATTERNS = tuple((re.compile(pattern), said) for pattern, said in SAID)


def reason_text(text: str, lang: str) -> str:
    """Why something did not happen, line by line, as readers of a language are told."""
    return text if lang == "en" else "\n".join(_french(line) for line in text.split("\n"))


def _french(line: str) -> str:
    for pattern, said in PATTERNS:
        if found := pattern.fullmatch(line):
            gaps = found.groupdict()
            if "advice" in gaps:
                gaps["advice"] = ADVICE.get(gaps["advice"], gaps["advice"])
            if "label" in gaps:
                gaps["label"] = label_name(gaps["label"], "fr")
            return said.format(**gaps)
    return line
