"""A message as a reader meets it: order, counts, one-line preview.

And how it says that an event in it should not have been announced: the message that carried it keeps its
text, struck out below the word that it was wrong; another message says so to those who read the first one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from notifiers.said import named, wording
from notifiers.said.reasons import notice_text, said
from notifiers.said.voice import Line, Span, capital, clean, clip, voice
from state.model import Event, Kind, Weight
from state.words.labels import rank_of

if TYPE_CHECKING:
    from state.model import Reason
    from state.words.post import Message, Notice, Undone

PREVIEW, REASON = 380, 500
ORDER = list(Kind)
MOST_LINES = 30
ABOUT_CHANNELS = ("suspended", "given_up", "missed")
"""Notices whose subject is a channel, and whose text is why it takes no message."""


def ordered(message: Message) -> tuple[Event, ...]:
    """The events of a message as they are read."""
    return weightiest_first(message.events)


def weightiest_first(events: Iterable[Event]) -> tuple[Event, ...]:
    """Events as they are read: the weightiest first, then by label as it matters, provider and kind."""
    return tuple(
        sorted(
            events,
            key=lambda e: (
                -e.weight.rank,
                rank_of(e.label),
                e.provider.name.casefold(),
                ORDER.index(e.kind),
                e.id,
            ),
        )
    )


def headline(message: Message) -> str:
    """What the message is about, in a line: the event itself, or how many there are and how many matter."""
    events, lang = message.events, message.lang
    if len(events) == 1:
        return wording.title(events[0], lang)
    if events:
        return counted(events, lang) + _under(events, lang)
    if len(message.notices) == 1:
        return wording.notice_title(message.notices[0], lang)
    return voice(lang).count("phrase.notices", len(message.notices))


def _under(events: Sequence[Event], lang: str) -> str:
    """The label of events that are all of one: what stands over them where no group is headed."""
    labels = [*{event.label for event in events}]
    return f" · {named.label_name(labels[0], lang)}" if len(labels) == 1 else ""


def counted(events: Sequence[Event], lang: str) -> str:
    """How many changes there are and how many matter: "100 changements, dont 46 importants"."""
    say = voice(lang)
    high = sum(event.weight is Weight.HIGH for event in events)
    if high == len(events):
        return say.count("phrase.all_important", high)
    counted = say.count("phrase.changes", len(events))
    if high == 0:
        return counted
    return counted + say.count("phrase.important", high)


def group(event: Event) -> tuple[Weight, str]:
    """What neighbours in a message share: how much they matter, and the label."""
    return event.weight, event.label


def heading(event: Event, lang: str) -> str:
    """What stands over a group: "SecNumCloud · importants"."""
    say, label = voice(lang), named.label_name(event.label, lang)
    return say("phrase.group", label=label, weight=say.each("phrase.heading", event.weight))


def preview(message: Message) -> str:
    """One line for the telephone's lock screen: complete for one event, the first ones of several."""
    events, lang = ordered(message), message.lang
    if len(events) == 1:
        because = [f"{said(one, lang)}. " for one in message.because.get(events[0].id, ())]
        return clip("".join((*because, wording.sentence(events[0], lang, ids=False))), 1_000)
    if not events:
        return _notice_preview(message)
    say = voice(lang)
    text, shown = headline(message) + say("phrase.colon"), 0
    for event in events:
        longer = text + (say("phrase.semicolon") if shown else "") + wording.title(event, lang)
        if shown and len(longer) > PREVIEW:
            break
        text, shown = longer, shown + 1
    left = len(events) - shown
    return clip(text, 1_000) + (f", {say.count('phrase.and_more', left)}." if left else ".")


def _notice_preview(message: Message) -> str:
    head = headline(message)
    if len(message.notices) != 1:
        return head
    first = "".join(notice_lines(message.notices[0], message.lang)[:1])
    return clip(f"{head}. {capital(first)}", PREVIEW) if first else head


def matched(message: Message) -> str:
    """Which of the reader's subscriptions asked for this, "" when none is named."""
    if not message.matched:
        return ""
    names = [clip(clean(words), 120) for words in dict.fromkeys(message.matched)]
    listed = named.shortened(names, message.lang, most=8)
    return voice(message.lang)("phrase.matched", items=listed)


def notice_lines(notice: Notice, lang: str) -> tuple[str, ...]:
    """A word to operators, after its title: what was found, line by line, and what to do."""
    text = notice_text(notice, lang)
    if notice.kind in ABOUT_CHANNELS:
        text = capital(text) + "."
    told = [clip(clean(line), 1_000) for line in text.split("\n")]
    if len(told) > MOST_LINES:
        told[MOST_LINES - 1 :] = ["…"]
    return tuple(filter(None, (*told, wording.notice_advice(notice, lang))))


# What is taken back


def retracted(message: Message) -> tuple[Event, ...]:
    """The events of a message that were retracted, in its order."""
    return tuple(event for event in message.events if event.id in message.gone)


def retracted_title(event: Event, lang: str) -> str:
    """One line that takes an event back: "Alerte annulée : OVH obtient la qualification SecNumCloud"."""
    return voice(lang)("phrase.retracted", title=wording.title(event, lang))


def retracted_lines(message: Message, among: Collection[int] | None = None) -> tuple[Line, ...]:
    """What was retracted and why, two lines an event; of all events of the message or of some."""
    reasons = {one.event: one.reason for one in message.retracted}
    told: list[Line] = []
    for event in retracted(message):
        if among is None or event.id in among:
            why = voice(message.lang)("phrase.retracted_why", reason=clip(clean(reasons[event.id]), REASON))
            told.append((Span(text=retracted_title(event, message.lang), bold=True),))
            told.append((Span(text=why),))
    for number, own in message.undone.items():
        if among is None or number in among:
            told += [line for one in own for line in _undone_lines(one, message.lang)]
    return tuple(told)


def _undone_lines(one: Undone, lang: str) -> tuple[Line, Line]:
    """What an event does not mean after all, and on what that rested."""
    say, reason = voice(lang), clip(clean(one.gone.reason), REASON)
    why = say("phrase.undone_why", title=wording.title(one.event, lang), reason=reason)
    told = say("phrase.retracted", title=said(one.said, lang))
    return (Span(text=told, bold=True),), (Span(text=why),)


def unsaid(message: Message, event: int) -> tuple[Reason, ...]:
    """What an event of a message does not mean after all."""
    return tuple(one.said for one in message.undone.get(event, ()))


def copy_lines(message: Message) -> tuple[Line, ...]:
    """What was retracted of that on which a shared answer rests, and why: two lines an event."""
    say, reasons = voice(message.lang), {one.event: one for one in message.retracted}
    told: list[Line] = []
    for event in retracted(message):
        gone = reasons[event.id]
        why = say("event.retracted_why", when=gone.at, reason=clip(clean(gone.reason), REASON))
        told.append((Span(text=say("event.retracted", title=wording.title(event, message.lang)), bold=True),))
        told.append((Span(text=why),))
    return tuple(told)


def copy_followed(message: Message) -> tuple[Line, ...]:
    """The same, to those who read the answer, or to whoever shared it where the app reaches nobody."""
    share, say = message.shared, voice(message.lang)
    if share is None:
        return ()
    if not share.beyond:
        return (*copy_lines(message), (Span(text=say("phrase.shared_here", when=share.at)),))
    place = (Span(text=say("phrase.shared_beyond", when=share.at)), _place(share.channel))
    return (*copy_lines(message), (*place, Span(text=say("phrase.shared_tell"))))


def _place(channel: str) -> Span:
    """A channel by the name that Slack shows for it, or that the settings have; a talk between people has
    none."""
    if channel[:1].islower():
        return Span(text=channel)
    named = channel.startswith(("C", "G"))
    return Span(text=channel, mention="channel") if named else Span(text="")
