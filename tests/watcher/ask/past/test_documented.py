"""Documents answer where nobody looked, and nowhere else: each line of the table, and a property over all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.model import Attestation, Known, Outcome, Provider, Run, Version
from state.words.documented import Documented
from watcher.ask.past.documented import decided, papers_of
from watcher.ask.past.sighting import Sighting, Stretch
from watcher.ask.past.was import Answer, Basis, Finding, was

PATIENCE = timedelta(days=45)
WHO = Provider(slug="bleu", name="Bleu")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
PAPER = Documented(
    label="secnumcloud",
    provider=WHO,
    holder="Bleu",
    ref="2019_1",
    issuer="ANSSI",
    valid_from=date(2019, 1, 16),
    valid_until=date(2022, 1, 16),
    file="decision.pdf",
    sha256="0" * 64,
    by="Léa",
)
WIDE = replace(PAPER, valid_from=date(2000, 1, 1), valid_until=date(2100, 1, 1), ref="2025_1")
LETTER = replace(PAPER, valid_from=None, valid_until=None, withdrawn_on=date(2020, 5, 1), file="letter.pdf")


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), UTC)


def row(start: str | None = None, end: str | None = None) -> Version:
    shown = Attestation(
        label="secnumcloud",
        holder="Bleu",
        ref="2025_1",
        valid_from=date.fromisoformat(start) if start else None,
        valid_until=date.fromisoformat(end) if end else None,
    )
    return Version(
        source="toy",
        known=Known(row=1, attestation=shown, provider=WHO, end_seen_at=noon("2025-01-01")),
        since=noon("2025-01-01"),
        since_edition=None,
        until=None,
        until_edition=None,
        since_run=1,
        until_run=None,
    )


def seen(day: str, *rows: Version, end: str | None = None, missing: Sequence[Version] = ()) -> Sighting:
    run = Run(id=1, source="toy", at=noon(day), outcome=Outcome.OK, believed=True)
    stretch = Stretch(
        start=noon(day), end=noon(end or day), first=run, last=run, labels=frozenset({"secnumcloud"})
    )
    return Sighting(stretch=stretch, rows=rows, missing=tuple(missing))


def ask(day: str, *sightings: Sighting, papers: Sequence[Documented] = (PAPER,)) -> Finding:
    on = date.fromisoformat(day)
    found = was(sightings, on, PATIENCE, NOW)
    return decided(found, [(found, PATIENCE)], papers_of(papers, on, found.rows), on, NOW)


def told(found: Finding) -> tuple[Answer, Basis]:
    return found.answer, found.basis


YES = (Answer.YES, Basis.DOCUMENT)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2019-01-15", (Answer.UNKNOWN, Basis.NOT_WATCHED)),
        ("2019-01-16", YES),
        ("2022-01-16", YES),
        ("2022-01-17", (Answer.UNKNOWN, Basis.NOT_WATCHED)),
    ],
)
@pytest.mark.parametrize("first", [seen("2025-12-05"), seen("2025-12-05", row())])
def test_before_the_watch_a_document_answers_for_its_days_and_no_others(
    day: str, expected: tuple[Answer, Basis], first: Sighting
) -> None:
    assert told(ask(day, first)) == expected


def test_a_day_that_was_read_is_answered_by_what_was_read() -> None:
    read = (seen("2025-12-05"), seen("2026-01-05"))
    assert told(ask("2025-12-05", *read, papers=[WIDE])) == (Answer.NO, Basis.ABSENT)
    assert told(ask("2025-12-20", *read, papers=[WIDE])) == (Answer.NO, Basis.ABSENT)
    assert told(ask("2025-12-05", seen("2025-12-05", row()), papers=[WIDE])) == (Answer.YES, Basis.OBSERVED)
    ended = seen("2025-12-05", row(end="2025-11-01"))
    assert told(ask("2025-12-05", ended, papers=[WIDE])) == (Answer.UNKNOWN, Basis.PRINTED_END)


def test_a_document_answers_where_an_outage_leaves_a_day_unknown() -> None:
    assert told(ask("2025-06-01", seen("2025-01-01"), seen("2025-12-05"), papers=[WIDE])) == YES
    assert told(ask("2025-06-01", seen("2025-01-01"), papers=[WIDE])) == YES
    over = seen("2025-01-01", row(end="2025-02-01"))
    assert told(ask("2025-06-01", over, seen("2025-12-05"), papers=[WIDE])) == YES


def test_a_reading_speaks_for_some_time_after_it_and_not_before() -> None:
    read = seen("2025-12-05")
    assert told(ask("2025-12-04", read, papers=[WIDE])) == YES
    assert told(ask("2025-12-06", read, papers=[WIDE])) == (Answer.UNKNOWN, Basis.NOT_WATCHED)
    assert told(ask("2026-01-19", read, papers=[WIDE])) == (Answer.UNKNOWN, Basis.NOT_WATCHED)
    assert told(ask("2026-01-21", read, papers=[WIDE])) == YES


def test_what_ended_between_two_readings_no_document_knows_better() -> None:
    gone = (seen("2025-01-01", row(end="2027-01-01")), seen("2025-12-05"))
    assert told(ask("2025-06-01", *gone, papers=[WIDE])) == (Answer.UNKNOWN, Basis.NOT_WATCHED)


def test_a_row_that_waits_to_be_confirmed_is_not_confirmed_by_a_document() -> None:
    one = row()
    waits = (seen("2025-12-05", one), seen("2026-03-05", missing=[one]))
    assert told(ask("2026-01-05", *waits, papers=[WIDE])) == (Answer.UNKNOWN, Basis.UNCONFIRMED)


def test_of_a_day_to_come_no_document_answers() -> None:
    assert told(ask("2027-01-01", seen("2026-05-20"), papers=[WIDE])) == (Answer.UNKNOWN, Basis.NOT_WATCHED)
    printed = seen("2026-05-20", row(end="2029-01-01"))
    assert told(ask("2027-01-01", printed, papers=[WIDE])) == (Answer.UNKNOWN, Basis.PRINTED)


def test_two_documents_that_disagree_leave_the_day_unknown_and_say_so() -> None:
    both = [PAPER, LETTER]
    assert told(ask("2020-04-30", papers=both)) == YES
    assert told(ask("2020-05-01", papers=both)) == (Answer.UNKNOWN, Basis.DOCUMENT)
    another = replace(PAPER, ref="2019_2", service="Another")
    assert told(ask("2020-05-01", papers=[*both, another])) == YES
    assert told(ask("2023-01-01", papers=both)) == (Answer.UNKNOWN, Basis.NOT_WATCHED)


def test_a_withdrawal_of_what_a_register_shows_is_heard_though_the_register_answers() -> None:
    shown, day = row(), date(2025, 12, 5)
    letter = replace(LETTER, ref="2025_1", withdrawn_on=date(2025, 12, 1))
    papers = papers_of([letter, LETTER], day, [shown])
    assert papers.over == (letter,)
    assert told(ask("2025-12-05", seen("2025-12-05", shown), papers=[letter])) == (
        Answer.YES,
        Basis.OBSERVED,
    )


DAYS = st.dates(date(2024, 1, 1), date(2026, 5, 31))


@given(
    looks=st.lists(st.tuples(DAYS, st.booleans()), max_size=4, unique_by=lambda look: look[0]),
    day=DAYS,
    begins=DAYS,
    length=st.integers(0, 900),
)
def test_no_document_ever_overrides_what_was_seen(
    looks: list[tuple[date, bool]], day: date, begins: date, length: int
) -> None:
    sightings = [seen(on.isoformat(), *([row()] if there else [])) for on, there in sorted(looks)]
    paper = replace(PAPER, valid_from=begins, valid_until=begins + timedelta(days=length))
    alone = was(sightings, day, PATIENCE, NOW)
    found = ask(day.isoformat(), *sightings, papers=[paper])
    read = any(one.start.date() <= day <= (one.end + PATIENCE).date() for one in sightings)
    if alone.answer is not Answer.UNKNOWN or read or not paper.covers(day):
        assert found == alone
    else:
        assert found.answer is not Answer.NO
        assert (found.basis is Basis.DOCUMENT) == (found.answer is Answer.YES)
