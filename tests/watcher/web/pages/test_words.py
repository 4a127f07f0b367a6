"""Templates say nothing by themselves, and whatever can be wrong is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import voice
from watcher.web.drawing import ROOM
from watcher.web.refusals import STATUS

TEMPLATES = sorted((ROOM / "templates").glob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_anything_by_itself(path: Path) -> None:
    """What is left of a template without markup, marks, what is typed and our name is no sentence of either
    language."""
    marks = r"\{#.*?#\}|<(pre|code)\b.*?</\1>|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>"
    text = re.sub(marks, " ", path.read_text(), flags=re.DOTALL)
    words = set(re.findall(r"[^\W\d_]{3,}", text)) - {"vigilabel", "OpenAPI"}
    assert words == set()


@pytest.mark.parametrize("code", STATUS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_can_be_wrong_is_said(lang: str, code: str) -> None:
    assert voice(lang).each("trouble", f"{code}.title")
    assert voice(lang).texts[f"trouble.{code}.text"].endswith(".")


@pytest.mark.parametrize(
    "path", ["/", "/history", "/providers/s3ns", "/labels/secnumcloud", "/events/1", "/sources"]
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_line_of_a_page_ends_within_a_day(
    get: Callable[..., httpx.Response], path: str, lang: str
) -> None:
    """What is left of a line on a phone is often less than a day takes: "4 Mar 2026"."""
    text = get(path, params={"lang": lang}).text
    assert re.findall(r"\d [^\W\d]{3,}\.? \d{4}|no\. \d", text) == []
    assert re.search(r"\d\u00a0[^\W\d]+\u00a02\d{3}", text) or lang != "en"
