"""What a search found, group by group, a line each. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from notifiers.said.named import label_name, printed, ref_text, row_notes, subject_text, validity_text
from notifiers.said.voice import Line, Span, clean, clip, link
from state.model import Version, day_of
from watcher.ask.find.found import Found, Group, Mark, Part, Who
from watcher.said.condition import unread_text
from watcher.said.news.event import event_item
from watcher.said.standing.listing import provider_name
from watcher.said.standing.race import cell
from watcher.said.told import LONG, SHORT, Hearer, Item, Told, bold, dotted, lines, some

if TYPE_CHECKING:
    from state.words.post import Retraction

NAMES = 3
REF = 60


def found_told(found: Found, to: Hearer, gone: Mapping[int, Retraction]) -> Told:
    """What a search found: providers with their state, then services, decisions, labels and events."""
    text = clip(clean(found.text), SHORT)
    return Told(
        head=to.say("find.head", text=text) if text else to.say("find.title"),
        intro=lines(*_nothing(found, to)),
        items=tuple(_items(found, to, gone)),
        foot=tuple(_rest(found, to)),
    )


def hints(found: Found, to: Hearer) -> Iterator[str]:
    """What programs are told beside an empty answer: why it is, and what may have been meant."""
    yield from _nothing(found, to)
    names = [one.provider.name for one in found.near] or [one.label for one in found.alike]
    if names:
        yield to.say("find.near") + to.say("phrase.colon") + some(names, to)


def _nothing(found: Found, to: Hearer) -> Iterator[str]:
    if found.wordless:
        yield to.say("find.no_words")
    elif found.nothing and len(found.parts) == 1:
        yield from (counted(group, part, to) for group, part in found.parts.items())
    elif found.nothing:
        yield to.say("find.none")
    if found.unread and not found.near:
        yield unread_text(found.unread, to.lang)


def _items(found: Found, to: Hearer, gone: Mapping[int, Retraction]) -> Iterator[Item]:
    near = bold(to.say("find.near"))
    yield from ((near, who_line(one, to)) for one in found.near)
    yield from ((near, mark_line(one, to)) for one in found.alike)
    lines: Mapping[Group, Callable[[Any], Sequence[Line]]] = {
        Group.PROVIDERS: lambda one: (who_line(one, to),),
        Group.SERVICES: lambda one: (row_line(one, to),),
        Group.DECISIONS: lambda one: (row_line(one, to),),
        Group.LABELS: lambda one: (mark_line(one, to),),
        Group.EVENTS: lambda one: event_item(one, to, gone.get(one.id)),
    }
    for group, part in found.parts.items():
        head = bold(counted(group, part, to))
        yield from ((head, *lines[group](one)) for one in part.shown)


def counted(group: Group, part: Part[Any], to: Hearer) -> str:
    """A group, and how much of it was found."""
    name = to.say.each("find", group)
    return to.say("find.at_least" if part.more else "find.counted", group=name, n=part.total)


def who_line(one: Who, to: Hearer) -> Line:
    """A provider, where it stands with the labels that everybody asks for, and how it is printed."""
    return dotted(
        Span(text=provider_name(one.provider, to), bold=True),
        *states(one, to),
        to.say("find.others", labels=", ".join(label_name(label, to.lang) for label in one.others))
        if one.others
        else "",
        to.say("find.printed", names=some(one.printed, to, NAMES)) if one.printed else "",
    )


def states(one: Who, to: Hearer) -> Sequence[str]:
    """Where a provider stands with the labels that everybody asks for: "HDS : candidat"."""
    colon = to.say("phrase.colon")
    return [f"{label_name(each.label, to.lang)}{colon}{cell(each, to)}" for each in one.standings]


def row_line(version: Version, to: Hearer) -> Line:
    """A service or a decision: whose, of which label, from when until when, and since when it is gone."""
    row = version.known.attestation
    ref = row.printed_ref if to.terminal else ref_text(row, to.lang)
    return dotted(
        Span(text=printed(version.known.provider.name), bold=True),
        label_name(row.label, to.lang),
        clip(subject_text(row, to.lang), LONG if to.terminal else SHORT),
        Span(text=clip(printed(ref or ""), REF), url=link(row.url)),
        validity_text(row, to.lang),
        *row_notes(version, to.lang).values(),
        to.say("find.gone", day=day_of(version.until)) if version.until else "",
    )


def mark_line(one: Mark, to: Hearer) -> Line:
    """A label, and how many hold it."""
    holders = to.say("find.unread") if one.holders is None else to.say.count("find.holders", one.holders)
    slug = f" ({one.label})" if to.terminal else ""
    return dotted(Span(text=label_name(one.label, to.lang) + slug, bold=True), holders)


def _rest(found: Found, to: Hearer) -> Iterator[str]:
    """Of which groups there is more, and how it is had at a terminal."""
    for group, part in found.parts.items():
        if part.shown and part.total > len(part.shown):
            how = to.typed("find", *found.text.split(), "--in", group) if to.terminal else ""
            shown = {"group": to.say.each("find", group), "shown": len(part.shown), "n": part.total}
            yield to.say("find.rest", **shown) + (f" {how}" if how else "")
