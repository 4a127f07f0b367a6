"""The limits of Slack messages, as https://docs.slack.dev/reference/block-kit/blocks documents them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

MOST_BLOCKS, MOST_FIELDS, MOST_ELEMENTS, MOST_ACTIONS = 50, 10, 10, 25
SECTION_TEXT, FIELD_TEXT, HEADER_TEXT, MESSAGE_TEXT = 3000, 2000, 150, 40_000
BUTTON_TEXT, BUTTON_VALUE, MOST_VIEW_BLOCKS = 75, 2000, 100
RICH_ELEMENTS = ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
Json = dict[str, Any]


def refused(name: str, *messages: str) -> Json:
    """An answer of the Web API that refuses, with what Slack adds for developers."""
    return {"ok": False, "error": name} | (
        {"response_metadata": {"messages": list(messages)}} if messages else {}
    )


def refusal(params: Json) -> Json | None:
    """Why Slack would refuse this message, None when it would take it."""
    text, blocks = params.get("text") or "", params.get("blocks")
    if isinstance(blocks, str):
        try:
            blocks = json.loads(blocks)
        except ValueError:
            return refused("invalid_blocks_format")
    if not text and not blocks:
        return refused("no_text")
    if len(text) > MESSAGE_TEXT:
        return refused("msg_too_long")
    problems = list(block_problems(blocks or []))
    if problems:
        return refused("invalid_blocks", *problems)
    return _metadata_refusal(params.get("metadata"))


def _metadata_refusal(metadata: Any) -> Json | None:
    if metadata is None:
        return None
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    if not isinstance(payload, dict) or not metadata.get("event_type"):
        return refused("invalid_metadata_format")
    flat = all(isinstance(value, str | int | float | bool) for value in payload.values())
    return None if flat else refused("invalid_metadata_schema")


def block_problems(blocks: Any) -> Iterator[str]:
    """Every way in which these blocks break a documented limit."""
    if not isinstance(blocks, list):
        yield "blocks must be an array"
        return
    if len(blocks) > MOST_BLOCKS:
        yield f"no more than {MOST_BLOCKS} items allowed [json-pointer:/blocks]"
    for number, block in enumerate(blocks):
        for problem in _block_problems(block):
            yield f"{problem} [json-pointer:/blocks/{number}]"


def _block_problems(block: Any) -> Iterator[str]:
    kinds = {
        "header": _header,
        "section": _section,
        "context": _context,
        "actions": _actions,
        "rich_text": _rich_text,
        "divider": _nothing,
    }
    if not isinstance(block, dict) or block.get("type") not in kinds:
        yield f"unsupported type: {block.get('type') if isinstance(block, dict) else block}"
        return
    if len(str(block.get("block_id", ""))) > 255:
        yield "block_id too long"
    yield from kinds[block["type"]](block)


def _nothing(block: Json) -> Iterator[str]:
    return iter(())


def _header(block: Json) -> Iterator[str]:
    yield from _text(block.get("text"), HEADER_TEXT, kinds=("plain_text",))


def _section(block: Json) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield "missing required field: text or fields"
    if "text" in block:
        yield from _text(block["text"], SECTION_TEXT)
    fields = block.get("fields", [])
    if len(fields) > MOST_FIELDS:
        yield f"no more than {MOST_FIELDS} fields"
    for entry in fields:
        yield from _text(entry, FIELD_TEXT)


def _context(block: Json) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= MOST_ELEMENTS:
        yield f"between 1 and {MOST_ELEMENTS} elements"
    for element in elements:
        if element.get("type") != "image":
            yield from _text(element, SECTION_TEXT)


def _actions(block: Json) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= MOST_ACTIONS:
        yield f"between 1 and {MOST_ACTIONS} elements"
    names = [element.get("action_id") for element in elements]
    if len(set(names)) < len(names):
        yield "action_id must be unique in its block"
    for element in elements:
        yield from _button(element)


def _button(element: Json) -> Iterator[str]:
    if element.get("type") != "button":
        yield f"unsupported element {element.get('type')}"
        return
    yield from _text(element.get("text"), BUTTON_TEXT, kinds=("plain_text",))
    if not 1 <= len(str(element.get("action_id") or "")) <= 255:
        yield "action_id between 1 and 255 characters"
    if len(str(element.get("value", ""))) > BUTTON_VALUE:
        yield f"value of more than {BUTTON_VALUE} characters"
    if element.get("style", "primary") not in ("primary", "danger"):
        yield "style must be primary or danger"
    if "confirm" in element:
        yield from _confirm(element["confirm"])


def _confirm(thing: Json) -> Iterator[str]:
    for name, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from _text(thing.get(name), limit, kinds=("plain_text",))


def view_problems(view: Any) -> Iterator[str]:
    """Every way in which a Home tab or a dialogue breaks a documented limit."""
    if not isinstance(view, dict) or view.get("type") not in ("home", "modal"):
        yield "view must be of type home or modal"
        return
    blocks = view.get("blocks") or []
    if len(blocks) > MOST_VIEW_BLOCKS:
        yield f"no more than {MOST_VIEW_BLOCKS} blocks"
    for number, block in enumerate(blocks):
        for problem in () if block.get("type") == "input" else _block_problems(block):
            yield f"{problem} [json-pointer:/view/blocks/{number}]"
    if view["type"] == "modal":
        yield from _text(view.get("title"), 24, kinds=("plain_text",))
        if len(str(view.get("private_metadata", ""))) > 3000:
            yield "private_metadata too long"


def _text(thing: Any, limit: int, kinds: Sequence[str] = ("plain_text", "mrkdwn")) -> Iterator[str]:
    if not isinstance(thing, dict) or thing.get("type") not in kinds:
        yield f"text must be one of {kinds}"
        return
    allowed = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}
    if set(thing) - allowed[thing["type"]]:
        yield "additional property in a text"
    text = thing.get("text")
    if not isinstance(text, str) or not 1 <= len(text.encode("utf-16-le", "surrogatepass")) // 2 <= limit:
        yield f"must be between 1 and {limit} characters"


def _rich_text(block: Json) -> Iterator[str]:
    elements = block.get("elements")
    if not elements:
        yield "missing elements"
        return
    for element in elements:
        if element.get("type") not in RICH_ELEMENTS:
            yield f"unsupported rich element {element.get('type')}"
        for leaf in element.get("elements") or []:
            yield from _leaf(leaf)


def _leaf(leaf: Json) -> Iterator[str]:
    kinds: dict[str, Callable[[Json], bool]] = {
        "text": lambda leaf: bool(leaf.get("text")),
        "link": lambda leaf: urlsplit(str(leaf.get("url"))).scheme in ("http", "https"),
        "channel": lambda leaf: str(leaf.get("channel_id")).startswith(("C", "G")),
        "user": lambda leaf: str(leaf.get("user_id")).startswith(("U", "W")),
        "rich_text_section": lambda leaf: True,
    }
    kind = str(leaf.get("type"))
    if kind not in kinds:
        yield f"unsupported leaf {kind}"
    elif not kinds[kind](leaf):
        yield f"invalid {kind}"
