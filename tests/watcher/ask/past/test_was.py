"""The three-valued truth: each line of its table, and an oracle that counts days one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from state.model import Attestation, Known, Outcome, Provider, Run, Version
from watcher.ask.past.sighting import Sighting, Stretch
from watcher.ask.past.was import Answer, Basis, Finding, bounds_of_day, combined, was

PATIENCE = timedelta(days=45)
WHO = Provider(slug="bleu", name="Bleu")
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), UTC)


def row(line: int, start: str | None = None, end: str | None = None, ref: str | None = None) -> Version:
    return Version(
        source="toy",
        known=Known(
            row=line,
            attestation=Attestation(
                label="secnumcloud",
                holder="Bleu",
                ref=ref or f"2025_{line}",
                valid_from=date.fromisoformat(start) if start else None,
                valid_until=date.fromisoformat(end) if end else None,
            ),
            provider=WHO,
            end_seen_at=noon("2025-01-01"),
        ),
        since=noon("2025-01-01"),
        since_edition=None,
        until=None,
        until_edition=None,
        since_run=1,
        until_run=None,
    )


def seen(start: str, *rows: Version, end: str | None = None, missing: Sequence[Version] = ()) -> Sighting:
    run = Run(id=1, source="toy", at=noon(start), outcome=Outcome.OK, believed=True)
    stretch = Stretch(
        start=noon(start), end=noon(end or start), first=run, last=run, labels=frozenset({"secnumcloud"})
    )
    return Sighting(stretch=stretch, rows=rows, missing=tuple(missing))


def ask(day: str, *sightings: Sighting, now: datetime = LATER) -> Finding:
    return was(sightings, date.fromisoformat(day), PATIENCE, now)


HELD = row(1, "2025-12-17", "2028-12-17")
UNDATED = row(1)
CASES = [
    ("a look on the day shows it", "2026-01-10", [seen("2026-01-10", HELD)], "yes", "observed"),
    (
        "inside one edition's stretch",
        "2026-01-10",
        [seen("2026-01-01", HELD, end="2026-02-01")],
        "yes",
        "observed",
    ),
    (
        "before and after",
        "2026-01-10",
        [seen("2025-12-20", HELD), seen("2026-09-01", HELD)],
        "yes",
        "observed",
    ),
    (
        "seen later, decided before",
        "2026-01-10",
        [seen("2025-12-05"), seen("2026-03-04", HELD)],
        "yes",
        "decision",
    ),
    ("decided before the watch began", "2026-01-10", [seen("2026-03-04", HELD)], "yes", "decision"),
    (
        "on the day not listed yet, decided before",
        "2026-01-10",
        [seen("2026-01-10"), seen("2026-03-04", HELD)],
        "yes",
        "decision",
    ),
    (
        "listed, then gone",
        "2026-02-01",
        [seen("2026-01-20", HELD), seen("2026-02-10")],
        "unknown",
        "not_watched",
    ),
    ("listed, just now not looked at", "2026-02-01", [seen("2026-01-20", HELD)], "yes", "observed"),
    ("listed, long not looked at, end printed", "2026-12-01", [seen("2026-01-20", HELD)], "yes", "decision"),
    (
        "listed, long not looked at, no dates",
        "2026-12-01",
        [seen("2026-01-20", UNDATED)],
        "unknown",
        "not_watched",
    ),
    (
        "ended as printed and gone",
        "2028-12-20",
        [seen("2028-12-10", HELD), seen("2029-01-04")],
        "no",
        "printed_end",
    ),
    (
        "ended as printed, still listed",
        "2028-12-20",
        [seen("2028-12-10", HELD), seen("2029-01-04", HELD)],
        "unknown",
        "printed_end",
    ),
    (
        "ended as printed, gone, but nobody looked for long",
        "2028-12-20",
        [seen("2028-12-10", HELD), seen("2029-06-04")],
        "unknown",
        "printed_end",
    ),
    (
        "ended as printed, not looked at since",
        "2028-12-20",
        [seen("2028-12-10", HELD)],
        "unknown",
        "printed_end",
    ),
    ("ended as printed, listed that day", "2028-12-20", [seen("2028-12-20", HELD)], "unknown", "printed_end"),
    (
        "renewed, printed later",
        "2028-12-20",
        [seen("2028-12-10", HELD), seen("2029-01-04", row(1, "2028-12-17", "2031-12-17"))],
        "yes",
        "decision",
    ),
    (
        "two decisions with a gap between them",
        "2028-12-20",
        [seen("2028-12-10", HELD), seen("2029-01-04", row(1, "2029-01-01", "2031-12-17"))],
        "unknown",
        "printed_end",
    ),
    ("a look on the day does not show it", "2026-01-10", [seen("2026-01-10")], "no", "absent"),
    ("absent on both sides", "2026-01-10", [seen("2025-12-20"), seen("2026-01-20")], "no", "absent"),
    (
        "absent on both sides of an outage",
        "2026-01-10",
        [seen("2025-12-05"), seen("2026-03-04")],
        "unknown",
        "not_watched",
    ),
    ("absent, and not looked at since", "2026-01-10", [seen("2026-01-09")], "unknown", "not_watched"),
    (
        "absent, then listed without dates",
        "2026-01-10",
        [seen("2026-01-05"), seen("2026-01-20", UNDATED)],
        "unknown",
        "not_watched",
    ),
    (
        "absent, then listed from a later day",
        "2026-01-10",
        [seen("2026-01-05"), seen("2026-01-20", row(1, "2026-01-15", "2029-01-15"))],
        "no",
        "absent",
    ),
    ("before the watch began", "2025-01-10", [seen("2026-01-05")], "unknown", "not_watched"),
    ("listed early, valid later", "2025-12-10", [seen("2025-12-10", HELD)], "no", "absent"),
    (
        "a decision that was listed, went and came back",
        "2026-02-15",
        [seen("2026-01-10", HELD), seen("2026-02-10"), seen("2026-02-20", HELD)],
        "unknown",
        "not_watched",
    ),
    (
        "another row took over unseen",
        "2026-06-15",
        [seen("2026-01-10", HELD), seen("2026-11-10", row(2, "2026-10-01", "2029-10-01"))],
        "unknown",
        "not_watched",
    ),
    ("never looked at", "2026-01-10", [], "unknown", "not_watched"),
    (
        "missing on the day, not confirmed",
        "2026-01-11",
        [seen("2026-01-10", HELD), seen("2026-01-11", missing=[HELD])],
        "unknown",
        "unconfirmed",
    ),
    (
        "seen and missed on one day",
        "2026-01-10",
        [seen("2026-01-10", HELD), seen("2026-01-10", missing=[HELD])],
        "unknown",
        "unconfirmed",
    ),
    (
        "between the last look with it and the first without, not confirmed",
        "2026-01-11",
        [seen("2026-01-10", HELD), seen("2026-01-12", missing=[HELD])],
        "unknown",
        "unconfirmed",
    ),
    (
        "on the day of the last look with it",
        "2026-01-10",
        [seen("2026-01-10", HELD), seen("2026-01-12", missing=[HELD])],
        "yes",
        "observed",
    ),
    (
        "missing, and another row is shown",
        "2026-01-12",
        [seen("2026-01-10", HELD), seen("2026-01-12", row(2), missing=[HELD])],
        "yes",
        "observed",
    ),
    (
        "missing and past its printed end",
        "2028-12-20",
        [seen("2028-12-10", HELD), seen("2028-12-19", missing=[HELD])],
        "unknown",
        "printed_end",
    ),
    (
        "gone long before, after its printed end",
        "2029-06-01",
        [seen("2028-12-10", HELD), seen("2029-01-04")],
        "unknown",
        "printed_end",
    ),
]


@pytest.mark.parametrize(
    ("day", "sightings", "answer", "basis"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_each_line_of_the_table(day: str, sightings: Sequence[Sighting], answer: str, basis: str) -> None:
    found = ask(day, *sightings)

    assert (found.answer, found.basis) == (answer, basis)


TO_COME = [
    ("printed to be valid then", "2027-01-01", [seen("2026-03-04", HELD)], "printed"),
    ("after the printed end", "2029-01-01", [seen("2026-03-04", HELD)], "printed_end"),
    ("no end is printed", "2027-01-01", [seen("2026-03-04", UNDATED)], "not_watched"),
    ("not listed", "2027-01-01", [seen("2026-03-04")], "not_watched"),
    (
        "missing from the last look",
        "2027-01-01",
        [seen("2026-03-03", HELD), seen("2026-03-04", missing=[HELD])],
        "unconfirmed",
    ),
    ("never looked at", "2027-01-01", [], "not_watched"),
]


@pytest.mark.parametrize(
    ("day", "sightings", "basis"), [case[1:] for case in TO_COME], ids=[c[0] for c in TO_COME]
)
def test_a_day_to_come_is_unknown_whatever_is_printed_for_it(
    day: str, sightings: Sequence[Sighting], basis: str
) -> None:
    found = ask(day, *sightings, now=noon("2026-03-05"))

    assert (found.answer, found.basis, found.to_come) == (Answer.UNKNOWN, basis, True)
    assert not ask("2026-03-04", *sightings, now=noon("2026-03-05")).to_come


def test_a_day_begins_and_ends_in_paris() -> None:
    """22:30 UTC in summer is the next day in Paris."""
    begin, end = bounds_of_day(date(2026, 7, 1))

    assert begin == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert end == datetime(2026, 7, 1, 22, tzinfo=UTC)


def test_the_bounds_name_the_sightings_around_the_day() -> None:
    without, first, last, gone = (
        seen("2025-12-05"),
        seen("2026-01-05", HELD),
        seen("2026-02-05", HELD),
        seen("2026-03-05"),
    )
    bounds = ask("2026-01-20", without, first, last, gone).bounds

    assert (bounds.last_without, bounds.first_with) == (without, first)
    assert (bounds.last_with, bounds.first_without) == (last, gone)


def test_the_first_sighting_without_is_the_first_that_misses_it_confirmed_or_not() -> None:
    last, missed = seen("2026-02-05", HELD), seen("2026-02-06", missing=[HELD])
    bounds = ask("2026-02-06", last, missed, seen("2026-02-07", missing=[HELD])).bounds

    assert (bounds.last_with, bounds.first_without) == (last, missed)


def test_an_absence_names_what_had_ended_as_printed() -> None:
    found = ask("2029-01-04", seen("2028-12-10", HELD), seen("2029-01-04"))

    assert (found.answer, found.basis, found.rows) == (Answer.NO, Basis.ABSENT, ())
    assert found.ended == (HELD,)


def test_the_bounds_of_somebody_never_listed_are_both_sides_of_the_day() -> None:
    one, other = seen("2025-12-05"), seen("2026-03-04")
    bounds = ask("2026-01-20", one, other).bounds

    assert (bounds.last_without, bounds.first_without) == (one, other)
    assert bounds.first_with is None
    assert bounds.last_with is None


def test_a_no_needs_every_source_and_a_yes_only_one() -> None:
    yes = Finding(answer=Answer.YES, basis=Basis.DECISION)
    observed = Finding(answer=Answer.YES, basis=Basis.OBSERVED)
    no = Finding(answer=Answer.NO, basis=Basis.ABSENT)
    unknown = Finding(answer=Answer.UNKNOWN, basis=Basis.NOT_WATCHED)

    assert combined([no, unknown]).answer is Answer.UNKNOWN
    assert combined([no, no]).answer is Answer.NO
    assert combined([unknown, yes, no]).answer is Answer.YES
    assert combined([yes, observed]).basis is Basis.OBSERVED
    assert combined([]).answer is Answer.UNKNOWN


def test_of_two_registers_that_know_nothing_the_one_that_shows_a_row_is_named() -> None:
    silent = Finding(answer=Answer.UNKNOWN, basis=Basis.NOT_WATCHED)
    showing = Finding(answer=Answer.UNKNOWN, basis=Basis.NOT_WATCHED, rows=(row(1),))
    assert combined([silent, showing]) is showing


DAYS = 400
FIRST_DAY = date(2025, 1, 1)


def on(n: int) -> str:
    return (FIRST_DAY + timedelta(days=n)).isoformat()


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[bool], list[int]]:
    """What was true on each day, and on which days somebody looked: nothing is true for a time shorter than
    the patience of the watch, which is what patience means."""
    truth: list[bool] = []
    state = draw(st.booleans())
    while len(truth) < DAYS:
        truth += [state] * draw(st.integers(PATIENCE.days + 2, 150))
        state = not state
    looks = draw(st.lists(st.integers(0, DAYS - 1), unique=True, max_size=40))
    return truth[:DAYS], sorted(looks)


def sightings_of(truth: Sequence[bool], looks: Sequence[int]) -> list[Sighting]:
    """An undated register, in which each time of being listed is a row of its own."""
    lives, line = [], 0
    for n, held in enumerate(truth):
        line += held and not (n and truth[n - 1])
        lives.append(row(line) if held else None)
    return [seen(on(n), *filter(None, [lives[n]])) for n in looks]


@settings(max_examples=150, deadline=None)
@given(histories(), st.integers(0, DAYS - 1))
def test_no_answer_contradicts_what_was_true(history: tuple[list[bool], list[int]], n: int) -> None:
    """An outage never yields a no; and a yes between two looks is true."""
    truth, looks = history
    found = ask(on(n), *sightings_of(truth, looks))

    if found.answer is Answer.NO:
        assert not truth[n]
    if found.answer is Answer.YES and looks and looks[-1] >= n:
        assert truth[n]


def oracle(truth: Sequence[bool], looks: Sequence[int], n: int) -> str:
    """The answer by counting days, for a register without dates whose rows never change."""
    if n in looks:
        return "yes" if truth[n] else "no"
    before = max((look for look in looks if look < n), default=None)
    after = min((look for look in looks if look > n), default=None)
    if before is None:
        return "unknown"
    if after is None:
        return "yes" if truth[before] and n <= before + PATIENCE.days else "unknown"
    if truth[before] and truth[after]:
        return "yes" if all(truth[before:after]) else "unknown"
    if not truth[before] and not truth[after]:
        return "no" if after - before <= PATIENCE.days else "unknown"
    return "unknown"


@settings(max_examples=150, deadline=None)
@given(histories(), st.integers(0, DAYS - 1))
def test_the_answer_is_the_one_found_by_counting_days(history: tuple[list[bool], list[int]], n: int) -> None:
    truth, looks = history

    assert ask(on(n), *sightings_of(truth, looks)).answer == oracle(truth, looks, n)
