"""The imprint of a page of the HDS list: looks at pages with the same imprints state the same listing.

Most looks meet the rows of the look before under other tokens. To understand such a page once more costs ten
times as much as to see that it shows the same. An imprint is made of what readers are given and of nothing
else: the tree (`scrapers.page.shown` left out what servers draw anew), and the JSON of scripts. So what a
reader could see is in it, by construction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from scrapers.ans_hds.hosts.row import DATE, day_of
from scrapers.ans_hds.pages import pointed
from scrapers.ans_hds.rows import SOURCE
from scrapers.page.html import Bare, bared
from scrapers.page.shown import holds_data
from scrapers.source import SourceError
from scrapers.wire.address import hops_of

if TYPE_CHECKING:
    from scrapers.ans_hds.settings import Settings
    from scrapers.page.tree import Element
    from state.model import Page

VERSION = 1
"""Rises with every change of what an imprint is made of, as the revision does with what is read."""
MOST = 2 << 20
"""Bytes of a page; a larger one is read, within the limits of a reading: an imprint is taken without any."""
CODE = frozenset({"script", "style"})
LONGEST_LETTER = 12
"""Characters of code that a bar of letters could still be made of; more is read by nobody as text."""
CLOSE, PART = "\0", "\x01"
"""Between parts: libxml2 ends its texts at a zero byte, so that no page can hold one."""


def imprint(page: Page, settings: Settings) -> str:
    """What a page shows, and what else its reading depends on, as one hash; "" where only that tells."""
    if len(page.body) > MOST:
        return ""
    try:
        return _hash([VERSION, repr(settings), *_of_page(page, settings)])
    except (SourceError, RecursionError):  # a reading says what is wrong
        return ""


def _of_page(page: Page, settings: Settings) -> list[object]:
    """A page as far as its reading depends on it: what it shows, where it was, how it was led to."""
    came = [page.url, page.requested_url, *(status for status, _ in hops_of(page))]
    if settings.names_attributes:  # whoever names attributes may name any
        return [*came, page.content_type, page.sha256]
    bare = bared(SOURCE, page)
    shown = shown_by(bare)
    # Scripts are read for nothing else than their JSON, which is shown, and the addresses in them.
    leads = [*pointed(bare.whole)] if bare.whole is not None else []
    days = _unshown(bare.markup, shown, page.fetched_at.date())
    return [*came, bare.address, _hash([shown]), leads, days]


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


def _unshown(markup: str, shown: str, day: date) -> list[list[str]]:
    """Days to come that only the source of a page holds, and dates that only a decoded text has.

    A row that damage swallowed is looked for by its days in the source (`hosts.aside.astray`). As time goes
    by fewer of these are to come, so that what had no such row then has none on a later day.
    """
    source, texts = _dates_in(markup), _dates_in(shown)
    hidden = {found for text in source - texts if (found := day_of(text)) is not None and found > day}
    if hidden:  # a day may be written twice, once for machines
        hidden.difference_update(day_of(text) for text in source & texts)
    return [sorted(map(str, hidden)), sorted(texts - source)]


def _dates_in(text: str) -> set[str]:
    return {found.group(0) for found in DATE.finditer(text)}


def _hash(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts, default=list).encode("utf-8", "surrogatepass")).hexdigest()
