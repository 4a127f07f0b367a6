"""How much of its time a source was watched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from toy_register import day

from state.model import Clock, ClockDoubt, Outcome, Run
from watcher.ask.watch.watched import coverage

PATIENCE = timedelta(days=45)
AHEAD, BEHIND = ClockDoubt.DATE, ClockDoubt.BEHIND


def run(at: str, outcome: Outcome = Outcome.OK, doubt: ClockDoubt | None = None) -> Run:
    believed = outcome is Outcome.OK
    return Run(id=1, source="toy", at=day(at), outcome=outcome, believed=believed, clock=Clock(doubt=doubt))


@pytest.mark.parametrize(
    ("looks", "now", "share"),
    [
        ([], "2026-01-01", None),
        ([run("2026-01-01")], "2026-01-01", 100.0),
        ([run("2026-01-01", Outcome.BLOCKED)], "2026-01-01", 0.0),
        ([run("2026-01-01"), run("2026-01-02")], "2026-01-03", 100.0),
        ([run("2026-01-01"), run("2026-01-02", Outcome.UNREACHABLE), run("2026-01-04")], "2026-01-05", 50.0),
        ([run("2026-01-01"), run("2026-01-02")], "2026-06-02", 0.7),
        ([run("2026-01-01"), run("2026-01-02"), run("2027-06-01", doubt=AHEAD)], "2026-01-03", 100.0),
        ([run("2024-01-01", doubt=BEHIND), run("2026-01-01"), run("2026-01-02")], "2026-01-03", 100.0),
        ([run("2026-01-01"), run("2026-02-01")], "2026-01-03", 100.0),
    ],
    ids=[
        "never",
        "just now",
        "never good",
        "all good",
        "blind for two of four days",
        "silent for months",
        "once by a clock a year ahead",
        "once by a clock two years behind",
        "once in a month to come",
    ],
)
def test_coverage_counts_the_time_that_good_looks_speak_for(
    looks: Sequence[Run], now: str, share: float | None
) -> None:
    assert coverage(looks, day(now), PATIENCE) == share
