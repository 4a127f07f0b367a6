from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from state.file.opening import open_store
from state.file.store import Store
from state.model import Reason
from state.words.post import bare, is_member, place, workspace_of
from state.workspaces import installations
from state.workspaces.installations import Installation

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
ACME = Installation(id="T0ACME", name="Acme", sealed="gAAAAA-sealed", installer="U1", installed_at=NOW)


@pytest.fixture
def store() -> Store:
    return open_store(":memory:")


def test_a_workspace_is_found_as_it_was_saved_and_each_change_has_a_number(store: Store) -> None:
    assert installations.find(store, "T0ACME") is None
    first = installations.save(store, ACME)
    gone = replace(
        first, state="suspended", sealed="", reasons=(Reason.of("slack_token", name="invalid_auth"),)
    )
    assert installations.save(store, gone).revision == first.revision + 1 == 2
    assert installations.find(store, "T0ACME") == replace(gone, revision=2)
    installations.save(store, replace(ACME, id="E0ORG", name="Org"))
    assert [one.id for one in installations.everyone(store)] == ["E0ORG", "T0ACME"]


def test_who_chose_no_place_for_operators_hears_as_who_installed_the_app() -> None:
    assert ACME.hears == "U1"
    assert replace(ACME, operators="C9").hears == "C9"


def test_a_sealed_token_is_not_shown_where_a_workspace_is() -> None:
    assert "sealed" not in repr(ACME)


def test_a_mark_counts_once_and_is_forgotten_when_its_time_is_over(store: Store) -> None:
    until = NOW + timedelta(minutes=10)
    assert installations.spend(store, "a", until, NOW)
    assert not installations.spend(store, "a", until, NOW)
    assert installations.spend(store, "b", until, NOW)
    assert installations.spend(store, "c", until + timedelta(hours=1), until)
    assert [row["mark"] for row in store.q("select mark from spent_mark")] == ["c"]


@pytest.mark.parametrize(
    ("written", "workspace", "id"),
    [
        ("T012/C345", "T012", "C345"),
        ("E012/U345", "E012", "U345"),
        ("C345", "", "C345"),
        ("acme-news", "", "acme-news"),
        ("console", "", "console"),
        ("T012/", "", "T012/"),
        ("T012/C3/C4", "", "T012/C3/C4"),
        ("t012/C345", "", "t012/C345"),
    ],
)
def test_a_place_is_taken_apart_into_workspace_and_id(written: str, workspace: str, id: str) -> None:
    assert (workspace_of(written), bare(written)) == (workspace, id)
    if workspace:
        assert place(workspace, id) == written


def test_no_id_leads_into_another_workspace() -> None:
    with pytest.raises(ValueError, match="T2/C1"):
        place("T1", "T2/C1")
    with pytest.raises(ValueError, match="T2/C1"):
        place("", "T2/C1")
    assert place("T1", "") == ""


def test_a_member_is_known_in_any_workspace() -> None:
    assert [is_member(one) for one in ("U1", "T01/W1", "T01/C1", "T01")] == [True, True, False, False]
