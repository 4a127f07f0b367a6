"""The order in which events, and that they were taken back, were written: that of the chain.

A number is given inside the transaction that writes it, under the one lock of all writers (`begin
immediate`), and a link of the chain closes each. So whoever sees an event sees all with smaller numbers,
whichever process wrote them: nothing can come in between later. What was taken back has its point by its own
link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.codec import text
from state.seen.looks import chain
from state.seen.taken_back import forgotten, retractions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from state.file.store import Store


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Point:
    """How far somebody was told, in the order of the log: events up to `event`; of what was taken back all
    that links before `link` did, and of that link events up to `nth`."""

    link: int
    nth: int
    event: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingBack:
    """A link by which one event (`run` is None), or all of a look, was taken back."""

    link: int
    event: int | None = None
    run: int | None = None


def edge(store: Store) -> tuple[int, int]:
    """The numbers of the last link and of the last event: what is asked several times a second."""
    row = store.q("""select (select coalesce(max(number), 0) from link) as link,
        (select coalesce(max(id), 0) from event) as event""")[0]
    return row["link"], row["event"]


def head(store: Store) -> Point:
    """The point behind all that was written."""
    link, event = edge(store)
    return Point(link=link + 1, nth=0, event=event)


def after_event(store: Store, event: int) -> Point | None:
    """The point behind an event; None for one that was never written: of another memory, or of this one
    before an older copy was put in its place."""
    link = store.value(
        """select coalesce(l.number, 0) as link from event e
            left join link l on l.kind = :kind and l.record = e.run where e.id = :event""",
        kind=chain.RUN,
        event=event,
    )
    return None if link is None else Point(link=link + 1, nth=0, event=event)


def after_taking_back(store: Store, link: int, event: int) -> Point | None:
    """The point behind the taking back of an event by a link; None for a link of another kind."""
    if not any(one.link == link for one in taken_back(store, link)):
        return None
    # Numbers of looks grow with those of links: both are given under the same lock.
    # Both from an index's end: the plus keeps SQLite from all links of that kind.
    last = store.value(
        """select id as event from event where run <= (select record from link
            where +kind = :kind and number < :link order by number desc limit 1)
            order by run desc, id desc limit 1""",
        kind=chain.RUN,
        link=link,
    )
    return Point(link=link, nth=event, event=last or 0)


def taken_back(store: Store, since: int) -> Sequence[TakingBack]:
    """What links took back from number `since` on, in order: few, each by an operator's own hand."""
    rows = store.q(
        """select number, kind, record from link
            where kind in (:event, :run) and number >= :since order by number""",
        event=retractions.KIND,
        run=forgotten.KIND,
        since=since,
    )
    return [
        TakingBack(link=row["number"], run=row["record"])
        if row["kind"] == forgotten.KIND
        else TakingBack(link=row["number"], event=row["record"])
        for row in rows
    ]


def links_of(store: Store, events: Collection[int]) -> Mapping[int, int]:
    """The numbers of the links that seal the looks of events; 0 for a look from before there was a chain."""
    rows = store.q(
        """select e.id, coalesce(l.number, 0) as link from event e
            left join link l on l.kind = :kind and l.record = e.run
            where e.id in (select cast(value as bigint) from json_each(:events))""",
        kind=chain.RUN,
        events=text(sorted(events)),
    )
    return {row["id"]: row["link"] for row in rows}
