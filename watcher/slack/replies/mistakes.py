"""What is wrong with a command, or why there is no answer to it, and what to write instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from notifiers.said.reasons import said
from notifiers.said.voice import Line, clean, clip, voice
from notifiers.slack.kit import Button
from state.model import Reason
from state.words.meant import alike
from state.words.verbs import VERBS
from watcher.said.told import SHORT, plain
from watcher.slack.command import verb_meant
from watcher.slack.reply import Reply

if TYPE_CHECKING:
    from watcher.errors import Mistyped
    from watcher.slack.command import Command
    from watcher.slack.desk import Asked

HEADS = {
    "ambiguous": "which",
    **dict.fromkeys(
        ("not_operator", "not_owner", "not_installer", "no_operators", "members_unread"), "refused"
    ),
    **dict.fromkeys(
        ("unknown_event", "unknown_subscription", "unknown_run", "pause_none", "list_none"), "unfound"
    ),
    **dict.fromkeys(
        ("nothing_to_approve", "overtaken", "stale_button", "unopened", "already_ended"), "undone"
    ),
}
"""What stands over a refusal that is no misunderstanding."""


MOST_ASKED = 3
HINTED = ("unknown_verb", "typed_elsewhere", "ambiguous", "near_label")
"""What says itself what to write instead: one hint is enough."""


def mistaken(asked: Asked, mistake: Mistyped, command: Command | None = None) -> Reply:
    """What is wrong with a command, and what to write instead; what may have been meant, as buttons."""
    return Reply(
        head=asked.say.each("mistake", HEADS.get(mistake.key, "sorry")),
        lang=asked.lang,
        intro=(plain(mistake_text(asked, mistake)),),
        foot=() if mistake.key in HINTED else (asked.say("slack.see_help"),),
        buttons=choices(command, str(mistake.gaps.get("found", "")), mistake.instead) if command else (),
    )


def choices(
    command: Command, found: str, instead: Sequence[tuple[str, str]], *, sure: bool = False
) -> tuple[Button, ...]:
    """A button for each of what may have been meant where a command says `found`."""
    named = Counter(shown for shown, _ in instead)
    return tuple(
        chosen(command.instead(found, word), shown if named[shown] == 1 else f"{shown} ({word})", sure=sure)
        for shown, word in instead
    )


def chosen(command: Command, text: str, *, sure: bool = False) -> Button:
    """A button that asks, or orders, a command instead of what was written."""
    return Button(action="choose", text=text, value={"command": command.text, "sure": int(sure)})


def instead_of(asked: Asked, command: Command, name: str) -> tuple[Button, ...]:
    """A button for each thing that a name on no list may have meant, which asks for that."""
    near = asked.close(name, also_words=True)[:MOST_ASKED]
    return choices(command, name, [(clip(clean(one), SHORT), one) for one in near])


def whether_meant(asked: Asked, command: Command, unlisted: Sequence[str]) -> Reply:
    """Whether names on no list are meant as they are written, before anything is followed; pure asking."""
    lines, buttons = list[Line](), list[Button]()
    for name in unlisted[:MOST_ASKED]:
        found = clip(clean(name), SHORT)
        close = asked.close(name, also_words=True)[:MOST_ASKED]
        hint = asked.say("slack.did_you_mean", names=asked.say.either(map(clean, close))) if close else ""
        lines.append(plain(asked.say("slack.do_not_know", name=found) + hint))
        # As buttons too: a name is long to type on a telephone.
        buttons += instead_of(asked, command, name)
    both = asked.say.both(asked.say("phrase.quoted", text=clip(clean(name), SHORT)) for name in unlisted)
    buttons.append(chosen(command, asked.say("slack.follow_anyway", names=both), sure=True))
    return Reply(
        head=asked.say("slack.nothing_yet"),
        lang=asked.lang,
        intro=(*lines, plain(asked.say("slack.follow_unlisted"))),
        buttons=tuple(buttons),
    )


def mistake_text(asked: Asked, mistake: Mistyped) -> str:
    """What is wrong, in a sentence or two."""
    gaps = {name: _gap(value, asked.lang) for name, value in mistake.gaps.items()}
    if mistake.key in ("unknown_verb", "typed_elsewhere"):
        gaps = {"verb": clip(clean(gaps["verb"]), 80), "hint": _hint(asked, gaps["verb"])}
    return asked.say.each("mistake", mistake.key, **gaps)


def _gap(value: str | Reason, lang: str) -> str:
    return clip(clean(said(value, lang)) if isinstance(value, Reason) else value, 400)


def _hint(asked: Asked, verb: str) -> str:
    """What a word that is no command may have meant, one thing; never acted on."""
    if asked.archive.names.meant(verb):
        return asked.say("slack.did_you_mean", names=asked.to.typed("provider", clean(verb)))
    if close := alike(verb, (word for said in VERBS.values() for word in said.words)):
        return asked.say("slack.did_you_mean", names=asked.to.typed(verb_meant(close[0]) or ""))
    if near := asked.close(verb)[:1]:
        return asked.say("slack.did_you_mean", names=asked.to.typed("provider", clean(near[0])))
    return " " + asked.say("slack.see_help")


def failed(lang: str, key: str) -> Reply:
    """That no answer could be made, and why."""
    say = voice(lang)
    return Reply(head=say("slack.failed"), lang=lang, intro=(plain(say.each("mistake", key)),))
