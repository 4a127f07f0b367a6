"""What became of an event, as an answer on Slack: why this channel was told or not, and the proof."""

from __future__ import annotations

from collections.abc import Mapping

from notifiers.said.printed import clean
from notifiers.slack.blocks import retract_button
from state.seen import log
from watcher.ask import why as explaining
from watcher.ask.waiting import waiting
from watcher.errors import Mistyped
from watcher.said.event import proof
from watcher.said.reason import account_told, silence
from watcher.slack.command import Command, number_of_word
from watcher.slack.replies.asked import Asked
from watcher.slack.replies.questions import Question
from watcher.slack.replies.reply import Reply


def why_reply(asked: Asked, command: Command) -> Reply:
    """Why this channel was told of an event, or why not: each subscription and the term that failed.

    Of anything else than an event, what was read of it and is not believed yet.
    """
    if not command.words:
        return asked.reply(silence(asked.say("mistake.no_event"), waiting(asked.archive), asked.to))
    if not command.words[0].lstrip("#").isdecimal():
        return _why_name(asked, " ".join(command.words))
    number = number_of_word(command.words, "no_event")
    try:
        account = explaining.why(asked.archive, number, asked.channel)
    except LookupError:
        unknown = asked.say("mistake.unknown_event", number=number)
        return asked.reply(silence(unknown, waiting(asked.archive), asked.to))
    retract = account.retracted is None and bool(asked.operators) and asked.channel == asked.operators
    buttons = (retract_button(number, asked.lang),) if retract else ()
    return asked.reply(account_told(account, asked.to), command.text, buttons)


def _why_name(asked: Asked, name: str) -> Reply:
    """Why nothing is heard of a provider: what waits about it, and its events."""
    who, note = asked.provider(name)
    about = (one.only(lambda row: row.provider.slug == who.slug) for one in waiting(asked.archive))
    found = [one for one in about if one is not None]
    nothing = "" if found else asked.say("why.nothing_waits", name=clean(who.name)) + " "
    hint = asked.say("why.ask", history=asked.to.typed("history", clean(who.slug)))
    return asked.reply(silence(note or nothing + hint, found, asked.to))


def proof_reply(asked: Asked, command: Command) -> Reply:
    """Where an event can be checked: document, place, hash, time, and how to get the whole proof."""
    number = number_of_word(command.words, "no_event")
    try:
        event = log.event(asked.archive.store, number)
    except LookupError:
        raise Mistyped("unknown_event", number=str(number)) from None
    return asked.reply(proof(event, asked.to), command.text)


ACCOUNTS: Mapping[str, Question] = {"why": why_reply, "proof": proof_reply}
