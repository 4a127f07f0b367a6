"""What every test can ask for: a Slack on the loopback, and the reading room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fake_slack import FakeSlack

from watcher.look.apart.room import Room


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
        monkeypatch.setattr("watcher.look.apart.room.Room.ask", asked_here)


def asked_here(
    _: Room, name: str, shape: Any, reads: Callable[..., Any], *given: Any, get: Any = None
) -> Any:
    """What a child would answer."""
    if get is None:
        return reads(*given)
    pages = reads(*given, get)
    return tuple(next(n for n, page in enumerate(get.pages) if page is one) for one in pages)
