"""A row that the last reading lacks, and one that is no label held, are shown as such on every page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from toy_register import ToyRegister, page

from scrapers.source import Bounds
from watcher.app import App
from watcher.look.check import look
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
    english = get(path, params={"lang": "en"}).text.replace("\u00a0", " ")
    assert "not in the reading of 24 Nov 2026, to be confirmed" in english


def test_a_label_says_how_its_register_is_read_and_how_many_rows_wait(get: Get, clock: Any) -> None:
    text = get("/labels/hds").text
    assert "1\u00a0ligne à confirmer par une autre lecture." in text
    clock.now += timedelta(days=5)
    text = get("/labels/hds").text
    assert '<span class="chip soon">ancienne</span>' in text
    assert "Pas de bonne lecture depuis le 24/11/2026." in text
    assert "ancienne" in get("/labels").text


def test_a_row_that_is_no_label_held_stands_apart_with_its_status(get: Get) -> None:
    text = get("/providers/outscale").text
    aside = text[text.index('id="aside"') :]
    assert "Archives" in aside
    assert '<span class="tag ">suspendu</span>' in aside


def test_programs_are_told_how_the_registers_behind_a_label_are(get: Get) -> None:
    found = get("/api/v1/labels/hds").json()["sources"]
    assert found == [{"source": "ans-hds", "state": "ok", "missing": 1}]


def test_half_a_list_is_not_green_on_the_page_of_its_label(tmp_path: Path, clock: Any, get_of: Any) -> None:
    strict = replace(HDS, bounds={"hds": Bounds(floor=2)})
    app = App(Settings(state=str(tmp_path / "half.db")), clock)
    with app.open_store() as store:
        for day, text in ((23, BOTH.replace("| status=suspended", "")), (24, ONE)):
            at = datetime(2026, 11, day, 6, tzinfo=UTC)
            look(strict, [page(text, at)], app.watch(store), at)
    clock.now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    get = get_of(make_app(app))
    text = get("/labels/hds").text
    assert '<span class="chip bad">douteuse</span>' in text
    assert "Pas encore cru" in text
    assert "health good" not in get("/").text


def test_what_no_register_was_read_for_is_unknown_and_never_denied(get: Get) -> None:
    unknown = "Inconnu, aucun registre lu ne le dit"
    for path in ("/providers/outscale", "/expiries"):
        said = re.search(rf"{unknown}[^<]*", get(path).text)
        assert said is not None
        assert "SecNumCloud" in said[0], path
        assert "eIDAS." in said[0], path
        assert "HDS" not in said[0], path
    for path in ("/history?q=Nobody+at+all", "/was?provider=Nobody&label=hds&on=2026-11-24"):
        assert unknown in get(path).text, path
    assert unknown not in get("/history?q=Outscale&all=1").text
    assert "secnumcloud" in get("/api/v1/providers/outscale").json()["unknown"]
    text = get("/labels/secnumcloud").text
    assert "on ne sait pas qui le détient" in text
    assert "Aucune échéance" not in text
    assert "0 prestataires" not in text


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


def test_the_page_of_sources_lists_the_rows_that_wait_and_draws_the_last_ninety_days(get: Get) -> None:
    text = get("/sources").text
    waits = text[text.index("À confirmer") :].partition("</dd>")[0]
    assert "1\u00a0ligne" in waits
    assert '<a href="/providers/outscale">' in waits
    assert SAID in waits
    assert "Vu 100\u00a0% du temps depuis le premier regard, intervalles aveugles\u00a0: 0" in text
    assert "Seen 100% of the time since the first look" in get("/sources?lang=en").text
