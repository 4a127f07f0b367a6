"""What a page shows of the memory, asked for narrowly: the few rows of one screen, counts, and spans of time.

`listings` and `log` unpack all they return; a page that needs fifty rows or a number of holders asks here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from state.codec import event_of, instant, instant_text, maybe_instant, maybe_instant_text, text
from state.file.conditions import Conditions
from state.file.store import Store
from state.model import NOT_HELD, PRINTED_REF, Event, Kind, Provider, Version
from state.owed.outbox import OWED
from state.seen.listings import found
from state.seen.runs import STANDS
from state.words.labels import Family, in_family

STATUS = "facts ->> 'status'"
END = "facts ->> 'valid_until'"
REF = f"coalesce(facts -> 'extra' ->> '{PRINTED_REF}', facts ->> 'ref')"
NOT_LABELS = ", ".join(f"'{status}'" for status in sorted(NOT_HELD))
HELD = f"{STATUS} not in ({NOT_LABELS})"
LIVES = f"""select provider, label, source, coalesce(since_edition, since_at) as since,
    case when until_at is null then null else coalesce(until_edition, until_at) end as until,
    facts ->> 'valid_from' as start, {END} as "end", exists (
        select 1 from attestation later
        where later.line = attestation.line and later.since_run = attestation.until_run) as revised
    from attestation"""  # noqa: S608 -- constants
MOVES = f"""with held as (
        select provider, substr(coalesce(since_edition, since_at), 1, 10) as began,
            substr(coalesce(until_edition, until_at), 1, 10) as ended
        from attestation where label = :label and {HELD})
    select day, provider, sum(step) as change from (
        select began as day, provider, 1 as step from held
        union all select ended, provider, -1 from held where ended is not null) steps
    group by day, provider having sum(step) <> 0 order by day"""  # noqa: S608 -- constants
STOOD = """case when :edition is null or since_edition is null then since_run <= :run
        else since_edition <= :edition end
    and (until_run is null or case when :edition is null or until_edition is null then until_run > :run
        else until_edition > :edition end)"""
TALLIES = """select label, count(distinct provider) as providers, count(*) as counted from attestation"""
WEIGHTIEST = """case weight when 'high' then 0 when 'normal' then 1 else 2 end,
    case cause when 'calendar' then 1 else 0 end, case when kind in ('gained', 'lost') then 0 else 1 end,
    case when label in (select value from json_each(:cloud)) then 0
        when label in (select value from json_each(:products)) then 2 else 1 end, id"""
EVENT_STANDS = STANDS.format(run="event.run")
LATEST = 2**62
"""More than the number of any event."""
ORDERS = {"name": "lower(provider_name), label, line", "end": f"{END}, lower(provider_name), line"}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many providers hold a label by how many rows."""

    label: str
    providers: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A provider in the list of all: its labels held now, and how many rows say so."""

    provider: Provider
    labels: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An event as one point in time."""

    event: int
    kind: Kind
    label: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """The events that a first look at a source, or at something that it newly covers, recorded: from number
    `first` to `last`."""

    source: str
    seen_at: datetime
    first: int
    last: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """What a register prints on a line of life, for searching: every spelling it ever had."""

    line: int
    provider: Provider
    holder: str
    subject: str
    ref: str


def standing(
    store: Store,
    *,
    label: str | None = None,
    providers: Collection[str] | None = None,
    status: Literal["held", "candidate", "any"] = "held",
    ends: tuple[date, date] | None = None,
    order: Literal["name", "end"] = "name",
    skip: int = 0,
    limit: int | None = None,
) -> tuple[Version, ...]:
    """The rows that stand now and meet every condition given.

    `ends` bounds the printed end, both days included. `skip` leaves out so many of the first rows.
    """
    wanted = Conditions()
    wanted.add("until_at is null")
    wanted.compare("label", "=", label)
    wanted.among("provider", providers)
    if status != "any":
        wanted.add(HELD if status == "held" else f"{STATUS} = 'candidate'")
    if ends is not None:
        wanted.add(f"{END} between :first and :last", first=ends[0].isoformat(), last=ends[1].isoformat())
    wanted.params |= {"size": -1 if limit is None else limit, "skip": skip}
    return found(store, wanted, f"{ORDERS[order]} limit :size offset :skip")


def tallies(store: Store, label: str | None = None) -> Mapping[str, Tally]:
    """How many hold each label now, by label, or one label alone."""
    wanted = Conditions()
    wanted.add("until_at is null")
    wanted.add(HELD)
    wanted.compare("label", "=", label)
    rows = store.q(wanted.after(TALLIES, "label").replace("order by", "group by"), **wanted.params)
    return {
        row["label"]: Tally(label=row["label"], providers=row["providers"], rows=row["counted"])
        for row in rows
    }


def entries(store: Store) -> tuple[Entry, ...]:
    """Every provider that holds a label now, by name."""
    rows = store.q(
        f"""select provider, min(provider_name) as name, json_group_array(distinct label) as labels,
            count(*) as counted from attestation where until_at is null and {HELD}
            group by provider order by lower(min(provider_name))"""  # noqa: S608 -- a constant
    )
    return tuple(
        Entry(
            provider=Provider(slug=row["provider"], name=row["name"]),
            labels=tuple(json.loads(row["labels"])),
            rows=row["counted"],
        )
        for row in rows
    )


def holders(store: Store) -> tuple[tuple[Provider, str], ...]:
    """Every provider with every holder that stands for it, those of the newest rows last."""
    rows = store.q(
        """select provider, provider_name, holder from attestation
            group by provider, provider_name, holder order by max(id)"""
    )
    return tuple((Provider(slug=row["provider"], name=row["provider_name"]), row["holder"]) for row in rows)


def holders_printed(store: Store, slug: str) -> tuple[str, ...]:
    """How registers print, or printed, a provider."""
    rows = store.q(
        "select distinct holder from attestation where provider = :slug order by holder", slug=slug
    )
    return tuple(row["holder"] for row in rows)


def stating(store: Store, label: str) -> bool:
    """Whether a register that says who holds the label was ever read."""
    rows = store.q(
        f"select 1 as one from attestation where label = :label and {HELD} limit 1",  # noqa: S608 -- a constant
        label=label,
    )
    return bool(rows)


def missing(store: Store, label: str, source: str) -> int:
    """How many rows of a label that still count as listed the last reading of a source lacks."""
    rows = store.q(
        """select count(*) as counted from attestation where label = :label and source = :source
            and until_at is null and missing_since is not null""",
        label=label,
        source=source,
    )
    counted: int = rows[0]["counted"]
    return counted


def sources_stating(store: Store, label: str) -> tuple[str, ...]:
    """The sources that ever stated that somebody holds the label, by name."""
    one = f"select 1 as one from attestation where label = :label and source = :source and {HELD} limit 1"  # noqa: S608 -- a constant
    return tuple(name for name in _naming(store, label) if store.q(one, label=label, source=name))


def _naming(store: Store, label: str) -> Iterator[str]:
    """The sources that ever had a row of the label: one step in an index for each, however many the rows."""
    following = "select min(source) as name from attestation where label = :label and source > :last"
    last = ""
    while (last := store.q(following, label=label, last=last)[0]["name"]) is not None:
        yield last


def reread(store: Store, label: str, source: str) -> bool:
    """Whether a better reader of ours ever found what a source says of a label to be otherwise."""
    return bool(
        store.q(
            f"""select 1 as one from event where cause = 'rereading' and source = :source and label = :label
                and {EVENT_STANDS} limit 1""",  # noqa: S608 -- a constant
            label=label,
            source=source,
        )
    )


def first_of(store: Store, label: str, source: str) -> tuple[Version, datetime | None]:
    """The version of a label that a source showed first, and the earliest edition that any of them is from.

    Raises `LookupError` when the source never spoke of the label.
    """
    wanted = Conditions()
    wanted.compare("label", "=", label)
    wanted.compare("source", "=", source)
    versions = found(store, wanted, "since_at, id", 1)
    if not versions:
        raise LookupError(f"{source} never spoke of {label}")
    [row] = store.q(
        "select min(since_edition) as edition from attestation where label = :label and source = :source",
        label=label,
        source=source,
    )
    return versions[0], maybe_instant(row["edition"])


def stood(
    store: Store, label: str, source: str, run: int, edition: datetime | None, limit: int | None = None
) -> tuple[Version, ...]:
    """The held rows of a label that were part of a source's listing at a run that read `edition`, by name.

    Editions are compared by their own dates, runs where one of both is undated.
    """
    wanted = Conditions()
    wanted.compare("label", "=", label)
    wanted.compare("source", "=", source)
    wanted.add(STOOD, run=run, edition=maybe_instant_text(edition))
    wanted.add(HELD)  # last: it opens the facts of every row it is asked about
    return found(store, wanted, "lower(provider_name), line, id", limit)


def lives(store: Store, *, label: str | None = None, provider: str | None = None) -> tuple[Life, ...]:
    """When the held rows of a label or a provider were listed, row by row; editions count from their own
    date. What a row printed of its end is good until it prints something else."""
    wanted = Conditions()
    wanted.compare("label", "=", label)
    wanted.compare("provider", "=", provider)
    wanted.add(HELD)
    rows = store.q(wanted.after(LIVES, "id"), **wanted.params)
    return tuple(
        Life(
            provider=row["provider"],
            label=row["label"],
            source=row["source"],
            since=instant(row["since"]),
            until=maybe_instant(row["until"]),
            valid_from=_day(row["start"]),
            valid_until=_good_until(row),
        )
        for row in rows
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
    [row] = store.q(
        """select min(+since_at) as since from attestation
            where label = :label and source = :source and since_edition is null""",
        label=label,
        source=source,
    )
    return maybe_instant(row["since"])


def moves(store: Store, label: str) -> tuple[Move, ...]:
    """When providers got rows of a label and lost them, in order of time; what cancels out on one day is left
    out. Reads every version: for large memories, keep it as long as `edge` stands."""
    rows = store.q(MOVES, label=label)
    return tuple(
        Move(day=date.fromisoformat(row["day"]), provider=row["provider"], change=row["change"])
        for row in rows
    )


def marks(store: Store, slug: str, causes: Collection[str], limit: int) -> tuple[Mark, ...]:
    """The newest events about a provider's rows as points in time."""
    wanted = Conditions()
    wanted.add(EVENT_STANDS)
    wanted.among("cause", list(causes))
    wanted.add(
        "id in (select r.event from event_row r join attestation a on a.line = r.line "
        "where a.provider = :slug)",
        slug=slug,
    )
    rows = store.q(
        wanted.after("select id, kind, label, seen_at from event", "id desc", limit), **wanted.params
    )
    return tuple(
        Mark(event=r["id"], kind=Kind(r["kind"]), label=r["label"], seen_at=instant(r["seen_at"]))
        for r in rows
    )


def weightiest(
    store: Store, start: datetime, end: datetime, causes: Collection[str], limit: int
) -> tuple[tuple[Event, ...], int]:
    """The events seen from `start` until before `end` that matter most, and how many there are: by weight,
    what registers did before what the calendar did, labels gained and lost before the rest, services before
    certificates of products."""
    wanted = Conditions()
    wanted.add(EVENT_STANDS)
    wanted.among("cause", list(causes))
    wanted.compare("seen_at", ">=", instant_text(start))
    wanted.compare("seen_at", "<", instant_text(end))
    total = store.q(wanted.after("select count(*) as total from event", "1"), **wanted.params)[0]["total"]
    wanted.params |= {"cloud": text(in_family(Family.CLOUD)), "products": text(in_family(Family.PRODUCTS))}
    rows = store.q(wanted.after("select body from event", WEIGHTIEST, limit), **wanted.params)
    return tuple(event_of(row["body"]) for row in rows), total


def first_looks(
    store: Store,
    *,
    sources: Collection[str] | None,
    since: datetime | None,
    until: datetime | None,
    after: int,
    before: int | None,
) -> tuple[FirstLook, ...]:
    """The first looks that meet every condition given, newest first; their newest event is after `after` and
    before `before`."""
    wanted = Conditions()
    wanted.add("cause = 'baseline'")  # as the index has it
    wanted.among("source", sources)
    wanted.compare("seen_at", ">=", maybe_instant_text(since))
    wanted.compare("seen_at", "<=", maybe_instant_text(until))
    looks = wanted.after(
        "select source, seen_at, min(id) as first, max(id) as last, count(*) as events from event",
        "source, seen_at",
    ).replace("order by", "group by")
    rows = store.q(
        f"select * from ({looks}) looks where last > :after and last < :before order by last desc",  # noqa: S608 -- ours
        **wanted.params,
        after=after,
        before=before or LATEST,
    )
    return tuple(
        FirstLook(
            source=row["source"],
            seen_at=instant(row["seen_at"]),
            first=row["first"],
            last=row["last"],
            events=row["events"],
        )
        for row in rows
    )


def events_counted(store: Store) -> Mapping[tuple[str, str], int]:
    """How many events the log has, by kind and cause."""
    rows = store.q(
        f"select kind, cause, count(*) as counted from event where {EVENT_STANDS} group by kind, cause"  # noqa: S608 -- a constant
    )
    return {(row["kind"], row["cause"]): row["counted"] for row in rows}


def deliveries_counted(store: Store) -> Mapping[str, int]:
    """How many deliveries there are, by what became of them."""
    rows = store.q(f"select state, count(*) as counted from ({OWED}) counts group by state")  # noqa: S608 -- ours
    return {row["state"]: row["counted"] for row in rows}


def spellings(store: Store) -> tuple[Spelling, ...]:
    """Every spelling of every line of life."""
    rows = store.q(
        f"""select distinct line, provider, provider_name, holder, facts ->> 'subject' as subject,
            {REF} as ref from attestation"""  # noqa: S608 -- constants
    )
    return tuple(
        Spelling(
            line=row["line"],
            provider=Provider(slug=row["provider"], name=row["provider_name"]),
            holder=row["holder"],
            subject=row["subject"] or "",
            ref=row["ref"] or "",
        )
        for row in rows
    )


def edge(store: Store) -> tuple[int, int, int, int]:
    """Numbers that grow whenever rows or aliases change: what was computed before them may be old."""
    row = store.q(
        """select (select coalesce(max(id), 0) from attestation) as row,
            (select coalesce(max(id), 0) from alias) as alias,
            (select count(*) from alias where removed_at is not null) as removed,
            (select count(*) from forgotten) as forgotten"""
    )[0]
    return (row["row"], row["alias"], row["removed"], row["forgotten"])
