"""The history: every event, filtered by an address that can be kept and shared, page by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from state.model import Event, Kind, day_of
from state.seen.glance import FirstLook, first_looks
from state.words.labels import LABELS
from watcher.ask.days import by_day
from watcher.ask.label_state import unread_labels
from watcher.web.asked.filter import Filter, events_of, filter_asked
from watcher.web.asked.site import Screen, Visit, sources_of

PAGE = 50


def show_history(visit: Visit) -> Screen:
    """One page of events, newest first, and the form of the filter."""
    wanted = filter_asked(visit)
    events = events_of(visit, wanted, PAGE + 1, folded=wanted.wide)
    shown = events[:PAGE]
    following = wanted.older_than(shown[-1].id) if len(events) > PAGE else None
    firsts = _first_looks(visit, wanted, following) if wanted.wide else {}
    return visit.screen(
        "history.html",
        wanted=wanted,
        query=_kept(wanted),
        days=_days(shown, firsts),
        firsts=firsts,
        count=len(shown),
        unread=() if shown or not wanted.q else unread_labels(visit.archive),
        following=following,
        labels=LABELS,
        kinds=list(Kind),
        sources=sources_of(visit),
    )


def _first_looks(visit: Visit, wanted: Filter, following: Filter | None) -> dict[date, list[FirstLook]]:
    """The first looks that fall on one page, by day: a line each, however many rows they recorded."""
    found = first_looks(
        visit.store,
        sources=[wanted.source] if wanted.source else None,
        since=wanted.begins,
        until=wanted.ends,
        after=following.before or 0 if following else 0,
        before=wanted.before,
    )
    days: defaultdict[date, list[FirstLook]] = defaultdict(list)
    for one in found:
        days[day_of(one.seen_at)].append(one)
    return dict(days)


def _days(events: Sequence[Event], firsts: dict[date, list[FirstLook]]) -> list[tuple[date, list[Event]]]:
    """The days with events or first looks, newest first."""
    days = dict(by_day(events))
    days |= {day: [] for day in firsts if day not in days}
    return sorted(days.items(), reverse=True)


def _kept(wanted: Filter) -> dict[str, object]:
    return {name: value for name, value in wanted.query().items() if name != "before"}
