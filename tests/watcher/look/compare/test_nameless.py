"""Rows that name no holder: the authority's reference says whose they are, or nobody does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from toy_register import ToyRegister, day, page
from toy_story import Story, only

from state.file.opening import open_store
from state.model import Kind
from state.names import nameless
from state.seen.events import log
from state.seen.who.providers import add_alias, load_providers
from watcher.ask.views.form import each_json
from watcher.ask.views.rows import reading_views
from watcher.look.compare.nameless import read_with_providers

NAME = "anssi-catalogue"
STM = "cc | STMicroelectronics | ST33G1M2 | ANSSI-CC-2020-22 | 2020-05-14 | 2025-05-14 | status=archived"
OTHER = "cc | STMicroelectronics | ST31 | ANSSI-CC-2019-12 | 2024-05-14 | 2029-05-14"
BLANK = "cc | — | ST33G1M2 rev F | ANSSI-CC-2020-22-M01 | 2022-09-06 | 2027-09-06"
NAMED = "cc | STMicroelectronics | ST33G1M2 rev F | ANSSI-CC-2020-22-M01 | 2022-09-06 | 2025-05-14"
STRANGE = "cc | n/a | Secure thing | ANSSI-CC-2024-77 | 2024-01-01 | 2029-01-01"


@pytest.fixture
def watched() -> Iterator[Story]:
    with open_store(":memory:") as store:
        yield Story(store)


@pytest.mark.parametrize("cell", ["", "—", "-", " – ", "…", "n/a", "N/A", "Néant", "non renseigné", "\u200b"])
def test_a_placeholder_is_no_name(cell: str) -> None:
    assert nameless(cell)


@pytest.mark.parametrize("cell", ["3D", "Non", "NA", "É", "S.A."])
def test_a_short_name_is_one(cell: str) -> None:
    assert not nameless(cell)


def test_a_maintained_certificate_without_a_developer_is_whose_the_certificate_is(watched: Story) -> None:
    watched.edition("2025-12-05", STM, OTHER)
    added = only(watched.edition("2026-01-27", STM, OTHER, BLANK))
    assert (added.kind, added.provider.slug) == (Kind.SERVICE_ADDED, "stmicroelectronics")
    removed = only(watched.edition("2026-03-04", STM, OTHER, f"{NAMED} | status=archived"))
    assert (removed.kind, removed.provider.slug) == (Kind.SERVICE_REMOVED, "stmicroelectronics")
    assert "holder" not in removed.changes


def test_a_known_row_whose_developer_is_left_out_stays_whose_it_was(watched: Story) -> None:
    named = "cc | Idemia | Card | ANSSI-CC-2021-30 | 2021-05-14 | 2028-05-14"
    watched.edition("2025-12-05", named)
    assert watched.edition("2026-01-27", named.replace("Idemia", "—")).events == ()
    assert watched.owner("ANSSI-CC-2021-30") == "idemia"
    assert watched.edition("2026-03-04", named).events == ()


def test_nobody_gains_or_loses_a_label_by_a_row_that_names_no_one(watched: Story) -> None:
    watched.edition("2025-12-05", OTHER)
    came = only(watched.edition("2026-01-27", OTHER, STRANGE))
    assert (came.kind, came.provider.name) == (Kind.AMENDED, "ANSSI-CC-2024-77")
    assert only(watched.edition("2026-03-04", OTHER)).kind is Kind.AMENDED
    assert not log.events(watched.store, kinds=["lost", "service_removed"])


def test_two_rows_that_name_no_one_are_not_one_provider(watched: Story) -> None:
    other = "cc | — | Another thing | ANSSI-CC-2024-78 | 2024-01-01 | 2029-01-01"
    watched.edition("2026-01-27", STRANGE, other)
    assert watched.owner("ANSSI-CC-2024-77") != watched.owner("ANSSI-CC-2024-78")


def test_whoever_is_named_later_gains_the_label_then(watched: Story) -> None:
    watched.edition("2025-12-05", OTHER)
    watched.edition("2026-01-27", OTHER, STRANGE)
    gained = only(watched.edition("2026-03-04", OTHER, STRANGE.replace("n/a", "Secure-IC")))
    assert (gained.kind, gained.provider.name) == (Kind.GAINED, "Secure-IC")


def test_two_firms_with_one_certificate_leave_its_nameless_maintenance_to_nobody(watched: Story) -> None:
    twin = STM.replace("STMicroelectronics", "NXP")
    watched.edition("2026-01-27", STM, twin, BLANK)
    assert watched.owner("ANSSI-CC-2020-22-M01") == "anssi-cc-2020-22-m01"


def test_a_nameless_row_follows_its_owner_to_a_reviewed_name(watched: Story) -> None:
    rows = (STM.replace("STMicroelectronics", "ST Micro"), BLANK)
    watched.edition("2026-01-27", *rows)
    with watched.store.transaction():
        add_alias(
            watched.store,
            provider="ovhcloud",
            name="ST Micro",
            source=NAME,
            label="cc",
            reason="for the test",
            now=day("2026-01-28"),
        )
    assert watched.edition("2026-03-04", *rows).events == ()
    assert watched.owner("ANSSI-CC-2020-22-M01") == "ovhcloud"


def test_a_reading_that_stands_alone_has_no_provider_called_by_a_dash(watched: Story) -> None:
    seen = ToyRegister().read([page(f"edition 2026-01-27\n{STM}\n{BLANK}\n{STRANGE}", day("2026-01-27"))])
    read = read_with_providers(seen, load_providers())
    slugs = [row["provider"]["slug"] for row in each_json(reading_views(read, seen.source))]
    assert slugs == ["stmicroelectronics", "stmicroelectronics", "anssi-cc-2024-77"]
