"""The whole history with its first readings: news stands above, first readings are told in a line each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
from toy_register import ToyRegister, page

from watcher.app import App
from watcher.look.check import look

Get = Callable[..., httpx.Response]


def test_a_first_reading_is_one_line_below_the_news_of_its_day(watched: App, clock: Any, get: Get) -> None:
    at = clock.now - timedelta(hours=15)  # after the edition of that day, which brought S3NS
    rows = "\n".join(f"hds | Host {n} | - | {n} | 2024-01-01 | 2027-01-01" for n in range(840))
    with watched.open_store() as store:
        look(ToyRegister(name="ans-hds"), [page(f"edition -\n{rows}", at)], watched.watch(store), at)
    text = get("/history?all=1").text.replace("\u00a0", " ")
    line = "Première lecture de « Liste HDS de l’ANS » : 840 événements enregistrés"
    assert text.index("S3NS obtient") < text.index(line)
    assert "Host 7" not in text


def test_a_first_reading_that_is_asked_for_shows_its_rows_as_already_there(get: Get) -> None:
    text = get("/history?all=1&label=passi&until=2025-12-31").text
    assert "Devoteam, déjà listé à la première lecture" in text
    assert '<span class="chip plain">première lecture</span>' in text
    assert "obtient" not in text


def test_the_page_of_such_an_event_says_that_nothing_was_read_before(get: Get) -> None:
    text = get("/events/1").text
    assert "pas encore lu" in text
    assert "ne figurait pas" not in text
    assert "label obtenu" not in text
