"""What is believed of a reading, label by label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from drawn import drawn
from hypothesis import strategies as st
from toy_register import ToyRegister, day, page

from scrapers.source import Bounds
from state.file.opening import open_store
from state.file.store import Store
from state.model import Kind, Known, Outcome
from state.owed import outbox
from state.seen.looks import runs
from state.seen.rows import listings
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Checked, Watch

NAME = "anssi-catalogue"
BOUNDS = Bounds(floor=0)


class Watched:
    """A memory of its own, and a toy register looked at day by day."""

    def __init__(self, store: Store, source: ToyRegister | None = None) -> None:
        self.store, self.source = store, source or ToyRegister()
        self.watch = Watch(store=store, providers=load_providers(store), operators="COPS")

    def see(self, when: str | datetime, *rows: str, edition: str | None = None) -> Checked:
        at = day(when) if isinstance(when, str) else when
        text = "\n".join([f"edition {edition or at.date()}", *rows])
        return look(self.source, [page(text, at)], self.watch, at)

    def known(self) -> dict[str, Known]:
        return {row.attestation.ref or "": row for row in listings.listing(self.store, NAME)}

    def heard(self) -> list[str]:
        owed = outbox.owed(self.store, channel="COPS")
        return [outbox.notice(self.store, one.notice).kind for one in owed if one.notice]


@pytest.fixture
def watched() -> Iterator[Watched]:
    with open_store(":memory:") as store:
        yield Watched(store)


def cc(firm: int, count: int, first: int = 0, status: str = "listed") -> list[str]:
    return [
        f"cc | Firm {firm} | Card {firm} {n} | CC-{firm}-{n} | 2024-01-01 | 2030-01-01 | status={status}"
        for n in range(first, first + count)
    ]


def archived(rows: Sequence[str]) -> list[str]:
    return [row.replace("status=listed", "status=archived") for row in rows]


def kinds(checked: Checked) -> list[str]:
    return [f"{event.kind} {event.provider.slug}" for event in checked.events]


S3NS = "secnumcloud | Thales Cloud Sécurisé | PREMI3NS | 2025_2057 | 2025-12-17 | 2030-12-17"
FIRMS = [row for firm in range(8) for row in cc(firm, 10)]


def test_rows_of_many_developers_are_archived_while_none_loses_its_last(watched: Watched) -> None:
    """39 of some 400 certificates of six developers went so between two real editions."""
    watched.see("2026-01-27", *FIRMS)
    moved = [*(row for firm in range(6) for row in cc(firm, 3)), *(row for row in cc(6, 1))]
    stay = [row for row in FIRMS if row not in moved]
    checked = watched.see("2026-03-04", *stay, *archived(moved))
    assert (checked.run.outcome, checked.run.held) == (Outcome.OK, ())
    assert {event.kind for event in checked.events} == {Kind.SERVICE_REMOVED}
    assert len(checked.events) == 19


def test_many_developers_that_would_lose_their_last_row_hold_that_label_alone(watched: Watched) -> None:
    rows = [row for firm in range(10) for row in cc(firm, 1)]
    watched.see("2026-01-27", *rows)
    checked = watched.see("2026-03-04", *rows[:3], *archived(rows[3:]), S3NS, *cc(11, 1))
    assert kinds(checked) == ["gained s3ns", "gained firm-11"]
    assert checked.run.held == ("cc: 7 of 10 holders would be lost at once, more than 5; 7 removals held",)
    known = watched.known()
    assert {known[f"CC-{firm}-0"].attestation.status for firm in range(10)} == {"listed"}
    assert {known[f"CC-{firm}-0"].missing_looks for firm in range(3, 10)} == {1}
    assert watched.heard() == ["held"]


def test_a_held_demotion_is_believed_after_three_looks_over_a_day_at_the_very_same_page(
    watched: Watched,
) -> None:
    rows = [row for firm in range(10) for row in cc(firm, 1)]
    watched.see("2026-01-27", *rows)
    start, gone = day("2026-03-04"), [*rows[:3], *archived(rows[3:])]
    for hours in (0, 6, 12, 18):
        checked = watched.see(start + timedelta(hours=hours), *gone, edition="2026-03-04")
        assert (checked.events, len(checked.run.held)) == ((), 1)
    assert checked.run.message == "what is held has waited since 2026-03-04 12:00 UTC, 4 looks"
    checked = watched.see(start + timedelta(hours=24), *gone, edition="2026-03-04")
    assert [event.kind for event in checked.events] == [Kind.LOST] * 7
    assert all(event.changes["status"].after == "archived" for event in checked.events)
    assert watched.heard() == ["held", "released"]
    assert watched.see(start + timedelta(hours=30), *gone, edition="2026-03-04").events == ()


def test_a_held_demotion_that_is_taken_back_never_happened(watched: Watched) -> None:
    rows = [row for firm in range(10) for row in cc(firm, 1)]
    watched.see("2026-01-27", *rows)
    watched.see("2026-03-04", *rows[:3], *archived(rows[3:]))
    back = watched.see("2026-03-05", *rows)
    assert (back.events, back.run.held) == ((), ())
    assert not any(row.missing_since for row in watched.known().values())
    assert watched.heard() == ["held", "released"]


def test_half_the_rows_of_a_label_are_not_archived_at_once_though_nobody_loses_its_last(
    watched: Watched,
) -> None:
    watched.see("2026-01-27", *FIRMS)
    moved = [row for firm in range(8) for row in cc(firm, 5)]
    checked = watched.see("2026-03-04", *(row for row in FIRMS if row not in moved), *archived(moved), S3NS)
    assert kinds(checked) == ["gained s3ns"]
    [held] = checked.run.held
    assert held == (
        "cc: 40 of 80 rows would be archived or withdrawn at once, more than 20; "
        "40 rows keep their known state"
    )


def test_what_one_label_would_lose_by_going_and_by_archiving_is_counted_together(watched: Watched) -> None:
    rows = [row for firm in range(10) for row in cc(firm, 1)]
    watched.see("2026-01-27", *rows)
    checked = watched.see("2026-03-04", *rows[:4], *archived(rows[4:7]))
    assert checked.events == ()
    assert checked.run.held == ("cc: 6 of 10 holders would be lost at once, more than 5; 6 removals held",)


def test_a_holder_that_is_printed_under_another_name_is_not_lost(watched: Watched) -> None:
    """Eight rows with one reference and the same dates: who bought whom is not for the bounds to judge."""
    rows = [row for firm in range(8) for row in cc(firm, 1)]
    watched.see("2026-01-27", *rows)
    bought = [row.replace("| Firm", "| Bought", 1) for row in rows]
    checked = watched.see("2026-03-04", *bought)
    assert checked.run.held == ()
    assert {event.kind for event in checked.events} == {Kind.RENAMED}


LABELS = ("cc", "passi", "secnumcloud", "hds")
Firms = dict[str, frozenset[int]]


def rows_of(firms: Firms) -> list[str]:
    return [
        f"{label} | {label} firm {n} | - | {label}_{n} | 2024-01-01 | 2030-01-01"
        for label in LABELS
        for n in sorted(firms[label])
    ]


listed = st.fixed_dictionaries({label: st.frozensets(st.integers(0, 11), min_size=1) for label in LABELS})


@drawn(15, 60, before=listed, after=listed)  # each opens a memory of its own
def test_additions_always_apply_and_removals_over_the_bound_are_held_for_that_label_exactly(
    before: Firms, after: Firms
) -> None:
    with open_store(":memory:") as store:
        watched = Watched(store)
        watched.see("2026-01-01", *rows_of(before))
        checked = watched.see("2026-02-01", *rows_of(after))
        gained = {(e.label, e.attestations[0].ref) for e in checked.events if e.kind is Kind.GAINED}
        lost = {(e.label, e.attestations[0].ref) for e in checked.events if e.kind is Kind.LOST}
    came = {(label, f"{label}_{n}") for label in LABELS for n in after[label] - before[label]}
    gone = {label: before[label] - after[label] for label in LABELS}
    over = {label for label in LABELS if len(gone[label]) > max(5, 0.2 * len(before[label]))}
    assert gained == came
    assert lost == {(label, f"{label}_{n}") for label in LABELS if label not in over for n in gone[label]}
    assert {reason.values["label"] for reason in checked.run.reasons} == over
    assert checked.run.outcome is Outcome.OK


@drawn(15, 60, before=listed, after=listed, moved=st.sets(st.sampled_from(LABELS)))
def test_what_is_held_under_one_label_never_keeps_another_from_being_told(
    before: Firms, after: Firms, moved: set[str]
) -> None:
    """All rows of some labels are suddenly printed as withdrawn: the others are told as if nothing were."""
    with open_store(":memory:") as one, open_store(":memory:") as two:
        odd, plain = Watched(one), Watched(two)
        for watched in (odd, plain):
            watched.see("2026-01-01", *rows_of(before))
        withdrawn = [
            f"{row} | status=withdrawn" if row.split(" | ")[0] in moved else row for row in rows_of(after)
        ]
        told = odd.see("2026-02-01", *withdrawn).events
        usual = plain.see("2026-02-01", *rows_of(after)).events
    assert [(e.kind, e.rows and e.attestations[0].ref) for e in told if e.label not in moved] == [
        (e.kind, e.rows and e.attestations[0].ref) for e in usual if e.label not in moved
    ]


def test_a_short_label_never_keeps_the_news_of_another_from_being_told(watched: Watched) -> None:
    watched.source = replace(watched.source, bounds={"cc": Bounds(floor=5)})
    watched.see("2026-01-27", *cc(0, 8))
    checked = watched.see("2026-03-04", *cc(0, 3), S3NS)
    assert kinds(checked) == ["gained s3ns"]
    assert checked.run.held == ("cc: 3 rows read, at least 5 expected; 5 removals held",)
    assert runs.state_of(watched.store, NAME).outcome is Outcome.OK
