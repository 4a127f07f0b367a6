"""Retractions: which events should not have been announced, and why. The log itself keeps them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from state.codec import from_row, instant_text, reasons_text, text
from state.file.errors import LeaseLost
from state.file.store import Conditions, Store
from state.model import Reason
from state.seen.looks import chain
from state.seen.taken_back import forgotten

if TYPE_CHECKING:
    from state.words.post import Retraction

KIND = "retraction"
"""The kind of a retraction's link in the chain; its record is the number of the event."""


# Some of a channel's recipients may have a message that others still wait for, or never got. One that was
# given up in doubt may have arrived: to take back what nobody saw is better than the opposite; or it was sent
# again later. Of a share that is beyond the app, whoever shared it hears.
CARRIERS = """select event, channel, key, receipt, sent, shared from (
    select d.event, d.channel, m.key, m.receipt, m.state = 'sent' or m.receipt <> '' as sent, 0 as shared,
        d.id as turn, '' as at
        from delivery d join message m on m.key = d.message
        where d.event is not null and d.withdrawn is null
        and (m.state = 'sent' or m.receipt <> '' or (m.state = 'given_up' and m.interrupted = 1))
    union all
    select o.event, d.channel, m.key, m.receipt, m.state = 'sent', 0, d.id, ''
        from delivery o join notice n on n.kind = 'redelivered' and n.subject = cast(o.id as text)
        join delivery d on d.notice = n.id join message m on m.key = d.message
        where o.event is not null and (m.state = 'sent' or (m.state = 'given_up' and m.interrupted = 1))
    union all
    select e.event, case when s.beyond = 1 then s.member else s.channel end, s.key, s.receipt,
        s.receipt <> '', 1, 0, s.at
        from share_event e join share s on s.key = e.share) carrier"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A message that brought an event to a channel, or an answer `shared` there that rests on it.

    Not `sent`: it may have arrived, and nobody knows.
    """

    event: int
    channel: str
    key: str
    receipt: str
    sent: bool
    shared: bool = False


def record(store: Store, retraction: Retraction) -> Retraction:
    """The retraction that stands from now on: this one, or the one there already is of that event.

    Sealed in the chain like a run. Raises `LookupError` when there is no such event.
    """
    with store.transaction():
        if known := retractions(store, [retraction.event]):
            return known[retraction.event]
        store.row("event", retraction.event)  # raises where there is none
        facts = {"reason": retraction.reason, "by": retraction.by, "at": instant_text(retraction.at)}
        store.insert("retraction", event=retraction.event, **facts)
        forgotten.hold(store, "event = :event", event=retraction.event)
        chain.add(store, KIND, retraction.event, facts)
        return retraction


def retractions(store: Store, events: Collection[int] | None = None) -> Mapping[int, Retraction]:
    """The retractions by the number of their event, of all events or of these.

    What followed from a forgotten look counts as retracted.
    """
    wanted = Conditions()
    wanted.among("event", events)
    found = wanted.rows(store, "select * from retraction", "event")
    return {**forgotten.taken_back(store, events), **{row["event"]: _retraction(row) for row in found}}


def gone(store: Store, events: Collection[int]) -> frozenset[int]:
    """Those of the events that were taken back, by one question: mostly none."""
    if not events:
        return frozenset()
    taken_back = store.values(
        """with asked as (select cast(value as bigint) as event from json_each(:events))
            select event from asked where event in (select event from retraction)
            union select event from asked where event in (
                select e.id from forgotten f join event e on e.run = f.run
                where e.id in (select event from asked))""",
        events=text(sorted(events)),
    )
    return frozenset(taken_back)


def by_hand(store: Store) -> tuple[Retraction, ...]:
    """The retractions that were made one by one, in order of time: not what went with a forgotten look."""
    return tuple(map(_retraction, store.q("select * from retraction order by at, event")))


def _retraction(row: dict[str, Any]) -> Retraction:
    from state.words.post import Retraction  # for what is there, and mostly nothing is

    return from_row(Retraction, row)


def carriers(
    store: Store,
    *,
    event: int | None = None,
    channel: str | None = None,
    key: str | None = None,
    run: int | None = None,
) -> tuple[Carrier, ...]:
    """The messages that brought an event to somebody, or may have: those sent, and those given up in doubt;
    then the answers shared that rest on it, the newest first.

    `run`: any event of that run.

    One for each event they carry, in the order they were owed.
    """
    wanted = Conditions(event=event, channel=channel, key=key)
    if run is not None:
        wanted.add("event in (select id from event where run = :run)", run=run)
    rows = wanted.rows(store, CARRIERS, "shared, turn, at desc, key")
    return tuple(from_row(Carrier, row) for row in rows)


def withdraw(store: Store, key: str, owner: str, retracted: Collection[Retraction]) -> None:
    """Takes retracted events out of a message that nobody saw yet; they count as given up for that reason.

    Raises `LeaseLost` when the message is not the owner's to send.
    """
    with store.sharing():
        if not store.q(
            "select key from message where key = :key and owner = :owner and state = 'sending'",
            key=key,
            owner=owner,
        ):
            raise LeaseLost(f"message {key}: expected it to be with {owner}, found it with another")
        store.many(
            """update delivery set withdrawn = :why, reasons = :reasons
                where message = :key and event = :event""",
            [
                {
                    "key": key,
                    "event": one.event,
                    "why": f"retracted before it was sent: {one.reason}",
                    "reasons": reasons_text([Reason.of("retracted_unsent_because", text=one.reason)]),
                }
                for one in retracted
            ],
        )
