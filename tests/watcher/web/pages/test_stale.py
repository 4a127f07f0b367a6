"""Where somebody stands by a reading too old to speak for today: every door says by which reading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from command_line import CommandLine

from watcher.app import App

Get = Callable[..., httpx.Response]
READ = "d’après la lecture du 04/03/2026"
LATER = datetime(2026, 6, 5, 9, tzinfo=UTC)
AFTER = datetime(2027, 1, 20, 9, tzinfo=UTC)


@pytest.fixture
def blind(clock: object) -> None:
    """Three months without a look."""
    clock.now = LATER  # type: ignore[attr-defined]


def told(get: Get, path: str) -> str:
    return get(path).text.replace("\u00a0", " ")


@pytest.mark.usefixtures("blind")
def test_a_hit_of_a_search_says_by_which_reading_somebody_stands_there(get: Get) -> None:
    text = told(get, "/search?q=s3ns")
    assert f'<span class="tag soon">SecNumCloud : jusqu’au 17/12/2028, {READ}</span>' in text
    text = told(get, "/search?q=devoteam")
    assert f'<span class="tag plain">SecNumCloud : non listé, {READ}</span>' in text


@pytest.mark.usefixtures("blind")
def test_the_race_of_the_first_page_claims_no_more_than_the_card_of_a_provider(get: Get) -> None:
    text = told(get, "/")
    assert "Listé, lecture ancienne" in text
    assert ">Détient</strong>" not in text
    assert READ in text


@pytest.mark.parametrize("path", ["/", "/search?q=s3ns"])
def test_nothing_is_said_of_a_reading_that_speaks_for_today(get: Get, path: str) -> None:
    assert "d’après la lecture" not in told(get, path)
    assert "lecture ancienne" not in told(get, path)


@pytest.mark.parametrize("words", [("find", "s3ns"), ("race", "s3ns", "devoteam"), ("provider", "s3ns")])
@pytest.mark.parametrize("now", [LATER, datetime(2026, 3, 5, 9, tzinfo=UTC)])
def test_the_command_line_says_it_too(watched: App, tmp_path: Path, words: list[str], now: datetime) -> None:
    cli = CommandLine(tmp_path, now=f"{now:%Y-%m-%dT%H:%M}")
    said = cli("--lang", "fr", "--state", watched.settings.state, *words).stdout.replace("\u00a0", " ")
    assert (READ in said or "lecture ancienne" in said) == (now is LATER)


def test_an_end_that_is_past_is_no_until(get: Get, clock: object, read: Callable[[str, str], None]) -> None:
    """The row of Outscale prints 30 November 2026, and is still shown weeks later."""
    clock.now = AFTER  # type: ignore[attr-defined]
    read("edition", "edition")
    said = '<span class="tag bad">SecNumCloud : listé, échéance passée (30/11/2026)</span>'
    assert said in told(get, "/search?q=outscale")
