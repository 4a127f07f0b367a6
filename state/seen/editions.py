"""Editions: what a publisher dated itself, or a look at an undated page that showed something new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.codec import from_row, maybe_instant_text, text
from state.file.store import Conditions, Store
from state.model import day_of
from state.seen.looks.runs import STANDS
from state.seen.rows.listings import found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from state.model import Version

GOOD = f"source = :source and outcome = 'ok' and believed = 1 and {STANDS.format(run='run.id')}"
# Looks at one edition go on until the next comes; what they confirm late is of that edition too.
EDITIONS = f"""select min(id) as number, max(id) as last, min(at) as at, edition_at from run
        where {GOOD} and edition_at is not null group by edition_at
    union all select id, id, at, null from run where {GOOD} and edition_at is null
        and exists (select 1 from event e where e.run = run.id and e.cause <> 'calendar')
    order by number"""  # noqa: S608 -- constants
RUNS = f"""select id from run where {GOOD} and id between :number and :last
    and edition_at is not distinct from :edition
    and exists (select 1 from event e where e.run = run.id) order by id desc"""  # noqa: S608
STOOD = "since_run <= :run and (until_run is null or until_run > :run)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An edition of a source: `number` is the look that read it first, `last` the one that read it last, so
    far as looks were good; `at` is when it was read first, `edition_at` what it says of itself."""

    source: str
    number: int
    last: int
    at: datetime
    edition_at: datetime | None

    @property
    def day(self) -> date:
        """Its own day, or that of the look at an undated page."""
        return day_of(self.edition_at or self.at)


def editions(store: Store, source: str) -> tuple[Edition, ...]:
    """All editions of a source that were read and believed, in the order in which they were read."""
    return tuple(from_row(Edition, row, source=source) for row in store.q(EDITIONS, source=source))


def looks_at(store: Store, edition: Edition) -> tuple[int, ...]:
    """The looks at an edition that brought any event, newest first."""
    looks = {"source": edition.source, "number": edition.number, "last": edition.last}
    return tuple(store.values(RUNS, **looks, edition=maybe_instant_text(edition.edition_at)))


def listed(store: Store, edition: Edition) -> tuple[Version, ...]:
    """The rows that counted as listed when an edition was read last, as the memory recorded them."""
    return tuple(row for label in _labels(store) for row in _listed(store, edition, label))


def _listed(store: Store, edition: Edition, label: str) -> Sequence[Version]:
    # Found by an index that holds all that is asked for: most versions of a long memory are long over, and
    # each that is opened costs a page of the file.
    ids = store.values(
        f"select id from attestation where label = :label and source = :source and {STOOD}",  # noqa: S608
        label=label,
        source=edition.source,
        run=edition.last,
    )
    wanted = Conditions()
    wanted.numbered("id", ids)
    return found(store, wanted, "line, id")


def _labels(store: Store) -> Iterator[str]:
    """The labels that there are rows of: one step in an index for each."""
    following, last = "select min(label) as label from attestation where label > :last", ""
    while (label := store.value(following, last=last)) is not None:
        yield label
        last = label


def events_between(store: Store, lines: Sequence[int], after: int, until: int) -> dict[int, list[int]]:
    """The numbers of the events that looks after one, and until another, brought of lines of life."""
    rows = store.q(
        """select r.line, r.event from event_row r join event e on e.id = r.event
            where r.line in (select cast(value as bigint) from json_each(:lines))
            and e.run > :after and e.run <= :until
            and e.kind not in ('expiring', 'expired')
            order by r.event""",
        lines=text(list(lines)),
        after=after,
        until=until,
    )
    events: dict[int, list[int]] = {}
    for row in rows:
        events.setdefault(row["line"], []).append(row["event"])
    return events
