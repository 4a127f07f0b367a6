"""What a reader may see of an element: what servers draw anew at every request is left out beforehand.

A reader can then not come to depend on a token, and two pages that show the same are the same to it
(`scrapers.ans_hds.imprint`): by construction, for it is given nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

LABELS = ("data-label", "data-title", "data-th", "data-header", "data-heading", "data-column")
"""Attributes in which a value carries its label."""
LETTER_MARKS = frozenset({"data-letter", "data-lettre", "data-initial"})
DATA_NAME = re.compile(r"data-(\w+-)?(url|src|source|endpoint|api|json|feed|path|href)")
"""Attributes that may hold the address of data."""
PLAIN = frozenset({
    "alt", "aria-controls", "aria-current", "aria-disabled", "aria-expanded", "aria-label", "aria-selected",
    "checked", "colspan", "data-label-value", "data-target", "disabled", "href", "rel", "role", "rowspan",
    "title", "type", *LABELS, *LETTER_MARKS,
})  # fmt: skip
"""Attributes that are seen as they are."""
DRAWN = frozenset({"i", "span", "svg", "img", "use", "em", "b"})
"""Elements that may be an icon: the name of its file then says what it means."""
SETTINGS = 300
"""Characters of JSON in a script or an attribute that may hold a list; less is a setting of the page."""
TOKEN = re.compile(r"(?<![0-9a-z])(?=[0-9a-z]*\d)(?=[0-9a-z]*[a-z])[0-9a-z]{16,}$", re.IGNORECASE)
"""A long random word at the end of a name, as in those by which Drupal's views find themselves again."""
SUFFIX = re.compile(r"(?<=--)(?=[\w-]*\d)[\w-]{6,}$")
"""What Drupal adds to an identifier that a page has twice."""
DRAWN_ANEW = "*"
"""What stands for a random part: places that are led to stay places, and no selector can name them."""
VERSION = re.compile(r"(?<=\.)(svg|png|gif|jpe?g|webp|ico)\?[^#]*", re.IGNORECASE)
"""The cache-buster of a picture, behind the ending of its file."""
KEYS = re.compile(
    r"(?i:.*(token|nonce|csrf|form_build_id|dom_?id|session_?id).*)|ajaxPageState|libraries|permissionsHash"
)
"""Keys of JSON whose values change with the visit or with the cache."""


def shown(name: str, attrs: Mapping[str, str]) -> Mapping[str, str]:
    """The attributes of an element that a reader may see; others belong to scripts, styles and forms."""
    if name in ("script", "link", "input"):
        return _of_machines(name, attrs)
    return {key: seen for key, text in attrs.items() if (seen := _seen(name, key, text)) is not None}


def _seen(name: str, key: str, text: str) -> str | None:
    """The value of an attribute as it is seen, None where nobody looks at it."""
    if key == "class":
        return _without_tokens(text)
    if key in PLAIN:
        return _address(name, text) if key in ("href", "data-target") else text
    if key in ("id", "name"):
        return _identifier(text)
    if key in ("src", "xlink:href"):
        return _address(name, text) if name in DRAWN else None
    return text if holds_data(text) or DATA_NAME.fullmatch(key) else None


def holds_data(text: str) -> bool:
    """Whether the value of an attribute may be a list as JSON."""
    return len(text) > SETTINGS and text.lstrip()[:1] in ("{", "[")


def _of_machines(name: str, attrs: Mapping[str, str]) -> Mapping[str, str]:
    """What is seen of an element that people do not see: of a link the address of data alone, of a hidden
    field nothing."""
    kind, address = attrs.get("type", ""), attrs.get("href", "")
    found = {key: text for key, text in attrs.items() if key == "type" or holds_data(text)}
    if name == "link" and ("json" in kind or ".json" in address):
        return {**found, "href": address}
    if name == "input" and kind.lower() != "hidden":
        return {key: seen for key, text in attrs.items() if (seen := _seen(name, key, text)) is not None}
    return found


@lru_cache(maxsize=4096)
def _without_tokens(names: str) -> str:
    if not any(char.isdigit() for char in names):
        return names
    return " ".join(name for name in names.split() if not TOKEN.search(name))


@lru_cache(maxsize=4096)
def _identifier(text: str) -> str:
    return SUFFIX.sub(DRAWN_ANEW, TOKEN.sub(DRAWN_ANEW, text))


def _address(name: str, text: str) -> str:
    if name in DRAWN:
        return VERSION.sub(r"\1", text)
    return f"#{_identifier(text[1:])}" if text.startswith("#") else text


def without_tokens(data: object) -> object:
    """JSON data of a page without what changes with the visit."""
    if isinstance(data, dict):
        return {key: without_tokens(value) for key, value in data.items() if not KEYS.fullmatch(key)}
    if isinstance(data, list):
        return [without_tokens(value) for value in data]
    return data
