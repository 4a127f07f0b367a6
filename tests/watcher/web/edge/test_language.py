from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.web.edge.language import address, preferred

Get = Callable[..., httpx.Response]


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "fr"),
        ("en-GB,en;q=0.9", "en"),
        ("fr;q=0.3, en;q=0.8", "en"),
        ("de, en;q=0.1", "en"),
        ("en;q=0, fr;q=0.1", "fr"),
        ("de", "fr"),
        ("fr, en", "fr"),
        ("en;q=zero", "fr"),
    ],
)
def test_the_best_liked_language_is_answered_in(header: str, lang: str) -> None:
    assert preferred(header) == lang


@given(st.text())
def test_any_header_yields_a_language(header: str) -> None:
    assert preferred(header) in ("fr", "en")


def test_addresses_leave_out_what_is_not_given() -> None:
    assert address("/history", {"q": "é & b", "label": "", "before": None}) == "/history?q=%C3%A9+%26+b"


def test_a_chosen_language_is_kept_from_page_to_page_and_the_switch_keeps_the_address(get: Get) -> None:
    text = get("/history?label=passi&lang=en").text
    assert 'href="/labels?lang=en"' in text
    assert 'href="/history?label=passi&amp;lang=fr"' in text


def test_an_unchosen_language_is_not_in_addresses(get: Get) -> None:
    assert 'href="/labels"' in get("/", headers={"Accept-Language": "en"}).text
