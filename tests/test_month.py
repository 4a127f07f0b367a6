"""A month of the watch on all four registers, with outages of every sort; the clock is simulated.

The looks are those of the schedule, at their planned times, through the polite client and over the loopback.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hds_layouts import LAYOUTS as HDS_LAYOUTS
from hds_layouts import hosts
from registers import (
    PDF,
    XML,
    Hand,
    Outage,
    Registers,
    Reply,
    Simulated,
    another_site,
    broken_off,
    candidates,
    challenged,
    down,
    empty,
    forbidden,
    half_a_file,
    hung_up,
    in_maintenance,
    moved_away,
    outages,
    tampered,
)
from toy_register import day

from state.model import Cause
from state.owed import outbox
from state.seen.events import log
from watcher.cli import vigilabel
from watcher.look.slots import trigger_of
from watcher.planned.slots import check_slot
from watcher.settings import Settings, SourceSettings

pytestmark = pytest.mark.history

FIXTURES = Path(__file__).parent / "fixtures"
CATALOGUE = "anssi_catalogue/catalogue-{}.pdf"
DECEMBER, MARCH = ((FIXTURES / CATALOGUE.format(at)).read_bytes() for at in ("2025-12-05", "2026-03-04"))
TRUSTED_LIST = (FIXTURES / "tl_fr" / "tl-fr_seq56_2019-09-04.xml").read_bytes()
BEGIN, END = day("2026-02-20"), day("2026-03-22")
LEFT = "Agorial Care"
FEWER: dict[str, Any] = {"ans-hds": {"bounds": {"hds": {"floor": 30}}}}
FEW = [row for n, row in enumerate(hosts()) if n % 10 == 0 or row.host == LEFT]


def an_old_copy(reply: Reply) -> Reply:
    return replace(reply, body=DECEMBER)


OUTAGES = (
    *outages(
        "anssi-catalogue",
        ("2026-02-22", 24, down, "unreachable"),
        ("2026-02-24", 24, challenged, "blocked"),
        ("2026-02-26", 18, in_maintenance, "unreachable"),
        ("2026-02-28", 24, broken_off, "unreachable"),
        ("2026-03-04", 48, half_a_file, "unreachable"),
        ("2026-03-10", 12, an_old_copy, "doubtful"),
        ("2026-03-13", 24, moved_away, "blocked"),
    ),
    *outages(
        "ans-hds",
        ("2026-02-23", 48, down, "unreachable"),
        ("2026-02-26", 24, forbidden, "blocked"),
        ("2026-02-28", 36, in_maintenance, "layout_changed"),
        ("2026-03-07", 72, hung_up, "unreachable"),
        ("2026-03-13", 24, empty, "unreachable"),
        ("2026-03-16", 24, half_a_file, "layout_changed"),
    ),
    *outages(
        "anssi-pending",
        ("2026-02-24", 72, forbidden, "blocked"),
        ("2026-03-02", 48, another_site, "layout_changed"),
    ),
    *outages(
        "tl-fr",
        ("2026-02-26", 48, tampered, "doubtful"),
        ("2026-03-03", 24, challenged, "blocked"),
        ("2026-03-12", 72, hung_up, "unreachable"),
        ("2026-03-18", 24, half_a_file, "layout_changed"),
    ),
)


def shown(now: datetime, path: str) -> Reply:
    """What a register in good health shows today: a new edition, and a host that is certified no more."""
    source = path.split("/")[1]
    if source == "anssi-catalogue":
        return Reply(body=MARCH if now >= day("2026-03-05") else DECEMBER, kind=PDF)
    if source == "tl-fr":
        return Reply(body=TRUSTED_LIST, kind=XML)
    if source == "ans-hds":
        gone = LEFT if now >= day("2026-03-08") else ""
        site = HDS_LAYOUTS["plain-table"]([row for row in FEW if row.host != gone])
        return Reply(body=site.bodies[site.home].encode())
    return candidates(path)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    registers = Registers(Hand(BEGIN), shown, OUTAGES)
    try:
        yield Month(registers, tmp_path_factory.mktemp("month"))
    finally:
        registers.close()


class Month:
    """The whole month, lived once: what `vigilabel sources` said on the way, and the memory after it."""

    def __init__(self, registers: Registers, place: Path) -> None:
        self.registers = registers
        self.environment = {
            "VIGILABEL_STATE": str(place / "month.db"),
            "VIGILABEL_OPERATORS": "console",
            "VIGILABEL_SOURCES__ANSSI_PENDING__PAGES": "[]",
        }
        names = ("anssi-catalogue", "ans-hds", "anssi-pending", "tl-fr")
        settings = Settings(
            state=self.environment["VIGILABEL_STATE"],
            operators="console",
            sources={
                name: SourceSettings(url=registers.address(name), options=FEWER.get(name, {}))
                for name in names
            },
        )
        self.app = Simulated(settings, registers.hand)
        self.said: dict[Outage, set[str]] = {each: set() for each in OUTAGES}
        self.looks: Counter[Outage] = Counter()
        self.live()

    def live(self) -> None:
        """Every look that the schedule plans, in order of time."""
        plan = sorted(
            (moment, name)
            for name, source in self.app.sources.items()
            for moment in moments(trigger_of(source))
        )
        assert len(plan) > 200
        for moment, name in plan:
            self.registers.hand.now = max(self.registers.hand.now, moment)
            source = self.app.sources[name]
            check_slot(self.app, source, trigger_of(source))
            for each in OUTAGES:
                if each.source == name and each.since <= moment < each.until:
                    self.said[each].add(self.sources()[name]["state"])
                    self.looks[each] += 1
        self.registers.hand.now = max(self.registers.hand.now, END)

    def worth_telling(self, outage: Outage) -> bool:
        """Operators hear at once of a page that no longer reads, of silence after three looks."""
        return outage.state in ("layout_changed", "doubtful") or self.looks[outage] >= 3

    def sources(self) -> dict[str, dict[str, Any]]:
        words = ["--now", self.registers.hand.now.isoformat(), "sources", "--format", "json"]
        result = CliRunner(env=self.environment).invoke(vigilabel, words, catch_exceptions=False)
        return {one["source"]: one for one in json.loads(result.stdout)}


def moments(trigger: Any) -> Iterator[datetime]:
    moment = trigger.get_next_fire_time(None, BEGIN)
    while moment < END:
        yield moment.astimezone(UTC)
        moment = trigger.get_next_fire_time(moment, moment + timedelta(seconds=1))


def test_nothing_is_said_to_have_changed_but_what_did(month: Month) -> None:
    with month.app.open_store() as store:
        events = log.events(store, causes=[Cause.REGISTER.value])
    assert Counter(event.source for event in events) == {"anssi-catalogue": 372, "ans-hds": 1}
    [lost] = [event for event in events if event.source == "ans-hds"]
    assert (lost.kind, lost.provider.name) == ("lost", LEFT)


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda each: f"{each.source} {each.trouble.__name__}")
def test_each_outage_is_seen_for_what_it_is(month: Month, outage: Outage) -> None:
    assert month.said[outage] == {outage.state}


def test_operators_hear_once_of_each_outage_and_once_of_its_end(month: Month) -> None:
    with month.app.open_store() as store:
        owed = [one.notice for one in outbox.owed(store, channel="console") if one.notice]
        said = Counter((notice.subject, notice.kind) for notice in (outbox.notice(store, n) for n in owed))
    heard = Counter(each.source for each in OUTAGES if month.worth_telling(each))
    assert heard.total() == len(OUTAGES) - 3
    for name, times in heard.items():
        told = said[name, "trouble"] + said[name, "doubted"]
        assert (told, said[name, "recovered"]) == (times, times), name


def test_coverage_is_what_the_outages_leave(month: Month) -> None:
    for name, source in month.sources().items():
        blind = sum((each.until - each.since for each in OUTAGES if each.source == name), timedelta())
        share = 100 * (1 - blind / (END - BEGIN))
        between = {"anssi-catalogue": 6, "ans-hds": 12, "anssi-pending": 24, "tl-fr": 24}[name]
        edges = sum(each.source == name for each in OUTAGES) * timedelta(hours=between)
        assert source["coverage"] == pytest.approx(share, abs=100 * edges / (END - BEGIN)), name
        expected = "stale" if name == "tl-fr" else "ok"  # a list of 2019 that promised the next for 2020
        assert source["state"] == expected, name
