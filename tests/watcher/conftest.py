"""The command line on a memory of its own, watching the toy register alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import CommandLine
from toy_register import ToyRegister


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A command line that watches the toy register, whatever the environment says."""
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    monkeypatch.chdir(tmp_path)
    for name in ("VIGILABEL_STATE", "VIGILABEL_OPERATORS", "SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL"):
        monkeypatch.delenv(name, raising=False)
    return CommandLine(tmp_path)
