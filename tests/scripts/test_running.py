"""`docs/run.md`: its unit files are understood by systemd, and its commands are ours."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from watcher.cli import ROOMS

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "docs" / "run"
UNITS = sorted(path.name for path in PLACE.glob("vigilabel*") if path.suffix != ".sh")


def test_the_units_are_understood_by_systemd(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        if os.environ.get("CI"):
            pytest.fail("no systemd-analyze to read the unit files with: apt-get install systemd")
        pytest.skip("no systemd-analyze on this machine")
    for name in UNITS:  # nothing is installed in /opt here
        text = (PLACE / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/opt/vigilabel/bin/vigilabel", sys.executable))
    done = subprocess.run(
        [analyze, "verify", *(str(tmp_path / name) for name in UNITS)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_page_names_every_file_beside_it_and_commands_that_there_are() -> None:
    page = (ROOT / "docs" / "run.md").read_text(encoding="utf-8")
    known = {name for names in ROOMS.values() for name in names}
    called = re.findall(r"(?:^|`)vigilabel((?: --\w+ \S+)*) ([a-z-]+)", page, re.MULTILINE)

    assert [path.name for path in PLACE.iterdir() if f"`{path.name}`" not in page] == []
    assert {command for _, command in called} <= known
    assert len(called) > 10


def test_the_command_for_people_is_that_of_the_service() -> None:
    """The same program, settings, user and secrets: what one asks is what the watch answers."""
    command = (PLACE / "vigilabel.sh").read_text(encoding="utf-8")
    unit = (PLACE / "vigilabel.service").read_text(encoding="utf-8")
    subprocess.run(["sh", "-n", str(PLACE / "vigilabel.sh")], check=True, timeout=60)

    started = re.search(r"ExecStart=(.*) run", unit)
    assert started is not None
    assert f'{started[1]} "$@"' in command
    assert "runuser -u vigilabel" in command
    assert "User=vigilabel" in unit
    assert "EnvironmentFile=-/etc/vigilabel/secrets.env" in unit
    assert ". /etc/vigilabel/secrets.env" in command
