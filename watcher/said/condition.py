"""How a source is, in words for people: the same on the command line, the pages and Slack. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from notifiers.said.named import count_text, label_name, source_title
from notifiers.said.reasons import message_said, said
from notifiers.said.voice import Span, clean, clip, voice
from state.model import day_of
from state.words.labels import Family, in_family
from watcher.look.condition import Condition, State
from watcher.said.told import FAMILY, LONG, Hearer, Item, Told, dotted, lines

if TYPE_CHECKING:
    from watcher.ask.watch.label_state import Sighted
    from watcher.ask.watch.watched import Health

MARKS = {State.OK: "✅", State.NEVER: "⚪"}
MOST_HELD = 3


def state_name(condition: Condition, lang: str) -> str:
    """The word for how a source is: "douteuse"."""
    return voice(lang).each("condition", condition.state)


def message_text(health: Health, lang: str) -> str:
    """What the last look said, and what was not read or is too old; "" when all is well."""
    last = health.last
    told = clean(message_said(last, lang)) if last else ""
    return voice(lang)("phrase.semicolon").join(filter(None, (told, *lacking(health.condition, lang))))


def stored_text(health: Health) -> str:
    """The same for programs: English, the last look's words as they are kept."""
    return "; ".join(filter(None, (health.state.message, *lacking(health.condition, "en"))))


def sources_told(found: Sequence[Health], to: Hearer) -> Told:
    return Told(head=to.say("source_line.head"), items=tuple(source_item(one, to) for one in found))


def source_item(health: Health, to: Hearer) -> Item:
    """A source in a few short lines: when it was read, how much, what is wrong, what is held."""
    state, say, name = health.state, to.say, health.source.name
    good = health.condition.last is State.OK
    facts = (
        _how(health, to),
        say.count("count.row", sum(health.rows.values())) if health.rows else "",
        say("look.edition", day=day_of(state.edition_at)) if state.edition_at else "",
        "" if health.coverage is None else say("source_line.coverage", percent=health.coverage),
        say("source_line.last_good", when=state.last_good) if state.last_good and not good else "",
        say.count("count.failure", state.failures) if state.failures else "",
    )
    trouble = clip(message_text(health, to.lang), LONG)
    held = held_text(health.condition, to.lang)[:MOST_HELD]
    return (
        (Span(text=source_title(name, to.lang), bold=True), Span(text=f" · {name}")),
        dotted(*facts),
        *lines(trouble, *(say("look.held", what=clip(what, LONG)) for what in held)),
    )


def _how(health: Health, to: Hearer) -> str:
    state, how = health.state, health.condition
    mark, name = MARKS.get(how.state, "⚠️"), state_name(how, to.lang)
    if how.last is State.OK and state.last_good:
        return to.say("source_line.good", mark=mark, state=name, when=state.last_good)
    since = state.failing_since or state.last_look
    if since is None:
        return f"{mark} {name}"
    return to.say("source_line.bad", mark=mark, state=name, when=since)


def reasons(condition: Condition, lang: str) -> tuple[str, ...]:
    """Everything that is wrong beyond a look that failed, one clause each."""
    held = (voice(lang)("condition.held", what=what) for what in held_text(condition, lang))
    return (*held, *lacking(condition, lang))


def held_text(condition: Condition, lang: str) -> tuple[str, ...]:
    """What is not believed yet, a text each."""
    return tuple(clean(said(one, lang)) for one in condition.held)


def lacking(condition: Condition, lang: str) -> tuple[str, ...]:
    """What was read in part, or is too old, one clause each."""
    say, found = voice(lang), []
    if condition.unread:
        found.append(say("condition.unread", what=", ".join(unread_lines(condition.unread, lang))))
    for key, at in (("old_look", condition.old_look), ("old_edition", condition.old_edition)):
        if at is not None:
            found.append(say.each("condition", key, day=day_of(at)))
    return tuple(found)


def unread_lines(unread: Mapping[str, int], lang: str) -> tuple[str, ...]:
    """How many rows of each label could not be read, a text each."""
    say = voice(lang)
    return tuple(
        say.count("condition.rows", count, label=label_name(label, lang)) for label, count in unread.items()
    )


def unread_text(labels: Collection[str], lang: str) -> str:
    """That nobody knows who holds these labels; "" for none."""
    if not labels:
        return ""
    eidas = in_family(Family.EIDAS)
    family = set(eidas) <= set(labels)
    names = [label_name(one, lang) for one in labels if not (family and one in eidas)]
    return voice(lang)("condition.nobody_says", labels=", ".join([*names, *[FAMILY][: int(family)]]))


def trouble_text(one: Sighted, source: str, lang: str) -> str:
    """What is wrong with a source under a label, in a line; `source` is what it is called there."""
    said = [] if one.condition.state is State.OK else [state_name(one.condition, lang)]
    if one.missing:
        said.append(count_text(one.missing, lang))
    said += reasons(one.condition, lang)
    say = voice(lang)
    return say("condition.trouble", source=source, what=say("phrase.semicolon").join(said))
