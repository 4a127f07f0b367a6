"""What every test can ask for: a Slack on the loopback."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fake_slack import FakeSlack


def _load(name: str) -> None:
    """Makes a helper beside this file importable by its name (`--import-mode=importlib` adds no path)."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


_load("slack_limits")
_load("fake_slack")


@pytest.fixture
def fake_slack() -> Iterator[FakeSlack]:
    """A running fake Slack with nothing in it: see `tests/fake_slack.py`."""
    with sys.modules["fake_slack"].FakeSlack() as slack:
        yield slack
