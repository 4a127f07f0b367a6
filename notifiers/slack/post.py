"""Slack messages as blocks: what happened in three seconds on a telephone, and the proof below it.

A message takes 50 blocks
(https://docs.slack.dev/reference/block-kit/blocks): a long one becomes several parts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifiers.said import account, digest, recall, wording
from notifiers.said.parts import Passage, passages
from notifiers.said.voice import Line, Span, clean, clip, size, voice
from notifiers.slack import kit
from notifiers.slack.kit import HEADER, Block, Button, actions, context, header, literal, mrkdwn, section

if TYPE_CHECKING:
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
class Unit:
    """Blocks that stay together, the same as text, and the event they tell (None: a notice); `over` is the
    heading of the group that they are of, "" for none."""

    blocks: tuple[Block, ...]
    text: str
    event: int | None = None
    over: str = ""

    def headed(self) -> Unit:
        """The same under its heading."""
        over = mrkdwn(self.over)
        return replace(self, blocks=(section(f"*{over}*"), *self.blocks), text=f"{over}\n\n{self.text}")


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
    groups = _packed(_body(message), MOST_BLOCKS - 1 - MOST_FOOT)
    whole = (_part(message, number, groups, foot) for number in range(1, len(groups) + 1))
    return tuple(_marked_part(message, part, groups[part.number - 1]) for part in whole)


def _follow_up(message: Message) -> Part:
    """What is said under a message that carried a retracted event, or after it where there are no threads."""
    said = recall.copy_followed(message) if message.shared else recall.lines(message)
    [block] = _units(said)[:1]
    text = "\n".join(_marked(line) for line in said)
    events = tuple(event.id for event in message.events)
    return Part(number=1, of=1, blocks=block.blocks, text=text, plain=text, events=events)


def _copy(message: Message, share: Share) -> Part:
    """An answer that was shared; what was retracted of it stands on top, and is struck out below."""
    gone = {one.event for one in message.retracted}
    notes = _units(recall.copy_lines(message))[:ROOM_FOR_NOTES]
    text = "\n".join((*(unit.text for unit in notes), share.text))
    head, *body = json.loads(share.blocks)
    said = (block for unit in notes for block in unit.blocks)
    struck = (recall.struck(block) if kit.event_of(block) in gone else block for block in body)
    events = tuple(event.id for event in message.events)
    return Part(number=1, of=1, blocks=(head, *said, *struck), text=text, plain=text, events=events)


def _marked_part(message: Message, part: Part, units: Sequence[Unit]) -> Part:
    """The part with what was retracted said on top and struck out below."""
    gone = {one.event for one in message.retracted} & set(part.events)
    touched = gone | (message.undone.keys() & set(part.events))
    if not touched:
        return part
    notes = _units(recall.lines(message, touched))[:ROOM_FOR_NOTES]
    text = "\n".join(unit.text for unit in notes)
    head = part.blocks[0]
    if len(message.events) == 1 and gone:
        head = header(recall.title(message.events[0], message.lang))
    body = (recall.struck(block) if unit.event in gone else block for unit in units for block in unit.blocks)
    foot = part.blocks[1 + sum(len(unit.blocks) for unit in units) :]
    blocks = (head, *(block for unit in notes for block in unit.blocks), *body, *foot)
    return replace(part, blocks=blocks, text=f"{text}\n{part.text}", plain=f"{text}\n\n{part.plain}")


def _part(message: Message, number: int, groups: Sequence[Sequence[Unit]], foot: list[Block]) -> Part:
    units, total = groups[number - 1], len(groups)
    suffix = ""
    if total > 1:
        key = "phrase.part" if number > 1 else "phrase.first_part"
        suffix = voice(message.lang)(key, part=number, parts=total)
    said = digest.headline(message)
    head = clip(_unnumbered(said, message), HEADER - size(suffix)) + suffix
    asked = digest.matched(message)
    return Part(
        number=number,
        of=total,
        blocks=(header(head), *(block for unit in units for block in unit.blocks), *foot),
        text=_linked(mrkdwn(digest.preview(message)), message) if number == 1 else mrkdwn(head),
        plain="\n\n".join(
            filter(
                None, (_linked(mrkdwn(said + suffix), message), *(unit.text for unit in units), mrkdwn(asked))
            )
        ),
        events=tuple(_events_of(units)),
    )


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


def _events_of(units: Iterable[Unit]) -> Iterable[int]:
    return dict.fromkeys(unit.event for unit in units if unit.event is not None)


def _packed(units: Iterable[Unit], most: int) -> list[list[Unit]]:
    groups: list[list[Unit]] = [[]]
    room, left, under = MOST_TEXT, most, ""
    for unit in units:
        given = unit.headed() if unit.over != under else unit
        if groups[-1] and (len(given.blocks) > left or size(given.text) > room):
            groups.append([])
            room, left = MOST_TEXT, most
            given = unit.headed() if unit.over else unit  # a part is read alone: it says which group goes on
        under = unit.over
        groups[-1].append(given)
        room, left = room - size(given.text), left - len(given.blocks)
    return groups


def _body(message: Message) -> Iterable[Unit]:
    for passage in passages(message):
        if passage.event is not None:
            yield from _event(passage, alone=len(message.events) == 1)
    alone = not message.events and len(message.notices) == 1
    for notice in message.notices:
        yield from _notice(notice, message.lang, titled=not alone)


def _event(passage: Passage, *, alone: bool) -> Iterable[Unit]:
    """What is told of an event, with its proof below; that of the only one is in the foot."""
    title = ((Span(text=passage.title, bold=True),),) if passage.title else ()
    units = _units((*title, *passage.lines), event=passage.event, over=passage.over)
    if alone:
        yield from units
        return
    *begun, last = units
    proof = _marked(passage.proof)
    yield from begun
    yield replace(last, blocks=(*last.blocks, context(proof)), text=f"{last.text}\n{proof}")


def _notice(notice: Notice, lang: str, *, titled: bool) -> Iterable[Unit]:
    said: list[Line] = [(Span(text=wording.notice_title(notice, lang), bold=True),)] if titled else []
    if notice.kind in digest.ABOUT_CHANNELS and SLACK_CHANNEL.fullmatch(notice.subject):
        said.append((Span(text=notice.subject, mention="channel"),))
    said += [(Span(text=text),) for text in digest.notice_lines(notice, lang)]
    yield from _units(said)


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


def _units(lines: Iterable[Line], event: int | None = None, over: str = "") -> list[Unit]:
    """The lines in as few blocks as their length allows."""
    return [
        Unit(
            blocks=tuple(kit.rich_block(batch)),
            text="\n".join(_marked(line) for line in batch),
            event=event,
            over=over,
        )
        for batch in kit.batches(lines)
    ]


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
