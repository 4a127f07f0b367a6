"""Why a channel takes no message, in the reader's language.

The ledger and the logs keep one text, the English one of `refusals`; what it says is told in French by its
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

NB = "\u00a0"
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
    (r"Slack refused \((\w+)\): (.+)", "refusé par Slack ({0})" + NB + ": {advice}"),
    (r"the webhook is refused \(status (\d+)\): (.+)", "webhook refusé (statut {0})" + NB + ": {advice}"),
    (r"Slack refused the message itself \((\w+)\)", "le message lui-même est refusé par Slack ({0})"),
    (r"the webhook refused the message itself \(too large\)", "message trop long pour le webhook"),
    (r"Slack: too many messages, asked to wait", "Slack demande d’attendre" + NB + ": trop de messages"),
    (r"Slack did not answer in time", "Slack n’a pas répondu à temps"),
    (r"Slack could not be reached \((\w+)\)", "Slack est injoignable ({0})"),
    (r"the exchange with Slack broke off \((.+)\)", "l’échange avec Slack s’est interrompu ({0})"),
    (r"Slack answered with error (\w+)", "erreur de Slack ({0})"),
    (r"Slack answered with an unreadable reply, status (\d+)", "réponse illisible de Slack (statut {0})"),
    (r"(\w+) is not set: .+", "{0} n’est pas configuré"),
)
PATTERNS = tuple((re.compile(pattern), said) for pattern, said in SAID)


def reason_text(text: str, lang: str) -> str:
    """Why a message did not go, as readers of a language are told."""
    if lang == "en":
        return text
    for pattern, said in PATTERNS:
        if found := pattern.fullmatch(text):
            advice = found[2] if pattern.groups > 1 else ""
            return said.format(*found.groups()[:1], advice=ADVICE.get(advice, advice))
    return text
