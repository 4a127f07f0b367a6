"""The JSON of a page: the page itself, or what it carries for its scripts; `json_rows` finds rows in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scrapers.page.shown import SETTINGS, holds_data, without_tokens
from scrapers.page.tree import DEEPEST
from scrapers.source import NotReadable, effort
from scrapers.wire.content import bare
from state.model import Reason

if TYPE_CHECKING:
    from scrapers.page.tree import Element

MARKUP = re.compile(r"<(table|tr|ul|li|dl|div|article|section|p)\b", re.IGNORECASE)
# A page of scripts has thousands of brackets; data begin at one of the first.
MOST_TRIES = 200
VALUE = 10
"""Steps: how often a value of JSON is looked at before it is known whether it belongs to a list."""
HOLDERS = (dict, list)  # made once: `dict | list` would be for each of a hundred thousand values
OPENING = re.compile(r"[=(:,]\s*(?=[\[{])")


def json_of(body: bytes) -> object:
    """The JSON of a page, None when it is not JSON; raises `NotReadable` for half of it."""
    plain = bare(body)
    if plain[:1] not in (b"{", b"["):
        return None
    try:
        return loaded(plain.decode())
    except ValueError as error:
        raise NotReadable(Reason.of("json_cut", error=str(error))) from error


def loaded(text: str) -> object:
    """The value of a JSON text; raises `ValueError` for any other, and `NotReadable` for one too deep."""
    try:
        return shallow(json.loads(text))
    except RecursionError:
        raise NotReadable(Reason.of("too_deep", depth=DEEPEST)) from None


def shallow(value: object) -> object:
    """The value, where it is nested no deeper than pages are: who walked it would end in a stack overflow.

    Raises `TooMuch` for one that holds far more values than any list has: each is looked at many times.
    """
    level: list[Any] = nested_in([value])
    work = effort()
    for _ in range(DEEPEST):
        work.spend(VALUE * sum(map(len, level)))
        level = [inner for one in level for inner in nested_in(one)]
        if not level:
            return value
    raise NotReadable(Reason.of("too_deep", depth=DEEPEST))


def fragments_of(data: object) -> str:
    """The HTML that JSON wraps: the `insert` commands of Drupal, or values that hold markup; "" for none."""
    if isinstance(data, list) and any(isinstance(c, dict) and "command" in c for c in data):
        inserts = [c.get("data") for c in data if isinstance(c, dict) and c.get("command") == "insert"]
        return "\n".join(d for d in inserts if isinstance(d, str)) or "<div></div>"
    return "\n".join(s for s in strings_of(data) if MARKUP.search(s))


def strings_of(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    for value in values_of(data):
        yield from strings_of(value)


def values_of(data: object) -> Iterable[object]:
    """What an object or a list holds, () of any other value."""
    return data.values() if isinstance(data, dict) else data if isinstance(data, list | tuple) else ()


def nested_in(data: object) -> list[object]:
    """The objects and lists that one holds."""
    return [value for value in values_of(data) if isinstance(value, HOLDERS)]


def json_in(whole: Element) -> tuple[object, ...]:
    """The JSON that a page carries for its scripts: in blocks, assigned to names, or in attributes."""
    found: list[object] = []
    for script in whole.every("script"):
        text = script_of(script)
        if "json" in script.get("type"):
            with suppress(ValueError, NotReadable):  # somebody else's script; nothing here depends on it
                found.append(loaded(text))
        elif len(text) > SETTINGS:
            found += assigned(text)
    values = [value for tag in whole.inside if tag.attrs for value in tag.attrs.values()]
    for value in values:
        if len(value) > SETTINGS and holds_data(value):
            with suppress(ValueError, NotReadable):
                found.append(loaded(value))
    return tuple(without_tokens(one) for one in found)


def assigned(script: str) -> Iterator[object]:
    """The JSON that a script assigns or passes on: what reads as whole, and is long enough to be data."""
    at, decoder = 0, json.JSONDecoder()
    for _ in range(MOST_TRIES):
        begin = OPENING.search(script, at)
        if begin is None:
            return
        try:
            value, end = decoder.raw_decode(script, begin.end())
            shallow(value)
        except (ValueError, RecursionError, NotReadable):
            at = begin.end() + 1
            continue
        if end - begin.end() > SETTINGS:
            yield value
        at = end


def script_of(script: Element) -> str:
    return "".join(text for text in script.children if isinstance(text, str))
