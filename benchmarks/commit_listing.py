"""What a look takes that changes 1 % of 1,000, 10,000 and 100,000 rows: judge, diff, record, commit; and what
the first look at them takes, which records them all.

`python -m benchmarks.commit_listing [ROWS…]`. Each look is a process of its own (`made_look.py`), as a
command is, in the older build and in this one by turns; seconds are those of the look alone. The time per row
beside that of the size before is about 1 when the work grows with the listing and not faster.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import measured
from benchmarks.before import older
from benchmarks.measured import HERE, Build, Cost

LOOK = Path(__file__).with_name("made_look.py")
SIZES = (1_000, 10_000, 100_000)
MOST_SECONDS, MOST_MIB = 1.5, 300
"""For 100,000 rows."""
ROUNDS = 4
ROUNDS_OF_FIRST = 2
"""The first look at 100,000 rows takes ten seconds."""


def made_look(build: Build, state: Path, rows: int, day: int) -> Cost:
    done = subprocess.run(
        [str(build.python), str(LOOK), str(state), str(rows), str(day)],
        capture_output=True,
        check=True,
        text=True,
        cwd=build.root,
        env=measured.environment(build),
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert day == 0 or told["events"] == rows // 100, told
    return Cost(seconds=told["seconds"], mib=told["mib"])


def second_look(build: Build, first: Path, rows: int) -> Callable[[], Cost]:
    """The look of the second day, each time at a memory of the first alone."""

    def take() -> Cost:
        with tempfile.TemporaryDirectory() as room:
            state = Path(room) / "state.db"
            shutil.copy(first, state)
            return made_look(build, state, rows, 1)

    return take


def first_look(build: Build, rows: int) -> Callable[[], Cost]:
    """The look of the first day, each time at an empty memory."""

    def take() -> Cost:
        with tempfile.TemporaryDirectory() as room:
            return made_look(build, Path(room) / "state.db", rows, 0)

    return take


def measure(rows: int, builds: Sequence[Build]) -> tuple[Cost, ...]:
    with tempfile.TemporaryDirectory() as room:
        takes = []
        for number, build in enumerate(builds):
            first = Path(room) / f"{number}.db"
            made_look(build, first, rows, 0)
            takes.append(second_look(build, first, rows))
        return measured.in_turns(*takes, rounds=ROUNDS)


def main(sizes: Sequence[int]) -> None:
    before = older()
    builds = [HERE] if before is None else [HERE, before]
    measured.head("1 % of a listing changed, one commit")
    last: float | None = None
    for rows in sizes:
        now, *then = measure(rows, builds)
        whole = rows / 100_000
        old = then[0] if then else None
        measured.row(
            f"{rows:,} rows, processor",
            now=now.seconds,
            most=MOST_SECONDS * max(whole, 0.05),
            unit="s",
            before=old.seconds if old else None,
        )
        measured.row(
            f"{rows:,} rows, peak memory",
            now=now.mib,
            most=MOST_MIB,
            unit="MiB",
            before=old.mib if old else None,
        )
        firsts = measured.in_turns(*(first_look(each, rows) for each in builds), rounds=ROUNDS_OF_FIRST)
        if len(firsts) > 1:
            measured.row(
                f"{rows:,} rows, first look, processor",
                now=firsts[0].seconds,
                most=round(firsts[1].seconds, 2),
                unit="s",
                before=firsts[1].seconds,
            )
        if last:
            print(f"| time per row, beside the size before | | {now.seconds / rows / last:.2f} | | |")
        last = now.seconds / rows


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
