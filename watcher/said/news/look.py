"""What a look at a register brought, and what operators did about it: approved, forgot, retracted. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from notifiers.said.digest import counted as counted_events
from notifiers.said.digest import weightiest_first
from notifiers.said.named import missing_lines
from notifiers.said.reasons import held_said, message_said, said
from notifiers.said.voice import Span, clean, clip
from notifiers.said.wording import title
from state.model import Cause, Event, Run, day_of
from watcher.look.condition import word_of
from watcher.said.condition import unread_lines
from watcher.said.news.event import event_items
from watcher.said.told import LONG, Hearer, Item, Told, bold, counted, dotted, lines, plain

if TYPE_CHECKING:
    from state.words.post import Retraction
    from watcher.look.forget import Forgotten
    from watcher.look.record import Checked

MOST = 40
"""How many events of one look are shown to people; JSON and CSV hold all."""


def looks_told(looked: Sequence[Checked], to: Hearer) -> Told:
    """Looks one after the other: each source with how its look went, then what that brought."""
    return Told(
        intro=() if looked else lines(to.say("look.none")),
        items=tuple(item for one in looked for item in (_summary(one.run, to), *look_items(one, to))),
    )


def _summary(run: Run, to: Hearer) -> Item:
    """A look in two lines: its source, number, and how it went; the edition, and how many rows were read."""
    head = dotted(
        Span(text=to.source(run.source), bold=True),
        to.say("look.run", run=run.id),
        to.say.each("condition", word_of(run)),
    )
    read = dotted(
        to.say("look.edition", day=day_of(run.edition_at)) if run.edition_at else "",
        counted(run.rows, to) if run.believed else "",
    )
    return (head, read) if read else (head,)


def look_items(checked: Checked, to: Hearer) -> tuple[Item, ...]:
    """What a look brought: its events, what it lacks and holds back, or that nothing changed; of one that is
    not believed, the ends that came near."""
    run = checked.run
    held = [to.say("look.held", what=clip(clean(what), LONG)) for what in held_said(run, to.lang)]
    message = clip(clean(message_said(run, to.lang)), LONG)
    bad = [] if run.believed else [to.say("look.bad", message=message)]
    # What was there at a first reading is counted, never told one by one: it may be thousands of rows.
    first = [event for event in checked.events if event.cause is Cause.BASELINE]
    brought = weightiest_first(event for event in checked.events if event.cause is not Cause.BASELINE)
    told = [event for event in brought if event.cause.told]
    shown = [*told, *(event for event in brought if not event.cause.told)]
    more = [to.say("look.more", count=len(shown) - MOST)] if len(shown) > MOST else []
    missing = missing_lines(checked.missing if run.believed else (), to.lang)
    lacking = [to.say("listing.trouble", what=line) for line in missing]
    lacking += [to.say("look.unread", what=line) for line in unread_lines(run.unread, to.lang)]
    items = (
        *_items(*bad, *([to.say("look.told", changes=counted_events(told, to.lang))] if told else [])),
        *event_items(shown[:MOST], to, {}),
        *_items(*more, *_silent(first, to), *lacking, *held),
        *_items(*(clip(clean(said(line, to.lang)), LONG) for line in checked.trust[:MOST])),
    )
    return items or _items(to.say("look.nothing"))


def _items(*texts: str) -> tuple[Item, ...]:
    return tuple((plain(text),) for text in texts)


def _silent(first: list[Event], to: Hearer) -> tuple[str, ...]:
    """What a look recorded in silence: a first look, or ends that a doubted clock saw first."""
    if not first:
        return ()
    if any(event.step is None for event in first):
        return (to.say.count("look.recorded", len(first)),)
    return (to.say.count("look.ends_recorded", len(first)),)


def approved_told(run: Run, checked: Checked, reason: str, to: Hearer) -> Told:
    """What believing a reading brought."""
    return Told(
        head=to.say("look.approved", run=run.id),
        intro=lines(to.say("look.reason", reason=clip(clean(reason), LONG))),
        items=look_items(checked, to),
    )


def forgotten_told(gone: Forgotten, to: Hearer) -> Told:
    """What went with a look that was taken back, and who had been told of it."""
    run, before, say = gone.run, gone.before, to.say
    stands = say("look.stands", run=before.id, when=before.at) if before else say("look.never")
    notes = []
    for event in sorted({carrier.event for carrier in gone.told}):
        channels = say.both(sorted({one.channel for one in gone.told if one.event == event}))
        notes.append(say("look.was_told", channels=channels, event=event, command=to.typed("retract", event)))
    text = say("look.forgotten", run=run.id, source=run.source, events=gone.events, stands=stands)
    return Told(intro=lines(text), foot=tuple(notes))


def retracted_told(event: Event, stands: Retraction, told: int, to: Hearer) -> Told:
    """That an event was taken back, and in how many channels that is told."""
    reason = to.say("retract.text", reason=clip(clean(stands.reason), LONG))
    return Told(
        head=to.say("retract.head", number=event.id),
        intro=(bold(title(event, to.lang)), plain(reason), plain(to.say("retract.told", count=told))),
    )
