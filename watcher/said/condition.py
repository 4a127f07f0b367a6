"""How a source is, in words for people: the same on the command line, the pages and Slack. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from notifiers.said.doubts import message_said, said
from notifiers.said.printed import clean
from notifiers.said.row import count_text
from notifiers.said.wording import date_text, label_name
from state.model import day_of
from state.words.labels import Family, in_family
from watcher.ask.answers import Health
from watcher.ask.label_state import Sighted
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
    "nobody_says": "Inconnu, aucun registre lu ne le dit" + NB + ": {labels}.",
    "trouble": "{source}" + NB + ": {what}",
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
    "nobody_says": "Unknown, no register that was read says so: {labels}.",
    "trouble": "{source}: {what}",
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


def stored_text(health: Health) -> str:
    """The same for programs: English, the last look's words as they are kept."""
    return "; ".join(filter(None, (health.state.message, *lacking(health.condition, "en"))))


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


def unread_text(labels: Collection[str], lang: str) -> str:
    """That nobody knows who holds these labels; "" for none."""
    if not labels:
        return ""
    eidas = in_family(Family.EIDAS)
    family = set(eidas) <= set(labels)
    names = [label_name(one, lang) for one in labels if not (family and one in eidas)]
    return _table(lang)["nobody_says"].format(labels=", ".join([*names, *["eIDAS"][: int(family)]]))


def trouble_text(one: Sighted, source: str, lang: str) -> str:
    """What is wrong with a source under a label, in a line; `source` is what it is called there."""
    said = [] if one.condition.state is State.OK else [state_name(one.condition, lang)]
    if one.missing:
        said.append(count_text(one.missing, lang))
    said += reasons(one.condition, lang)
    table = _table(lang)
    return table["trouble"].format(source=source, what=table["and"].join(said))
