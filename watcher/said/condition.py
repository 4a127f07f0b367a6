"""How a source is, in words for people: the same on the command line, the pages and Slack. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from notifiers.said.doubts import message_said, said
from notifiers.said.printed import clean
from notifiers.said.wording import date_text, label_name
from state.model import day_of
from watcher.ask.answers import Health
from watcher.look.condition import Condition, State
from watcher.look.health import unnamed

NB = "\u00a0"  # before a colon

FRENCH = {
    State.OK: "à jour",
    State.STALE: "ancienne",
    State.DOUBTFUL: "douteuse",
    State.UNREACHABLE: "injoignable",
    State.BLOCKED: "refuse la lecture",
    State.LAYOUT_CHANGED: "forme inconnue",
    State.NEVER: "jamais lue",
    "and": "\u202f; ",
    "held": "pas encore cru" + NB + ": {what}",
    "unread": "lu en partie" + NB + ": {what}",
    "rows_one": "{label}, 1 ligne illisible",
    "rows_many": "{label}, {count} lignes illisibles",
    "old_look": "pas de bonne lecture depuis le {day}",
    "old_edition": "l’édition du {day} est plus ancienne que le rythme du registre ne le veut",
}
ENGLISH = {
    State.OK: "up to date",
    State.STALE: "stale",
    State.DOUBTFUL: "doubtful",
    State.UNREACHABLE: "unreachable",
    State.BLOCKED: "blocked",
    State.LAYOUT_CHANGED: "unknown shape",
    State.NEVER: "never read",
    "and": "; ",
    "held": "not believed yet: {what}",
    "unread": "read in part: {what}",
    "rows_one": "{label}, 1 unreadable row",
    "rows_many": "{label}, {count} unreadable rows",
    "old_look": "no good look since {day}",
    "old_edition": "the edition of {day} is older than the rhythm of the register",
}


def state_name(condition: Condition, lang: str) -> str:
    """The word for how a source is: "douteuse"."""
    return _table(lang)[condition.state]


def _table(lang: str) -> Mapping[str, str]:
    return ENGLISH if lang == "en" else FRENCH


def message_text(health: Health, lang: str) -> str:
    """What the last look said, and what was not read or is too old; "" when all is well."""
    last = health.last
    told = clean(unnamed(message_said(last, lang), last.source)) if last else ""
    return _table(lang)["and"].join(filter(None, (told, *lacking(health.condition, lang))))


def reasons(condition: Condition, lang: str) -> tuple[str, ...]:
    """Everything that is wrong beyond a look that failed, one clause each."""
    held = (_table(lang)["held"].format(what=what) for what in held_text(condition, lang))
    return (*held, *lacking(condition, lang))


def held_text(condition: Condition, lang: str) -> tuple[str, ...]:
    """What is not believed yet, a text each."""
    return tuple(clean(said(one, lang)) for one in condition.held)


def lacking(condition: Condition, lang: str) -> tuple[str, ...]:
    """What was read in part, or is too old, one clause each."""
    table, found = _table(lang), []
    if condition.unread:
        found.append(table["unread"].format(what=", ".join(unread_lines(condition.unread, lang))))
    for key, at in (("old_look", condition.old_look), ("old_edition", condition.old_edition)):
        if at is not None:
            found.append(table[key].format(day=date_text(day_of(at), lang)))
    return tuple(found)


def unread_lines(unread: Mapping[str, int], lang: str) -> tuple[str, ...]:
    """How many rows of each label could not be read, a text each."""
    table = _table(lang)
    return tuple(
        table["rows_one" if count == 1 else "rows_many"].format(label=label_name(label, lang), count=count)
        for label, count in unread.items()
    )
