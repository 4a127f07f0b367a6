"""The first page: who is ahead, what happened last, what ends soon, and whether the watch sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from starlette.responses import Response

from state.model import Event, Provider, Version, day_of
from state.seen import glance, log, overview, runs
from state.seen.chain import head
from state.words.labels import LABELS, Paper, paper_of
from watcher.ask.answers import condition_of
from watcher.ask.label_state import unread_labels
from watcher.ask.past.was import bounds_of_day
from watcher.ask.race import USUAL, Place, Standing, race
from watcher.look.condition import Condition, State
from watcher.said.condition import unread_text
from watcher.web.asked.filter import MEANT, labels_named
from watcher.web.asked.site import Visit
from watcher.web.pages.drawing import draw

DAYS = 3
LATEST = 10
SOON = timedelta(days=180)
SHOWN_EXPIRIES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One provider of the race, with its standing for each label of the head."""

    provider: Provider
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How well the watch sees: how each enabled source is, and when it was last read, None for never."""

    conditions: Mapping[str, Condition]
    read: Mapping[str, datetime | None]

    @property
    def blind(self) -> Mapping[str, Condition]:
        """The sources that do not show all there is to see."""
        return {name: one for name, one in self.conditions.items() if one.state is not State.OK}

    @property
    def never(self) -> bool:
        """Whether none of them was ever read."""
        return not any(self.read.values())

    @property
    def oldest(self) -> datetime | None:
        """When the one that was read least lately was read."""
        return min((at for at in self.read.values() if at is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was seen on one day: its weightiest events, and how many there are."""

    day: date
    events: tuple[Event, ...]
    total: int


def show_home(visit: Visit) -> Response:
    """The first page."""
    followed = [one for slug in USUAL if (one := visit.archive.providers.named(slug))]
    standings = race(visit.archive, followed)
    ends = [row for row in expiries(visit) if is_service(row)]
    return draw(
        visit,
        "home.html",
        labels=list(dict.fromkeys(one.label for one in standings)),
        lines=_lines(standings),
        some_unknown=any(one.place is Place.UNKNOWN for one in standings),
        days=latest(visit),
        ends=ends[:SHOWN_EXPIRIES],
        all_ends=len(ends),
        sight=sight(visit),
        began_days=began(standings),
        chain=head(visit.store),
    )


def latest(visit: Visit) -> list[Day]:
    """The last days on which something happened, newest first."""
    days: list[Day] = []
    until = visit.archive.now
    while len(days) < DAYS:
        last = log.events(visit.store, causes=MEANT, until=until, limit=1, newest_first=True)
        if not last:
            break
        day = day_of(last[0].seen_at)
        start, end = bounds_of_day(day)
        events, total = glance.weightiest(visit.store, start, end, MEANT, LATEST)
        days.append(Day(day=day, events=events, total=total))
        until = start - timedelta(seconds=1)
    return days


def began(standings: Sequence[Standing]) -> dict[tuple[str, str], date]:
    """When each held label began, as printed: the earliest start of the rows that say so."""
    return {
        (one.provider.slug, one.label): min(starts)
        for one in standings
        if (starts := [start for row in one.rows if (start := row.known.attestation.valid_from)])
    }


def _lines(standings: Sequence[Standing]) -> list[Line]:
    return [
        Line(provider=provider, standings=tuple(own))
        for provider, own in groupby(standings, key=lambda one: one.provider)
    ]


def sight(visit: Visit) -> Sight:
    """How well the watch sees now."""
    sources, now = visit.archive.sources, visit.archive.now
    return Sight(
        conditions={name: condition_of(visit.store, one, now) for name, one in sources.items()},
        read={name: runs.state_of(visit.store, name).last_good for name in sources},
    )


def expiries(visit: Visit) -> Sequence[Version]:
    """The held rows that end within 180 days, soonest first."""
    today = day_of(visit.archive.now)
    return overview.standing(visit.store, ends=(today, today + SOON), order="end")


def is_service(row: Version) -> bool:
    """Whether a row is no certificate of an evaluated product: those end by the hundred."""
    return paper_of(row.known.attestation.label) is not Paper.EVALUATION


def show_expiries(visit: Visit) -> Response:
    """Every row that ends within 180 days, or those of one label."""
    asked = visit.request.query_params
    named = asked.get("label", "")
    labels = labels_named(named) or tuple(LABELS)
    rows = [row for row in expiries(visit) if row.known.attestation.label in labels]
    months = [
        (month, list(own))
        for month, own in groupby(rows, key=lambda row: f"{row.known.attestation.valid_until:%Y-%m}")
    ]
    unread = [label for label in unread_labels(visit.archive) if label in labels]
    return draw(
        visit,
        "expiries.html",
        months=months,
        total=len(rows),
        chosen=named,
        unread=unread_text(unread, visit.lang),
    )
