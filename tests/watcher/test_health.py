"""What operators are told of a source in trouble."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notifiers.reasons import reason_text
from scrapers.source import Bounds, LayoutChanged
from state.model import Notice, Outcome, Run, SourceState
from watcher.health import PATIENCE_RUNS, after_run, stale
from watcher.judge import _too_many

NOW = datetime(2026, 3, 4, tzinfo=UTC)
LOOK = Run(id=7, source="anssi-catalogue", at=NOW, outcome=Outcome.OK, message="?", believed=True)
KNOWN = SourceState(source="anssi-catalogue", failures=PATIENCE_RUNS, last_good=NOW, edition_at=NOW)


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


def every_notice() -> list[Notice]:
    """A word of each sort, as the watch writes it."""
    bad = [outcome for outcome in Outcome if outcome is not Outcome.OK]
    states = (KNOWN, replace(KNOWN, last_good=None))
    said = [after_run(state, replace(LOOK, outcome=one))[1] for one in bad for state in states]
    said.append(after_run(replace(KNOWN, told="unreachable", failing_since=NOW), LOOK)[1])
    said.append(after_run(replace(KNOWN, told="held: ?"), LOOK)[1])
    for many in (
        _too_many("hds", 90, {str(n) for n in range(10)}, {"1"}, None),
        _too_many("hds", 3, set(), set(), Bounds(floor=50)),
    ):
        said.append(after_run(KNOWN, replace(LOOK, held=(f"{many}; 9 removals held",)))[1])
    old = stale(KNOWN, NOW + timedelta(days=90), timedelta(days=45))
    return [*(notice for notices in said for notice in notices), *([old] if old else [])]


@pytest.mark.parametrize("notice", every_notice())
def test_what_operators_are_told_is_known_in_french(notice: Notice) -> None:
    """All but the first line of trouble, which is what the reader or the network said."""
    lines = [line for line in notice.text.split("\n") if line != "?"]
    assert lines
    for line in lines:
        assert reason_text(line, "fr") != line
        assert reason_text(line, "en") == line
