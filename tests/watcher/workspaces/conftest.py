from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_slack import FakeSlack
from many_workspaces import ACME, BETA, ORG, World, world_in
from toy_register import ToyRegister


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    with FakeSlack() as slack:
        made = world_in(tmp_path, slack)
        for workspace in (ACME, BETA, ORG):
            made.install(workspace)
        yield made
        made.close()
