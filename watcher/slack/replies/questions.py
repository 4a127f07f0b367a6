"""Questions asked on Slack: the same answers, in the same words, as on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from notifiers.said.voice import Line, clean, clip
from notifiers.slack.post import retract_button
from state.model import Cause, day_of
from state.names import print_key
from state.owed import subscriptions
from state.seen.events import log
from state.seen.taken_back import retractions
from state.words.labels import ALWAYS, LABELS, TOGETHER, single
from state.words.meant import ALL, KINDS, WEIGHTS
from state.words.post import workspace_of
from state.words.verbs import VERBS
from watcher.ask import why as explaining
from watcher.ask.find.found import Group, Window, find
from watcher.ask.history import history
from watcher.ask.holders import editions_of, holders_of
from watcher.ask.news.joined import joined as joined_by
from watcher.ask.news.looks import Size, by_look, looks_at
from watcher.ask.profile import profile_of
from watcher.ask.standing import race as racing
from watcher.ask.standing import together
from watcher.ask.standing.mine import mine, names_in, read_for
from watcher.ask.standing.papers import with_papers
from watcher.ask.standing.verdict import together as verdicts_together
from watcher.ask.standing.verdict import verdicts
from watcher.ask.watch import watched
from watcher.ask.watch.label_state import troubles, unread_labels
from watcher.ask.watch.waiting import waiting
from watcher.errors import Mistyped
from watcher.said.condition import sources_told, unread_text
from watcher.said.found import found_told
from watcher.said.news.event import proof
from watcher.said.news.looks import look_item
from watcher.said.past import answer_told
from watcher.said.reason import account_told, silence
from watcher.said.standing.listing import editions, listing_told, profile, together_told
from watcher.said.standing.mine import absent_item, mine_items
from watcher.said.standing.race import edition_basis, race_items
from watcher.said.told import Told, bold, plain
from watcher.said.wish import list_told
from watcher.slack.command import (
    Command,
    both_named,
    day_of_word,
    days_among,
    joined,
    labels_of_word,
    number_of_word,
    wish_of_words,
)
from watcher.slack.replies.mistakes import instead_of
from watcher.slack.reply import PAGE, Ground, Reply
from watcher.tell.want import Wish

if TYPE_CHECKING:
    from datetime import date

    from state.model import Version
    from state.words.post import Subscription
    from watcher.ask.find.found import Found
    from watcher.ask.news.looks import Look
    from watcher.ask.standing.race import Standing
    from watcher.slack.desk import Answering, Asked

SETTINGS = ("pause", "digest", "quiet", "lang")
HELP = ("follow", "ask", "act")
"""The groups of what can be asked."""
MOST_EVENTS = 400
"""How many events an answer pages through; where there are older ones it says where."""
MOST_LOOKS, LOOKS = 30, 3
"""How many looks it pages through, and how many stand on one page."""
SIZE = Size(lines=5, ends=2)


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


def find_reply(asked: Asked, command: Command) -> Reply:
    """Providers with where they stand, services, decisions, labels and events that have all these words."""
    if not command.words:
        raise Mistyped("no_words")
    found = find(asked.archive, " ".join(command.words), Window(most=PAGE))
    gone = retractions.retractions(asked.archive.store, [event.id for event in found.events])
    ground = Ground(events=tuple(event.id for event in found.events), stands=tuple(_found(found)))
    return asked.reply(found_told(found, asked.to, gone), command.text, ground=ground)


def _found(found: Found) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where the providers of a search stand, and whose its services and decisions are."""
    shown = {group: part.shown for group, part in found.parts.items()}
    for one in (*shown.get(Group.PROVIDERS, ()), *found.near):
        yield one.provider.slug, ALWAYS
    yield from _rows(*shown.get(Group.SERVICES, ()), *shown.get(Group.DECISIONS, ()))


def _rows(*versions: Version) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Whose rows these are, and of which label."""
    for one in versions:
        yield one.known.provider.slug, (one.known.attestation.label,)


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
        foot=_cut(asked, "slack.newest_events", MOST_EVENTS, cut=len(found) > MOST_EVENTS),
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
            *_cut(asked, "slack.newest_looks", len(looks), cut=following is not None),
            asked.say("slack.history_narrow", command=asked.to.typed("history", "secnumcloud")),
        ),
    )
    grounds = tuple(map(_of_look, looks))
    return replace(asked.reply(told, command.text, grounds=grounds), size=LOOKS)


def _of_look(look: Look) -> Ground:
    """All of a look: its counts are of every event."""
    lines = (*look.lines, *look.ends)
    return Ground(events=tuple(line.event.id for line in lines), runs=(look.since.id, look.run.id))


def _cut(asked: Asked, key: str, shown: int, *, cut: bool) -> tuple[str, ...]:
    """That an answer holds the newest alone, and where all are."""
    return (asked.say(key, n=shown, command="`vigilabel history`"),) if cut else ()


def provider_reply(asked: Asked, command: Command) -> Reply:
    """All that is known of a provider: where it stands first, its rows now, then its timeline."""
    if not command.words:
        raise Mistyped("no_name")
    name = _name(asked, command.words)
    who, note = asked.provider(name)
    found = profile_of(asked.archive, who)
    known = replace(found, events=found.events[:MOST_EVENTS])
    cut = _cut(asked, "slack.newest_events", MOST_EVENTS, cut=len(found.events) > MOST_EVENTS)
    unread = () if note else unread_labels(asked.archive)  # the note says it as well
    near = instead_of(asked, replace(command, words=(name,)), name) if note else ()
    own = () if note else verdicts(asked.archive, who)
    answered = (*own, *verdicts_together(asked.archive, own))
    answered = tuple(sorted(answered, key=lambda one: one.label not in command.first))
    told = profile(known, answered, unread, day_of(asked.archive.now), asked.to, note)
    ground = Ground(stands=((who.slug, ()),))
    return asked.reply(replace(told, foot=(*told.foot, *cut)), command.text, near, ground=ground)


def _name(asked: Asked, words: Sequence[str]) -> str:
    """The name that words say: as they stand, or without those that only glue others together."""
    plain = " ".join(words)
    return plain if asked.archive.names.meant(plain) else " ".join(joined(words, asked.archive)) or plain


def listing_reply(asked: Asked, command: Command) -> Reply:
    """Who holds a label, now or on a day."""
    words = both_named(joined(command.words, asked.archive))
    if not words:
        raise Mistyped("no_label")
    labels, day = labels_of_word(words[0]), day_of_word(words[1]) if len(words) > 1 else None
    if labels[0] in TOGETHER:
        both = together.holders(asked.archive, labels[0], day)
        wrong = troubles(asked.archive, single(labels)) if day is None else ()
        grounds = tuple(Ground(stands=tuple(_rows(*one.rows))) for one in both.held)
        return asked.reply(together_told(both, day, asked.to, wrong), command.text, grounds=grounds)
    found = with_papers(asked.archive, holders_of(asked.archive, labels, day), labels, day)
    wrong = troubles(asked.archive, labels) if day is None else ()
    grounds = tuple(Ground(stands=tuple(_rows(row))) for row, _ in found.listed)
    return asked.reply(listing_told(found, labels, day, asked.to, wrong), command.text, grounds=grounds)


def was_reply(asked: Asked, command: Command) -> Reply:
    """Whether a provider had a label on a day: yes, no or unknown, with bounds and proof."""
    words = both_named(joined(command.words, asked.archive))
    if len(words) < 3:
        raise Mistyped("was_words")
    *called, label, day = words
    name, labels, on = " ".join(called), labels_of_word(label), day_of_word(day)
    who, note = asked.provider(name)
    found = [together.past(asked.archive, who, one, on) for one in labels]
    told = answer_told(found, asked.to, asked.near(name) if note else "")
    whole = [asked.say("proof.how", number=f"--was {who.slug} {one} {on}") for one in labels[:1] if not note]
    near = instead_of(asked, replace(command, words=words), name) if note else ()
    ground = Ground(stands=((who.slug, single(labels)),))
    return asked.reply(replace(told, foot=(*told.foot, *whole)), command.text, near, ground=ground)


def race_reply(asked: Asked, command: Command) -> Reply:
    """Each provider with what it holds, awaits and is not listed for; of a list, each name with its state."""
    if len(names := _listed_names(command)) > 1:
        return _race_of_list(asked, command, names)
    if command.words and not names_in(" ".join(command.words)):
        raise Mistyped("no_name")  # commas alone are no provider that is on no list
    names = joined(command.words, asked.archive)
    meant = {name: asked.provider(name) for name in names or racing.USUAL}
    absent = [name for name, (_, note) in meant.items() if note]
    known = dict.fromkeys(who for who, note in meant.values() if not note)
    standings = racing.race(asked.archive, list(known))
    read = editions_of(asked.archive, single(one.label for one in standings))
    unread = unread_text(unread_labels(asked.archive), asked.lang) if absent else ""
    told = Told(
        head=asked.say("race.head"),
        items=(
            *race_items(standings, asked.to),
            *(absent_item(name, asked.close(name), asked.to) for name in absent),
        ),
        foot=(*([unread] if unread else []), *editions(read, None, asked.to)),
    )
    near = [button for name in absent for button in instead_of(asked, replace(command, words=names), name)]
    grounds = (*_raced(standings), *(Ground() for _ in absent))
    return asked.reply(told, command.text, near, grounds=grounds)


def _raced(standings: Sequence[Standing]) -> Iterator[Ground]:
    """What each provider of a race stands on: its own rows, and those of its host where an operator notes
    one."""
    stands: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for one in standings:
        stands.setdefault(one.provider.slug, [(one.provider.slug, ())]).extend(_rows(*one.rows))
    return (Ground(stands=tuple(dict.fromkeys(own))) for own in stands.values())


def _listed_names(command: Command) -> tuple[str, ...]:
    """The names that are written as a list, commas or semicolons between them; none where they are not."""
    text = " ".join(command.words)
    return names_in(text) if "," in text or ";" in text else ()


def _race_of_list(asked: Asked, command: Command, names: Sequence[str]) -> Reply:
    """Every name of a list with its state; one that is on no list, or may be several, keeps no other back."""
    found = mine(asked.archive, names)
    told = Told(
        head=asked.say("race.head"),
        items=mine_items(found, day_of(asked.archive.now), asked.to),
        foot=tuple(edition_basis(one, asked.to) for one in read_for(asked.archive)),
    )
    stands = (((one.provider.slug, ALWAYS),) if one.provider else () for one in found)
    return asked.reply(told, command.text, grounds=tuple(Ground(stands=each) for each in stands))


def sources_reply(asked: Asked, command: Command) -> Reply:
    """The health of each source."""
    return asked.reply(sources_told(watched.health(asked.archive), asked.to), command.text)


def list_reply(asked: Asked, command: Command) -> Reply:
    """The subscriptions of this channel, all or by number or word, each with a button that ends it."""
    archive, channel = asked.archive, subscriptions.channel(asked.archive.store, asked.channel)
    own = subscriptions.subscriptions(archive.store, channel=asked.channel)
    found = [one for one in own if _listed(one, command.words)]
    told = list_told([(one, channel) for one in found], archive.reviewed, archive.now, asked.to, channel)
    if own and not found:  # there are some, and none that was asked for
        what = clip(clean(" ".join(command.words)), 60)
        told = replace(told, intro=(plain(asked.say("slack.no_such_subscription", what=what, n=len(own))),))
    ends = tuple(asked.ending(one, asked.say("slack.end", number=one.id)) for one in found)
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


QUESTIONS: Mapping[str, Answering] = {
    "help": help_reply,
    "find": find_reply,
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
