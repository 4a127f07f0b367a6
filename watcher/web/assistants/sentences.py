"""The answers to assistants in a sentence or two: those of the command line and the pages, worded once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifiers.said.named import date_text, evidence_place, label_name, printed
from notifiers.said.voice import clean, clip
from notifiers.said.wording import sentence
from state.model import day_of
from state.seen.events import log
from state.words.labels import single
from watcher.ask.find.found import FEW, Window, find
from watcher.ask.holders import editions_of
from watcher.ask.past.was import Answer
from watcher.ask.standing.race import USUAL, race
from watcher.ask.standing.verdict import verdicts
from watcher.ask.watch.watched import MOST_LOOKS, health
from watcher.said.condition import sources_told
from watcher.said.drawn.table import told_text
from watcher.said.found import found_told
from watcher.said.standing.listing import editions
from watcher.said.standing.race import race_items
from watcher.said.standing.verdict import verdict_lines
from watcher.said.told import LONG, Hearer, Told, hearer
from watcher.tell.recall import retractions

if TYPE_CHECKING:
    from state.model import Event
    from state.words.post import Retraction
    from watcher.web.asked.site import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, its answer as the API has it, and what is not in it."""

    visit: Visit
    answer: Any

    @property
    def to(self) -> Hearer:
        return hearer(self.visit.lang)


def of_day(asked: Asked) -> str:
    said: str = asked.answer.sentence
    return said


def of_search(asked: Asked) -> str:
    found = find(asked.visit.archive, asked.visit.parts["q"], Window(most=FEW))
    gone = retractions(asked.visit.store, [event.id for event in found.events])
    return told_text(found_told(found, asked.to, gone))


def of_provider(asked: Asked) -> str:
    """Where it stands with what everybody asks for, each on what it rests."""
    visit, to = asked.visit, asked.to
    who = visit.provider()
    lines = [
        (label_name(one.standing.label, to.lang), " ".join(verdict_lines(one, visit.today, to)))
        for one in verdicts(visit.archive, who)
    ]
    return "\n".join((printed(who.name), *map(to.say("phrase.colon").join, lines)))


def of_label(asked: Asked) -> str:
    """How many hold it, and by which readings; of a day, of how many rows nobody can tell."""
    visit, to = asked.visit, asked.to
    on, rows = visit.parts.day("on"), asked.answer.attestations
    sure = [row for row in rows if getattr(row, "answer", Answer.YES) is Answer.YES]
    said = to.say.each(
        "assistant",
        "listing.said" if len(sure) == len(rows) else "listing.said_on",
        label=label_name(asked.answer.label, to.lang),
        n=len({row.provider.slug for row in sure}),
        rows=len(sure),
        unknown=len(rows) - len(sure),
        day=date_text(asked.answer.on, to.lang),
    )
    read = editions_of(visit.archive, single([asked.answer.label]), on)
    return "\n".join((said, *editions(read, on, to)))


def of_events(asked: Asked) -> str:
    found = log.some(asked.visit.store, [event.id for event in asked.answer.events])
    gone = retractions(asked.visit.store, [*found])
    lines = [_told(found[one.id], asked.to, gone.get(one.id)) for one in asked.answer.events]
    return "\n".join(lines) or asked.to.say("page.results_none")


def _told(event: Event, to: Hearer, gone: Retraction | None) -> str:
    number, day = to.say("told.number", number=event.id), date_text(day_of(event.seen_at), to.lang)
    said = sentence(event, to.lang)
    if gone is not None:
        why = to.say("event.retracted_why", when=gone.at, reason=clip(clean(gone.reason), LONG))
        said = f"{to.say('event.retracted', title=said)} {why}"
    return to.say("phrase.colon").join((f"{number}, {day}", said))


def of_race(asked: Asked) -> str:
    visit = asked.visit
    names = visit.parts.getlist("provider") or list(USUAL)
    followed = list(dict.fromkeys(visit.provider(name) for name in names))
    return told_text(Told(items=race_items(race(visit.archive, followed), asked.to)))


def of_sources(asked: Asked) -> str:
    return told_text(sources_told(health(asked.visit.archive, MOST_LOOKS), asked.to))


def of_event(asked: Asked) -> str:
    event, to = log.event(asked.visit.store, asked.answer.id), asked.to
    how = to.say("assistant.evidence.how", number=event.id)
    gone = retractions(asked.visit.store, [event.id]).get(event.id)
    return "\n".join((_told(event, to, gone), evidence_place(event, to.lang), how))
