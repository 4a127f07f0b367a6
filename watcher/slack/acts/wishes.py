"""What a channel is told, as orders on Slack: subscribe, unsubscribe, pause, rhythm, language.

Each answer says in one sentence what holds now, and its Undo button is a command that puts back what was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import clean, clip
from state.model import Weight
from state.names import print_key
from state.owed import subscriptions
from watcher.ask.why import would_tell
from watcher.errors import BadRhythm, Mistyped
from watcher.said import wish as told_of
from watcher.said.news.looks import would_items
from watcher.said.told import plain
from watcher.slack.command import Command, joined, language_meant, number_of_word, wish_of_words
from watcher.slack.replies.help import setting
from watcher.slack.replies.mistakes import whether_meant
from watcher.tell import rhythm

if TYPE_CHECKING:
    from state.words.post import Subscription
    from watcher.said.told import Told
    from watcher.slack.desk import Asked
    from watcher.slack.reply import Reply


FOR_HOW_LONG = frozenset({"jusqu'au", "jusqu'a", "until", "pendant", "for", "pour"})


def subscribe_reply(asked: Asked, command: Command) -> Reply:
    """Makes a subscription for this channel: what it means, what it would have told, and Undo.

    A name on no list is asked about first: more often than not it is a label or a provider mistyped, and the
    subscription would never fire.
    """
    words = joined(command.words, asked.archive)
    if not words:
        raise Mistyped("nothing_to_watch")
    wish = wish_of_words(words)
    unlisted = [name for name in wish.names if not asked.archive.names.meant(name)]
    if unlisted and not command.sure:
        return whether_meant(asked, replace(command, words=words), unlisted)
    wanted = wish.subscription(asked.channel, words, asked.user, asked.archive.now)
    store = asked.archive.store
    with store.transaction():
        # Inside the transaction: two people who type the same at once make one subscription, and one of them
        # hears so.
        before = {one.id for one in subscriptions.subscriptions(store, channel=asked.channel)}
        made = subscriptions.subscribe(store, wanted, asked.archive.watched_as)
    return _made(asked, made, already=made.id in before)


def _made(asked: Asked, made: Subscription, *, already: bool) -> Reply:
    notes = (
        *told_of.unlisted_notes(made, asked.archive.names, asked.to),
        *told_of.together_notes(made, asked.to),
        *told_of.channel_notes(subscriptions.channel(asked.archive.store, asked.channel), asked.to),
    )
    would = would_items(would_tell(asked.archive, made), asked.to, asked.retracted)
    told = told_of.made_told(made, asked.archive.reviewed, would, asked.to, already=already, notes=notes)
    undo = () if already else (asked.ending(made),)
    return asked.reply(told, f"list {made.id}", undo)


def list_reply(asked: Asked, command: Command) -> Reply:
    """The subscriptions of this channel, all or by number or word, each with a button that ends it."""
    archive, channel = asked.archive, subscriptions.channel(asked.archive.store, asked.channel)
    own = subscriptions.subscriptions(archive.store, channel=asked.channel)
    found = [one for one in own if _listed(one, command.words)]
    each = [(one, channel) for one in found]
    told = told_of.list_told(each, archive.reviewed, archive.now, asked.to, channel)
    if own and not found:  # there are some, and none that was asked for
        what = clip(clean(" ".join(command.words)), 60)
        told = replace(told, intro=(plain(asked.say("slack.no_such_subscription", what=what, n=len(own))),))
    ends = tuple(asked.ending(one, asked.say("slack.end", number=one.id)) for one in found)
    return replace(asked.reply(told, command.text), each=ends)


def _listed(one: Subscription, words: Sequence[str]) -> bool:
    """Whether a subscription is among those asked for: by its number or a word of it; all without words."""
    said = {print_key(word.lstrip("#")) for word in words}
    return not said or str(one.id) in said or bool(said & {print_key(word) for word in one.words})


def unsubscribe_reply(asked: Asked, command: Command) -> Reply:
    """Ends a subscription of this channel; without a number, shows which there are, each with its button."""
    if not command.words or not command.words[0].lstrip("#").isdecimal():
        return list_reply(asked, replace(command, verb="list"))
    number = number_of_word(command.words, "no_number")
    store = asked.archive.store
    with store.transaction():
        if number not in {one.id for one in subscriptions.subscriptions(store, channel=asked.channel)}:
            ever = subscriptions.subscriptions(store, channel=asked.channel, ended=True)
            over = number in {one.id for one in ever}  # a button of a list that was shown before
            raise Mistyped("already_ended" if over else "unknown_subscription", number=str(number))
        ended = subscriptions.unsubscribe(store, number, asked.archive.now)
    again = asked.undo(Command(verb="subscribe", words=ended.words).text)
    return asked.reply(told_of.ended_told(ended, asked.to), buttons=[again])


def pause_reply(asked: Asked, command: Command) -> Reply:
    """Pauses this channel's subscriptions: all of them, some by number, or one provider by name; without a
    length, shows what is paused."""
    if not command.words:
        return _paused_now(asked)
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


def _paused_now(asked: Asked) -> Reply:
    own = subscriptions.subscriptions(asked.archive.store, channel=asked.channel)
    told = told_of.pauses_told(own, asked.archive.now, asked.to)
    return _shown(asked, told, "pause")


def _shown(asked: Asked, told: Told, verb: str) -> Reply:
    """A setting as it is, and how it is changed: who asks for it erases nothing."""
    change = asked.say("slack.to_change", examples=setting(asked, verb))
    return asked.reply(replace(told, foot=(*told.foot, change)), verb)


def _pause_words(asked: Asked, words: Sequence[str]) -> tuple[Sequence[str], datetime]:
    """What to pause, and until when: the length is the last word, or the last two ("10 days")."""
    for size in (1, 2):
        length = " ".join(words[-size:])
        try:
            until = rhythm.parse_pause(length, asked.archive.now)
        except BadRhythm:
            continue
        return tuple(word for word in words[:-size] if print_key(word) not in FOR_HOW_LONG), until
    raise Mistyped("bad_rhythm", found=clean(" ".join(words[-1:])) or "–", expected=setting(asked, "pause"))


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
                notes.append(asked.say("pause.parted", old=one.id, others=others.id, alone=alone.id))
            numbers.append(subscriptions.pause(store, alone.id, until, now).id)
    if not numbers:
        raise Mistyped("pause_none", name=clean(name))
    unnamed = ", ".join(asked.say("told.number", number=one.id) for one in own if not one.names)
    notes += [asked.say("pause.others", numbers=unnamed)] if unnamed else []
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
    again = asked.undo(" ".join(("resume", *map(str, numbers))), asked.say("slack.again"))
    return asked.reply(told_of.paused_told(numbers, until, asked.to, more), "list", [again])


def resume_reply(asked: Asked, command: Command) -> Reply:
    """Ends pauses of this channel, and a suspension once what caused it is mended."""
    store, now = asked.archive.store, asked.archive.now
    numbers = {number_of_word([word], "no_number") for word in command.words}
    with store.transaction():
        own = subscriptions.subscriptions(store, channel=asked.channel)
        if missing := sorted(numbers - {one.id for one in own}):
            raise Mistyped("unknown_subscription", number=str(missing[0]))
        waiting = [one for one in own if one.paused_until and (not numbers or one.id in numbers)]
        for one in waiting:
            subscriptions.pause(store, one.id, None, now)
        known = subscriptions.channel(store, asked.channel)
        due = subscriptions.resume(store, asked.channel, now) if known.state == "suspended" else 0
    told = told_of.resumed_told([one.id for one in waiting], due, asked.to, asked.channel)
    return asked.reply(told, "list")


def digest_reply(asked: Asked, command: Command) -> Reply:
    """Sets how events arrive in this channel, as they happen or in a summary; without words, shows it."""
    said, now = " ".join(command.words), asked.archive.now
    if not said:
        known = subscriptions.channel(asked.archive.store, asked.channel)
        following = rhythm.next_time(known, Weight.NORMAL, now)
        return _shown(asked, told_of.digested_told(known, following, asked.to), "digest")
    try:
        digest = rhythm.parse_digest(said)
    except BadRhythm:
        raise Mistyped("bad_rhythm", found=clean(said), expected=setting(asked, "digest")) from None
    before, known = subscriptions.change(asked.archive.store, asked.channel, digest=digest)
    following = rhythm.next_time(known, Weight.NORMAL, now)
    undo = asked.undo(f"digest {before.digest or 'instant'}")
    return asked.reply(told_of.digested_told(known, following, asked.to), "list", [undo])


def quiet_reply(asked: Asked, command: Command) -> Reply:
    """Sets the hours in which this channel is left alone, which delay and drop nothing; without words, shows
    them. `strict` alone makes those that there are strict."""
    words = [word for word in command.words if word.casefold() != "strict"]
    strict, said = len(words) < len(command.words), " ".join(words)
    known = subscriptions.channel(asked.archive.store, asked.channel)
    if not said and not (strict and known.quiet):
        return _shown(asked, told_of.quieted_told(known, asked.to), "quiet")
    try:
        quiet = rhythm.parse_quiet(said) if said else known.quiet
    except BadRhythm:
        raise Mistyped("bad_rhythm", found=clean(said), expected=setting(asked, "quiet")) from None
    before, known = subscriptions.change(
        asked.archive.store, asked.channel, quiet=quiet, quiet_lets_high=not strict
    )
    old = f"{before.quiet}{'' if before.quiet_lets_high else ' strict'}" if before.quiet else "off"
    return asked.reply(told_of.quieted_told(known, asked.to), "list", [asked.undo(f"quiet {old}")])


def lang_reply(asked: Asked, command: Command) -> Reply:
    """Sets the language of this channel; without a word, shows it."""
    known = subscriptions.channel(asked.archive.store, asked.channel)
    if not command.words:
        spoken = told_of.spoken_told(replace(known, lang=asked.lang), asked.to)
        return _shown(asked, spoken, "lang")
    lang = language_meant(command.words[0])
    if lang not in LANGUAGES:
        raise Mistyped("bad_lang", expected=setting(asked, "lang"))
    _, known = subscriptions.change(asked.archive.store, asked.channel, lang=lang)
    # Told in the new language, and undone by a button in it.
    to = replace(asked, lang=lang)
    return to.reply(told_of.spoken_told(known, to.to), buttons=[to.undo(f"lang {asked.lang}")])
