"""A certificate of the European scheme is said to be one wherever its row is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
from click.testing import CliRunner
from toy_register import ToyRegister, page

from watcher.app import App
from watcher.cli import vigilabel
from watcher.look.check import look

Get = Callable[..., httpx.Response]
ROWS = """edition 2026-03-05
cc | Nuvoton | NPCT7xx 1.1 | EUCC-3090-2026-12 | 2026-02-18 | 2031-02-18
cc | Nuvoton | NPCT7xx 1.3 | EUCC-CC-3090-2026-13 | 2026-02-18 | 2031-02-18
cc | Nuvoton | NPCT7xx 1.0 | ANSSI-CC-2021-49 | 2021-10-22 | 2026-10-22
cc | Other | Chip | ANSSI-CC-2021-50 | 2021-10-22 | 2026-10-22
"""
TAG = '<span class="tag">schéma européen EUCC</span>'


@pytest.fixture(autouse=True)
def listed(watched: App) -> None:
    at = datetime(2026, 3, 5, 8, tzinfo=UTC)
    with watched.open_store() as store:
        look(ToyRegister(), [page(ROWS, at)], watched.watch(store), at)


def shown(get: Get, path: str) -> str:
    return get(path, headers={"Accept-Language": "fr"}).text


@pytest.mark.parametrize("path", ["/labels/cc", "/providers/nuvoton", "/was/nuvoton/cc/2026-03-05"])
def test_pages_say_it_of_each_row_that_is_one(get: Get, path: str) -> None:
    assert shown(get, path).count(TAG) == 2
    assert "EUCC-3090-2026-12" in shown(get, path)


def test_the_answer_about_a_day_names_those_it_rests_on(get: Get, watched: App) -> None:
    refs = "EUCC-3090-2026-12, EUCC-CC-3090-2026-13"
    said = f"2 certificats européens (schéma EUCC), d’après le registre\u00a0: {refs}."
    page = shown(get, "/was/nuvoton/cc/2026-03-05").replace("\u00a0", " ")
    assert said.replace("\u00a0", " ") in page
    assert "européen" not in shown(get, "/was/other/cc/2026-03-05")
    options = ["--state", watched.settings.state, "--now", "2026-03-05", "--lang", "fr"]
    done = CliRunner().invoke(vigilabel, [*options, "was", "nuvoton", "cc", "2026-03-05"])
    assert said in done.stdout
    rows = CliRunner().invoke(vigilabel, [*options, "provider", "nuvoton"]).stdout
    assert "EUCC-3090-2026-12 · schéma européen EUCC" in rows


def test_its_reference_finds_it(get: Get) -> None:
    found = get("/api/v1/search", params={"q": "EUCC-3090-2026-12"}).json()
    assert found["hits"][0]["group"] == "decisions"
