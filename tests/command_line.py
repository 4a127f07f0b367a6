"""The command line as tests call it: a memory of its own, and a time that the test sets."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from toy_register import ToyRegister

from watcher.cli import vigilabel

SOURCE = ToyRegister().name
_SEEN: dict[object, bytes] = {}
"""The memory after each beginning that `CommandLine.saw` made in this process, to copy."""


@dataclass
class CommandLine:
    """`vigilabel`, with a memory in `room`; `now` is the time it is for the next calls."""

    room: Path
    now: str = "2026-03-05"

    @property
    def state(self) -> Path:
        return self.room / "watch.db"

    def __call__(self, *args: str, now: str | None = None) -> Result:
        options = ["--state", str(self.state), "--now", now or self.now]
        return CliRunner().invoke(vigilabel, [*options, *args], prog_name="vigilabel")

    def json(self, *args: str, now: str | None = None) -> list[dict[str, Any]]:
        result = self(*args, "--format", "json", now=now)
        assert result.exit_code == 0, result.output
        read: list[dict[str, Any]] = json.loads(result.stdout)
        assert isinstance(read, list)
        return read

    def page(self, edition: str, rows: Sequence[str], name: str = "page.txt") -> Path:
        path = self.room / name
        path.write_text("\n".join((f"edition {edition}", *rows)))
        return path

    def see(self, day: str, *rows: str) -> Result:
        """Imports an edition of that day, in the evening of that day."""
        return self("import", SOURCE, str(self.page(day, rows)), now=f"{day}T20:00")

    def saw(self, *editions: tuple[str, ...]) -> None:
        """A new memory of editions, each its day and its rows: imported once in a process, then copied."""
        assert not self.state.exists(), "a memory that is there already is looked at with `see`"
        settings = {name: value for name, value in os.environ.items() if name.startswith("VIGILABEL_")}
        key = (editions, tuple(sorted(settings.items())), (self.room / "vigilabel.toml").exists())
        if key not in _SEEN:
            for day, *rows in editions:
                seen = self.see(day, *rows)
                assert seen.exit_code == 0, seen.output
            _SEEN[key] = self.state.read_bytes()
        self.state.write_bytes(_SEEN[key])

    def see_undated(self, day: str, *rows: str) -> Result:
        """Imports the page without a date, in the evening of that day."""
        return self("import", SOURCE, str(self.page("-", rows)), now=f"{day}T20:00")
