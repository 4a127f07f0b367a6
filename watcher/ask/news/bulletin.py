"""What feeds tell: whole looks, the weightiest event first, and what was taken back, each once.

A reader who only ever sees the first page of a feed must miss nothing of a look: no page ends inside one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.seen.events import bunched, log
from state.seen.taken_back import forgotten, retractions
from watcher.ask.news.looks import by_look

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from state.file.store import Store
    from state.model import Event
    from state.seen.taken_back.forgotten import Forgotten
    from state.words.post import Retraction

AT_LEAST = 60
"""Events of a page: with them it ends at the end of a look."""
MOST = 2_000
"""Events of a page whatever comes: a look that brought more goes on in the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """An event that was retracted, or a look that was forgotten with so many events."""

    at: datetime
    retraction: Retraction | None = None
    event: Event | None = None
    look: Forgotten | None = None
    events: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """One page: the events of looks, the newest look first, what was taken back in their time, newest first,
    and the number that the events of the next page are before."""

    looks: Sequence[Sequence[Event]]
    taken_back: Sequence[TakenBack]
    following: int | None


def bulletin(store: Store, asked: log.Asked, before: int | None) -> Bulletin:
    """One page of what is asked for; all pages hold every event, and all that was taken back."""
    first = _edge(store, asked, before)
    # One more than is shown tells whether a look goes on in the next page.
    events = log.events(store, **asked, before=before, after=first - 1, limit=MOST + 1, newest_first=True)
    shown = events[:MOST]
    cut = len(events) > MOST or bool(shown and _older(store, asked, shown[-1].id))
    since = shown[-1].seen_at if cut else None
    return Bulletin(
        looks=by_look(shown),
        taken_back=_taken_back(store, asked, since, _seen(store, before)),
        following=shown[-1].id if cut else None,
    )


def _edge(store: Store, asked: log.Asked, before: int | None) -> int:
    """The lowest number of the looks that a page is made of."""
    wanted = log.required(few=True, **asked)
    since, until = asked.get("since"), asked.get("until")
    return bunched.first_of(store, wanted, AT_LEAST, before, since, until)


def _older(store: Store, asked: log.Asked, before: int) -> Sequence[Event]:
    return log.events(store, **asked, before=before, limit=1, newest_first=True)


def _seen(store: Store, before: int | None) -> datetime | None:
    """When the look was made that the page before ends with; None for the first page."""
    if before is None:
        return None
    try:
        return log.event(store, before).seen_at
    except LookupError:
        return None


def _taken_back(
    store: Store, asked: log.Asked, since: datetime | None, until: datetime | None
) -> Sequence[TakenBack]:
    """What was taken back in a time, newest first: each page has its own stretch of time."""

    def within(at: datetime) -> bool:
        return (since is None or at >= since) and (until is None or at < until)

    found = [*_by_hand(store, asked), *_forgotten(store, asked)]
    return sorted((one for one in found if within(one.at)), key=lambda one: one.at, reverse=True)


def _by_hand(store: Store, asked: log.Asked) -> Iterator[TakenBack]:
    made = {one.event: one for one in retractions.by_hand(store)}
    meant: log.Asked = {**asked, "numbers": list(made)}
    for event in log.events(store, **meant) if made else ():
        yield TakenBack(at=made[event.id].at, retraction=made[event.id], event=event)


def _forgotten(store: Store, asked: log.Asked) -> Iterator[TakenBack]:
    for look in forgotten.looks(store):
        meant: log.Asked = {**asked, "run": look.run, "forgotten": True}
        own = asked.get("run") in (None, look.run)
        if own and (events := bunched.counted(store, log.required(**meant))):
            yield TakenBack(at=look.at, look=look, events=events)
