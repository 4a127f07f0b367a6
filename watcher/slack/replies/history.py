"""What happened, asked on Slack: the same answers, in the same words, as on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from notifiers.said.voice import clean, clip
from notifiers.slack.post import retract_button
from state.model import Cause
from state.seen.events import log
from state.seen.taken_back import retractions
from watcher.ask import why as explaining
from watcher.ask.history import history
from watcher.ask.news.joined import joined as joined_by
from watcher.ask.news.looks import Size, by_look, looks_at
from watcher.ask.watch.waiting import waiting
from watcher.errors import Mistyped
from watcher.said.news.event import proof
from watcher.said.news.looks import look_item
from watcher.said.reason import account_told, silence
from watcher.said.told import Told, plain
from watcher.slack.command import Command, days_among, joined, number_of_word, wish_of_words
from watcher.slack.replies.mistakes import instead_of
from watcher.slack.reply import Ground, Reply
from watcher.tell.want import Wish

if TYPE_CHECKING:
    from datetime import date

    from watcher.ask.news.looks import Look
    from watcher.slack.desk import Asked

MOST_EVENTS = 400
"""How many events an answer pages through; where there are older ones it says where."""
MOST_LOOKS, LOOKS = 30, 3
"""How many looks it pages through, and how many stand on one page."""
SIZE = Size(lines=5, ends=2)


def history_reply(asked: Asked, command: Command) -> Reply:
    """What happened, newest first: look by look, or event by event where something is asked for."""
    words = joined(command.words, asked.archive)
    if not words:
        return _looks_reply(asked, command)
    days, names = days_among(words)
    wish = wish_of_words(names) if names else Wish()
    since, until = (*days, None, None)[:2]
    found = history(
        asked.archive,
        names=wish.names,
        labels=wish.labels or None,
        kinds=wish.kinds or None,
        since=since,
        until=until,
        limit=MOST_EVENTS + 1,
    )
    shown = [event for own in by_look(found[:MOST_EVENTS]) for event in own]
    unknown = [asked.unlisted(name) for name in wish.names if not asked.archive.names.meant(name)]
    told = Told(
        head=asked.say("slack.history_of", what=_asked_for(asked, names, days)),
        intro=tuple(map(plain, unknown or ([] if shown else [asked.say("event.none")]))),
        items=asked.events(shown, joined_by(asked.archive.store, wish.labels, shown)),
        foot=cut_note(asked, "slack.newest_events", MOST_EVENTS, cut=len(found) > MOST_EVENTS),
    )
    near = [
        button
        for name in wish.names
        if not asked.archive.names.meant(name)
        for button in instead_of(asked, replace(command, words=words), name)
    ]
    grounds = tuple(Ground(events=(event.id,)) for event in shown)
    return asked.reply(told, command.text, near, grounds=grounds)


def _asked_for(asked: Asked, words: Sequence[str], days: Sequence[date]) -> str:
    """What a history was asked for: the words, and since when or from when until when."""
    said = [clip(clean(word), 60) for word in words]
    if days:
        key = "slack.history_since" if len(days) == 1 else "slack.history_between"
        said.append(asked.say(key, since=days[0], until=days[-1]))
    return ", ".join(said)


def _looks_reply(asked: Asked, command: Command) -> Reply:
    """The history as looks: some to a page, since each takes several lines."""
    gone = asked.retracted
    required = log.required(causes=[cause for cause in Cause if cause.told], few=True)
    looks, following = looks_at(asked.archive.store, required, MOST_LOOKS, SIZE, apart=gone.keys())
    told = Told(
        head=asked.say("slack.history_head"),
        intro=() if looks else (plain(asked.say("event.none")),),
        items=tuple(look_item(one, asked.to, gone) for one in looks),
        foot=(
            *cut_note(asked, "slack.newest_looks", len(looks), cut=following is not None),
            asked.say("slack.history_narrow", command=asked.to.typed("history", "secnumcloud")),
        ),
    )
    grounds = tuple(map(_of_look, looks))
    return replace(asked.reply(told, command.text, grounds=grounds), size=LOOKS)


def _of_look(look: Look) -> Ground:
    """All of a look: its counts are of every event."""
    lines = (*look.lines, *look.ends)
    return Ground(events=tuple(line.event.id for line in lines), runs=(look.since.id, look.run.id))


def cut_note(asked: Asked, key: str, shown: int, *, cut: bool) -> tuple[str, ...]:
    """That an answer holds the newest alone, and where all are."""
    return (asked.say(key, n=shown, command="`vigilabel history`"),) if cut else ()


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
    buttons = (retract_button(account.event, asked.lang),) if retract else ()
    return asked.reply(
        account_told(account, asked.to), command.text, buttons, ground=Ground(events=(number,))
    )


def _why_name(asked: Asked, name: str) -> Reply:
    """Why nothing is heard of a provider: what waits about it, and its events."""
    who, note = asked.provider(name)
    about = (one.only(lambda row: row.provider.slug == who.slug) for one in waiting(asked.archive))
    found = [one for one in about if one is not None]
    nothing = "" if found else asked.say("why.nothing_waits", name=clean(who.name)) + " "
    hint = asked.say("why.ask", history=asked.to.typed("history", clean(who.slug)), why=asked.to.typed("why"))
    return asked.reply(silence(note or nothing + hint, found, asked.to))


def proof_reply(asked: Asked, command: Command) -> Reply:
    """Where an event can be checked: document, place, hash, time, and how to get the whole proof."""
    number = number_of_word(command.words, "no_event")
    try:
        event = log.event(asked.archive.store, number)
    except LookupError:
        raise Mistyped("unknown_event", number=str(number)) from None
    gone = retractions.retractions(asked.archive.store, [number]).get(number)
    return asked.reply(proof(event, asked.to, gone), command.text, ground=Ground(events=(number,)))
