"""What a question on Slack is put to, and the words and small pieces that its answer is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifiers.said.account import Line, Span
from notifiers.said.printed import clean, clip, link
from notifiers.said.row import notes
from notifiers.said.voice import voice
from notifiers.said.wording import (
    date_text,
    edition_text,
    event_status,
    printed,
    subject_text,
    title,
    validity_text,
)
from state.model import PARIS, Attestation, Cause, Event, Provider, Version, day_of
from state.names import slug
from state.words.post import Retraction
from watcher.ask.answers import Archive
from watcher.ask.label_state import unread_labels
from watcher.errors import Mistyped
from watcher.said.condition import unread_text
from watcher.slack.replies.reply import bold, plain, texts
from watcher.tell import recall

SHORT = 90
"""How much of a subject stands in a line."""
NAMES = 8
REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question or order: the memory and the time, the channel and the member it came from, the language.

    `operators` is the channel of operators ("" for none).
    """

    archive: Archive
    channel: str
    user: str
    lang: str
    operators: str = ""

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts of the language."""
        return texts(self.lang)

    def say(self, key: str, **gaps: object) -> str:
        """A text of the conversation with its gaps filled."""
        return voice(self.lang).each("slack", key, **gaps)

    def count(self, what: str, count: int) -> str:
        """So many of something: "1 ligne", "3 lignes"."""
        return voice(self.lang).count(f"slack.{what}", count)


def time_text(moment: datetime, lang: str) -> str:
    """An aware moment as readers write it, in Paris: "04/03/2026 08:30"."""
    return f"{date_text(day_of(moment), lang)} {moment.astimezone(PARIS):%H:%M}"


def event_items(events: Sequence[Event], asked: Asked) -> tuple[tuple[Line, ...], ...]:
    """The events, those that were retracted marked so."""
    gone = recall.retractions(asked.archive.store, [event.id for event in events])
    return tuple(event_item(event, asked, gone.get(event.id)) for event in events)


def event_item(event: Event, asked: Asked, gone: Retraction | None) -> tuple[Line, ...]:
    """An event in two short lines: what happened, then when, to which service, seen where.

    With `gone`, that it was retracted comes first, and why last.
    """
    marks = {Cause.BASELINE: asked.say("first_look"), Cause.REREADING: asked.say("rereading")}
    subject = clip(subject_text(event.one, asked.lang), SHORT) if event.one else ""
    parts = [
        Span(text=date_text(day_of(event.seen_at), asked.lang)),
        Span(text=asked.say("number", number=event.id)),
        Span(text=subject),
        Span(text=event_status(event, asked.lang)),
        Span(text=marks.get(event.cause, "")),
        Span(text=edition_text(event, asked.lang), url=link(event.evidence.url)),
    ]
    said = title(event, asked.lang)
    if gone is None:
        return (bold(said), dotted(parts))
    reason = clip(clean(gone.reason), REASON)
    why = asked.say("retracted_why", when=time_text(gone.at, asked.lang), reason=reason)
    return (bold(asked.say("retracted", title=said)), dotted(parts), plain(why))


def row_item(version: Version, asked: Asked, head: str, source: str = "") -> tuple[Line, ...]:
    """A row in two short lines: `head`, then the service, its dates and decision, and who prints it."""
    row = version.known.attestation
    holder = printed(row.holder)
    other = holder.casefold() != printed(version.known.provider.name).casefold()
    noted = {name: note for name, note in notes(version, asked.lang).items() if name not in _dated(row)}
    parts = [
        Span(text=clip(subject_text(row, asked.lang), SHORT)),
        Span(text=validity_text(row, asked.lang)),
        Span(text=clip(printed(row.printed_ref or ""), 40), url=link(row.url)),
        Span(text=asked.say("printed_as", holder=clip(holder, SHORT)) if other else ""),
        *(Span(text=note) for note in noted.values()),
        Span(text=source),
    ]
    return (bold(head), dotted(parts))


def _dated(row: Attestation) -> Collection[str]:
    """The notes on a row that its dates say as well: an end that is announced."""
    return ("to_come",) if row.stands and row.last_day != row.valid_until else ()


def dotted(spans: Sequence[Span]) -> Line:
    """The spans that say something, with a middle dot between them."""
    said: list[Span] = []
    for span in spans:
        if span.text:
            said += [Span(text=" · "), span] if said else [span]
    return tuple(said)


def provider_named(asked: Asked, text: str) -> tuple[Provider, str]:
    """The one provider a name means, and a note when it is on no list; raises `Mistyped` when it may mean
    several."""
    found = asked.archive.names.meant(text)
    if len(found) > 1:
        names = ", ".join(clean(provider.slug) for provider in found[:NAMES])
        raise Mistyped("ambiguous", found=clean(text), names=names)
    if found:
        return found[0], ""
    return Provider(slug=slug(text), name=text), unlisted(asked, text)


def unlisted(asked: Asked, name: str, *, also_words: bool = False) -> str:
    """That a name is on no list that was read, which ones look like it, and what was not read at all; with
    `also_words` the name of something to watch may be a label or a kind."""
    close = asked.archive.names.close(name, also_words=also_words)
    listed = ", ".join(clip(clean(one), 60) for one in close[:4])
    hint = asked.say("close_names", names=listed) if close else ""
    unread = "" if also_words else unread_text(unread_labels(asked.archive), asked.lang)
    return asked.say("on_no_list", name=clip(clean(name), 80)) + hint + (f" {unread}" if unread else "")
