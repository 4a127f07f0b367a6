"""Editions and what two of them state otherwise, in words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from notifiers.said.named import label_name
from notifiers.said.voice import Line as Words
from notifiers.said.voice import Span, clip, voice
from state.model import Kind
from watcher.said.news.looks import counts, edition_name, line_about, line_text, rest
from watcher.said.told import SHORT, Hearer, Item, Told, bold, dotted, lines

if TYPE_CHECKING:
    from watcher.ask.news.editions import Compared
    from watcher.ask.news.looks import Line, Look


def pair_name(found: Compared, lang: str) -> str:
    """The two editions: "Catalogue de l’ANSSI du 05/12/2025 → 04/03/2026"."""
    earlier, say = edition_name(found.before, lang), voice(lang)
    return say("phrase.renewed_by", before=earlier, after=say.day(found.after.day))


def brought_text(look: Look, lang: str) -> str:
    """What an edition brought, in number: what changed, or what else there is to say, and what was read for
    the first time, which is no change."""
    first = voice(lang).count("editions.first_read", look.rows) if look.recorded else ""
    changed = ", ".join(text for _, text in counts(look, lang)) or rest(look, lang)
    return ", ".join(filter(None, (changed, first)))


def totals(found: Compared, lang: str) -> str:
    """How many differences of each kind: "24 obtiennent un label, 24 ne sont plus listés"."""
    say, told = voice(lang), Counter(event.kind for event in found.differences if event.cause.told)
    return ", ".join(say.counted("counted", kind, told[kind]) for kind in Kind if told[kind])


def compared_told(found: Compared, parts: Sequence[tuple[str, Look]], to: Hearer) -> Told:
    """What the later of two editions states otherwise, label by label."""
    intro = totals(found, to.lang) or to.say("editions.alike")
    return Told(
        head=pair_name(found, to.lang),
        intro=lines(intro),
        items=tuple(_part(label, look, found.events, to) for label, look in parts),
        foot=(to.say("editions.net"),),
    )


def _part(label: str, look: Look, numbers: Mapping[int, Sequence[int]], to: Hearer) -> Item:
    return (
        bold(label_name(label, to.lang)),
        *lines(", ".join(text for _, text in counts(look, to.lang))),
        *(_line(line, numbers, to) for line in look.lines),
        *lines(rest(look, to.lang), to.say.count("editions.first_read", look.rows) if look.recorded else ""),
    )


def _line(line: Line, numbers: Mapping[int, Sequence[int]], to: Hearer) -> Words:
    """A line, with the numbers of the events in the log that brought it about."""
    told = numbers.get(line.event.id, ()) if line.events == 1 else ()
    said = ", ".join(to.say("told.number", number=number) for number in told[-3:])
    return dotted(Span(text=f"– {line_text(line, to.lang)}"), clip(line_about(line, to.lang), SHORT), said)
