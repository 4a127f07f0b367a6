"""What assistants may ask: each tool is a question of the API, its arguments and its answer the same.

Arguments have the names that people use (a provider, a date), for an assistant fills them from a sentence.
The answer begins with a sentence or two: those of the command line and the pages, worded once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifiers.said.named import date_text, evidence_place, label_name, printed
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import clean, clip, voice
from notifiers.said.wording import sentence
from state.model import day_of
from state.seen.events import log
from state.seen.taken_back.retractions import retractions
from state.words.labels import single
from watcher.ask.find.found import Window, find
from watcher.ask.holders import editions_of
from watcher.ask.past.was import Answer
from watcher.ask.standing.race import race, verdicts
from watcher.ask.watch.watched import MOST_LOOKS, health
from watcher.said.condition import sources_told
from watcher.said.drawn.table import told_text
from watcher.said.found import found_told
from watcher.said.standing.listing import editions
from watcher.said.standing.race import race_items, verdict_lines
from watcher.said.told import LONG, Told
from watcher.web.data.api import followed
from watcher.web.data.openapi import ADDRESSES, PLACES, Address

if TYPE_CHECKING:
    from state.model import Event
    from state.words.post import Retraction
    from watcher.said.told import Hearer
    from watcher.web.asked.site import Visit

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
    says: Callable[[Visit, Any], str]
    shown: str
    rows: str = ""
    page: str = ""
    needed: tuple[str, ...] = ()
    places_own: bool = False

    @property
    def address(self) -> Address:
        return next(one for one in ADDRESSES if one.path == self.path)

    @property
    def arguments(self) -> Mapping[str, Json]:
        """What it takes, as JSON Schema."""
        parts = [PLACES[name] for name in self.address.places]
        parts += [one for one in self.address.asked if one["name"] not in LEFT_OUT]
        known = {argument(one["name"]): {**one["schema"], "description": one["description"]} for one in parts}
        paged = {"limit": LIMIT, "cursor": CURSOR} if self.rows else {}
        return {**known, **paged, "lang": LANG}

    @property
    def schema(self) -> Json:
        needed = [*(argument(name) for name in self.address.places), *self.needed]
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


def of_day(visit: Visit, answer: Any) -> str:
    said: str = answer.sentence
    return said


def of_search(visit: Visit, answer: Any) -> str:
    found = find(visit.archive, visit.parts["q"], Window())
    gone = retractions(visit.store, [event.id for event in found.events])
    return told_text(found_told(found, visit.to, gone))


def of_provider(visit: Visit, answer: Any) -> str:
    """Where it stands with what everybody asks for, each on what it rests."""
    to = visit.to
    who = visit.provider()
    lines = [
        (label_name(one.standing.label, to.lang), " ".join(verdict_lines(one, visit.today, to)))
        for one in verdicts(visit.archive, who)
    ]
    return "\n".join((printed(who.name), *map(to.say("phrase.colon").join, lines)))


def of_label(visit: Visit, answer: Any) -> str:
    """How many hold it, and by which readings; of a day, of how many rows nobody can tell."""
    to = visit.to
    on, rows = visit.parts.day("on"), answer.attestations
    sure = [row for row in rows if getattr(row, "answer", Answer.YES) is Answer.YES]
    said = to.say.each(
        "assistant",
        "listing.said" if len(sure) == len(rows) else "listing.said_on",
        label=label_name(answer.label, to.lang),
        n=len({row.provider.slug for row in sure}),
        rows=len(sure),
        unknown=len(rows) - len(sure),
        day=date_text(answer.on, to.lang),
    )
    read = editions_of(visit.archive, single([answer.label]), on)
    return "\n".join((said, *editions(read, on, to)))


def of_events(visit: Visit, answer: Any) -> str:
    found = log.some(visit.store, [event.id for event in answer.events])
    gone = retractions(visit.store, [*found])
    lines = [_told(found[one.id], visit.to, gone.get(one.id)) for one in answer.events]
    return "\n".join(lines) or visit.to.say("page.results_none")


def _told(event: Event, to: Hearer, gone: Retraction | None) -> str:
    number, day = to.say("told.number", number=event.id), date_text(day_of(event.seen_at), to.lang)
    said = sentence(event, to.lang)
    if gone is not None:
        why = to.say("event.retracted_why", when=gone.at, reason=clip(clean(gone.reason), LONG))
        said = f"{to.say('event.retracted', title=said)} {why}"
    return to.say("phrase.colon").join((f"{number}, {day}", said))


def of_race(visit: Visit, answer: Any) -> str:
    return told_text(Told(items=race_items(race(visit.archive, followed(visit)), visit.to)))


def of_sources(visit: Visit, answer: Any) -> str:
    return told_text(sources_told(health(visit.archive, MOST_LOOKS), visit.to))


def of_event(visit: Visit, answer: Any) -> str:
    event, to = log.event(visit.store, answer.id), visit.to
    how = to.say("assistant.evidence.how", number=event.id)
    gone = retractions(visit.store, [event.id]).get(event.id)
    return "\n".join((_told(event, to, gone), evidence_place(event, to.lang), how))


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
        says=of_search,
        shown="/search?q={text}",
        rows="hits",
        page="from",
        needed=("text",),
    ),
    Tool(
        name="was",
        path="/was/{slug}/{label}/{day}",
        says=of_day,
        shown="/was/{provider}/{label}/{date}",
        rows="attestations",
        places_own=True,
    ),
    Tool(
        name="provider",
        path="/providers/{slug}",
        says=of_provider,
        shown="/providers/{provider}",
        rows="attestations",
    ),
    Tool(
        name="listing",
        path="/labels/{label}",
        says=of_label,
        shown="/labels/{label}",
        rows="attestations",
    ),
    Tool(
        name="history",
        path="/events",
        says=of_events,
        shown="/history",
        rows="events",
        page="before",
        places_own=True,
    ),
    Tool(name="race", path="/race", says=of_race, shown="/race"),
    Tool(name="sources", path="/sources", says=of_sources, shown="/sources"),
    Tool(
        name="evidence",
        path="/events/{number}",
        says=of_event,
        shown="/events/{event}",
        places_own=True,
    ),
)
