"""What a simulated year brings, or its first days: editions, outages, nights on which the clock is turned.

All of it lies within the days that are lived, so that a short year tells the truth as the whole one does.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import cycle
from pathlib import Path
from typing import Any

import trusted_lists
from hds_layouts import LAYOUTS as HDS_LAYOUTS
from hds_layouts import hosts
from registers import (
    PDF,
    XML,
    Outage,
    Reply,
    Trouble,
    another_site,
    broken_off,
    candidates,
    challenged,
    down,
    empty,
    forbidden,
    garbled,
    gone,
    half_a_file,
    half_the_rows,
    hung_up,
    in_a_circle,
    in_maintenance,
    login,
    moved_away,
    not_found,
    nothing_but_json,
    parked,
    tampered,
    too_many,
)
from toy_register import day

from scrapers import SOURCES
from watcher.look.slots import trigger_of

FIXTURES = Path(__file__).parent / "fixtures" / "anssi_catalogue"
BEGIN, WHOLE = day("2026-01-10"), 365
EDITIONS = tuple(
    (day(at), (FIXTURES / f"catalogue-{name}.pdf").read_bytes())
    for at, name in (("2025-12-05", "2025-12-05"), ("2026-01-28", "2026-01-27"), ("2026-03-05", "2026-03-04"))
)
WATCHED = {source.name: source for source in SOURCES if getattr(source, "enabled", True)}
"""As a new watch has them: the list of lists is off, and its pivots lie at addresses of their own."""
FEW = hosts()[::8]
"""Fifty certificates: what is tried is the year, not the reading of a long list."""
STILL = timedelta(days=5)
"""Before the end nothing changes any more: what an outage hid is seen, and a digest had its morning."""
TURNS = {day("2026-03-29"): "01:45", day("2026-10-25"): "00:45"}
"""Noon of the days on which the wall clock was turned in the night; by when the digest had gone."""
TROUBLES: Mapping[str, Sequence[Trouble]] = {
    "anssi-catalogue": (
        down, challenged, in_maintenance, broken_off, half_a_file, moved_away, forbidden, hung_up, empty,
        too_many, gone, login, garbled, in_a_circle, nothing_but_json, parked,
    ),
    "ans-hds": (
        down, forbidden, hung_up, empty, half_a_file, too_many, gone, login, not_found, garbled,
        half_the_rows, nothing_but_json, parked, challenged,
    ),
    "anssi-pending": (down, forbidden, another_site, hung_up, challenged, too_many, login, parked),
    "tl-fr": (
        tampered, challenged, hung_up, half_a_file, down, in_maintenance, broken_off, gone, in_a_circle,
    ),
}  # fmt: skip
FULL = (("tl-fr", day("2026-04-03")), ("anssi-catalogue", day("2026-03-05")))
"""At which new edition of which register the disk is full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One moment of the plan, and whose it is."""

    at: datetime
    source: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The first days of the year, or all of it; the shorter, the fewer outages and deaths."""

    days: int = WHOLE

    @property
    def end(self) -> datetime:
        return BEGIN + timedelta(days=self.days)

    @property
    def kills(self) -> int:
        """How many deaths there are at least; in few days chance says more."""
        return 300 if self.days == WHOLE else 150 * self.days // WHOLE

    @property
    def nights(self) -> Mapping[datetime, str]:
        """The nights of `TURNS` that are lived."""
        return {noon: at_most for noon, at_most in TURNS.items() if noon < self.end}

    @property
    def full(self) -> Mapping[str, datetime]:
        return {source: at for source, at in FULL if at < self.end - STILL}

    @cached_property
    def changes(self) -> Sequence[datetime]:
        """When a host leaves the HDS list, or the one that left before comes back."""
        regular = [BEGIN + timedelta(days=9 * n, hours=7) for n in range(1, 40)]
        return sorted(
            at for at in [*regular, *(noon - timedelta(hours=21) for noon in TURNS)] if at < self.end - STILL
        )

    @cached_property
    def outages(self) -> tuple[Outage, ...]:
        """200 in a year, no two of one register at once, between which every edition is seen.

        None hides a new catalogue for a while: of an end that is first seen later less is announced, by rule,
        and the quiet year would tell more.
        """
        dice, found = random.Random(2026), list[Outage]()
        share = 200 // len(TROUBLES) * self.days // WHOLE
        for name, troubles in TROUBLES.items():
            each = cycle(troubles)
            for start in range(share):
                since = BEGIN + timedelta(days=3) + start * (timedelta(days=self.days) - STILL) / share
                hours = dice.choice((5, 9, 20, 31, 50, 70))
                if name == "anssi-catalogue":
                    since = next(
                        (at for at, _ in EDITIONS if since <= at < since + timedelta(hours=hours)), since
                    )
                    since += timedelta(hours=1)  # it was looked at before
                found.append(Outage(source=name, since=since, hours=hours, trouble=next(each), state=""))
        return tuple(found)

    def turns(self, sources: Mapping[str, Any]) -> list[Turn]:
        """Every look that the schedule plans, in order of time; on the nights of `TURNS`, a round of
        delivering each quarter of an hour."""
        found = []
        for name, source in sources.items():
            trigger = trigger_of(source)
            moment = trigger.get_next_fire_time(None, BEGIN)
            while moment < self.end:
                found.append(Turn(at=moment.astimezone(UTC), source=name))
                moment = trigger.get_next_fire_time(moment, moment + timedelta(seconds=1))
        quarters = [timedelta(minutes=15) * n - timedelta(hours=12) for n in range(20)]
        found += [Turn(at=noon + one, source="") for noon in self.nights for one in quarters]
        return sorted(found, key=lambda turn: (turn.at, turn.source))

    def shown(self, now: datetime, path: str) -> Reply:
        """What a register in good health shows at a moment."""
        source, seen = path.split("/")[1], min(now, self.end - STILL)
        if source == "anssi-catalogue":
            return Reply(body=[body for since, body in EDITIONS if since <= seen][-1], kind=PDF)
        if source == "tl-fr":
            number = [one.number for one in trusted_lists.editions() if one.first_seen <= seen][-1]
            return Reply(body=trusted_lists.body(number), kind=XML)
        if source == "ans-hds":
            site = HDS_LAYOUTS["plain-table"](self.listed(seen))
            # A token in the page, as every real site has: the bytes are never those of the look before.
            return Reply(
                body=site.bodies[site.home].replace("</body>", f"<i data-t='{now:%s}'></i></body>").encode()
            )
        return candidates(path)

    def listed(self, now: datetime) -> list[Any]:
        """The hosts at a moment: at every change one that stood there leaves, and at the next comes back."""
        happened = sum(at <= now for at in self.changes)
        away = FEW[happened // 2].host if happened % 2 else ""
        return [row for row in FEW if row.host != away]
