"""What is wrong with a command, or why there is no answer to it, and what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.said.printed import clean, clip
from notifiers.said.reasons import said
from notifiers.said.voice import voice
from state.model import Reason
from state.words.meant import alike
from watcher.said.told import plain
from watcher.slack.command import VERBS
from watcher.slack.reply import Reply

if TYPE_CHECKING:
    from watcher.errors import Mistyped
    from watcher.slack.desk import Asked

HEADS = {
    **dict.fromkeys(("not_operator", "no_operators", "members_unread"), "refused"),
    **dict.fromkeys(
        ("unknown_event", "unknown_subscription", "unknown_run", "pause_none", "list_none"), "unfound"
    ),
    **dict.fromkeys(("nothing_to_approve", "overtaken", "stale_button", "unopened"), "undone"),
}
"""What stands over a refusal that is no misunderstanding."""


def mistaken(asked: Asked, mistake: Mistyped) -> Reply:
    """What is wrong with a command, and what to write instead."""
    return Reply(
        head=asked.say.each("mistake", HEADS.get(mistake.key, "sorry")),
        lang=asked.lang,
        intro=(plain(mistake_text(asked, mistake)),),
        foot=(asked.say("slack.see_help"),),
    )


def mistake_text(asked: Asked, mistake: Mistyped) -> str:
    """What is wrong, in a sentence or two."""
    gaps = {name: _gap(value, asked.lang) for name, value in mistake.gaps.items()}
    if mistake.key == "unknown_verb":
        gaps = {"verb": clip(clean(gaps["verb"]), 80), "hint": _hint(asked, gaps["verb"])}
    return asked.say.each("mistake", mistake.key, **gaps)


def _gap(value: str | Reason, lang: str) -> str:
    """What was found, or why something cannot be done, as it goes into a text."""
    return clip(clean(said(value, lang)) if isinstance(value, Reason) else value, 400)


def _hint(asked: Asked, verb: str) -> str:
    """What a word that is no command may have meant; never acted on."""
    if len(asked.archive.names.meant(verb)) == 1:
        named = clean(verb)
        return asked.say("slack.did_you_mean", names=f"provider {named}, subscribe {named}")
    close = alike(verb, VERBS)
    return asked.say("slack.did_you_mean", names=", ".join(close)) if close else ""


def failed(lang: str, key: str) -> Reply:
    """That no answer could be made, and why."""
    say = voice(lang)
    return Reply(head=say("slack.failed"), lang=lang, intro=(plain(say.each("mistake", key)),))
