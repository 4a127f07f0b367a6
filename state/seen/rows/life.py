"""When rows were listed, look by look: lines of life over time, for answers about days and for charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from state.codec import from_row, maybe_instant, maybe_instant_text
from state.file.store import Conditions, Store
from state.seen.looks.runs import STANDS
from state.seen.rows.listings import found
from state.seen.rows.overview import END, IN_FORCE

if TYPE_CHECKING:
    from state.model import Version

LIVES = f"""select provider, label, source, coalesce(since_edition, since_at) as since,
    case when until_at is null then null else coalesce(until_edition, until_at) end as until,
    facts ->> 'valid_from' as start, {END} as "end", exists (
        select 1 from attestation later
        where later.line = attestation.line and later.since_run = attestation.until_run) as revised
    from attestation"""  # noqa: S608 -- constants

MOVES = "select day, provider, change from move where label = :label order by day, provider"

STOOD = """case when cast(:edition as text) is null or since_edition is null then since_run <= :run
        else since_edition <= :edition end
    and (until_run is null or case when cast(:edition as text) is null or until_edition is null
        then until_run > :run else until_edition > :edition end)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One held row as it was known from one look (or its edition) to another, None for now, and the dates it
    prints."""

    provider: str
    label: str
    source: str
    since: datetime
    until: datetime | None
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """On a day (UTC), a provider had so many rows of a label more, or less."""

    day: date
    provider: str
    change: int


def reread(store: Store, label: str, source: str) -> bool:
    """Whether a better reader of ours ever found what a source says of a label to be otherwise."""
    return bool(
        store.q(
            f"""select 1 as one from event where cause = 'rereading' and source = :source and label = :label
                and {STANDS.format(run="event.run")} limit 1""",  # noqa: S608 -- a constant
            label=label,
            source=source,
        )
    )


def first_of(store: Store, label: str, source: str) -> tuple[Version, datetime | None]:
    """The version of a label that a source showed first, and the earliest edition that any of them is from.

    Raises `LookupError` when the source never spoke of the label.
    """
    versions = found(store, Conditions(label=label, source=source), "since_at, id", 1)
    if not versions:
        raise LookupError(f"{source} never spoke of {label}")
    sql = "select min(since_edition) as edition from attestation where label = :label and source = :source"
    return versions[0], maybe_instant(store.value(sql, label=label, source=source))


def stood(
    store: Store, label: str, source: str, run: int, edition: datetime | None, limit: int | None = None
) -> tuple[Version, ...]:
    """The held rows of a label that were part of a source's listing at a run that read `edition`, by name.

    Editions are compared by their own dates, runs where one of both is undated.
    """
    wanted = Conditions(label=label, source=source)
    wanted.add(STOOD, run=run, edition=maybe_instant_text(edition))
    wanted.add(IN_FORCE)  # last: it opens the facts of every row it is asked about
    return found(store, wanted, "lower(provider_name), line, id", limit)


def history_printed(store: Store, label: str, source: str) -> bool:
    """Whether the last word on some row of a label says which statuses it had before."""
    # The condition is that of an index, in which most registers have no row.
    rows = store.q(
        """select 1 as one from (
                select distinct line from attestation where label = :label and source = :source
                    and facts -> 'extra' ->> 'statuses' is not null) l
            where (select a.facts -> 'extra' ->> 'statuses' from attestation a
                where a.line = l.line order by a.id desc limit 1) is not null limit 1""",
        label=label,
        source=source,
    )
    return bool(rows)


def lives(store: Store, provider: str) -> tuple[Life, ...]:
    """When the held rows of a provider were listed, row by row; editions count from their own
    date. What a row printed of its end is good until it prints something else."""
    wanted = Conditions(provider=provider)
    wanted.add(IN_FORCE)
    rows = wanted.rows(store, LIVES, "id")
    return tuple(
        from_row(Life, row, valid_from=_day(row["start"]), valid_until=_good_until(row)) for row in rows
    )


def _good_until(row: Mapping[str, Any]) -> date | None:
    end = row["end"]
    return _day(min(end, row["until"][:10]) if end and row["revised"] else end)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def first_read(store: Store, label: str, source: str) -> datetime:
    """When a source was first read to say who holds a label, by the stamp of the edition or the look at an
    undated page; raises `LookupError` where it never was."""
    first, edition = first_of(store, label, source)
    undated = first.since if first.since_edition is None else _first_undated(store, label, source)
    return min(at for at in (edition, undated) if at is not None)


def _first_undated(store: Store, label: str, source: str) -> datetime | None:
    """The first look that showed a version without an edition; the plus keeps to the index by edition, which
    has these few at hand."""
    sql = """select min(+since_at) as since from attestation
        where label = :label and source = :source and since_edition is null"""
    return maybe_instant(store.value(sql, label=label, source=source))


def moves(store: Store, label: str) -> tuple[Move, ...]:
    """When providers got rows of a label and lost them, in order of time; what cancels out on one day is left
    out."""
    rows = store.q(MOVES, label=label)
    return tuple(from_row(Move, row) for row in rows)
