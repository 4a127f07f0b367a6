"""What operators are told of a source in trouble."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scrapers.source import LayoutChanged
from state.model import Outcome, Run, SourceState
from watcher.health import after_run


@pytest.mark.parametrize("place", ["", "p. 3"])
def test_trouble_names_its_source_once(place: str) -> None:
    """The title and the log line name it already."""
    error = LayoutChanged("anssi-catalogue", expected="a table", found="none", place=place)
    run = Run(
        id=1,
        source="anssi-catalogue",
        at=datetime(2026, 3, 4, tzinfo=UTC),
        outcome=Outcome.LAYOUT_CHANGED,
        message=str(error),
    )
    _, [notice] = after_run(SourceState(source="anssi-catalogue"), run)
    assert notice.text.startswith("at p. 3: expected a table" if place else "expected a table; found none")
    assert notice.text.count("anssi-catalogue") == 1, "in the advice: which reader must learn the shape"
