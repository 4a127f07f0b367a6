"""What the calendar moves: steps before a printed end, each once, and the end itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from toy_register import day, row

from state.model import Cause, Event, Kind, Known, Provider
from state.words.kept import Snapshot, SourceState
from watcher.look.dates.expiry import PAST, ending_within, ends

SNAPSHOT = Snapshot(
    id=2, source="anssi-catalogue", digest="d", urls=("u",), sha256s=("h",), fetched_at=day("2026-03-04")
)
STATE = SourceState(source="anssi-catalogue", edition_at=day("2026-03-04"))
END = date(2026, 11, 30)
OUTSCALE = row(
    f"secnumcloud | Outscale | IaaS Cloud on Demand | 2023_2118 | 2023-11-30 | {END} | recommendation=orange"
)


def known(**changed: Any) -> Known:
    facts: dict[str, Any] = {
        "row": 1,
        "attestation": OUTSCALE,
        "provider": Provider(slug="outscale", name="Outscale"),
        "end_seen_at": day("2026-03-04"),
    }
    return Known(**(facts | changed))


def on(
    when: str,
    *rows: Known,
    announced: frozenset[tuple[int, date, int]] = frozenset(),
    last_good: str | None = None,
    silent: tuple[int, ...] = (),
) -> list[Event]:
    return list(
        ends(
            rows or (known(),),
            announced,
            replace(STATE, last_good=day(last_good or when)),
            SNAPSHOT,
            now=day(when),
            next_event=10,
            silent=silent,
        )
    )


def test_each_step_is_announced_on_its_day_and_the_tightest_only() -> None:
    steps = {days: (END - timedelta(days=days)).isoformat() for days in (181, 180, 90, 30, 7)}
    assert on(steps[181]) == []
    for days in (180, 90, 30, 7):
        [event] = on(steps[days])
        assert (event.kind, event.step, event.cause, event.id) == (Kind.EXPIRING, days, Cause.CALENDAR, 10)
    [event] = on("2026-11-24")
    assert event.step == 7


def test_a_step_is_announced_once_and_a_tighter_one_silences_the_wider() -> None:
    assert on("2026-11-24", announced=frozenset({(1, END, 7)})) == []
    assert on("2026-11-10", announced=frozenset({(1, END, 7)})) == []
    [event] = on("2026-11-24", announced=frozenset({(1, END, 30)}))
    assert event.step == 7


def test_a_renewal_starts_its_own_steps() -> None:
    later = known(attestation=row("secnumcloud | Outscale | IaaS | r | 2026-01-01 | 2029-11-30"))
    assert on("2026-11-24", later) == []
    [event] = on("2029-11-24", later, announced=frozenset({(1, END, 7)}))
    assert event.step == 7


def test_a_step_that_had_passed_when_the_end_was_first_seen_is_not_announced() -> None:
    assert on("2026-11-24", known(end_seen_at=day("2026-11-24"))) == []
    assert on("2026-10-20", known(end_seen_at=day("2026-10-10"))) == []


def test_a_baseline_records_the_step_it_stands_in_without_telling() -> None:
    [event] = on("2026-11-24", known(end_seen_at=day("2026-11-24")), silent=(1,))
    assert (event.step, event.cause) == (7, Cause.BASELINE)


def test_past_its_end_and_still_listed_is_expired_once() -> None:
    assert on("2026-11-30")[0].kind is Kind.EXPIRING
    [event] = on("2026-12-01")
    assert (event.kind, event.step) == (Kind.EXPIRED, PAST)
    assert on("2026-12-02", announced=frozenset({(1, END, PAST)})) == []


def test_expired_is_never_said_of_a_row_nobody_saw_after_its_end() -> None:
    assert on("2026-12-01", last_good="2026-11-30") == []
    assert on("2026-12-02", known(missing_since=day("2026-12-01"))) == []


def test_archived_rows_and_rows_without_an_end_do_not_expire() -> None:
    archived = known(attestation=row("cc | I | C | r | 2020-01-01 | 2026-11-30 | status=archived"))
    assert on("2026-12-01", archived) == []
    assert on("2026-12-01", known(attestation=row("cspn | I | C | r | 2020-01-01 | -"))) == []


def test_ends_are_counted_in_paris_days() -> None:
    just_before_midnight_utc = datetime.fromisoformat("2026-11-22T23:30:00+00:00")
    [event] = ends(
        [known()],
        frozenset(),
        SourceState(source="anssi-catalogue", last_good=just_before_midnight_utc),
        SNAPSHOT,
        now=just_before_midnight_utc,
        next_event=1,
    )
    assert event.step == 7


def test_what_ends_soon_is_listed_soonest_first() -> None:
    rows = [
        known(row=n, attestation=row(f"passi | F{n} | - | r{n} | 2024-01-01 | 2026-12-{n:02}"))
        for n in (20, 5, 9)
    ]
    assert [one.row for one in ending_within(rows, 18, date(2026, 11, 24))] == [5, 9]
