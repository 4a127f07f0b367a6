"""What can be asked and set on Slack, in the words by which it is understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from state.words.labels import LABELS, TOGETHER
from state.words.meant import ALL, KINDS, WEIGHTS
from state.words.post import workspace_of
from state.words.verbs import VERBS
from watcher.said.told import Told, bold, plain

if TYPE_CHECKING:
    from notifiers.said.voice import Line
    from watcher.slack.command import Command
    from watcher.slack.desk import Asked
    from watcher.slack.reply import Reply

SETTINGS = ("pause", "digest", "quiet", "lang")
HELP = ("follow", "ask", "act")
"""The groups of what can be asked."""


def help_reply(asked: Asked, command: Command) -> Reply:
    """What can be asked, by purpose, and in which words: from the tables by which they are understood."""
    say, lang, words = asked.say, asked.lang, _words(asked.lang)
    lines: list[Line] = [plain(say("slack.help_intro"))]
    for group in HELP:
        lines.append(bold(say.each("help", group)))
        # What the operators of the watch decide is decided in their workspace.
        numbers = (1, 3) if group == "act" and workspace_of(asked.channel) else (1, 2)
        lines += [plain(say.each("help", f"{group}_{n}", **words)) for n in numbers]
        lines += [plain(setting(asked, verb)) for verb in SETTINGS if group == "follow"]
    usual = {slug: label.said.usual(lang) for slug, label in LABELS.items()}
    usual |= {slug: many.said.usual(lang) for slug, many in TOGETHER.items()}
    labels = ", ".join(f"{slug} ({said})" if said else slug for slug, said in usual.items())
    kinds = ", ".join(said.usual(lang) for said in KINDS.values())
    weights = ", ".join(said.usual(lang) for said in (ALL, *WEIGHTS.values()))
    items = (
        (bold(say("slack.help_labels")), plain(labels)),
        (bold(say("slack.help_kinds")), plain(kinds), plain(say("slack.help_weights", weights=weights))),
    )
    foot = (say("slack.help_names"), say("slack.help_terminal"))
    return asked.reply(
        Told(head=say("slack.help_head"), intro=tuple(lines), items=items, foot=foot), command.text
    )


def _words(lang: str) -> Mapping[str, str]:
    """The usual word for each command and each kind, and for everything."""
    said = {**VERBS, **{kind.value: spoken for kind, spoken in KINDS.items()}, "all": ALL}
    return {code: spoken.usual(lang) for code, spoken in said.items()}


def setting(asked: Asked, verb: str) -> str:
    """How a setting is changed, by examples."""
    return asked.say.each("setting", verb, **_words(asked.lang))
