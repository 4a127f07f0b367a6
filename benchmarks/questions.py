"""What commands that name a provider take in a long life, against the memory of the two real editions.

`python benchmarks/questions.py [FOLDER]`: FOLDER keeps the memories (100,000 and 1,000,000 events) for
another run. Processor time of the whole command, both asked in turns.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.long_life import long_life
from benchmarks.measured import HERE, head, in_turns, row, run

QUESTIONS = (
    ("was", "s3ns", "secnumcloud", "2026-01-15"),
    ("provider", "s3ns"),
    ("history", "--provider", "s3ns"),
    ("race",),
)
SIZES = {100_000: 1.3, 1_000_000: 1.6}
"""Events, and how many times what the two editions take a command may take."""
MOST_MIB = 110
BEFORE = {100_000: ("5 to 10", "340 to 425"), 1_000_000: ("over 75 s", "2,250")}
"""Times what the two editions took, and MiB, as 3d44010 was once measured with such memories."""


def main() -> None:
    with tempfile.TemporaryDirectory() as room:
        place = Path(sys.argv[1] if len(sys.argv) > 1 else room)
        two = place / "two-editions.db"
        if not two.exists():
            run(HERE.command("--state", str(two), "demo"))
        head("a question that names a provider")
        for events, most in SIZES.items():
            path, _ = long_life(place / f"{events}.db", events)
            for words in QUESTIONS:
                compare(words, two, path, events, most)


def compare(words: tuple[str, ...], two: Path, long: Path, events: int, most: float) -> None:
    asked = [partial(run, HERE.command("--state", str(state), *words)) for state in (two, long)]
    short, now = in_turns(*asked)
    name, (times, mib) = f"`{' '.join(words)}`, {events:,} events", BEFORE[events]
    row(name, now=now.seconds / short.seconds, most=most, unit="x two editions", before=times)
    row(f"{name}: memory", now=now.mib, most=MOST_MIB, unit="MiB", before=mib)


if __name__ == "__main__":
    main()
