"""How much of the house a question passes: what it costs to follow one through the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fake_people import People
from walk import walked

MOST = 37
"""Files of ours: of the door, of what was typed, of the memory, of the answer, of its words."""


@pytest.fixture(autouse=True)
def files(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """What the test walks through, from before the door has its threads: only those are watched that begin
    later."""
    with walked() as files:
        request.getfixturevalue("team")
        yield files


def test_an_answer_about_a_day_passes_few_files_and_none_of_the_pages(
    files: list[str], team: People, watching: Any
) -> None:
    question = "was outscale secnumcloud 2026-02-10"
    team.say(question)  # the first one loads what it needs
    files.clear()
    assert "Oui" in team.say(question)["text"]
    assert [file for file in files if file.startswith(("watcher/web/", "scrapers/"))] == []
    assert len(files) <= MOST, "\n".join(sorted(files))
