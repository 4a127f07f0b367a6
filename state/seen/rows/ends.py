"""Printed ends to come, for calendars: however many, a part at a time, and how often each was moved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from state.codec import text
from state.file.store import Conditions, Store
from state.seen.rows.listings import found
from state.seen.rows.overview import END, IN_FORCE

if TYPE_CHECKING:
    from state.model import Version

# A forgotten look counts twice, for what it moved and for what its forgetting moved back: a number that
# calendar programs compare must never fall.
MOVES = f"""select line, sum(moved) as moves from (
        select line, case
            when row_number() over life > 1 and {END} is distinct from lag({END}) over life then 1 else 0 end
            as moved
        from attestation where line in (select cast(value as bigint) from json_each(:lines))
        window life as (partition by line order by id)
        union all select line, 2 from forgotten_version
            where line in (select cast(value as bigint) from json_each(:lines))
        union all select a.line, 2 from forgotten_ending f join attestation a on a.id = f.version
            where a.line in (select cast(value as bigint) from json_each(:lines))) m
    group by line"""  # noqa: S608 -- constants


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A row that stands and prints an end, and how often that was moved since the row was first read."""

    version: Version
    moves: int


def lines(
    store: Store, first: date, *, labels: Collection[str] | None = None, provider: str | None = None
) -> tuple[int, ...]:
    """The lines of life of the rows that stand and end on a day or later, soonest first."""
    wanted = Conditions(provider=provider)
    wanted.among("label", labels)
    wanted.add("until_at is null", IN_FORCE, f"{END} >= :first", first=first.isoformat())
    sql = wanted.after("select line from attestation", f"{END}, lower(provider_name), line")
    return tuple(line for rows in store.batches(sql, **wanted.params) for (line,) in rows)


def ends(store: Store, asked: Sequence[int]) -> tuple[End, ...]:
    """The rows of these lines of life that still stand and print an end, in the order asked for."""
    wanted = Conditions()
    wanted.add("until_at is null", IN_FORCE, f"{END} is not null")
    wanted.numbered("line", asked)
    rows = {row.known.row: row for row in found(store, wanted, "line")}
    moved = moves(store, asked)
    return tuple(End(version=rows[line], moves=moved[line]) for line in asked if line in rows)


def moves(store: Store, asked: Sequence[int]) -> Mapping[int, int]:
    """How often the printed end of each line of life was moved: a number that only grows."""
    return {row["line"]: row["moves"] for row in store.q(MOVES, lines=text(list(asked)))}


def standing(store: Store, asked: Sequence[int]) -> frozenset[int]:
    """Which of these lines of life stand now."""
    wanted = Conditions()
    wanted.add("until_at is null", IN_FORCE)
    wanted.numbered("line", asked)
    return frozenset(row["line"] for row in wanted.rows(store, "select line from attestation", "line"))
