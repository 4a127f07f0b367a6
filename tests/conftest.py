"""What every test can ask for: a Slack on the loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_slack import FakeSlack


@pytest.fixture
def fake_slack() -> Iterator[FakeSlack]:
    """A running fake Slack with nothing in it: see `tests/fake_slack.py`."""
    with FakeSlack() as slack:
        yield slack
