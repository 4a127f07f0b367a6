"""What `vigilabel read` of the catalogue takes, beside `pdftotext -layout` of the same file.

`PYTHONPATH=. python benchmarks/read_catalogue.py [FILE]`: processor time of both whole commands, children
counted, in turns. `--profile` prints instead where the reading of the document itself spends its time.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.before import older
from benchmarks.measured import HERE, ROOT, Build, Cost, head, in_turns, row, run, work
from scrapers.anssi_catalogue.source import AnssiCatalogue
from state.model import Page

EDITION = ROOT / "tests/fixtures/anssi_catalogue/catalogue-2026-03-04.pdf"
MOST, MOST_MIB = 2.0, 100
ROUNDS = 9


def main() -> None:
    files = [word for word in sys.argv[1:] if word != "--profile"]
    edition = Path(files[0] if files else EDITION).absolute()
    if "--profile" in sys.argv:
        profile(edition)
        return
    before = older()
    theirs, ours, alone, *once = in_turns(
        partial(run, ["pdftotext", "-layout", str(edition), os.devnull]),
        partial(reading, HERE, edition),
        partial(work, partial(read, edition)),
        *([partial(reading, before, edition)] if before else []),
        rounds=ROUNDS,
    )
    head(f"`read anssi-catalogue`, {edition.name}")
    ratios = [cost.seconds / theirs.seconds for cost in once]
    unit = "x pdftotext -layout"
    row(
        "whole command, as JSON",
        now=ours.seconds / theirs.seconds,
        most=MOST,
        unit=unit,
        before=first(ratios),
    )
    row("the document alone, in a running process", now=alone.seconds / theirs.seconds, most=MOST, unit=unit)
    row("peak memory", now=ours.mib, most=MOST_MIB, unit="MiB", before=first([cost.mib for cost in once]))


def reading(build: Build, edition: Path) -> Cost:
    return run(build.command("read", "anssi-catalogue", str(edition), "--format", "json"), build=build)


def read(edition: Path) -> None:
    page = Page(url="", body=edition.read_bytes(), fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    AnssiCatalogue().read((page,))


def first(figures: list[float]) -> float | None:
    return figures[0] if figures else None


def profile(edition: Path) -> None:
    read(edition)
    taken = cProfile.Profile()
    taken.runcall(read, edition)
    pstats.Stats(taken).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
