"""An answer for Slack: what is said, in pages that fit a telephone, with the buttons below. Pure.

Printed text stands only where Slack interprets nothing; limits are Slack's
(https://docs.slack.dev/reference/block-kit).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from notifiers.said.account import Line, Span, line_text
from notifiers.said.printed import clip, mrkdwn
from notifiers.said.voice import voice
from notifiers.slack.kit import TEXT, Block, Button, actions, context, header, rich

PAGE = 8
"""Items on a page: about two heights of a telephone."""
PREVIEW = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: a head, what comes first, items of which a page shows a few, small notes, buttons.

    `command` asks the same again, for other pages and for sharing; "" when that makes no sense. `lang` is the
    language it is said in.
    """

    head: str
    lang: str
    intro: tuple[Line, ...] = ()
    items: tuple[tuple[Line, ...], ...] = ()
    foot: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    command: str = ""

    @property
    def pages(self) -> int:
        """How many pages the items take: at least one."""
        return max(1, -(-len(self.items) // PAGE))


@cache
def texts(lang: str) -> Mapping[str, str]:
    """The texts of the conversation in a language."""
    said = voice(lang).texts
    return {key.removeprefix("slack."): text for key, text in said.items() if key.startswith("slack.")}


def plain(text: str) -> Line:
    """A line of one piece."""
    return (Span(text=text),)


def bold(text: str, *rest: str) -> Line:
    """A line that begins in bold."""
    return (Span(text=text, bold=True), *(Span(text=one) for one in rest if one))


def private(reply: Reply, page: int = 1, **how: bool) -> dict[str, Any]:
    """The reply for the one who asked alone; `how` it takes the place of what stands there."""
    return {"response_type": "ephemeral", **how, **message(reply, page=page)}


def message(reply: Reply, *, page: int = 1, shared_by: str = "") -> dict[str, Any]:
    """The reply as Slack takes it: `text` for previews and readers of screens, and the blocks of one page.

    With `shared_by`, a member's id, it is for everybody in the channel: it names them and has no buttons.
    """
    said, page = texts(reply.lang), min(max(page, 1), reply.pages)
    shown = reply.items[(page - 1) * PAGE : page * PAGE]
    blocks = [header(clip(reply.head, 150))]
    blocks += rich(reply.intro if page == 1 else ())
    blocks += rich(spaced(shown))
    foot = [mrkdwn(note) for note in reply.foot]
    if reply.pages > 1:
        foot.append(said["page"].format(page=page, pages=reply.pages, count=len(reply.items)))
    if shared_by:
        foot.append(said["shared_by"].format(member=shared_by, command=mrkdwn(reply.command)))
    blocks += [context(clip(note, TEXT)) for note in foot if note]
    if not shared_by:
        blocks += _actions(reply, said, page)
    return {"text": mrkdwn(_preview(reply, said["colon"])), "blocks": blocks}


def spaced(items: Sequence[tuple[Line, ...]]) -> list[Line]:
    """The lines of the items, with an empty one between items of several lines."""
    lines: list[Line] = []
    for item in items:
        lines += [(), *item] if lines and len(item) > 1 else item
    return lines


def _preview(reply: Reply, colon: str) -> str:
    first = next((line for line in (*reply.intro, *(line for one in reply.items for line in one))), ())
    said = line_text(tuple(Span(text=span.text) for span in first))
    return clip(f"{reply.head}{colon}{said}" if said else reply.head, PREVIEW)


def _actions(reply: Reply, texts: Mapping[str, str], page: int) -> list[Block]:
    buttons = list(reply.buttons)
    if reply.command and page > 1:
        buttons.append(_turn(reply, "earlier", texts["earlier"], page - 1))
    if reply.command and page < reply.pages:
        buttons.append(_turn(reply, "later", texts["later"], page + 1))
    if reply.command:
        buttons.append(_turn(reply, "share", texts["share"], page))
    return [actions(buttons, reply.lang)] if buttons else []


def _turn(reply: Reply, action: str, text: str, page: int) -> Button:
    return Button(action=action, text=text, value={"command": reply.command, "page": page})
