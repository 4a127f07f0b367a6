"""An answer for Slack: what is said, in pages that fit a telephone, with the buttons below. Pure.

Printed text stands only where Slack interprets nothing; limits are Slack's
(https://docs.slack.dev/reference/block-kit).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from notifiers.said.voice import Line, Span, Voice, clip, line_text, unbroken, voice
from notifiers.slack.kit import TEXT, Block, Button, about, actions, context, header, mrkdwn, rich
from state.words.verbs import VERBS
from watcher.said.told import Item, Told, grouped

Json = dict[str, Any]
Answer = Json | None
"""What Slack is sent; None where there is nothing to say."""
PAGE = 8
"""Items on a page: about two heights of a telephone."""
PREVIEW = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What an answer, or a piece of it, rests on: events by their number, whole looks by that of their run,
    and where providers stand with labels (no label: with all of them)."""

    events: tuple[int, ...] = ()
    runs: tuple[int, ...] = ()
    stands: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def event(self) -> int:
        """The one event that it is about, 0 for none or more."""
        alone = len(self.events) == 1 and not self.runs and not self.stands
        return self.events[0] if alone else 0


NOWHERE = Ground()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Told):
    """An answer on Slack: a page shows a few of its items, with buttons below.

    `command` asks the same again, for other pages and for sharing; "" when that makes no sense. `lang` is the
    language it is said in, `size` the number of items on a page. `each` are buttons of the items, one for
    each, shown on the item's page. `place` is a channel that the notes name by its id. `ground` is what it
    rests on, `grounds` what each of its items does.
    """

    lang: str
    size: int = PAGE
    each: tuple[Button, ...] = ()
    buttons: tuple[Button, ...] = ()
    command: str = ""
    place: str = ""
    ground: Ground = NOWHERE
    grounds: tuple[Ground, ...] = ()

    @property
    def pages(self) -> int:
        """How many pages the items take: at least one."""
        return max(1, -(-len(self.items) // self.size))

    def on(self, page: int) -> slice:
        """Which items a page shows; the first or the last where there is no such page."""
        page = min(max(page, 1), self.pages)
        return slice((page - 1) * self.size, page * self.size)


def private(reply: Reply, page: int = 1, **how: bool) -> Json:
    """The reply for the one who asked alone; `how` it takes the place of what stands there."""
    return {"response_type": "ephemeral", **how, **message(reply, page=page)}


def message(reply: Reply, *, page: int = 1, shared_by: str = "", credit: str = "slack.shared_by") -> Json:
    """The reply as Slack takes it: `text` for previews and readers of screens, and the blocks of one page.

    With `shared_by`, a member's id, it is for everybody in the channel: it names them, as the text `credit`
    says what they did, and has no buttons.
    """
    say, page = voice(reply.lang), min(max(page, 1), reply.pages)
    # A header takes 150 characters (https://docs.slack.dev/reference/block-kit/blocks/header-block).
    blocks = [header(clip(reply.head, 150)), *_body(reply, page, apart=bool(shared_by))]
    foot = [_note(reply, note) for note in reply.foot]
    if reply.pages > 1:
        foot.append(say("slack.page", page=page, pages=reply.pages, count=len(reply.items)))
    if shared_by:
        foot.append(say(credit, member=shared_by, command=mrkdwn(_typed(reply))))
    blocks += [context(clip(note, TEXT)) for note in foot if note]
    if not shared_by:
        blocks += _actions(reply, say, page)
    text = mrkdwn(_preview(reply, page, say("phrase.colon")))
    return {"text": unbroken(text), "blocks": blocks}


def _body(reply: Reply, page: int, *, apart: bool) -> list[Block]:
    """What a page says; `apart`: what it says of one event in blocks of its own, to be struck out there."""
    blocks = rich(reply.intro if page == 1 else ())
    shown, grounds = reply.items[reply.on(page)], reply.grounds[reply.on(page)]
    if apart and reply.ground.event:
        blocks = about(reply.ground.event, blocks, 0)
    if not (apart and any(one.event for one in grounds)):
        return [*blocks, *rich(spaced(shown))]
    for place, (item, ground) in enumerate(zip(shown, grounds, strict=True), 1):
        blocks += about(ground.event, rich(item), place)
    return blocks


def _note(reply: Reply, note: str) -> str:
    """A note for a field that Slack interprets: there the id of a channel is shown as its name."""
    parts = re.split(rf"\b{re.escape(reply.place)}\b", note) if reply.place else [note]
    return f"<#{reply.place}>".join(map(mrkdwn, parts))


def _typed(reply: Reply) -> str:
    """The command that asks the same again, as a reader would type it."""
    verb, space, words = reply.command.partition(" ")
    return f"/vigilabel {VERBS[verb].usual(reply.lang)}{space}{words}" if verb else ""


def spaced(items: Sequence[Item]) -> list[Line]:
    """The lines of the items, with an empty one between items of several lines."""
    lines: list[Line] = []
    for item in grouped(items):
        lines += [(), *item] if lines and len(item) > 1 else item
    return lines


def _preview(reply: Reply, page: int, colon: str) -> str:
    """What a lock screen shows: the head, and what comes first; where that heads an item, what it heads."""
    intro, shown = (reply.intro if page == 1 else ()), reply.items[reply.on(page)]
    lines = intro[:1] or tuple(line for item in shown[:1] for line in item[:1])
    heads = not intro and bool(lines) and all(span.bold for span in lines[0])
    if heads and not any(one.event for one in reply.grounds[reply.on(page)][:1]):
        lines = shown[0][:2]
    said = " · ".join(line_text(tuple(Span(text=span.text) for span in line)) for line in lines)
    return clip(f"{reply.head}{colon}{said}" if said else reply.head, PREVIEW)


def _actions(reply: Reply, say: Voice, page: int) -> list[Block]:
    buttons = [*reply.each[reply.on(page)], *reply.buttons]
    if reply.command and page > 1:
        buttons.append(_turn(reply, "earlier", say("slack.earlier"), page - 1))
    if reply.command and page < reply.pages:
        buttons.append(_turn(reply, "later", say("slack.later"), page + 1))
    if reply.command:
        buttons.append(_turn(reply, "share", say("slack.share"), page))
    return [actions(buttons, reply.lang)] if buttons else []


def _turn(reply: Reply, action: str, text: str, page: int) -> Button:
    return Button(action=action, text=text, value={"command": reply.command, "page": page})
