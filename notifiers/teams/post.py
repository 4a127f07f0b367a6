"""A message as Adaptive Cards, as the Workflows of Microsoft Teams post them. Pure.

Every text stands in a `RichTextBlock`: Teams reads Markdown in a `TextBlock`, and nothing in a `TextRun`, so
that a printed name stays what was printed, and no `<at>` in it mentions anybody
(https://learn.microsoft.com/adaptive-cards/schema-explorer/text-run). All that is used is of version 1.2,
which telephones show too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from notifiers.said.parts import Part, Passage, around
from notifiers.said.parts import parts as in_parts
from notifiers.said.voice import Line, Span, merged, unbroken
from notifiers.wire.call import encoded

if TYPE_CHECKING:
    from state.words.post import Message

MOST = 20_000
"""Bytes of a post. "About 28 KB" is documented (https://learn.microsoft.com/connectors/teams/), of a message
as Teams keeps it, which is longer than what is posted: others were refused from 21 KB on
(https://www.rubydoc.info/gems/msteams_hermes/MsTeamsHermes/Message)."""
Json = dict[str, Any]


def parts(message: Message) -> tuple[Part, ...]:
    """A message in as many parts as posts."""
    return in_parts(message, _cost, MOST - len(encoded(post(around(message)))))


def post(part: Part) -> Json:
    """What is posted for a part."""
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": part.head,
        "msteams": {"width": "Full"},
        "body": [*_body(part)],
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


def _cost(passage: Passage) -> int:
    return sum(len(encoded(block)) + 1 for block in _told(passage, apart=True))


def _body(part: Part) -> Iterable[Json]:
    yield _block([_run(part.head, size="Medium", weight="Bolder")])
    for line in part.notes:
        yield _line(line, color="Attention")
    for number, passage in enumerate(part.passages):
        yield from _told(passage, apart=number > 0)
    if part.foot:
        yield _block([_run(part.foot, **SMALL)], spacing="Medium")


SMALL = {"size": "Small", "isSubtle": True}


def _told(passage: Passage, *, apart: bool) -> Iterable[Json]:
    """The blocks of a passage, with a rule above it where another stands there."""
    blocks = [_block([_run(passage.over, weight="Bolder", isSubtle=True)])] if passage.over else []
    if passage.title:
        blocks.append(_block([_run(passage.title, weight="Bolder", **_struck(passage.gone))]))
    blocks += [_line(line, **_struck(passage.gone)) for line in passage.lines]
    if passage.proof:
        blocks.append(_line(passage.proof, **SMALL))
    if apart and blocks:
        blocks[0] = {**blocks[0], "separator": True, "spacing": "Medium"}
    return blocks


def _struck(gone: bool) -> Json:
    return {"strikethrough": True} if gone else {}


def _line(line: Line, **style: Any) -> Json:
    return _block([_piece(span, style) for span in merged(line)])


def _block(inlines: list[Any], spacing: str = "Small") -> Json:
    return {"type": "RichTextBlock", "spacing": spacing, "inlines": inlines}


def _piece(span: Span, style: Json) -> Json | str:
    own = {**({"weight": "Bolder"} if span.bold else {}), **_struck(span.struck)}
    if span.url:
        own["selectAction"] = {"type": "Action.OpenUrl", "url": span.url}
    return _run(span.text, **style, **own)


def _run(text: str, **style: Any) -> Json | str:
    """A stretch of text; one without a style is a plain string, which the schema takes for the same."""
    shown = unbroken(text)
    return {"type": "TextRun", "text": shown, **style} if style else shown
