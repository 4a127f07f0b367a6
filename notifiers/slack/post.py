"""Slack messages as blocks: what happened in three seconds on a telephone, and the proof below it.

A message takes 50 blocks
(https://docs.slack.dev/reference/block-kit/blocks): a long one becomes several parts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifiers.said import account, digest
from notifiers.said.parts import Passage, head_of, in_groups, packed, passages
from notifiers.said.voice import Line, Span, clean, clip, size, voice
from notifiers.slack import kit
from notifiers.slack.kit import Block, Button, actions, context, header, literal, mrkdwn, section

if TYPE_CHECKING:
    from notifiers.said.parts import Part as Told
    from state.model import Event
    from state.words.post import Message, Notice, Share

PAUSE = "2w"
"""How long the button on an alert pauses a provider."""
MOST_BLOCKS = 45  # Slack refuses 51; the rest is room for headings
MOST_TEXT = 10_000  # of one part: no published limit, and nobody reads more in one go
ROOM_FOR_NOTES = 5  # blocks on top of a part, on what was retracted in it
MOST_FOOT = 3  # blocks below a part: proof, subscriptions, buttons
SLACK_CHANNEL, SLACK_PLACE = re.compile(r"[CG][A-Z0-9]+"), re.compile(r"[CGD][A-Z0-9]+")
LINK = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is posted in one go: `text` is the preview, `plain` says all that the blocks say."""

    number: int
    of: int
    blocks: tuple[Block, ...]
    text: str
    plain: str
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicks:
    """Which buttons messages carry: none unless somebody hears the clicks (`heard`), and those of operators
    in their channel alone."""

    heard: bool = False
    operators: str = ""


UNHEARD = Clicks()
"""No door of Slack is open: a button would do nothing."""


def blocks(message: Message, clicks: Clicks = UNHEARD) -> list[list[Block]]:
    return [list(part.blocks) for part in parts(message, clicks)]


def parts(message: Message, clicks: Clicks = UNHEARD) -> tuple[Part, ...]:
    """A message in as many parts as Slack's limits ask for, each with its header and its proof.

    Neither buttons nor what is retracted change their number, or which events each of them carries.
    """
    if message.follows:
        return (_follow_up(message),)
    if message.shared:
        return (_copy(message, message.shared),)
    foot = _foot(message, clicks)
    groups = packed(_passages(message), _room_of, (MOST_BLOCKS - 1 - MOST_FOOT, MOST_TEXT))
    return tuple(_drawn(message, part, foot) for part in in_groups(message, groups))


def _follow_up(message: Message) -> Part:
    """What is said under a message that carried a retracted event, or after it where there are no threads."""
    said = digest.copy_followed(message) if message.shared else digest.retracted_lines(message)
    text, events = _marked_lines(said), tuple(event.id for event in message.events)
    return Part(number=1, of=1, blocks=tuple(kit.rich(said)[:1]), text=text, plain=text, events=events)


def _copy(message: Message, share: Share) -> Part:
    """An answer that was shared; what was retracted of it stands on top, and is struck out below."""
    notes, said = _notes(digest.copy_lines(message))
    text = "\n".join(filter(None, (said, share.text)))
    head, *body = json.loads(share.blocks)
    struck = (kit.struck(block) if kit.event_of(block) in message.gone else block for block in body)
    events = tuple(event.id for event in message.events)
    return Part(number=1, of=1, blocks=(head, *notes, *struck), text=text, plain=text, events=events)


def _drawn(message: Message, part: Told, foot: list[Block]) -> Part:
    """A part with what was retracted said on top and struck out below."""
    first, head = part.number == 1, _unnumbered(head_of(message, part.number, part.of), message)
    text = _linked(mrkdwn(digest.preview(message)), message) if first else mrkdwn(head)
    whole = head_of(message, part.number, part.of, longest=MOST_TEXT)
    told = (_linked(mrkdwn(whole), message), *map(_text, part.passages), mrkdwn(part.foot))
    plain, notes = "\n\n".join(filter(None, told)), list[Block]()
    if part.notes:
        notes, why = _notes(part.notes)
        text, plain = f"{why}\n{text}", f"{why}\n\n{plain}"
    body = (block for passage in part.passages for block in _blocks(passage))
    return Part(
        number=part.number,
        of=part.of,
        blocks=(header(_unnumbered(part.head, message)), *notes, *body, *foot),
        text=text,
        plain=plain,
        events=part.events,
    )


def _notes(lines: Iterable[Line]) -> tuple[list[Block], str]:
    """What was retracted, as far as there is room for it, and the same as text."""
    batches = kit.batches(lines)[:ROOM_FOR_NOTES]
    blocks = [block for batch in batches for block in kit.rich_block(batch)]
    return blocks, "\n".join(map(_marked_lines, batches))


def _about(message: Message) -> str:
    """The channel on Slack that the one notice of a message is about, by its id; "" for any other message."""
    alone = message.notices[0] if len(message.notices) == 1 and not message.events else None
    found = alone and alone.kind in digest.ABOUT_CHANNELS and SLACK_PLACE.fullmatch(alone.subject)
    return alone.subject if alone and found else ""


def _unnumbered(text: str, message: Message) -> str:
    """The text for a header, where Slack shows no name for the id of a channel: its name stands below."""
    channel = _about(message)
    return text.replace(channel, voice(message.lang)("phrase.a_place")) if channel else text


def _linked(text: str, message: Message) -> str:
    """The text for a lock screen, where Slack shows the id of a channel as its name."""
    channel = _about(message)
    if not SLACK_CHANNEL.fullmatch(channel):
        return _unnumbered(text, message)
    return text.replace(channel, _marked_span(Span(text=channel, mention="channel")))


def _passages(message: Message) -> Iterator[Passage]:
    """What a message tells, in passages of a block's length; the proof of the only event is in the foot."""
    told, alone = list(passages(message)), len(message.events) == 1
    events, notices = told[: len(message.events)], told[len(message.events) :]
    for passage in events:
        yield from _divided(passage, proof=() if alone else passage.proof)
    for notice, passage in zip(message.notices, notices, strict=True):
        named = notice.kind in digest.ABOUT_CHANNELS and SLACK_CHANNEL.fullmatch(notice.subject)
        place: tuple[Line, ...] = ((Span(text=notice.subject, mention="channel"),),) if named else ()
        yield from _divided(replace(passage, lines=(*place, *passage.lines)), proof=())


def _divided(passage: Passage, proof: Line) -> Iterator[Passage]:
    """A passage in as few blocks as its length allows: its title on top, the proof below the last."""
    title = ((Span(text=passage.title, bold=True),),) if passage.title else ()
    *begun, last = kit.batches((*title, *passage.lines)) or [[]]
    for batch in begun:
        yield replace(passage, title="", lines=tuple(batch), proof=())
    yield replace(passage, title="", lines=tuple(last), proof=proof)


def _room_of(passage: Passage) -> tuple[int, int]:
    return len(_blocks(passage)), size(_text(passage))


def _blocks(passage: Passage) -> list[Block]:
    over = [section(f"*{mrkdwn(passage.over)}*")] if passage.over else []
    told = kit.rich_block(passage.lines)
    proof = [context(_marked(passage.proof))] if passage.proof else []
    return [*over, *(map(kit.struck, told) if passage.gone else told), *proof]


def _text(passage: Passage) -> str:
    """The same as text that Slack interprets."""
    over = f"{mrkdwn(passage.over)}\n\n" if passage.over else ""
    return over + _marked_lines((*passage.lines, *((passage.proof,) if passage.proof else ())))


def _foot(message: Message, clicks: Clicks) -> list[Block]:
    foot = []
    if len(message.events) == 1:
        foot.append(context(_marked(account.proof(message.events[0], message.lang))))
    asked = digest.matched(message)
    if asked:
        foot.append({"type": "context", "elements": [kit.plain_text(asked)]})
    return foot + (_buttons(message, clicks) if clicks.heard else [])


def _buttons(message: Message, clicks: Clicks) -> list[Block]:
    """The buttons below one event, or below one reading that waits."""
    if len(message.events) == 1 and not message.notices:
        retract = message.channel == clicks.operators and not message.retracted
        return [event_buttons(message.events[0], message.lang, retract=retract)]
    if len(message.notices) == 1 and not message.events and message.notices[0].kind == "held":
        return [held_buttons(message.notices[0], message.lang)]
    return []


def _marked_lines(lines: Iterable[Line]) -> str:
    return "\n".join(map(_marked, lines))


def _marked(line: Line) -> str:
    """The line for a field that Slack interprets; an address too long for one is left out."""
    return "".join(_marked_span(span) for span in line)


def _marked_span(span: Span) -> str:
    if span.mention:
        return f"<{'#' if span.mention == 'channel' else '@'}{span.text}>"
    text = mrkdwn(span.text)
    return f"<{span.url.replace('&', '&amp;')}|{text}>" if span.url and len(span.url) < LINK else text


def event_buttons(event: Event, lang: str, *, retract: bool = False) -> Block:
    """The buttons below an alert: its provider's history, its proof, a pause, and for operators `retract`."""
    say, slug, name = voice(lang), literal(event.provider.slug), clip(clean(event.provider.name), 80)
    buttons = [
        Button(action="open", text=say("button.history"), value={"command": f"history {slug}"}),
        Button(
            action="open",
            text=say("button.proof"),
            value={"command": f"proof {event.id}", "event": event.id, "seen": event.seen_at.isoformat()},
        ),
        Button(
            action="pause",
            text=say("button.pause"),
            value={"slug": slug, "length": PAUSE},
            confirm=say("button.pause_confirm", name=name),
        ),
    ]
    return actions([*buttons, retract_button(event, lang)] if retract else buttons, lang)


def retract_button(event: Event, lang: str) -> Button:
    """The button that asks an operator why an event is taken back, and then takes it back."""
    # With its time: numbers are this memory's, and a button may outlive a restore.
    value: kit.Value = {"event": event.id, "seen": event.seen_at.isoformat()}
    return Button(action="retract", text=voice(lang)("button.retract"), value=value, style="danger")


def held_buttons(notice: Notice, lang: str) -> Block:
    """The buttons below a word to operators that a reading waits: they name its source and the time of it."""
    say, value = voice(lang), {"source": notice.subject, "at": notice.at.isoformat()}
    return actions(
        [
            Button(
                action="approve",
                text=say("button.approve"),
                value=value,
                style="primary",
                confirm=say("button.approve_confirm"),
            ),
            Button(action="hold", text=say("button.hold"), value=value),
        ],
        lang,
    )
