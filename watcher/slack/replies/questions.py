"""Questions asked on Slack: the same answers, in the same words, as on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from notifiers.said.printed import Line, clean, clip
from notifiers.slack.blocks import retract_button
from state.model import Cause, Event
from state.names import print_key
from state.owed import subscriptions
from state.seen import log
from state.words.labels import LABELS
from state.words.meant import ALL, KINDS, WEIGHTS
from watcher.ask import answers, watched
from watcher.ask import race as racing
from watcher.ask import why as explaining
from watcher.ask.days import news_first
from watcher.ask.label_state import troubles, unread_labels
from watcher.ask.waiting import waiting
from watcher.errors import Mistyped
from watcher.said.condition import sources_told
from watcher.said.event import proof
from watcher.said.listing import editions, listing_told, profile
from watcher.said.past import answer_told
from watcher.said.reason import account_told, silence
from watcher.said.standing import race_items
from watcher.said.told import Told, bold, plain
from watcher.said.wish import list_told
from watcher.slack.command import (
    VERBS,
    Command,
    day_of_word,
    joined,
    labels_of_word,
    number_of_word,
    wish_of_words,
)
from watcher.slack.desk import Asked
from watcher.slack.reply import Reply
from watcher.tell.want import Wish

if TYPE_CHECKING:
    from state.words.post import Subscription

SETTINGS = ("pause", "digest", "quiet", "lang")
HELP = ("follow", range(1, 3)), ("ask", range(1, 3)), ("act", range(1, 3))
"""The groups of what can be asked, and the numbers of their lines."""
MOST_EVENTS = 400
"""How many events an answer pages through; older ones are in the web pages and on the command line."""


def help_reply(asked: Asked, command: Command) -> Reply:
    """What can be asked, by purpose, and in which words: from the tables by which they are understood."""
    say, lang, words = asked.say, asked.lang, _words(asked.lang)
    lines: list[Line] = [plain(say("slack.help_intro"))]
    for group, count in HELP:
        lines.append(bold(say.each("help", group)))
        lines += [plain(say.each("help", f"{group}_{n}", **words)) for n in count]
        lines += [plain(setting(asked, verb)) for verb in SETTINGS if group == "follow"]
    usual = {slug: label.said.usual(lang) for slug, label in LABELS.items()}
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


def history_reply(asked: Asked, command: Command) -> Reply:
    """What happened, newest first; first looks only where something is asked for."""
    names = joined(command.words, asked.archive)
    wish = wish_of_words(names) if names else Wish()
    events = _events(asked, wish, filtered=bool(names))
    intro = [asked.unlisted(name) for name in wish.names if not asked.archive.names.meant(name)]
    intro = intro or ([] if events else [asked.say("event.none")])
    what = ", ".join(clip(clean(name), 60) for name in names)
    told = Told(
        head=asked.say("slack.history_of", what=what) if names else asked.say("slack.history_head"),
        intro=tuple(plain(said) for said in intro),
        items=asked.events(events),
        foot=() if names else (asked.say("slack.first_looks_left_out"),),
    )
    return asked.reply(told, command.text)


def _events(asked: Asked, wish: Wish, *, filtered: bool) -> Sequence[Event]:
    if not filtered:
        causes = [cause for cause in Cause if cause is not Cause.BASELINE]
        return log.events(asked.archive.store, causes=causes, newest_first=True, limit=MOST_EVENTS)
    found = answers.history(
        asked.archive, names=wish.names, labels=wish.labels or None, kinds=wish.kinds or None
    )
    return news_first(found[:MOST_EVENTS])


def provider_reply(asked: Asked, command: Command) -> Reply:
    """All that is known of a provider: its rows now, then its timeline."""
    if not command.words:
        raise Mistyped("no_name")
    who, note = asked.provider(" ".join(command.words))
    found = answers.profile(asked.archive, who)
    known = replace(found, events=found.events[:MOST_EVENTS])
    unread = () if note else unread_labels(asked.archive)  # the note says it as well
    return asked.reply(profile(known, unread, asked.to, note), command.text)


def listing_reply(asked: Asked, command: Command) -> Reply:
    """Who holds a label, now or on a day."""
    words = [word for word in command.words if word.casefold() not in ("on", "le")]
    if not words:
        raise Mistyped("no_label")
    labels, day = labels_of_word(words[0]), day_of_word(words[1]) if len(words) > 1 else None
    found = answers.holders(asked.archive, labels, day)
    wrong = troubles(asked.archive, labels) if day is None else ()
    return asked.reply(listing_told(found, labels, day, asked.to, wrong), command.text)


def was_reply(asked: Asked, command: Command) -> Reply:
    """Whether a provider had a label on a day: yes, no or unknown, with bounds and proof."""
    if len(command.words) < 3:
        raise Mistyped("was_words")
    *name, label, day = command.words
    labels, on = labels_of_word(label), day_of_word(day)
    who, note = asked.provider(" ".join(name))
    found = [answers.past(asked.archive, who, one, on) for one in labels]
    return asked.reply(answer_told(found, asked.to, note), command.text)


def race_reply(asked: Asked, command: Command) -> Reply:
    """Each provider with what it holds, awaits, and is not listed for."""
    names = joined(command.words, asked.archive)
    found = [asked.provider(name) for name in names or racing.USUAL]
    standings = racing.race(asked.archive, list(dict.fromkeys(who for who, _ in found)))
    read = answers.editions(asked.archive, dict.fromkeys(one.label for one in standings))
    told = Told(
        head=asked.say("race.head"),
        items=race_items(standings, asked.to),
        foot=(*(note for _, note in found if note), *editions(read, None, asked.to)),
    )
    return asked.reply(told, command.text)


def sources_reply(asked: Asked, command: Command) -> Reply:
    """The health of each source."""
    return asked.reply(sources_told(watched.health(asked.archive), asked.to), command.text)


def list_reply(asked: Asked, command: Command) -> Reply:
    """The subscriptions of this channel, all or by number or word, each with a button that ends it."""
    archive, channel = asked.archive, subscriptions.channel(asked.archive.store, asked.channel)
    own = subscriptions.subscriptions(archive.store, channel=asked.channel)
    found = [one for one in own if _listed(one, command.words)]
    told = list_told([(one, channel) for one in found], archive.reviewed, archive.now, asked.to, channel)
    ends = tuple(asked.undo(f"unsubscribe {one.id}", asked.say("slack.end", number=one.id)) for one in found)
    return replace(asked.reply(told, command.text), each=ends)


def _listed(one: Subscription, words: Sequence[str]) -> bool:
    """Whether a subscription is among those asked for: by its number or a word of it; all without words."""
    said = {print_key(word.lstrip("#")) for word in words}
    return not said or str(one.id) in said or bool(said & {print_key(word) for word in one.words})


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


Question = Callable[[Asked, Command], Reply]

QUESTIONS: Mapping[str, Question] = {
    "help": help_reply,
    "history": history_reply,
    "provider": provider_reply,
    "listing": listing_reply,
    "was": was_reply,
    "race": race_reply,
    "sources": sources_reply,
    "list": list_reply,
    "why": why_reply,
    "proof": proof_reply,
}
