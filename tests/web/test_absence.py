"""A row that the last reading lacks, and one that is no label held, are shown as such on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from toy_register import ToyRegister, page

from watcher.app import App
from watcher.check import look
from watcher.settings import Settings
from watcher.web.app import make_app

Get = Callable[..., httpx.Response]
HDS = ToyRegister(name="ans-hds", labels=("hds",), covers=frozenset({"hds"}))
BOTH = """edition -
hds | OVH SAS | - | 40512-3 | 2024-03-01 | 2027-02-28
hds | Outscale SAS | - | 36741-6 | 2024-03-01 | 2027-01-31
hds | Outscale SAS | Archives | 36741-9 | 2024-03-01 | 2027-01-31 | status=suspended
"""
ONE = "\n".join(line for line in BOTH.splitlines() if "36741-6" not in line)
SAID = "absent de la lecture du 24/11/2026, à confirmer"


@pytest.fixture
def get(tmp_path: Path, clock: Any, get_of: Callable[[Starlette], Get]) -> Get:
    """The pages of a watch whose second look at an undated page lacks Outscale."""
    app = App(Settings(state=str(tmp_path / "absent.db")), clock)
    with app.open_store() as store:
        for day, text in ((23, BOTH), (24, ONE)):
            at = datetime(2026, 11, day, 6, tzinfo=UTC)
            look(HDS, [page(text, at)], app.watch(store), at)
    clock.now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    return get_of(make_app(app))


@pytest.mark.parametrize("path", ["/", "/providers/outscale", "/labels/hds", "/expiries"])
def test_every_page_with_the_row_says_that_it_waits_to_be_confirmed(get: Get, path: str) -> None:
    assert SAID in get(path).text
    assert "not in the reading of 24 Nov 2026, to be confirmed" in get(path, params={"lang": "en"}).text


def test_a_row_that_the_reading_shows_bears_no_such_mark(get: Get) -> None:
    assert "à confirmer" not in get("/providers/ovhcloud").text


def test_programs_are_given_since_when(get: Get) -> None:
    since = {
        row["ref"]: row["missing_since"]
        for row in get("/api/v1/attestations?label=hds").json()["attestations"]
    }
    assert since == {"40512-3": None, "36741-6": "2026-11-24T06:00:00Z", "36741-9": None}
    [hds] = [
        one for one in get("/api/v1/race?provider=outscale").json()["standings"] if one["label"] == "hds"
    ]
    assert [row["missing_since"] for row in hds["attestations"]] == ["2026-11-24T06:00:00Z"]


def test_a_calendar_marks_the_end_of_a_row_to_be_confirmed_and_leaves_out_what_is_not_held(get: Get) -> None:
    text = get("/labels/hds/expiries.ics").text.replace("\r\n ", "")
    assert "à confirmer" in text.replace("\\", "")
    assert text.count("BEGIN:VEVENT") == 2
    assert "Archives" not in text
