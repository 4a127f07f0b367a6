"""An older build beside this one: commit 3d44010, with the libraries it named, in its own environment.

`python benchmarks/before.py` makes it once and prints where it lies. Without the history of the project
(a copy unpacked from an archive) there is nothing to make it from: figures are then printed without that
column.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from benchmarks.measured import ROOT, Build

COMMIT = "3d44010"


def older() -> Build | None:
    """The older build, made when it is not there yet; None where its code or `uv` cannot be had."""
    place = Path(tempfile.gettempdir()) / f"vigilabel-{COMMIT}-{os.getuid()}"
    build = Build(python=place / ".venv/bin/python", root=place)
    if not (place / "whole").exists():
        made = _unpack(place) and _install(place)
        if not made:
            return None
        (place / "whole").touch()  # Last: an environment half made is made again.
    return build


def _unpack(place: Path) -> bool:
    archive = subprocess.run(["git", "archive", COMMIT], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        return False
    shutil.rmtree(place, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tree:
        tree.extractall(place, filter="data")
    return True


def _install(place: Path) -> bool:
    uv = shutil.which("uv") or str(ROOT / ".tools/bin/uv")
    if not Path(uv).exists():
        return False
    kept = {
        key: text for key, text in os.environ.items() if key not in {"VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"}
    }
    command = [uv, "sync", "--frozen", "--quiet", "--no-dev"]
    return subprocess.run(command, cwd=place, env=kept, check=False).returncode == 0


if __name__ == "__main__":
    found = older()
    print(found.root if found else f"no commit {COMMIT} here, or no uv to install it with")
