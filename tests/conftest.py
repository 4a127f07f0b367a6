"""What every test can ask for: a Slack on the loopback, and the reading room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_slack import FakeSlack


@pytest.fixture
def fake_slack() -> Iterator[FakeSlack]:
    """A running fake Slack with nothing in it: see `tests/fake_slack.py`."""
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def reading_room() -> None:
    """Documents are read in children, as in the program; without it in this process."""


@pytest.fixture(autouse=True)
def _read_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "reading_room" not in request.fixturenames:
        monkeypatch.setattr("watcher.app.kept_apart", lambda source, _: source)
