"""What a page shows, as one text: two pages that show the same are read alike, whatever tokens they carry.

It is made of what readers are given and of nothing else: the tree (`scrapers.page.shown` left out what
servers draw anew), and the JSON of scripts. So what a reader could see is in it, by construction.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scrapers.page.shown import holds_data

if TYPE_CHECKING:
    from scrapers.page.html import Bare
    from scrapers.page.tree import Element

CODE = frozenset({"script", "style"})
LONGEST_LETTER = 12
"""Characters of code that a bar of letters could still be made of; more is read by nobody as text."""
CLOSE, PART = "\0", "\x01"
"""Between parts: libxml2 ends its texts at a zero byte, so that no page can hold one."""


def shown_by(bare: Bare) -> str:
    """All that a page shows to its readers."""
    parts: list[str] = []
    if bare.whole is not None:
        _tell(bare.whole, parts)
    # By insertion and not by key: readers go by the order of print.
    return f"{CLOSE.join(parts)}{CLOSE}{json.dumps(bare.data, ensure_ascii=False)}"


def _tell(tag: Element, parts: list[str]) -> None:
    """The element and all in it; texts as they stand, since where they are cut is seen too."""
    attrs = [f"{key}={text}" for key, text in tag.attrs.items() if not holds_data(text)] if tag.attrs else ()
    parts.append(f"<{tag.name} {PART.join(attrs)}" if attrs else f"<{tag.name}")
    code = tag.name in CODE
    for child in tag.children:
        if not isinstance(child, str):
            _tell(child, parts)
        elif not code or len(child.strip()) <= LONGEST_LETTER:
            parts.append(child)
    parts.append(">")
