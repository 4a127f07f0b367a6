"""Listings: what is known of every row of every register, now and at any time since the watch began."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from state.codec import (
    attestation_text,
    attestations_of,
    instant,
    instant_text,
    maybe_instant,
    maybe_instant_text,
    stated_in,
    statement,
)
from state.file.errors import StoreError
from state.file.store import Bulk, Conditions, Store
from state.model import Attestation, Known, Provider, Version
from state.names import nameless

if TYPE_CHECKING:
    from state.seen.who.registered import Whose
    from state.words.kept import Transition

TOUCH = """update attestation set url = :url, page = :page, place = :place, end_seen_at = :end_seen_at,
    missing_since = :missing_since, missing_looks = :missing_looks, shown_as = :shown_as,
    provider = :provider, provider_name = :provider_name where line = :line and until_at is null"""
# A version that a clock ahead of time began ends at that very time, and never stood.
CLOSE = """update attestation set until_run = :run, until_edition = :edition,
    until_at = case when since_at > :at then since_at else :at end
    where line = :line and until_at is null"""


BEGUN = """id, line, source, label, provider, provider_name, holder, facts, url, page, place, end_seen_at,
    missing_since, missing_looks, shown_as, since_run, since_at, since_edition"""
# By their order: to find twenty values by their names takes a fifth of the time of writing the row.
INSERT = f"insert into attestation ({BEGUN}) values ({', '.join('?' * len(BEGUN.split(',')))})"  # noqa: S608
COLUMNS = f"{BEGUN}, until_run, until_at, until_edition"
EVER = f"select {COLUMNS} from attestation union all select {COLUMNS} from forgotten_version"  # noqa: S608
"""Every version of every row, those of forgotten looks too."""
# In the order that `_open` takes them.
OPEN = """select line, provider, provider_name, facts, url, page, place, end_seen_at, missing_since,
    missing_looks, shown_as from attestation where source = :source and until_at is null"""
# Every time is above the empty text: so it is told to the index that holds nothing but these rows.
MISSING = """select line, missing_since from attestation
    where source = :source and until_at is null and missing_since > ''"""
FACTS, AT_A_TIME = 3, 5_000
"""Where the facts are in such a row; how many rows are opened at a time."""
NEAR = """and (missing_since is not null or facts ->> 'valid_until' <= :by
    or facts -> 'extra' ->> 'status_to_come_on' <= :by)"""


def listing(
    store: Store,
    source: str,
    like: Sequence[Attestation] = (),
    leave: Callable[[Attestation, str], bool] | None = None,
) -> tuple[Known, ...]:
    """The accepted listing of a source now, ordered by row; places and links are those of the last look.

    `like` are rows of which most may be in it: one that states what a kept row does is taken for it.
    One that stands where it stood, too, is left out where `leave`, asked with the slug of its provider, says
    so.
    """
    # Of a look that changes 1 % of its rows the others are never decoded: that took a quarter of its time.
    # Most stand where they did when they were first seen. Only of those that do not, and of the rows that are
    # left over then, it is asked what they state wherever they stand: to ask SQLite of all took a sixth.
    kept = {attestation_text(row): row for row in like} if next_row(store) > 1 else {}
    known, others = list[Known](), list[tuple[Any, ...]]()
    for rows in store.batches(f"{OPEN} order by line", source=source):
        found = [(row, kept.pop(row[FACTS], None)) for row in rows]
        known += _open([pair for pair in found if pair[1] or not like], leave)
        others += [row for row, one in found if like and not one]
    stated = {statement(row): row for row in kept.values()}
    for start in range(0, len(others), AT_A_TIME):
        found = [(row, stated.get(stated_in(row[FACTS]))) for row in others[start : start + AT_A_TIME]]
        known += _open(found, leave)
    return tuple(sorted(known, key=attrgetter("row")))


def near(store: Store, source: str, by: date | None = None) -> tuple[Known, ...]:
    """The rows of the accepted listing that end or change by a day as they print it, and those not shown; the
    latter alone without a day."""
    when = by.isoformat() if by else ""  # no printed day is before ""
    condition = NEAR if by else "and missing_since > ''"
    rows = store.q(f"{OPEN} {condition} order by line", source=source, **({"by": when} if by else {}))
    return tuple(_open([(tuple(row.values()), None) for row in rows]))


def complete(store: Store, source: str) -> bool:
    """Whether the last believed look showed every row of the accepted listing."""
    return not store.q(f"{OPEN} and missing_since > '' limit 1", source=source)


def next_row(store: Store) -> int:
    """The first line of life that nothing uses yet; call it inside the transaction that will."""
    return int(
        store.value(
            """select max((select coalesce(max(line), 0) from attestation),
                (select coalesce(max(line), 0) from forgotten_version)) + 1 as line"""
        )
    )


def next_version(store: Store) -> int:
    """The first number that no version of a row ever had; a forgotten one's is not given again."""
    # Not of both tables as one, which would be read from end to end.
    return int(
        store.value(
            """select max((select coalesce(max(id), 0) from attestation),
                (select coalesce(max(id), 0) from forgotten_version)) + 1 as id"""
        )
    )


def accept(
    store: Store, source: str, run: int, at: datetime, edition_at: datetime | None, transition: Transition
) -> None:
    """Makes the transition's listing the accepted one, and closes the versions that no longer stand.

    Raises `StoreError`, and writes nothing, when the transition speaks of rows that the listing does not
    have: it was computed from another listing.
    """
    look = {"run": run, "at": instant_text(at), "edition": maybe_instant_text(edition_at)}
    with store.transaction():
        _check(store, source, transition)
        _note_returns(store, source, transition, look)
        closed = (*(known.row for known in transition.revised), *transition.removed)
        # Closed before the new ones begin: of each row one version stands, and an index sees to that.
        store.many(CLOSE, ({"line": line, **look} for line in closed))
        store.many(TOUCH, (_touched(known) for known in transition.touched))
        new, first = (*transition.added, *transition.revised), next_version(store)
        store.many_at_once(
            INSERT,
            _versions_to_insert(source, first, new, look),
            len(new),
            Bulk.VERSIONS,
            first=first,
            revised=first + len(transition.added),
        )


def _note_returns(store: Store, source: str, transition: Transition, look: dict[str, Any]) -> None:
    """Notes from when until when rows were not shown that are shown again now."""
    missing = {row["line"]: row["missing_since"] for row in store.q(MISSING, source=source)}
    back = (known.row for known in (*transition.revised, *transition.touched) if known.missing_since is None)
    store.many(
        """insert into absence (line, source, since, until, run) values (:line, :source, :since, :at, :run)
            on conflict do nothing""",
        [
            {"line": line, "source": source, "since": missing[line], "at": look["at"], "run": look["run"]}
            for line in back
            if line in missing
        ],
    )


def _absences(store: Store, source: str | None) -> Mapping[int, tuple[tuple[datetime, datetime], ...]]:
    """By line of life, from which look on it was not shown, and from which it was again."""
    wanted = Conditions(source=source)
    found: dict[int, tuple[tuple[datetime, datetime], ...]] = {}
    for row in wanted.rows(store, "select * from absence", "line, since"):
        away = (instant(row["since"]), instant(row["until"]))
        found[row["line"]] = (*found.get(row["line"], ()), away)
    return found


def _check(store: Store, source: str, transition: Transition) -> None:
    added = [known.row for known in transition.added]
    kept = [known.row for known in (*transition.revised, *transition.touched)] + list(transition.removed)
    if len({*added, *kept}) != len(added) + len(kept):
        raise StoreError(f"{source}: expected a transition that names each row once, found one named twice")
    # Asked of the rows that are named: of a long listing most are not.
    wanted = Conditions(source=source)
    wanted.add("until_at is null")
    wanted.numbered("line", kept)
    rows = wanted.rows(store, "select line from attestation", "line")
    strange = sorted(set(kept) - {row["line"] for row in rows})
    if strange:
        raise StoreError(
            f"{source}: expected rows of the accepted listing, found {strange[:5]}; the transition was "
            "computed from another listing"
        )
    # Numbers of forgotten rows are spent: a link of the chain may name them.
    first = next_row(store)
    used = sorted(row for row in added if row < first)
    if used:
        raise StoreError(f"{source}: expected new rows from {first} on, found {used[:5]}")


def _versions_to_insert(
    source: str, first: int, new: Iterable[Known], look: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """The new versions, in the order of `BEGUN`."""
    begun = (look["run"], look["at"], look["edition"])
    for id, known in enumerate(new, first):
        row, who = known.attestation, known.provider
        stated = (id, known.row, source, row.label, who.slug, who.name, row.holder, attestation_text(row))
        missing = (maybe_instant_text(known.missing_since), known.missing_looks, known.shown_as)
        yield (*stated, row.url, row.page, row.place, instant_text(known.end_seen_at), *missing, *begun)


def _touched(known: Known) -> dict[str, Any]:
    attestation = known.attestation
    return {
        "line": known.row,
        "provider": known.provider.slug,
        "provider_name": known.provider.name,
        "url": attestation.url,
        "page": attestation.page,
        "place": attestation.place,
        "end_seen_at": instant_text(known.end_seen_at),
        "missing_since": maybe_instant_text(known.missing_since),
        "missing_looks": known.missing_looks,
        "shown_as": known.shown_as,
    }


def versions(
    store: Store,
    *,
    label: str | None = None,
    provider: str | None = None,
    source: str | None = None,
    at: datetime | None = None,
    open: bool = False,
    lines: Collection[int] | None = None,
) -> tuple[Version, ...]:
    """Every version of every row, ordered by row and time; with `at`, those that stood at that instant, with
    `open` those that stand now. `lines` are numbers of rows.

    Page and place are those of the look that first showed the version, so that they fit the snapshot of
    `since_run`; the link is the last one seen. `provider` is a slug.
    """
    wanted = Conditions(label=label, provider=provider)
    # A provider has few rows of a label, a source thousands: the plus keeps to the index by provider.
    wanted.compare("source" if provider is None else "+source", "=", source)
    if at is not None:
        wanted.add("since_at <= :at and (until_at is null or until_at > :at)", at=instant_text(at))
    wanted.among("line", lines)
    if open:
        wanted.add("until_at is null")
    return with_absences(store, source, found(store, wanted, "line, id"))


def with_absences(store: Store, source: str | None, versions: Sequence[Version]) -> tuple[Version, ...]:
    """The versions, with the times in which their rows were not shown, and then were again."""
    away = _absences(store, source)
    return tuple(
        replace(version, absent=away[version.known.row]) if version.known.row in away else version
        for version in versions
    )


def found(store: Store, wanted: Conditions, order: str, limit: int | None = None) -> tuple[Version, ...]:
    """The versions that meet conditions on the table `attestation`; for the modules of this package."""
    rows = wanted.rows(store, "select * from attestation", order, limit)
    known = _known(rows)
    return tuple(_version(row, each) for row, each in zip(rows, known, strict=True))


def _version(row: dict[str, Any], known: Known) -> Version:
    return Version(
        source=row["source"],
        known=known,
        since=instant(row["since_at"]),
        since_edition=maybe_instant(row["since_edition"]),
        until=maybe_instant(row["until_at"]),
        until_edition=maybe_instant(row["until_edition"]),
        since_run=row["since_run"],
        until_run=row["until_run"],
    )


def _known(rows: Sequence[dict[str, Any]]) -> Iterator[Known]:
    """The rows as they are known, with the link that was last seen in place of the first."""
    providers: dict[tuple[str, str], Provider] = {}
    for row, attestation in zip(rows, attestations_of([row["facts"] for row in rows]), strict=True):
        who = (row["provider"], row["provider_name"])
        if who not in providers:
            providers[who] = Provider(slug=who[0], name=who[1])
        moved = row["url"] != attestation.url
        yield Known(
            row=row["line"],
            attestation=replace(attestation, url=row["url"]) if moved else attestation,
            provider=providers[who],
            end_seen_at=instant(row["end_seen_at"]),
            missing_since=maybe_instant(row["missing_since"]),
            missing_looks=row["missing_looks"],
            shown_as=row["shown_as"],
        )


def _open(
    found: Sequence[tuple[tuple[Any, ...], Attestation | None]],
    leave: Callable[[Attestation, str], bool] | None = None,
) -> Iterator[Known]:
    """The rows of `OPEN` as they are known, each with an attestation at hand that states the same, if any."""
    # A row of plain columns, and no mapping: a listing may have a hundred thousand.
    providers: dict[tuple[str, str], Provider] = {}
    decoded = iter(attestations_of([row[FACTS] for row, one in found if one is None]))
    for row, one in found:
        line, slug, name, _, url, page, place, end_seen_at, missing_since, looks, shown_as = row
        attestation = one or next(decoded)
        moved = url != attestation.url or page != attestation.page or place != attestation.place
        if one and leave and not moved and missing_since is None and leave(one, slug):
            continue
        who = providers.get((slug, name))
        if who is None:
            who = providers[slug, name] = Provider(slug=slug, name=name)
        if moved:
            attestation = replace(attestation, url=url, page=page, place=place)
        yield Known(
            row=line,
            attestation=attestation,
            provider=who,
            end_seen_at=instant(end_seen_at),
            missing_since=maybe_instant(missing_since),
            missing_looks=looks,
            shown_as=shown_as,
        )


STAMPED = """select distinct facts ->> 'country' as country, source, holder, label, provider, provider_name
    from attestation"""
STAMPED_IN_STATES = f"{STAMPED} where facts ->> 'country' > ''"
"""The same of the rows that say whose list they are of, by their index alone."""


def restamp(store: Store, whose: Whose, *, in_states: bool = False) -> int:
    """Gives every version, old ones too, the provider that it is now known to be of; with `in_states` those
    that say of which state's list they are.

    For when an alias was added or removed, or a list says by an identifier who is who: a judgement of ours,
    not a fact of the register. Returns how many versions changed. The event log keeps the name it was written
    with.
    """
    changed = 0
    with store.transaction():
        for row in store.q(STAMPED_IN_STATES if in_states else STAMPED):
            who = (row["holder"], row["source"], row["label"], row["country"])
            if nameless(row["holder"]):  # its provider came from its reference, not from a name
                continue
            provider = whose(*who)
            if (provider.slug, provider.name) != (row["provider"], row["provider_name"]):
                changed += len(store.q(STAMP, slug=provider.slug, name=provider.name, **row))
    return changed


STAMP = """update attestation set provider = :slug, provider_name = :name
    where holder = :holder and source = :source and label = :label
    and facts ->> 'country' is not distinct from :country and provider = :provider
    and provider_name = :provider_name returning id"""
