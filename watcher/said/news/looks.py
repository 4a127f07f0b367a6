"""Looks as wholes, in words: which edition, how many of each kind, the weightiest lines, the rest counted;
and what two editions state otherwise. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from notifiers.said.named import label_name, label_of, printed, source_title, subject_text
from notifiers.said.voice import Line as Words
from notifiers.said.voice import Span, clip, voice
from notifiers.said.wording import title
from state.model import Cause, Kind, day_of
from watcher.said.news.event import taken_back
from watcher.said.told import SHORT, Hearer, Item, Told, bold, dotted, lines, plain, unlisted

if TYPE_CHECKING:
    from state.model import Run
    from state.seen.editions import Edition
    from state.words.post import Retraction
    from watcher.ask.news.editions import Compared
    from watcher.ask.news.looks import Line, Look


def heading(look: Look, lang: str) -> str:
    """What was looked at: "Catalogue de l’ANSSI du 04/03/2026"; of ends alone, on which days they came."""
    say, (first, last) = voice(lang), look.days
    if not look.only_ends:
        return edition_name(look.run, lang)
    return say("looks.ends_of", day=last) if first == last else say("looks.ends", first=first, last=last)


def edition_name(run: Run | Edition, lang: str) -> str:
    """The edition that a look read, or when it read an undated page."""
    key = "phrase.source_edition" if run.edition_at else "phrase.source_reading"
    day = day_of(run.edition_at or run.at)
    return voice(lang)(key, title=source_title(run.source, lang), date=voice(lang).day(day))


def read_on(look: Look, lang: str) -> str:
    """When an edition of another day was read, "" where that is said already."""
    run, day = look.run, day_of(look.run.at)
    if look.only_ends or run.edition_at is None or day_of(run.edition_at) == day:
        return ""
    return voice(lang)("looks.read", day=day)


def counts(look: Look, lang: str) -> Sequence[tuple[Kind, str]]:
    """How many of each kind: "8 obtiennent un label", "42 services ou produits de moins"."""
    return [(kind, voice(lang).counted("counted", kind, number)) for kind, number in look.counts.items()]


def line_text(line: Line, lang: str) -> str:
    """A line: the event's title, or what several of one provider have in common: "IDEMIA : 14 produits…"."""
    if line.events == 1:
        return title(line.event, lang)
    event, say = line.event, voice(lang)
    things = f"{line.events} {label_of(event.label, lang).things}"
    by_cause = {Cause.BASELINE: "first_reading", Cause.REREADING: "read_again"}
    code = by_cause.get(event.cause, event.kind.value)
    return say.each(
        "bunch", code, who=printed(event.provider.name), things=things, label=label_name(event.label, lang)
    )


def line_about(line: Line, lang: str) -> str:
    """Which service a line is about, "" where it is about several."""
    one = line.event.one if line.events == 1 else None
    return subject_text(one, lang) if one else ""


def rest(look: Look, lang: str) -> str:
    """What stands behind the lines, in number: "et 102 autres changements, 98 de faible poids"."""
    say = voice(lang)
    said = (
        say.count("looks.more", look.more) if look.more else "",
        say.count("looks.low", look.low) if look.low else "",
        say.count("looks.reread", look.reread) if look.reread else "",
    )
    return say("phrase.semicolon").join(filter(None, said))


def endslines(look: Look, lang: str) -> str:
    """How many ends passed or came near: "11 échéances dépassées, 37 échéances proches"."""
    say = voice(lang)
    said = (
        say.counted("counted", "expired", look.ended) if look.ended else "",
        say.counted("counted", "expiring", look.ending) if look.ending else "",
    )
    return ", ".join(filter(None, said))


def look_item(look: Look, to: Hearer, gone: Mapping[int, Retraction]) -> Item:
    """A look in some lines: what it was and how many of each kind, then its weightiest events, then ends."""
    return (
        bold(heading(look, to.lang)),
        *filter(None, (dotted(read_on(look, to.lang), *(text for _, text in counts(look, to.lang))),)),
        *(words for line in look.lines for words in _line(line, to, gone)),
        *lines(rest(look, to.lang)),
        *_ends(look, to, gone),
        *lines(_first(look, to)),
    )


def would_items(look: Look | None, to: Hearer, gone: Mapping[int, Retraction]) -> tuple[Item, ...]:
    """The last look of which a subscription would have told, as an example."""
    return () if look is None else (look_item(look, to, gone),)


def history_told(items: Sequence[Item], to: Hearer, *, unknown: Sequence[str] = ()) -> Told:
    """What happened, newest first; `unknown` are names asked for that are on no list."""
    empty = [unlisted(name, (), to) for name in unknown] or [to.say("event.none")]
    return Told(intro=() if items else lines(*empty), items=tuple(items))


def _ends(look: Look, to: Hearer, gone: Mapping[int, Retraction]) -> Iterator[Words]:
    yield from lines(endslines(look, to.lang))
    yield from (words for line in look.ends for words in _line(line, to, gone))
    if look.ends and look.more_ends:
        yield plain(to.say.count("looks.more_ends", look.more_ends))


def _first(look: Look, to: Hearer) -> str:
    """What was there at a first reading: in number, whatever it is."""
    if not look.recorded:
        return ""
    return to.say("event.first_looked", rows=look.rows, first=look.first, last=look.last)


def _line(line: Line, to: Hearer, gone: Mapping[int, Retraction]) -> Iterator[Words]:
    """A line with the numbers of its events, as `why` and `proof` take them; that it was taken back, and
    why."""
    said, back = line_text(line, to.lang), gone.get(line.event.id)
    about = clip(line_about(line, to.lang), SHORT)
    if back is not None:
        said = to.say("event.retracted", title=said)
    yield dotted(Span(text=f"– {said}"), about, numbers(line, to))
    if back is not None:
        yield plain(taken_back(back, to))


def numbers(line: Line, to: Hearer) -> str:
    """The number of an event, or the first and the last of several that the log has side by side."""
    first = line.event.id
    if line.events == 1:
        return to.say("told.number", number=first)
    if line.last - first + 1 != line.events:
        return ""
    return to.say("looks.numbers", first=first, last=line.last)


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
        *(_difference(line, numbers, to) for line in look.lines),
        *lines(rest(look, to.lang), to.say.count("editions.first_read", look.rows) if look.recorded else ""),
    )


def _difference(line: Line, numbers: Mapping[int, Sequence[int]], to: Hearer) -> Words:
    """A line, with the numbers of the events in the log that brought it about."""
    told = numbers.get(line.event.id, ()) if line.events == 1 else ()
    said = ", ".join(to.say("told.number", number=number) for number in told[-3:])
    return dotted(Span(text=f"– {line_text(line, to.lang)}"), clip(line_about(line, to.lang), SHORT), said)
