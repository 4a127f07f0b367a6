"""How figures are taken here: processor time and memory, beside something run in the same minutes.

Times are those of the processor, user and system, children counted: a busy machine changes them little.
Two things are compared by running them in turns, and the least of each is taken, since whatever disturbs a
run only ever adds to it. A figure is printed as one row: what was done, the older build where it is known,
this one, the target, and whether it holds.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a piece of work takes: seconds of the processor, and the most memory of its largest process."""

    seconds: float
    mib: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A build of vigilabel that can be run: the interpreter of its environment, and where its code lies."""

    python: Path
    root: Path

    def command(self, *words: str) -> list[str]:
        """The whole command line that runs `vigilabel WORDS` in this build."""
        start = "import sys; from watcher.cli import main; sys.argv[0] = 'vigilabel'; sys.exit(main())"
        return [str(self.python), "-c", start, *words]


HERE = Build(python=Path(sys.executable), root=ROOT)


def environment(build: Build, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that a build runs with: none of the settings of whoever measures; compiled files are
    kept, as on a machine where it was installed."""
    kept = {
        key: text
        for key, text in os.environ.items()
        if key != "PYTHONDONTWRITEBYTECODE" and not key.startswith(("VIGILABEL_", "SLACK_", "DATABASE_"))
    }
    return {**kept, "PYTHONPATH": str(build.root), **(more or {})}


def run(command: Sequence[str], *, build: Build = HERE, more: Mapping[str, str] | None = None) -> Cost:
    """Runs a command to its end, its output thrown away.

    Raises SystemExit with what it said when it fails: a figure of something that failed is worth nothing.
    """
    process = subprocess.Popen(
        command,
        env=environment(build, more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=build.root,
    )
    assert process.stderr is not None
    said = process.stderr.read()
    # `wait4` counts the children that the command waited for; `getrusage` of ours would add up rounds.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(
            f"{' '.join(command)} failed ({process.returncode}): {said.decode(errors='replace')[-2000:]}"
        )
    return Cost(seconds=usage.ru_utime + usage.ru_stime, mib=usage.ru_maxrss / 1024)


def work(task: Callable[[], object]) -> Cost:
    """Does a piece of work once in this process; cycles are left alone, as in a look."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    task()
    spent = time.process_time() - start
    gc.enable()
    return Cost(seconds=spent)


def in_turns(*takes: Callable[[], Cost], rounds: int = ROUNDS) -> tuple[Cost, ...]:
    """The least of several rounds for each; the first round warms what a second run would find warm."""
    for take in takes:
        take()
    taken = [[take() for take in takes] for _ in range(rounds)]
    return tuple(
        Cost(seconds=min(cost.seconds for cost in column), mib=max(cost.mib for cost in column))
        for column in zip(*taken, strict=True)
    )


def row(what: str, *, now: float, most: float, unit: str, before: float | str | None = None) -> bool:
    """Prints one row of the table; whether the figure is within its target. `before` is a text where it was
    taken once, and takes too long to be taken again."""
    held = now <= most
    older = f"{before:.2f}" if isinstance(before, float) else before or ""
    print(f"| {what} | {older} | {now:.2f} | <= {most:g} {unit} | {'yes' if held else 'NO'} |", flush=True)
    return held


def head(title: str) -> None:
    """Prints the head of a table."""
    print(f"\n| {title} | 3d44010 | now | target | held |\n| --- | ---: | ---: | ---: | --- |", flush=True)
