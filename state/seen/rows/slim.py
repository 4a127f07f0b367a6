"""Rows in the few facts by which lists are sorted, filtered and counted: now, or as they stood at a look.

A list of a label has hundreds of rows of which a page shows two dozen: only those are unpacked whole.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from state.codec import instant_text, maybe_instant_text
from state.file.store import Conditions, Store
from state.model import NOT_STANDING, Provider, Version
from state.names import HOME
from state.seen.rows.listings import found, with_absences
from state.seen.rows.overview import END, IN_FORCE, ORDERS

if TYPE_CHECKING:
    from state.model import Run

# Several paths in one call are one list and one walk through a text; one call for each took twice as long.
FACTS = """json_extract({row}.facts, '$.status', '$.scope', '$.version', '$.issuer', '$.level',
    '$.extra.family', '$.valid_from', '$.valid_until', '$.extra.status_to_come_on', '$.country')"""
SLIM = f"""select id, line, label, provider, provider_name, missing_since is not null,
    {FACTS.format(row="attestation")} from attestation"""  # noqa: S608 -- constants

# The last version of each line of life that began by a look. The lines of a label are few however long the
# log, and each is one step in an index: the versions that began by then are all of the log up to that day.
_BEGUN = {
    True: "v.since_edition <= :edition order by v.since_edition desc, v.since_run desc",
    False: "v.since_edition is null and v.since_run <= :run order by v.since_run desc",
}
_LATER = {True: "v.since_edition > :edition", False: "v.since_edition is null and v.since_run > :run"}
_OVER = """case when cast(:{0}edition as text) is null or a.until_edition is null then a.until_run <= :{0}run
    else a.until_edition <= :{0}edition end"""
_AT = """select a.id, a.line, a.label, a.provider, a.provider_name, a.missing_since is not null, {facts},
        s.line, a.until_run is null or not ({over}),
        (a.until_run is null or not ({next_over})) and
            (a.missing_since is null or cast(:next_at as text) is null or a.missing_since > :next_at),
        a.missing_since is not null and a.missing_since <= :at, s.later
    from (select l.line, exists (select 1 from attestation v where v.line = l.line and {later}) as later,
            (select v.id from attestation v where v.line = l.line and {begun} limit 1) as id
        from (select distinct line from spelling where label = :label and source = :source {lines}) l) s
    left join attestation a on a.id = s.id and a.label = :label"""
_SOME = "and line in (select cast(value as bigint) from json_each(:lines))"
_MIXED = """select 1 as one from attestation where label = :label and source = :source
    and since_edition is {0} null limit 1"""
_AWAY = """select distinct line from absence where source = :source and since <= :at and until > :at"""


class Slim(NamedTuple):
    """A row in the few facts by which lists are sorted, filtered and counted.

    `number` is that of the version, `last` the last day on which it holds by what it prints, `country` the
    state whose register it is: ours where a register prints none.
    """

    # No dataclass: a list of a label makes two thousand, and each took five times as long to make.
    line: int
    label: str
    provider: Provider
    status: str
    scope: tuple[str, ...]
    version: str
    issuer: str
    level: str
    family: str
    start: date | None
    end: date | None
    missing: bool
    last: date | None = None
    number: int = 0
    country: str = ""

    @property
    def holds(self) -> bool:
        """Whether the holder has the label by it."""
        return self.status not in NOT_STANDING


class Stood(NamedTuple):
    """A line of life at a look.

    `row` is its last version that had begun by then, None for none; `stands` says that it was part of the
    listing, `stays` that it was at the following look too, and shown there; `waits` that the look did not
    show it; `later` that the line has a version that began afterwards.
    """

    line: int
    row: Slim | None
    stands: bool
    stays: bool
    waits: bool
    later: bool


def slim(
    store: Store,
    *,
    label: str | None = None,
    provider: str | None = None,
    ends: tuple[date, date] | None = None,
    every_status: bool = False,
) -> tuple[Slim, ...]:
    """The rows that stand now and meet every condition, in the order of names; with `every_status` candidates
    and archived ones too."""
    wanted = Conditions(label=label, provider=provider)
    wanted.add("until_at is null")
    if not every_status:
        wanted.add(IN_FORCE)
    if ends is not None:
        wanted.add(f"{END} between :first and :last", first=ends[0].isoformat(), last=ends[1].isoformat())
    return _slim(_rows(store, wanted.after(SLIM, ORDERS["name"]), wanted.params))


def _rows(store: Store, sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return [row for part in store.batches(sql, **params) for row in part]


def _slim(rows: Sequence[tuple[Any, ...]]) -> tuple[Slim, ...]:
    """The rows of statements that begin with the columns of `SLIM`; their texts are read as one."""
    facts = json.loads(f"[{','.join([row[6] for row in rows])}]")
    known: dict[tuple[str, str], Provider] = {}
    return tuple([_of(row, own, known) for row, own in zip(rows, facts, strict=True)])


def _of(row: tuple[Any, ...], facts: Sequence[Any], known: dict[tuple[str, str], Provider]) -> Slim:
    id, line, label, slug, name, missing = row[:6]
    status, scope, version, issuer, level, family, start, end, turn, country = facts
    provider = known.get((slug, name))
    if provider is None:
        provider = known[slug, name] = Provider(slug=slug, name=name)
    until = last = date.fromisoformat(end) if end else None
    if until and turn == end:
        last = until - timedelta(days=1)
    return Slim(
        line,
        label,
        provider,
        status,
        tuple(scope or ()),
        version or "",
        issuer or "",
        level or "",
        family or "",
        date.fromisoformat(start) if start else None,
        until,
        missing == 1,
        last,
        id,
        country or HOME,
    )


def slim_of(version: Version) -> Slim:
    """The same of a row that is at hand whole."""
    row = version.known.attestation
    return Slim(
        line=version.known.row,
        label=row.label,
        provider=version.known.provider,
        status=row.status,
        scope=row.scope,
        version=row.version or "",
        issuer=row.issuer or "",
        level=row.level or "",
        family=row.extra.get("family", ""),
        start=row.valid_from,
        end=row.valid_until,
        missing=version.known.missing_since is not None,
        last=row.last_day,
        country=row.country or HOME,
    )


def numbered(store: Store, source: str | None, numbers: Collection[int]) -> Mapping[int, Version]:
    """The versions with these numbers, whole, by number."""
    wanted = Conditions()
    wanted.numbered("id", numbers)
    rows = with_absences(store, source, found(store, wanted, "id"))
    return dict(zip(sorted(numbers), rows, strict=True))


def at_look(
    store: Store, label: str, look: Run, following: Run | None = None, lines: Collection[int] | None = None
) -> tuple[Stood, ...] | None:
    """Every line of life of a label, or some of them, as it was at a look; None where some rows of the label
    are from editions with a date and others are not, for those can only be found by asking all."""
    dated, after = look.edition_at is not None, following or look
    whose: dict[str, Any] = {"label": label, "source": look.source}
    if store.q(_MIXED.format("" if dated else "not"), **whose):
        return None
    sql = _AT.format(
        facts=FACTS.format(row="a"),
        over=_OVER.format(""),
        next_over=_OVER.format("next_"),
        later=_LATER[dated],
        begun=_BEGUN[dated],
        lines=_SOME if lines is not None else "",
    )
    if lines is not None:
        whose["lines"] = json.dumps([*lines])
    whose |= {"run": look.id, "edition": maybe_instant_text(look.edition_at), "at": instant_text(look.at)}
    whose |= {"next_run": after.id, "next_edition": maybe_instant_text(after.edition_at)}
    rows = _rows(store, sql, {**whose, "next_at": instant_text(after.at)})
    there = iter(_slim([row for row in rows if row[0] is not None]))
    return tuple([_stood(row, None if row[0] is None else next(there)) for row in rows])


def _stood(row: tuple[Any, ...], there: Slim | None) -> Stood:
    line, stands, stays, waits, later = row[7:]
    begun = there is not None
    return Stood(
        line, there, begun and stands == 1, begun and stands == 1 and stays == 1, waits == 1, later == 1
    )


def away(store: Store, look: Run) -> frozenset[int]:
    """The lines of life that a look did not show, and a later one did again."""
    return frozenset(store.values(_AWAY, source=look.source, at=instant_text(look.at)))
