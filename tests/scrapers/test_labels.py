"""Sources state labels of the table, and the table names no label that no source states."""

from __future__ import annotations

import pytest

from scrapers import SOURCES
from scrapers.source import Source
from state.words.labels import LABELS


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_states_labels_of_the_table_alone(source: Source) -> None:
    assert set(source.labels) <= set(LABELS)
    assert set(source.bounds) <= set(source.labels)


def test_every_label_of_the_table_is_stated_by_a_source() -> None:
    assert set(LABELS) == {label for source in SOURCES for label in source.labels}
