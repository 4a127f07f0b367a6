"""The event log: everything that was ever concluded, in order, never changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from state.codec import event_of, event_text, events_of, instant_text, maybe_instant_text, text
from state.file.store import Bulk, Conditions, Store
from state.model import Event, Kind
from state.seen.looks.runs import STANDS
from state.seen.who.spellings import Concern, keys_of, require

INSERT = """insert into event (id, run, kind, weight, cause, provider, label, source, seen_at, body)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
# With their keys: in a first look all names are new, and to make keys afterwards took three times as long.
CALLED = """insert into name (provider, name, called, print, key, slug)
    values (:provider, :name, 1, :print, :key, :slug)
    on conflict (provider, name) do update set called = 1 where name.called = 0"""
MOST_ROWS = 20_000
"""SQLite takes 32,766 values in one statement."""
CONCERNED = "id in (select r.event from event_row r where r.event > :low and r.event <= :high and"
OF_PROVIDER = f"{CONCERNED} r.line in (select line from spelling where provider = :slug))"  # noqa: S608 -- a constant
OF_LINES = f"{CONCERNED} r.line in (select cast(value as bigint) from json_each(:lines)))"  # noqa: S608 -- a constant
LATEST = 2**62
"""More than the number of any event."""
ALL = {"low": 0, "high": LATEST}
WINDOW, WIDER = 2_000, 8
FEW_KINDS = 3
"""As many kinds are looked up by their index; most of the log is of more of them."""
"""How many of the newest numbers are looked through at first, and by how much more each time after."""


def next_event(store: Store) -> int:
    """The first number that no event has yet; call it inside the transaction that will use it."""
    return store.next_id("event")


def append(store: Store, run: int, events: Sequence[Event]) -> None:
    """Adds events to the end of the log; the caller gave them their numbers (`next_event`)."""
    if not events:
        return
    with store.transaction():
        first = min(event.id for event in events)
        rows = (_row(run, event) for event in events)
        store.many_at_once(INSERT, rows, len(events), Bulk.EVENTS, first=first)
        named = {event.provider for event in events}
        store.many(CALLED, ({"provider": who.slug, "name": who.name, **keys_of(who)} for who in named))
        lines = ((event.id, line) for event in events for line in event.rows)
        store.many("insert into event_row (event, line) values (?, ?)", lines)


def _row(run: int, event: Event) -> tuple[Any, ...]:
    words = (event.kind.value, event.weight.value, event.cause.value)
    whose = (event.provider.slug, event.label, event.source)
    return event.id, run, *words, *whose, instant_text(event.seen_at), event_text(event)


def event(store: Store, id: int) -> Event:
    """The event with this number; raises `LookupError` when there is none."""
    return event_of(store.row("event", id)["body"])


def some(store: Store, numbers: Collection[int]) -> Mapping[int, Event]:
    """The events with these numbers, by number."""
    sql = "select body from event where id in (select cast(value as bigint) from json_each(:numbers))"
    bodies = store.values(sql, numbers=text(sorted(numbers)))
    return {event.id: event for event in events_of(bodies)}


class Asked(TypedDict, total=False):
    """What may be asked of events; what is None asks for nothing, an empty collection lets nothing through.

    `providers` are slugs as they were written; `who` is one slug by today's names: events about its rows.
    `concerning` lets more through than what it asks for. `since` and `until` bound when we saw it, both
    included; `rows` are lines of life, `run` is the number of a look, `runs` are several, `numbers` are those
    of events. `forgotten`: also what followed from forgotten looks.
    """

    providers: Collection[str] | None
    labels: Collection[str] | None
    kinds: Collection[str] | None
    weights: Collection[str] | None
    sources: Collection[str] | None
    causes: Collection[str] | None
    since: datetime | None
    until: datetime | None
    rows: Collection[int] | None
    who: str | None
    concerning: Collection[Concern] | None
    run: int | None
    runs: Collection[int] | None
    numbers: Collection[int] | None
    forgotten: bool


def events(
    store: Store,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int | None = None,
    newest_first: bool = False,
    **asked: Unpack[Asked],
) -> tuple[Event, ...]:
    """The events that meet every condition given, in the order they were written.

    `before` is a number that all are below, `after` one that all are above, for reading page by page. What
    followed from a forgotten look is left out.
    """
    few = newest_first and limit is not None
    wanted = required(few=few, **asked)
    wanted.compare("id", "<", before)
    wanted.compare("id", ">", after)
    if few:
        since, until = asked.get("since"), asked.get("until")
        found = newest(store, "select body from event", wanted, limit or 0, before, since, until, after or 0)
    else:
        sql = wanted.after("select body from event", "id desc" if newest_first else "id", limit)
        found = store.q(sql, **ALL, **wanted.params)
    return tuple(events_of([row["body"] for row in found]))


def required(*, few: bool = False, **asked: Unpack[Asked]) -> Conditions:
    """What is asked of each event, as conditions; with `few` for those who read windows of numbers."""
    # The plus keeps SQLite from an index that holds most of the log: windows of numbers are narrower.
    own = "+" if few else ""
    kinds = asked.get("kinds")
    kind = "+kind" if few and kinds is not None and len(kinds) > FEW_KINDS else "kind"
    columns = {"provider": asked.get("providers"), "label": asked.get("labels"), kind: kinds}
    columns |= {f"{own}source": asked.get("sources"), f"{own}cause": asked.get("causes")}
    columns["+weight"] = asked.get("weights")
    wanted = Conditions()
    if not asked.get("forgotten"):
        wanted.add(STANDS.format(run="event.run"))
    for column, values in columns.items():
        wanted.among(column, None if values is None else [str(value) for value in values])
    wanted.compare(f"{own}seen_at", ">=", maybe_instant_text(asked.get("since")))
    wanted.compare(f"{own}seen_at", "<=", maybe_instant_text(asked.get("until")))
    wanted.compare("run", "=", asked.get("run"))
    wanted.numbered("run", asked.get("runs"))
    wanted.numbered("id", asked.get("numbers"))
    if (who := asked.get("who")) is not None:
        wanted.add(OF_PROVIDER, slug=who)
    if (concerning := asked.get("concerning")) is not None:
        require(wanted, concerning)
    if (rows := asked.get("rows")) is not None:
        # As one value: SQLite seeks the name of each of two thousand parameters among all before it.
        wanted.add(OF_LINES, lines=text([*rows]))
    return wanted


def newest(
    store: Store,
    select: str,
    wanted: Conditions,
    limit: int,
    before: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int = 0,
) -> list[dict[str, Any]]:
    """The newest events that meet conditions, read window by window from the end of the log: what is found
    there is all that is opened, however long the log. `since`, `until` and `after` are among the conditions:
    they say where to stop."""
    wanted.add("id > :low and id <= :high")
    sql = wanted.after(select, "id desc", limit)
    high, least, size = min(next_event(store), before or LATEST) - 1, after, WINDOW
    found: list[dict[str, Any]] = []
    while high > least and len(found) < limit:
        low = max(high - size, least)
        window = {"low": low, "high": high, "limit": limit - len(found)}
        found += store.q(sql, **{**wanted.params, **window})
        if size == WINDOW and (since or until) and len(found) < limit:  # that time may be long ago
            first, last = _numbers(store, since, until)
            least, low = max(least, first), min(low, last)
        high, size = low, size * WIDER
    return found


def _numbers(store: Store, since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """The number before the first, and the last, of the events seen within a time. A clock may have gone
    back: numbers in between need not be of that time."""
    wanted = Conditions()
    wanted.compare("seen_at", ">=", maybe_instant_text(since))
    wanted.compare("seen_at", "<=", maybe_instant_text(until))
    # The plus reads the index by time alone, instead of the log from one end until something fits.
    sql = "select coalesce(min(+id), 1) - 1 as least, coalesce(max(+id), 0) as last from event"
    [row] = wanted.rows(store, sql, "1")
    return row["least"], row["last"]


def run_of(store: Store, event: int) -> int:
    """The run that wrote an event; raises `LookupError` when there is no such event."""
    return int(store.row("event", event)["run"])


def announced_steps(
    store: Store, source: str, now: datetime, rows: Collection[int] | None = None
) -> frozenset[tuple[int, date, int]]:
    """What the calendar already said of a source: (row, printed end, days before it; 0 for `expired`).

    What was said on a day yet to come, by a clock that was wrong, was not said. With `rows`, what it said of
    these: of rows that are long gone it said more every year.
    """
    asked = rows if rows is not None and len(rows) <= MOST_ROWS else None
    said = events(store, sources=[source], kinds=[Kind.EXPIRING, Kind.EXPIRED], until=now, rows=asked)
    return frozenset(
        (row, attestation.valid_until, event.step or 0)
        for event in said
        for row, attestation in zip(event.rows, event.attestations, strict=True)
        if attestation.valid_until is not None
    )
