"""What a page shows of the memory, asked for narrowly: the few rows of one screen, counts, and spans of time.

`listings` and `log` unpack all they return; a page that needs fifty rows or a number of holders asks here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from state.file.store import Conditions, Store
from state.model import NOT_STANDING, Provider, Version
from state.seen.rows.listings import found
from state.seen.who.providers import listed_states
from state.words.labels import rank_of

STATUS = "facts ->> 'status'"
END = "facts ->> 'valid_until'"
NOT_LABELS = ", ".join(f"'{status}'" for status in sorted(NOT_STANDING))
IN_FORCE = f"{STATUS} not in ({NOT_LABELS})"
TALLIES = """select label, count(distinct provider) as providers, count(*) as "rows" from attestation"""
EVERY = 2**62
"""More rows than there can be: not every engine takes -1 for no limit."""
ORDERS = {
    "name": "lower(provider_name), label, line",
    "end": f"{END}, lower(provider_name), line",
    "newest": "line desc",
}


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


def standing(
    store: Store,
    *,
    labels: Collection[str] | None = None,
    providers: Collection[str] | None = None,
    sources: Collection[str] | None = None,
    status: Literal["stands", "candidate", "any"] = "stands",
    ends: tuple[date, date] | None = None,
    order: Literal["name", "end", "newest"] = "name",
    before: int | None = None,
    skip: int = 0,
    limit: int | None = None,
) -> tuple[Version, ...]:
    """The rows that stand now and meet every condition given.

    `ends` bounds the printed end, both days included. `skip` leaves out so many of the first rows. `before`
    is a number that the line of life of all is below, for reading page by page: a row keeps its line whatever
    becomes of it, while its name, and so its place among names, may change between two pages.
    """
    wanted = Conditions()
    wanted.add("until_at is null")
    # Few end within a time: the plus keeps to the index by ends.
    wanted.among("label" if ends is None else "+label", labels)
    wanted.among("provider", providers)
    wanted.among("+source", sources)  # the plus keeps to the index by label or provider
    wanted.compare("line", "<", before)
    if status != "any":
        wanted.add(IN_FORCE if status == "stands" else f"{STATUS} = 'candidate'")
    if ends is not None:
        wanted.add(f"{END} between :first and :last", first=ends[0].isoformat(), last=ends[1].isoformat())
    wanted.params |= {"size": EVERY if limit is None else limit, "skip": skip}
    return found(store, wanted, f"{ORDERS[order]} limit :size offset :skip")


def months(store: Store, first: date) -> Mapping[tuple[str, str], int]:
    """How many rows that stand end in each month from a day on, by month ("2026-03") and label."""
    rows = store.q(
        f"""select substr({END}, 1, 7) as month, label, count(*) as counted from attestation
            where until_at is null and {IN_FORCE} and {END} >= :first group by month, label""",  # noqa: S608
        first=first.isoformat(),
    )
    return {(row["month"], row["label"]): row["counted"] for row in rows}


def of_lines(store: Store, lines: Sequence[int]) -> tuple[Version, ...]:
    """The rows with these numbers as they stand now, in the order given; those that are gone are left out."""
    wanted = Conditions()
    wanted.add("until_at is null")
    wanted.numbered("line", lines)
    rows = {row.known.row: row for row in found(store, wanted, "line")}
    return tuple(rows[line] for line in lines if line in rows)


def last_held(store: Store, provider: str, label: str) -> Version | None:
    """The last row of a label that a provider held and that no register shows any more; None where there was
    none. Versions are read from the newest back, in the index by provider and label."""
    wanted = Conditions(provider=provider, label=label)
    wanted.add("until_at is not null", IN_FORCE)
    return next(iter(found(store, wanted, "id desc", 1)), None)


def awaiting(store: Store, label: str) -> int:
    """How many rows of candidates for a label stand now."""
    sql = f"select count(*) as counted from attestation where label = :label and {STATUS} = 'candidate'"  # noqa: S608
    return int(store.value(f"{sql} and until_at is null", label=label))


def tallies(store: Store, label: str | None = None) -> Mapping[str, Tally]:
    """How many hold each label now, by label, or one label alone."""
    wanted = Conditions(label=label)
    wanted.add("until_at is null", IN_FORCE)
    rows = store.q(wanted.after(TALLIES, "label").replace("order by", "group by"), **wanted.params)
    return {row["label"]: Tally(**row) for row in rows}


def holding(store: Store, label: str) -> frozenset[str]:
    """The slugs of the providers that hold a label now, told by the index: no row is opened."""
    sql = (
        f"select distinct provider from attestation where label = :label and until_at is null and {IN_FORCE}"  # noqa: S608 -- a constant
    )
    return frozenset(store.values(sql, label=label))


def entries(store: Store) -> tuple[Entry, ...]:
    """Every provider that holds a label now, by name."""
    rows = store.q(
        f"""select provider, min(provider_name) as name, json_group_array(distinct label) as labels,
            count(*) as counted from attestation where until_at is null and {IN_FORCE}
            group by provider order by lower(min(provider_name))"""  # noqa: S608 -- a constant
    )
    return tuple(
        Entry(
            provider=Provider(slug=row["provider"], name=row["name"]),
            labels=tuple(sorted(json.loads(row["labels"]), key=rank_of)),
            rows=row["counted"],
        )
        for row in rows
    )


def stated(store: Store, labels: Collection[str]) -> frozenset[str]:
    """Those of some labels of which a register that says who holds them was ever read."""
    # One statement for all: over a wire each takes longer than what it asks.
    sql = f"""select j.value as label from json_each(:labels) j where exists (
        select 1 from attestation where label = j.value and {IN_FORCE})"""  # noqa: S608 -- a constant
    return frozenset(store.values(sql, labels=json.dumps(list(labels))))


def listed(store: Store, slugs: Collection[str], labels: Collection[str]) -> frozenset[str]:
    """Those of some providers that have a row of one of these labels now, be it as candidates."""
    sql = """select j.value as slug from json_each(:slugs) j where exists (
        select 1 from attestation a where a.provider = j.value and a.until_at is null
            and a.label in (select value from json_each(:labels)))"""
    return frozenset(store.values(sql, slugs=json.dumps(list(slugs)), labels=json.dumps(list(labels))))


def held(store: Store, slugs: Collection[str]) -> Mapping[str, Sequence[str]]:
    """The labels that some providers hold now, by slug."""
    sql = f"""select distinct provider, label from attestation where until_at is null and {IN_FORCE}
        and provider in (select value from json_each(:slugs)) order by provider, label"""  # noqa: S608 -- a constant
    labels: defaultdict[str, list[str]] = defaultdict(list)
    for row in store.q(sql, slugs=json.dumps(list(slugs))):
        labels[row["provider"]].append(row["label"])
    return labels


def newest_of(store: Store, lines: Collection[int]) -> Mapping[int, Version]:
    """The newest version of each of some lines of life, be it closed by now."""
    wanted = Conditions()
    wanted.add(
        """id in (select (select a.id from attestation a where a.line = cast(j.value as bigint)
            order by a.id desc limit 1) from json_each(:lines) j)""",
        lines=json.dumps(list(lines)),
    )
    return {version.known.row: version for version in found(store, wanted, "id")}


def missing(store: Store, label: str, source: str) -> int:
    """How many rows of a label that still count as listed the last reading of a source lacks."""
    # The plus, and the time that all are after, keep to the index of rows that are not shown.
    sql = """select count(*) as counted from attestation where +label = :label and source = :source
        and until_at is null and missing_since > ''"""
    return int(store.value(sql, label=label, source=source))


def absent(store: Store, source: str, limit: int) -> tuple[Version, ...]:
    """The rows that the last reading of a source lacks and that still count as listed, longest first."""
    wanted = Conditions(source=source)
    wanted.add("until_at is null and missing_since > ''")
    return found(store, wanted, "missing_since, lower(provider_name), line", limit)


def sources_stating(store: Store, label: str) -> tuple[str, ...]:
    """The sources that ever stated that somebody holds the label, by name."""
    one = f"select 1 as one from attestation where label = :label and source = :source and {IN_FORCE} limit 1"  # noqa: S608 -- a constant
    return tuple(name for name in _naming(store, label) if store.q(one, label=label, source=name))


def covered(store: Store) -> Mapping[str, frozenset[str]]:
    """The labels that the trusted list of each source was looked at for, be it that it grants none of them.

    A trusted list has every qualified service of its state, each under its type: what it prints under none is
    nobody's. Of other registers a table without rows says no such thing, and one of candidates grants
    nothing.
    """
    lists = listed_states(store)
    rows = store.q("select name, covers from source") if lists else ()
    return {row["name"]: frozenset(json.loads(row["covers"])) for row in rows if row["name"] in lists}


def sources_saying(store: Store, label: str) -> tuple[str, ...]:
    """The sources that say by now who holds a label, by name: those that ever stated that somebody does, and
    the trusted lists that were looked at for it."""
    looked = (name for name, labels in covered(store).items() if label in labels)
    return tuple(sorted({*looked, *sources_stating(store, label)}))


def sources_showing(store: Store, provider: str) -> tuple[str, ...]:
    """The sources that ever had a row of a provider, by name."""
    sql = "select distinct source from attestation where provider = :slug"
    return tuple(sorted(store.values(sql, slug=provider)))


def _naming(store: Store, label: str) -> Iterator[str]:
    """The sources that ever had a row of the label: one step in an index for each, however many the rows."""
    following = "select min(source) as name from attestation where label = :label and source > :last"
    last = ""
    while (last := store.value(following, label=label, last=last)) is not None:
        yield last


def edge(store: Store) -> tuple[int, ...]:
    """Numbers that grow whenever a look is written or forgotten, aliases change, or what documents say is
    written or taken back: what was worked out before them may be old. A look that only closes rows is a run,
    and no new version."""
    row = store.q(
        """select (select coalesce(max(id), 0) from attestation) as row,
            (select coalesce(max(id), 0) from run) as run,
            (select coalesce(max(id), 0) from alias) as alias,
            (select count(*) from alias where removed_at is not null) as removed,
            (select count(*) from forgotten) as forgotten,
            (select coalesce(max(id), 0) from documented) as documented,
            (select count(*) from documented where removed_at is not null) as taken_back"""
    )[0]
    return tuple(row.values())


def documented(store: Store, label: str, provider: str | None = None) -> bool:
    """Whether somebody provided documents of a label, and of a provider (a slug) if one is named: few are,
    and only for those is what reads them loaded."""
    wanted = Conditions(label=label, provider=provider)
    wanted.add("removed_at is null")
    return bool(wanted.rows(store, "select 1 as there from documented", "id", limit=1))


def documented_of(store: Store, providers: Collection[str]) -> frozenset[tuple[str, str]]:
    """Of which providers (slugs) and labels somebody provided documents."""
    wanted = Conditions()
    wanted.add("removed_at is null")
    wanted.among("provider", providers)
    rows = wanted.rows(store, "select distinct provider, label from documented", "1")
    return frozenset((row["provider"], row["label"]) for row in rows)
