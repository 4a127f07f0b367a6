"""Events, one by one and as a history; and where one can be checked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from notifiers.said.named import evidence_place, printed, subject_text
from notifiers.said.reasons import said as reason_said
from notifiers.said.voice import Span, clean, clip, link
from notifiers.said.wording import edition_text, event_status, title
from state.model import Cause, Event
from watcher.said.told import LONG, SHORT, Hearer, Item, Told, bold, dotted, plain

if TYPE_CHECKING:
    from state.words.post import Retraction
    from watcher.ask.news.joined import Joined

NOTHING: Mapping[int, Sequence[Joined]] = {}


def event_item(
    event: Event, to: Hearer, gone: Retraction | None = None, besides: Sequence[Joined] = ()
) -> Item:
    """An event in two short lines: what happened, then when, to which service, seen where.

    With `gone`, that it was retracted comes first, and why last. What it was for labels together, `besides`,
    stands above all.
    """
    above = tuple(bold(_besides(one, to)) for one in besides)
    line = dotted(
        to.seen(event.seen_at),
        to.say("told.number", number=event.id),
        clip(subject_text(event.one, to.lang), SHORT) if event.one else "",
        event_status(event, to.lang),
        "" if event.cause.told else to.say.each("event", event.cause),
        Span(text=edition_text(event, to.lang), url=link(event.evidence.url)),
    )
    head, *why = _named(event, to, gone)
    return (*above, head, line, *why)


def _named(event: Event, to: Hearer, gone: Retraction | None) -> Item:
    said = title(event, to.lang)
    if gone is None:
        return (bold(said),)
    return (bold(to.say("event.retracted", title=said)), plain(taken_back(gone, to)))


def taken_back(gone: Retraction, to: Hearer) -> str:
    """When and why an event was retracted."""
    return to.say("event.retracted_why", when=gone.at, reason=clip(clean(gone.reason), LONG))


def _besides(one: Joined, to: Hearer) -> str:
    told = reason_said(one.reason, to.lang)
    return to.say("event.retracted", title=told) if one.gone else told


def event_items(
    events: Iterable[Event],
    to: Hearer,
    gone: Mapping[int, Retraction],
    besides: Mapping[int, Sequence[Joined]] = NOTHING,
) -> tuple[Item, ...]:
    """The events, those that were retracted marked so."""
    return tuple(event_item(event, to, gone.get(event.id), besides.get(event.id, ())) for event in events)


def proof(event: Event, to: Hearer, gone: Retraction | None = None) -> Told:
    """Where an event can be checked: document, place, hash, time, and how to get the whole proof; first that
    it was retracted, and why."""
    evidence, say = event.evidence, to.say
    address = link(evidence.url)
    first = (say("event.baseline"),) if event.cause is Cause.BASELINE else ()
    return Told(
        head=say("proof.head", number=event.id),
        intro=(
            *_named(event, to, gone),
            (Span(text=clip(printed(evidence.url), 200) if address is None else address, url=address),),
            plain(say("proof.place", place=evidence_place(event, to.lang) or "–")),
            plain(say("proof.sha", sha=printed(evidence.sha256))),
            plain(say("proof.seen", when=event.seen_at)),
        ),
        foot=(*first, say("proof.how", number=event.id)),
    )
