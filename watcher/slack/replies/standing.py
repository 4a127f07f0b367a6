"""Where somebody stands, asked on Slack: the same answers, in the same words, as on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from state.model import day_of
from state.seen.taken_back import retractions
from state.words.labels import ALWAYS, TOGETHER, single
from watcher.ask.day import past
from watcher.ask.find.found import Group, Window, find
from watcher.ask.holders import editions_of, holders_of
from watcher.ask.profile import profile_of
from watcher.ask.standing import race as racing
from watcher.ask.standing import together
from watcher.ask.standing.mine import mine, names_in, read_for
from watcher.ask.standing.papers import with_papers
from watcher.ask.standing.race import verdicts, verdicts_together
from watcher.ask.watch import watched
from watcher.ask.watch.label_state import troubles, unread_labels
from watcher.errors import Mistyped
from watcher.said.condition import sources_told, unread_text
from watcher.said.found import found_told
from watcher.said.past import answer_told
from watcher.said.standing.listing import editions, listing_told, profile, together_told
from watcher.said.standing.mine import absent_item, mine_items
from watcher.said.standing.race import edition_basis, race_items
from watcher.said.told import Told
from watcher.slack.command import Command, both_named, day_of_word, joined, labels_of_word
from watcher.slack.replies.history import MOST_EVENTS, cut_note
from watcher.slack.replies.mistakes import instead_of
from watcher.slack.reply import PAGE, Ground, Reply

if TYPE_CHECKING:
    from state.model import Version
    from watcher.ask.find.found import Found
    from watcher.ask.standing.race import Standing
    from watcher.slack.desk import Asked


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


def provider_reply(asked: Asked, command: Command) -> Reply:
    """All that is known of a provider: where it stands first, its rows now, then its timeline."""
    if not command.words:
        raise Mistyped("no_name")
    name = _name(asked, command.words)
    who, note = asked.provider(name)
    found = profile_of(asked.archive, who)
    known = replace(found, events=found.events[:MOST_EVENTS])
    cut = cut_note(asked, "slack.newest_events", MOST_EVENTS, cut=len(found.events) > MOST_EVENTS)
    unread = () if note else unread_labels(asked.archive)  # the note says it as well
    near = instead_of(asked, replace(command, words=(name,)), name) if note else ()
    own = () if note else verdicts(asked.archive, who)
    answered = (*own, *verdicts_together(asked.archive, own))
    # Sorting keeps the order of equals: only the label that was asked for moves, to the front.
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
    found = [past(asked.archive, who, one, on) for one in labels]
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
