"""How a message says that an event in it should not have been announced.

The message that carried it keeps its text, struck out below the word that it was wrong; a message of its own
says so to those who read the first one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from notifiers.said import wording
from notifiers.said.reasons import said as reason_said
from notifiers.said.voice import Line, Span, clean, clip, voice

if TYPE_CHECKING:
    from state.model import Event, Reason
    from state.words.post import Message, Undone

REASON = 500


def retracted(message: Message) -> tuple[Event, ...]:
    """The events of a message that were retracted, in its order."""
    return tuple(event for event in message.events if event.id in message.gone)


def title(event: Event, lang: str) -> str:
    """One line that takes an event back: "Alerte annulée : OVH obtient la qualification SecNumCloud"."""
    return voice(lang)("phrase.retracted", title=wording.title(event, lang))


def lines(message: Message, among: Collection[int] | None = None) -> tuple[Line, ...]:
    """What was retracted and why, two lines an event; of all events of the message or of some."""
    reasons = {one.event: one.reason for one in message.retracted}
    said: list[Line] = []
    for event in retracted(message):
        if among is None or event.id in among:
            why = voice(message.lang)("phrase.retracted_why", reason=clip(clean(reasons[event.id]), REASON))
            said.append((Span(text=title(event, message.lang), bold=True),))
            said.append((Span(text=why),))
    for number, own in message.undone.items():
        if among is None or number in among:
            said += [line for one in own for line in _undone_lines(one, message.lang)]
    return tuple(said)


def _undone_lines(one: Undone, lang: str) -> tuple[Line, Line]:
    """What an event does not mean after all, and on what that rested."""
    say, reason = voice(lang), clip(clean(one.gone.reason), REASON)
    why = say("phrase.undone_why", title=wording.title(one.event, lang), reason=reason)
    told = say("phrase.retracted", title=reason_said(one.said, lang))
    return (Span(text=told, bold=True),), (Span(text=why),)


def unsaid(message: Message, event: int) -> tuple[Reason, ...]:
    """What an event of a message does not mean after all."""
    return tuple(one.said for one in message.undone.get(event, ()))


def copy_lines(message: Message) -> tuple[Line, ...]:
    """What was retracted of that on which a shared answer rests, and why: two lines an event."""
    say, reasons = voice(message.lang), {one.event: one for one in message.retracted}
    said: list[Line] = []
    for event in retracted(message):
        gone = reasons[event.id]
        why = say("event.retracted_why", when=gone.at, reason=clip(clean(gone.reason), REASON))
        said.append((Span(text=say("event.retracted", title=wording.title(event, message.lang)), bold=True),))
        said.append((Span(text=why),))
    return tuple(said)


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
