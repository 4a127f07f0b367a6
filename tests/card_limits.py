"""What the schema of Adaptive Cards says of the elements that we use (version 1.2, which telephones show).

https://learn.microsoft.com/adaptive-cards/schema-explorer/adaptive-card, and the pages beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
SIZES = {"default", "small", "medium", "large", "extralarge"}
WEIGHTS = {"default", "lighter", "bolder"}
COLORS = {"default", "dark", "light", "accent", "good", "warning", "attention"}
SPACINGS = {"default", "none", "small", "medium", "large", "extralarge", "padding"}
CARD = {"$schema", "type", "version", "fallbackText", "msteams", "body"}
BLOCK = {"type", "spacing", "separator", "inlines"}
RUN = {"type", "text", "size", "weight", "color", "isSubtle", "strikethrough", "italic", "selectAction"}


def card_problems(post: Json) -> Iterator[str]:
    """Every way in which a post is no message with an Adaptive Card."""
    if post.get("type") != "message" or len(post.get("attachments") or ()) != 1:
        yield "no message with one attachment"
        return
    [attachment] = post["attachments"]
    if attachment.get("contentType") != "application/vnd.microsoft.card.adaptive":
        yield "no adaptive card"
    card = attachment["content"]
    yield from (f"no such property of a card: {name}" for name in card.keys() - CARD)
    if card.get("type") != "AdaptiveCard" or card.get("version") not in ("1.2", "1.3", "1.4", "1.5"):
        yield "no version that Teams knows"
    if not card.get("body"):
        yield "an empty card"
    for block in card.get("body") or ():
        yield from _block_problems(block)


def _block_problems(block: Json) -> Iterator[str]:
    yield from (f"no such property of a block: {name}" for name in block.keys() - BLOCK)
    if block.get("type") != "RichTextBlock":
        yield f"no element that reads nothing into a text: {block.get('type')}"
    if str(block.get("spacing", "default")).lower() not in SPACINGS:
        yield "no such spacing"
    if not block.get("inlines"):
        yield "a block without text"
    for run in block.get("inlines") or ():
        yield from _run_problems(run) if isinstance(run, dict) else iter(())


def _run_problems(run: Json) -> Iterator[str]:
    yield from (f"no such property of a run: {name}" for name in run.keys() - RUN)
    if run.get("type") != "TextRun" or not run.get("text"):
        yield "a run without text"
    known = (("size", SIZES), ("weight", WEIGHTS), ("color", COLORS))
    yield from (f"no such {name}" for name, of in known if str(run.get(name, "default")).lower() not in of)
    action = run.get("selectAction")
    if action and (
        action.get("type") != "Action.OpenUrl" or not action["url"].startswith(("http://", "https://"))
    ):
        yield "an action that opens nothing"


def card_text(post: Json) -> str:
    """The card as its reader reads it, a block a line."""
    blocks = post["attachments"][0]["content"]["body"]
    runs = ([one if isinstance(one, str) else one["text"] for one in block["inlines"]] for block in blocks)
    return "\n".join("".join(run) for run in runs)
