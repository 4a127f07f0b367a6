"""What assistants may ask: each tool is a question of the API, its arguments and its answer the same.

Arguments have the names that people use (a provider, a date), for an assistant fills them from a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import voice
from watcher.web.assistants import sentences
from watcher.web.data.openapi import ADDRESSES, PLACES, Address

if TYPE_CHECKING:
    from watcher.web.data import api

Json = dict[str, Any]

MOST, FEW = 100, 20
"""Rows of an answer, and unless asked for: what an assistant reads it pays for, and forgets the rest."""
NAMED = {
    "slug": "provider",
    "day": "date",
    "number": "event",
    "q": "text",
    "in": "group",
    "on": "date",
    "before": "cursor",
    "from": "cursor",
}
"""What is called otherwise in an address."""
LEFT_OUT = ("limit", "before", "from", "cursor")
"""Parts of addresses that page."""
LANG: Json = {
    "type": "string",
    "enum": [*LANGUAGES],
    "description": "The language of the sentence; everything else is the same in all.",
}
LIMIT: Json = {"type": "integer", "minimum": 1, "maximum": MOST, "description": f"Rows at most, else {FEW}."}
CURSOR: Json = {"type": "string", "description": "`next_cursor` of the answer before, for what follows it."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One question: the address of the API that answers it, and how its answer is said.

    `rows` is the field that is long, `page` the part of the address by which the API pages it ("": it does
    not). `shown` is where people see the same. `places_own`: its answer points into documents by itself.
    """

    name: str
    path: str
    says: Callable[[sentences.Asked], str]
    shown: str
    rows: str = ""
    page: str = ""
    needed: tuple[str, ...] = ()
    places_own: bool = False

    @property
    def address(self) -> Address:
        return next(one for one in ADDRESSES if one.path == self.path)

    @property
    def ask(self) -> api.Ask:
        return self.address.ask

    @property
    def places(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def arguments(self) -> Mapping[str, Json]:
        """What it takes, as JSON Schema."""
        parts = [PLACES[name] for name in self.places]
        parts += [one for one in self.address.asked if one["name"] not in LEFT_OUT]
        known = {argument(one["name"]): {**one["schema"], "description": one["description"]} for one in parts}
        paged = {"limit": LIMIT, "cursor": CURSOR} if self.rows else {}
        return {**known, **paged, "lang": LANG}

    @property
    def schema(self) -> Json:
        needed = [*(argument(name) for name in self.places), *self.needed]
        return {
            "type": "object",
            "properties": {**self.arguments},
            "required": needed,
            "additionalProperties": False,
        }

    def title(self, lang: str) -> str:
        return voice(lang).each("assistant", f"{self.name}.title")

    def description(self, lang: str) -> str:
        return voice(lang).each("assistant", f"{self.name}.description")


def argument(part: str) -> str:
    """What a part of an address is called here."""
    return NAMED.get(part, part)


ANSWER: Json = {
    "type": "object",
    "properties": {
        "sentence": {"type": "string"},
        "answer": {"type": "object", "description": "As the API has it: /api/v1/openapi.json."},
        "proof": {"type": "array", "items": {"type": "object"}},
        "link": {"type": "string", "description": "Where people see the same."},
        "left_out": {"type": "integer", "description": "Rows within the answer that are too many."},
        "next_cursor": {"type": ["string", "null"]},
        "total": {"type": ["integer", "null"]},
    },
    "required": ["sentence", "answer", "left_out", "proof", "link", "next_cursor", "total"],
}
TOOLS = (
    Tool(
        name="find",
        path="/search",
        says=sentences.of_search,
        shown="/search?q={text}",
        rows="hits",
        page="from",
        needed=("text",),
    ),
    Tool(
        name="was",
        path="/was/{slug}/{label}/{day}",
        says=sentences.of_day,
        shown="/was/{provider}/{label}/{date}",
        rows="attestations",
        places_own=True,
    ),
    Tool(
        name="provider",
        path="/providers/{slug}",
        says=sentences.of_provider,
        shown="/providers/{provider}",
        rows="attestations",
    ),
    Tool(
        name="listing",
        path="/labels/{label}",
        says=sentences.of_label,
        shown="/labels/{label}",
        rows="attestations",
    ),
    Tool(
        name="history",
        path="/events",
        says=sentences.of_events,
        shown="/history",
        rows="events",
        page="before",
        places_own=True,
    ),
    Tool(name="race", path="/race", says=sentences.of_race, shown="/race"),
    Tool(name="sources", path="/sources", says=sentences.of_sources, shown="/sources"),
    Tool(
        name="evidence",
        path="/events/{number}",
        says=sentences.of_event,
        shown="/events/{event}",
        places_own=True,
    ),
)
