"""What a channel is told, as orders on Slack: subscribe, unsubscribe, pause, rhythm, language.

Each answer says in one sentence what holds now, and its Undo button is a command that puts back what was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from notifiers.said.account import Line
from notifiers.said.printed import clean, clip
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import voice
from notifiers.slack.kit import Button
from state.model import Cause, Event
from state.owed import subscriptions
from state.seen import log
from state.words.post import Channel, Subscription
from watcher.errors import Mistyped
from watcher.slack.command import Command, joined, number_of_word, wish_of_words
from watcher.slack.replies.asked import Asked, event_items, time_text, unlisted
from watcher.slack.replies.reply import Reply, bold, plain
from watcher.slack.replies.wishes import channel_notes, digest_text, quiet_text, wish_text
from watcher.tell import rhythm
from watcher.tell.want import wants

WOULD = 3
MOST_SEEN = 5_000
"""How far back the events are looked for that a subscription would have told."""
DIGESTS = "daily 08:30, weekly mon, instant"
QUIETS = "20:00-08:00 Europe/Paris, off"
PAUSES = "2w, 3d, 12h, 2026-12-31"


def subscribe_reply(asked: Asked, command: Command) -> Reply:
    """Makes a subscription for this channel: what it means, what it would have told, and Undo."""
    words = joined(command.words, asked.archive.providers)
    if not words:
        raise Mistyped("nothing_to_watch")
    wanted = wished(asked, words)
    store = asked.archive.store
    with store.transaction():
        before = {one.id for one in subscriptions.subscriptions(store, channel=asked.channel)}
        made = subscriptions.subscribe(store, wanted)
    already = made.id in before
    undo = Button(action="undo", text=asked.say("undo"), value={"command": f"unsubscribe {made.id}"})
    would = would_tell(asked, made)
    items: list[tuple[Line, ...]] = [(bold(asked.say("would" if would else "would_none")),)]
    items += event_items(would, asked)
    return Reply(
        head=asked.say("already" if already else "subscribed"),
        lang=asked.lang,
        intro=(plain(wish_text(asked, made)),),
        items=tuple(items),
        foot=(*_unknown_names(asked, made), *channel_notes(asked), asked.say("numbered", number=made.id)),
        buttons=() if already else (undo,),
        command=f"list {made.id}",
    )


def wished(asked: Asked, words: Sequence[str]) -> Subscription:
    """The subscription that the words ask for; raises `Mistyped`."""
    wish = wish_of_words(words)
    return Subscription(
        id=0,
        channel=asked.channel,
        words=tuple(words),
        names=wish.names,
        labels=wish.labels,
        kinds=wish.kinds,
        floor=wish.floor,
        created_by=asked.user,
        created_at=asked.archive.now,
    )


def would_tell(asked: Asked, wish: Subscription) -> tuple[Event, ...]:
    """The last events that a subscription would have told, newest first."""
    told = [cause for cause in Cause if cause.told]
    events = log.events(
        asked.archive.store,
        causes=told,
        labels=wish.labels or None,
        kinds=wish.kinds or None,
        newest_first=True,
        limit=MOST_SEEN,
    )
    return tuple(islice((one for one in events if wants(wish, one, asked.archive.providers)), WOULD))


def _unknown_names(asked: Asked, made: Subscription) -> list[str]:
    return [
        f"{unlisted(asked, name, also_words=True)} {asked.say('watched_as_written')}"
        for name in made.names
        if not asked.archive.names.meant(name)
    ]


def unsubscribe_reply(asked: Asked, command: Command) -> Reply:
    """Ends a subscription of this channel."""
    number = number_of_word(command.words, "no_number")
    store = asked.archive.store
    with store.transaction():
        if number not in {one.id for one in subscriptions.subscriptions(store, channel=asked.channel)}:
            raise Mistyped("unknown_subscription", number=str(number))
        ended = subscriptions.unsubscribe(store, number, asked.archive.now)
    again = Command(verb="subscribe", words=ended.words).text
    return Reply(
        head=asked.say("ended", number=number),
        lang=asked.lang,
        intro=(plain(clip(clean(" ".join(ended.words)), 200)),),
        foot=(asked.say("ended_note"),),
        buttons=(Button(action="undo", text=asked.say("undo"), value={"command": again}),),
    )


def pause_reply(asked: Asked, command: Command) -> Reply:
    """Pauses this channel's subscriptions: all of them, some by number, or one provider by name."""
    what, until = _pause_words(asked, command.words)
    name = " ".join(what)
    if name and not all(word.lstrip("#").isdecimal() for word in what):
        return _pause_named(asked, name, until)
    numbers = [number_of_word([word], "no_number") for word in what]
    store = asked.archive.store
    with store.transaction():
        own = [one.id for one in subscriptions.subscriptions(store, channel=asked.channel)]
        if missing := [number for number in numbers if number not in own]:
            raise Mistyped("unknown_subscription", number=str(missing[0]))
        if not own:
            raise Mistyped("list_none")
        for number in numbers or own:
            subscriptions.pause(store, number, until, asked.archive.now)
    return paused(asked, numbers or own, until)


def _pause_words(asked: Asked, words: Sequence[str]) -> tuple[Sequence[str], datetime]:
    """What to pause, and until when: the length is the last word, or the last two ("10 days")."""
    for size in (1, 2):
        length = " ".join(words[-size:])
        try:
            return words[:-size], rhythm.parse_pause(length, asked.archive.now)
        except ValueError:
            continue
    raise Mistyped("bad_rhythm", found=clean(" ".join(words[-1:])) or "–", expected=PAUSES)


def _pause_named(asked: Asked, name: str, until: datetime) -> Reply:
    """Pauses one provider: a subscription that names others too is parted, so that only this one waits."""
    store, now = asked.archive.store, asked.archive.now
    with store.transaction():
        own = subscriptions.subscriptions(store, channel=asked.channel)
        numbers, notes = list[int](), list[str]()
        for one in own:
            mine = tuple(word for word in one.names if _same(asked, word, name))
            if not mine:
                continue
            alone = one
            if len(mine) < len(one.names):
                others, alone = _parted(asked, one, mine)
                notes.append(asked.say("pause_parted", old=one.id, others=others.id, alone=alone.id))
            numbers.append(subscriptions.pause(store, alone.id, until, now).id)
    if not numbers:
        raise Mistyped("pause_none", name=clean(name))
    unnamed = ", ".join(asked.say("number", number=one.id) for one in own if not one.names)
    notes += [asked.say("pause_others", numbers=unnamed)] if unnamed else []
    return paused(asked, numbers, until, notes)


def _same(asked: Asked, one: str, other: str) -> bool:
    """Whether two words name one provider, by its reviewed names or letter for letter."""
    known = asked.archive.providers.named(one)
    return one.casefold() == other.casefold() or (
        known is not None and known == asked.archive.providers.named(other)
    )


def _parted(asked: Asked, one: Subscription, mine: Sequence[str]) -> tuple[Subscription, Subscription]:
    """Ends a subscription and makes two of it: of the other names, and of those in `mine`."""
    store, now = asked.archive.store, asked.archive.now
    others = tuple(name for name in one.names if name not in mine)
    subscriptions.unsubscribe(store, one.id, now)
    rest, alone = (
        subscriptions.subscribe(
            store,
            replace(one, names=names, words=(*names, *(word for word in one.words if word not in one.names))),
        )
        for names in (others, tuple(mine))
    )
    if one.paused_until and one.paused_until > now:
        subscriptions.pause(store, rest.id, one.paused_until, now)
    return rest, alone


def paused(asked: Asked, numbers: Sequence[int], until: datetime, more: Sequence[str] = ()) -> Reply:
    """What a pause did."""
    command = " ".join(("resume", *map(str, numbers)))
    return Reply(
        head=asked.say("paused", when=time_text(until, asked.lang)),
        lang=asked.lang,
        intro=(plain(_which(asked, numbers)),),
        foot=(*more, asked.say("pause_note")),
        buttons=(Button(action="undo", text=asked.say("again"), value={"command": command}),),
        command="list",
    )


def _which(asked: Asked, numbers: Sequence[int]) -> str:
    """The subscriptions that something concerns, by number; "" for none."""
    named = ", ".join(asked.say("number", number=number) for number in numbers)
    return asked.say("pause_which", numbers=named) if named else ""


def resume_reply(asked: Asked, command: Command) -> Reply:
    """Ends pauses of this channel, and a suspension once what caused it is mended."""
    store, now = asked.archive.store, asked.archive.now
    numbers = {number_of_word([word], "no_number") for word in command.words}
    with store.transaction():
        own = subscriptions.subscriptions(store, channel=asked.channel)
        waiting = [one for one in own if one.paused_until and (not numbers or one.id in numbers)]
        for one in waiting:
            subscriptions.pause(store, one.id, None, now)
        known = subscriptions.channel(store, asked.channel)
        due = subscriptions.resume(store, asked.channel, now) if known.state == "suspended" else 0
    said = asked.count("due", due) if due else ""
    if not due and not waiting:
        said = asked.say("resume_nothing")
    return Reply(
        head=asked.say("resumed"),
        lang=asked.lang,
        intro=tuple(plain(text) for text in (said, _which(asked, [one.id for one in waiting])) if text),
        command="list",
    )


def digest_reply(asked: Asked, command: Command) -> Reply:
    """Sets how events arrive in this channel: as they happen, or in a summary."""
    said = " ".join(command.words)
    try:
        digest = rhythm.parse_digest(said)
    except ValueError:
        raise Mistyped("bad_rhythm", found=clean(said) or "–", expected=DIGESTS) from None
    before = _saved(asked, lambda known: replace(known, digest=digest))
    return Reply(
        head=asked.say("digest_head"),
        lang=asked.lang,
        intro=(plain(asked.say("digest_set", rhythm=digest_text(asked, digest))),),
        buttons=(_undo(asked, "digest", before.digest or "instant"),),
        command="list",
    )


def quiet_reply(asked: Asked, command: Command) -> Reply:
    """Sets the hours in which this channel is left alone; they delay, and drop nothing."""
    words = [word for word in command.words if word.casefold() != "strict"]
    strict, said = len(words) < len(command.words), " ".join(words)
    try:
        quiet = "" if said.casefold() == "off" else rhythm.parse_quiet(said)
    except ValueError:
        raise Mistyped("bad_rhythm", found=clean(said) or "–", expected=QUIETS) from None
    before = _saved(asked, lambda known: replace(known, quiet=quiet, quiet_lets_high=not strict))
    texts = [quiet_text(asked, quiet), asked.say("quiet_strict" if strict else "quiet_high")]
    old = f"{before.quiet}{'' if before.quiet_lets_high else ' strict'}" if before.quiet else "off"
    return Reply(
        head=asked.say("quiet_head"),
        lang=asked.lang,
        intro=tuple(plain(text) for text in texts) if quiet else (plain(asked.say("quiet_off")),),
        buttons=(_undo(asked, "quiet", old),),
        command="list",
    )


def lang_reply(asked: Asked, command: Command) -> Reply:
    """Sets the language of this channel."""
    lang = command.words[0].casefold() if command.words else ""
    if lang not in LANGUAGES:
        raise Mistyped(
            "bad_lang", expected=voice(asked.lang).either(f"/vigilabel lang {code}" for code in LANGUAGES)
        )
    _saved(asked, lambda known: replace(known, lang=lang))
    spoken = replace(asked, lang=lang)
    return Reply(
        head=spoken.say("lang_head"),
        lang=lang,
        intro=(plain(spoken.say("lang_set")),),
        buttons=(_undo(spoken, "lang", asked.lang),),
    )


def _saved(asked: Asked, change: Callable[[Channel], Channel]) -> Channel:
    """Changes what is known of this channel; returns what was known before."""
    store = asked.archive.store
    with store.transaction():
        before = subscriptions.channel(store, asked.channel)
        subscriptions.save_channel(store, change(before))
    return before


def _undo(asked: Asked, verb: str, words: str) -> Button:
    return Button(action="undo", text=asked.say("undo"), value={"command": f"{verb} {words}"})


Order = Callable[[Asked, Command], Reply]

ORDERS: Mapping[str, Order] = {
    "subscribe": subscribe_reply,
    "unsubscribe": unsubscribe_reply,
    "pause": pause_reply,
    "resume": resume_reply,
    "digest": digest_reply,
    "quiet": quiet_reply,
    "lang": lang_reply,
}
