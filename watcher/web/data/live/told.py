"""What is told in the live stream: events in the order of the log, and that some were taken back, each once.

A message has a point, and its `id` says it: after whichever message a client was cut off, the rest follows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sse_starlette.event import ServerSentEvent

from state.seen.events import log
from state.seen.taken_back import order, retractions
from state.seen.taken_back.order import Point
from watcher.ask.views.events import event_view
from watcher.ask.views.form import json_of
from watcher.errors import BadQuestion
from watcher.web.asked.filter import Filter, asked_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from state.file.store import Store
    from state.model import Event
    from state.words.post import Retraction

AT_ONCE = 32
"""Messages that are read at one time for a client that is behind: each holds its own until they are taken."""
IN_ALL = 500
"""Messages of one look, or of several, that are read once for all who listen by one filter."""
EVENT, RETRACTED = "event", "retracted"
"""The types of messages. Not the kind of the event: clients would have to listen for each of twenty, and not
hear one that is new."""
ID = re.compile(r"(?:(?P<link>\d{1,15})-)?(?P<event>\d{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Message:
    """A message as it is sent, and the point behind it."""

    point: Point
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some messages in their order; behind `point` nothing was there to tell, or the next part begins."""

    messages: Sequence[Message]
    point: Point


def told_after(store: Store, wanted: Filter, point: Point) -> Part:
    """What a filter lets through behind a point."""
    with store.reading():
        return _told(store, wanted, point, order.head(store), AT_ONCE)


def news(store: Store, wanted: Sequence[Filter], point: Point) -> tuple[Point, Mapping[Filter, Part]]:
    """What each filter lets through between a point and the end of the log, which is the same for all."""
    with store.reading():
        top = order.head(store)
        return top, {one: _told(store, one, point, top, IN_ALL) for one in wanted}


def _told(store: Store, wanted: Filter, point: Point, top: Point, most: int) -> Part:
    events = log.events(store, after=point.event, limit=most, **asked_of(store, wanted))
    numbers = [event.id for event in events]
    known, links = retractions.retractions(store, numbers), order.links_of(store, numbers)
    found = [
        _message(EVENT, event, known.get(event.id), Point(link=links[event.id] + 1, nth=0, event=event.id))
        for event in events
    ]
    found += _taken_back(store, wanted, point, most)
    messages = sorted(found, key=lambda one: one.point)[:most]
    return Part(messages=messages, point=messages[-1].point if len(messages) == most else top)


def _taken_back(store: Store, wanted: Filter, point: Point, most: int) -> Iterator[Message]:
    """That events were taken back, whether a client was told of them or not: it may have been, long ago."""
    links = order.taken_back(store, point.link)
    if not links:
        return
    asked = asked_of(store, wanted, forgotten=True)
    for one in links:
        meant: log.Asked = {**asked, "run": one.run or wanted.look}
        if one.event is not None:
            meant["numbers"] = [one.event] if asked["numbers"] is None else {one.event} & {*asked["numbers"]}
        done = point.nth if one.link == point.link else 0
        events = log.events(store, after=done, limit=most, **meant)
        known: Mapping[int, Retraction] = retractions.retractions(store, [event.id for event in events])
        for event in events:
            behind = order.after_taking_back(store, one.link, event.id)
            if behind is not None:
                yield _message(RETRACTED, event, known.get(event.id), behind)


def _message(type: str, event: Event, gone: Retraction | None, behind: Point) -> Message:
    view = json.dumps(json_of(event_view(event, gone)), ensure_ascii=False, separators=(",", ":"))
    number = f"{event.id}" if type == EVENT else f"{behind.link}-{event.id}"
    return Message(point=behind, body=ServerSentEvent(view, id=number, event=type, sep="\n").encode())


def point_named(store: Store, name: str, text: str) -> Point | None:
    """The point that the `id` of a message says, 0 for the beginning; raises `BadQuestion`.

    None for an `id` of a memory that an older copy took the place of: what it counted is gone.
    """
    found = ID.fullmatch(text.strip())
    if found is None:
        raise BadQuestion(name, text[:40], "point")
    event, link = int(found["event"]), int(found["link"] or 0)
    if not event and not link:
        return Point(link=0, nth=0, event=0)
    with store.reading():
        return order.after_taking_back(store, link, event) if link else order.after_event(store, event)


def head_id(store: Store, head: Point) -> str:
    """The `id` of the end of the log, for a client that was sent nothing yet: it comes back with it, and
    misses nothing that was written while it was away."""
    sealed = order.links_of(store, [head.event]).get(head.event, 0)
    last = [one for one in order.taken_back(store, sealed) if one.link < head.link][-1:]
    if not last:
        return str(head.event)
    return f"{last[0].link}-{last[0].event or _last_of(store, last[0].run)}"


def point_now(store: Store) -> str:
    """The same for a page that is being drawn: what it does not show yet comes after."""
    return head_id(store, order.head(store))


def _last_of(store: Store, run: int | None) -> int:
    found = log.events(store, run=run, forgotten=True, limit=1, newest_first=True)
    return found[0].id if found else 0
