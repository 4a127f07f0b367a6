"""The narrow questions give what the wide ones give."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from toy_register import ToyRegister, page

from state.file.opening import open_store
from state.file.store import Store
from state.seen.events import log
from state.seen.looks import runs
from state.seen.rows import life, listings, overview
from state.seen.rows.slim import slim as slim_rows
from state.seen.who.providers import load_providers
from watcher.ask.past.sighting import stood, stretches
from watcher.look.check import look
from watcher.look.record import Watch

LOOKS = (
    ("2025-12-05", ("OVH | A | 1 | 2025-03-24 | 2028-03-24", "Outscale | B | 2 | 2023-11-30 | 2026-11-30")),
    ("2026-03-04", ("OVH | A | 1 | 2025-03-24 | 2029-03-24", "Numspot | C | 3 | 2026-01-01 | 2029-01-01")),
    ("2026-04-04", ("OVH | A | 1 | 2025-03-24 | 2029-03-24", "OVH | D | 4 | 2026-04-01 | 2029-01-01")),
)


@pytest.fixture
def lived(tmp_path: Path) -> Store:
    """A memory of three editions."""
    store = open_store(str(tmp_path / "overview.db"))
    for day, rows in LOOKS:
        at = datetime.fromisoformat(f"{day}T18:00:00+00:00")
        text = "\n".join((f"edition {day}", *(f"secnumcloud | {row}" for row in rows)))
        look(
            ToyRegister(),
            [page(text, at)],
            Watch(store=store, providers=load_providers(store), operators=""),
            at,
        )
    return store


def test_what_stands_now_is_what_the_listing_says(lived: Store) -> None:
    listed = {known.row for known in listings.listing(lived, "anssi-catalogue")}
    assert {version.known.row for version in overview.standing(lived)} == listed
    assert overview.tallies(lived)["secnumcloud"].providers == 1
    assert [entry.provider.slug for entry in overview.entries(lived)] == ["ovhcloud"]


def test_rows_come_page_by_page(lived: Store) -> None:
    whole = overview.standing(lived)
    assert overview.standing(lived, skip=1, limit=1) == whole[1:2]


def test_ends_are_bounded_by_both_days(lived: Store) -> None:
    day = date(2029, 1, 1)
    assert [v.known.attestation.valid_until for v in overview.standing(lived, ends=(day, day))] == [day]


def test_the_rows_of_a_past_edition_are_those_that_stood_in_it(lived: Store) -> None:
    versions = listings.versions(lived, label="secnumcloud")
    for stretch in stretches(runs.runs(lived, good=True)):
        last = stretch.last
        found = life.stood(lived, "secnumcloud", "anssi-catalogue", last.id, last.edition_at)
        assert set(found) == {version for version in versions if stood(version, stretch)}
        assert len(found) == 2
        first = life.stood(lived, "secnumcloud", "anssi-catalogue", last.id, last.edition_at, limit=1)
        assert first == found[:1]


def test_what_cancels_out_on_one_day_is_no_move(lived: Store) -> None:
    assert [(move.day, move.provider, move.change) for move in life.moves(lived, "secnumcloud")] == [
        (date(2025, 12, 5), "outscale", 1),
        (date(2025, 12, 5), "ovhcloud", 1),
        (date(2026, 3, 4), "numspot", 1),
        (date(2026, 3, 4), "outscale", -1),
        (date(2026, 4, 4), "numspot", -1),
        (date(2026, 4, 4), "ovhcloud", 1),
    ]


def test_events_are_found_by_the_provider_of_their_rows_and_by_a_cursor(lived: Store) -> None:
    own = log.events(lived, who="ovhcloud")
    assert own
    assert {event.provider.slug for event in own} == {"ovhcloud"}
    assert log.events(lived, who="ovhcloud", before=own[-1].id) == own[:-1]


def test_the_edge_moves_when_a_row_is_written(lived: Store) -> None:
    before = overview.edge(lived)
    at = datetime(2026, 5, 4, 18, tzinfo=UTC)
    watch = Watch(store=lived, providers=load_providers(lived), operators="")
    text = "edition 2026-05-04\nsecnumcloud | OVH | A | 1 | 2025-03-24 | 2030-03-24"
    look(ToyRegister(), [page(text, at)], watch, at)
    assert overview.edge(lived) > before


def test_nobody_states_a_label_that_was_never_read(lived: Store) -> None:
    assert overview.stated(lived, ["secnumcloud", "hds"]) == {"secnumcloud"}
    assert overview.sources_stating(lived, "secnumcloud") == ("anssi-catalogue",)


def test_an_end_that_was_printed_is_good_until_another_one_is(tmp_path: Path) -> None:
    """Brought forward in March to July; and another row that left in March keeps the end that it printed."""
    store = open_store(str(tmp_path / "lives.db"))
    for day, rows in (
        ("2025-12-05", ("OVH | A | 1 | 2025-03-24 | 2028-03-24", "OVH | B | 2 | 2025-03-24 | 2027-03-24")),
        ("2026-03-04", ("OVH | A | 1 | 2025-03-24 | 2026-07-01",)),
    ):
        at = datetime.fromisoformat(f"{day}T18:00:00+00:00")
        text = "\n".join((f"edition {day}", *(f"secnumcloud | {row}" for row in rows)))
        look(ToyRegister(), [page(text, at)], Watch(store=store, providers=load_providers(store)), at)
    ends = [life.valid_until for life in life.lives(store, "ovhcloud")]
    assert ends == [date(2026, 3, 4), date(2027, 3, 24), date(2026, 7, 1)]


@pytest.mark.parametrize("undated", ["id < 0", "id > 0", "id = 1", "id > 1"])
def test_the_first_reading_is_the_earliest_of_any_edition_and_any_look(lived: Store, undated: str) -> None:
    with lived.transaction():
        lived.q(f"update attestation set since_edition = null where {undated}")
    firsts = [one.since_edition or one.since for one in listings.versions(lived, label="secnumcloud")]
    assert life.first_read(lived, "secnumcloud", "anssi-catalogue") == min(firsts)


def test_slim_rows_say_what_whole_ones_do_and_open_in_the_order_asked_for(lived: Store) -> None:
    slim, whole = slim_rows(lived, label="secnumcloud"), overview.standing(lived, labels=["secnumcloud"])
    assert [(one.line, one.provider, one.end) for one in slim] == [
        (row.known.row, row.known.provider, row.known.attestation.valid_until) for row in whole
    ]
    assert all(one.holds and not one.missing for one in slim)
    lines = [one.line for one in reversed(slim)]
    assert [row.known.row for row in overview.of_lines(lived, [*lines, 999])] == lines
    soon = slim_rows(lived, ends=(date(2029, 1, 1), date(2029, 2, 1)), provider="ovhcloud")
    assert [one.end for one in soon] == [date(2029, 1, 1)]


@pytest.mark.sqlite("asks for its own plan")
def test_the_last_row_that_was_held_is_found_when_it_is_gone(lived: Store) -> None:
    gone = overview.last_held(lived, "outscale", "secnumcloud")
    assert gone is not None
    assert (gone.known.attestation.subject, gone.known.attestation.valid_until) == ("B", date(2026, 11, 30))
    assert overview.last_held(lived, "outscale", "passi") is None
    asked = lived.q(
        """explain query plan select * from attestation where provider = 'outscale' and label = 'secnumcloud'
            and until_at is not null order by id desc limit 1"""
    )
    assert ["attestation_provider" in step["detail"] for step in asked] == [True]
