"""The three real editions as people meet them on the day of the last: what they came for is in front."""

from __future__ import annotations

import pytest

from state.file.store import Store
from state.model import Kind
from state.seen.events import log
from watcher.ask.history import TOLD
from watcher.ask.news.looks import Look, Size, looks_at
from watcher.look.record import Checked
from watcher.said.news.looks import counts, heading, line_text, look_item
from watcher.said.told import hearer

pytestmark = pytest.mark.history

EDITIONS = ("2025-12-05", "2026-01-27", "2026-03-04")


@pytest.fixture(scope="module")
def told(memory: Store, looks: dict[str, Checked]) -> tuple[Look, ...]:
    assert looks
    return looks_at(memory, log.required(causes=TOLD, few=True), 6, Size(lines=5, ends=2))[0]


def test_s3ns_is_the_first_line_of_its_edition_and_among_the_first_ten_of_all(told: tuple[Look, ...]) -> None:
    lines = [line_text(line, "fr") for look in told for line in (*look.lines, *look.ends)]
    assert "S3NS obtient la qualification SecNumCloud" in lines[:10]
    january = next(look for look in told if heading(look, "fr") == "Catalogue de l’ANSSI du 27/01/2026")
    assert january.lines[0].event.provider.slug == "s3ns"


def test_a_look_says_how_many_of_each_kind(told: tuple[Look, ...]) -> None:
    said = dict(counts(told[0], "fr"))
    assert heading(told[0], "fr") == "Catalogue de l’ANSSI du 04/03/2026"
    assert said[Kind.GAINED] == "8 obtiennent un label"
    assert said[Kind.LOST] == "11 ne sont plus listés"


def test_three_editions_fit_one_screen_of_slack(told: tuple[Look, ...]) -> None:
    lines = [line for look in told for line in look_item(look, hearer("fr"), {})]
    assert len(lines) <= 30
