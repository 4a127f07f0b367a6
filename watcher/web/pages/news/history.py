"""The history: look by look, or event by event as the filter of an address asks; page by page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from state.model import Kind, day_of
from state.names import abroad
from state.seen.events import log
from state.seen.who.providers import listed_states
from state.words.labels import LABELS, TOGETHER
from watcher.ask.news.editions import stating
from watcher.ask.news.joined import joined
from watcher.ask.news.looks import Look, Size, by_look, looks_at
from watcher.ask.watch.label_state import unread_labels
from watcher.web.asked.filter import Filter, asked_of, events_of, filter_asked

if TYPE_CHECKING:
    from state.model import Event
    from watcher.web.asked.site import Screen, Visit

PAGE = 50
LOOKS = 6
SIZE = Size(lines=5, ends=2)


def show_history(visit: Visit) -> Screen:
    """One page of the history, newest first, and the form of the filter."""
    wanted = filter_asked(visit)
    found = _one_by_one(visit, wanted) if wanted.narrow else _whole_looks(visit, wanted)
    states = sorted({*listed_states(visit.store).values()})
    some = found["looks"] or found["groups"]
    return visit.screen(
        "history.html",
        wanted=wanted,
        query={name: value for name, value in wanted.query().items() if name != "before"},
        **found,
        unread=() if some or not wanted.q else unread_labels(visit.archive),
        labels=[*LABELS, *TOGETHER],
        kinds=list(Kind),
        sources=stating(visit.archive),
        states=states if any(map(abroad, states)) else (),  # none to choose from where all lists are ours
    )


def _whole_looks(visit: Visit, wanted: Filter) -> Mapping[str, object]:
    key = ("looks", wanted, frozenset(visit.retracted))
    looks, following = visit.archive.once(key, lambda: looks_of(visit, wanted, LOOKS, SIZE))
    return {
        "looks": sorted(looks, key=_place),
        "groups": (),
        "count": 0,
        "joined": {},
        "following": following and {"before": following},
    }


def looks_of(visit: Visit, wanted: Filter, most: int, size: Size) -> tuple[tuple[Look, ...], int | None]:
    """The newest looks of what a filter asks for, and the number that the next ones are before."""
    return looks_at(
        visit.store,
        log.required(few=True, **asked_of(visit.store, wanted)),
        most,
        size,
        apart=visit.retracted.keys(),
        before=wanted.before,
        since=wanted.begins,
        until=wanted.ends,
    )


def _place(look: Look) -> tuple[int, bool]:
    """Newest first; of a day, what was there at a first reading below what happened."""
    return (-look.days[1].toordinal(), not (look.counts or look.ended or look.ending or look.low))


def _one_by_one(visit: Visit, wanted: Filter) -> Mapping[str, object]:
    """The events one by one: those of one look in its own order, in which what people watch comes first."""
    after = None
    if wanted.look and wanted.before is None:
        after = visit.parts.number("after") or 0
    events = events_of(visit, wanted, PAGE + 1, after=after)
    shown, more = events[:PAGE], len(events) > PAGE
    cursor = "before" if after is None else "after"
    return {
        "looks": (),
        "groups": _groups(shown),
        "count": len(shown),
        "joined": joined(visit.store, [wanted.together], shown) if wanted.together else {},
        "following": {cursor: shown[-1].id} if more else None,
    }


def _groups(events: tuple[Event, ...]) -> list[list[Event]]:
    """The events by look, newest day first; of a day, first readings below what happened."""
    return sorted(
        by_look(events), key=lambda own: (-day_of(own[0].seen_at).toordinal(), not own[0].cause.told)
    )
