"""The pieces of Block Kit that Slack draws, each within Slack's limits. Pure.

Printed text stands only where Slack interprets nothing (`plain_text`, `rich_text`), or is made safe first.
Limits: 150 characters a header, 3,000 a text, 25 buttons a row, 75 characters on each, 2,000 in a value,
every `action_id` once in its row (https://docs.slack.dev/reference/block-kit/blocks).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from notifiers.said.voice import JOINER, Line, Span, clip, size, unbroken, voice

Block = dict[str, Any]
Value = Mapping[str, str | int]

HEADER, TEXT, LINE = 150, 2_800, 1_200
PREFIX = "vigilabel"
EVENT = f"{PREFIX}.event"
MOST, LABEL, VALUE = 25, 75, 2_000
CONTROL, STYLE = re.compile(r"<(?=[!@#a-zA-Z/])"), re.compile(r"[*_~`]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button: `action` says what a click does, `value` what it does it to.

    `confirm` is asked before it acts; `style` is primary, danger or "".
    """

    action: str
    text: str
    value: Value
    style: str = ""
    confirm: str = ""


def literal(text: str) -> str:
    """The text for a field that Slack shows as it is (`plain_text`, elements of `rich_text`).

    Slack interprets nothing there. An invisible joiner still breaks what would be a control sequence
    (`<!channel>`, `<@U1>`, a link), so that it stays text wherever the message is quoted or forwarded.
    """
    return CONTROL.sub("<" + JOINER, text)


def mrkdwn(text: str) -> str:
    """The text for a field that Slack interprets: `& < >` as entities, and style marks made inert.

    Slack has no escape for `* _ ~` and the backtick; each is fenced by invisible joiners, so that it never
    stands at a word's edge, where Slack looks for marks.
    """
    entities = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return STYLE.sub(lambda mark: JOINER + mark[0] + JOINER, entities)


def plain_text(text: str, limit: int = TEXT) -> Block:
    """A text in which Slack interprets nothing."""
    return {"type": "plain_text", "text": clip(literal(unbroken(text)), limit), "emoji": False}


def marked_text(text: str) -> Block:
    """A text that Slack interprets; `text` is already safe for that."""
    # Verbatim, or Slack makes links of names that look like an address ("name.com").
    return {"type": "mrkdwn", "text": unbroken(text), "verbatim": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text, HEADER)}


def section(text: str) -> Block:
    """A paragraph; `text` is already safe for Slack to interpret."""
    return {"type": "section", "text": marked_text(text)}


def context(text: str) -> Block:
    """A small grey line; `text` is already safe for Slack to interpret."""
    return {"type": "context", "elements": [marked_text(text)]}


def batches(lines: Iterable[Line]) -> list[list[Line]]:
    """The lines in as few groups as fit a block each."""
    groups: list[list[Line]] = []
    room = 0
    for line in lines:
        length = sum(min(size(span.text), LINE) + 2 for span in line) + 1
        if not groups or length > room:
            groups.append([])
            room = TEXT
        groups[-1].append(line)
        room -= length
    return groups


def rich(lines: Iterable[Line]) -> list[Block]:
    """The lines in blocks where Slack interprets nothing; none is longer than Slack takes."""
    return [block for batch in batches(lines) for block in rich_block(batch)]


def about(event: int, blocks: Sequence[Block], place: int) -> list[Block]:
    """The blocks, known as what an answer says of one event: `place` is its own in the answer."""
    return [{**block, "block_id": f"{EVENT}.{event}.{place}.{n}"} for n, block in enumerate(blocks)]


def event_of(block: Block) -> int:
    """The event that a block of an answer is about, 0 for none or several."""
    name = str(block.get("block_id", ""))
    return int(name.split(".")[2]) if name.startswith(f"{EVENT}.") else 0


def rich_block(lines: Iterable[Line]) -> list[Block]:
    """The lines in one block; none where they say nothing."""
    elements: list[Block] = []
    for line in lines:
        elements += [{"type": "text", "text": "\n"}] if elements else []
        elements += [_piece(span) for span in line if span.text]
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "elements": [section]}] if elements else []


def _piece(span: Span) -> Block:
    if span.mention:  # a channel or a member, by the name that Slack shows for it
        return {"type": span.mention, f"{span.mention}_id": span.text}
    text = literal(clip(unbroken(span.text), LINE))
    piece = {"type": "link", "url": span.url, "text": text} if span.url else {"type": "text", "text": text}
    style = {name: True for name, on in (("bold", span.bold), ("strike", span.struck)) if on}
    return {**piece, "style": style} if style else piece


def struck(block: Block) -> Block:
    """A rich text block with all its text struck out; other blocks as they are."""
    if block["type"] != "rich_text":
        return block
    sections = [
        {**section, "elements": [_struck(element) for element in section["elements"]]}
        for section in block["elements"]
    ]
    return {**block, "elements": sections}


def _struck(element: Block) -> Block:
    if not element.get("text", "").strip():
        return element
    return {**element, "style": {**element.get("style", {}), "strike": True}}


def actions(buttons: Sequence[Button], lang: str) -> Block:
    """A row of buttons; those that carry more than Slack takes are left out."""
    # One too long would make Slack refuse the whole message; the command can still be typed.
    fitting = [one for one in buttons if len(value_text(one.value)) <= VALUE][:MOST]
    return {"type": "actions", "elements": [_button(one, n, lang) for n, one in enumerate(fitting)]}


def value_text(value: Value) -> str:
    """What a button carries, as text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _button(button: Button, number: int, lang: str) -> Block:
    say = voice(lang)
    made: Block = {
        "type": "button",
        # Numbered: Slack refuses a row in which an `action_id` comes twice.
        "action_id": f"{PREFIX}.{button.action}.{number}",
        "text": plain_text(button.text, LABEL),
        "value": value_text(button.value),
    }
    if button.style:
        made["style"] = button.style
    if button.confirm:
        made["confirm"] = {
            "title": plain_text(button.text, LABEL),
            "text": plain_text(button.confirm, 300),
            "confirm": plain_text(say("button.yes"), 30),
            "deny": plain_text(say("button.no"), 30),
        }
    return made
