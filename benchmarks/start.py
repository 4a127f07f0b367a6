"""How long a question takes from its first byte to its last, on the memory of two real editions.

The whole command is timed, loading included; compiled files are kept. `make bench` prints it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.before import older
from benchmarks.measured import HERE, ROOT, Build, Cost, head, in_turns, row, run

EDITIONS = (("2025-12-05", "2025-12-05T08:00Z"), ("2026-03-04", "2026-03-04T08:00Z"))
NOW = "2026-03-05T08:00Z"
MOST = 0.3
ASKED = (
    ("--help",),
    ("was", "s3ns", "secnumcloud", "2026-03-04"),
    ("was", "s3ns", "secnumcloud", "2026-03-04", "--format", "json"),
    ("provider", "s3ns"),
    ("history",),
    ("history", "--provider", "s3ns", "--format", "json"),
    ("race",),
    ("listing", "secnumcloud"),
    ("sources",),
    ("subscriptions",),
    ("why", "1"),
)
LATER = (
    ("race", "secnumcloud+hds"),
    ("find", "s3ns"),
    ("compare", "2025-12-05", "2026-03-04"),
)
"""What the older build cannot be asked."""


def remembered(build: Build, place: Path) -> Path:
    """A memory of the two editions, made by the build that is to be asked."""
    for day, at in EDITIONS:
        edition = ROOT / f"tests/fixtures/anssi_catalogue/catalogue-{day}.pdf"
        words = ("--state", str(place), "--now", at, "import", "anssi-catalogue", str(edition))
        run(build.command(*words), build=build)
    return place


def asking(build: Build, state: Path, words: tuple[str, ...]) -> Callable[[], Cost]:
    command = build.command("--state", str(state), "--now", NOW, *words)
    return lambda: run(command, build=build)


def main() -> int:
    """Prints the table; 1 where a figure is beyond its target."""
    held = True
    with tempfile.TemporaryDirectory() as room:
        builds = [build for build in (HERE, older()) if build is not None]
        states = [remembered(build, Path(room) / f"{at}.db") for at, build in enumerate(builds)]
        head("start-up of a question, whole command (s of processor)")
        for words in (*ASKED, *LATER):
            asked = [asking(build, state, words) for build, state in zip(builds, states, strict=True)]
            now, *before = in_turns(*(asked[:1] if words in LATER else asked))
            then = before[0].seconds if before else None
            held &= row(" ".join(words), now=now.seconds, before=then, most=MOST, unit="s")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
